import type { Tag } from './endpoint.js';

/** One zone of a request: where the endpoint gets a network interface. */
export interface RequestedZone {
  readonly ZoneId?: string;
  readonly VSwitchId?: string;
  /** IPv4 address inside the vSwitch. Lower case, as on the wire. */
  readonly ip?: string;
  /** Only with `AddressIpVersion: "DualStack"`. */
  readonly Ipv6Address?: string;
}

/**
 * Parameters of CreateVpcEndpoint, named and cased as on the API page, so that JSON from there or from OpenAPI Explorer
 * works unchanged. Limits and sources: {@link REQUEST_PARAMETERS}; rules across fields: `request-rules.ts`.
 */
export interface CreateVpcEndpointRequest {
  readonly RegionId: string;
  readonly VpcId: string;
  readonly ServiceId?: string;
  readonly ServiceName?: string;
  readonly ClientToken?: string;
  readonly DryRun?: boolean;
  readonly EndpointName?: string;
  readonly EndpointDescription?: string;
  readonly EndpointType?: string;
  readonly ZonePrivateIpAddressCount?: number;
  readonly Zone?: readonly RequestedZone[];
  readonly SecurityGroupId?: readonly string[];
  readonly Tag?: readonly Tag[];
  readonly ResourceGroupId?: string;
  readonly ProtectedEnabled?: boolean;
  readonly PolicyDocument?: string;
  readonly AddressIpVersion?: string;
  readonly ZoneAffinityEnabled?: boolean;
  readonly ServiceRegionId?: string;
  readonly CrossRegionBandwidth?: number;
}

/** One parameter of CreateVpcEndpoint as the service documents it. */
export interface ParameterDefinition {
  readonly type: 'string' | 'boolean' | 'integer' | 'list<string>' | 'list<object>';
  readonly required: boolean;
  readonly meaning: string;
  /** Closed set of values. */
  readonly values?: readonly string[];
  /** Unit of a number. */
  readonly unit?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly pattern?: RegExp;
  /** What the pattern and the other limits say, for a person. */
  readonly rule?: string;
  /** `page`: the API page of CreateVpcEndpoint (2025-02-13); `metadata`: the official API metadata, with the date it appeared. */
  readonly source: string;
}

/** Longest `ClientToken` that a caller may give: 64 (API limit) less the suffix of our epochs. */
export const MAX_CLIENT_TOKEN_BASE = 56;

/** Longer than any region id; the address of the service is made of it. */
const MAX_REGION_ID = 40;

/** Tags that an endpoint may carry. */
export const MAX_TAGS = 20;

