import type { EndpointService, ServiceResource } from '../endpoint-service.js';
import type { SimulatedEndpoint } from '../endpoint.js';
import { causeOf, type EngineCall, type EngineState, type Fields, type Preparation } from '../engine-state.js';
import { pageOf } from '../paging.js';
import { mandatoryText, optionalBoolean, optionalText } from '../parameters.js';
import { missingParameter, Refusal } from '../refusals.js';
import {
  acceptResource,
  allocateResources,
  checkResourceQuotas,
  endpointsOf,
  isResourceType,
  isServed,
  zonesOn,
} from '../service-resources.js';
import { checkMayChangeService, exclusivelyOn } from './services.js';

const RESOURCE_CODES = {
  typeNotEqual: 'EndpointServiceResourceTypeNotEqual',
  albNotSupported: 'LoadBalancerNotSupportPrivateLink',
  notIpv6: 'ServiceResourceNotSupportIpv6',
};

/** AttachResourceToVpcEndpointService. */
export function attachResourceToVpcEndpointService(state: EngineState, call: EngineCall): Preparation {
  const { parameters } = call;
  const service = state.ownedService(call);
  if (service.statusAt(state.now) !== 'Active') throw new Refusal('EndpointServiceOperationDenied');
  const wanted = {
    ResourceId: mandatoryText(parameters, 'ResourceId'),
    ResourceType: mandatoryText(parameters, 'ResourceType'),
    ZoneId: optionalText(parameters, 'ZoneId'),
  };
  if (!isResourceType(wanted.ResourceType)) throw new Refusal('EndpointServiceResourceTypeNotSupport');
  const terms = { ...service.attributes, RegionId: service.birth.RegionId };
  const servesFromMs = state.endOf(state.settings.updateMs);
  const resource = acceptResource(state, wanted, terms, RESOURCE_CODES, servesFromMs);
  if (service.resources.some((other) => isSame(other, resource))) throw new Refusal('EndpointServiceResourceExist');
  checkResourceQuotas(state, [...service.resources, resource]);
  const begin = exclusivelyOn(state, service);
  return () => {
    begin();
    allocateResources(service, endpointsOf(state, service));
    service.resources = [...service.resources, resource];
    state.noteService('serviceChanged', service, causeOf(call));
    return {};
  };
}

/** DetachResourceFromVpcEndpointService. Which of its two codes is for which connections is inferred. */
export function detachResourceFromVpcEndpointService(state: EngineState, call: EngineCall): Preparation {
  const { parameters } = call;
  const service = state.ownedService(call);
  const leaving = resourcesAskedFor(service, call, optionalText(parameters, 'ResourceType'));
  const endpoints = endpointsOf(state, service);
  allocateResources(service, endpoints);
  const used = leaving.filter((resource) =>
    endpoints.some((endpoint) => zonesOn(resource, [endpoint]).some((zone) => isServed(endpoint, zone))),
  );
  if (used.length > 0) {
    const isLast = leaving.length === service.resources.length;
    throw new Refusal(isLast ? 'EndpointServiceConnectionDependence' : 'EndpointServiceResourceCannotRemove');
  }
  if (service.statusAt(state.now) !== 'Active') throw new Refusal('ConcurrentCallNotSupported');
  const begin = exclusivelyOn(state, service);
  return () => {
    begin();
    service.resources = service.resources.filter((resource) => !leaving.includes(resource));
    for (const zone of leaving.flatMap((resource) => zonesOn(resource, endpoints))) {
      zone.resourceId = undefined;
      zone.isManual = false;
    }
    state.noteService('serviceChanged', service, causeOf(call));
    return {};
  };
}

/** ListVpcEndpointServiceResources. Unlike other lists it has no TotalCount. */
export function listVpcEndpointServiceResources(state: EngineState, call: EngineCall): Fields {
  const service = state.ownedService(call);
  const { resources, birth } = service;
  const endpoints = endpointsOf(state, service);
  allocateResources(service, endpoints);
  const { items, wire } = pageOf(resources, (_item, index) => index, call.parameters);
  return {
    Resources: items.map((resource) => resourceAnswer(resource, birth.RegionId, endpoints)),
    MaxResults: wire.MaxResults,
    ...(wire.NextToken === undefined ? {} : { NextToken: wire.NextToken }),
  };
}

function resourceAnswer(resource: ServiceResource, RegionId: string, endpoints: readonly SimulatedEndpoint[]): Fields {
  const { ResourceId, ResourceType, ZoneId, VpcId, VSwitchId, Ip, AutoAllocatedEnabled, supportsIpv6 } = resource;
  const deprecated = endpoints.filter(({ zones }) =>
    zones.some(({ replaced, place }) => replaced?.ResourceId === ResourceId && place.ZoneId === ZoneId),
  );
  return {
    ResourceId,
    ResourceType,
    RegionId,
    ZoneId,
    ...(VpcId === undefined ? {} : { VpcId }),
    ...(VSwitchId === undefined ? {} : { VSwitchId }),
    ...(Ip === undefined ? {} : { Ip }),
    AutoAllocatedEnabled,
    ResourceSupportIPv6: supportsIpv6,
    RelatedEndpointCount: zonesOn(resource, endpoints).length,
    RelatedDeprecatedEndpointCount: deprecated.length,
  };
}

/** UpdateVpcEndpointServiceResourceAttribute. */
export function updateVpcEndpointServiceResourceAttribute(state: EngineState, call: EngineCall): Preparation {
  const service = state.ownedService(call);
  checkMayChangeService(service, state.now);
  const AutoAllocatedEnabled = optionalBoolean(call.parameters, 'AutoAllocatedEnabled');
  if (AutoAllocatedEnabled === undefined) throw missingParameter('AutoAllocatedEnabled');
  const changing = resourcesAskedFor(service, call);
  const staysAutomatic = (zone: string) =>
    service.resources.some((item) => item.ZoneId === zone && item.AutoAllocatedEnabled && !changing.includes(item));
  if (!AutoAllocatedEnabled && !changing.every(({ ZoneId }) => staysAutomatic(ZoneId))) {
    throw new Refusal('ResourceAutoAllocateViolation');
  }
  const begin = exclusivelyOn(state, service);
  return () => {
    begin();
    allocateResources(service, endpointsOf(state, service));
    for (const resource of changing) resource.AutoAllocatedEnabled = AutoAllocatedEnabled;
    state.noteService('serviceChanged', service, causeOf(call));
    return {};
  };
}

/** Resources of a service that a call names: in one zone, or wherever the load balancer is. @throws Refusal */
function resourcesAskedFor(
  { resources }: EndpointService,
  { parameters }: EngineCall,
  ResourceType?: string,
): readonly ServiceResource[] {
  const ResourceId = mandatoryText(parameters, 'ResourceId');
  const ZoneId = optionalText(parameters, 'ZoneId');
  const found = resources.filter(
    (resource) =>
      resource.ResourceId === ResourceId &&
      (ZoneId ?? resource.ZoneId) === resource.ZoneId &&
      (ResourceType ?? resource.ResourceType) === resource.ResourceType,
  );
  if (found.length === 0) throw new Refusal('EndpointServiceResourceNotFound');
  return found;
}

function isSame(a: ServiceResource, b: ServiceResource): boolean {
  return a.ResourceId === b.ResourceId && a.ZoneId === b.ZoneId;
}
