import { describe, expect, it } from 'vitest';
import type { EngineAnswer, SettingsChange, WireParameters } from '../../../../src/simulator/index.js';
import { createEngine, text } from '../fixture.js';

/** An engine with two endpoints that are Active. */
function engineWithEndpoints(settings: SettingsChange) {
  const bench = createEngine({ timeToActive: { afterMs: 0 }, ...settings });
  const [EndpointId, other] = [text(bench.create(), 'EndpointId'), text(bench.create(), 'EndpointId')];
  const code = (action: string, parameters: WireParameters = {}) =>
    bench.call(action, { EndpointId, ...parameters }).body.Code;
  const attribute = (name: string) => text(bench.describe(EndpointId), name);
  return { ...bench, EndpointId, other, code, attribute };
}

type Bench = ReturnType<typeof engineWithEndpoints>;

interface Course {
  readonly settings?: SettingsChange;
  readonly begin: (bench: Bench) => unknown;
  /** What can be seen, while it lasts and afterwards. */
  readonly seen: (bench: Bench) => unknown;
  readonly while: unknown;
  readonly after: unknown;
}

function itemsOf({ body }: EngineAnswer, list: string) {
  return body[list] as readonly Readonly<Record<string, unknown>>[];
}

const TAKES_MS = 7_000;
const SERVICE = { ServiceId: 'epsrv-1' };

const COURSES = {
  zoneAddMs: {
    begin: ({ code }) => code('AddZoneToVpcEndpoint', { ZoneId: 'cn-huhehaote-c', VSwitchId: 'vsw-2' }),
    seen: ({ call, EndpointId }) =>
      itemsOf(call('ListVpcEndpointZones', { EndpointId }), 'Zones').map(({ ZoneStatus }) => ZoneStatus),
    while: ['Connected', 'Creating'],
    after: ['Connected', 'Connected'],
  },
  connectMs: {
    settings: { autoAccept: false },
    begin: ({ code }) => code('EnableVpcEndpointConnection', SERVICE),
    seen: ({ attribute }) => attribute('ConnectionStatus'),
    while: 'Connecting',
    after: 'Connected',
  },
  disconnectMs: {
    begin: ({ code }) => code('DisableVpcEndpointConnection', SERVICE),
    seen: ({ attribute }) => attribute('ConnectionStatus'),
    while: 'Disconnecting',
    after: 'Disconnected',
  },
  securityGroupMs: {
    begin: ({ code }) => code('AttachSecurityGroupToVpcEndpoint', { SecurityGroupId: 'sg-2' }),
    seen: ({ attribute }) => attribute('EndpointStatus'),
    while: 'Pending',
    after: 'Active',
  },
  serviceMs: {
    begin: ({ code }) => code('CreateVpcEndpointService', { ServiceDescription: 'made here' }),
    seen: ({ call }) =>
      itemsOf(call('ListVpcEndpointServices', {}), 'Services')
        .filter(({ ServiceDescription }) => ServiceDescription === 'made here')
        .map(({ ServiceStatus }) => ServiceStatus),
    while: ['Creating'],
    after: ['Active'],
  },
  accountOperationMs: {
    begin: ({ code }) => code('UpdateVpcEndpointAttribute', { EndpointName: 'first' }),
    seen: ({ code, other }) => code('UpdateVpcEndpointAttribute', { EndpointId: other, DryRun: 'true' }),
    while: 'ConcurrentCallNotSupported',
    after: 'DryRunOperation',
  },
} satisfies Partial<Record<keyof SettingsChange, Course>>;

describe('a duration of the settings', () => {
  it.each(Object.entries<Course>(COURSES))('%s is how long it takes', (name, course) => {
    const bench = engineWithEndpoints({ ...course.settings, [name]: TAKES_MS });
    expect(course.begin(bench)).toBeUndefined();
    bench.clock.nowMs += TAKES_MS - 1;
    expect(course.seen(bench)).toEqual(course.while);
    bench.clock.nowMs += 1;
    expect(course.seen(bench)).toEqual(course.after);
  });
});

const TAG = { ResourceType: 'vpcendpoint', 'Tag.1.Key': 'a', 'Tag.1.Value': '1' };

describe('a number of the settings', () => {
  const numbers: readonly [
    name: string,
    settings: SettingsChange,
    last: (bench: Bench) => unknown,
    first: (bench: Bench) => unknown,
    code: string,
  ][] = [
    [
      'opensPerSecond',
      { limits: { opensPerSecond: 1 } },
      ({ code }) => code('OpenPrivateLinkService'),
      ({ code }) => code('OpenPrivateLinkService'),
      'Throttling.User',
    ],
    [
      'securityGroupsPerEndpoint (Create)',
      { quotas: { securityGroupsPerEndpoint: 2 } },
      ({ create }) => create({ 'SecurityGroupId.2': 'sg-2' }).body.Code,
      ({ create }) => create({ 'SecurityGroupId.2': 'sg-2', 'SecurityGroupId.3': 'sg-3' }).body.Code,
      'InvalidParameter.SecurityGroupId',
    ],
    [
      'securityGroupsPerEndpoint (Attach)',
      { quotas: { securityGroupsPerEndpoint: 2 }, securityGroupMs: 0 },
      ({ code }) => code('AttachSecurityGroupToVpcEndpoint', { SecurityGroupId: 'sg-2' }),
      ({ code }) => code('AttachSecurityGroupToVpcEndpoint', { SecurityGroupId: 'sg-3' }),
      'InvalidParameter.SecurityGroupId',
    ],
    [
      'tagsPerResource (Create)',
      { quotas: { tagsPerResource: 1 } },
      ({ create }) => create({ 'Tag.1.Key': 'a' }).body.Code,
      ({ create }) => create({ 'Tag.1.Key': 'a', 'Tag.2.Key': 'b' }).body.Code,
      'QuotaExceed.TagsPerResource',
    ],
    [
      'tagsPerResource (TagResources)',
      { quotas: { tagsPerResource: 1 } },
      ({ code, EndpointId }) => code('TagResources', { ...TAG, 'ResourceId.1': EndpointId }),
      ({ code, EndpointId }) => code('TagResources', { ...TAG, 'ResourceId.1': EndpointId, 'Tag.1.Key': 'b' }),
      'QuotaExceed.TagsPerResource',
    ],
  ];
  it.each(numbers)('%s is how many there may be', (_name, settings, last, first, code) => {
    const bench = engineWithEndpoints(settings);
    expect(last(bench)).not.toBe(code);
    expect(first(bench)).toBe(code);
  });
});

describe('CreateVpcEndpoint', () => {
  it('refuses a security group that it names twice', () => {
    const { create } = createEngine();
    expect(create({ 'SecurityGroupId.2': 'sg-1' }).body.Code).toBe('InvalidParameter.SecurityGroupId');
    expect(create({ 'SecurityGroupId.2': 'sg-2' }).status).toBe(200);
  });
});
