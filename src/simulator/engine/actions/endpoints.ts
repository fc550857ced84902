import type { Tag } from '../../../model/endpoint.js';
import { attributeAnswer, listedAnswer } from '../answers.js';
import { acceptPolicyDocument, textWithinLimits } from '../create-rules.js';
import type { SimulatedEndpoint } from '../endpoint.js';
import { causeOf, type EngineCall, type EngineState, type Fields, type Preparation } from '../engine-state.js';
import { pageOf } from '../paging.js';
import { mandatoryText, optionalBoolean, optionalInteger, optionalText, tagsOf } from '../parameters.js';
import { Refusal } from '../refusals.js';

/** Filters of ListVpcEndpoints that compare one field. Read one by one: building whole items for a scan is slow. */
const LIST_FILTERS: readonly (readonly [name: string, read: (endpoint: SimulatedEndpoint) => string | undefined])[] = [
  ['EndpointId', (endpoint) => endpoint.EndpointId],
  ['EndpointName', ({ attributes }) => attributes.EndpointName],
  ['EndpointType', ({ birth }) => birth.request.EndpointType],
  ['EndpointStatus', (endpoint) => endpoint.EndpointStatus],
  ['ConnectionStatus', (endpoint) => endpoint.ConnectionStatus],
  ['VpcId', ({ birth }) => birth.request.VpcId],
  ['ServiceName', ({ birth }) => birth.request.ServiceName],
  ['ServiceRegionId', ({ birth }) => birth.request.ServiceRegionId],
  ['ResourceGroupId', ({ attributes }) => attributes.ResourceGroupId],
  ['AddressIpVersion', ({ attributes }) => attributes.AddressIpVersion],
];

/** GetVpcEndpointAttribute. */
export function getVpcEndpointAttribute(state: EngineState, call: EngineCall): Fields {
  const { getVisibleAfterMs, connectionVisibleAfterMs } = state.settings.switches;
  const endpoint = state.ownedEndpoint(call, getVisibleAfterMs);
  if (endpoint.birth.createdAtMs + connectionVisibleAfterMs > state.now) {
    throw new Refusal('EndpointConnectionNotFound');
  }
  const answer = attributeAnswer(endpoint);
  state.endpoints.countRead(endpoint);
  return { ...answer };
}

/** ListVpcEndpoints. */
export function listVpcEndpoints(state: EngineState, { accountId, parameters, view }: EngineCall): Fields {
  const RegionId = mandatoryText(parameters, 'RegionId');
  const wanted = LIST_FILTERS.flatMap(([name, read]) => {
    const value = optionalText(parameters, name);
    return value === undefined ? [] : [{ read, value }];
  });
  const tags = tagsOf(parameters);
  const { listVisibleAfterMs, listVisibleAfterCalls } = state.settings.switches;
  const { staleMs = 0 } = view ?? {};
  const visibleBefore = state.now - Math.max(listVisibleAfterMs, staleMs);
  const found = state.endpoints
    .all({ accountId, RegionId })
    .filter(
      (endpoint) =>
        endpoint.birth.createdAtMs <= visibleBefore &&
        hasTags(endpoint.attributes.tags, tags) &&
        wanted.every(({ read, value }) => read(endpoint) === value) &&
        endpoint.countListing() > listVisibleAfterCalls,
    );
  const { items, wire } = pageOf(found, (endpoint) => endpoint.birth.sequence, parameters);
  const wasCreating = ({ activeAtMs = 0 }: SimulatedEndpoint) => staleMs > 0 && activeAtMs > visibleBefore;
  const shown = (endpoint: SimulatedEndpoint) =>
    wasCreating(endpoint) ? { ...listedAnswer(endpoint), EndpointStatus: 'Creating' } : listedAnswer(endpoint);
  return { Endpoints: items.map(shown), ...wire };
}

/** UpdateVpcEndpointAttribute. */
export function updateVpcEndpointAttribute(state: EngineState, call: EngineCall): Preparation {
  const { parameters } = call;
  const endpoint = state.ownedEndpoint(call);
  checkMayChange(state, endpoint, call);
  const changes = {
    EndpointName: textWithinLimits(parameters, 'EndpointName'),
    EndpointDescription: textWithinLimits(parameters, 'EndpointDescription'),
    AddressIpVersion: acceptIpVersion(state, endpoint, optionalText(parameters, 'AddressIpVersion')),
    ZoneAffinityEnabled: optionalBoolean(parameters, 'ZoneAffinityEnabled'),
    PolicyDocument: acceptPolicy(state, endpoint, call),
    CrossRegionBandwidth: optionalInteger(parameters, 'CrossRegionBandwidth', 100),
  };
  const resetPolicy = optionalBoolean(parameters, 'ResetPolicy') === true;
  const begin = state.exclusively(call.accountId, call.action);
  return () => {
    begin();
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    endpoint.attributes = {
      ...endpoint.attributes,
      ...given,
      ...(resetPolicy ? { PolicyDocument: undefined } : {}),
    };
    endpoint.pend(state.endOf(state.settings.updateMs));
    state.endpoints.changing(endpoint, causeOf(call));
    return {};
  };
}

