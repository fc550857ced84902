import { RESOURCE_TYPES } from './actions/product.js';
import { zonesOfRegion, type EndpointService, type ServiceResource } from './endpoint-service.js';
import type { EndpointZone } from './endpoint-zone.js';
import type { SimulatedEndpoint } from './endpoint.js';
import type { EngineState } from './engine-state.js';
import { Refusal, refusalMessage } from './refusals.js';

/** A load balancer that somebody wants to serve a service. */
export interface WantedResource {
  readonly ResourceId: string;
  readonly ResourceType: string;
  readonly ZoneId?: string | undefined;
}

/** What a resource has to fit. */
export interface ResourceTerms {
  readonly RegionId: string;
  readonly ServiceResourceType: string;
  readonly AddressIpVersion: string;
  readonly ServiceSupportIPv6: boolean;
}

/** Codes that differ from action to action. */
export interface ResourceCodes {
  readonly typeNotEqual: string;
  readonly albNotSupported: string;
  readonly notIpv6: string;
}

/** States of a zone in which a resource serves it. */
const SERVED: readonly string[] = ['Connecting', 'Connected', 'Disconnecting', 'Migrating', 'Migrated'];

/** Check that a load balancer can serve a service. @throws Refusal */
export function acceptResource(
  { world }: Pick<EngineState, 'world'>,
  wanted: WantedResource,
  { RegionId, ServiceResourceType, AddressIpVersion, ServiceSupportIPv6 }: ResourceTerms,
  codes: ResourceCodes,
  servesFromMs: number,
): ServiceResource {
  const { ResourceId, ResourceType } = wanted;
  if (ResourceType !== ServiceResourceType) throw mismatch(codes.typeNotEqual, ResourceType, ServiceResourceType);
  const balancer = world.loadBalancer(ResourceId, RegionId);
  const isAlb = ResourceType === 'alb';
  if (balancer === undefined) throw new Refusal(isAlb ? 'AlbNotFound' : 'LoadBalancerNotFound');
  const actualType = balancer.ResourceType ?? ResourceType;
  if (actualType !== ResourceType) throw mismatch('Mismatch.ResourceType', ResourceType, actualType);
  if (balancer.supportsPrivateLink === false) {
    const code = isAlb ? codes.albNotSupported : 'LoadBalancerNotSupportPrivateLink';
    throw new Refusal(code, refusalMessage(code, ResourceId));
  }
  const zones = zonesOfRegion(RegionId);
  // Inferred: a call may leave out the zone of a load balancer that is in one zone only.
  const ZoneId = wanted.ZoneId ?? balancer.ZoneId ?? zones[0] ?? '';
  if ((balancer.ZoneId ?? ZoneId) !== ZoneId || !zones.includes(ZoneId)) {
    throw new Refusal('EndpointServiceNotSupportedZone');
  }
  const { supportsIpv6 = true, VpcId, VSwitchId, Ip, refusal } = balancer;
  if (refusal !== undefined) throw new Refusal(refusal, refusalMessage(refusal, ResourceId));
  if (!supportsIpv6 && AddressIpVersion === 'DualStack') {
    throw new Refusal('OperationDenied.ServiceResourceIpVersionMismatch');
  }
  if (!supportsIpv6 && ServiceSupportIPv6) throw new Refusal(codes.notIpv6);
  return {
    ResourceId,
    ResourceType,
    ZoneId,
    supportsIpv6,
    servesFromMs,
    ...(VpcId === undefined ? {} : { VpcId }),
    ...(VSwitchId === undefined ? {} : { VSwitchId }),
    ...(Ip === undefined ? {} : { Ip }),
    AutoAllocatedEnabled: true,
  };
}

/** Check that a service may have such resources. @throws Refusal - QuotaMisMatched; that it is this code is inferred. */
export function checkResourceQuotas(
  { settings: { quotas } }: Pick<EngineState, 'settings'>,
  resources: readonly ServiceResource[],
): void {
  const isFull = (ZoneId: string) =>
    resources.filter((resource) => resource.ZoneId === ZoneId).length > quotas.resourcesPerZoneOfService;
  if (resources.length > quotas.resourcesPerService || resources.some(({ ZoneId }) => isFull(ZoneId))) {
    throw new Refusal('QuotaMisMatched');
  }
}

/** Whether load balancers can be of a type. */
export function isResourceType(type: string): boolean {
  return RESOURCE_TYPES.includes(type);
}

/** The endpoints of a service, in whatever account and region they are. */
export function endpointsOf(
  { endpoints }: Pick<EngineState, 'endpoints'>,
  service: EndpointService,
): readonly SimulatedEndpoint[] {
  return endpoints.ofService(service.ServiceId).filter((endpoint) => isEndpointOf(endpoint, service));
}

/** Whether an endpoint is of a service: those of an open world have the same ids in every region and account. */
export function isEndpointOf({ birth: endpoint }: SimulatedEndpoint, { birth }: EndpointService): boolean {
  const { request, serviceAccountId } = endpoint;
  return (
    request.ServiceId === birth.ServiceId &&
    serviceAccountId === birth.accountId &&
    (request.ServiceRegionId ?? request.RegionId) === birth.RegionId
  );
}

/**
 * Give every zone that is connected and has no resource the one of its zone that serves the fewest, and take it from those
 * that are connected no longer.
 *
 * Done when somebody looks, and before the resources change. That the least used one is taken is inferred: the page says
 * that it is left to chance.
 */
export function allocateResources(service: EndpointService, endpoints: readonly SimulatedEndpoint[]): void {
  const waiting: EndpointZone[] = [];
  for (const endpoint of endpoints) {
    for (const zone of endpoint.zones) {
      if (zone.isManual) continue;
      if (!isServed(endpoint, zone)) zone.resourceId = undefined;
      else if (zone.resourceId === undefined) waiting.push(zone);
    }
  }
  if (waiting.length === 0) return;
  const uses = new Map<ServiceResource, number>(
    service.resources
      .filter(({ AutoAllocatedEnabled }) => AutoAllocatedEnabled)
      .map((resource) => [resource, zonesOn(resource, endpoints).length]),
  );
  for (const zone of waiting) {
    const [best] = [...uses].filter(([{ ZoneId }]) => ZoneId === zone.place.ZoneId).sort(([, a], [, b]) => a - b);
    if (best === undefined) continue;
    const [resource, count] = best;
    zone.resourceId = resource.ResourceId;
    uses.set(resource, count + 1);
  }
}

/** Zones of endpoints that a resource is for. */
export function zonesOn(
  { ResourceId, ZoneId }: Pick<ServiceResource, 'ResourceId' | 'ZoneId'>,
  endpoints: readonly SimulatedEndpoint[],
): readonly EndpointZone[] {
  return endpoints.flatMap(({ zones }) =>
    zones.filter(({ resourceId, place }) => resourceId === ResourceId && place.ZoneId === ZoneId),
  );
}

/** Whether a zone of an endpoint is connected, or on its way to or from there. */
export function isServed(endpoint: SimulatedEndpoint, zone: EndpointZone): boolean {
  return SERVED.includes(endpoint.zoneStatus(zone));
}

function mismatch(code: string, wanted: string, actual: string): Refusal {
  return new Refusal(code, refusalMessage(code, 'ResourceType', wanted, actual));
}
