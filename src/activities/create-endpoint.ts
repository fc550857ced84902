import { activityInfo, ApplicationFailure, CancelledFailure, Context, log } from '@temporalio/activity';
import { readLookUp, type Difference, type LookUpReading } from '../model/adoption.js';
import { catalogueEntry } from '../model/error-catalogue.js';
import type { EndpointFields, ListedVpcEndpoint } from '../model/endpoint.js';
import type { ErrorClass } from '../model/error-class.js';
import { ownerTags } from '../model/owner-tags.js';
import type { AttemptRecord } from '../contract/result.js';
import { PrivateLinkError, type PrivateLinkApi } from '../privatelink/port.js';
import { ActivityMemory } from './attempt-memory.js';
import { repeatLater } from './call-failure.js';
import type { ActivityDependencies, EarlierRuns } from './dependencies.js';
import { findEarlierRuns } from './earlier-runs.js';
import type { Provision } from './parse-input.js';
import { createParameters } from './wire-parameters.js';

/** A definite answer: the service certainly did nothing. */
export interface Refusal {
  readonly class: ErrorClass;
  readonly code: string;
  readonly message: string;
  readonly requestId?: string;
  readonly advice: string;
  /** Longest time that waiting for this code makes sense. */
  readonly parkAtMostMs?: number;
}

export interface CreateInput {
  readonly provision: Pick<Provision, 'account' | 'request' | 'extraParameters' | 'owner' | 'dryRun'>;
  /** Absent in a dry run. */
  readonly clientToken?: string;
  readonly epoch: number;
  /**
   * What is known of an endpoint of ours before the first attempt: `unchecked`, it is looked up; `lookedUp`, patient scans
   * found none; `refused`, the epoch before ended with a definite refusal.
   */
  readonly absence: 'unchecked' | 'lookedUp' | 'refused';
}

export type CreateOutcome = { readonly attempts: readonly AttemptRecord[] } & (
  | { readonly kind: 'created'; readonly endpoint: EndpointFields; readonly requestId: string }
  | { readonly kind: 'adopted'; readonly endpoint: ListedVpcEndpoint }
  | { readonly kind: 'differs'; readonly endpointId: string; readonly differences: readonly Difference[] }
  | { readonly kind: 'deleting'; readonly endpointId: string }
  | {
      readonly kind: 'absenceInDoubt';
      readonly earlier: EarlierRuns;
      /** Whether an attempt of this activity, too, ended without our knowing its outcome. */
      readonly afterUnknownOutcome?: boolean;
    }
  | {
      readonly kind: 'refused';
      readonly refusal: Refusal;
      /** Whether something may exist all the same: an earlier attempt of this epoch, or an earlier run, left it open. */
      readonly afterUnknownOutcome: boolean;
    }
  | { readonly kind: 'dryRunPassed'; readonly requestId?: string }
);

/** Page size of look-ups: the most that ListVpcEndpoints gives. */
const LIST_PAGE = 1_000;

/**
 * Make one endpoint, or find the one that this workflow id made before.
 *
 * Looks up by our tags before a first create and before each attempt whose predecessor may have been executed; only
 * absence creates. Every attempt sends the same client token. A definite refusal is returned, because the workflow
 * decides what follows; whatever may have happened, or was rejected before execution, is thrown and repeated.
 */
