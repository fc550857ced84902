import { describe, expect, it } from 'vitest';
import type { SettingsChange, WireParameters } from '../../../../src/simulator/index.js';
import { createEngine, REGION, text, VALID_CREATE } from '../fixture.js';

const zones = (count: number): WireParameters =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      [`Zone.${index + 1}.ZoneId`, `zone-${index}`],
      [`Zone.${index + 1}.VSwitchId`, `vsw-${index}`],
    ]).flat(),
  ) as WireParameters;
const tags = (count: number): WireParameters =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`Tag.${index + 1}.Key`, `key-${index}`]));
const groups = (count: number): WireParameters =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`SecurityGroupId.${index + 1}`, `sg-${index}`]));

describe('CreateVpcEndpoint', () => {
  it('answers with the fields of the API page, whatever was left out of the request', () => {
    const { create } = createEngine();
    const { status, body } = create();
    const id = body['EndpointId'] as string;
    expect(status).toBe(200);
    expect(id).toMatch(/^ep-[a-z0-9]{20}$/);
    expect(body).toEqual({
      RequestId: expect.stringMatching(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/) as unknown,
      EndpointId: id,
      EndpointDomain: `${id}.epsrv-1.${REGION}.privatelink.aliyuncs.com`,
      EndpointName: '',
      EndpointDescription: '',
      EndpointStatus: 'Creating',
      ConnectionStatus: 'Disconnected',
      EndpointBusinessStatus: 'Normal',
      ServiceId: 'epsrv-1',
      ServiceName: `com.aliyuncs.privatelink.${REGION}.epsrv-1`,
      VpcId: 'vpc-1',
      Bandwidth: 3072,
      CreateTime: '2026-01-01T00:00:00Z',
      AddressIpVersion: 'IPv4',
      ZoneAffinityEnabled: false,
    });
  });

  it('takes the name of a service instead of its id', () => {
    const { create } = createEngine();
    const named = create({ ServiceId: '', ServiceName: `com.aliyuncs.privatelink.${REGION}.epsrv-77` });
    const aliased = create({ ServiceId: '', ServiceName: `com.aliyuncs.privatelink.${REGION}.oss` });
    expect(text(named, 'ServiceId')).toBe('epsrv-77');
    expect(text(aliased, 'ServiceId')).toMatch(/^epsrv-\w{20}$/);
  });

  it('answers Active at once where that switch is on, though the endpoint is still Creating', () => {
    const { create, describe: get } = createEngine({ switches: { createAnswersActive: true } });
    const made = create();
    expect(text(made, 'EndpointStatus')).toBe('Active');
    expect(text(get(text(made, 'EndpointId')), 'EndpointStatus')).toBe('Creating');
  });

  const accepted: [reason: string, parameters: WireParameters][] = [
    ['ten zones', zones(10)],
    ['ten security groups', groups(10)],
    ['twenty tags', tags(20)],
    ['a tag with an empty value', { 'Tag.1.Key': 'a', 'Tag.1.Value': '' }],
    ['a Chinese letter first', { EndpointName: '终端-1' }],
    ['an IPv6 address with DualStack', { AddressIpVersion: 'DualStack', 'Zone.1.Ipv6Address': '2408:4005::1' }],
    ['a Reverse endpoint without security groups', { EndpointType: 'Reverse', 'SecurityGroupId.1': '' }],
    ['a GatewayLoadBalancer endpoint without groups', { EndpointType: 'GatewayLoadBalancer', 'SecurityGroupId.1': '' }],
    ['a parameter that it does not know', { FutureParameter: '1' }],
    ['names that objects have from birth', { constructor: 'x', ['__proto__']: 'y', toString: 'z' }],
  ];
  it.each(accepted)('accepts %s', (_, parameters) => {
    expect(createEngine().create(parameters)).toMatchObject({ status: 200 });
  });

  const refused: [reason: string, parameters: WireParameters, code: string, message?: string][] = [
    ['no RegionId', { RegionId: '' }, 'MissingRegionId', 'RegionId is mandatory for this action.'],
    ['no VpcId', { VpcId: '' }, 'MissingVpcId', 'VpcId is mandatory for this action.'],
    ['neither service id nor name', { ServiceId: '' }, 'MissingServiceId'],
    ['a region that cannot be one', { RegionId: 'nowhere' }, 'RegionNotFound'],
    ['a zone without vSwitch', { 'Zone.1.VSwitchId': '' }, 'MissingVSwitchId'],
    ['a vSwitch without zone', { 'Zone.1.ZoneId': '' }, 'MissingZoneId'],
    [
      'eleven zones',
      zones(11),
      'QuotaExceeded.epZonePerEndpoint',
      'The quota of epZonePerEndpoint is exceeded, usage 11/10.',
    ],
    ['eleven security groups', groups(11), 'InvalidParameter.SecurityGroupId'],
    [
      'an Interface endpoint without security group',
      { 'SecurityGroupId.1': '' },
      'EndpointMustContainSecurityGroup',
      'The specified endpoint must have at least one security group.',
    ],
    [
      'a GatewayLoadBalancer endpoint with security groups',
      { EndpointType: 'GatewayLoadBalancer' },
      'GatewayLoadBalancerNotSupportSecurityGroup',
    ],
    [
      'one zone twice',
      { 'Zone.2.ZoneId': 'cn-huhehaote-b', 'Zone.2.VSwitchId': 'vsw-2' },
      'EndpointZoneDuplicated',
      'The zone is duplicated for the Endpoint.',
    ],
    ['a name of one letter', { EndpointName: 'a' }, 'InvalidParameter.EndpointName'],
    ['a name that starts with a digit', { EndpointName: '1a' }, 'InvalidParameter.EndpointName'],
    ['a name of 129 letters', { EndpointName: 'a'.repeat(129) }, 'InvalidParameter.EndpointName'],
    ['a description that is a link', { EndpointDescription: 'http://x' }, 'InvalidParameter.EndpointDescription'],
    ['a description of 257 letters', { EndpointDescription: 'a'.repeat(257) }, 'InvalidParameter.EndpointDescription'],
    ['an unknown type', { EndpointType: 'Gateway' }, 'InvalidParameter.EndpointType'],
    ['two addresses in a zone', { ZonePrivateIpAddressCount: '2' }, 'QuotaExceeded.IpQuotaPerEp'],
    ['a DryRun that is no boolean', { DryRun: 'maybe' }, 'InvalidParameter.DryRun'],
    ['a token of 65 characters', { ClientToken: 'a'.repeat(65) }, 'InvalidParameter.ClientToken'],
    ['a token beyond ASCII', { ClientToken: 'é' }, 'InvalidParameter.ClientToken'],
    ['an unknown protocol', { AddressIpVersion: 'IPv6' }, 'IllegalParam.AddressIpVersion'],
    ['a malformed address', { 'Zone.1.ip': '10.0.0.256' }, 'IllegalParam.Ip'],
    [
      'a malformed IPv6 address',
      { AddressIpVersion: 'DualStack', 'Zone.1.Ipv6Address': 'x:y' },
      'IllegalParam.Ipv6Address',
    ],
    [
      'an IPv6 address without DualStack',
      { 'Zone.1.Ipv6Address': '2408::1' },
      'OperationDenied.AddressIpVersionNotSupportSpecifyIpv6',
    ],
    [
      'DualStack of a Reverse endpoint',
      { AddressIpVersion: 'DualStack', EndpointType: 'Reverse' },
      'OperationDenied.EndpointTypeNotSupportDualstack',
    ],
    [
      'twenty-one tags',
      tags(21),
      'QuotaExceed.TagsPerResource',
      'The maximum number of tags for each resource is exceeded',
    ],
    ['a tag without key', { 'Tag.1.Value': 'x' }, 'MissingTagKeyParam'],
    ['a tag key of the vendor', { 'Tag.1.Key': 'acs:x' }, 'IllegalTagKeyParam'],
    ['a tag key of 65 letters', { 'Tag.1.Key': 'a'.repeat(65) }, 'IllegalTagKeyParam'],
    ['a tag value of 129 letters', { 'Tag.1.Key': 'a', 'Tag.1.Value': 'a'.repeat(129) }, 'IllegalTagValueParam'],
    ['a tag key twice', { 'Tag.1.Key': 'a', 'Tag.2.Key': 'a' }, 'DuplicatedTagKey'],
  ];
  it.each(refused)('refuses %s and makes nothing', (_, parameters, code, message) => {
    const { engine, create } = createEngine();
    const answer = create(parameters);
    expect(answer).toMatchObject({ status: 400, body: { Code: code, RequestId: expect.any(String) as unknown } });
    if (message !== undefined) expect(text(answer, 'Message')).toBe(message);
    expect(engine.inspect()).toEqual([]);
  });

  it('says with a refusal whom was asked and where to read on', () => {
    const { body } = createEngine().create({ VpcId: '' });
    expect(body).toEqual({
      RequestId: body.RequestId,
      HostId: `privatelink.${REGION}.aliyuncs.com`,
      Code: 'MissingVpcId',
      Message: 'VpcId is mandatory for this action.',
      Recommend: expect.stringContaining('q=MissingVpcId') as unknown,
    });
  });

  const missing: [id: string, code: string][] = [
    ['vpc-1', 'VpcNotFound'],
    ['epsrv-1', 'EndpointServiceNotFound'],
    ['vsw-1', 'VSwitchNotFound'],
    ['sg-1', 'SecurityGroupNotFound'],
  ];
  it.each(missing)('refuses the id %s, which is said to be missing, until it is not', (id, code) => {
    const { engine, create } = createEngine({ missing: [id] });
    expect(create().body.Code).toBe(code);
    engine.configure({ missing: [] });
    expect(create().status).toBe(200);
  });

  it('refuses an address that another endpoint has in the same vSwitch', () => {
    const { create } = createEngine();
    expect(create({ 'Zone.1.ip': '10.0.0.5' }).status).toBe(200);
    expect(create({ 'Zone.1.ip': '10.0.0.5' }).body.Code).toBe('EniIpUnavailable');
    expect(create({ 'Zone.1.ip': '10.0.0.5', 'Zone.1.VSwitchId': 'vsw-2' }).status).toBe(200);
  });

  it('refuses a second endpoint of a service in a VPC only where that switch is on', () => {
    const run = (settings: SettingsChange) => {
      const { create } = createEngine(settings);
      create();
      return create().body.Code;
    };
    expect(run({})).toBeUndefined();
    expect(run({ switches: { oneEndpointPerServiceAndVpc: true } })).toBe('EndpointDuplicated');
  });

  it.each(['true', 'True', 'TRUE'])('makes nothing for DryRun=%s, and says so with an error', (DryRun) => {
    const { engine, create } = createEngine();
    const answer = create({ DryRun });
    expect(answer).toMatchObject({
      status: 400,
      body: { Code: 'DryRunOperation', Message: 'The specified operation is a dry run operation.' },
    });
    expect(create({ DryRun, 'SecurityGroupId.1': '' }).body.Code).toBe('EndpointMustContainSecurityGroup');
    expect(engine.inspect()).toEqual([]);
  });

  it.each(['false', 'False'])('makes an endpoint for DryRun=%s', (DryRun) => {
    expect(createEngine().create({ DryRun }).status).toBe(200);
  });

  it('never makes the same id twice, even where chance repeats itself', () => {
    const { create } = createEngine();
    const ids = Array.from({ length: 300 }, () => text(create(), 'EndpointId'));
    expect(new Set(ids).size).toBe(300);
  });

  it('does not know an action that it was not built for', () => {
    const { call } = createEngine();
    for (const action of ['DescribeMars', 'constructor', '']) {
      expect(call(action, VALID_CREATE)).toMatchObject({ status: 404, body: { Code: 'InvalidAction.NotFound' } });
    }
  });
});
