import type { EndpointService, ServiceResource } from '../endpoint-service.js';
import type { EndpointZone } from '../endpoint-zone.js';
import type { SimulatedEndpoint } from '../endpoint.js';
import { causeOf, type EngineCall, type EngineState, type Preparation } from '../engine-state.js';
import { mandatoryText, optionalBoolean, optionalText, type WireParameters } from '../parameters.js';
import { missingParameter, Refusal, refusalMessage } from '../refusals.js';
import { allocateResources, endpointsOf, isEndpointOf } from '../service-resources.js';
import { checkNotChanging, connectionAskedFor } from './connections.js';

/** One zone of a connection. */
interface ZoneConnection {
  readonly service: EndpointService;
  readonly endpoint: SimulatedEndpoint;
  readonly zone: EndpointZone;
}

/** EnableVpcEndpointZoneConnection. */
export function enableVpcEndpointZoneConnection(state: EngineState, call: EngineCall): Preparation {
  const connection = zoneConnectionAskedFor(state, call);
  checkStatuses(state, connection);
  const { service, endpoint, zone } = connection;
  const { ZoneId } = zone.place;
  // The page names Disconnected only. Inferred: a zone that was added to a connected endpoint waits for this call, too.
  if (!['Disconnected', 'Wait'].includes(endpoint.zoneStatus(zone))) throw incorrect('VpcEndpointZone', ZoneId);
  // Inferred: the page has no code for a zone that nothing serves.
  if (!service.serves(ZoneId)) throw new Refusal('EndpointOperationDenied');
  return () => {
    zone.move('Connecting', state.endOf(state.settings.connectMs), undefined);
    state.endpoints.changing(endpoint, causeOf(call));
    return {};
  };
}

/**
 * DisableVpcEndpointZoneConnection.
 *
 * With `ReplacedResource` it closes what a smooth migration left behind, and the zone stays connected. That it is
 * Disconnecting meanwhile is inferred.
 */
export function disableVpcEndpointZoneConnection(state: EngineState, call: EngineCall): Preparation {
  const connection = zoneConnectionAskedFor(state, call);
  checkStatuses(state, connection);
  const { endpoint, zone } = connection;
  const onlyReplaced = optionalBoolean(call.parameters, 'ReplacedResource') === true;
  const allowed = onlyReplaced ? ['Migrated'] : ['Connected', 'Migrated'];
  if (!allowed.includes(endpoint.zoneStatus(zone))) throw incorrect('VpcEndpointZone', zone.place.ZoneId);
  return () => {
    const doneAtMs = state.endOf(state.settings.disconnectMs);
    zone.move('Disconnecting', doneAtMs, onlyReplaced ? undefined : 'Disconnected');
    zone.replaced = undefined;
    state.endpoints.changing(endpoint, causeOf(call));
    return {};
  };
}

/**
 * UpdateVpcEndpointZoneConnectionResourceAttribute: choose the resource of a zone that is not connected, or move a zone
 * that is connected to another one. The service is Pending meanwhile.
 */
export function updateVpcEndpointZoneConnectionResourceAttribute(state: EngineState, call: EngineCall): Preparation {
  const { parameters } = call;
  const { ResourceAllocateMode, ResourceReplaceMode } = modesOf(parameters);
  const { service, endpoint, zone } = zoneToServe(state, call);
  allocateResources(service, endpointsOf(state, service));
  const status = endpoint.zoneStatus(zone);
  const begin = () => {
    service.pend(state.endOf(state.settings.updateMs));
    state.noteService('serviceChanged', service, causeOf(call));
    state.endpoints.changing(endpoint, causeOf(call));
    return {};
  };
  if (status === 'Connected' && ResourceReplaceMode !== undefined) {
    const resource = resourceAskedFor(service, zone, parameters);
    return () => {
      replaceResource(state, zone, resource, ResourceReplaceMode);
      return begin();
    };
  }
  if (status !== 'Disconnected' && status !== 'Wait') throw new Refusal('ZoneOperationDenied');
  if (ResourceAllocateMode === undefined) throw missing('ResourceAllocateMode');
  // Inferred: what the code stands for is that the resource is left to the service already.
  if (ResourceAllocateMode === 'Auto' && !zone.isManual) {
    throw new Refusal('OperationDenied.CurrentResourceAutoAllocated');
  }
  const resource = ResourceAllocateMode === 'Auto' ? undefined : resourceAskedFor(service, zone, parameters);
  return () => {
    zone.resourceId = resource?.ResourceId;
    zone.isManual = resource !== undefined;
    return begin();
  };
}

/** A smooth migration keeps the old network interface beside the new one until the provider closes it. */
function replaceResource(state: EngineState, zone: EndpointZone, { ResourceId }: ServiceResource, mode: string): void {
  const isGraceful = mode === 'Graceful';
  if (isGraceful) {
    const { VSwitchId } = zone.place;
    zone.replaced = { EniId: zone.place.EniId, ResourceId: zone.resourceId };
    zone.place = {
      ...zone.place,
      EniId: state.ids.newId('eni'),
      EniIp: state.freeAddress(VSwitchId),
    };
  }
  zone.resourceId = ResourceId;
  zone.isManual = true;
  zone.move('Migrating', state.endOf(state.settings.connectMs), isGraceful ? 'Migrated' : undefined);
}

/**
 * The zone that Enable and Disable name. Both have two sets of codes for what does not exist: inferred, that the newer one,
 * with status 404, is in use.
 */