export function createCreateEndpoint(deps: ActivityDependencies) {
  const random = deps.random ?? Math.random;
  return async function createEndpoint(input: CreateInput): Promise<CreateOutcome> {
    const { account, request, owner, dryRun } = input.provision;
    const api = deps.privateLink(account, request.RegionId);
    const memory = new ActivityMemory();
    const attempts = () => memory.current.log;

    return memory.whileBeating(async () => {
      const inDoubt = !dryRun && memory.current.mayHaveExecuted;
      const unchecked = input.absence === 'unchecked' && !memory.current.absenceChecked;
      if (owner !== undefined && !dryRun && (inDoubt || unchecked)) {
        const found = await lookUp(api, request, owner, memory).catch(async (error: unknown) => {
          // Keys and regions that are wrong for the look-up are wrong for the create call. What may have been sent is
          // looked for until the deadline: keys get repaired.
          if (inDoubt || !endsCreate(error)) throw lookUpAgain(error, memory, random);
          memory.record(error.answer.action, error.code, error.requestId);
          const earlier = await earlierRuns();
          const left = earlier.inDoubt || earlier.endedWell === true;
          return { kind: 'refused', refusal: refusalOf(error), afterUnknownOutcome: left } as const;
        });
        if (found.kind === 'refused') return { ...found, attempts: attempts() };
        const outcome = adoption(found, inDoubt);
        if (outcome !== undefined) return { ...outcome, attempts: attempts() };
        if (unchecked) {
          const earlier = await earlierRuns();
          if (earlier.inDoubt) {
            return { kind: 'absenceInDoubt', earlier, afterUnknownOutcome: inDoubt, attempts: attempts() };
          }
          memory.set({ absenceChecked: true });
        }
      }

      stopIfGivenUp(memory);
      memory.set({ mayHaveExecuted: true });
      try {
        const endpoint = await api.createVpcEndpoint(createParameters(input.provision, input.clientToken));
        memory.record('CreateVpcEndpoint', 'Accepted', endpoint.RequestId);
        return { kind: 'created', endpoint, requestId: endpoint.RequestId, attempts: attempts() };
      } catch (error) {
        if (!(error instanceof PrivateLinkError)) throw error;
        memory.record('CreateVpcEndpoint', error.code, error.requestId);
        switch (error.class) {
          case 'dryRunPassed': {
            // An answer to a question that was not asked.
            if (!dryRun) break;
            const id = error.requestId === undefined ? {} : { requestId: error.requestId };
            return { kind: 'dryRunPassed', ...id, attempts: attempts() };
          }
          case 'unknown':
          case 'inFlight':
            throw repeatLater(error, memory, random);
          case 'throttled':
            if (memory.isFirstWarning('throttled')) {
              log.warn('Throttled; the call is repeated until the deadline', { code: error.code });
            }
            memory.set({ mayHaveExecuted: inDoubt });
            throw repeatLater(error, memory, random);
          case 'exists':
          case 'tokenReuse': {
            memory.set({ mayHaveExecuted: inDoubt });
            if (owner !== undefined) {
              const found = await orRepeat(memory, random, () => lookUp(api, request, owner, memory));
              const outcome = adoption(found, true);
              if (outcome !== undefined) return { ...outcome, attempts: attempts() };
            }
            break;
          }
          default:
            break;
        }
        return { kind: 'refused', refusal: refusalOf(error), afterUnknownOutcome: inDoubt, attempts: attempts() };
      }
    });

    async function earlierRuns(): Promise<EarlierRuns> {
      const execution = activityInfo().workflowExecution;
      if (execution === undefined) return { inDoubt: true };
      try {
        return await (deps.findEarlierRuns ?? findEarlierRuns)(execution.workflowId, execution.runId);
      } catch (error) {
        // The server did not tell. Nothing was sent, and the next attempt asks again.
        memory.handOver();
        throw error;
      }
    }
  };
}

export interface FindInput {
  readonly provision: Pick<Provision, 'account' | 'request' | 'owner'>;
}

/** What one complete scan by our tags found. */
export type FindOutcome =
  { readonly kind: 'absent' } | Extract<CreateOutcome, { readonly kind: 'adopted' | 'differs' | 'deleting' }>;

/** Scan all pages for the endpoint of this workflow id. Absence is a value. */
export function createFindEndpoint(deps: ActivityDependencies) {
  const random = deps.random ?? Math.random;
  return async function findEndpoint({ provision }: FindInput): Promise<FindOutcome> {
    const { account, request, owner } = provision;
    if (owner === undefined) throw new TypeError('findEndpoint needs owner tags');
    const api = deps.privateLink(account, request.RegionId);
    const memory = new ActivityMemory();
    return memory.whileBeating(async () => {
      const reading = await orRepeat(memory, random, () => lookUp(api, request, owner, memory));
      const outcome = adoption(reading, true);
      return outcome === undefined ? { kind: 'absent' } : { ...outcome, attempts: memory.current.log };
    });
  };
}

