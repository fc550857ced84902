import { isOwnedBy, WORKFLOW_TAG, type Owner } from './owner-tags.js';
import type { ListedVpcEndpoint } from './endpoint.js';
import type { CreateVpcEndpointRequest } from './request.js';

/** One field in which an endpoint is not what was asked for. */
export interface Difference {
  readonly field: string;
  readonly wanted: string;
  readonly found: string;
}

/** What a complete look-up by our tags means for a request. */
export type LookUpReading =
  | { readonly kind: 'absent' }
  | { readonly kind: 'fits'; readonly endpoint: ListedVpcEndpoint; readonly others: readonly string[] }
  | { readonly kind: 'differs'; readonly endpoint: ListedVpcEndpoint; readonly differences: readonly Difference[] }
  | { readonly kind: 'deleting'; readonly endpoint: ListedVpcEndpoint };

/** Fields that a request sets and a listed endpoint shows. Zones and security groups are not among them. */
const COMPARED_FIELDS = [
  'VpcId',
  'ServiceId',
  'ServiceName',
  'EndpointName',
  'EndpointDescription',
  'EndpointType',
  'ResourceGroupId',
  'AddressIpVersion',
  'ZoneAffinityEnabled',
  'ServiceRegionId',
  'CrossRegionBandwidth',
] as const satisfies readonly (keyof CreateVpcEndpointRequest & keyof ListedVpcEndpoint)[];

/**
 * Compare a request with an endpoint that exists, field by field.
 *
 * A field counts only where the request sets it and the service shows it.
 */
export function differences(request: CreateVpcEndpointRequest, endpoint: ListedVpcEndpoint): Difference[] {
  return COMPARED_FIELDS.flatMap((field) => {
    const wanted = request[field];
    const found = endpoint[field];
    if (wanted === undefined || found === undefined || found === '' || String(wanted) === String(found)) return [];
    return [{ field, wanted: String(wanted), found: String(found) }];
  });
}

/**
 * Read a complete scan for the endpoint of one owner.
 *
 * Endpoints that are being deleted are never adopted. Where several fit, the oldest is taken and the others are named.
 */
export function readLookUp(
  request: CreateVpcEndpointRequest,
  owner: Owner,
  listed: readonly ListedVpcEndpoint[],
): LookUpReading {
  const owned = listed
    .filter((endpoint) => isOwnedBy(endpoint.Tags, owner))
    .sort((a, b) => (a.CreateTime ?? '').localeCompare(b.CreateTime ?? '') || a.EndpointId.localeCompare(b.EndpointId));
  const living = owned.filter((endpoint) => endpoint.EndpointStatus !== 'Deleting');
  const fitting = living.filter((endpoint) => differences(request, endpoint).length === 0);
  const [first, ...others] = fitting;
  if (first !== undefined) return { kind: 'fits', endpoint: first, others: others.map((other) => other.EndpointId) };
  const [other] = living;
  if (other !== undefined) return { kind: 'differs', endpoint: other, differences: differences(request, other) };
  const [deleting] = owned;
  return deleting === undefined ? { kind: 'absent' } : { kind: 'deleting', endpoint: deleting };
}

/** What the endpoints of one name and VPC mean for a request that may adopt one that is not its own. */
export type NameReading =
  | { readonly kind: 'absent' }
  | { readonly kind: 'fits'; readonly endpoint: ListedVpcEndpoint }
  | { readonly kind: 'differs'; readonly endpoint: ListedVpcEndpoint; readonly differences: readonly Difference[] }
  | { readonly kind: 'anotherWorkflow' | 'ambiguous'; readonly endpointIds: readonly string[] };

/**
 * Read a complete list of the endpoints of one name.
 *
 * One is adopted only where it is the only one of the name in the VPC, fits, is not being deleted and carries no tag of
 * another workflow.
 *
 * @param owner - Of the run that asks; absent where it works without tags.
 */
export function readByName(
  request: CreateVpcEndpointRequest,
  name: string,
  owner: Owner | undefined,
  listed: readonly ListedVpcEndpoint[],
): NameReading {
  const named = listed.filter(
    (endpoint) =>
      endpoint.EndpointName === name &&
      (endpoint.VpcId === undefined || endpoint.VpcId === request.VpcId) &&
      endpoint.EndpointStatus !== 'Deleting',
  );
  const [endpoint, ...others] = named;
  if (endpoint === undefined) return { kind: 'absent' };
  if (others.length > 0) return { kind: 'ambiguous', endpointIds: named.map(({ EndpointId }) => EndpointId) };
  const tagged = endpoint.Tags?.some(({ Key }) => Key === WORKFLOW_TAG) ?? false;
  if (tagged && (owner === undefined || !isOwnedBy(endpoint.Tags, owner))) {
    return { kind: 'anotherWorkflow', endpointIds: [endpoint.EndpointId] };
  }
  const found = differences(request, endpoint);
  return found.length === 0 ? { kind: 'fits', endpoint } : { kind: 'differs', endpoint, differences: found };
}
