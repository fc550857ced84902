import type { CreatedVpcEndpoint, ListedVpcEndpoint, VpcEndpoint, VpcEndpointZone } from '../model/endpoint.js';
import type { SimulatedEndpoint } from './endpoint.js';

type WithoutRequestId<Answer> = Omit<Answer, 'RequestId'>;

/** Time of the service: UTC, whole seconds. */
export function wireTime(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Answer of CreateVpcEndpoint without its RequestId: the 14 fields of the API page, and the newer ones that apply. */
export function createdAnswer(endpoint: SimulatedEndpoint): WithoutRequestId<CreatedVpcEndpoint> {
  const { birth } = endpoint;
  const { request } = birth;
  return {
    EndpointId: birth.EndpointId,
    EndpointDomain: `${birth.EndpointId}.${serviceDomain(endpoint)}`,
    EndpointName: request.EndpointName,
    EndpointDescription: request.EndpointDescription,
    EndpointStatus: endpoint.EndpointStatus,
    ConnectionStatus: endpoint.ConnectionStatus,
    EndpointBusinessStatus: endpoint.EndpointBusinessStatus,
    ServiceId: request.ServiceId,
    ServiceName: request.ServiceName,
    VpcId: request.VpcId,
    Bandwidth: 3072,
    CreateTime: wireTime(birth.createdAtMs),
    AddressIpVersion: request.AddressIpVersion,
    ZoneAffinityEnabled: request.ZoneAffinityEnabled,
    ...(request.CrossRegionBandwidth === undefined ? {} : { CrossRegionBandwidth: request.CrossRegionBandwidth }),
    ...(request.ServiceRegionId === undefined ? {} : { ServiceRegionId: request.ServiceRegionId }),
  };
}

/** One item of ListVpcEndpoints. */
export function listedAnswer(endpoint: SimulatedEndpoint): ListedVpcEndpoint {
  return { ...commonFields(endpoint), Tags: endpoint.birth.request.tags };
}

/** Answer of GetVpcEndpointAttribute without its RequestId: no zones, no security groups, no tags. */
export function attributeAnswer(endpoint: SimulatedEndpoint): VpcEndpoint {
  return {
    ...commonFields(endpoint),
    Payer: 'Endpoint',
    ZonePrivateIpAddressCount: endpoint.birth.request.ZonePrivateIpAddressCount,
  };
}

/** Items of ListVpcEndpointZones. */
export function zoneAnswers(endpoint: SimulatedEndpoint): VpcEndpointZone[] {
  const { EndpointId, request } = endpoint.birth;
  return endpoint.zones.map(({ ZoneId, VSwitchId, EniId, EniIp, ZoneStatus, Ipv6Address }) => ({
    ZoneId,
    VSwitchId,
    EniId,
    EniIp,
    ZoneDomain: `${EndpointId}-${ZoneId}.${serviceDomain(endpoint)}`,
    ZoneStatus,
    RegionId: request.RegionId,
    ...(Ipv6Address === undefined ? {} : { ZoneIpv6Address: Ipv6Address }),
  }));
}

/** What Get and List both show. */
function commonFields(endpoint: SimulatedEndpoint): VpcEndpoint {
  const { request } = endpoint.birth;
  return {
    ...createdAnswer(endpoint),
    EndpointType: request.EndpointType,
    RegionId: request.RegionId,
    ResourceOwner: true,
    ...(request.ResourceGroupId === undefined ? {} : { ResourceGroupId: request.ResourceGroupId }),
    ...(request.PolicyDocument === undefined ? {} : { PolicyDocument: request.PolicyDocument }),
  };
}

function serviceDomain(endpoint: SimulatedEndpoint): string {
  const { ServiceId, RegionId } = endpoint.birth.request;
  return `${ServiceId}.${RegionId}.privatelink.aliyuncs.com`;
}
