import { NativeConnection, Worker } from '@temporalio/worker';
import { createActivities, type Activities } from '../../src/activities/index.js';
import { createTaskQueue, DEFAULT_ACCOUNT } from '../../src/contract/task-queues.js';
import type { TestKit } from '../../src/testing/index.js';

/** Activities on a twin whose create calls have a queue of their own, which nobody polls unless a test says so. */
export function queuedActivities({ privateLink }: Pick<TestKit, 'privateLink'>, queuedAtMostMs?: number): Activities {
  return createActivities({
    privateLink: () => privateLink,
    accountTaskQueue: (taskQueue) => taskQueue,
    createTaskQueue,
    findEarlierRuns: async () => ({ inDoubt: false }),
    ...(queuedAtMostMs === undefined ? {} : { queuedAtMostMs }),
  });
}

/** Poll the queue of the creates while a piece of work runs. */
export async function whilePollingCreates<Result>(
  { address, taskQueue }: { readonly address: string; readonly taskQueue: string },
  { createEndpoint }: Pick<Activities, 'createEndpoint'>,
  work: () => Promise<Result>,
): Promise<Result> {
  const connection = await NativeConnection.connect({ address });
  try {
    const worker = await Worker.create({
      connection,
      taskQueue: createTaskQueue(taskQueue, DEFAULT_ACCOUNT),
      activities: { createEndpoint },
    });
    return await worker.runUntil(work);
  } finally {
    await connection.close();
  }
}