/** Every parameter of CreateVpcEndpoint, leaf fields of `Zone` and `Tag` included. */
export const REQUEST_PARAMETERS = {
  RegionId: {
    type: 'string',
    required: true,
    meaning: 'Region of the endpoint.',
    maxLength: MAX_REGION_ID,
    pattern: /^[a-z0-9]+(-[a-z0-9]+)+$/,
    rule: 'a region id such as "cn-hangzhou"',
    source: 'page',
  },
  VpcId: { type: 'string', required: true, meaning: 'VPC that the endpoint belongs to.', minLength: 1, source: 'page' },
  ServiceId: {
    type: 'string',
    required: false,
    meaning: 'Endpoint service to connect to. Give this, ServiceName, or both.',
    minLength: 1,
    source: 'page (required there; the metadata and every official client take ServiceName instead)',
  },
  ServiceName: {
    type: 'string',
    required: false,
    meaning: 'Name of the endpoint service, for services known by name.',
    minLength: 1,
    source: 'page',
  },
  ClientToken: {
    type: 'string',
    required: false,
    meaning:
      "The caller's own idempotency key. Ours are derived from it: a number is added for each new try after a refusal.",
    minLength: 1,
    maxLength: MAX_CLIENT_TOKEN_BASE,
    pattern: /^[\x21-\x7e]+$/,
    rule: `1 to ${MAX_CLIENT_TOKEN_BASE} printable ASCII characters without spaces`,
    source: 'page (ASCII); 64 characters: older page of CreateVpcEndpointService',
  },
  DryRun: {
    type: 'boolean',
    required: false,
    meaning: 'Check the request and create nothing.',
    source: 'page',
  },
  EndpointName: {
    type: 'string',
    required: false,
    meaning: 'Name of the endpoint.',
    minLength: 2,
    maxLength: 128,
    pattern: /^\p{L}[\p{L}0-9_-]*$/u,
    rule: '2 to 128 characters: a letter first, then letters, digits, "_" and "-"',
    source: 'page; letters beyond ASCII: metadata',
  },
  EndpointDescription: {
    type: 'string',
    required: false,
    meaning: 'Description of the endpoint.',
    minLength: 2,
    maxLength: 256,
    pattern: /^(?!https?:\/\/)/,
    rule: '2 to 256 characters that do not start with http:// or https://',
    source: 'page',
  },
  EndpointType: {
    type: 'string',
    required: false,
    meaning: 'Kind of endpoint; the service assumes Interface.',
    values: ['Interface', 'Reverse', 'GatewayLoadBalancer'],
    source: 'page; GatewayLoadBalancer: metadata',
  },
  ZonePrivateIpAddressCount: {
    type: 'integer',
    required: false,
    meaning: 'Private IP addresses of the network interface in each zone.',
    minimum: 1,
    maximum: 1,
    rule: '1, the only supported value',
    source: 'page',
  },
  Zone: { type: 'list<object>', required: false, meaning: 'Zones of the endpoint.', maxItems: 10, source: 'page' },
  'Zone.ZoneId': {
    type: 'string',
    required: true,
    meaning: 'Zone of the service to use.',
    minLength: 1,
    source: 'page',
  },
  'Zone.VSwitchId': {
    type: 'string',
    required: true,
    meaning: 'vSwitch that gives the network interface its address.',
    minLength: 1,
    source: 'page',
  },
  'Zone.ip': {
    type: 'string',
    required: false,
    meaning: 'IPv4 address of the network interface.',
    pattern: /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?!$)|$)){4}$/,
    rule: 'an IPv4 address such as "192.168.0.10"',
    source: 'page',
  },
  'Zone.Ipv6Address': {
    type: 'string',
    required: false,
    meaning: 'IPv6 address of the network interface; only with AddressIpVersion DualStack.',
    pattern: /^(?=.*:.*:)[0-9a-fA-F:.]{2,45}$/,
    rule: 'an IPv6 address',
    source: 'page',
  },
  SecurityGroupId: {
    type: 'list<string>',
    required: false,
    meaning: 'Security groups of the network interfaces.',
    maxItems: 10,
    source: 'page; 10: metadata',
  },
  Tag: {
    type: 'list<object>',
    required: false,
    meaning: 'Tags of the endpoint. Two of the 20 are ours unless ownerTags is false.',
    maxItems: MAX_TAGS,
    source: 'page',
  },
  'Tag.Key': {
    type: 'string',
    required: true,
    meaning: 'Key of a tag.',
    minLength: 1,
    maxLength: 64,
    pattern: /^(?!aliyun|acs:)(?![\s\S]*https?:\/\/)/,
    rule: '1 to 64 characters, not starting with "aliyun" or "acs:", without http:// or https://',
    source: 'page; limits: metadata',
  },
  'Tag.Value': {
    type: 'string',
    required: false,
    meaning: 'Value of a tag; may be empty.',
    maxLength: 128,
    pattern: /^(?![\s\S]*https?:\/\/)/,
    rule: 'at most 128 characters, without http:// or https://',
    source: 'page; limits: metadata',
  },
  ResourceGroupId: { type: 'string', required: false, meaning: 'Resource group.', minLength: 1, source: 'page' },
  ProtectedEnabled: {
    type: 'boolean',
    required: false,
    meaning: 'With STS credentials: let only the creator modify or delete the endpoint.',
    source: 'page',
  },
  PolicyDocument: {
    type: 'string',
    required: false,
    meaning: 'RAM policy of the endpoint as JSON text; only where the service supports it.',
    minLength: 1,
    source: 'metadata',
  },
  AddressIpVersion: {
    type: 'string',
    required: false,
    meaning: 'Protocol; the service assumes IPv4.',
    values: ['IPv4', 'DualStack'],
    source: 'page',
  },
  ZoneAffinityEnabled: {
    type: 'boolean',
    required: false,
    meaning: 'Resolve the domain to the nearest zone first.',
    source: 'metadata (2025-10-30)',
  },
  ServiceRegionId: {
    type: 'string',
    required: false,
    meaning: 'Region of the service, for cross-region endpoints.',
    maxLength: MAX_REGION_ID,
    pattern: /^[a-z0-9]+(-[a-z0-9]+)+$/,
    rule: 'a region id such as "cn-hangzhou"',
    source: 'metadata (2026-01-21)',
  },
  CrossRegionBandwidth: {
    type: 'integer',
    required: false,
    meaning: 'Bandwidth of a cross-region endpoint.',
    unit: 'Mbit/s',
    minimum: 100,
    rule: 'a whole number of Mbit/s, at least 100',
    source: 'metadata (2026-01-21)',
  },
} as const satisfies Record<string, ParameterDefinition>;

export type ParameterName = keyof typeof REQUEST_PARAMETERS;

/** Parameters of the protocol. They belong to the adapter: in a request they would replace what it signs. */
export const PROTOCOL_PARAMETERS = [
  'Action',
  'Version',
  'Format',
  'Timestamp',
  'SignatureMethod',
  'SignatureVersion',
  'SignatureNonce',
  'SignatureType',
  'Signature',
  'AccessKeyId',
  'SecurityToken',
] as const;

/** Names that `request` itself may have. */
export const REQUEST_FIELDS: readonly string[] = Object.keys(REQUEST_PARAMETERS).filter((name) => !name.includes('.'));

/** Definition of one parameter, its optional limits visible. */
export function parameterDefinition(name: ParameterName): ParameterDefinition {
  return REQUEST_PARAMETERS[name];
}
