import { setTimeout as pause } from 'node:timers/promises';
import {
  ApplicationFailure,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import {
  changeOptionsUpdate,
  extendDeadlineUpdate,
  INVALID_UPDATE,
  NOT_APPLICABLE,
  NOT_PARKED,
  retryNowUpdate,
  stateQuery,
  type ChangeableOptions,
  type DeadlineExtension,
  type ExtendedDeadline,
  type RetryNowAnswer,
} from '../contract/messages.js';
import { extensionProblems, optionChangeProblems } from '../model/run-changes.js';
import type { Problem } from '../model/request-rules.js';
import { InvalidInputError, ProvisionNotFoundError, UpdateRefusedError } from './errors.js';

/** A query may be answered from a workflow task that the server has not recorded yet; an update never is. */
const RECORDED_WITHIN_MS = 500;
const TRIES = 4;

/** End the pause of a parked run. @throws UpdateRefusedError - It is not parked. */
export async function retryNow(client: Client, workflowId: string): Promise<RetryNowAnswer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await updated(client, workflowId, (handle) => handle.executeUpdate(retryNowUpdate));
    } catch (error) {
      if (!(error instanceof UpdateRefusedError) || error.type !== NOT_PARKED || tries >= TRIES) throw error;
      const state = await client.workflow
        .getHandle(workflowId)
        .query(stateQuery)
        .catch(() => undefined);
      if (state?.phase !== 'parked') throw error;
      await pause(RECORDED_WITHIN_MS);
    }
  }
}

/** Give a wait of a run more time. @throws InvalidInputError, UpdateRefusedError, ProvisionNotFoundError */
export async function extendDeadline(
  client: Client,
  workflowId: string,
  extension: DeadlineExtension,
): Promise<ExtendedDeadline> {
  expectNone(workflowId, extensionProblems(extension));
  return updated(client, workflowId, (handle) => handle.executeUpdate(extendDeadlineUpdate, { args: [extension] }));
}

/** Change options of a run. @throws InvalidInputError, UpdateRefusedError, ProvisionNotFoundError */
export async function changeOptions(
  client: Client,
  workflowId: string,
  change: Partial<ChangeableOptions>,
): Promise<ChangeableOptions> {
  expectNone(workflowId, optionChangeProblems(change));
  return updated(client, workflowId, (handle) => handle.executeUpdate(changeOptionsUpdate, { args: [change] }));
}

async function updated<Answer>(
  client: Client,
  workflowId: string,
  ask: (handle: WorkflowHandle) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask(client.workflow.getHandle(workflowId));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw await closedOrUnknown(client, workflowId, error);
    throw refusedUpdate(workflowId, error) ?? error;
  }
}

/** The server says of a run that has ended that there is none. */
async function closedOrUnknown(client: Client, workflowId: string, error: WorkflowNotFoundError): Promise<Error> {
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    const message = `The run ${workflowId} has ended: ${status.name}`;
    return new UpdateRefusedError(workflowId, NOT_APPLICABLE, message, error);
  } catch (cause) {
    return cause instanceof WorkflowNotFoundError ? new ProvisionNotFoundError(workflowId, cause) : (cause as Error);
  }
}

function refusedUpdate(workflowId: string, error: unknown): UpdateRefusedError | undefined {
  if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure)) return undefined;
  const { type, message } = error.cause;
  if (type !== NOT_PARKED && type !== NOT_APPLICABLE && type !== INVALID_UPDATE) return undefined;
  return new UpdateRefusedError(workflowId, type, message, error);
}

function expectNone(workflowId: string, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new InvalidInputError(workflowId, problems);
}
