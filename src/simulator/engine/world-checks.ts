import type { EndpointService } from './endpoint-service.js';
import type { EngineState } from './engine-state.js';
import { Refusal, refusalMessage } from './refusals.js';
import type { WorldVpc } from './world.js';

/** A zone that somebody wants to have. */
export interface WantedZone {
  readonly ZoneId: string;
  readonly VSwitchId: string;
  readonly ip?: string;
}

/** Addresses in use, as `<vSwitch> <address>`. */
export interface AddressesTaken {
  has(address: string): boolean;
  add(address: string): unknown;
}

/** Check that a service takes endpoints of an account. @throws Refusal */
export function checkService(service: EndpointService | undefined, accountId: string, nowMs: number): EndpointService {
  if (service === undefined) throw new Refusal('EndpointServiceNotFound');
  const status = service.statusAt(nowMs);
  if (status === 'Deleting') throw new Refusal('EndpointServiceDeleted');
  if (!service.isUsableBy(accountId)) throw new Refusal('EndpointServiceNotAuthorized');
  if (status !== 'Active') {
    const code = 'IncorrectStatus.VpcEndpointService';
    throw new Refusal(code, refusalMessage(code, 'VpcEndpointService', service.ServiceId));
  }
  if (!service.hasResources) throw new Refusal('EndpointServiceResourceNotFound');
  if (service.birth.described?.refusal !== undefined) throw new Refusal(service.birth.described.refusal);
  return service;
}

/**
 * Check that zones can be had: that the service is there, and that the vSwitch has the address. Addresses that are found
 * to be free are added to `taken`.
 *
 * @throws Refusal
 */
export function checkZones(
  { world, endpoints }: Pick<EngineState, 'world' | 'endpoints'>,
  {
    RegionId,
    VpcId,
    AddressIpVersion,
  }: { readonly RegionId: string; readonly VpcId: string; readonly AddressIpVersion: string },
  zones: readonly WantedZone[],
  service: EndpointService,
  taken: AddressesTaken,
): void {
  for (const { ZoneId, VSwitchId, ip } of zones) {
    const vSwitch = world.vSwitch(VSwitchId, RegionId);
    if (vSwitch === undefined) throw new Refusal('VSwitchNotFound');
    // Inferred: a vSwitch of another VPC or zone is not found.
    if ((vSwitch.VpcId ?? VpcId) !== VpcId || (vSwitch.ZoneId ?? ZoneId) !== ZoneId)
      throw new Refusal('VSwitchNotFound');
    if ((vSwitch.Status ?? 'Available') !== 'Available') throw new Refusal('VSwitchStatusNotAllowed');
    if (AddressIpVersion === 'DualStack' && vSwitch.supportsIpv6 === false) {
      throw new Refusal('OperationDenied.VSwitchNotSupportDualstack');
    }
    // Zones of another region are not those of the endpoint: which of them a service serves there is not known.
    if (service.birth.RegionId === RegionId && !service.serves(ZoneId)) {
      throw new Refusal('EndpointServiceNotSupportedZone');
    }
    const wanted = zones.filter((zone) => zone.VSwitchId === VSwitchId).length;
    const { AvailableIpAddressCount: free = Infinity } = vSwitch;
    if (endpoints.hasMoreAddresses(RegionId, VpcId, VSwitchId, free - wanted)) {
      throw new Refusal('ResourceNotEnough.VSwitchIp');
    }
    if (ip === undefined) continue;
    if (taken.has(`${VSwitchId} ${ip}`)) throw new Refusal('EniIpUnavailable');
    taken.add(`${VSwitchId} ${ip}`);
  }
}

/** Check that security groups fit an endpoint, and each other. @throws Refusal */
export function checkSecurityGroups(
  { world }: Pick<EngineState, 'world'>,
  RegionId: string,
  groups: readonly string[],
): void {
  const types = groups.map((id) => {
    const group = world.securityGroup(id, RegionId);
    if (group === undefined) throw new Refusal('SecurityGroupNotFound');
    return group.SecurityGroupType ?? 'normal';
  });
  if (types.some((type) => type !== 'normal' && type !== 'enterprise'))
    throw new Refusal('SecurityGroupTypeNotSupport');
  if (new Set(types).size > 1) throw new Refusal('SecurityGroupTypeOnlySingleTypeSupporteded');
}

/** Check that a VPC takes one more endpoint. @throws Refusal */
export function checkVpcQuotas(
  { endpoints, settings }: Pick<EngineState, 'endpoints' | 'settings'>,
  vpc: WorldVpc,
  RegionId: string,
): void {
  const { quotas } = settings;
  const limit = vpc.endpointQuota ?? quotas.endpointsPerVpc;
  if (endpoints.mayFill(RegionId, vpc.VpcId, limit)) {
    const { length } = endpoints.ofVpc(RegionId, vpc.VpcId);
    if (length >= limit)
      throw quotaExceeded('QuotaExceeded.totalEpPerVpc', 'pvl_quota_total_ep_per_vpc', length, limit);
  }
  const idleLimit = vpc.idleEndpointQuota ?? quotas.idleEndpointsPerVpc;
  if (idleLimit === Infinity) return;
  const idle = endpoints.ofVpc(RegionId, vpc.VpcId).filter(({ ConnectionStatus }) => ConnectionStatus !== 'Connected');
  if (idle.length >= idleLimit) {
    throw quotaExceeded('QuotaExceeded.totalIdleEndpoint', 'totalIdleEndpoint', idle.length, idleLimit);
  }
}

/** Addresses in use in a region by endpoints of an account. Those that are added are remembered here only. */
export function addressesTaken(
  { endpoints }: Pick<EngineState, 'endpoints'>,
  owner: { readonly accountId: string; readonly RegionId: string },
): AddressesTaken {
  const added = new Set<string>();
  return {
    has: (address) => added.has(address) || endpoints.hasAddress(owner, address),
    add: (address) => added.add(address),
  };
}

function quotaExceeded(code: string, quota: string, usage: number, limit: number): Refusal {
  return new Refusal(code, refusalMessage(code, quota, usage, limit));
}
