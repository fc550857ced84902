import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { accountInRegion, accountTaskQueue, pollableCallQueues } from '../contract/task-queues.js';

/** Kinds of task queues as the service numbers them; its enum lives in a package that is no dependency of ours. */
const QUEUE_KINDS = { workflow: 1, activity: 2 } as const;

/** A long poll lasts a minute: a poller that was not heard of for longer than this is gone. */
const POLLED_LATELY_MS = 90_000;

/** From a worker's first poll to its appearance in the list of pollers, and some more. */
const POLLERS_APPEAR_MS = 1_000;

/**
 * Say which workers a run would wait for: of the workflows, else of the calls of an account. One sentence each.
 *
 * @param regionIds - Of the endpoints. The worker of the workflows decides which of them have queues of their own, so these
 *   are spoken of only where calls wait in them.
 */
export async function missingWorkers(
  client: Client,
  taskQueue: string,
  accounts: readonly string[],
  regionIds: readonly string[] = [],
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
  const missing = await Promise.all(
    names.map(async (account, index) => {
      const regional = await Promise.all(
        [...new Set(regionIds)].map((regionId) => stuckInRegion(client, taskQueue, account, regionId)),
      );
      if (activities[index] !== false) return regional.flat();
      return [`No worker with credentials for the account "${account}" has polled lately: the run waits for one`];
    }),
  );
  return missing.flat();
}

/** Queues of a region that hold calls and that no worker polls. */
async function stuckInRegion(
  client: Client,
  taskQueue: string,
  account: string,
  regionId: string,
): Promise<readonly string[]> {
  const queues = pollableCallQueues(taskQueue, accountInRegion(account, regionId));
  const states = await Promise.all(queues.map((queue) => queueState(client, queue, 'activity')));
  return queues
    .filter((_, index) => states[index]?.isPolled === false && states[index].backlog > 0)
    .map(
      (queue) =>
        `Calls wait in the task queue "${queue}", which no worker polls: the workers of the account "${account}" do not name ${regionId} in PVL_REGIONS, as those of the workflows do`,
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
  return (await queueState(client, taskQueue, kind, nowMs))?.isPolled;
}

/** What the server tells of a queue. */
interface QueueState {
  readonly isPolled: boolean;
  /** Tasks that wait for a worker, about; 0 where the server does not count them. */
  readonly backlog: number;
}

async function queueState(
  client: Client,
  taskQueue: string,
  kind: keyof typeof QUEUE_KINDS,
  nowMs = Date.now(),
): Promise<QueueState | undefined> {
  try {
    const { pollers, stats } = await client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: taskQueue },
      // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- see QUEUE_KINDS
      taskQueueType: QUEUE_KINDS[kind],
      reportStats: true,
    });
    return {
      isPolled: pollers.some(({ lastAccessTime }) => {
        const accessedMs = Number(lastAccessTime?.seconds) * 1_000;
        return nowMs - accessedMs < POLLED_LATELY_MS;
      }),
      backlog: Number(stats?.approximateBacklogCount ?? 0),
    };
  } catch {
    // The answer is advice only: a server that lacks this call, or a role that may not make it, is no obstacle.
    return undefined;
  }
}
