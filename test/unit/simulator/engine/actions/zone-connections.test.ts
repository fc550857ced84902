import { describe, expect, it } from 'vitest';
import type { SettingsChange, WireParameters } from '../../../../../src/simulator/index.js';
import { CONSUMER, createMarket, PROVIDER, ZONE_A, ZONE_B } from './provider.js';

const ENABLE = 'EnableVpcEndpointZoneConnection';
const DISABLE = 'DisableVpcEndpointZoneConnection';
const CHOOSE = 'UpdateVpcEndpointZoneConnectionResourceAttribute';

/** A service with lb-1 and lb-3 in one zone and lb-2 in another, and a connected endpoint in both. */
function withZones(settings: SettingsChange = {}) {
  const market = createMarket(settings);
  const ServiceId = market.makeService();
  const attach = { ServiceId, ResourceType: 'slb', ResourceId: 'lb-3', ZoneId: ZONE_A };
  market.done('AttachResourceToVpcEndpointService', attach);
  const zones = { 'Zone.2.ZoneId': ZONE_B, 'Zone.2.VSwitchId': 'vsw-2' };
  const EndpointId = market.makeEndpoint(ServiceId, zones);
  const connection = { ServiceId, EndpointId };
  market.done('EnableVpcEndpointConnection', connection);
  const zone = (ZoneId = ZONE_A) => {
    const found = market.connection(EndpointId).Zones.find((item) => item.ZoneId === ZoneId);
    if (found === undefined) throw new Error(`There is no ${ZoneId}`);
    return found;
  };
  const status = (ZoneId = ZONE_A) => zone(ZoneId).ZoneStatus;
  const seenByConsumer = () =>
    market.call('ListVpcEndpointZones', { EndpointId }, CONSUMER).body['Zones'] as readonly {
      readonly ZoneStatus: string;
      readonly EniId: string;
      readonly EniIp: string;
    }[];
  return { ...market, ServiceId, EndpointId, named: { ...connection, ZoneId: ZONE_A }, zone, status, seenByConsumer };
}

describe('the connection of one zone', () => {
  it('is closed and opened again while the others stay', () => {
    const { call, named, status, settle, connection, EndpointId } = withZones();
    expect(call(DISABLE, named).status).toBe(200);
    settle(1_999);
    expect([status(), status(ZONE_B)]).toEqual(['Disconnecting', 'Connected']);
    settle(1);
    expect([status(), status(ZONE_B)]).toEqual(['Disconnected', 'Connected']);
    expect(call(ENABLE, named).status).toBe(200);
    settle(1_999);
    expect(status()).toBe('Connecting');
    settle(1);
    expect(status()).toBe('Connected');
    expect(connection(EndpointId).ConnectionStatus).toBe('Connected');
  });

  it('follows the whole connection when that is closed and opened', () => {
    const { done, named, status, ServiceId, EndpointId } = withZones();
    done(DISABLE, named);
    done('DisableVpcEndpointConnection', { ServiceId, EndpointId });
    done('EnableVpcEndpointConnection', { ServiceId, EndpointId });
    expect(status()).toBe('Connected');
  });

  it('opens for a zone that was added to a connected endpoint and waits', () => {
    const { done, makeService, makeEndpoint, connection } = createMarket();
    const ServiceId = makeService();
    const EndpointId = makeEndpoint(ServiceId);
    done('EnableVpcEndpointConnection', { ServiceId, EndpointId });
    done('AddZoneToVpcEndpoint', { EndpointId, ZoneId: ZONE_B, VSwitchId: 'vsw-2' }, CONSUMER);
    expect(connection(EndpointId).Zones[1]?.ZoneStatus).toBe('Wait');
    done(ENABLE, { ServiceId, EndpointId, ZoneId: ZONE_B });
    expect(connection(EndpointId).Zones[1]).toMatchObject({ ZoneStatus: 'Connected', ResourceId: 'lb-2' });
  });

  it('stays closed where nothing serves the zone any more', () => {
    const { done, code, named, ServiceId } = withZones();
    done(DISABLE, named);
    done('DetachResourceFromVpcEndpointService', { ServiceId, ResourceId: 'lb-1' });
    done('DetachResourceFromVpcEndpointService', { ServiceId, ResourceId: 'lb-3' });
    expect(code(ENABLE, named)).toBe('EndpointOperationDenied');
  });
});

