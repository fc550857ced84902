/**
 * What PrivateLink says of an endpoint, in the API's own names (product Privatelink, version 2020-04-15).
 *
 * Status values are open sets: the lists name what is documented, the types admit any string, because the service may
 * answer one that did not exist when this was written.
 */

/** Documented values of `EndpointStatus` (API page of CreateVpcEndpoint). There is no failed state. */
export const ENDPOINT_STATUSES = ['Creating', 'Active', 'Pending', 'Deleting'] as const;

/** Documented values of `ConnectionStatus` (API page; `ServiceDeleted` from ListVpcEndpointConnections). */
export const CONNECTION_STATUSES = [
  'Pending',
  'Connecting',
  'Connected',
  'Disconnecting',
  'Disconnected',
  'Deleting',
  'ServiceDeleted',
] as const;

/** Documented values of `EndpointBusinessStatus` (API page). */
export const BUSINESS_STATUSES = ['Normal', 'FinancialLocked'] as const;

/** Documented values of `ZoneStatus` (ListVpcEndpointZones). */
export const ZONE_STATUSES = [
  'Creating',
  'Wait',
  'Connecting',
  'Connected',
  'Disconnecting',
  'Disconnected',
  'Deleting',
] as const;

type Open<Known extends string> = Known | (string & Record<never, never>);

export type EndpointStatus = Open<(typeof ENDPOINT_STATUSES)[number]>;
export type ConnectionStatus = Open<(typeof CONNECTION_STATUSES)[number]>;
export type BusinessStatus = Open<(typeof BUSINESS_STATUSES)[number]>;
export type ZoneStatus = Open<(typeof ZONE_STATUSES)[number]>;

/** One tag of a resource. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** Fields that Create, Get and List all answer with. Only the id is certain to be there. */
export interface EndpointFields {
  readonly EndpointId: string;
  /** Host name that resolves to the endpoint inside the VPC. */
  readonly EndpointDomain?: string;
  readonly EndpointName?: string;
  readonly EndpointDescription?: string;
  readonly EndpointStatus?: EndpointStatus;
  readonly ConnectionStatus?: ConnectionStatus;
  readonly EndpointBusinessStatus?: BusinessStatus;
  readonly ServiceId?: string;
  readonly ServiceName?: string;
  readonly VpcId?: string;
  /** Mbit/s. */
  readonly Bandwidth?: number;
  /** UTC, `2022-01-02T19:11:12Z`. */
  readonly CreateTime?: string;
  readonly AddressIpVersion?: string;
  readonly ZoneAffinityEnabled?: boolean;
  /** Mbit/s, cross-region endpoints only (since 2026-01-21). */
  readonly CrossRegionBandwidth?: number;
  /** Region of the service where it differs from the endpoint's (since 2026-01-21). */
  readonly ServiceRegionId?: string;
}

/** Answer of CreateVpcEndpoint: the 14 fields of the API page and the newer ones. Its `Active` is no proof. */
export interface CreatedVpcEndpoint extends EndpointFields {
  readonly RequestId: string;
}

/** Answer of GetVpcEndpointAttribute. Zones, security groups and tags are other calls. */
export interface VpcEndpoint extends EndpointFields {
  readonly EndpointType?: string;
  /** `Endpoint` or `EndpointService`. */
  readonly Payer?: string;
  /** Whether endpoint and service belong to one account. */
  readonly ResourceOwner?: boolean;
  readonly RegionId?: string;
  readonly ResourceGroupId?: string;
  readonly ZonePrivateIpAddressCount?: number;
  /** A RAM policy as JSON text. */
  readonly PolicyDocument?: string;
}

/** One item of ListVpcEndpoints. */
export interface ListedVpcEndpoint extends VpcEndpoint {
  readonly Tags?: readonly Tag[];
}

