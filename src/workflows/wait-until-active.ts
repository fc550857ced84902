import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import { readEndpoint, type VpcEndpoint, type VpcEndpointZone } from '../model/endpoint.js';
import { WAIT_ACTIVITY_ID } from '../contract/messages.js';
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

/**
 * Wait until an endpoint is Active.
 *
 * The engine repeats the look; no event is written while it does. After the deadline one last look decides.
 *
 * @throws ApplicationFailure `DeadlineExceeded`, `FinancialLocked`, `ConnectionLost` or `EndpointDisappeared`; the endpoint
 *   is kept.
 */
export async function waitUntilActive(run: RunState, provision: Provision, endpointId: string): Promise<Ready> {
  const withinMs = provision.timeouts.activeMs;
  const target = {
    account: provision.account,
    endpoint: { RegionId: provision.request.RegionId, EndpointId: endpointId },
  };
  run.enter('waiting', `${endpointId} to become Active`, { withinMs });
  let outcome: AwaitOutcome;
  try {
    const summary = `wait until ${endpointId} is Active`;
    outcome = await reading(provision, { activityId: WAIT_ACTIVITY_ID, summary, withinMs }).awaitEndpoint(target);
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    run.learnFrom(lastWordOf(error));
    if (!isDeadline(error)) throw unexpected(run, error);
    const ready = await lastLook(run, provision, target);
    if (ready !== undefined) return ready;
    throw deadlineExceeded(run, 'Active', withinMs, provision.account, lastAttemptOf(error));
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
    case 'deleting':
      throw deadEnd(run, 'EndpointDisappeared', endpointId, 'is Deleting: somebody else deletes it');
    case 'disappeared':
      throw deadEnd(run, 'EndpointDisappeared', endpointId, 'does not exist any more: two looks 30 s apart missed it');
  }
}

async function lastLook(
  run: RunState,
  provision: Provision,
  target: Parameters<ReturnType<typeof reading>['describeEndpoint']>[0],
): Promise<Ready | undefined> {
  const call = { activityId: 'last-look', summary: 'last look after the deadline', withinMs: LAST_LOOK_WITHIN_MS };
  try {
    const seen = await reading(provision, call).describeEndpoint(target);
    run.addAttempts(seen.attempts);
    if (seen.kind === 'absent') return undefined;
    run.lastSeen = seen.lastSeen;
    return readEndpoint(seen.endpoint).kind === 'ready' ? { endpoint: seen.endpoint, zones: seen.zones } : undefined;
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    run.learnFrom(lastWordOf(error));
    return undefined;
  }
}
