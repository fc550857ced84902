import { wireTime, zoneDomain } from '../answers.js';
import type { EndpointService } from '../endpoint-service.js';
import type { SimulatedEndpoint } from '../endpoint.js';
import { causeOf, type EngineCall, type EngineState, type Fields, type Preparation } from '../engine-state.js';
import { pageOf } from '../paging.js';
import { mandatoryText, optionalInteger, optionalText, type WireParameters } from '../parameters.js';
import { invalidParameter, Refusal } from '../refusals.js';
import { BANDWIDTH } from '../service-answers.js';
import { allocateResources, endpointsOf, isEndpointOf } from '../service-resources.js';

/** Types of resources whose connections have a bandwidth that the provider can choose. */
const WITH_BANDWIDTH: readonly string[] = ['slb', 'alb'];

/** Filters of ListVpcEndpointConnections. */
const LIST_FILTERS: readonly (readonly [name: string, read: (endpoint: SimulatedEndpoint) => readonly unknown[]])[] = [
  ['EndpointId', (endpoint) => [endpoint.EndpointId]],
  ['ConnectionStatus', (endpoint) => [endpoint.ConnectionStatus]],
  ['EndpointOwnerId', ({ birth }) => [birth.accountId]],
  ['ResourceGroupId', ({ attributes }) => [attributes.ResourceGroupId]],
  ['EniId', ({ zones }) => zones.map(({ place }) => place.EniId)],
  ['ResourceId', ({ zones }) => zones.map(({ resourceId }) => resourceId)],
  ['ReplacedResourceId', ({ zones }) => zones.map(({ replaced }) => replaced?.ResourceId)],
];

/** EnableVpcEndpointConnection. */
export function enableVpcEndpointConnection(state: EngineState, call: EngineCall): Preparation {
  const changes = connectionChanges(call.parameters);
  const { service, endpoint } = connectionAskedFor(state, call);
  const isRepeated = isRepeatedChange(state, endpoint, 'Connected');
  checkNotChanging(endpoint);
  if (endpoint.EndpointStatus !== 'Active' || endpoint.isLocked) throw new Refusal('EndpointOperationDenied');
  if (service.statusAt(state.now) !== 'Active') throw new Refusal('ConcurrentCallNotSupported');
  if (endpoint.zones.some(({ place }) => !service.serves(place.ZoneId))) {
    throw new Refusal('OperationDenied.NoAvailableServiceResource');
  }
  const begin = state.exclusively(call.accountId, call.action);
  return () => {
    begin();
    if (isRepeated) return {};
    for (const zone of endpoint.zones) zone.follow();
    // The page says that the parameter is invalid for other types: inferred, that it has no effect then.
    const chosen = hasBandwidth(service) ? changes.Bandwidth : undefined;
    endpoint.attributes = {
      ...endpoint.attributes,
      Bandwidth: chosen ?? service.attributes.ConnectBandwidth,
      TrafficControlMode: changes.TrafficControlMode ?? endpoint.attributes.TrafficControlMode,
    };
    endpoint.connection.start('Connecting', state.now, state.endOf(state.settings.connectMs));
    state.endpoints.changing(endpoint, causeOf(call));
    return {};
  };
}

/** DisableVpcEndpointConnection. */
export function disableVpcEndpointConnection(state: EngineState, call: EngineCall): Preparation {
  const { endpoint } = connectionAskedFor(state, call);
  const isRepeated = isRepeatedChange(state, endpoint, 'Disconnected');
  checkNotChanging(endpoint);
  if (endpoint.EndpointStatus !== 'Active' || endpoint.isLocked) {
    throw new Refusal('EndpointConnectionOperationDenied');
  }
  const begin = state.exclusively(call.accountId, call.action);
  return () => {
    begin();
    if (isRepeated) return {};
    for (const zone of endpoint.zones) {
      zone.follow();
      zone.replaced = undefined;
    }
    endpoint.connection.start('Disconnecting', state.now, state.endOf(state.settings.disconnectMs));
    state.endpoints.changing(endpoint, causeOf(call));
    return {};
  };
}

/** UpdateVpcEndpointConnectionAttribute. The connection is Pending meanwhile. */
export function updateVpcEndpointConnectionAttribute(state: EngineState, call: EngineCall): Preparation {
  const changes = connectionChanges(call.parameters);
  const service = state.ownedService(call);
  if (state.endpoints.find(mandatoryText(call.parameters, 'EndpointId')) === undefined) {
    throw new Refusal('EndpointNotFound');
  }
  const { endpoint } = connectionAskedFor(state, call);
  // Inferred: only what is connected can be changed.
  if (endpoint.ConnectionStatus !== 'Connected') throw new Refusal('EndpointConnectionOperationDenied');
  const mayChooseBandwidth = hasBandwidth(service) || state.settings.switches.bandwidthOfNlb === 'accepted';
  if (changes.Bandwidth !== undefined && !mayChooseBandwidth) throw new Refusal('UpdateBandWidthUnSupported');
  const begin = state.exclusively(call.accountId, call.action);
  return () => {
    begin();
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    endpoint.attributes = { ...endpoint.attributes, ...given };
    endpoint.connection.start('Pending', state.now, state.endOf(state.settings.updateMs));
    state.endpoints.changing(endpoint, causeOf(call));
    return {};
  };
}

