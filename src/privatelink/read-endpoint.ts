import type { CreatedVpcEndpoint, ListedVpcEndpoint, Tag, VpcEndpoint, VpcEndpointZone } from '../model/endpoint.js';
import type { EndpointService } from '../model/endpoint-service.js';
import { isJsonObject, type Json, type JsonObject } from './plain-json.js';
import type { EndpointConnection, ListServicesPage, ListVpcEndpointsPage } from './port.js';
import { malformedAnswer, requestIdOf } from './read-answer.js';

/** Type of every field of an endpoint. The compiler keeps the list complete. */
const ENDPOINT_FIELDS: Readonly<Record<keyof VpcEndpoint, 'string' | 'number' | 'boolean'>> = {
  EndpointId: 'string',
  EndpointDomain: 'string',
  EndpointName: 'string',
  EndpointDescription: 'string',
  EndpointStatus: 'string',
  ConnectionStatus: 'string',
  EndpointBusinessStatus: 'string',
  EndpointType: 'string',
  ServiceId: 'string',
  ServiceName: 'string',
  ServiceRegionId: 'string',
  VpcId: 'string',
  RegionId: 'string',
  ResourceGroupId: 'string',
  Payer: 'string',
  PolicyDocument: 'string',
  AddressIpVersion: 'string',
  CreateTime: 'string',
  Bandwidth: 'number',
  CrossRegionBandwidth: 'number',
  ZonePrivateIpAddressCount: 'number',
  ResourceOwner: 'boolean',
  ZoneAffinityEnabled: 'boolean',
};

const ZONE_FIELDS: Readonly<Record<keyof VpcEndpointZone, 'string'>> = {
  ZoneId: 'string',
  VSwitchId: 'string',
  EniId: 'string',
  EniIp: 'string',
  ZoneDomain: 'string',
  ZoneStatus: 'string',
  RegionId: 'string',
  ZoneIpv6Address: 'string',
};

/** Its zones are a list, which is read apart. */
const SERVICE_FIELDS: Readonly<Record<Exclude<keyof EndpointService, 'Zones'>, 'string' | 'boolean'>> = {
  ServiceId: 'string',
  ServiceName: 'string',
  ServiceDomain: 'string',
  ServiceType: 'string',
  ServiceResourceType: 'string',
  Payer: 'string',
  AddressIpVersion: 'string',
  ServiceSupportIPv6: 'boolean',
  ZoneAffinityEnabled: 'boolean',
  VpcEndpointPolicySupported: 'boolean',
  AutoAcceptEnabled: 'boolean',
  ResourceGroupId: 'string',
};

/** Parts of an answer that are not the endpoint's. */
const ENVELOPE_FIELDS: ReadonlySet<string> = new Set(['RequestId', 'requestId', 'Code', 'code', 'HostId', 'Message']);

/**
 * Read the answer of CreateVpcEndpoint.
 *
 * @throws PrivateLinkError `MalformedResponse` - No EndpointId: something may have been created, its id is not known.
 */
export function readCreated(body: JsonObject): CreatedVpcEndpoint {
  return { ...readFields(body, 'CreateVpcEndpoint', body), RequestId: requestIdOf(body) ?? '' };
}

/** Read the answer of GetVpcEndpointAttribute. @throws PrivateLinkError `MalformedResponse` - No EndpointId. */
export function readVpcEndpoint(body: JsonObject): { RequestId: string; endpoint: VpcEndpoint } {
  return { RequestId: requestIdOf(body) ?? '', endpoint: readFields(body, 'GetVpcEndpointAttribute', body) };
}

/**
 * Read one page of ListVpcEndpoints.
 *
 * A create follows on absence, so absence has to be said: a body without a list counts as an empty one only if its
 * TotalCount is 0.
 *
 * @throws PrivateLinkError `MalformedResponse` - No list, or an item without EndpointId.
 */
export function readListPage(body: JsonObject): ListVpcEndpointsPage {
  const action = 'ListVpcEndpoints';
  const Endpoints = items(body, 'Endpoints', action).map((item): ListedVpcEndpoint => {
    const Tags = readTags(item['Tags']);
    return { ...readFields(item, action, body), ...(Tags === undefined ? {} : { Tags }) };
  });
  return { RequestId: requestIdOf(body) ?? '', Endpoints, ...nextToken(body), ...totalCount(body) };
}

/**
 * Read one page of ListVpcEndpointServicesByEndUser. Its TotalCount is a text, and nobody needs it.
 *
 * @throws PrivateLinkError `MalformedResponse` - No list, or an item without ServiceId.
 */
export function readServicesPage(body: JsonObject): ListServicesPage {
  const action = 'ListVpcEndpointServicesByEndUser';
  const Services = items(body, 'Services', action).map((item): EndpointService => {
    const { ServiceId, Zones } = item;
    if (typeof ServiceId !== 'string' || ServiceId === '') throw without('ServiceId', action, body);
    return {
      ...(typedFields(item, SERVICE_FIELDS) as Omit<EndpointService, 'ServiceId' | 'Zones'>),
      ServiceId,
      ...(Array.isArray(Zones) ? { Zones: Zones.filter((zone) => typeof zone === 'string') } : {}),
    };
  });
  return { RequestId: requestIdOf(body) ?? '', Services, ...nextToken(body) };
}

