/**
 * A worker as src/worker.ts makes it, on a twin in its own process: what a provision costs without HTTP and pop-core.
 */
import { Worker } from '@temporalio/worker';
import { createActivities, findEarlierRuns, SharedLookUps, SharedRunLists } from '../../src/activities/index.js';
import { accountTaskQueue, DEFAULT_ACCOUNT } from '../../src/contract/task-queues.js';
import { createInProcessTwin, NO_LIMITS, privateLinkInProcess } from '../../src/testing/index.js';
import { serve, WORKER_SETTINGS } from '../bench-worker.js';
import { programArgument } from '../forked-program.js';

/** Where and what to serve. */
export interface InProcessWorkerArgument {
  readonly address: string;
  readonly taskQueue: string;
  readonly codePath: string;
}

const { address, taskQueue, codePath } = programArgument() as InProcessWorkerArgument;
const privateLink = privateLinkInProcess(
  createInProcessTwin({
    settings: { timeToActive: { afterMs: 0 }, limits: NO_LIMITS, quotas: { endpointsPerVpc: Infinity } },
  }),
);
const runLists = new SharedRunLists();
const activities = createActivities({
  privateLink: () => privateLink,
  accountTaskQueue,
  lookUps: new SharedLookUps(),
  findEarlierRuns: (workflowId, runId) =>
    findEarlierRuns(workflowId, runId, (client, id) => runLists.runsOf(client, id)),
});
await serve(address, (connection) =>
  Promise.all([
    Worker.create({
      ...WORKER_SETTINGS,
      connection,
      taskQueue,
      workflowBundle: { codePath },
      activities: { parseInput: activities.parseInput },
      enableNonLocalActivities: false,
    }),
    Worker.create({
      connection,
      taskQueue: accountTaskQueue(taskQueue, DEFAULT_ACCOUNT),
      shutdownGraceTime: WORKER_SETTINGS.shutdownGraceTime,
      activities,
    }),
  ]),
);
