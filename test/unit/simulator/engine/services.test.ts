import { describe, expect, it } from 'vitest';
import { parseSettingsChange, parseWorld, type SimulatedService } from '../../../../src/simulator/index.js';
import { createEngine, text } from '../fixture.js';

const ACTION = 'ListVpcEndpointServicesByEndUser';

function listed(settings: Parameters<typeof createEngine>[0], parameters: Record<string, string> = {}) {
  const { body } = createEngine(settings).call(ACTION, parameters);
  return body as unknown as {
    Services: Record<string, unknown>[];
    TotalCount: unknown;
    NextToken?: string;
    Code?: string;
  };
}

/** Nothing but what a test adds. */
const CLOSED = parseWorld({});

const services: readonly SimulatedService[] = [
  { ServiceId: 'epsrv-1', Zones: ['cn-huhehaote-a'], AutoAcceptEnabled: false, VpcEndpointPolicySupported: false },
  { ServiceId: 'epsrv-2', ServiceName: 'com.x.oss', ServiceResourceType: 'slb' },
  { ServiceId: 'epsrv-3', listed: false },
];

describe('a service without an owner', () => {
  const call = (bench: ReturnType<typeof createEngine>, action: string, accountId: string, more = {}) =>
    bench.call(action, { ServiceId: 'epsrv-manual', ...more }, accountId).body;

  it('is another one for each account: nobody sees, closes or deletes what is of somebody else', () => {
    const bench = createEngine({ timeToActive: { afterMs: 0 } });
    const EndpointId = text(bench.create({ ServiceId: 'epsrv-manual' }, '1'), 'EndpointId');
    expect(call(bench, 'ListVpcEndpointConnections', '1')['TotalCount']).toBe('1');
    expect(call(bench, 'ListVpcEndpointConnections', '2')['TotalCount']).toBe('0');
    expect(call(bench, 'EnableVpcEndpointConnection', '2', { EndpointId })['Code']).toBe('EndpointConnectionNotFound');
    expect(call(bench, 'DeleteVpcEndpointService', '2')).not.toHaveProperty('Code');
    bench.clock.nowMs += 60_000;
    expect(call(bench, 'GetVpcEndpointServiceAttribute', '2')['Code']).toBe('EndpointServiceNotFound');
    expect(call(bench, 'GetVpcEndpointServiceAttribute', '1')).toMatchObject({ ServiceStatus: 'Active' });
    expect(call(bench, 'EnableVpcEndpointConnection', '1', { EndpointId })).not.toHaveProperty('Code');
  });
});

describe('an endpoint in another region than its service', () => {
  it('has the bandwidth of such endpoints, and zones of its own region', () => {
    const bench = createEngine();
    const { ServiceId } = bench.call('CreateVpcEndpointService', {
      RegionId: 'cn-hangzhou',
      'Resource.1.ResourceType': 'nlb',
      'Resource.1.ResourceId': 'nlb-1',
      ServiceResourceType: 'nlb',
    }).body;
    bench.clock.nowMs += 60_000;
    const create = (more: Record<string, string>) =>
      bench.create({ ServiceId: String(ServiceId), ServiceRegionId: 'cn-hangzhou', ...more }).body;
    expect(create({})).toMatchObject({ ServiceRegionId: 'cn-hangzhou', CrossRegionBandwidth: 1_000 });
    expect(create({ CrossRegionBandwidth: '250' })).toMatchObject({ CrossRegionBandwidth: 250 });
    expect(bench.create({ ServiceId: String(ServiceId) }).body.Code).toBe('EndpointServiceNotFound');
    const abroad = { RegionId: 'eu-central-1', 'Zone.1.ZoneId': 'eu-central-1a' };
    expect(create(abroad)).toMatchObject({ CrossRegionBandwidth: 100 });
  });
});