describe.each([ENABLE, DISABLE])('%s', (action) => {
  it.each<[code: string, parameters: WireParameters]>([
    ['ResourceNotFound.VpcEndpointService', { ServiceId: 'epsrv-missing' }],
    ['ResourceNotFound.VpcEndpoint', { EndpointId: 'ep-none' }],
    ['ResourceNotFound.VpcEndpointConnection', { ServiceId: 'epsrv-manual' }],
    ['ResourceNotFound.VpcEndpointZone', { ZoneId: 'cn-huhehaote-c' }],
  ])('refuses with %s and status 404', (expected, parameters) => {
    const { call, named } = withZones();
    expect(call(action, { ...named, ...parameters })).toMatchObject({ status: 404, body: { Code: expected } });
  });

  it('is for the owner of the service alone', () => {
    const { code, named } = withZones();
    expect(code(action, named, CONSUMER)).toBe('ResourceNotFound.VpcEndpointService');
  });

  it('refuses a connection that is closed, or on its way', () => {
    const { call, code, settle, named, ServiceId, EndpointId } = withZones();
    call('DisableVpcEndpointConnection', { ServiceId, EndpointId });
    expect(code(action, named)).toBe('EndpointConnectionOperationDenied');
    settle();
    expect(code(action, named)).toBe('IncorrectStatus.VpcEndpointConnection');
  });

  it('refuses a zone beside another one that is being changed', () => {
    const { call, code, settle, named } = withZones();
    call(DISABLE, { ...named, ZoneId: ZONE_B });
    expect(code(action, named)).toBe('EndpointConnectionOperationDenied');
    settle();
    expect(code(action, named)).toBe(action === ENABLE ? 'IncorrectStatus.VpcEndpointZone' : undefined);
  });

  it('refuses by the states of service and endpoint', () => {
    const { call, code, engine, settle, named, ServiceId, EndpointId } = withZones();
    call('UpdateVpcEndpointServiceAttribute', { ServiceId });
    expect(code(action, named)).toBe('IncorrectStatus.VpcEndpointService');
    settle();
    call('AttachSecurityGroupToVpcEndpoint', { EndpointId, SecurityGroupId: 'sg-2' }, CONSUMER);
    expect(code(action, named)).toBe('IncorrectStatus.VpcEndpoint');
    settle();
    engine.setEndpoint(EndpointId, { EndpointBusinessStatus: 'FinancialLocked' });
    expect(code(action, named)).toBe('IncorrectBusinessStatus.VpcEndpoint');
  });

  it('refuses by the business of the service, and what a gateway load balancer does not have', () => {
    const { code, makeEndpoint } = createMarket();
    const locked = { ServiceId: 'epsrv-locked', EndpointId: makeEndpoint('epsrv-locked'), ZoneId: ZONE_A };
    expect(code(action, locked)).toBe('IncorrectBusinessStatus.VpcEndpointService');
    const EndpointId = makeEndpoint('epsrv-gwlb', { EndpointType: 'GatewayLoadBalancer', 'SecurityGroupId.1': '' });
    const gateway = { ServiceId: 'epsrv-gwlb', EndpointId, ZoneId: ZONE_A };
    expect(code(action, gateway)).toBe('GatewayLoadBalancerNotSupportZoneConnection');
    const choice = { ...gateway, ResourceAllocateMode: 'Auto' };
    expect(code(CHOOSE, choice)).toBe('GatewayLoadBalancerNotSupportZoneConnection');
  });
});

describe(DISABLE, () => {
  it('refuses a zone that is not connected, or has nothing left behind', () => {
    const { done, code, named } = withZones();
    expect(code(DISABLE, { ...named, ReplacedResource: 'true' })).toBe('IncorrectStatus.VpcEndpointZone');
    done(DISABLE, named);
    expect(code(DISABLE, named)).toBe('IncorrectStatus.VpcEndpointZone');
  });
});

