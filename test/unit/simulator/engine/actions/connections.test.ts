import { describe, expect, it } from 'vitest';
import { PROVIDER_ACCOUNT_ID } from '../../../../../src/simulator/engine/default-world.js';
import type { SettingsChange, WireParameters } from '../../../../../src/simulator/index.js';
import { REGION, text, VALID_CREATE } from '../../fixture.js';
import { CONSUMER, createMarket, PROVIDER, ZONE_A, ZONE_B, type Connection } from './provider.js';

const ENABLE = 'EnableVpcEndpointConnection';
const DISABLE = 'DisableVpcEndpointConnection';
const UPDATE = 'UpdateVpcEndpointConnectionAttribute';
const LIST = 'ListVpcEndpointConnections';

/** A service of the provider that accepts by hand, and an endpoint of the consumer. */
function withEndpoint(service: WireParameters = {}, settings: SettingsChange = {}) {
  const market = createMarket(settings);
  const ServiceId = market.makeService(service);
  const EndpointId = market.makeEndpoint(ServiceId);
  const named = { ServiceId, EndpointId };
  const status = () => market.connection(EndpointId).ConnectionStatus;
  const zone = () => market.connection(EndpointId).Zones[0].ZoneStatus;
  return { ...market, ServiceId, EndpointId, named, status, zone };
}

describe(ENABLE, () => {
  it('connects an endpoint and its zones, which takes a while', () => {
    const { call, named, status, zone, settle, effects, EndpointId } = withEndpoint();
    expect([status(), zone()]).toEqual(['Disconnected', 'Wait']);
    expect(call(ENABLE, named).status).toBe(200);
    settle(1_999);
    expect([status(), zone()]).toEqual(['Connecting', 'Connecting']);
    settle(1);
    expect([status(), zone()]).toEqual(['Connected', 'Connected']);
    const kinds = effects.filter((effect) => effect.EndpointId === EndpointId).map(({ kind }) => kind);
    expect(kinds).toEqual(['created', 'active', 'changing', 'connected']);
  });

  it('gives a connection the bandwidth that is asked for, or that of the service', () => {
    const { done, named, connection, EndpointId, ServiceId } = withEndpoint();
    done(ENABLE, { ...named, Bandwidth: '5000', TrafficControlMode: 'BandwidthLimit' });
    expect(connection(EndpointId)).toMatchObject({ Bandwidth: 5_000, TrafficControlMode: 'BandwidthLimit' });
    done(DISABLE, named);
    done('UpdateVpcEndpointServiceAttribute', { ServiceId, ConnectBandwidth: '200' });
    done(ENABLE, named);
    expect(connection(EndpointId)).toMatchObject({ Bandwidth: 200, TrafficControlMode: 'BandwidthLimit' });
  });

  it('takes no notice of a bandwidth where the resources have none', () => {
    const { done, makeEndpoint, connection } = createMarket();
    const EndpointId = makeEndpoint('epsrv-manual');
    done(ENABLE, { ServiceId: 'epsrv-manual', EndpointId, Bandwidth: '5000' });
    expect(connection(EndpointId)).toMatchObject({ ConnectionStatus: 'Connected', Bandwidth: 3_072 });
  });

  it.each<[code: string, parameters: WireParameters]>([
    ['EndpointServiceNotFound', { ServiceId: 'epsrv-missing' }],
    ['EndpointConnectionNotFound', { EndpointId: 'ep-none' }],
    ['EndpointConnectionNotFound', { ServiceId: 'epsrv-manual' }],
    ['InvalidParameter.Bandwidth', { Bandwidth: '99' }],
    ['InvalidParameter.Bandwidth', { Bandwidth: '10241' }],
    ['InvalidParameter.TrafficControlMode', { TrafficControlMode: 'None' }],
  ])('refuses with %s', (expected, parameters) => {
    const { code, named } = withEndpoint();
    expect(code(ENABLE, { ...named, ...parameters })).toBe(expected);
  });

  it('is for the owner of the service alone', () => {
    const { code, named } = withEndpoint();
    expect(code(ENABLE, named, CONSUMER)).toBe('EndpointServiceNotFound');
  });

  it('refuses an endpoint that is not Active, or is being changed', () => {
    const { code, makeEndpoint } = createMarket({ timeToActive: { afterReads: Infinity } });
    const creating = { ServiceId: 'epsrv-manual', EndpointId: makeEndpoint('epsrv-manual') };
    expect(code(ENABLE, creating)).toBe('EndpointOperationDenied');

    const active = withEndpoint();
    const { EndpointId } = active;
    active.call('AttachSecurityGroupToVpcEndpoint', { EndpointId, SecurityGroupId: 'sg-2' }, CONSUMER);
    expect(active.code(ENABLE, active.named)).toBe('EndpointOperationDenied');
  });

  it('refuses what is on its way', () => {
    const { code, named, settle } = withEndpoint();
    expect(code(ENABLE, named)).toBeUndefined();
    expect(code(ENABLE, named)).toBe('EndpointConnectionOperationDenied');
    expect(code(DISABLE, named)).toBe('EndpointConnectionOperationDenied');
    settle();
    expect(code(DISABLE, named)).toBeUndefined();
    expect(code(ENABLE, named)).toBe('EndpointConnectionOperationDenied');
  });

  it('refuses what is already so, or accepts it without an effect, by a switch', () => {
    const strict = withEndpoint();
    strict.done(ENABLE, strict.named);
    expect(strict.code(ENABLE, strict.named)).toBe('EndpointConnectionOperationDenied');

    const lenient = withEndpoint({}, { switches: { repeatedConnectionChange: 'accepted' } });
    lenient.done(ENABLE, lenient.named);
    expect(lenient.code(ENABLE, lenient.named)).toBeUndefined();
    expect(lenient.status()).toBe('Connected');
  });

  it('needs a resource in every zone of the endpoint', () => {
    const { code, done, named, ServiceId } = withEndpoint();
    done('DetachResourceFromVpcEndpointService', { ServiceId, ResourceId: 'lb-1' });
    expect(code(ENABLE, named)).toBe('OperationDenied.NoAvailableServiceResource');
  });

  it('waits for a change of the service', () => {
    const { code, call, named, ServiceId, settle } = withEndpoint({}, { updateMs: 5_000 });
    call('UpdateVpcEndpointServiceAttribute', { ServiceId });
    settle(2_000);
    expect(code(ENABLE, named)).toBe('ConcurrentCallNotSupported');
  });
});

