import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import { formatMs } from '../model/duration.js';
import type { AttemptRecord, FailureDetails, FailureType, UndoOutcome } from '../contract/result.js';
import type { FindOutcome, Provision } from '../activities/index.js';
import { removing } from './activity-policies.js';
import { isDeadline, lastAttemptOf, lastWordOf } from './failures.js';
import { scan, scanPatiently } from './look-ups.js';
import type { RunState } from './run-state.js';

/** What became of an endpoint that a run was asked to delete. */
export type Removal = { readonly attempts: readonly AttemptRecord[] } & (
  { readonly kind: 'removed' } | { readonly kind: 'left'; readonly reason: string }
);

/** A removal has its own deadline: whatever a run waited for before, it ends soon after. */
const REMOVE_WITHIN_MS = 300_000;

/** Failures that speak of an endpoint of somebody else, or of one that is gone. */
const NOTHING_TO_UNDO: readonly FailureType[] = ['InvalidInput', 'EndpointDiffers', 'EndpointDisappeared'];

/** Where the usual advice speaks of an endpoint that is kept, which now is removed. */
const ADVICE_AFTER_REMOVAL: Partial<Record<FailureType, string>> = {
  DeadlineExceeded: 'Start the same workflow id again to have it made anew.',
  FinancialLocked: 'Settle the bill of the account. Then start the same workflow id again to have it made anew.',
  ConnectionLost: 'Ask the owner of the service for another one.',
  ConnectionRejected: 'Ask the owner of the service why.',
};

/**
 * Whether a run is asked to delete what it makes, should it not end well. Such a run looks before its first create call in a
 * step of its own, so that it knows of whatever it finds later whether it made it.
 */
export function mayUndo({ onFailure, onCancel, dryRun }: Provision): boolean {
  return !dryRun && (onFailure === 'delete' || onCancel === 'delete');
}

/**
 * Delete what a failed run made, where the request asks for it, and say so in the failure. Called shielded from
 * cancellations; what goes wrong meanwhile is told in `details.undo` and never hides the failure.
 *
 * Nothing is touched that this run did not make, or that it is not certain to have made.
 *
 * @returns The failure to end with: type, code and RequestId are those of `failure`.
 */
export async function undoFailed(
  run: RunState,
  provision: Provision,
  failure: ApplicationFailure,
): Promise<ApplicationFailure> {
  const details = failure.details?.[0] as FailureDetails | undefined;
  const type = failure.type as FailureType;
  if (provision.onFailure !== 'delete' || provision.dryRun || NOTHING_TO_UNDO.includes(type)) return failure;
  if (details?.endpointMayExist !== true) return failure;
  const undo = await undoMade(run, provision);
  if (undo === undefined) return failure;
  const isRemoved = undo.outcome === 'removed';
  return ApplicationFailure.create({
    type,
    nonRetryable: true,
    message: `${failure.message}; ${undoText(undo)}`,
    details: [
      {
        ...details,
        ...(undo.endpointId === undefined ? {} : { endpointId: undo.endpointId }),
        endpointMayExist: !isRemoved,
        advice: isRemoved ? adviceAfterRemoval(type, details.advice, provision) : details.advice,
        undo,
      } satisfies FailureDetails,
    ],
  });
}

/**
 * Delete an endpoint that this run made.
 *
 * @param madeHere - Whether it is certain that this run made it; one that it adopted is left alone.
 * @returns `removed` only where its absence was proven. Never throws for what the service answers.
 */
export async function removeMade(
  run: RunState,
  provision: Provision,
  endpointId: string,
  madeHere: boolean,
): Promise<Removal> {
  const reason = whyLeftAlone(provision, madeHere);
  if (reason !== undefined) return { kind: 'left', reason, attempts: [] };
  const { account, request, owner } = provision;
  const summary = `remove ${endpointId}`;
  run.enter('cleaningUp', `${endpointId} to be removed`, { withinMs: REMOVE_WITHIN_MS });
  try {
    const outcome = await removing(provision, {
      activityId: 'remove',
      summary,
      withinMs: REMOVE_WITHIN_MS,
    }).removeEndpoint({
      account,
      endpoint: { RegionId: request.RegionId, EndpointId: endpointId },
      ...(owner === undefined ? {} : { owner }),
    });
    run.addAttempts(outcome.attempts);
    return outcome;
  } catch (error) {
    // Anything else is a bug: it has the workflow task repeated, and no endpoint is forgotten.
    if (!(error instanceof ActivityFailure)) throw error;
    const { attempts } = lastWordOf(error);
    run.addAttempts(attempts);
    const last = lastSaid(error);
    const reason = isDeadline(error) ? `not removed within ${formatMs(REMOVE_WITHIN_MS)}; last attempt: ${last}` : last;
    return { kind: 'left', reason, attempts };
  }
}

