import { zoneAnswers } from '../answers.js';
import { checkAddresses } from '../create-rules.js';
import type { SimulatedEndpoint } from '../endpoint.js';
import { causeOf, type EngineCall, type EngineState, type Fields, type Preparation } from '../engine-state.js';
import { pageOf } from '../paging.js';
import { mandatoryText, optionalText } from '../parameters.js';
import { Refusal } from '../refusals.js';
import type { SimulatorSwitches } from '../switches.js';
import { addressesTaken, checkZones } from '../world-checks.js';
import { checkMayChange, checkProtection } from './endpoints.js';

/** AddZoneToVpcEndpoint. */
export function addZoneToVpcEndpoint(state: EngineState, call: EngineCall): Preparation {
  const { parameters, accountId } = call;
  const endpoint = state.ownedEndpoint(call);
  checkMayChange(state, endpoint, call);
  const { RegionId, VpcId } = endpoint.birth.request;
  const { AddressIpVersion } = endpoint.attributes;
  const ip = optionalText(parameters, 'ip');
  const Ipv6Address = optionalText(parameters, 'Ipv6Address');
  const zone = {
    ZoneId: mandatoryText(parameters, 'ZoneId'),
    VSwitchId: mandatoryText(parameters, 'VSwitchId'),
    ...(ip === undefined ? {} : { ip }),
    ...(Ipv6Address === undefined ? {} : { Ipv6Address }),
  };
  checkAddresses(zone, AddressIpVersion);
  if (endpoint.zones.some(({ place }) => place.ZoneId === zone.ZoneId)) throw new Refusal('EndpointZoneDuplicated');
  if (endpoint.zones.length >= state.settings.quotas.zonesPerEndpoint) throw new Refusal('QuotaMisMatched');
  const service = state.serviceOf(endpoint);
  if (service === undefined) throw new Refusal('EndpointServiceDeleted');
  if (!service.hasResources) throw new Refusal('EndpointServiceResourceNotFound');
  const taken = ip !== undefined ? addressesTaken(state, { accountId, RegionId }) : new Set<string>();
  checkZones(state, { RegionId, VpcId, AddressIpVersion }, [zone], service, taken);
  return () => {
    if (ip !== undefined) state.reserveAddress(zone.VSwitchId, ip);
    const accepted = service.attributes.AutoAcceptEnabled ?? state.settings.autoAccept;
    const place = {
      ...zone,
      EniId: state.ids.newId('eni'),
      EniIp: ip ?? state.freeAddress(zone.VSwitchId),
    };
    // Inferred: a zone of a connected endpoint connects by itself where the service accepts by itself, else it waits. One
    // that comes after the connection was closed was never connected: it waits, too, and is not Disconnected.
    const isConnected = endpoint.ConnectionStatus === 'Connected';
    const waits = isConnected ? !accepted : endpoint.connection.status === 'Disconnected';
    endpoint.addZone(place, state.endOf(state.settings.zoneAddMs), waits ? 'Wait' : undefined);
    state.endpoints.changing(endpoint, causeOf(call));
    return {};
  };
}

/** RemoveZoneFromVpcEndpoint. */
export function removeZoneFromVpcEndpoint(state: EngineState, call: EngineCall): Preparation {
  const { switches, zoneRemovalMs, zoneRemovalReads } = state.settings;
  const endpoint = state.ownedEndpoint(call);
  checkProtection(endpoint, call);
  const ZoneId = mandatoryText(call.parameters, 'ZoneId');
  const zone = checkZoneRemoval(endpoint, ZoneId, switches);
  return () => {
    zone.startRemoving(state.endOf(zoneRemovalMs), zoneRemovalReads);
    state.endpoints.changing(endpoint, causeOf(call));
    return {};
  };
}

/** ListVpcEndpointZones. */
export function listVpcEndpointZones(state: EngineState, call: EngineCall): Fields {
  const endpoint = state.ownedEndpoint(call, state.settings.switches.getVisibleAfterMs);
  const zones = zoneAnswers(endpoint);
  endpoint.countZoneRead(state.now);
  const { items, wire } = pageOf(zones, (_item, index) => index, call.parameters);
  return { Zones: items, ...wire };
}

/**
 * Check whether a zone of an endpoint can be removed now. Which of its codes the service uses for which state of things
 * is inferred, but for EndpointNotFound, EndpointZoneNotFound and the count of a GatewayLoadBalancer endpoint.
 *
 * @throws Refusal - It cannot.
 */
function checkZoneRemoval(endpoint: SimulatedEndpoint, ZoneId: string, switches: SimulatorSwitches) {
  const { zones, EndpointStatus, ConnectionStatus } = endpoint;
  if (EndpointStatus === 'Deleting') throw new Refusal('EndpointOperationDenied');
  const found = zones.find(({ place }) => place.ZoneId === ZoneId);
  if (found === undefined) throw new Refusal('EndpointZoneNotFound');
  const isInTheWay =
    (EndpointStatus === 'Creating' && switches.removeZoneWhileCreating === 'refused') ||
    (ConnectionStatus === 'Connected' && switches.removeZoneWhileConnected === 'refused');
  if (isInTheWay || ConnectionStatus === 'Connecting' || ConnectionStatus === 'Disconnecting') {
    throw new Refusal('EndpointConnectionOperationDenied');
  }
  if (endpoint.isLocked) throw new Refusal('EndpointLocked');
  if (endpoint.birth.request.EndpointType === 'GatewayLoadBalancer' && zones.length === 1) {
    throw new Refusal('GatewayLoadBalancerZoneCountDeny');
  }
  return found;
}
