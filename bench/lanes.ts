import { join } from 'node:path';
import { workerEnvironment } from '../src/cli/stack-environment.js';
import { startWorkerProcess } from '../src/cli/worker-process.js';
import { PROVISION_WORKFLOW_TYPE } from '../src/contract/messages.js';
import type { ProvisionResult } from '../src/contract/result.js';
import { bundleToFile } from '../test/support/bundle-workflows.js';
import { forkProgram } from './forked-program.js';
import type { EmptyWorkerArgument } from './programs/empty-worker.js';
import type { InProcessWorkerArgument } from './programs/in-process-worker.js';
import { provisionInput } from './request.js';

/** One kind of workflow, with a worker process of its own that serves nothing else. */
export interface Lane {
  readonly name: 'empty' | 'provision' | 'provisionInProcess';
  readonly meaning: string;
  readonly workflowType: string;
  readonly taskQueue: string;
  readonly args: readonly unknown[];
  readonly workerPid: number;
  /** The twin, where it is another process. */
  readonly twinPid?: number;
  /** @throws Error - A run did not bring what it should. */
  check(result: unknown): void;
  stop(): Promise<void>;
}

const LIB = join(import.meta.dirname, '..', 'lib');

/** The yardstick: a workflow of one empty activity. */
export async function openEmptyLane(address: string): Promise<Lane> {
  const taskQueue = 'bench-empty';
  const bundle = await bundleToFile(new URL('./programs/empty-workflow.ts', import.meta.url));
  const argument: EmptyWorkerArgument = { address, taskQueue, codePath: bundle.path };
  const worker = await forkProgram('empty-worker', argument);
  return {
    name: 'empty',
    meaning: 'empty workflow, one empty activity',
    workflowType: 'emptyWorkflow',
    taskQueue,
    args: [],
    workerPid: worker.pid,
    check: () => undefined,
    stop: async () => {
      await worker.stop();
      await bundle.remove();
    },
  };
}

/** The twin has no limits here, so the engine is not to keep to any. */
const UNPACED = { PVL_CREATES_PER_MINUTE: '10000', PVL_READS_PER_MINUTE: '100000' };

/** What users run: the compiled worker program, and the twin over HTTP by pop-core. */
export async function openProvisionLane(address: string): Promise<Lane> {
  const taskQueue = 'bench-provision';
  const twin = await forkProgram<{ url: string }>('twin', {});
  const addresses = { temporalAddress: address, namespace: 'default', twinUrl: twin.ready.url };
  const worker = await startWorkerProcess({
    env: workerEnvironment(process.env, addresses, { PVL_TASK_QUEUE: taskQueue, ...UNPACED }),
    workerFile: join(LIB, 'worker.js'),
  });
  return {
    name: 'provision',
    meaning: 'provision, worker program, twin over HTTP',
    ...provisioning(taskQueue),
    workerPid: worker.pid,
    twinPid: twin.pid,
    stop: async () => {
      await worker.kill('SIGTERM');
      await twin.stop();
    },
  };
}

/** The same workflow and activities on a twin inside the worker: no HTTP, no signatures. */
export async function openInProcessLane(address: string): Promise<Lane> {
  const taskQueue = 'bench-in-process';
  const argument: InProcessWorkerArgument = { address, taskQueue, codePath: join(LIB, 'workflow-bundle.js') };
  const worker = await forkProgram('in-process-worker', argument);
  return {
    name: 'provisionInProcess',
    meaning: 'provision, twin inside the worker',
    ...provisioning(taskQueue),
    workerPid: worker.pid,
    stop: () => worker.stop(),
  };
}

function provisioning(taskQueue: string) {
  return {
    workflowType: PROVISION_WORKFLOW_TYPE,
    taskQueue,
    args: [provisionInput()],
    check: (result: unknown) => {
      const { outcome, endpoint } = result as ProvisionResult;
      if (outcome !== 'created' || endpoint?.EndpointStatus !== 'Active') {
        throw new Error(`A provision ended with ${outcome}, ${endpoint?.EndpointStatus ?? 'no endpoint'}`);
      }
    },
  };
}