/** DeleteVpcEndpoint. */
export function deleteVpcEndpoint(state: EngineState, call: EngineCall): Preparation {
  const { switches, deleteMs, deleteReads: reads } = state.settings;
  const endpoint = state.ownedEndpoint(call);
  checkProtection(endpoint, call);
  const refused =
    (endpoint.EndpointStatus === 'Deleting' && switches.deleteWhileDeleting === 'refused') ||
    (endpoint.EndpointStatus === 'Creating' && switches.deleteWhileCreating === 'refused');
  if (refused) throw new Refusal('EndpointOperationDenied');
  const zonesLeaveWithIt = endpoint.birth.request.EndpointType === 'GatewayLoadBalancer';
  if (switches.deleteNeedsZonesRemoved && !zonesLeaveWithIt && endpoint.zones.length > 0) {
    throw new Refusal('EndpointDependenceViolation');
  }
  if (switches.deleteWhileConnected === 'refused' && endpoint.ConnectionStatus === 'Connected') {
    throw new Refusal('EndpointConnectionOperationDenied');
  }
  return () => {
    if (endpoint.goneAtMs === undefined) {
      state.endpoints.startDeleting(endpoint, { goneAtMs: state.endOf(deleteMs), reads }, causeOf(call));
    }
    return {};
  };
}

/**
 * Check that an endpoint can be changed now. Which of its codes the service uses for which state of things is inferred.
 *
 * @throws Refusal
 */
export function checkMayChange(state: EngineState, endpoint: SimulatedEndpoint, call: EngineCall): void {
  checkProtection(endpoint, call);
  const { EndpointStatus, EndpointBusinessStatus, ConnectionStatus } = endpoint;
  if (EndpointStatus === 'Deleting' || EndpointStatus === 'Creating') throw new Refusal('EndpointOperationDenied');
  if (EndpointBusinessStatus === 'FinancialLocked' && state.settings.switches.financialLockedEndpoints === 'refused') {
    throw new Refusal('EndpointOperationDenied');
  }
  if (ConnectionStatus === 'ServiceDeleted') throw new Refusal('EndpointServiceDeleted');
  if (ConnectionStatus === 'Connecting' || ConnectionStatus === 'Disconnecting') {
    throw new Refusal('EndpointConnectionOperationDenied');
  }
  if (endpoint.isLocked) throw new Refusal('EndpointLocked');
}

/** Check that who calls may change a protected endpoint. @throws Refusal */
export function checkProtection({ birth: { protectedFor } }: SimulatedEndpoint, { caller }: EngineCall): void {
  // Inferred: the protection is against other temporary credentials only, as the page says of STS users.
  if (protectedFor !== undefined && caller?.sts === true && caller.principal !== protectedFor) {
    throw new Refusal('OperationDenied.EndpointProtected');
  }
}

function acceptIpVersion(state: EngineState, endpoint: SimulatedEndpoint, wanted: string | undefined) {
  if (wanted === undefined) return undefined;
  if (wanted !== 'IPv4' && wanted !== 'DualStack') throw new Refusal('IllegalParam.AddressIpVersion');
  if (wanted === endpoint.attributes.AddressIpVersion) return wanted;
  if (wanted === 'IPv4') throw new Refusal('OperationDenied.NotSupportDualStackSwitchToIpv4');
  if (state.serviceOf(endpoint)?.attributes.AddressIpVersion !== 'DualStack') {
    throw new Refusal('OperationDenied.EndpointServiceNotSupportDualstack');
  }
  const { RegionId } = endpoint.birth.request;
  const isIpv4Only = endpoint.zones.some(
    ({ place }) => state.world.vSwitch(place.VSwitchId, RegionId)?.supportsIpv6 === false,
  );
  if (isIpv4Only) throw new Refusal('OperationDenied.VSwitchNotSupportDualstack');
  return wanted;
}

function acceptPolicy(state: EngineState, endpoint: SimulatedEndpoint, { parameters }: EngineCall) {
  const policy = acceptPolicyDocument(parameters, state.settings.switches);
  if (policy === undefined && optionalBoolean(parameters, 'ResetPolicy') !== true) return undefined;
  if (state.serviceOf(endpoint)?.birth.described?.VpcEndpointPolicySupported === false) {
    throw new Refusal('OperationDenied.EndpointPolicyNotSupport');
  }
  return policy;
}

/** Whether tags hold all the wanted ones. A wanted tag without a value asks for the key alone. */
export function hasTags(tags: readonly Tag[], wanted: readonly Tag[]): boolean {
  return wanted.every(({ Key, Value }) => tags.some((tag) => tag.Key === Key && (Value === '' || tag.Value === Value)));
}
