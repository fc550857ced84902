import { log, upsertMemo } from '@temporalio/workflow';
import { OUTCOME_MEMO, type CancelOutcome } from '../contract/result.js';
import type { FindOutcome, Provision } from '../activities/index.js';
import { scan, scanPatiently } from './accept-endpoint.js';
import type { RunState } from './run-state.js';

/**
 * Find out what a cancelled run leaves behind, and write it to the memo: a run that closes as cancelled carries no result.
 *
 * Runs shielded from the cancellation. A create call whose answer is unknown is looked up by our tags, as patiently as
 * before a create; where that fails, or tags are off, the outcome is `unknown`.
 */
export async function settleCancelled(run: RunState, provision: Provision | undefined): Promise<CancelOutcome> {
  run.enter('cleaningUp', 'what the cancelled run leaves behind');
  const outcome = await leftBehind(run, provision);
  upsertMemo({ [OUTCOME_MEMO]: outcome });
  run.enter('cancelled', `nothing: ${outcome.outcome} ${outcome.endpointId ?? ''}`.trim());
  return outcome;
}

async function leftBehind(run: RunState, provision: Provision | undefined): Promise<CancelOutcome> {
  if (run.endpointId !== undefined) return { outcome: 'kept', endpointId: run.endpointId };
  if (provision === undefined || !run.mayHaveCreated) return { outcome: 'nothingCreated' };
  if (provision.owner === undefined) return { outcome: 'unknown' };
  try {
    const lastSendMs = Date.now();
    const first = await scan(provision, `find.${run.epoch}.cancelled`);
    const found: FindOutcome =
      first.kind === 'absent' ? await scanPatiently(run, (id) => scan(provision, id), lastSendMs) : first;
    switch (found.kind) {
      case 'absent':
        return { outcome: 'nothingCreated' };
      case 'adopted':
        return { outcome: 'kept', endpointId: found.endpoint.EndpointId };
      case 'differs':
      case 'deleting':
        return { outcome: 'kept', endpointId: found.endpointId };
    }
  } catch (error) {
    log.warn('The look-up after a cancellation failed', {
      reason: error instanceof Error ? error.message : String(error),
    });
    return { outcome: 'unknown' };
  }
}
