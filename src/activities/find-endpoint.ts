import { Context, log } from '@temporalio/activity';
import { readLookUp, type LookUpReading } from '../model/adoption.js';
import type { ListedVpcEndpoint } from '../model/endpoint.js';
import { isOwnedBy, ownerTags } from '../model/owner-tags.js';
import type { AttemptRecord } from '../contract/result.js';
import {
  PrivateLinkError,
  type ListVpcEndpointsPage,
  type ListVpcEndpointsQuery,
  type PrivateLinkApi,
} from '../privatelink/port.js';
import { ActivityMemory } from './attempt-memory.js';
import { orRepeat } from './call-failure.js';
import type { CreateOutcome } from './create-endpoint.js';
import type { ActivityDependencies } from './dependencies.js';
import type { Provision } from './parse-input.js';
import type { SharedLookUps } from './shared-look-ups.js';

/** Page size of look-ups: the most that a list gives. */
export const LIST_PAGE = 1_000;

export interface FindInput {
  readonly provision: Pick<Provision, 'account' | 'request' | 'owner'>;
}

/** What one complete scan by our tags found. */
export type FindOutcome =
  /** Older versions told no attempts. */
  | { readonly kind: 'absent'; readonly attempts?: readonly AttemptRecord[] }
  | Extract<CreateOutcome, { readonly kind: 'adopted' | 'differs' | 'deleting' }>;

/** Scan all pages for the endpoint of this workflow id. Absence is a value. */
export function createFindEndpoint(deps: ActivityDependencies) {
  const random = deps.random ?? Math.random;
  return async function findEndpoint({ provision }: FindInput): Promise<FindOutcome> {
    const { account, request, owner } = provision;
    if (owner === undefined) throw new TypeError('findEndpoint needs owner tags');
    const api = deps.privateLink(account, request.RegionId);
    const memory = new ActivityMemory();
    return memory.whileBeating(async () => {
      const reading = await orRepeat(memory, random, () => lookUp(api, request, owner, memory, deps.lookUps));
      const outcome = adoption(reading, true);
      return { ...(outcome ?? { kind: 'absent' }), attempts: memory.current.log };
    });
  };
}

/** One complete scan that begins after this call: all pages, filtered by our tags on the server and checked here. */
export async function lookUp(
  api: PrivateLinkApi,
  request: Provision['request'],
  owner: NonNullable<Provision['owner']>,
  memory: ActivityMemory,
  lookUps: SharedLookUps | undefined,
): Promise<LookUpReading> {
  const { RegionId } = request;
  const listed =
    (lookUps === undefined ? undefined : await listTogether(lookUps)) ??
    (await listAll(api, { RegionId, Tag: ownerTags(owner) }, memory));
  const reading = readLookUp(request, owner, listed);
  if (reading.kind === 'fits' && reading.others.length > 0) {
    log.warn('More than one endpoint carries the tags of this workflow; the oldest is taken', {
      endpointId: reading.endpoint.EndpointId,
      others: reading.others,
    });
  }
  return reading;

  /**
   * All endpoints of the installation, where a call was shared; `undefined` where this look-up has to go out by itself. What may
   * have been sent is looked for in the same way: the call began after this one, so after the last send.
   */
  async function listTogether(lookUps: SharedLookUps): Promise<readonly ListedVpcEndpoint[] | undefined> {
    const { installation } = owner;
    const scan = await lookUps.join(api, { RegionId, installation }, Context.current().cancellationSignal);
    if (scan.kind === 'failed') {
      if (!(scan.error instanceof PrivateLinkError)) throw scan.error;
      memory.record('ListVpcEndpoints', scan.error.code, scan.error.requestId);
    }
    if (scan.kind !== 'complete') return undefined;
    const { Endpoints, RequestId } = scan.page;
    const ours = Endpoints.filter(({ Tags }) => isOwnedBy(Tags, owner));
    memory.record('ListVpcEndpoints', `${ours.length} found`, RequestId);
    return Endpoints;
  }
}

/** All pages of a list. */
export async function listAll(
  api: PrivateLinkApi,
  filter: Omit<ListVpcEndpointsQuery, 'MaxResults' | 'NextToken'>,
  memory: ActivityMemory,
): Promise<readonly ListedVpcEndpoint[]> {
  const listed: ListedVpcEndpoint[] = [];
  for await (const { Endpoints, RequestId } of pagesOf(api, filter)) {
    listed.push(...Endpoints);
    memory.record('ListVpcEndpoints', `${Endpoints.length} found`, RequestId);
  }
  return listed;
}

/** The pages of a list, one call each, as they are asked for. */
export async function* pagesOf(
  api: PrivateLinkApi,
  filter: Omit<ListVpcEndpointsQuery, 'MaxResults' | 'NextToken'>,
): AsyncGenerator<ListVpcEndpointsPage> {
  const query = { ...filter, MaxResults: LIST_PAGE };
  const seen = new Set<string>();
  let next: string | undefined;
  do {
    const page = await api.listVpcEndpoints(next === undefined ? query : { ...query, NextToken: next });
    next = page.NextToken;
    yield page;
    if (next !== undefined && seen.has(next)) {
      const message = 'ListVpcEndpoints gives the same NextToken again: the scan is not complete';
      throw new PrivateLinkError({ action: 'ListVpcEndpoints', code: 'MalformedResponse', message });
    }
    if (next !== undefined) seen.add(next);
  } while (next !== undefined && next !== '');
}

/** What a look-up settles; `undefined` where it leaves the way open to create. */
export function adoption(reading: LookUpReading, mayBeThisRun: boolean) {
  switch (reading.kind) {
    case 'absent':
      return undefined;
    case 'fits':
      return { kind: 'adopted', endpoint: reading.endpoint } as const;
    case 'differs':
      return differing(reading);
    case 'deleting':
      // What an earlier run made may go away; what this run may have made and somebody deletes is never made again.
      return mayBeThisRun ? ({ kind: 'deleting', endpointId: reading.endpoint.EndpointId } as const) : undefined;
  }
}

/** What is told of an endpoint that is not what the request asks for. */
export function differing({ endpoint, differences }: Extract<LookUpReading, { kind: 'differs' }>) {
  return { kind: 'differs', endpointId: endpoint.EndpointId, differences } as const;
}
