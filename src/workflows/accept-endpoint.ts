import {
  ActivityFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  patched,
  workflowInfo,
} from '@temporalio/workflow';
import { clientToken } from '../model/client-token.js';
import { formatMs } from '../model/duration.js';
import type { EndpointFields } from '../model/endpoint.js';
import type { CreateInput, CreateOutcome, FindOutcome, Provision } from '../activities/index.js';
import { AcceptanceClock, isUntaken } from './acceptance-clock.js';
import { creating } from './activity-policies.js';
import {
  deadEnd,
  deadlineExceeded,
  differs,
  inTheWay,
  isDeadline,
  lastAttemptOf,
  lastWordOf,
  neverTaken,
  refused,
  unexpected,
} from './failures.js';
import { lastScan, lookInTime, passingOver, scanPatiently } from './look-ups.js';
import { park, Parking, type ParkingMemory } from './parking.js';
import { countParked } from './run-metrics.js';
import { now, type RunState } from './run-state.js';
import { mayUndo } from './undo.js';

/** How the service came to hold the endpoint of this run. */
export type Accepted =
  | { readonly kind: 'dryRunPassed' }
  | {
      readonly kind: 'created' | 'adopted';
      readonly endpoint: EndpointFields;
      readonly requestId?: string;
      readonly clientToken: string;
      readonly epoch: number;
      /** Whether somebody watches it. */
      readonly watched: boolean;
    };

/** How far a run has come on its way to acceptance; goes from a run to its continuation. Plain JSON. */
export interface Progress {
  /** Base of the client tokens. */
  readonly tokenBase: string;
  /** What is left of the time for acceptance. */
  readonly acceptedLeftMs: number;
  /** Whether a call of an earlier epoch may have been executed, and no look-up has settled it. */
  readonly unsettled: boolean;
  /** What is known of an endpoint of ours before the next create call. */
  readonly absence: CreateInput['absence'];
  readonly parking: ParkingMemory;
}

/** From so many history events on a run goes on as a new one (the engine suggests it at 4,096, and ends it at 51,200). */
const CONTINUE_AFTER_EVENTS = 1_500;

/**
 * Have the service accept the request, once.
 *
 * Each definite refusal that passes by itself parks the run on a durable timer and is tried again with the token of the
 * next epoch. The deadline `accepted` stands still while the run is parked.
 *
 * @param progress - What an earlier run of the chain handed over.
 * @param continueAsNew - Ends this run and starts its continuation; called where nothing is in flight.
 * @throws ApplicationFailure of the types of `FAILURE_TYPES`, and the engine's cancellation.
 */
