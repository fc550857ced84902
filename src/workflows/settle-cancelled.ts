import { ActivityFailure, log, upsertMemo } from '@temporalio/workflow';
import { OUTCOME_MEMO, type CancelOutcome } from '../contract/result.js';
import type { Provision } from '../activities/index.js';
import type { RunState } from './run-state.js';
import { lookForMade, removeMade } from './undo.js';

/**
 * Find out what a cancelled run leaves behind, delete it where the request asks for that, and write what is left to the
 * memo: a run that closes as cancelled carries no result.
 *
 * Runs shielded from the cancellation. A create call whose answer is unknown is looked up by our tags, as patiently as
 * before a create; where that fails, or tags are off, the outcome is `unknown`.
 */
export async function settleCancelled(run: RunState, provision: Provision | undefined): Promise<CancelOutcome> {
  run.enter('cleaningUp', 'what the cancelled run leaves behind');
  const outcome = await leftBehind(run, provision);
  upsertMemo({ [OUTCOME_MEMO]: outcome });
  if (outcome.endpointId !== undefined) run.fleet?.learn({ EndpointId: outcome.endpointId });
  run.enter('cancelled', `nothing: ${outcome.outcome} ${outcome.endpointId ?? ''}`.trim());
  return outcome;
}

async function leftBehind(run: RunState, provision: Provision | undefined): Promise<CancelOutcome> {
  if (run.endpointId !== undefined) return keptOrRemoved(run, provision, run.endpointId, run.madeHere);
  if (provision === undefined || !run.mayHaveCreated) return { outcome: 'nothingCreated' };
  if (provision.owner === undefined) return { outcome: 'unknown' };
  try {
    const found = await lookForMade(run, provision, `find.${run.epoch}.cancelled`);
    switch (found.kind) {
      case 'absent':
        return { outcome: 'nothingCreated' };
      case 'adopted':
        return await keptOrRemoved(run, provision, found.endpoint.EndpointId, run.absenceProven);
      case 'deleting':
        return await keptOrRemoved(run, provision, found.endpointId, run.absenceProven);
      case 'differs':
        return { outcome: 'kept', endpointId: found.endpointId };
    }
  } catch (error) {
    // Anything else is a bug: it has the workflow task repeated.
    if (!(error instanceof ActivityFailure)) throw error;
    log.warn('The look-up after a cancellation failed', { reason: error.cause?.message ?? error.message });
    return { outcome: 'unknown' };
  }
}

async function keptOrRemoved(
  run: RunState,
  provision: Provision | undefined,
  endpointId: string,
  madeHere: boolean,
): Promise<CancelOutcome> {
  if (provision?.onCancel !== 'delete') return { outcome: 'kept', endpointId };
  const removal = await removeMade(run, provision, endpointId, madeHere);
  return removal.kind === 'removed'
    ? { outcome: 'removed', endpointId }
    : { outcome: 'kept', endpointId, reason: removal.reason };
}