/** ListVpcEndpointConnections: of one service, or of all that belong to the account, those that are gone included. */
export function listVpcEndpointConnections(state: EngineState, call: EngineCall): Fields {
  const { parameters } = call;
  const wanted = LIST_FILTERS.flatMap(([name, read]) => {
    const value = optionalText(parameters, name);
    return value === undefined ? [] : [{ read, value }];
  });
  const found = visibleEndpoints(state, call).filter((endpoint) =>
    wanted.every(({ read, value }) => read(endpoint).includes(value)),
  );
  const { items, wire } = pageOf(found, (endpoint) => endpoint.birth.sequence, parameters);
  // This action counts in a text.
  return { Connections: items.map(connectionAnswer), ...wire, TotalCount: String(wire.TotalCount) };
}

/** The connection that a call of a service's owner names. @throws Refusal */
export function connectionAskedFor(state: EngineState, call: EngineCall) {
  const service = state.ownedService(call);
  const endpoint = state.endpoints.find(mandatoryText(call.parameters, 'EndpointId'));
  if (endpoint === undefined || !isEndpointOf(endpoint, service)) throw new Refusal('EndpointConnectionNotFound');
  return { service, endpoint };
}

/** Check that a connection is not on its way from one state to another. @throws Refusal */
export function checkNotChanging({ ConnectionStatus }: SimulatedEndpoint): void {
  const changing = ['Connecting', 'Disconnecting', 'Pending', 'Deleting'];
  if (changing.includes(ConnectionStatus)) throw new Refusal('EndpointConnectionOperationDenied');
}

/** Endpoints whose connections a call may see. */
function visibleEndpoints(state: EngineState, call: EngineCall): readonly SimulatedEndpoint[] {
  const { accountId, parameters } = call;
  if (optionalText(parameters, 'ServiceId') !== undefined) {
    const service = state.ownedService(call);
    const endpoints = endpointsOf(state, service);
    allocateResources(service, endpoints);
    return endpoints;
  }
  const RegionId = mandatoryText(parameters, 'RegionId');
  const endpoints = state.endpoints.all().filter(({ birth: { request, serviceAccountId } }) => {
    const region = request.ServiceRegionId ?? request.RegionId;
    return region === RegionId && serviceAccountId === accountId;
  });
  const services = new Set(endpoints.flatMap((endpoint) => state.serviceOf(endpoint) ?? []));
  for (const service of services) allocateResources(service, endpointsOf(state, service));
  return endpoints;
}

function connectionAnswer(endpoint: SimulatedEndpoint): Fields {
  const { birth, attributes, connection } = endpoint;
  const { ResourceGroupId, TrafficControlMode } = attributes;
  return {
    ServiceId: birth.request.ServiceId,
    EndpointId: endpoint.EndpointId,
    EndpointOwnerId: Number(birth.accountId),
    EndpointVpcId: birth.request.VpcId,
    Bandwidth: attributes.Bandwidth,
    ConnectionStatus: endpoint.ConnectionStatus,
    ModifiedTime: wireTime(connection.modifiedAtMs),
    ResourceOwner: birth.serviceAccountId === birth.accountId,
    Zones: endpoint.zones.map((zone) => ({
      ZoneId: zone.place.ZoneId,
      VSwitchId: zone.place.VSwitchId,
      EniId: zone.place.EniId,
      ZoneDomain: zoneDomain(endpoint, zone.place.ZoneId),
      ZoneStatus: endpoint.zoneStatus(zone),
      ...(zone.resourceId === undefined ? {} : { ResourceId: zone.resourceId }),
      ...(zone.replaced === undefined ? {} : { ReplacedEniId: zone.replaced.EniId }),
      ...(zone.replaced?.ResourceId === undefined ? {} : { ReplacedResourceId: zone.replaced.ResourceId }),
    })),
    ...(ResourceGroupId === undefined ? {} : { ResourceGroupId }),
    ...(TrafficControlMode === undefined ? {} : { TrafficControlMode }),
  };
}

/** Read what a call wants of a connection. @throws Refusal */
function connectionChanges(parameters: WireParameters) {
  const TrafficControlMode = optionalText(parameters, 'TrafficControlMode');
  if (TrafficControlMode !== undefined && !['Scalability', 'BandwidthLimit'].includes(TrafficControlMode)) {
    throw invalidParameter('TrafficControlMode');
  }
  return {
    Bandwidth: optionalInteger(parameters, 'Bandwidth', BANDWIDTH.minimum, BANDWIDTH.maximum),
    TrafficControlMode,
  };
}

function hasBandwidth({ attributes }: EndpointService): boolean {
  return WITH_BANDWIDTH.includes(attributes.ServiceResourceType);
}

/** Whether a connection is already what a call wants it to be. @throws Refusal - That is refused. */
function isRepeatedChange({ settings }: EngineState, { ConnectionStatus }: SimulatedEndpoint, wanted: string): boolean {
  if (ConnectionStatus !== wanted) return false;
  if (settings.switches.repeatedConnectionChange === 'refused') throw new Refusal('EndpointConnectionOperationDenied');
  return true;
}