describe(DISABLE, () => {
  it('closes a connection, which takes a while', () => {
    const { call, done, named, status, zone, settle, connection, EndpointId } = withEndpoint();
    done(ENABLE, named);
    expect(connection(EndpointId).Zones[0]).toHaveProperty('ResourceId');
    expect(call(DISABLE, named).status).toBe(200);
    settle(1_999);
    expect([status(), zone()]).toEqual(['Disconnecting', 'Disconnecting']);
    settle(1);
    expect([status(), zone()]).toEqual(['Disconnected', 'Disconnected']);
    expect(connection(EndpointId).Zones[0]).not.toHaveProperty('ResourceId');
  });

  it.each<[code: string, parameters: WireParameters]>([
    ['EndpointServiceNotFound', { ServiceId: 'epsrv-missing' }],
    ['EndpointConnectionNotFound', { EndpointId: 'ep-none' }],
    ['EndpointConnectionOperationDenied', {}],
  ])('refuses with %s', (expected, parameters) => {
    const { code, named } = withEndpoint();
    expect(code(DISABLE, { ...named, ...parameters })).toBe(expected);
  });

  it('leaves a zone that is added afterwards waiting, and both connect together', () => {
    const { done, makeService, makeEndpoint, connection } = createMarket();
    const ServiceId = makeService();
    const EndpointId = makeEndpoint(ServiceId);
    const statuses = () => connection(EndpointId).Zones.map(({ ZoneStatus }) => ZoneStatus);
    done(ENABLE, { ServiceId, EndpointId });
    done(DISABLE, { ServiceId, EndpointId });
    done('AddZoneToVpcEndpoint', { EndpointId, ZoneId: ZONE_B, VSwitchId: 'vsw-2' }, CONSUMER);
    expect(statuses()).toEqual(['Disconnected', 'Wait']);
    done(ENABLE, { ServiceId, EndpointId });
    expect(statuses()).toEqual(['Connected', 'Connected']);
  });

  it('refuses an endpoint that is being changed', () => {
    const { code, done, call, named, EndpointId } = withEndpoint();
    done(ENABLE, named);
    call('AttachSecurityGroupToVpcEndpoint', { EndpointId, SecurityGroupId: 'sg-2' }, CONSUMER);
    expect(code(DISABLE, named)).toBe('EndpointConnectionOperationDenied');
  });
});

