import type { EndpointService } from '../endpoint-service.js';
import type { EngineCall, EngineState, Fields } from '../engine-state.js';
import { pageOf } from '../paging.js';
import { mandatoryText, optionalText, tagsOf } from '../parameters.js';
import { hasTags } from './endpoints.js';

/**
 * ListVpcEndpointServicesByEndUser: services that the account may use.
 *
 * A call that names a service gets that one.
 */
export function listVpcEndpointServicesByEndUser(state: EngineState, { parameters, accountId }: EngineCall): Fields {
  const RegionId = optionalText(parameters, 'ServiceRegionId') ?? mandatoryText(parameters, 'RegionId');
  const ServiceId = optionalText(parameters, 'ServiceId');
  const ServiceName = optionalText(parameters, 'ServiceName');
  const type = optionalText(parameters, 'ServiceType');
  const group = optionalText(parameters, 'ResourceGroupId');
  const tags = tagsOf(parameters);
  const candidates = state.services.listed({ accountId, RegionId, ServiceId, ServiceName }, state.world);
  const services = candidates.filter(
    (service) =>
      service.isUsableBy(accountId) &&
      service.statusAt(state.now) !== 'Deleting' &&
      (type === undefined || service.ServiceType === type) &&
      (group === undefined || service.attributes.ResourceGroupId === group) &&
      hasTags(service.attributes.tags, tags),
  );
  const { items, wire } = pageOf(services, ({ birth }) => birth.sequence, parameters);
  // This action counts in a text.
  return {
    Services: items.map((service) => usableService(service, state.settings.autoAccept)),
    ...wire,
    TotalCount: String(wire.TotalCount),
  };
}

function usableService(service: EndpointService, autoAccept: boolean): Fields {
  const { birth, attributes, zones } = service;
  const { ServiceId, ServiceName, RegionId, described } = birth;
  const { ResourceGroupId } = attributes;
  return {
    ServiceId,
    ServiceName,
    ServiceDomain: `${ServiceId}.${RegionId}.privatelink.aliyuncs.com`,
    ServiceType: service.ServiceType,
    ServiceResourceType: attributes.ServiceResourceType,
    Payer: attributes.Payer,
    Zones: zones,
    AddressIpVersion: attributes.AddressIpVersion,
    ServiceSupportIPv6: attributes.ServiceSupportIPv6,
    ZoneAffinityEnabled: attributes.ZoneAffinityEnabled,
    VpcEndpointPolicySupported: described?.VpcEndpointPolicySupported ?? true,
    AutoAcceptEnabled: attributes.AutoAcceptEnabled ?? autoAccept,
    Tags: attributes.tags,
    ...(ResourceGroupId === undefined ? {} : { ResourceGroupId }),
  };
}
