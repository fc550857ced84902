/**
 * `npm run bench:detect-lag`: how long after the cloud's change of status a run that polls for itself knows of it.
 *
 * Real time and the poll schedule of production, so it takes half a minute. The twin says when the endpoint became Active,
 * the run says when it knew; both go by the clock of this machine.
 */
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createActivities } from '../src/activities/index.js';
import { PROVISION_WORKFLOW_TYPE } from '../src/contract/messages.js';
import { createInProcessTwin, privateLinkInProcess } from '../src/testing/index.js';
import type { provisionVpcEndpoint } from '../src/workflows/index.js';
import { bundleToFile } from '../test/support/bundle-workflows.js';
import { startBenchServer } from './bench-server.js';
import { installRuntime } from './bench-worker.js';
import { machineState } from './machine.js';
import { provisionInput } from './request.js';
import { spreadOf, spreadText } from './statistics.js';
import { table } from './table.js';

const TIMES_TO_ACTIVE_S = [0, 1, 5, 20];
/** Few enough that they do not slow each other down. */
const RUNS_EACH = 8;
/** Between two starts, so that the runs do not look in step. */
const STAGGER_MS = 331;
const TASK_QUEUE = 'bench-detect-lag';

installRuntime();
const server = await startBenchServer();
const bundle = await bundleToFile(new URL('../src/workflows/index.ts', import.meta.url));
try {
  await measureAll();
} finally {
  await server.stop();
  await bundle.remove();
}
process.exit(0);

async function measureAll(): Promise<void> {
  // One twin a case, told apart by the region.
  const twins = new Map(
    TIMES_TO_ACTIVE_S.map((seconds) => [
      `cn-after-${seconds}s`,
      createInProcessTwin({ settings: { timeToActive: { afterMs: seconds * 1_000 } } }),
    ]),
  );
  const twinOf = (regionId: string) => {
    const twin = twins.get(regionId);
    if (twin === undefined) throw new Error(`There is no twin for ${regionId}`);
    return twin;
  };
  const native = await NativeConnection.connect({ address: server.address });
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection });
  const worker = await Worker.create({
    connection: native,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: bundle.path },
    activities: createActivities({
      privateLink: (_account, regionId) => privateLinkInProcess(twinOf(regionId)),
      accountTaskQueue: (taskQueue) => taskQueue,
    }),
  });

  const lagMs = async (regionId: string, run: number): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, run * STAGGER_MS));
    const { endpoint, times } = await client.workflow.execute<typeof provisionVpcEndpoint>(PROVISION_WORKFLOW_TYPE, {
      workflowId: `bench/${regionId}/${run}`,
      taskQueue: TASK_QUEUE,
      args: [provisionInput(regionId)],
    });
    const record = twinOf(regionId)
      .engine.inspect()
      .find(({ EndpointId }) => EndpointId === endpoint?.EndpointId);
    return Date.parse(times.activeAt ?? '') - Date.parse(record?.activeAt ?? '');
  };
  const rows = await worker.runUntil(
    Promise.all(
      [...twins].map(async ([regionId, { journal }], index) => {
        const lags = await Promise.all(Array.from({ length: RUNS_EACH }, (_, run) => lagMs(regionId, run)));
        return [
          `${TIMES_TO_ACTIVE_S[index] ?? '?'} s`,
          spreadText(spreadOf(lags.map((ms) => ms / 1_000)), 2),
          (journal.countOf('GetVpcEndpointAttribute') / RUNS_EACH).toFixed(1),
        ];
      }),
    ),
  );
  await connection.close();
  await native.close();
  const { cores, load, node } = machineState();
  process.stdout.write(
    `${table([['time to Active', 'detect lag, s', 'Gets a run'], ...rows])}\n` +
      `  Medians (smallest to largest) of ${RUNS_EACH} runs each. ${cores} cores, load ${load.toFixed(1)}, Node ${node}\n`,
  );
}
