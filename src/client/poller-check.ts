import type { Client } from '@temporalio/client';

/** Kinds of task queues as the service numbers them; its enum lives in a package that is no dependency of ours. */
const QUEUE_KINDS = { workflow: 1, activity: 2 } as const;

/** A long poll lasts a minute: a poller that was not heard of for longer than this is gone. */
const POLLED_LATELY_MS = 90_000;

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
