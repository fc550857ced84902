import type { EndpointService } from '../endpoint-service.js';
import type { SimulatedEndpoint } from '../endpoint.js';
import { causeOf, type EngineCall, type EngineState, type Fields, type Preparation } from '../engine-state.js';
import { pageOf } from '../paging.js';
import { mandatoryText, optionalBoolean, optionalInteger, optionalText, tagsOf } from '../parameters.js';
import { invalidParameter, Refusal } from '../refusals.js';
import { BANDWIDTH, listedServiceAnswer, serviceAttributeAnswer } from '../service-answers.js';
import { endpointsOf } from '../service-resources.js';
import { serviceDescription } from './create-service.js';
import { hasTags } from './endpoints.js';

/** Filters of ListVpcEndpointServices that compare one text. */
const TEXT_FILTERS = [
  'ServiceId',
  'ServiceName',
  'ServiceResourceType',
  'ServiceStatus',
  'ServiceBusinessStatus',
  'ResourceGroupId',
  'AddressIpVersion',
] as const;

const BOOLEAN_FILTERS = ['AutoAcceptEnabled', 'ZoneAffinityEnabled'] as const;

/** GetVpcEndpointServiceAttribute. */
export function getVpcEndpointServiceAttribute(state: EngineState, call: EngineCall): Fields {
  return serviceAttributeAnswer(state, state.ownedService(call));
}

/**
 * ListVpcEndpointServices: services of the account.
 *
 * A call that gives an id or a name gets that service.
 */
export function listVpcEndpointServices(state: EngineState, { parameters, accountId }: EngineCall): Fields {
  const RegionId = mandatoryText(parameters, 'RegionId');
  const ServiceId = optionalText(parameters, 'ServiceId');
  const ServiceName = optionalText(parameters, 'ServiceName');
  const ResourceId = optionalText(parameters, 'ResourceId');
  const texts = TEXT_FILTERS.map((name) => [name, optionalText(parameters, name)] as const);
  const booleans = BOOLEAN_FILTERS.map((name) => [name, optionalBoolean(parameters, name)] as const);
  const filters = [...texts, ...booleans].filter(([, value]) => value !== undefined);
  const tags = tagsOf(parameters);
  const candidates = state.services.listed({ accountId, RegionId, ServiceId, ServiceName }, state.world);
  const found = candidates
    .filter((service) => service.isOwnedBy(accountId) && hasTags(service.attributes.tags, tags))
    .filter(({ resources }) => ResourceId === undefined || resources.some((item) => item.ResourceId === ResourceId))
    .map((service) => ({ sequence: service.birth.sequence, answer: listedServiceAnswer(state, service) }))
    .filter(({ answer }) => filters.every(([name, value]) => answer[name] === value));
  const { items, wire } = pageOf(found, ({ sequence }) => sequence, parameters);
  return { Services: items.map(({ answer }) => answer), ...wire };
}

/** UpdateVpcEndpointServiceAttribute. */
export function updateVpcEndpointServiceAttribute(state: EngineState, call: EngineCall): Preparation {
  const { parameters } = call;
  const service = state.ownedService(call);
  checkMayChangeService(service, state.now);
  const changes = {
    ServiceDescription: serviceDescription(parameters),
    AutoAcceptEnabled: optionalBoolean(parameters, 'AutoAcceptEnabled'),
    ConnectBandwidth: optionalInteger(parameters, 'ConnectBandwidth', BANDWIDTH.minimum, BANDWIDTH.maximum),
    ZoneAffinityEnabled: optionalBoolean(parameters, 'ZoneAffinityEnabled'),
    ServiceSupportIPv6: acceptIpv6Support(service, optionalBoolean(parameters, 'ServiceSupportIPv6')),
    AddressIpVersion: acceptIpVersion(state, service, optionalText(parameters, 'AddressIpVersion')),
  };
  const begin = state.exclusively(call.accountId, call.action);
  return () => {
    begin();
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    service.attributes = { ...service.attributes, ...given };
    service.pend(state.endOf(state.settings.updateMs));
    state.noteService('serviceChanged', service, causeOf(call));
    return {};
  };
}

