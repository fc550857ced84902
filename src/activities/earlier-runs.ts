import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { WorkflowFailedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { PROVISION_WORKFLOW_TYPE } from '../contract/messages.js';
import type { FailureDetails, ProvisionResult } from '../contract/result.js';
import type { EarlierRuns } from './dependencies.js';
import { listRuns, type ListRuns } from './shared-run-lists.js';
import { canBeListed, lacksVisibility } from './visibility.js';

/**
 * Ask the server which provisions a workflow id had before, newest first, up to the last that completed.
 *
 * Dry runs that ended by themselves left nothing and are passed over, and so are runs of other workflow types. Any other
 * run that completed left an endpoint, which a List may show late: whoever asks has looked and found nothing. One that
 * failed says whether an endpoint may exist. One that was terminated, timed out or cancelled says nothing, and may have
 * sent a create call moments ago.
 *
 * Visibility lags behind by up to seconds: a run that started and was terminated within that time can be missed.
 *
 * @param list - How the runs of an id are listed; a question of its own when left out.
 */
export async function findEarlierRuns(
  workflowId: string,
  runId: string,
  list: ListRuns = listRuns,
): Promise<EarlierRuns> {
  if (!canBeListed(workflowId)) return { inDoubt: true };
  const { client } = Context.current();
  const closings: (Date | undefined)[] = [];
  try {
    for await (const run of list(client, workflowId)) {
      if (run.runId === runId || run.status.name === 'CONTINUED_AS_NEW') continue;
      if (run.type !== PROVISION_WORKFLOW_TYPE) continue;
      if (run.status.name === 'COMPLETED') {
        if (await wasDryRun(client, workflowId, run.runId)) continue;
        closings.push(run.closeTime);
        break;
      }
      if (run.status.name === 'FAILED' && (await leftNothing(client, workflowId, run.runId))) continue;
      closings.push(run.closeTime);
    }
  } catch (error) {
    if (lacksVisibility(error)) return { inDoubt: true };
    throw error;
  }
  if (closings.length === 0) return { inDoubt: false };
  const known = closings.filter((time) => time !== undefined).map((time) => time.getTime());
  if (known.length < closings.length) return { inDoubt: true };
  return { inDoubt: true, lastClosedAt: new Date(Math.max(...known)).toISOString() };
}

/** Whether a completed run was a dry run. One whose history is gone counts as a real one. */
async function wasDryRun(client: Client, workflowId: string, runId: string): Promise<boolean> {
  try {
    const result: unknown = await client.workflow.getHandle(workflowId, runId, { followRuns: false }).result();
    return (result as Partial<ProvisionResult> | null)?.outcome === 'dryRunPassed';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** Whether a failed run is certain that no endpoint of it exists. */
async function leftNothing(client: Client, workflowId: string, runId: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(workflowId, runId, { followRuns: false }).result();
    return false;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError) || !(error.cause instanceof ApplicationFailure)) return false;
    if (error.cause.type === 'InvalidInput') return true;
    const [details] = error.cause.details ?? [];
    return (details as FailureDetails | undefined)?.endpointMayExist === false;
  }
}