function zoneConnectionAskedFor(state: EngineState, { parameters, accountId }: EngineCall): ZoneConnection {
  const RegionId = mandatoryText(parameters, 'RegionId');
  const ServiceId = mandatoryText(parameters, 'ServiceId');
  const EndpointId = mandatoryText(parameters, 'EndpointId');
  const ZoneId = mandatoryText(parameters, 'ZoneId');
  const service = state.services.find({ accountId, RegionId, ServiceId }, state.world);
  if (service?.isOwnedBy(accountId) !== true) throw notFound('VpcEndpointService', ServiceId);
  const endpoint = state.endpoints.find(EndpointId);
  if (endpoint === undefined) throw notFound('VpcEndpoint', EndpointId);
  if (!isEndpointOf(endpoint, service)) throw notFound('VpcEndpointConnection', EndpointId);
  checkEndpointType(endpoint);
  const zone = endpoint.zones.find(({ place }) => place.ZoneId === ZoneId);
  if (zone === undefined) throw notFound('VpcEndpointZone', ZoneId);
  return { service, endpoint, zone };
}

/** Check that a zone of a connection can be enabled or disabled now. Which code is for which state is inferred. */
function checkStatuses(state: EngineState, { service, endpoint }: ZoneConnection): void {
  const { EndpointId } = endpoint;
  const { ServiceId } = service;
  const businessStatus = 'IncorrectBusinessStatus';
  if (service.ServiceBusinessStatus !== 'Normal') throw incorrect('VpcEndpointService', ServiceId, businessStatus);
  if (endpoint.EndpointBusinessStatus !== 'Normal') throw incorrect('VpcEndpoint', EndpointId, businessStatus);
  if (service.statusAt(state.now) !== 'Active') throw incorrect('VpcEndpointService', ServiceId);
  checkNotChanging(endpoint);
  if (endpoint.EndpointStatus !== 'Active') throw incorrect('VpcEndpoint', EndpointId);
  if (endpoint.isLocked) throw new Refusal('EndpointConnectionOperationDenied');
  if (endpoint.ConnectionStatus !== 'Connected') throw incorrect('VpcEndpointConnection', EndpointId);
}

/** The zone whose resource is to be changed. @throws Refusal */
function zoneToServe(state: EngineState, call: EngineCall): ZoneConnection {
  const { parameters } = call;
  const service = state.ownedService(call);
  if (state.endpoints.find(mandatoryText(parameters, 'EndpointId')) === undefined) {
    throw new Refusal('EndpointNotFound');
  }
  const { endpoint } = connectionAskedFor(state, call);
  checkEndpointType(endpoint);
  if (service.statusAt(state.now) !== 'Active') throw new Refusal('EndpointServiceLocked');
  checkNotChanging(endpoint);
  // Inferred: an endpoint that is Creating counts as locked.
  if (endpoint.isLocked || endpoint.EndpointStatus !== 'Active') throw new Refusal('EndpointLocked');
  const ZoneId = mandatoryText(parameters, 'ZoneId');
  const zone = endpoint.zones.find(({ place }) => place.ZoneId === ZoneId);
  if (zone === undefined) throw new Refusal('EndpointZoneNotFound');
  return { service, endpoint, zone };
}

function modesOf(parameters: WireParameters) {
  const ResourceAllocateMode = optionalText(parameters, 'ResourceAllocateMode');
  const ResourceReplaceMode = optionalText(parameters, 'ResourceReplaceMode');
  if (ResourceAllocateMode === undefined && ResourceReplaceMode === undefined) throw missing('ResourceAllocateMode');
  if (ResourceAllocateMode !== undefined && !['Auto', 'Manual'].includes(ResourceAllocateMode)) {
    throw illegal('ResourceAllocateMode');
  }
  if (ResourceReplaceMode !== undefined && !['Graceful', 'Force'].includes(ResourceReplaceMode)) {
    throw illegal('ResourceReplaceMode');
  }
  return { ResourceAllocateMode, ResourceReplaceMode };
}

/** The resource that a zone shall have: one of its service, and of its zone. @throws Refusal */
function resourceAskedFor(service: EndpointService, { place }: EndpointZone, parameters: WireParameters) {
  const ResourceId = optionalText(parameters, 'ResourceId');
  if (ResourceId === undefined) throw missing('ResourceId');
  const ResourceType = optionalText(parameters, 'ResourceType');
  if (ResourceType === undefined) throw missingParameter('ResourceType');
  if (ResourceType !== service.attributes.ServiceResourceType) {
    throw new Refusal('EndpointServiceResourceTypeNotSupport');
  }
  const attached = service.resources.filter((resource) => resource.ResourceId === ResourceId);
  const [first] = attached;
  if (first === undefined) throw new Refusal('EndpointServiceResourceNotFound');
  const found = attached.find(({ ZoneId }) => ZoneId === place.ZoneId);
  if (found !== undefined) return found;
  const code = 'Mismatch.ZoneId';
  throw new Refusal(code, refusalMessage(code, 'ZoneId', place.ZoneId, first.ZoneId));
}

function checkEndpointType({ birth }: SimulatedEndpoint): void {
  if (birth.request.EndpointType === 'GatewayLoadBalancer') {
    throw new Refusal('GatewayLoadBalancerNotSupportZoneConnection');
  }
}

function notFound(kind: string, id: string): Refusal {
  const code = `ResourceNotFound.${kind}`;
  return new Refusal(code, refusalMessage(code, id));
}

function incorrect(kind: string, id: string, family = 'IncorrectStatus'): Refusal {
  const code = `${family}.${kind}`;
  return new Refusal(code, refusalMessage(code, kind, id));
}

function missing(name: string): Refusal {
  return new Refusal(`MissingParam.${name}`, refusalMessage(`MissingParam.${name}`, name));
}

function illegal(name: string): Refusal {
  return new Refusal(`IllegalParam.${name}`, refusalMessage(`IllegalParam.${name}`, name));
}