export async function acceptEndpoint(
  run: RunState,
  provision: Provision,
  progress: Progress | undefined,
  continueAsNew: (progress: Progress) => Promise<never>,
): Promise<Accepted> {
  const { firstExecutionRunId, originalExecutionRunId, runId } = workflowInfo();
  const tokenBase = progress?.tokenBase ?? provision.tokenBase ?? firstExecutionRunId;
  const parking = new Parking(provision, progress?.parking, (errorClass) => run.parkedExtraMs[errorClass] ?? 0);
  const clock = new AcceptanceClock(() => provision.timeouts, progress?.acceptedLeftMs);
  const look = lookInTime(run, provision, clock);
  // A run that was reset does not know what it did after the point to which it was reset.
  const afterRefusal = originalExecutionRunId === runId ? 'refused' : 'unchecked';
  let absence: CreateInput['absence'] = progress?.absence ?? 'unchecked';
  // Whether a call of an epoch before this one may have been executed, and no look-up has settled it.
  let unsettled = progress?.unsettled ?? false;
  // Whether an activity of this epoch before the next one may have sent its call.
  let inDoubt = false;
  if (progress === undefined) run.epoch = 1;

  for (;;) {
    if (!inDoubt && workflowInfo().historyLength >= CONTINUE_AFTER_EVENTS) {
      await continueAsNew({ tokenBase, acceptedLeftMs: clock.leftMs, unsettled, absence, parking: parking.memory });
    }
    const token = clientToken(tokenBase, run.epoch);
    const lookOnly: boolean =
      !inDoubt && absence === 'unchecked' && provision.owner !== undefined && mayUndo(provision);
    const outcome = await create(run, provision, token, { absence, lookOnly, inDoubt }, clock);
    if (outcome === 'moreTime') {
      // The next activity knows nothing of the attempts of this one: it is told to look before it sends the token again.
      inDoubt ||= !lookOnly && !provision.dryRun;
      continue;
    }
    inDoubt = false;
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
      case 'inTheWay':
        throw settledElsewhere(run, outcome);
      case 'absent':
        absence = 'lookedUp';
        break;
      case 'absenceInDoubt': {
        const { earlier, afterUnknownOutcome = false } = outcome;
        const ownCall = afterUnknownOutcome || earlier.lastClosedAt === undefined;
        const lastSendMs = ownCall ? Date.now() : Date.parse(earlier.lastClosedAt);
        const found = await scanPatiently(run, afterUnknownOutcome ? look : passingOver(look), lastSendMs);
        if (found.kind !== 'absent') return acceptFound(run, found, token, { madeHere: false });
        absence = 'lookedUp';
        break;
      }
      case 'refused': {
        const { refusal } = outcome;
        run.refusedBy(refusal);
        unsettled ||= outcome.afterUnknownOutcome;
        run.mayHaveCreated = unsettled;
        const pause = parking.pauseFor(refusal, clock.leftMs);
        if (pause === undefined) {
          const found = await stillOurs(run, provision, outcome, look);
          if (found !== undefined) return acceptFound(run, found, token, { madeHere: true });
          throw refused(run, refusal, unsettled);
        }
        const refusedAtMs = Date.now();
        countParked(provision, refusal.class);
        await park(run, refusal, pause);
        const parkedMs = Math.min(pause.delayMs, Date.now() - refusedAtMs);
        // Over in seconds, and so part of the time that acceptance may take.
        if (refusal.class === 'conflict') clock.take(parkedMs);
        absence = afterRefusal;
        if (unsettled && provision.owner !== undefined) {
          // A lost copy of an older epoch may still turn up: only patient absence lets the next epoch create.
          const found = await scanPatiently(run, look, Date.now() - parkedMs);
          if (found.kind !== 'absent') return acceptFound(run, found, token, { madeHere: true });
          absence = 'lookedUp';
          unsettled = false;
        }
        run.epoch += 1;
        break;
      }
    }
  }
}

/**
 * What the service says to exist may be what a lost call of ours made, and a List may show it late: looked for once more,
 * patiently, before the run ends for it.
 */
async function stillOurs(
  run: RunState,
  provision: Provision,
  { refusal, afterUnknownOutcome }: Extract<CreateOutcome, { kind: 'refused' }>,
  look: ReturnType<typeof lookInTime>,
): Promise<Exclude<FindOutcome, { kind: 'absent' }> | undefined> {
  const saysThatItExists = refusal.class === 'exists' || refusal.class === 'tokenReuse';
  if (!saysThatItExists || !afterUnknownOutcome || provision.owner === undefined || provision.dryRun) return undefined;
  if (!patched('look-patiently-after-exists')) return undefined;
  const found = await scanPatiently(run, look, Date.now());
  return found.kind === 'absent' ? undefined : found;
}

