import {
  ActivityFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { clientToken } from '../model/client-token.js';
import type { EndpointFields } from '../model/endpoint.js';
import type { CreateInput, CreateOutcome, FindOutcome, Provision } from '../activities/index.js';
import { creating, reading } from './activity-policies.js';
import {
  deadEnd,
  deadlineExceeded,
  differs,
  isDeadline,
  lastAttemptOf,
  lastWordOf,
  refused,
  unexpected,
} from './failures.js';
import { park, Parking } from './parking.js';
import { now, type RunState } from './run-state.js';

/** How the service came to hold the endpoint of this run. */
export type Accepted =
  | { readonly kind: 'dryRunPassed' }
  | {
      readonly kind: 'created' | 'adopted';
      readonly endpoint: EndpointFields;
      readonly requestId?: string;
      readonly clientToken: string;
      readonly epoch: number;
    };

/** After the last send, absence counts only from this time on (inferred: a late create or a stale List). */
const QUIET_MS = 60_000;

/** Two complete scans at least this far apart prove absence. */
const SCAN_SPACING_MS = 30_000;

/** One scan that nothing waits for but the end of a run, over all its attempts. */
const SCAN_WITHIN_MS = 60_000;

/** One complete scan by our tags, under a readable activity id. */
type Look = (activityId: string) => Promise<FindOutcome>;

/**
 * Have the service accept the request, once.
 *
 * Each definite refusal that passes by itself parks the run on a durable timer and is tried again with the token of the
 * next epoch. The deadline `accepted` stands still while the run is parked.
 *
 * @throws ApplicationFailure of the types of `FAILURE_TYPES`, and the engine's cancellation.
 */
export async function acceptEndpoint(run: RunState, provision: Provision): Promise<Accepted> {
  const base = provision.tokenBase ?? workflowInfo().firstExecutionRunId;
  const parking = new Parking(provision);
  const clock = new AcceptanceClock(provision.timeouts.acceptedMs);
  const look: Look = (activityId) => lookInTime(run, provision, clock, activityId);
  let absence: CreateInput['absence'] = 'unchecked';
  // Whether a call of an epoch before this one may have been executed, and no look-up has settled it.
  let unsettled = false;
  run.epoch = 1;

  for (;;) {
    const token = clientToken(base, run.epoch);
    const outcome = await clock.running(() => create(run, provision, token, absence, clock.leftMs));
    run.addAttempts(outcome.attempts);

    switch (outcome.kind) {
      case 'created':
      case 'adopted':
        return accept(run, outcome, token);
      case 'dryRunPassed':
        run.mayHaveCreated = false;
        return { kind: 'dryRunPassed' };
      case 'differs':
      case 'deleting':
        throw settledElsewhere(run, outcome);
      case 'absenceInDoubt': {
        const { earlier, afterUnknownOutcome = false } = outcome;
        const ownCall = afterUnknownOutcome || earlier.lastClosedAt === undefined;
        const lastSendMs = ownCall ? Date.now() : Date.parse(earlier.lastClosedAt);
        const found = await scanPatiently(run, afterUnknownOutcome ? look : passingOver(look), lastSendMs);
        if (found.kind !== 'absent') return acceptFound(run, found, token);
        absence = 'lookedUp';
        break;
      }
      case 'refused': {
        run.refusedBy(outcome.refusal);
        unsettled ||= outcome.afterUnknownOutcome;
        run.mayHaveCreated = unsettled;
        const delayMs = parking.delayMs(outcome.refusal, clock.leftMs);
        if (delayMs === undefined) throw refused(run, outcome.refusal, unsettled);
        await park(run, outcome.refusal, delayMs);
        // Over in seconds, and so part of the time that acceptance may take.
        if (outcome.refusal.class === 'conflict') clock.take(delayMs);
        absence = 'refused';
        if (unsettled && provision.owner !== undefined) {
          // A lost copy of an older epoch may still turn up: only patient absence lets the next epoch create.
          const found = await scanPatiently(run, look, Date.now() - delayMs);
          if (found.kind !== 'absent') return acceptFound(run, found, token);
          absence = 'lookedUp';
          unsettled = false;
        }
        run.epoch += 1;
        break;
      }
    }
  }
}

/** What is left of the deadline `accepted`: it stands still while the run is parked or waits on purpose. */
class AcceptanceClock {
  #leftMs: number;

  constructor(acceptedMs: number) {
    this.#leftMs = acceptedMs;
  }

  get leftMs(): number {
    return this.#leftMs;
  }

  /** Let it run during a piece of work. */
  async running<Result>(work: () => Promise<Result>): Promise<Result> {
    const startedAt = Date.now();
    try {
      return await work();
    } finally {
      this.take(Date.now() - startedAt);
    }
  }

  take(ms: number): void {
    this.#leftMs -= ms;
  }
}

/**
 * Scan until an endpoint of this workflow id is found, or its absence is beyond doubt.
 *
 * @param lastSendMs - When the last create call of the id may have been sent, by the engine's clock.
 */
export async function scanPatiently(run: RunState, look: Look, lastSendMs: number): Promise<FindOutcome> {
  const quietMs = Math.min(QUIET_MS, Math.max(0, lastSendMs + QUIET_MS - Date.now()));
  const pauses = [quietMs, SCAN_SPACING_MS];
  for (const [index, pauseMs] of pauses.entries()) {
    run.enter('creating', 'certainty that no earlier attempt left an endpoint behind', { nextLookMs: pauseMs });
    if (pauseMs > 0) await sleep(pauseMs, { summary: 'before the next look for an endpoint of this workflow id' });
    const found = await look(`find.${run.epoch}.${index + 1}`);
    if (found.kind !== 'absent') return found;
  }
  return { kind: 'absent' };
}

/** What an earlier run made may go away: it is as good as gone. */
function passingOver(look: Look): Look {
  return async (activityId) => {
    const found = await look(activityId);
    return found.kind === 'deleting' ? { kind: 'absent' } : found;
  };
}

/** One scan on the way to acceptance: repeated until the time for that is over, like the create call itself. */
async function lookInTime(
  run: RunState,
  provision: Provision,
  clock: AcceptanceClock,
  activityId: string,
): Promise<FindOutcome> {
  const { account, timeouts } = provision;
  const late = (lastAttempt?: string) => deadlineExceeded(run, 'accepted', timeouts.acceptedMs, account, lastAttempt);
  if (clock.leftMs <= 0) throw late();
  try {
    return await clock.running(() => scan(provision, activityId, clock.leftMs));
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    run.learnFrom(lastWordOf(error));
    throw isDeadline(error) ? late(lastAttemptOf(error)) : unexpected(run, error);
  }
}

/** One complete scan by our tags. */
export function scan(provision: Provision, activityId: string, withinMs = SCAN_WITHIN_MS): Promise<FindOutcome> {
  const summary = 'look for an endpoint with the tags of this workflow id';
  return reading(provision, { activityId, summary, withinMs }).findEndpoint({ provision });
}

async function create(
  run: RunState,
  provision: Provision,
  token: string,
  absence: CreateInput['absence'],
  leftMs: number,
): Promise<CreateOutcome> {
  const { request, dryRun, timeouts, account } = provision;
  if (leftMs <= 0) throw deadlineExceeded(run, 'accepted', timeouts.acceptedMs, account, undefined);
  const service = request.ServiceId ?? request.ServiceName ?? '';
  const summary = `${dryRun ? 'dry run of an endpoint' : 'create endpoint'} in ${request.VpcId} for ${service} (epoch ${run.epoch})`;
  run.enter('creating', 'the answer to CreateVpcEndpoint', { withinMs: leftMs });
  run.mayHaveCreated = !dryRun;
  const call = { activityId: `create.${run.epoch}`, summary, withinMs: leftMs };
  try {
    return await creating(provision, call).createEndpoint({
      provision,
      epoch: run.epoch,
      absence,
      ...(dryRun ? {} : { clientToken: token }),
    });
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    if (CancellationScope.current().consideredCancelled) {
      // The attempt in flight ended without an answer, and a cancelled activity is not repeated.
      throw new CancelledFailure('Cancelled while the create call was under way', [], error);
    }
    run.learnFrom(lastWordOf(error));
    if (!isDeadline(error)) throw unexpected(run, error);
    const found = provision.owner === undefined || dryRun ? undefined : await lastScan(run, provision);
    if (found !== undefined && found.kind !== 'absent') return found;
    throw deadlineExceeded(run, 'accepted', timeouts.acceptedMs, account, lastAttemptOf(error));
  }
}

/** What exists after a deadline is better than a failure; a scan that fails too changes nothing. */
async function lastScan(run: RunState, provision: Provision): Promise<FindOutcome | undefined> {
  try {
    return await scan(provision, `find.${run.epoch}.last`);
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    return undefined;
  }
}

function accept(
  run: RunState,
  outcome: Extract<CreateOutcome, { kind: 'created' | 'adopted' }>,
  token: string,
): Accepted {
  run.sawEndpoint(outcome.endpoint);
  run.mayHaveCreated = false;
  run.acceptedAt = now();
  return {
    kind: outcome.kind,
    endpoint: outcome.endpoint,
    clientToken: token,
    epoch: run.epoch,
    ...(outcome.kind === 'created' ? { requestId: outcome.requestId } : {}),
  };
}

function acceptFound(run: RunState, found: Exclude<FindOutcome, { kind: 'absent' }>, token: string): Accepted {
  run.addAttempts(found.attempts);
  if (found.kind !== 'adopted') throw settledElsewhere(run, found);
  return accept(run, found, token);
}

function settledElsewhere(run: RunState, outcome: Extract<CreateOutcome, { kind: 'differs' | 'deleting' }>) {
  return outcome.kind === 'differs'
    ? differs(run, outcome.endpointId, outcome.differences)
    : deadEnd(run, 'EndpointDisappeared', outcome.endpointId, 'is Deleting');
}
