import { describe, expect, it } from 'vitest';
import {
  MAX_CLIENT_TOKEN_BASE,
  parameterDefinition,
  PROTOCOL_PARAMETERS,
  REQUEST_FIELDS,
  REQUEST_PARAMETERS,
  type CreateVpcEndpointRequest,
  type ParameterName,
} from '../../../src/model/request.js';
import { MAX_CLIENT_TOKEN } from '../../../src/model/client-token.js';

/** Leaf parameters of the official page of CreateVpcEndpoint, in its order. */
const PAGE_LEAVES = [
  'RegionId',
  'ClientToken',
  'DryRun',
  'EndpointName',
  'EndpointType',
  'ZonePrivateIpAddressCount',
  'EndpointDescription',
  'VpcId',
  'ServiceId',
  'ServiceName',
  'Zone.VSwitchId',
  'Zone.ZoneId',
  'Zone.ip',
  'Zone.Ipv6Address',
  'SecurityGroupId',
  'ProtectedEnabled',
  'Tag.Key',
  'Tag.Value',
  'ResourceGroupId',
  'AddressIpVersion',
];

/** What only the official API metadata knows. */
const METADATA_LEAVES = ['PolicyDocument', 'ZoneAffinityEnabled', 'ServiceRegionId', 'CrossRegionBandwidth'];

const NAMES = Object.keys(REQUEST_PARAMETERS) as ParameterName[];
const LEAVES = NAMES.filter((name) => parameterDefinition(name).type !== 'list<object>');

describe('the parameters of CreateVpcEndpoint', () => {
  it('are the 20 of the API page and the 4 of the metadata, and no others', () => {
    expect(PAGE_LEAVES).toHaveLength(20);
    expect([...LEAVES].sort()).toEqual([...PAGE_LEAVES, ...METADATA_LEAVES].sort());
  });

  it.each(PAGE_LEAVES)('%s says that it is on the page', (name) => {
    expect(parameterDefinition(name as ParameterName).source).toMatch(/^page/);
  });

  it.each(METADATA_LEAVES)('%s says that it is only in the metadata', (name) => {
    expect(parameterDefinition(name as ParameterName).source).toMatch(/^metadata/);
  });

  it('all have a place in the request type, in the case of the wire', () => {
    const full = {
      RegionId: 'cn-huhehaote',
      VpcId: 'vpc-1',
      ServiceId: 'epsrv-1',
      ServiceName: 'com.aliyuncs.privatelink.cn-huhehaote.epsrv-1',
      ClientToken: 'token',
      DryRun: false,
      EndpointName: 'test',
      EndpointDescription: 'This is my Endpoint.',
      EndpointType: 'Interface',
      ZonePrivateIpAddressCount: 1,
      Zone: [{ ZoneId: 'cn-huhehaote-b', VSwitchId: 'vsw-1', ip: '192.168.0.1', Ipv6Address: '2408::1' }],
      SecurityGroupId: ['sg-1'],
      Tag: [{ Key: 'env', Value: 'prod' }],
      ResourceGroupId: 'rg-1',
      ProtectedEnabled: false,
      PolicyDocument: '{}',
      AddressIpVersion: 'DualStack',
      ZoneAffinityEnabled: false,
      ServiceRegionId: 'cn-hangzhou',
      CrossRegionBandwidth: 100,
    } satisfies Required<CreateVpcEndpointRequest>;
    expect([...REQUEST_FIELDS].sort()).toEqual(Object.keys(full).sort());
    expect(NAMES.filter((name) => name.startsWith('Zone.'))).toEqual(
      Object.keys(full.Zone[0] ?? {}).map((field) => `Zone.${field}`),
    );
    expect(NAMES.filter((name) => name.startsWith('Tag.'))).toEqual(['Tag.Key', 'Tag.Value']);
  });

  it.each(NAMES)('%s has a meaning, and a rule wherever there is a pattern or a bound', (name) => {
    const { meaning, pattern, rule, minimum, maxLength, type } = parameterDefinition(name);
    expect(meaning).toMatch(/^\S.*\.$/);
    if (pattern !== undefined || minimum !== undefined || (maxLength ?? 0) > 0) expect(rule ?? '').not.toBe('');
    if (minimum !== undefined) expect(type).toBe('integer');
  });

  it('never share a name with a parameter of the protocol', () => {
    const protocol = PROTOCOL_PARAMETERS.map((name) => name.toLowerCase());
    expect(REQUEST_FIELDS.filter((name) => protocol.includes(name.toLowerCase()))).toEqual([]);
  });

  it('leave room for the number of an epoch behind a client token of the caller', () => {
    expect(MAX_CLIENT_TOKEN_BASE).toBe(56);
    expect(MAX_CLIENT_TOKEN - MAX_CLIENT_TOKEN_BASE).toBeGreaterThanOrEqual('.9999999'.length);
  });
});

