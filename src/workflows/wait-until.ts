import { ActivityFailure, CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import {
  isAccepted,
  readConnection,
  readEndpoint,
  type Goal,
  type VpcEndpoint,
  type VpcEndpointZone,
} from '../model/endpoint.js';
import { CONNECT_ACTIVITY_ID, WAIT_ACTIVITY_ID } from '../contract/messages.js';
import type { AwaitInput, AwaitOutcome, Provision } from '../activities/index.js';
import type { ChangedNotice } from '../contract/watch.js';
import type { Acceptance } from './acceptance.js';
import { reading, type CallOptions } from './activity-policies.js';
import {
  deadEnd,
  deadlineExceeded,
  isDeadline,
  lastAttemptOf,
  lastWordOf,
  notAccepted,
  unexpected,
} from './failures.js';
import type { NudgesOf } from './nudges.js';
import type { RunState } from './run-state.js';

/** A ready endpoint, as its last Get and its zones show it. */
export interface Ready {
  readonly endpoint: VpcEndpoint;
  readonly zones: readonly VpcEndpointZone[];
}

/** Where less is left of a wait that goes on, it is looked at once more all the same: the engine takes no time of zero. */
const SHORTEST_LOOK_MS = 1_000;

/** One last look after a deadline, over all its attempts. */
const LAST_LOOK_WITHIN_MS = 30_000;

/** Longest wait for a connection in the histories of older versions, which knew no such wait. */
export const DEFAULT_CONNECTED_MS = 86_400_000;

/** Who sees to it that the run learns of a change of its endpoint. */
interface Watching {
  /** The watcher was live when the endpoint was made: until it tells of a change the run looks rarely. */
  readonly watched: boolean;
  /** Whoever looks for himself hears hints as well. In the histories of older versions he did not. */
  readonly heedsHints: boolean;
}

/**
 * Wait until an endpoint is Active.
 *
 * Where it is watched, the run looks for itself rarely, until it is told of a change, by whomever. The engine repeats the look; no
 * event is written while it does. Where the deadline was extended meanwhile, the wait goes on with what it has more; after the
 * deadline one last look decides.
 *
 * @throws ApplicationFailure `DeadlineExceeded`, `FinancialLocked`, `ConnectionLost`, `ConnectionRejected` or
 *   `EndpointDisappeared`; the endpoint is kept.
 */
export async function waitUntilActive(
  run: RunState,
  provision: Provision,
  nudges: NudgesOf,
  { watched }: Pick<Watching, 'watched'>,
): Promise<Ready> {
  const watching = { watched, heedsHints: provision.watch?.heedsHints === true };
  const endpointId = nudges.EndpointId;
  let target = targetOf(provision, endpointId);
  const limit = () => provision.timeouts.activeMs;
  run.enter('waiting', `${endpointId} to become Active`, { withinMs: limit() });
  const startedAtMs = Date.now();
  for (;;) {
    const limitMs = limit();
    const outcome = await lookOrHear(nudges, watching, {
      look: (isWatched) => {
        const leftMs = startedAtMs + limitMs - Date.now();
        const call = { withinMs: leftMs, isUrgent: nudges.times > 0 };
        return look(run, provision, isWatched ? { ...target, watched: true } : target, 'Active', call);
      },
      isTheEnd: ({ kind }) => kind === 'ready' && provision.until !== 'Connected',
    });
    if (outcome.kind !== 'deadline') return readyOf(run, endpointId, outcome);
    const ready = limit() > limitMs ? undefined : await lastLook(run, provision, target, 'Active');
    if (ready !== undefined) return ready;
    // It may have been extended in the last moment.
    if (limit() <= limitMs) throw missed(run, provision, 'Active', limitMs, outcome.error);
    if (lastWordOf(outcome.error).lastSeen !== undefined) target = { ...target, wasSeen: true };
  }
}

/**
 * Wait until the connection of an Active endpoint and each of its zones are Connected, as {@link waitUntilActive} does.
 * Where the input wants it accepted, the lane of the service's owner is asked to; whoever accepts it first ends the wait.
 *
 * @returns `goalChanged`: somebody wants no more than Active.
 * @throws ApplicationFailure - As {@link waitUntilActive}; also `AccessDenied`, `RequestRejected` and others where the lane
 *   was refused for good.
 */
export async function waitUntilConnected(
  run: RunState,
  provision: Provision,
  active: VpcEndpoint,
  acceptance: Acceptance,
  nudges: NudgesOf,
): Promise<Ready | 'goalChanged'> {
  const { EndpointId } = active;
  const limit = () => provision.timeouts.connectedMs ?? DEFAULT_CONNECTED_MS;
  run.enter('connecting', `${EndpointId} to become Connected`, { withinMs: limit() });
  const startedAtMs = Date.now();
  const goalChanged = () => provision.until !== 'Connected';
  const isOver = () => goalChanged() || acceptance.refusal !== undefined;
  const heardBefore = nudges.times;
  // One hint is enough to look often, and no hint makes it look more often than that, or less often again.
  let isTold = false;
  const isToldOf = () => {
    const { last, times } = nudges;
    isTold ||= last !== undefined && (isAccepted(last) || (times > heardBefore && isNews(last)));
    return isTold;
  };
  for (;;) {
    const limitMs = limit();
    if (!isOver() && !hasBeenAccepted(run)) await acceptance.ask(provision, active, startedAtMs + limitMs - Date.now());
    const before = acceptance.isAccepted;
    const toldBefore = isToldOf();
    const hasChanged = () => isOver() || acceptance.isAccepted !== before || isToldOf() !== toldBefore;
    const leftMs = startedAtMs + limitMs - Date.now();
    const withinMs = Math.min(leftMs, acceptance.askAgainInMs ?? leftMs);
    const target = {
      ...targetOf(provision, EndpointId),
      until: 'Connected',
      wasSeen: true,
      wasConnecting: hasBeenAccepted(run),
      ...(acceptance.isAccepted || toldBefore ? { isAccepted: true } : {}),
    } as const;
    const outcome = isOver()
      ? ({ kind: 'cutShort' } as const)
      : await cutShort(run, hasChanged, () =>
          look(run, provision, target, 'Connected', { withinMs, isUrgent: target.isAccepted === true }),
        );
    if (outcome.kind === 'cutShort') {
      if (goalChanged()) return 'goalChanged';
      if (acceptance.refusal === undefined) continue;
      // What the lane tells is a hint: somebody else may have accepted it.
      const ready = await lastLook(run, provision, target, 'Connected');
      if (ready !== undefined) return ready;
      if (goalChanged()) return 'goalChanged';
      if (!hasBeenAccepted(run)) throw notAccepted(run, acceptance.refusal, EndpointId);
      acceptance.forgetRefusal();
      continue;
    }
    if (outcome.kind !== 'deadline') return readyOf(run, EndpointId, outcome);
    if (withinMs < leftMs || limit() > limitMs) continue;
    const ready = await lastLook(run, provision, target, 'Connected');
    if (ready !== undefined) return ready;
    if (isOver() || limit() > limitMs) continue;
    throw missed(run, provision, 'Connected', limitMs, outcome.error);
  }
}

/** Whether what is told of an Active endpoint is more than that it waits for its connection. */
function isNews({ EndpointStatus, ConnectionStatus }: ChangedNotice): boolean {
  if (EndpointStatus === undefined) return false;
  return EndpointStatus !== 'Active' || !['Pending', 'Disconnected'].includes(ConnectionStatus ?? '');
}

/**
 * Look until there is an outcome. A hint makes the run look at once, beside the look that is scheduled already: the engine may not
 * repeat that one for another quarter of a minute.
 *
 * @param isTheEnd - The run ends with this outcome: what is still scheduled is left, because it ends with the run, and taking it
 *   back would write events.
 */
async function lookOrHear(
  nudges: NudgesOf,
  { watched, heedsHints }: Watching,
  { look, isTheEnd }: { look: (isWatched: boolean) => Promise<Looked>; isTheEnd: (outcome: Looked) => boolean },
): Promise<Looked> {
  if (nudges.times > 0 || (!watched && !heedsHints)) return look(false);
  const scope = new CancellationScope();
  const first = scope.run(() => look(watched));
  const told = scope.run(() => condition(() => nudges.times > 0).then(() => 'told' as const));
  for (const promise of [first, told]) promise.catch(() => undefined);
  let outcome: Looked | 'told' | undefined;
  try {
    outcome = await Promise.race([first, told]);
    if (outcome === 'told') {
      const second = scope.run(() => look(false));
      second.catch(() => undefined);
      outcome = await Promise.race([first, second]);
    }
    return outcome;
  } finally {
    if (outcome === undefined || outcome === 'told' || !isTheEnd(outcome)) scope.cancel();
  }
}

type Looked = AwaitOutcome | { readonly kind: 'deadline'; readonly error: ActivityFailure };

function targetOf({ account, request }: Provision, EndpointId: string): AwaitInput {
  return { account, endpoint: { RegionId: request.RegionId, EndpointId } };
}

/** One activity that looks until it has an outcome, or its time is over. */
async function look(
  run: RunState,
  provision: Provision,
  target: AwaitInput,
  goal: Goal,
  { withinMs, isUrgent }: Pick<CallOptions, 'withinMs' | 'isUrgent'>,
): Promise<Looked> {
  const activityId = run.nextActivityId(goal === 'Active' ? WAIT_ACTIVITY_ID : CONNECT_ACTIVITY_ID);
  const summary = `wait until ${target.endpoint.EndpointId} is ${goal}`;
  const call = {
    activityId,
    summary,
    withinMs: Math.max(SHORTEST_LOOK_MS, withinMs),
    ...(isUrgent === true ? { isUrgent } : {}),
  };
  try {
    return await reading(provision, call).awaitEndpoint(target);
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    run.learnFrom(lastWordOf(error));
    if (isDeadline(error)) return { kind: 'deadline', error };
    throw unexpected(run, error);
  }
}

/** Do something, and give it up as soon as a change makes it pointless. */
async function cutShort<Result>(
  run: RunState,
  isPointless: () => boolean,
  work: () => Promise<Result>,
): Promise<Result | { readonly kind: 'cutShort' }> {
  const scope = new CancellationScope();
  run.onChange = () => {
    if (isPointless()) scope.cancel();
  };
  try {
    return await scope.run(work);
  } catch (error) {
    // Another change may have taken the first one back by now: it was cut short all the same.
    const isCutShort = scope.consideredCancelled && !CancellationScope.current().consideredCancelled;
    if (!isCancellation(error) || !isCutShort) throw error;
    return { kind: 'cutShort' };
  } finally {
    run.onChange = () => undefined;
  }
}

function readyOf(run: RunState, endpointId: string, outcome: AwaitOutcome): Ready {
  run.addAttempts(outcome.attempts);
  if (outcome.lastSeen !== undefined) run.lastSeen = outcome.lastSeen;
  switch (outcome.kind) {
    case 'ready':
      return { endpoint: outcome.endpoint, zones: outcome.zones };
    case 'financialLocked':
      throw deadEnd(run, 'FinancialLocked', endpointId, 'is FinancialLocked: its account is in arrears');
    case 'connectionLost':
      throw deadEnd(run, 'ConnectionLost', endpointId, 'lost its connection for good: its service was deleted');
    case 'connectionRejected':
      throw deadEnd(
        run,
        'ConnectionRejected',
        endpointId,
        'is Disconnected again: the owner of its service closed the connection',
      );
    case 'deleting':
      throw deadEnd(run, 'EndpointDisappeared', endpointId, 'is Deleting: somebody else deletes it');
    case 'disappeared':
      throw deadEnd(run, 'EndpointDisappeared', endpointId, 'does not exist any more: two looks 30 s apart missed it');
  }
}

/** What is there decides. @returns `undefined`: it is not what was waited for, or could not be looked at. */
async function lastLook(
  run: RunState,
  provision: Provision,
  { account, endpoint }: AwaitInput,
  goal: Goal,
): Promise<Ready | undefined> {
  const activityId = goal === 'Active' ? 'last-look' : 'last-look-connected';
  const call = { activityId, summary: 'last look after the deadline', withinMs: LAST_LOOK_WITHIN_MS, isUrgent: true };
  try {
    const seen = await reading(provision, call).describeEndpoint({ account, endpoint });
    run.addAttempts(seen.attempts);
    if (seen.kind === 'present') {
      run.lastSeen = seen.lastSeen;
      if (isReady(seen, goal)) return { endpoint: seen.endpoint, zones: seen.zones };
    }
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    run.learnFrom(lastWordOf(error));
  }
  return undefined;
}

function missed(run: RunState, { account }: Provision, goal: Goal, limitMs: number, error: ActivityFailure) {
  return deadlineExceeded(run, goal, limitMs, account, lastAttemptOf(error));
}

function isReady({ endpoint, zones }: Ready, goal: Goal): boolean {
  if (readEndpoint(endpoint).kind !== 'ready') return false;
  return goal === 'Active' || readConnection(endpoint, zones, false).kind === 'connected';
}

/** Whether the connection was ever seen beyond acceptance: Disconnected after that is a rejection. */
function hasBeenAccepted(run: RunState): boolean {
  run.wasAccepted ||= run.lastSeen !== undefined && isAccepted(run.lastSeen);
  return run.wasAccepted;
}
