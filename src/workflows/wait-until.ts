import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import {
  isAccepted,
  readConnection,
  readEndpoint,
  type Goal,
  type VpcEndpoint,
  type VpcEndpointZone,
} from '../model/endpoint.js';
import { CONNECT_ACTIVITY_ID, WAIT_ACTIVITY_ID } from '../contract/messages.js';
import type { AwaitOutcome, Provision } from '../activities/index.js';
import { reading } from './activity-policies.js';
import { deadEnd, deadlineExceeded, isDeadline, lastAttemptOf, lastWordOf, unexpected } from './failures.js';
import type { RunState } from './run-state.js';

/** A ready endpoint, as its last Get and its zones show it. */
export interface Ready {
  readonly endpoint: VpcEndpoint;
  readonly zones: readonly VpcEndpointZone[];
}

/** One last look after a deadline, over all its attempts. */
const LAST_LOOK_WITHIN_MS = 30_000;

/** Longest wait for a connection in the histories of older versions, which knew no such wait. */
const DEFAULT_CONNECTED_MS = 86_400_000;

/**
 * Wait until an endpoint is Active, or until its connection and each of its zones are Connected.
 *
 * The engine repeats the look; no event is written while it does. After the deadline one last look decides.
 *
 * @throws ApplicationFailure `DeadlineExceeded`, `FinancialLocked`, `ConnectionLost`, `ConnectionRejected` or
 *   `EndpointDisappeared`; the endpoint is kept.
 */
export async function waitUntil(run: RunState, provision: Provision, endpointId: string, goal: Goal): Promise<Ready> {
  const { activeMs, connectedMs = DEFAULT_CONNECTED_MS } = provision.timeouts;
  const withinMs = goal === 'Active' ? activeMs : connectedMs;
  const target: Target = {
    account: provision.account,
    endpoint: { RegionId: provision.request.RegionId, EndpointId: endpointId },
    ...(goal === 'Active' ? {} : { until: goal, wasConnecting: hasBeenAccepted(run) }),
  };
  run.enter(goal === 'Active' ? 'waiting' : 'connecting', `${endpointId} to become ${goal}`, { withinMs });
  let outcome: AwaitOutcome;
  try {
    const activityId = goal === 'Active' ? WAIT_ACTIVITY_ID : CONNECT_ACTIVITY_ID;
    const summary = `wait until ${endpointId} is ${goal}`;
    outcome = await reading(provision, { activityId, summary, withinMs }).awaitEndpoint(target);
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    run.learnFrom(lastWordOf(error));
    if (!isDeadline(error)) throw unexpected(run, error);
    const ready = await lastLook(run, provision, target, goal);
    if (ready !== undefined) return ready;
    throw deadlineExceeded(run, goal, withinMs, provision.account, lastAttemptOf(error));
  }
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

type Target = Parameters<ReturnType<typeof reading>['awaitEndpoint']>[0];

async function lastLook(
  run: RunState,
  provision: Provision,
  { account, endpoint }: Target,
  goal: Goal,
): Promise<Ready | undefined> {
  const activityId = goal === 'Active' ? 'last-look' : 'last-look-connected';
  const call = { activityId, summary: 'last look after the deadline', withinMs: LAST_LOOK_WITHIN_MS };
  try {
    const seen = await reading(provision, call).describeEndpoint({ account, endpoint });
    run.addAttempts(seen.attempts);
    if (seen.kind === 'absent') return undefined;
    run.lastSeen = seen.lastSeen;
    return isReady(seen, goal) ? { endpoint: seen.endpoint, zones: seen.zones } : undefined;
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    run.learnFrom(lastWordOf(error));
    return undefined;
  }
}

function isReady({ endpoint, zones }: Ready, goal: Goal): boolean {
  if (readEndpoint(endpoint).kind !== 'ready') return false;
  return goal === 'Active' || readConnection(endpoint, zones, false).kind === 'connected';
}

/** Whether the connection was seen beyond acceptance: Disconnected after that is a rejection. */
function hasBeenAccepted({ lastSeen }: RunState): boolean {
  return lastSeen !== undefined && isAccepted(lastSeen);
}
