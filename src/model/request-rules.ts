import type { Tag } from './endpoint.js';
import { OWNER_TAG, tagValueProblem, WORKFLOW_TAG } from './owner-tags.js';
import { MAX_TAGS, type CreateVpcEndpointRequest, type RequestedZone } from './request.js';

/** One thing that is wrong with an input: where, and what to do about it. Never holds the offending value. */
export interface Problem {
  /** Such as `request.Zone[0].ip`; empty for the input as a whole. */
  readonly path: string;
  readonly message: string;
}

/** Keys of our own tags: they say whose an endpoint is, so no caller sets them. */
const OWN_TAG_KEYS: readonly unknown[] = [OWNER_TAG, WORKFLOW_TAG];

/**
 * Rules of CreateVpcEndpoint that span several fields.
 *
 * Tolerates fields of a wrong type, which are reported elsewhere, so that all problems can be listed at once.
 *
 * @param withOwnerTags - Whether our two tags come on top of the caller's.
 */
export function requestProblems(
  request: Partial<Record<keyof CreateVpcEndpointRequest, unknown>>,
  withOwnerTags: boolean,
): Problem[] {
  const problems: Problem[] = [];
  const add = (path: string, message: string) => problems.push({ path: `request.${path}`, message });

  if (request.ServiceId === undefined && request.ServiceName === undefined) {
    add('ServiceId', 'give ServiceId, ServiceName, or both: they name the endpoint service');
  }

  const type = request.EndpointType ?? 'Interface';
  const groups = request.SecurityGroupId;
  const hasGroups = listOf(groups).length > 0;
  if (type === 'Interface' && !hasGroups && (groups === undefined || Array.isArray(groups))) {
    add('SecurityGroupId', 'an endpoint of type Interface needs at least one security group');
  }
  if (type === 'GatewayLoadBalancer' && hasGroups) {
    add('SecurityGroupId', 'an endpoint of type GatewayLoadBalancer takes no security groups: leave it out');
  }
  for (const index of repeated(listOf(groups))) {
    add(`SecurityGroupId[${index}]`, 'names a security group a second time');
  }

  const zones = objectsOf<RequestedZone>(request.Zone);
  for (const index of repeated(zones.map((zone) => zone.ZoneId))) {
    add(`Zone[${index}].ZoneId`, 'names a zone a second time: an endpoint has one network interface in each zone');
  }
  zones.forEach((zone, index) => {
    if (zone.Ipv6Address !== undefined && request.AddressIpVersion !== 'DualStack') {
      add(`Zone[${index}].Ipv6Address`, 'needs AddressIpVersion "DualStack"');
    }
  });

  const tags = objectsOf<Tag>(request.Tag);
  for (const index of repeated(tags.map((tag) => tag.Key))) {
    add(`Tag[${index}].Key`, 'names a tag key a second time');
  }
  tags.forEach((tag, index) => {
    if (OWN_TAG_KEYS.includes(tag.Key)) add(`Tag[${index}].Key`, 'is a tag that the worker sets: leave it out');
  });
  const free = MAX_TAGS - (withOwnerTags ? OWN_TAG_KEYS.length : 0);
  if (tags.length > free && tags.length <= MAX_TAGS) {
    add('Tag', `has ${tags.length} tags; ${free} are left beside the two of ours (or set ownerTags to false)`);
  }

  if (typeof request.PolicyDocument === 'string' && !isJsonObject(request.PolicyDocument)) {
    add('PolicyDocument', 'is not the JSON text of a RAM policy');
  }
  return problems;
}

/** The items of a list, whatever they are; nothing for what is no list. */
function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The items of a list of objects; an item that is no object counts as one without fields. */
function objectsOf<Item extends object>(value: unknown): readonly Partial<Item>[] {
  return listOf(value).map((item) => (typeof item === 'object' && item !== null ? item : {}));
}

/** Indexes of the items that stand earlier in the list already. */
function repeated(items: readonly unknown[]): number[] {
  const seen = new Set<unknown>();
  return items.flatMap((item, index) => {
    if (item === undefined || !seen.has(item)) {
      seen.add(item);
      return [];
    }
    return [index];
  });
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** All problems as one text for a person, a line each. */
export function problemsText(problems: readonly Problem[]): string {
  const list = problems.map(({ path, message }) => `\n- ${path === '' ? 'input' : path}: ${message}`).join('');
  return `The input has ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}:${list}`;
}

/** What keeps a workflow id from being the value of our tag. */
export function workflowIdProblems(workflowId: string): Problem[] {
  const problem = tagValueProblem(workflowId);
  if (problem === undefined) return [];
  return [{ path: '(workflow id)', message: `${problem}: the id becomes the value of a tag` }];
}