/** DeleteVpcEndpointService. */
export function deleteVpcEndpointService(state: EngineState, call: EngineCall): Preparation {
  const service = state.ownedService(call);
  if (service.statusAt(state.now) !== 'Active') throw new Refusal('EndpointServiceOperationDenied');
  const endpoints = endpointsOf(state, service).filter(({ EndpointStatus }) => EndpointStatus !== 'Deleting');
  const isCreating = ({ EndpointStatus }: SimulatedEndpoint) => EndpointStatus === 'Creating';
  if (endpoints.some((endpoint) => endpoint.ConnectionStatus !== 'Disconnected' && !isCreating(endpoint))) {
    throw new Refusal('EndpointServiceConnectionDependence');
  }
  if (service.resources.length > 0) throw new Refusal('EndpointServiceDependenceViolation');
  // Inferred: an endpoint that is Creating stands in the way, because it may be about to connect.
  const refuseAll = state.settings.switches.deleteServiceWithEndpoints === 'refused';
  if (endpoints.some((endpoint) => refuseAll || isCreating(endpoint))) {
    throw new Refusal('DeleteFailedDueToEndpointExist');
  }
  const begin = state.exclusively(call.accountId, call.action);
  return () => {
    begin();
    const goneAtMs = state.endOf(state.settings.serviceMs);
    service.startDeleting(goneAtMs);
    state.noteService('serviceDeleting', service, causeOf(call));
    for (const { connection } of endpoints) connection.endWithService(goneAtMs);
    return {};
  };
}

/** Check that a service can be changed now. Which code is for which status is inferred. @throws Refusal */
export function checkMayChangeService(service: EndpointService, nowMs: number): void {
  const status = service.statusAt(nowMs);
  if (status === 'Pending') throw new Refusal('EndpointServiceLocked');
  if (status !== 'Active') throw new Refusal('EndpointServiceOperationDenied');
}

/**
 * Refuse a change that must be the only one on a service while another one runs there. The page says that such calls may
 * not be repeated within a time; that each service counts by itself is inferred.
 *
 * @returns Begin the change. @throws Refusal - ConcurrentCallNotSupported.
 */
export function exclusivelyOn(state: EngineState, { birth }: EndpointService): () => void {
  return state.exclusively(`${birth.RegionId} ${birth.ServiceId}`);
}

/** Inferred: support of IPv6 is what cannot be downgraded. */
function acceptIpv6Support({ attributes, resources }: EndpointService, wanted: boolean | undefined) {
  if (wanted === false && attributes.ServiceSupportIPv6) throw new Refusal('EndpointServiceDowngradeNotAllowed');
  if (wanted === true && resources.some(({ supportsIpv6 }) => !supportsIpv6)) {
    throw new Refusal('ServiceResourceNotSupportIpv6');
  }
  return wanted;
}

function acceptIpVersion(state: EngineState, service: EndpointService, wanted: string | undefined) {
  const { AddressIpVersion, ServiceResourceType } = service.attributes;
  if (wanted === undefined || wanted === AddressIpVersion) return wanted;
  if (wanted !== 'IPv4' && wanted !== 'DualStack') throw invalidParameter('AddressIpVersion');
  if (wanted === 'DualStack') {
    if (ServiceResourceType !== 'nlb') throw new Refusal('OperationDenied.ResourceTypeNotSupportDualStack');
    if (service.resources.some(({ supportsIpv6 }) => !supportsIpv6)) {
      throw new Refusal('OperationDenied.ServiceResourceIpVersionMismatch');
    }
    return wanted;
  }
  const isInUse = endpointsOf(state, service).some(({ attributes }) => attributes.AddressIpVersion === 'DualStack');
  // The metadata has another message for this code here than for the deletion of a service.
  const message =
    'There are connections between the endpoint service and the dualstack endpoint, the endpoint service address ip version not support switching from dualstack to ipv4.';
  if (isInUse) throw new Refusal('EndpointServiceConnectionDependence', message);
  return wanted;
}
