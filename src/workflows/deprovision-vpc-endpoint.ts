import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  setHandler,
  upsertMemo,
} from '@temporalio/workflow';
import { remainsText } from '../model/remaining-endpoint.js';
import type { DeprovisionInput, DeprovisionResult } from '../contract/deprovision.js';
import { stateQuery } from '../contract/messages.js';
import { OUTCOME_MEMO, type CancelOutcome } from '../contract/result.js';
import type { Deprovision, ParsedDeprovision, RemoveOutcome } from '../activities/index.js';
import { parseDeprovisionInput, removing } from './activity-policies.js';
import { invalidInput, isDeadline, lastAttemptOf, lastWordOf, told, unexpected } from './failures.js';
import { failedEntry, startFleetRecord } from './fleet-record.js';
import { notifyAll } from './notify.js';
import { lookAtRemains } from './remaining-endpoint.js';
import { notRemovable, notRemovedInTime } from './removal-failures.js';
import { now, RunState } from './run-state.js';
import { shielded } from './shielded.js';

/**
 * Remove one endpoint: its zones, then the endpoint, then prove that it is gone. One that is gone already is a success.
 *
 * Nothing is touched that is not of this installation, unless the input says that no tag is asked for, and nothing that is
 * protected. A run that ends early says what remains; a later one goes on from there.
 *
 * @throws ApplicationFailure - Of a type listed in `FAILURE_TYPES`; `details[0]` is a `FailureDetails`.
 */
export async function deprovisionVpcEndpoint(input: DeprovisionInput): Promise<DeprovisionResult> {
  const run = new RunState();
  let deprovision: Deprovision | undefined;
  setHandler(stateQuery, () => run.snapshot(), { description: 'Where the run stands and what it waits for' });

  try {
    const parsed = await parseDeprovisionInput(input);
    if (!parsed.ok) throw invalidRemoval(run, parsed);
    const checked = parsed.deprovision;
    deprovision = checked;
    const { account, fleet, endpoint } = checked;
    run.fleet = startFleetRecord(fleet, { account, ...endpoint });
    const result = await remove(run, checked);
    run.enter('removed', 'nothing');
    await shielded(() => notifyAll(checked, { outcome: 'ready', result }));
    return result;
  } catch (error) {
    const target = deprovision;
    if (isCancellation(error)) {
      await shielded(async () => {
        await settleCancelled(run, target);
        if (target !== undefined) await notifyAll(target, { outcome: 'cancelled' });
      });
    } else if (error instanceof ApplicationFailure) {
      run.fleet?.learn(failedEntry(error));
      run.enter('failed', `nothing: ${error.message}`);
      if (target !== undefined) await shielded(() => notifyAll(target, { outcome: 'failed', failure: told(error) }));
    }
    throw error;
  }
}

function invalidRemoval(run: RunState, parsed: Extract<ParsedDeprovision, { ok: false }>): ApplicationFailure {
  run.fleet = startFleetRecord(parsed.fleet, {});
  return invalidInput(parsed.problems);
}

async function remove(run: RunState, deprovision: Deprovision): Promise<DeprovisionResult> {
  const startedAt = now();
  const outcome = await removeInTime(run, deprovision);
  run.addAttempts(outcome.attempts);
  if (outcome.lastSeen !== undefined) run.lastSeen = outcome.lastSeen;
  if (outcome.kind === 'left') throw notRemovable(run, deprovision, outcome);
  const { lastSeen, attempts } = run;
  return {
    outcome: lastSeen === undefined ? 'absent' : 'deleted',
    EndpointId: deprovision.endpoint.EndpointId,
    ...(lastSeen === undefined ? {} : { lastSeen }),
    zonesRemoved: outcome.zonesSeen ?? [],
    times: { startedAt, absentAt: now() },
    attempts,
  };
}

/** @throws ApplicationFailure - `DeadlineExceeded`: it remains after the deadline, as far as one more look can tell. */
async function removeInTime(run: RunState, deprovision: Deprovision): Promise<RemoveOutcome> {
  const { account, endpoint, installation, timeouts } = deprovision;
  const { EndpointId } = endpoint;
  const call = { activityId: 'remove', summary: `remove ${EndpointId}`, withinMs: timeouts.deletedMs };
  run.endpointId = EndpointId;
  run.enter('removing', `${EndpointId} to be gone`, { withinMs: timeouts.deletedMs });
  try {
    return await removing(deprovision, call).removeEndpoint({
      account,
      endpoint,
      endsOnDenial: true,
      ...(installation === undefined ? {} : { installation }),
    });
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    if (CancellationScope.current().consideredCancelled) {
      // The attempt in flight ended with an error, and a cancelled activity is not repeated.
      throw new CancelledFailure('Cancelled while the endpoint was being removed', [], error);
    }
    run.learnFrom(lastWordOf(error));
    if (!isDeadline(error)) throw unexpected(run, error);
    const remains = await lookAtRemains(run, deprovision);
    // Its calls are known to the run already.
    if (remains.kind === 'nothing') return { kind: 'removed', attempts: [] };
    const known = remains.kind === 'endpoint' ? remains.endpoint : undefined;
    throw notRemovedInTime(run, deprovision, lastAttemptOf(error), known);
  }
}

/**
 * Find out what a cancelled run leaves of the endpoint, and write it to the memo: a run that closes as cancelled carries
 * no result. Changes nothing. Runs shielded from the cancellation.
 */
async function settleCancelled(run: RunState, deprovision: Deprovision | undefined): Promise<void> {
  run.enter('cleaningUp', 'a look at what the cancelled removal leaves');
  const outcome = await leftBehind(run, deprovision);
  upsertMemo({ [OUTCOME_MEMO]: outcome });
  run.enter('cancelled', `nothing: ${outcome.outcome} ${outcome.endpointId ?? ''}`.trim());
}

async function leftBehind(run: RunState, deprovision: Deprovision | undefined): Promise<CancelOutcome> {
  if (deprovision === undefined) return { outcome: 'kept', reason: 'nothing was touched' };
  const endpointId = deprovision.endpoint.EndpointId;
  const remains = await lookAtRemains(run, deprovision);
  switch (remains.kind) {
    case 'nothing':
      return { outcome: 'removed', endpointId };
    case 'endpoint':
      return { outcome: 'kept', endpointId, reason: remainsText(remains.endpoint) };
    case 'notKnown':
      return { outcome: 'unknown', endpointId };
  }
}
