import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { accountTaskQueue } from '../contract/task-queues.js';

/** Kinds of task queues as the service numbers them; its enum lives in a package that is no dependency of ours. */
const QUEUE_KINDS = { workflow: 1, activity: 2 } as const;

/** A long poll lasts a minute: a poller that was not heard of for longer than this is gone. */
const POLLED_LATELY_MS = 90_000;

/** From a worker's first poll to its appearance in the list of pollers, and some more. */
const POLLERS_APPEAR_MS = 1_000;

/** Say which workers a run would wait for: of the workflows, else with credentials for an account. One sentence each. */
export async function missingWorkers(
  client: Client,
  taskQueue: string,
  accounts: readonly string[],
): Promise<readonly string[]> {
  const names = [...new Set(accounts)];
  const look = () =>
    Promise.all([
      isPolled(client, taskQueue, 'workflow'),
      ...names.map((account) => isPolled(client, accountTaskQueue(taskQueue, account), 'activity')),
    ]);
  let polled = await look();
  if (polled.includes(false)) {
    // A worker that has just started is not listed yet.
    await pause(POLLERS_APPEAR_MS);
    polled = await look();
  }
  const [workflows, ...activities] = polled;
  if (workflows === false) return [`No worker has polled the task queue "${taskQueue}" lately: the run waits for one`];
  return names
    .filter((_, index) => activities[index] === false)
    .map(
      (account) => `No worker with credentials for the account "${account}" has polled lately: the run waits for one`,
    );
}

/**
 * Whether a worker has polled a task queue lately. A dead worker stays listed for minutes, so the time counts, not
 * presence. `undefined` where the server cannot tell.
 */
export async function isPolled(
  client: Client,
  taskQueue: string,
  kind: keyof typeof QUEUE_KINDS,
  nowMs = Date.now(),
): Promise<boolean | undefined> {
  try {
    const { pollers } = await client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: taskQueue },
      // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- see QUEUE_KINDS
      taskQueueType: QUEUE_KINDS[kind],
    });
    return pollers.some(({ lastAccessTime }) => {
      const accessedMs = Number(lastAccessTime?.seconds) * 1_000;
      return nowMs - accessedMs < POLLED_LATELY_MS;
    });
  } catch {
    // The answer is advice only: a server that lacks this call, or a role that may not make it, is no obstacle.
    return undefined;
  }
}