describe(ACTION, () => {
  it('counts in a text, and its list is flat', () => {
    const { Services, TotalCount } = listed({}, { ServiceId: 'epsrv-9' });
    expect(TotalCount).toBe('1');
    expect(Services).toHaveLength(1);
  });

  it('takes any id and any name for a service that serves every zone and supports everything', () => {
    expect(listed({}, { ServiceId: 'epsrv-9' }).Services[0]).toMatchObject({
      ServiceId: 'epsrv-9',
      ServiceName: 'com.aliyuncs.privatelink.cn-huhehaote.epsrv-9',
      AutoAcceptEnabled: true,
      ServiceSupportIPv6: true,
      VpcEndpointPolicySupported: true,
      Zones: expect.arrayContaining(['cn-huhehaote-a', 'cn-huhehaote-b']) as string[],
    });
    const name = 'com.aliyuncs.privatelink.cn-huhehaote.epsrv-9';
    expect(listed({}, { ServiceName: name }).Services[0]).toMatchObject({ ServiceId: 'epsrv-9', ServiceName: name });
  });

  it('does not take what is missing for one, by its id or by its usual name', () => {
    const { create } = createEngine();
    const name = 'com.aliyuncs.privatelink.cn-huhehaote.epsrv-missing';
    expect(create({ ServiceId: 'epsrv-missing' }).body.Code).toBe('EndpointServiceNotFound');
    expect(create({ ServiceId: '', ServiceName: name }).body.Code).toBe('EndpointServiceNotFound');
    expect(listed({}, { ServiceName: name }).Services).toEqual([]);
  });

  it('writes zones as the region does: no "-" behind a digit', () => {
    const zones = listed({}, { RegionId: 'ap-southeast-1', ServiceId: 'epsrv-9' }).Services[0]?.['Zones'];
    expect(zones).toContain('ap-southeast-1a');
  });

  it('says of a described service what is set, and what is usual of the rest', () => {
    expect(listed({ services }, { ServiceId: 'epsrv-1' }).Services).toMatchObject([
      {
        Zones: ['cn-huhehaote-a'],
        AutoAcceptEnabled: false,
        VpcEndpointPolicySupported: false,
        AddressIpVersion: 'DualStack',
      },
    ]);
    expect(listed({ services }, { ServiceName: 'com.x.oss' }).Services).toMatchObject([
      { ServiceId: 'epsrv-2', ServiceResourceType: 'slb' },
    ]);
    expect(Object.keys(listed({ services }, { ServiceId: 'epsrv-1' }).Services[0] ?? {})).not.toContain('listed');
  });

  it('accepts connections as the engine is set, unless the service says otherwise', () => {
    expect(listed({ autoAccept: false }, { ServiceId: 'epsrv-9' }).Services[0]?.['AutoAcceptEnabled']).toBe(false);
  });

  it.each([
    { settings: { services }, parameters: { ServiceId: 'epsrv-3' }, why: 'the account may not use' },
    { settings: { missing: ['epsrv-9'] }, parameters: { ServiceId: 'epsrv-9' }, why: 'does not exist' },
  ])('leaves out a service that $why', ({ settings, parameters }) => {
    expect(listed(settings, parameters)).toMatchObject({ Services: [], TotalCount: '0' });
  });

  it('without a filter lists what is described, in pages', () => {
    const first = listed({ services, world: CLOSED }, { MaxResults: '1' });
    expect(first).toMatchObject({ Services: [{ ServiceId: 'epsrv-1' }], TotalCount: '2' });
    const second = listed({ services, world: CLOSED }, { MaxResults: '1', NextToken: first.NextToken ?? '' });
    expect(second.Services).toMatchObject([{ ServiceId: 'epsrv-2' }]);
    expect(second.NextToken).toBeUndefined();
  });

  it('needs a region', () => {
    expect(listed({}, { RegionId: '' }).Code).toBe('MissingRegionId');
  });
});

describe('services as JSON', () => {
  it('are taken as they are', () => {
    expect(parseSettingsChange({ services })).toEqual({ services });
  });

  it.each<[services: unknown, says: string]>([
    [{}, 'services is not a list'],
    [[1], 'services[0] is not a JSON object'],
    [[{}], 'services[0].ServiceId is missing'],
    [[{ ServiceId: '' }], 'services[0].ServiceId is not a string'],
    [[{ ServiceId: 'a' }, { ServiceId: 'b', Zones: 'z' }], 'services[1].Zones is not a list of texts'],
    [[{ ServiceId: 'a', Zones: [1] }], 'services[0].Zones is not a list of texts'],
    [[{ ServiceId: 'a', listed: 'no' }], 'services[0].listed is not a boolean'],
    [[{ ServiceId: 'a', zones: [] }], 'services[0] has no zones'],
  ])('%j: %s', (given, says) => {
    expect(() => parseSettingsChange({ services: given })).toThrow(new TypeError(says));
  });
});