/**
 * Look for what a create call made whose answer is not known, as patiently as before a create.
 *
 * @param activityId - Of the first look.
 * @throws ActivityFailure - A look failed in its time.
 */
export async function lookForMade(run: RunState, provision: Provision, activityId: string): Promise<FindOutcome> {
  const lastSendMs = Date.now();
  const first = await scan(provision, activityId);
  run.addAttempts(first.attempts ?? []);
  if (first.kind !== 'absent') return first;
  const found = await scanPatiently(run, (id) => scan(provision, id), lastSendMs, 'cleaningUp');
  if (found.kind !== 'absent') run.addAttempts(found.attempts);
  return found;
}

/** `undefined`: this run made nothing that may exist. */
async function undoMade(run: RunState, provision: Provision): Promise<UndoOutcome | undefined> {
  if (run.endpointId !== undefined) {
    return undoOf(run.endpointId, await removeMade(run, provision, run.endpointId, run.madeHere));
  }
  if (!run.mayHaveCreated) return undefined;
  if (provision.owner === undefined) {
    const reason = 'without owner tags an endpoint whose id is not known cannot be looked for';
    return { outcome: 'left', reason, attempts: [] };
  }
  // No create call was sent yet: whatever exists is of an earlier run.
  if (!run.absenceProven) return undefined;
  run.enter('cleaningUp', 'a look for what the failed run may have made');
  let found: FindOutcome;
  try {
    found = await lookForMade(run, provision, `find.${run.epoch}.undo`);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    const { attempts } = lastWordOf(error);
    const reason = `it could not be looked for: ${lastSaid(error)}`;
    return { outcome: 'left', reason, attempts };
  }
  switch (found.kind) {
    case 'absent':
      return { outcome: 'nothingFound', attempts: [] };
    case 'differs':
      return {
        outcome: 'left',
        endpointId: found.endpointId,
        reason: 'it is not what the request asks for',
        attempts: found.attempts,
      };
    case 'adopted':
      return undoOf(
        found.endpoint.EndpointId,
        await removeMade(run, provision, found.endpoint.EndpointId, run.absenceProven),
      );
    case 'deleting':
      return undoOf(found.endpointId, await removeMade(run, provision, found.endpointId, run.absenceProven));
  }
}

function undoOf(endpointId: string, removal: Removal): UndoOutcome {
  const { attempts } = removal;
  return removal.kind === 'removed'
    ? { outcome: 'removed', endpointId, attempts }
    : { outcome: 'left', endpointId, reason: removal.reason, attempts };
}

/** Why an endpoint must not be touched; `undefined` where this run made it. */
function whyLeftAlone({ owner, tokenBase }: Provision, madeHere: boolean): string | undefined {
  if (!madeHere) return 'it was adopted, or an earlier run may have made it: only what a run made itself is deleted';
  if (owner === undefined && tokenBase !== undefined) {
    return 'without owner tags, and with a ClientToken of the caller, an earlier run may have made it';
  }
  return undefined;
}

/** What the last attempt said; where the deadline cut it off, the last call that is known. */
function lastSaid(error: ActivityFailure): string {
  const said = lastAttemptOf(error)?.message;
  const call = lastWordOf(error).attempts.at(-1);
  if (said !== undefined || call === undefined) return said ?? 'no attempt came through';
  return `${call.code} to ${call.action}${call.RequestId === undefined ? '' : ` (RequestId ${call.RequestId})`}`;
}

function undoText({ outcome, endpointId = 'an endpoint', reason = '' }: UndoOutcome): string {
  switch (outcome) {
    case 'removed':
      return `${endpointId} was removed, as onFailure asks`;
    case 'left':
      return `${endpointId} may be left, although onFailure asks to delete it: ${reason}`;
    case 'nothingFound':
      return 'no endpoint of this run was found that onFailure could delete';
  }
}

function adviceAfterRemoval(type: FailureType, advice: string, { tokenBase }: Provision): string {
  const again = ADVICE_AFTER_REMOVAL[type] ?? advice;
  if (tokenBase === undefined) return again;
  return `${again} Give it another ClientToken: the service may remember the removed endpoint under this one.`;
}