/** One item of ListVpcEndpointZones. */
export interface VpcEndpointZone {
  readonly ZoneId: string;
  readonly VSwitchId?: string;
  readonly EniId?: string;
  readonly EniIp?: string;
  readonly ZoneDomain?: string;
  readonly ZoneStatus?: ZoneStatus;
  readonly RegionId?: string;
  readonly ZoneIpv6Address?: string;
}

/** When a run is done: the endpoint is Active, or it is Connected, with each of its zones. */
export type Goal = 'Active' | 'Connected';

/** What the connection of an Active endpoint means for a run that waits until it is Connected. */
export type ConnectionReading =
  | { readonly kind: 'connected' }
  /** What is still missing, for a person. */
  | { readonly kind: 'pending'; readonly missing: string }
  | { readonly kind: 'unknownStatus'; readonly status: string }
  | { readonly kind: 'rejected' };

/**
 * Read the connection of an endpoint that is Active.
 *
 * Before somebody accepts it, Disconnected is where a connection waits. After it was Connecting or Connected, Disconnected is
 * a rejection.
 *
 * @param wasConnecting - Whether it {@link isAccepted was accepted} in any look before.
 */
export function readConnection(
  { ConnectionStatus: status }: Pick<VpcEndpoint, 'ConnectionStatus'>,
  zones: readonly Pick<VpcEndpointZone, 'ZoneId' | 'ZoneStatus'>[],
  wasConnecting: boolean,
): ConnectionReading {
  switch (status) {
    case 'Connected': {
      const open = zones.filter(({ ZoneStatus }) => ZoneStatus !== 'Connected');
      if (open.length === 0) return { kind: 'connected' };
      const texts = open.map(({ ZoneId, ZoneStatus }) => `zone ${ZoneId} is ${ZoneStatus ?? '(none)'}`);
      return { kind: 'pending', missing: texts.join(', ') };
    }
    case 'Disconnected':
      return wasConnecting
        ? { kind: 'rejected' }
        : { kind: 'pending', missing: 'the owner of the service has to accept it' };
    case 'Pending':
    case 'Connecting':
    case 'Disconnecting':
    case 'Deleting':
      return { kind: 'pending', missing: `its connection is ${status}` };
    default:
      return { kind: 'unknownStatus', status: status ?? '(none)' };
  }
}

/** Whether a connection shows that somebody has accepted it. */
export function isAccepted({ ConnectionStatus }: Pick<VpcEndpoint, 'ConnectionStatus'>): boolean {
  return ConnectionStatus === 'Connecting' || ConnectionStatus === 'Connected';
}

/** What an observed endpoint means for a run that waits for it. */
export type EndpointReading =
  | { readonly kind: 'ready' }
  | { readonly kind: 'pending' }
  | { readonly kind: 'unknownStatus'; readonly status: string }
  | { readonly kind: 'financialLocked' }
  | { readonly kind: 'deleting' }
  | { readonly kind: 'connectionLost' };

/**
 * Read an observed endpoint against the goal `Active`.
 *
 * `FinancialLocked`, `Deleting` and a service that was deleted are dead ends, whatever else is said. A status that is
 * not documented is neither ready nor dead: the caller waits within its deadline and shows it.
 */
export function readEndpoint(
  endpoint: Pick<VpcEndpoint, 'EndpointStatus' | 'EndpointBusinessStatus' | 'ConnectionStatus'>,
): EndpointReading {
  if (endpoint.EndpointBusinessStatus === 'FinancialLocked') return { kind: 'financialLocked' };
  if (endpoint.ConnectionStatus === 'ServiceDeleted' && endpoint.EndpointStatus !== 'Deleting') {
    return { kind: 'connectionLost' };
  }
  switch (endpoint.EndpointStatus) {
    case 'Active':
      return { kind: 'ready' };
    case 'Creating':
    case 'Pending':
      return { kind: 'pending' };
    case 'Deleting':
      return { kind: 'deleting' };
    default:
      return { kind: 'unknownStatus', status: endpoint.EndpointStatus ?? '(none)' };
  }
}