describe(UPDATE, () => {
  it('changes a connection, which is Pending for a while and up all the time', () => {
    const { call, done, named, status, zone, settle, connection, EndpointId } = withEndpoint();
    done(ENABLE, named);
    expect(call(UPDATE, { ...named, Bandwidth: '100', TrafficControlMode: 'Scalability' }).status).toBe(200);
    expect([status(), zone()]).toEqual(['Pending', 'Connected']);
    settle(1_000);
    expect(connection(EndpointId)).toMatchObject({
      ConnectionStatus: 'Connected',
      Bandwidth: 100,
      TrafficControlMode: 'Scalability',
    });
    expect(call('GetVpcEndpointAttribute', { EndpointId }, CONSUMER).body['Bandwidth']).toBe(100);
  });

  it.each<[code: string, parameters: WireParameters]>([
    ['EndpointServiceNotFound', { ServiceId: 'epsrv-missing' }],
    ['EndpointNotFound', { EndpointId: 'ep-none' }],
    ['EndpointConnectionNotFound', { ServiceId: 'epsrv-manual' }],
    ['EndpointConnectionOperationDenied', { Bandwidth: '200' }],
    ['InvalidParameter.Bandwidth', { Bandwidth: '10241' }],
    ['InvalidParameter.TrafficControlMode', { TrafficControlMode: 'scalability' }],
  ])('refuses with %s', (expected, parameters) => {
    const { code, named } = withEndpoint();
    expect(code(UPDATE, { ...named, ...parameters })).toBe(expected);
  });

  it('refuses a bandwidth where the resources have none, or accepts it, by a switch', () => {
    for (const bandwidthOfNlb of ['refused', 'accepted'] as const) {
      const { done, code, makeEndpoint, connection, settle } = createMarket({ switches: { bandwidthOfNlb } });
      const named = { ServiceId: 'epsrv-manual', EndpointId: makeEndpoint('epsrv-manual') };
      done(ENABLE, named);
      const isRefused = bandwidthOfNlb === 'refused';
      expect(code(UPDATE, { ...named, Bandwidth: '200' })).toBe(isRefused ? 'UpdateBandWidthUnSupported' : undefined);
      settle();
      expect(connection(named.EndpointId).Bandwidth).toBe(isRefused ? 3_072 : 200);
      expect(code(UPDATE, { ...named, TrafficControlMode: 'Scalability' })).toBeUndefined();
    }
  });
});

describe('operations that an account may run one of', () => {
  it.each<[action: string, parameters: WireParameters]>([
    [ENABLE, {}],
    [DISABLE, {}],
    [UPDATE, {}],
    ['UpdateVpcEndpointServiceAttribute', {}],
    ['AddUserToVpcEndpointService', { UserId: PROVIDER }],
  ])('keep %s from running meanwhile', (action, parameters) => {
    const { done, code, makeEndpoint, makeService, settle } = createMarket();
    const ServiceId = makeService();
    const named = { ServiceId, EndpointId: makeEndpoint(ServiceId) };
    if (action !== ENABLE) done(ENABLE, named);
    const other = makeService();
    expect(code('UpdateVpcEndpointServiceAttribute', { ServiceId: other })).toBeUndefined();
    expect(code(action, { ...named, ...parameters })).toBe('ConcurrentCallNotSupported');
    settle(1_000);
    expect(code(action, { ...named, ...parameters })).toBeUndefined();
  });

  it('do not concern another account', () => {
    const { call, code, makeEndpoint } = createMarket();
    const EndpointId = makeEndpoint('epsrv-shared');
    expect(call('UpdateVpcEndpointServiceAttribute', { ServiceId: 'epsrv-manual' }).status).toBe(200);
    expect(code(ENABLE, { ServiceId: 'epsrv-shared', EndpointId }, PROVIDER_ACCOUNT_ID)).toBeUndefined();
  });
});