/** @returns `moreTime`: it was not answered in its time, and somebody gave the run more of it, or its turn did not come. */
async function create(
  run: RunState,
  provision: Provision,
  token: string,
  { absence, lookOnly, inDoubt }: Required<Pick<CreateInput, 'absence' | 'lookOnly' | 'inDoubt'>>,
  clock: AcceptanceClock,
): Promise<CreateOutcome | 'moreTime'> {
  const { request, dryRun, account } = provision;
  const { leftMs, limitMs } = clock;
  if (leftMs <= 0) {
    const found = inDoubt && provision.owner !== undefined ? await lastScan(run, provision) : undefined;
    if (found !== undefined && found.kind !== 'absent') return found;
    throw deadlineExceeded(run, 'accepted', limitMs, account, undefined);
  }
  const service = request.ServiceId ?? request.ServiceName ?? '';
  const act = dryRun
    ? 'dry run of an endpoint'
    : lookOnly
      ? 'look before the create of an endpoint'
      : 'create endpoint';
  const summary = `${act} in ${request.VpcId} for ${service} (epoch ${run.epoch})`;
  if (clock.queuedMs === 0) run.enter('creating', 'the answer to CreateVpcEndpoint', { withinMs: leftMs });
  else run.enter('creating', turnText(account, clock.queuedMs));
  run.mayHaveCreated = !dryRun;
  run.absenceProven ||= absence !== 'unchecked';
  const call = { activityId: `${lookOnly ? 'look' : 'create'}.${run.epoch}`, summary, withinMs: clock.createMs };
  // The queue of the creates is paced, and a look creates nothing.
  const queue = lookOnly ? { ...provision, createTaskQueue: provision.activityTaskQueue } : provision;
  try {
    return await clock.running(() =>
      creating(queue, call).createEndpoint({
        provision,
        epoch: run.epoch,
        absence,
        ...(lookOnly ? { lookOnly } : {}),
        ...(inDoubt ? { inDoubt } : {}),
        ...(dryRun ? {} : { clientToken: token }),
      }),
    );
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    if (CancellationScope.current().consideredCancelled) {
      // The attempt in flight ended without an answer, and a cancelled activity is not repeated.
      throw new CancelledFailure('Cancelled while the create call was under way', [], error);
    }
    run.learnFrom(lastWordOf(error));
    if (!isDeadline(error)) throw unexpected(run, error);
    const untaken = isUntaken(error, queue);
    if (untaken && clock.wasQueued()) return 'moreTime';
    if (clock.limitMs > limitMs) return 'moreTime';
    const found = provision.owner === undefined || dryRun ? undefined : await lastScan(run, provision);
    // It may have been extended in the last moment.
    if ((found === undefined || found.kind === 'absent') && clock.limitMs > limitMs) return 'moreTime';
    if (found?.kind === 'adopted') return { ...found, madeHere: absence !== 'unchecked' };
    if (found !== undefined && found.kind !== 'absent') return found;
    if (untaken) throw neverTaken(run, clock.queuedMs, account, queue.createTaskQueue);
    throw deadlineExceeded(run, 'accepted', limitMs, account, lastAttemptOf(error));
  }
}

/** The time that a run spends in the queue is not the service's: the time for acceptance stands still. */
function turnText(account: string, queuedMs: number): string {
  const since = `no worker has taken the create call for ${formatMs(queuedMs)}`;
  return `its turn among the paced creates of the account "${account}": ${since}; the time for acceptance stands still`;
}

function accept(
  run: RunState,
  outcome: Extract<CreateOutcome, { kind: 'created' | 'adopted' }>,
  token: string,
): Accepted {
  run.sawEndpoint(outcome.endpoint);
  run.mayHaveCreated = false;
  run.madeHere = outcome.kind === 'created' || outcome.madeHere === true;
  run.acceptedAt = now();
  run.acceptedAs = outcome.kind;
  return {
    kind: outcome.kind,
    endpoint: outcome.endpoint,
    clientToken: token,
    epoch: run.epoch,
    watched: outcome.kind === 'created' && outcome.watched === true,
    ...(outcome.kind === 'created' ? { requestId: outcome.requestId } : {}),
  };
}

/** @param certain - `madeHere`: a call of this run came between a proof of absence and what was found. */
function acceptFound(
  run: RunState,
  found: Exclude<FindOutcome, { kind: 'absent' }>,
  token: string,
  certain: { readonly madeHere: boolean },
): Accepted {
  run.addAttempts(found.attempts);
  if (found.kind !== 'adopted') throw settledElsewhere(run, found);
  return accept(run, { ...found, ...certain }, token);
}

function settledElsewhere(
  run: RunState,
  outcome: Extract<CreateOutcome, { kind: 'differs' | 'deleting' | 'inTheWay' }>,
) {
  switch (outcome.kind) {
    case 'differs':
      return differs(run, outcome);
    case 'inTheWay':
      return inTheWay(run, outcome);
    case 'deleting':
      return deadEnd(run, 'EndpointDisappeared', outcome.endpointId, 'is Deleting');
  }
}
