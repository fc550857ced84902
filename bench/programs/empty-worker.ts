/** The worker of the empty workflow: one task queue, as small as a worker can be. */
import { Worker } from '@temporalio/worker';
import { serve, WORKER_SETTINGS } from '../bench-worker.js';
import { programArgument } from '../forked-program.js';

/** Where and what to serve. */
export interface EmptyWorkerArgument {
  readonly address: string;
  readonly taskQueue: string;
  readonly codePath: string;
}

const { address, taskQueue, codePath } = programArgument() as EmptyWorkerArgument;
await serve(address, async (connection) => [
  await Worker.create({
    ...WORKER_SETTINGS,
    connection,
    taskQueue,
    workflowBundle: { codePath },
    activities: { nothing: async () => undefined },
  }),
]);
