import { wireTime } from './answers.js';
import type { EndpointService } from './endpoint-service.js';
import type { EngineState, Fields } from './engine-state.js';

/** What a connection can be given, in Mbit/s. */
export const BANDWIDTH = { minimum: 100, maximum: 10_240, usual: 3_072 } as const;

/** Answer of CreateVpcEndpointService without its RequestId. */
export function createdServiceAnswer(state: Pick<EngineState, 'now' | 'settings'>, service: EndpointService): Fields {
  const { birth, attributes, ServiceId } = service;
  const { ResourceGroupId } = attributes;
  return {
    ServiceId,
    ServiceName: birth.ServiceName,
    ServiceDomain: `${ServiceId}.${birth.RegionId}.privatelink.aliyuncs.com`,
    ServiceDescription: attributes.ServiceDescription,
    ServiceStatus: service.statusAt(state.now),
    ServiceBusinessStatus: service.ServiceBusinessStatus,
    ServiceSupportIPv6: attributes.ServiceSupportIPv6,
    AddressIpVersion: attributes.AddressIpVersion,
    AutoAcceptEnabled: attributes.AutoAcceptEnabled ?? state.settings.autoAccept,
    ZoneAffinityEnabled: attributes.ZoneAffinityEnabled,
    CreateTime: wireTime(birth.createdAtMs),
    ...(ResourceGroupId === undefined ? {} : { ResourceGroupId }),
  };
}

/** Answer of GetVpcEndpointServiceAttribute without its RequestId. */
export function serviceAttributeAnswer(state: Pick<EngineState, 'now' | 'settings'>, service: EndpointService): Fields {
  return { ...commonFields(state, service), Zones: service.zones };
}

/** One item of ListVpcEndpointServices. */
export function listedServiceAnswer(state: Pick<EngineState, 'now' | 'settings'>, service: EndpointService): Fields {
  return { ...commonFields(state, service), Tags: service.attributes.tags };
}

function commonFields(state: Pick<EngineState, 'now' | 'settings'>, service: EndpointService): Fields {
  const { Payer, ServiceResourceType, ConnectBandwidth } = service.attributes;
  return {
    ...createdServiceAnswer(state, service),
    RegionId: service.birth.RegionId,
    ServiceType: service.ServiceType,
    ServiceResourceType,
    Payer,
    MinBandwidth: BANDWIDTH.minimum,
    MaxBandwidth: BANDWIDTH.maximum,
    ConnectBandwidth,
  };
}
