import type {
  CreatedVpcEndpoint,
  EndpointFields,
  ListedVpcEndpoint,
  VpcEndpoint,
  VpcEndpointZone,
} from '../../model/endpoint.js';
import type { SimulatedEndpoint } from './endpoint.js';

type Writable<Answer> = { -readonly [Field in keyof Answer]: Answer[Field] };
type WithoutRequestId<Answer> = Omit<Answer, 'RequestId'>;

/** Time of the service: UTC, whole seconds. */
export function wireTime(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Answer of CreateVpcEndpoint without its RequestId: the 14 fields of the API page, and the newer ones that apply. */
export function createdAnswer(endpoint: SimulatedEndpoint): WithoutRequestId<CreatedVpcEndpoint> {
  return createdFields(endpoint);
}

/** One item of ListVpcEndpoints. */
export function listedAnswer(endpoint: SimulatedEndpoint): ListedVpcEndpoint {
  const fields: Writable<ListedVpcEndpoint> = commonFields(endpoint);
  fields.Tags = endpoint.attributes.tags;
  return fields;
}

/** Answer of GetVpcEndpointAttribute without its RequestId: no zones, no security groups, no tags. */
export function attributeAnswer(endpoint: SimulatedEndpoint): VpcEndpoint {
  const fields = commonFields(endpoint);
  fields.Payer = endpoint.birth.Payer;
  fields.ZonePrivateIpAddressCount = endpoint.birth.request.ZonePrivateIpAddressCount;
  return fields;
}

/** Items of ListVpcEndpointZones. */
export function zoneAnswers(endpoint: SimulatedEndpoint): VpcEndpointZone[] {
  const { request } = endpoint.birth;
  return endpoint.zones.map((zone) => {
    const { ZoneId, VSwitchId, EniId, EniIp, Ipv6Address } = zone.place;
    return {
      ZoneId,
      VSwitchId,
      EniId,
      EniIp,
      ZoneDomain: zoneDomain(endpoint, ZoneId),
      ZoneStatus: withoutMigration(endpoint.zoneStatus(zone)),
      RegionId: request.RegionId,
      ...(Ipv6Address === undefined ? {} : { ZoneIpv6Address: Ipv6Address }),
    };
  });
}

/** Only the provider sees a migration: ListVpcEndpointZones does not know its states. */
function withoutMigration(ZoneStatus: string): string {
  return ZoneStatus === 'Migrating' || ZoneStatus === 'Migrated' ? 'Connected' : ZoneStatus;
}

/** Host name of an endpoint in one of its zones. */
export function zoneDomain(endpoint: SimulatedEndpoint, ZoneId: string): string {
  return `${endpoint.EndpointId}-${ZoneId}.${serviceDomain(endpoint)}`;
}

/** What Get and List both show. Filled field by field: a list of 1,000 is built of these, and spreading is slow. */
function commonFields(endpoint: SimulatedEndpoint): Writable<VpcEndpoint> {
  const { accountId, request, serviceAccountId } = endpoint.birth;
  const { ResourceGroupId, PolicyDocument } = endpoint.attributes;
  const fields: Writable<VpcEndpoint> = createdFields(endpoint);
  fields.EndpointType = request.EndpointType;
  fields.RegionId = request.RegionId;
  fields.ResourceOwner = serviceAccountId === accountId;
  if (ResourceGroupId !== undefined) fields.ResourceGroupId = ResourceGroupId;
  if (PolicyDocument !== undefined) fields.PolicyDocument = PolicyDocument;
  return fields;
}

function createdFields(endpoint: SimulatedEndpoint): Writable<EndpointFields> {
  const { birth, attributes } = endpoint;
  const { request } = birth;
  const fields: Writable<EndpointFields> = {
    EndpointId: birth.EndpointId,
    EndpointDomain: `${birth.EndpointId}.${serviceDomain(endpoint)}`,
    EndpointName: attributes.EndpointName,
    EndpointDescription: attributes.EndpointDescription,
    EndpointStatus: endpoint.EndpointStatus,
    ConnectionStatus: endpoint.ConnectionStatus,
    EndpointBusinessStatus: endpoint.EndpointBusinessStatus,
    ServiceId: request.ServiceId,
    ServiceName: request.ServiceName,
    VpcId: request.VpcId,
    Bandwidth: attributes.Bandwidth,
    CreateTime: birth.CreateTime,
    AddressIpVersion: attributes.AddressIpVersion,
    ZoneAffinityEnabled: attributes.ZoneAffinityEnabled,
  };
  if (attributes.CrossRegionBandwidth !== undefined) fields.CrossRegionBandwidth = attributes.CrossRegionBandwidth;
  if (request.ServiceRegionId !== undefined) fields.ServiceRegionId = request.ServiceRegionId;
  return fields;
}

function serviceDomain(endpoint: SimulatedEndpoint): string {
  const { ServiceId, RegionId } = endpoint.birth.request;
  return `${ServiceId}.${RegionId}.privatelink.aliyuncs.com`;
}