describe(CHOOSE, () => {
  const slb = (ResourceId: string) => ({ ResourceType: 'slb', ResourceId });

  it('chooses the resource of a zone that is not connected, and lets the service choose again', () => {
    const { call, done, code, named, zone, attribute, ServiceId, settle } = withZones();
    expect(zone()).toMatchObject({ ResourceId: 'lb-1' });
    done(DISABLE, named);
    expect(call(CHOOSE, { ...named, ResourceAllocateMode: 'Manual', ...slb('lb-3') }).status).toBe(200);
    expect(attribute(ServiceId)['ServiceStatus']).toBe('Pending');
    settle(1_000);
    expect(attribute(ServiceId)['ServiceStatus']).toBe('Active');
    done(ENABLE, named);
    expect(zone()).toMatchObject({ ResourceId: 'lb-3', ZoneStatus: 'Connected' });
    done(DISABLE, named);
    done(CHOOSE, { ...named, ResourceAllocateMode: 'Auto' });
    expect(code(CHOOSE, { ...named, ResourceAllocateMode: 'Auto' })).toBe(
      'OperationDenied.CurrentResourceAutoAllocated',
    );
    done(ENABLE, named);
    expect(zone()).toMatchObject({ ResourceId: 'lb-1' });
  });

  it('keeps a chosen resource when the whole connection is closed and opened', () => {
    const { done, named, zone, ServiceId, EndpointId } = withZones();
    done(DISABLE, named);
    done(CHOOSE, { ...named, ResourceAllocateMode: 'Manual', ...slb('lb-3') });
    done('DisableVpcEndpointConnection', { ServiceId, EndpointId });
    done('EnableVpcEndpointConnection', { ServiceId, EndpointId });
    expect(zone()).toMatchObject({ ResourceId: 'lb-3' });
  });

  it('leaves the choice to the service again when the chosen resource is detached', () => {
    const { done, code, named, zone, ServiceId } = withZones();
    done(DISABLE, named);
    expect(zone()).not.toHaveProperty('ResourceId');
    done(CHOOSE, { ...named, ResourceAllocateMode: 'Manual', ...slb('lb-3') });
    expect(zone()).toMatchObject({ ResourceId: 'lb-3' });
    done('DetachResourceFromVpcEndpointService', { ServiceId, ResourceId: 'lb-3' });
    expect(zone()).not.toHaveProperty('ResourceId');
    expect(code(CHOOSE, { ...named, ResourceAllocateMode: 'Auto' })).toBe(
      'OperationDenied.CurrentResourceAutoAllocated',
    );
    done(ENABLE, named);
    expect(zone()).toMatchObject({ ResourceId: 'lb-1' });
  });

  it('moves a connected zone smoothly, and the provider closes what is left behind', () => {
    const { call, done, named, zone, settle, seenByConsumer } = withZones();
    const [before] = seenByConsumer();
    call(CHOOSE, { ...named, ResourceReplaceMode: 'Graceful', ...slb('lb-3') });
    expect(zone()).toMatchObject({
      ZoneStatus: 'Migrating',
      ResourceId: 'lb-3',
      ReplacedResourceId: 'lb-1',
      ReplacedEniId: before?.EniId,
    });
    settle();
    expect(zone()).toMatchObject({ ZoneStatus: 'Migrated', ReplacedResourceId: 'lb-1' });
    const [after] = seenByConsumer();
    expect(after).toMatchObject({ ZoneStatus: 'Connected', EniId: zone().EniId });
    expect([after?.EniId, after?.EniIp]).not.toEqual([before?.EniId, before?.EniIp]);
    const { ServiceId } = named;
    const resources = () => call('ListVpcEndpointServiceResources', { ServiceId }).body['Resources'];
    expect(resources()).toMatchObject([
      { ResourceId: 'lb-1', RelatedEndpointCount: 0, RelatedDeprecatedEndpointCount: 1 },
      { ResourceId: 'lb-2', RelatedEndpointCount: 1 },
      { ResourceId: 'lb-3', RelatedEndpointCount: 1, RelatedDeprecatedEndpointCount: 0 },
    ]);
    expect(call('ListVpcEndpointConnections', { ReplacedResourceId: 'lb-1' }).body['TotalCount']).toBe('1');
    done(DISABLE, { ...named, ReplacedResource: 'True' });
    expect(zone().ZoneStatus).toBe('Connected');
    expect(zone()).not.toHaveProperty('ReplacedEniId');
    expect(zone()).not.toHaveProperty('ReplacedResourceId');
  });

  it('closes a zone that was moved', () => {
    const { done, named, zone } = withZones();
    done(CHOOSE, { ...named, ResourceReplaceMode: 'Graceful', ...slb('lb-3') });
    done(DISABLE, named);
    expect(zone().ZoneStatus).toBe('Disconnected');
    expect(zone()).not.toHaveProperty('ReplacedEniId');
  });

  it('moves a connected zone by force, which leaves nothing behind', () => {
    const { call, named, zone, settle } = withZones();
    const { EniId } = zone();
    call(CHOOSE, { ...named, ResourceReplaceMode: 'Force', ...slb('lb-3') });
    expect(zone()).toMatchObject({ ZoneStatus: 'Migrating', ResourceId: 'lb-3', EniId });
    settle();
    expect(zone()).toMatchObject({ ZoneStatus: 'Connected', EniId });
    expect(zone()).not.toHaveProperty('ReplacedResourceId');
  });

  it.each<[code: string, parameters: WireParameters]>([
    ['EndpointServiceNotFound', { ServiceId: 'epsrv-missing', ResourceReplaceMode: 'Force' }],
    ['EndpointNotFound', { EndpointId: 'ep-none', ResourceReplaceMode: 'Force' }],
    ['EndpointConnectionNotFound', { ServiceId: 'epsrv-manual', ResourceReplaceMode: 'Force' }],
    ['EndpointZoneNotFound', { ZoneId: 'cn-huhehaote-c', ResourceReplaceMode: 'Force' }],
    ['MissingParam.ResourceAllocateMode', {}],
    ['IllegalParam.ResourceAllocateMode', { ResourceAllocateMode: 'Random' }],
    ['IllegalParam.ResourceReplaceMode', { ResourceReplaceMode: 'Random' }],
    ['MissingParam.ResourceId', { ResourceReplaceMode: 'Force', ResourceType: 'slb' }],
    ['MissingResourceType', { ResourceReplaceMode: 'Force', ResourceId: 'lb-3' }],
    [
      'EndpointServiceResourceTypeNotSupport',
      { ResourceReplaceMode: 'Force', ResourceType: 'nlb', ResourceId: 'lb-3' },
    ],
    ['EndpointServiceResourceNotFound', { ResourceReplaceMode: 'Force', ...slb('lb-9') }],
    ['Mismatch.ZoneId', { ResourceReplaceMode: 'Force', ...slb('lb-2') }],
    ['ZoneOperationDenied', { ResourceAllocateMode: 'Manual', ...slb('lb-3') }],
  ])('refuses with %s', (expected, parameters) => {
    const { code, named } = withZones();
    expect(code(CHOOSE, { ...named, ...parameters })).toBe(expected);
  });

  it('asks how to allocate where a zone is not connected', () => {
    const { done, code, named } = withZones();
    done(DISABLE, named);
    expect(code(CHOOSE, { ...named, ResourceReplaceMode: 'Force', ...slb('lb-3') })).toBe(
      'MissingParam.ResourceAllocateMode',
    );
    expect(code(CHOOSE, { ...named, ResourceAllocateMode: 'Manual', ResourceType: 'slb' })).toBe(
      'MissingParam.ResourceId',
    );
  });

  it('refuses by what is under way', () => {
    const { call, code, settle, named, ServiceId, EndpointId } = withZones();
    const change = { ...named, ResourceReplaceMode: 'Force', ...slb('lb-3') };
    call('UpdateVpcEndpointServiceAttribute', { ServiceId });
    expect(code(CHOOSE, change)).toBe('EndpointServiceLocked');
    settle();
    call(DISABLE, { ...named, ZoneId: ZONE_B });
    expect(code(CHOOSE, change)).toBe('EndpointLocked');
    settle();
    call('DisableVpcEndpointConnection', { ServiceId, EndpointId }, PROVIDER);
    expect(code(CHOOSE, change)).toBe('EndpointConnectionOperationDenied');
  });
});
