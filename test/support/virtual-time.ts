import { randomUUID } from 'node:crypto';
import {
  WorkflowClient,
  type Connection,
  type Workflow,
  type WorkflowHandleWithFirstExecutionRunId,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

/*
 * A clock of its own for each workflow, on a real dev server. Experimental: the server has it behind a flag, and the SDK
 * has no public option for it, so this file overrides a protected method and makes raw service calls. SDK and CLI are
 * therefore pinned together; test/workflows/virtual-time.test.ts tells when a new pair behaves otherwise.
 *
 * What to know when using it:
 * - Activities see the real clock, workflows the virtual one: never compare the two.
 * - A running activity or child workflow, or a missing worker, holds the clock. A hanging fake costs real time.
 * - With skipping on, a wait for a signal that has a timeout times out before the signal comes: start such a run with a
 *   plain client, then `advance`, then signal. Signal-with-start is not covered by the client here either.
 * - Each skip adds an event to the history.
 */

/** Without it the server stops skipping after 200 skips and silently goes on in real time. */
const MAX_SESSION_SKIP_COUNT = 100_000;

/** `FastForwardPollingResult` of the service; its other values are failures. */
const POLL_TIMEOUT = 1;
const FAST_FORWARD_COMPLETED = 2;

/** A client whose runs skip every wait: timers, retry delays, condition timeouts, start delays, children included. */
export class SkippingWorkflowClient extends WorkflowClient {
  protected override async createStartWorkflowRequest(
    input: Parameters<WorkflowClient['createStartWorkflowRequest']>[0],
  ) {
    const request = await super.createStartWorkflowRequest(input);
    return { ...request, timeSkippingConfig: { enabled: true, maxSessionSkipCount: MAX_SESSION_SKIP_COUNT } };
  }
}

/** Start a workflow whose waits are skipped from the beginning, with a generated id unless one is given. */
export function startedWithSkipping<T extends Workflow>(
  connection: Connection,
  workflow: T | string,
  options: Omit<WorkflowStartOptions<T>, 'workflowId'> & { workflowId?: string },
): Promise<WorkflowHandleWithFirstExecutionRunId<T>> {
  const client = new SkippingWorkflowClient({ connection });
  const started = { workflowId: `skipping-${randomUUID()}`, ...options } as unknown as WorkflowStartOptions<T>;
  return client.start<T>(workflow as T, started);
}

/**
 * Move the clock of one running workflow forward and wait until it arrived. What falls due on the way runs, a timer due
 * at exactly the end included; then the workflow is back in real time.
 *
 * @throws Error - The clock did not arrive; most often because the workflow ended on the way.
 */
export async function advance(
  connection: Connection,
  workflowId: string,
  ms: number,
  namespace = 'default',
): Promise<void> {
  const fastForwardId = randomUUID();
  const workflowExecution = { workflowId };
  const fastForwardConfig = { id: fastForwardId, duration: msToTs(ms) };
  await connection.workflowService.updateWorkflowExecutionOptions({
    namespace,
    workflowExecution,
    updateMask: { paths: ['time_skipping_config'] },
    workflowExecutionOptions: {
      timeSkippingConfig: { enabled: true, maxSessionSkipCount: MAX_SESSION_SKIP_COUNT, fastForwardConfig },
    },
  });
  for (;;) {
    const { fastForwardPollingResult, failedReason } =
      await connection.workflowService.pollWorkflowExecutionTimeSkipping({
        namespace,
        workflowExecution,
        fastForwardId,
      });
    const result: number = fastForwardPollingResult;
    if (result === FAST_FORWARD_COMPLETED) return;
    if (result !== POLL_TIMEOUT) throw new Error(`Cannot advance ${workflowId} by ${ms} ms: ${failedReason}`);
  }
}
