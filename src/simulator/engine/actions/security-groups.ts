import { causeOf, type EngineCall, type EngineState, type Fields, type Preparation } from '../engine-state.js';
import { pageOf } from '../paging.js';
import { mandatoryText } from '../parameters.js';
import { invalidParameter, Refusal } from '../refusals.js';
import { checkSecurityGroups } from '../world-checks.js';
import { checkMayChange } from './endpoints.js';

/** AttachSecurityGroupToVpcEndpoint. */
export function attachSecurityGroupToVpcEndpoint(state: EngineState, call: EngineCall): Preparation {
  const { endpoint, SecurityGroupId, groups } = securityGroupOf(state, call);
  if (groups.includes(SecurityGroupId)) throw new Refusal('SecurityGroupExist');
  checkSecurityGroups(state, endpoint.birth.request.RegionId, [...groups, SecurityGroupId]);
  // Inferred: the limit is documented, the code is not.
  if (groups.length >= state.settings.quotas.securityGroupsPerEndpoint) throw invalidParameter('SecurityGroupId');
  return () => {
    endpoint.attachSecurityGroup(SecurityGroupId, state.endOf(state.settings.securityGroupMs));
    state.endpoints.changing(endpoint, causeOf(call));
    return {};
  };
}

/** DetachSecurityGroupFromVpcEndpoint. */
export function detachSecurityGroupFromVpcEndpoint(state: EngineState, call: EngineCall): Preparation {
  const { endpoint, SecurityGroupId, groups } = securityGroupOf(state, call);
  if (!groups.includes(SecurityGroupId)) throw new Refusal('SecurityGroupNotFound');
  if (endpoint.birth.request.EndpointType === 'Interface' && groups.length === 1) {
    throw new Refusal('EndpointMustContainSecurityGroup');
  }
  return () => {
    endpoint.detachSecurityGroup(SecurityGroupId, state.endOf(state.settings.securityGroupMs));
    state.endpoints.changing(endpoint, causeOf(call));
    return {};
  };
}

/** ListVpcEndpointSecurityGroups. */
export function listVpcEndpointSecurityGroups(state: EngineState, call: EngineCall): Fields {
  const { securityGroups } = state.ownedEndpoint(call);
  const { items, wire } = pageOf(securityGroups, (_item, index) => index, call.parameters, 50);
  return { SecurityGroups: items, ...wire };
}

function securityGroupOf(state: EngineState, call: EngineCall) {
  const endpoint = state.ownedEndpoint(call);
  const SecurityGroupId = mandatoryText(call.parameters, 'SecurityGroupId');
  if (endpoint.birth.request.EndpointType === 'GatewayLoadBalancer') {
    throw new Refusal('GatewayLoadBalancerNotSupportSecurityGroup');
  }
  checkMayChange(state, endpoint, call);
  return { endpoint, SecurityGroupId, groups: endpoint.securityGroups.map((group) => group.SecurityGroupId) };
}
