import {
  ActivityFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { clientToken } from '../model/client-token.js';
import { formatMs } from '../model/duration.js';
import type { EndpointFields } from '../model/endpoint.js';
import { backoffDelayMs } from '../model/poll-schedule.js';
import type { CreateInput, CreateOutcome, FindOutcome, ParkPolicy, Provision, Refusal } from '../activities/index.js';
import { creating, reading } from './activity-policies.js';
import { deadEnd, deadlineExceeded, differs, isDeadline, lastAttemptOf, refused, unexpected } from './failures.js';
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

/** One scan, over all its attempts. */
const SCAN_WITHIN_MS = 60_000;

/** Another change collides: it is over in seconds. */
const CONFLICT = { initialIntervalMs: 1_000, backoffCoefficient: 2, maximumIntervalMs: 10_000 };

/** A code that nobody knows is given a chance to pass. */
const UNLISTED: ParkPolicy = {
  initialIntervalMs: 5_000,
  backoffCoefficient: 2,
  maximumIntervalMs: 30_000,
  timeoutMs: 120_000,
};

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
  const parkedSince = new Map<string, number>();
  let leftMs = provision.timeouts.acceptedMs;
  let absence: CreateInput['absence'] = 'unchecked';
  run.epoch = 1;

  for (;;) {
    const token = clientToken(base, run.epoch);
    const startedAt = Date.now();
    const outcome = await create(run, provision, token, absence, leftMs);
    leftMs -= Date.now() - startedAt;
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
        run.mayHaveCreated = false;
        const closedAt = outcome.earlier.lastClosedAt;
        const found = await scanPatiently(run, provision, closedAt === undefined ? Date.now() : Date.parse(closedAt));
        if (found.kind !== 'absent') return acceptFound(run, found, token);
        absence = 'lookedUp';
        break;
      }
      case 'refused': {
        run.refusedBy(outcome.refusal);
        run.mayHaveCreated = outcome.afterUnknownOutcome;
        const delayMs = parkDelayMs(outcome.refusal, provision, parkedSince, leftMs, run);
        if (delayMs === undefined) throw refused(run, outcome.refusal, outcome.afterUnknownOutcome);
        await park(run, outcome.refusal, delayMs);
        if (outcome.refusal.class === 'conflict') leftMs -= delayMs;
        absence = 'refused';
        if (outcome.afterUnknownOutcome && provision.owner !== undefined) {
          // A lost copy of an older epoch may still turn up: only patient absence lets the next epoch create.
          const found = await scanPatiently(run, provision, Date.now() - delayMs);
          if (found.kind !== 'absent') return acceptFound(run, found, token);
          absence = 'lookedUp';
        }
        run.epoch += 1;
        break;
      }
    }
  }
}

/**
 * Scan until an endpoint of this workflow id is found, or its absence is beyond doubt.
 *
 * @param lastSendMs - When the last create call of the id may have been sent, by the engine's clock.
 */
export async function scanPatiently(run: RunState, provision: Provision, lastSendMs: number): Promise<FindOutcome> {
  const quietMs = Math.min(QUIET_MS, Math.max(0, lastSendMs + QUIET_MS - Date.now()));
  const pauses = [quietMs, SCAN_SPACING_MS];
  for (const [index, pauseMs] of pauses.entries()) {
    run.enter('creating', 'certainty that no earlier attempt left an endpoint behind', { nextLookMs: pauseMs });
    if (pauseMs > 0) await sleep(pauseMs, { summary: 'before the next look for an endpoint of this workflow id' });
    const found = await scan(provision, `find.${run.epoch}.${index + 1}`);
    if (found.kind !== 'absent') return found;
  }
  return { kind: 'absent' };
}

/** One complete scan by our tags. */
export function scan(provision: Provision, activityId: string): Promise<FindOutcome> {
  const summary = 'look for an endpoint with the tags of this workflow id';
  return reading(provision, { activityId, summary, withinMs: SCAN_WITHIN_MS }).findEndpoint({ provision });
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

/** How long to wait before the next epoch; `undefined` when the refusal ends the run. */
function parkDelayMs(
  refusal: Refusal,
  provision: Provision,
  parkedSince: Map<string, number>,
  leftMs: number,
  run: RunState,
): number | undefined {
  if (refusal.class === 'conflict') {
    // Over in seconds, and so part of the time that acceptance may take.
    const delayMs = backoffDelayMs(CONFLICT, run.parkedTimes + 1, Math.random());
    if (delayMs >= leftMs) return undefined;
    run.parkedTimes += 1;
    return delayMs;
  }
  const policy = parkPolicy(refusal, provision);
  if (policy === null) return undefined;
  const since = parkedSince.get(refusal.class) ?? Date.now();
  parkedSince.set(refusal.class, since);
  const remainingMs = since + Math.min(policy.timeoutMs, refusal.parkAtMostMs ?? Infinity) - Date.now();
  if (remainingMs <= 0) return undefined;
  run.parkedTimes += 1;
  return Math.min(backoffDelayMs(policy, run.parkedTimes, Math.random()), remainingMs);
}

function parkPolicy(refusal: Refusal, provision: Provision): ParkPolicy | null {
  switch (refusal.class) {
    case 'quota':
      return provision.park.quota;
    case 'status':
      return provision.park.status;
    case 'unlisted':
      return UNLISTED;
    default:
      return null;
  }
}

async function park(run: RunState, refusal: Refusal, delayMs: number): Promise<void> {
  const reason = `${refusal.code} to pass`;
  run.enter('parked', `${reason}: ${refusal.advice}`, { nextLookMs: delayMs });
  await sleep(delayMs, { summary: `parked ${formatMs(delayMs)} for ${reason}` });
}