describe('the patterns of the parameters', () => {
  const cases: { name: ParameterName; good: string[]; bad: string[]; reason: string }[] = [
    {
      name: 'RegionId',
      good: ['cn-hangzhou', 'us-west-1', 'ap-southeast-5', 'cn-wulanchabu'],
      bad: [
        '',
        'cn',
        'CN-hangzhou',
        'cn-',
        '-cn',
        'cn--x',
        'cn-hangzhou.evil.com',
        'cn-hangzhou/',
        'cn hangzhou',
        'cn-x\n',
      ],
      reason: 'the address of the service is made of it',
    },
    {
      name: 'EndpointName',
      good: ['ab', 'test', 'a-1_b', 'Ünïcode', '端点-1'],
      bad: ['1a', '_a', '-a', 'a b', 'a.b', 'a/b', 'a\n'],
      reason: 'page: a letter first, then digits, "_" and "-"; letters beyond ASCII: metadata',
    },
    {
      name: 'EndpointDescription',
      good: ['This is my Endpoint.', 'see http://x', 'httpx://'],
      bad: ['http://x', 'https://x'],
      reason: 'page: cannot start with http:// or https://',
    },
    {
      name: 'Zone.ip',
      good: ['0.0.0.0', '192.168.0.10', '255.255.255.255'],
      bad: ['256.1.1.1', '1.2.3', '1.2.3.4.5', '1.2.3.4.', '.1.2.3.4', '01.2.3.4', '1.2.3.4 ', '::1', '1.2.3.x'],
      reason: 'an IPv4 address',
    },
    {
      name: 'Zone.Ipv6Address',
      good: ['2408:4005:34d::1', '::1', 'FE80::1', '::ffff:1.2.3.4'],
      bad: ['1.2.3.4', 'abcd', '2408:1', 'xyz::1', `${'1:'.repeat(30)}1`],
      reason: 'an IPv6 address',
    },
    {
      name: 'ClientToken',
      good: ['0c593ea1-3bea-11e9-b96b-88e9fe637760', '!', '~'],
      bad: ['', 'a b', 'é', 'a\tb', 'a\n'],
      reason: 'page: only ASCII characters',
    },
    {
      name: 'Tag.Key',
      good: ['env', 'a b', 'x-aliyun', 'my acs:'],
      bad: ['aliyun', 'aliyun-x', 'acs:x', 'see http://x', 'https://x', 'two\nlines http://x'],
      reason: 'metadata: reserved beginnings, no address anywhere',
    },
    {
      name: 'Tag.Value',
      good: ['', 'prod', 'acs:x', 'http:/x'],
      bad: ['http://x', 'see https://x', 'two\nlines https://x'],
      reason: 'metadata: no address anywhere, whatever line it stands in',
    },
  ];

  it.each(cases)('$name: $reason', ({ name, good, bad }) => {
    const { pattern } = parameterDefinition(name);
    expect(good.filter((text) => pattern?.test(text) !== true)).toEqual([]);
    expect(bad.filter((text) => pattern?.test(text) !== false)).toEqual([]);
  });

  it('take the time of one look, however long the text is', () => {
    const evil = [
      `${'a-'.repeat(100_000)}!`,
      '1'.repeat(200_000),
      ':'.repeat(200_000),
      `${'\n'.repeat(200_000)}http:/`,
    ];
    for (const name of NAMES) {
      const { pattern } = parameterDefinition(name);
      for (const text of evil) pattern?.test(text);
    }
  }, 5_000);
});
