/**
 * `npm run bench:events`: what waiting costs the history, after 1, 20 and 500 looks that found the endpoint Creating.
 *
 * A real dev server and real time: its timers are made fast by dynamic configuration and the poll schedule is set to
 * 1 ms, because virtual time would add an event of its own for each skip. Exits 1 unless all three histories have the
 * same number of events, and no more than is claimed.
 */
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createActivities } from '../src/activities/index.js';
import { PROVISION_WORKFLOW_TYPE } from '../src/contract/messages.js';
import { FAST_TIMERS } from '../src/temporal/dev-server.js';
import { createInProcessTwin, NO_LIMITS, privateLinkInProcess, type InProcessTwin } from '../src/testing/index.js';
import type { provisionVpcEndpoint } from '../src/workflows/index.js';
import { bundleToFile } from '../test/support/bundle-workflows.js';
import { startBenchServer } from './bench-server.js';
import { installRuntime } from './bench-worker.js';
import { allTrue, claimsText, type Claim } from './claims.js';
import { machineState } from './machine.js';
import { provisionInput } from './request.js';
import { table } from './table.js';

const CREATING_READS = [1, 20, 500];
const MOST_EVENTS = 22;
const ACTIONS = ['ListVpcEndpoints', 'CreateVpcEndpoint', 'GetVpcEndpointAttribute', 'ListVpcEndpointZones'];
const TASK_QUEUE = 'bench-events';

interface Measured {
  readonly creatingReads: number;
  readonly events: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly calls: Readonly<Record<string, number>>;
}

installRuntime();
const server = await startBenchServer({ dynamicConfig: FAST_TIMERS });
const bundle = await bundleToFile(new URL('../src/workflows/index.ts', import.meta.url));
let holds = false;
try {
  // One twin a case, told apart by the region.
  const twins = new Map(
    CREATING_READS.map((afterReads) => [
      `cn-after-${afterReads}`,
      createInProcessTwin({ settings: { timeToActive: { afterReads }, limits: NO_LIMITS } }),
    ]),
  );
  const measured = await runAll(twins);
  report(measured);
  holds = claimHolds(measured);
} finally {
  await server.stop();
  await bundle.remove();
}
process.exit(holds ? 0 : 1);

async function runAll(twins: ReadonlyMap<string, InProcessTwin>): Promise<Measured[]> {
  const native = await NativeConnection.connect({ address: server.address });
  const connection = await Connection.connect({ address: server.address });
  const worker = await Worker.create({
    connection: native,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: bundle.path },
    activities: createActivities({
      privateLink: (_account, regionId) => privateLinkInProcess(twinOf(twins, regionId)),
      accountTaskQueue: (taskQueue) => taskQueue,
      pollSchedule: { minMs: 1, maxMs: 1, share: 0, jitter: 0 },
    }),
  });
  const client = new Client({ connection });
  try {
    return await worker.runUntil(
      Promise.all(CREATING_READS.map((creatingReads) => runOne(client, twins, creatingReads))),
    );
  } finally {
    await connection.close();
    await native.close();
  }
}

async function runOne(
  client: Client,
  twins: ReadonlyMap<string, InProcessTwin>,
  creatingReads: number,
): Promise<Measured> {
  const regionId = `cn-after-${creatingReads}`;
  const startedAt = performance.now();
  const handle = await client.workflow.start<typeof provisionVpcEndpoint>(PROVISION_WORKFLOW_TYPE, {
    workflowId: `bench/${regionId}`,
    taskQueue: TASK_QUEUE,
    args: [provisionInput(regionId)],
  });
  const { endpoint } = await handle.result();
  if (endpoint?.EndpointStatus !== 'Active') throw new Error(`${handle.workflowId} ended without an Active endpoint`);
  const seconds = (performance.now() - startedAt) / 1_000;
  const { historyLength, historySize = 0 } = await handle.describe();
  const { counts } = twinOf(twins, regionId).journal;
  return { creatingReads, events: historyLength, bytes: historySize, seconds, calls: counts };
}

function twinOf(twins: ReadonlyMap<string, InProcessTwin>, regionId: string): InProcessTwin {
  const twin = twins.get(regionId);
  if (twin === undefined) throw new Error(`There is no twin for ${regionId}`);
  return twin;
}

function report(measured: readonly Measured[]): void {
  const rows = measured.map(({ creatingReads, events, bytes, seconds, calls }) => [
    String(creatingReads),
    String(events),
    String(bytes),
    seconds.toFixed(1),
    ...ACTIONS.map((action) => String(calls[action] ?? 0)),
  ]);
  const heading = ['looks that said Creating', 'history events', 'bytes', 'seconds', ...ACTIONS];
  const { cores, load, node } = machineState();
  process.stdout.write(`${table([heading, ...rows])}\n  ${cores} cores, load ${load.toFixed(1)}, Node ${node}\n`);
}

function claimHolds(measured: readonly Measured[]): boolean {
  const claims: Claim[] = [
    ['all histories have the same number of events', new Set(measured.map(({ events }) => events)).size === 1],
    [`none has more than ${MOST_EVENTS}`, measured.every(({ events }) => events <= MOST_EVENTS)],
    [
      'each run looked once more often than it was told Creating',
      measured.every(({ creatingReads, calls }) => calls['GetVpcEndpointAttribute'] === creatingReads + 1),
    ],
    ['each run created once', measured.every(({ calls }) => calls['CreateVpcEndpoint'] === 1)],
  ];
  process.stdout.write(`${claimsText(claims)}\n`);
  return allTrue(claims);
}
