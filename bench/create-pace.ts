/**
 * `npx tsx bench/create-pace.ts`: whether the pace of creates keeps any 60 s within the limit of the service.
 *
 * One worker process at PVL_CREATES_PER_MINUTE 200 on a dev server, against a twin with the real limits, in real time; as
 * many runs at once as keep its queue full for more than five minutes. Exits 1 unless no 60 s saw more than 200 create
 * calls, none was throttled, and the calls came as fast as the engine was asked for.
 *
 * `--runs`, `--creates-per-minute`, `--workers`, `--partitions` (of each queue; 4 unless a server is told otherwise).
 */
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { workerEnvironment } from '../src/cli/stack-environment.js';
import { startWorkerProcess } from '../src/cli/worker-process.js';
import { PROVISION_WORKFLOW_TYPE } from '../src/contract/messages.js';
import { startSimulator } from '../src/simulator/index.js';
import { callsPerSecond } from '../src/worker/pace.js';
import type { provisionVpcEndpoint } from '../src/workflows/index.js';
import { startBenchServer } from './bench-server.js';
import { allTrue, claimsText, type Claim } from './claims.js';
import { machineState } from './machine.js';
import { provisionInput } from './request.js';
import { peakInWindow } from './sliding-window.js';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    'creates-per-minute': { type: 'string', default: '200' },
    workers: { type: 'string', default: '1' },
    partitions: { type: 'string', default: '4' },
  },
});
const runs = Number(options.runs);
const share = Number(options['creates-per-minute']);
const TASK_QUEUE = 'bench-pace';
const MINUTE_MS = 60_000;
const AT_A_TIME = 50;
/** Share of the rate that is asked for. */
const FAST_ENOUGH = 0.98;

const server = await startBenchServer({
  dynamicConfig: ['Read', 'Write'].map((kind) => `matching.numTaskqueue${kind}Partitions=${options.partitions}`),
});
const twin = await startSimulator({ settings: { timeToActive: { afterReads: 0 } } });
const env = workerEnvironment(
  process.env,
  { temporalAddress: server.address, namespace: 'default', twinUrl: twin.url },
  { PVL_TASK_QUEUE: TASK_QUEUE, PVL_CREATES_PER_MINUTE: String(share) },
);
const workers = await Promise.all(Array.from({ length: Number(options.workers) }, () => startWorkerProcess({ env })));
const loads: number[] = [];
const connection = await Connection.connect({ address: server.address });
try {
  const { workflow } = new Client({ connection });
  for (let begun = 0; begun < runs; begun += AT_A_TIME) {
    const numbers = Array.from({ length: Math.min(AT_A_TIME, runs - begun) }, (_, index) => begun + index);
    await Promise.all(
      numbers.map((number) =>
        workflow.start<typeof provisionVpcEndpoint>(PROVISION_WORKFLOW_TYPE, {
          workflowId: `pace/${number}`,
          taskQueue: TASK_QUEUE,
          args: [provisionInput()],
        }),
      ),
    );
  }
  const made = () => twin.journal.effects.filter(({ kind }) => kind === 'created');
  const giveUpAt = Date.now() + 20 * MINUTE_MS;
  while (made().length < runs) {
    if (Date.now() > giveUpAt) throw new Error(`Only ${made().length} of ${runs} endpoints were made`);
    await pause(5_000);
    loads.push(machineState().load);
    process.stderr.write(`${made().length} made, peak so far ${peakSoFar()}\n`);
  }
  report();
} finally {
  await connection.close();
  await Promise.all(workers.map((worker) => worker.kill('SIGTERM')));
  await twin.close();
  await server.stop();
}

function createCallsAt(): number[] {
  const calls = twin.journal.requests.filter(({ action }) => action === 'CreateVpcEndpoint');
  return calls.map(({ at }) => Date.parse(at));
}

function peakSoFar(): number {
  return peakInWindow(createCallsAt(), MINUTE_MS);
}

function report(): void {
  const times = createCallsAt();
  const throttled = times.length - runs;
  const peak = peakInWindow(times, MINUTE_MS);
  const seconds = (Math.max(...times) - Math.min(...times)) / 1_000;
  // The last ones come slower: the partitions of the queue do not run dry at once.
  const sorted = [...times].sort((a, b) => a - b);
  const most = Math.ceil(times.length * 0.95);
  const rate = (most - 1) / (((sorted[most - 1] ?? 0) - (sorted[0] ?? 0)) / 1_000);
  const wanted = FAST_ENOUGH * callsPerSecond(share);
  const claims: Claim[] = [
    [`no 60 s saw more than ${share} create calls`, peak <= share],
    ['none was throttled', throttled === 0],
    [`at least ${wanted.toFixed(2)} a second over the first 95 %`, rate >= wanted],
  ];
  const { cores, node } = machineState();
  console.log(
    `${runs} runs, ${options.workers} worker processes, PVL_CREATES_PER_MINUTE ${share}, partitions ${options.partitions}`,
  );
  console.log(`peak in 60 s ${peak}, throttled ${throttled}; first to last call ${seconds.toFixed(1)} s`);
  console.log(`first 95 %: ${rate.toFixed(3)} a second, 1,000 in ${(1_000 / rate).toFixed(0)} s`);
  console.log(
    `${cores} cores, load ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}, Node ${node}`,
  );
  console.log(claimsText(claims));
  process.exitCode = allTrue(claims) ? 0 : 1;
}
