import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { workerEnvironment } from '../src/cli/stack-environment.js';
import { startWorkerProcess } from '../src/cli/worker-process.js';
import type { ProvisionInput } from '../src/contract/input.js';
import { PROVISION_WORKFLOW_TYPE, retryNowUpdate } from '../src/contract/messages.js';
import { NO_LIMITS, startSimulator, type Simulator } from '../src/simulator/index.js';
import type { provisionVpcEndpoint } from '../src/workflows/index.js';
import { startBenchServer } from './bench-server.js';
import { allTrue, claimsText, type Claim } from './claims.js';
import { machineState } from './machine.js';
import { provisionInput } from './request.js';
import { inFlight, range } from './scale/progress.js';
import { peakInWindow } from './sliding-window.js';
import { quantileOf } from './statistics.js';
import { table } from './table.js';

/** How much is parked, and how fast it may go on. */
export interface ReleaseSize {
  readonly runs: number;
  /** Share of the paced lanes: PVL_CREATES_PER_MINUTE. */
  readonly createsPerMinute: number;
  /** Worker processes of each lane. */
  readonly workers: number;
  /** From the last first refusal to the release. */
  readonly idleSeconds: number;
  /** `woken`: all runs are told to try again when the quota frees; `timers`: each waits for its own timer. */
  readonly ways: readonly ReleaseWay[];
}

export type ReleaseWay = 'woken' | 'timers';

/** One kind of release, with runs, queues, workers and a twin of its own. */
interface Lane {
  readonly name: string;
  readonly paced: boolean;
  readonly woken: boolean;
  readonly createsPerMinute: number;
  readonly taskQueue: string;
  readonly twin: Simulator;
  stop(): Promise<void>;
}

interface Measured {
  readonly lane: Lane;
  /** Most create calls in any 60 s before the release, and in any 60 s at all. */
  readonly peakBefore: number;
  readonly peak: number;
  /** From the freed quota to the endpoint, of each run. */
  readonly createdAfterMs: readonly number[];
}

/** The most that the setting takes: for 200 runs as good as no pace. */
const UNPACED = 10_000;
const MINUTE_MS = 60_000;
/** Starts and wake-ups under way at a time, for each lane. */
const IN_FLIGHT = 25;
const LOOK_MS = 500;
const GIVE_UP_MS = 20 * MINUTE_MS;

/** Waits for nobody but `retryNow`, within a benchmark. */
const SLOW = { initialInterval: '1h', maximumInterval: '1h', timeout: '24h' };
/** Shorter than anybody would have it, so that the benchmark ends. */
const QUICK = { initialInterval: '20s', maximumInterval: '40s', timeout: '24h' };

/**
 * Park runs on a used-up quota, free it, and count the create calls that reach the twin: paced and not, woken all at once
 * and not. With and without a pace side by side on one dev server, in real time, with worker processes and twins over HTTP.
 *
 * @returns The report, and whether the paced lanes kept to their share and each run made one endpoint.
 */
export async function measureRelease(size: ReleaseSize): Promise<{ readonly text: string; readonly holds: boolean }> {
  const server = await startBenchServer();
  try {
    const connection = await Connection.connect({ address: server.address });
    const client = new Client({ connection });
    const before = machineState().load;
    const measured: Measured[] = [];
    for (const woken of size.ways.map((way) => way === 'woken')) {
      const pair = [true, false].map((paced) => measureLane(client, server.address, size, { paced, woken }));
      measured.push(...(await Promise.all(pair)));
    }
    await connection.close();
    return report(measured, size, before);
  } finally {
    await server.stop();
  }
}

async function openLane(
  address: string,
  { createsPerMinute: share, workers }: ReleaseSize,
  { paced, woken }: Pick<Lane, 'paced' | 'woken'>,
): Promise<Lane> {
  const name = `${paced ? 'paced' : 'unpaced'}, ${woken ? 'woken at once' : 'own timers'}`;
  const taskQueue = `bench-${paced ? 'paced' : 'unpaced'}-${woken ? 'woken' : 'timers'}`;
  const createsPerMinute = paced ? share : UNPACED;
  const effect = { kind: 'code', code: 'QuotaMisMatched' } as const;
  const twin = await startSimulator({
    // Without limits of its own: what is counted is what the runs would send.
    settings: { timeToActive: { afterReads: 0 }, limits: NO_LIMITS },
    faults: [{ action: 'CreateVpcEndpoint', times: 'always', effect }],
  });
  const env = workerEnvironment(
    process.env,
    { temporalAddress: address, namespace: 'default', twinUrl: twin.url },
    { PVL_TASK_QUEUE: taskQueue, PVL_CREATES_PER_MINUTE: String(createsPerMinute) },
  );
  const processes = await Promise.all(Array.from({ length: workers }, () => startWorkerProcess({ env })));
  return {
    name,
    paced,
    woken,
    createsPerMinute,
    taskQueue,
    twin,
    stop: async () => {
      await Promise.all(processes.map((worker) => worker.kill('SIGTERM')));
      await twin.close();
    },
  };
}