/**
 * Read one page of ListVpcEndpointZones.
 *
 * @throws PrivateLinkError `MalformedResponse` - No list, or an item without ZoneId.
 */
export function readZones(body: JsonObject): { RequestId: string; zones: VpcEndpointZone[]; NextToken?: string } {
  const action = 'ListVpcEndpointZones';
  const zones = items(body, 'Zones', action).map((item): VpcEndpointZone => {
    const ZoneId = item['ZoneId'];
    if (typeof ZoneId !== 'string' || ZoneId === '') throw without('ZoneId', action, body);
    return { ...(typedFields(item, ZONE_FIELDS) as Omit<VpcEndpointZone, 'ZoneId'>), ZoneId };
  });
  return { RequestId: requestIdOf(body) ?? '', zones, ...nextToken(body) };
}

/**
 * Read ListVpcEndpointConnections, filtered by one endpoint.
 *
 * @throws PrivateLinkError `MalformedResponse` - No list, or the connection of the endpoint without a status.
 */
export function readConnection(body: JsonObject, EndpointId: string): EndpointConnection {
  const action = 'ListVpcEndpointConnections';
  const found = items(body, 'Connections', action).find((item) => item['EndpointId'] === EndpointId);
  const status = found?.['ConnectionStatus'];
  if (found !== undefined && typeof status !== 'string') throw without('ConnectionStatus', action, body);
  return { RequestId: requestIdOf(body) ?? '', ConnectionStatus: typeof status === 'string' ? status : undefined };
}

/** Read the answer of an action that returns nothing but its RequestId. @throws PrivateLinkError `MalformedResponse` - None there. */
export function readAccepted(body: JsonObject, action: string): { RequestId: string } {
  const RequestId = requestIdOf(body);
  if (RequestId === undefined) throw without('RequestId', action, body);
  return { RequestId };
}

function readFields(item: JsonObject, action: string, body: JsonObject): VpcEndpoint {
  const EndpointId = item['EndpointId'];
  if (typeof EndpointId !== 'string' || EndpointId === '') throw without('EndpointId', action, body);
  return { ...(typedFields(item, ENDPOINT_FIELDS) as Omit<VpcEndpoint, 'EndpointId'>), EndpointId };
}

/**
 * Keep the fields whose value has its documented type, and plain values that this version has no name for; drop `null`
 * and the rest, so that no caller meets a number where a string is promised. What the table says is what the interfaces
 * say: the callers' assertions rest on it.
 */
function typedFields(
  item: JsonObject,
  types: Readonly<Record<string, 'string' | 'number' | 'boolean'>>,
): Record<string, Json> {
  const kept: Record<string, Json> = {};
  for (const [name, value] of Object.entries(item)) {
    if (ENVELOPE_FIELDS.has(name) || value === null || typeof value === 'object') continue;
    const type = Object.hasOwn(types, name) ? types[name] : undefined;
    const read = type === undefined ? value : asType(value, type);
    if (read !== undefined) kept[name] = read;
  }
  return kept;
}

/** Some clients of the service are told numbers and booleans as text (`TotalCount` is one or the other by action). */
function asType(value: string | number | boolean, type: 'string' | 'number' | 'boolean'): Json | undefined {
  if (typeof value === type) return value;
  if (type === 'string') return String(value);
  if (type === 'number') return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : undefined;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

function readTags(tags: Json | undefined): Tag[] | undefined {
  if (!Array.isArray(tags)) return undefined;
  return (tags as readonly Json[]).flatMap((tag): Tag[] => {
    if (!isJsonObject(tag)) return [];
    const { Key, Value } = tag;
    return typeof Key === 'string' ? [{ Key, Value: typeof Value === 'string' ? Value : '' }] : [];
  });
}

function items(body: JsonObject, name: string, action: string): JsonObject[] {
  const list = body[name];
  if (Array.isArray(list)) {
    return (list as readonly Json[]).map((item) => {
      if (!isJsonObject(item)) throw without(`an object in ${name}`, action, body);
      return item;
    });
  }
  if ((list === undefined || list === null) && Number(body['TotalCount'] ?? NaN) === 0) return [];
  throw without(name, action, body);
}

/** The last page has none; an empty one would start over. */
function nextToken(body: JsonObject): { NextToken?: string } {
  const NextToken = body['NextToken'];
  return typeof NextToken === 'string' && NextToken !== '' ? { NextToken } : {};
}

/** An integer with some actions, the same as a text with others. */
function totalCount(body: JsonObject): { TotalCount?: number } {
  const given = body['TotalCount'];
  const count = typeof given === 'string' || typeof given === 'number' ? asType(given, 'number') : undefined;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? { TotalCount: count } : {};
}

function without(field: string, action: string, body: JsonObject) {
  const requestId = requestIdOf(body);
  return malformedAnswer(action, `A success without ${field}`, {
    httpStatus: 200,
    ...(requestId === undefined ? {} : { requestId }),
  });
}