/** One complete scan: all pages, filtered by our tags on the server and checked here. */
async function lookUp(
  api: PrivateLinkApi,
  request: Provision['request'],
  owner: NonNullable<Provision['owner']>,
  memory: ActivityMemory,
): Promise<LookUpReading> {
  const listed: ListedVpcEndpoint[] = [];
  const query = { RegionId: request.RegionId, Tag: ownerTags(owner), MaxResults: LIST_PAGE };
  const seen = new Set<string>();
  let next: string | undefined;
  do {
    const page = await api.listVpcEndpoints(next === undefined ? query : { ...query, NextToken: next });
    listed.push(...page.Endpoints);
    next = page.NextToken;
    memory.record('ListVpcEndpoints', `${page.Endpoints.length} found`, page.RequestId);
    if (next !== undefined && seen.has(next)) {
      const message = 'ListVpcEndpoints gives the same NextToken again: the scan is not complete';
      throw new PrivateLinkError({ action: 'ListVpcEndpoints', code: 'MalformedResponse', message });
    }
    if (next !== undefined) seen.add(next);
  } while (next !== undefined && next !== '');
  const reading = readLookUp(request, owner, listed);
  if (reading.kind === 'fits' && reading.others.length > 0) {
    log.warn('More than one endpoint carries the tags of this workflow; the oldest is taken', {
      endpointId: reading.endpoint.EndpointId,
      others: reading.others,
    });
  }
  return reading;
}

/** What a look-up settles; `undefined` where it leaves the way open to create. */
function adoption(reading: LookUpReading, mayBeThisRun: boolean) {
  switch (reading.kind) {
    case 'absent':
      return undefined;
    case 'fits':
      return { kind: 'adopted', endpoint: reading.endpoint } as const;
    case 'differs':
      return {
        kind: 'differs',
        endpointId: reading.endpoint.EndpointId,
        differences: reading.differences,
      } as const;
    case 'deleting':
      // What an earlier run made may go away; what this run may have made and somebody deletes is never made again.
      return mayBeThisRun ? ({ kind: 'deleting', endpointId: reading.endpoint.EndpointId } as const) : undefined;
  }
}

/** Run a look-up; when it fails, have the whole attempt repeated. */
async function orRepeat<Result>(memory: ActivityMemory, random: () => number, read: () => Promise<Result>) {
  try {
    return await read();
  } catch (error) {
    throw lookUpAgain(error, memory, random);
  }
}

/** What to throw for a look-up that failed, to have the whole attempt repeated. */
function lookUpAgain(error: unknown, memory: ActivityMemory, random: () => number): unknown {
  if (!(error instanceof PrivateLinkError)) return error;
  memory.record(error.answer.action, error.code, error.requestId);
  return repeatLater(error, memory, random);
}

/** Whether a refusal ends a create at once, whichever of its calls it answers. */
function endsCreate(error: unknown): error is PrivateLinkError {
  return error instanceof PrivateLinkError && (error.class === 'invalid' || error.class === 'denied');
}

/**
 * Nothing is sent any more once the run or the worker gives up, or the engine gave up on this attempt: whoever waits for
 * a late effect counts on a frozen process not to send its call when it wakes up.
 */
function stopIfGivenUp(memory: ActivityMemory): void {
  if (Context.current().cancellationSignal.aborted) throw new CancelledFailure('Cancelled before the call was sent');
  if (memory.isOverdue) {
    throw ApplicationFailure.retryable('This attempt is older than it may be: nothing was sent', 'Overdue');
  }
}

function refusalOf(error: PrivateLinkError): Refusal {
  const { parkAtMostMs } = catalogueEntry(error.code) ?? {};
  return {
    class: error.class,
    code: error.code,
    message: error.message,
    ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
    advice: error.advice,
    ...(parkAtMostMs === undefined ? {} : { parkAtMostMs }),
  };
}