/** Each lane goes at its own speed: what is not paced has long ended when the paced runs are released. */
async function measureLane(
  client: Client,
  address: string,
  size: ReleaseSize,
  kind: Pick<Lane, 'paced' | 'woken'>,
): Promise<Measured> {
  const { runs, idleSeconds } = size;
  const lane = await openLane(address, size, kind);
  try {
    await startRuns(client, lane, runs);
    await until(`all runs of the lane "${lane.name}" are refused`, () => tokenBases(lane).size >= runs);
    say(`${lane.name}: all refused; the quota frees in ${idleSeconds} s`);
    await pause(idleSeconds * 1_000);
    return await release(client, lane, runs);
  } finally {
    await lane.stop();
  }
}

async function startRuns(client: Client, lane: Lane, runs: number): Promise<void> {
  const input: ProvisionInput = { ...provisionInput(), retry: { quota: lane.woken ? SLOW : QUICK } };
  await inFlight(range(0, runs), IN_FLIGHT, (run) =>
    client.workflow.start<typeof provisionVpcEndpoint>(PROVISION_WORKFLOW_TYPE, {
      workflowId: workflowId(lane, run),
      taskQueue: lane.taskQueue,
      args: [input],
    }),
  );
}

async function release(client: Client, lane: Lane, runs: number): Promise<Measured> {
  const freedAt = Date.now();
  lane.twin.faults.clear();
  if (lane.woken) {
    await inFlight(range(0, runs), IN_FLIGHT, (run) => wake(client, workflowId(lane, run)));
  }
  await until(`all runs of the lane "${lane.name}" have created`, () => madeAt(lane).length >= runs);
  await inFlight(range(0, runs), IN_FLIGHT, async (run) => {
    const handle = client.workflow.getHandle<typeof provisionVpcEndpoint>(workflowId(lane, run));
    const { outcome } = await handle.result();
    if (outcome !== 'created') throw new Error(`${handle.workflowId} ended with ${outcome}`);
  });
  say(`${lane.name}: all created`);
  const calls = createCallsAt(lane);
  return {
    lane,
    peakBefore: peakInWindow(
      calls.filter((at) => at < freedAt),
      MINUTE_MS,
    ),
    peak: peakInWindow(calls, MINUTE_MS),
    createdAfterMs: madeAt(lane).map((at) => at - freedAt),
  };
}

/** Under load an answer can take longer than the client waits. Under the same update id, asking again is the same update. */
async function wake(client: Client, id: string): Promise<void> {
  for (;;) {
    try {
      await client.workflow.getHandle(id).executeUpdate(retryNowUpdate, { updateId: 'release' });
      return;
    } catch (error) {
      if (!(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)) throw error;
      say(`${id} has not answered yet`);
    }
  }
}

function workflowId(lane: Lane, run: number): string {
  return `${lane.taskQueue}/${run}`;
}

/** Runs that have called create, by the base of their tokens. */
function tokenBases({ twin }: Lane): Set<string> {
  return new Set(createCalls(twin).map(({ parameters }) => (parameters['ClientToken'] ?? '').replace(/\.\d+$/, '')));
}

function createCallsAt({ twin }: Lane): number[] {
  return createCalls(twin).map(({ at }) => Date.parse(at));
}

function createCalls({ journal }: Simulator) {
  return journal.requests.filter(({ action }) => action === 'CreateVpcEndpoint');
}

function madeAt({ twin }: Lane): number[] {
  return twin.journal.effects.filter(({ kind }) => kind === 'created').map(({ at }) => Date.parse(at));
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + GIVE_UP_MS;
  while (!holds()) {
    if (Date.now() > giveUpAt) throw new Error(`Not within ${GIVE_UP_MS / MINUTE_MS} min: ${what}`);
    await pause(LOOK_MS);
  }
}

function say(text: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
}

function report(measured: readonly Measured[], size: ReleaseSize, loadBefore: number) {
  const seconds = (ms: number) => (ms / 1_000).toFixed(1);
  const rows = measured.map(({ lane, peakBefore, peak, createdAfterMs }) => [
    lane.name,
    lane.paced ? String(lane.createsPerMinute) : '-',
    String(peakBefore),
    String(peak),
    seconds(quantileOf(createdAfterMs, 0.5)),
    seconds(quantileOf(createdAfterMs, 0.99)),
    String(createdAfterMs.length),
  ]);
  const heading = ['', 'share', 'peak before', 'peak', 'median s', 'p99 s', 'endpoints'];
  const { cores, load, node } = machineState();
  const claims: Claim[] = [
    ['no 60 s saw more create calls than the share', measured.every(({ lane, peak }) => peak <= lane.createsPerMinute)],
    ['each run made one endpoint', measured.every(({ createdAfterMs }) => createdAfterMs.length === size.runs)],
  ];
  const text = [
    table([heading, ...rows]),
    `  ${size.runs} runs in each lane, ${size.workers} worker processes each. Peaks: create calls in any 60 s, before the quota`,
    `  freed and at all. Times: from the freed quota to the endpoint.`,
    `  ${cores} cores, load ${loadBefore.toFixed(1)} before and ${load.toFixed(1)} after, Node ${node}`,
    claimsText(claims),
  ].join('\n');
  return { text, holds: allTrue(claims) };
}