describe(LIST, () => {
  it('shows a connection to the owner of the service', () => {
    const { done, named, call, EndpointId, ServiceId } = withEndpoint();
    done(ENABLE, named);
    expect(call(LIST, { ServiceId }).body).toEqual({
      RequestId: expect.any(String) as string,
      MaxResults: 50,
      TotalCount: '1',
      Connections: [
        {
          ServiceId,
          EndpointId,
          EndpointOwnerId: Number(CONSUMER),
          EndpointVpcId: VALID_CREATE['VpcId'],
          Bandwidth: 3_072,
          ConnectionStatus: 'Connected',
          ModifiedTime: '2026-01-01T00:03:02Z',
          ResourceOwner: false,
          Zones: [
            {
              ZoneId: ZONE_A,
              VSwitchId: VALID_CREATE['Zone.1.VSwitchId'],
              EniId: expect.stringMatching(/^eni-/) as string,
              ZoneDomain: `${EndpointId}-${ZONE_A}.${ServiceId}.${REGION}.privatelink.aliyuncs.com`,
              ZoneStatus: 'Connected',
              ResourceId: 'lb-1',
            },
          ],
        },
      ],
    });
    expect(call(LIST, { ServiceId }, CONSUMER).body.Code).toBe('EndpointServiceNotFound');
    expect(call(LIST, {}, CONSUMER).body).toMatchObject({ Connections: [], TotalCount: '0' });
    expect(call(LIST, { ServiceId: 'epsrv-missing' }).body.Code).toBe('EndpointServiceNotFound');
  });

  it('filters by each parameter', () => {
    const { done, makeService, makeEndpoint, call, connection } = createMarket();
    const [first, second] = [makeService({ AutoAcceptEnabled: 'true' }), makeService()];
    done('AddUserToVpcEndpointService', { ServiceId: second, UserId: '2000000000000009' });
    const a = makeEndpoint(first, { ResourceGroupId: 'rg-1' });
    const b = String(
      done('CreateVpcEndpoint', { ...VALID_CREATE, ServiceId: second, 'Zone.1.ZoneId': ZONE_B }, '2000000000000009')[
        'EndpointId'
      ],
    );
    const cases: readonly (readonly [WireParameters, readonly string[]])[] = [
      [{}, [a, b]],
      [{ ServiceId: first }, [a]],
      [{ EndpointId: b }, [b]],
      [{ ConnectionStatus: 'Connected' }, [a]],
      [{ ConnectionStatus: 'Disconnected' }, [b]],
      [{ EndpointOwnerId: '2000000000000009' }, [b]],
      [{ EniId: connection(a).Zones[0].EniId }, [a]],
      [{ ResourceId: 'lb-1' }, [a]],
      [{ ReplacedResourceId: 'lb-1' }, []],
      [{ ResourceGroupId: 'rg-1' }, [a]],
      [{ RegionId: 'cn-hangzhou' }, []],
      [{ ServiceId: first, EndpointId: b }, []],
    ];
    for (const [parameters, expected] of cases) {
      const { Connections } = call(LIST, parameters).body as unknown as { Connections: Connection[] };
      const found = Connections.map(({ EndpointId }) => EndpointId);
      expect({ parameters, found }).toEqual({ parameters, found: expected });
    }
  });

  it('gives page after page', () => {
    const { makeEndpoint, call } = createMarket();
    const ids = [1, 2, 3].map(() => makeEndpoint('epsrv-manual'));
    const page = (parameters: WireParameters) =>
      call(LIST, { ServiceId: 'epsrv-manual', MaxResults: '2', ...parameters }).body as unknown as {
        Connections: Connection[];
        NextToken: string;
        TotalCount: string;
      };
    const first = page({});
    const second = page({ NextToken: first.NextToken });
    expect([...first.Connections, ...second.Connections].map(({ EndpointId }) => EndpointId)).toEqual(ids);
    expect([first.TotalCount, second.TotalCount]).toEqual(['3', '3']);
    expect(second).not.toHaveProperty('NextToken');
  });

  it('shows endpoints of other regions to the owner in the region of the service', () => {
    const { call } = createMarket();
    const ServiceRegionId = 'cn-hangzhou';
    const EndpointId = text(
      call('CreateVpcEndpoint', { ...VALID_CREATE, ServiceId: 'epsrv-manual', ServiceRegionId }, CONSUMER),
      'EndpointId',
    );
    const found = (RegionId: string) => call(LIST, { RegionId, EndpointId }).body['TotalCount'];
    expect([found(ServiceRegionId), found(REGION)]).toEqual(['1', '0']);
    expect(call(ENABLE, { RegionId: ServiceRegionId, ServiceId: 'epsrv-manual', EndpointId }).status).toBe(200);
  });
});
