/**
 * `npm run bench:lifecycle`: what the rest of an endpoint's life costs, and how long it takes.
 *
 * `costs`: calls and history events of create, connect, delete and of what callers ask of a run. `lane`: accepting many
 * connections of one account, beside runs that each accept their own. `cancel`: from a cancellation to its outcome.
 * `accepted`: from the start to the id of the endpoint, beside the create call alone. A real dev server, production timers
 * and real time. Exits 1 when a claim that it prints is not true.
 *
 * `--part`: only that. Of the lane: `--connections`, `--naive-minutes` (when the other way is given up). Of the
 * cancellations: `--runs` of each case. Of `accepted`: `--starts`.
 */
import { parseArgs } from 'node:util';
import { bundleToFile } from '../test/support/bundle-workflows.js';
import { measureAcceptLane } from './accept-lane.js';
import { measureAccepted } from './accepted-time.js';
import { startBenchServer } from './bench-server.js';
import { installRuntime } from './bench-worker.js';
import { measureCancellations } from './cancel-times.js';
import { measureCosts } from './life-costs.js';
import type { Part, StagePlace } from './life-stage.js';

const { values: options } = parseArgs({
  options: {
    part: { type: 'string', default: 'all' },
    connections: { type: 'string', default: '50' },
    'naive-minutes': { type: 'string', default: '10' },
    runs: { type: 'string', default: '10' },
    starts: { type: 'string', default: '30' },
  },
});

const PARTS: Readonly<Record<string, (place: StagePlace) => Promise<Part>>> = {
  costs: measureCosts,
  accepted: (place) => measureAccepted(place, Number(options.starts)),
  cancel: (place) => measureCancellations(place, Number(options.runs)),
  lane: (place) => measureAcceptLane(place, Number(options.connections), Number(options['naive-minutes']) * 60_000),
};
const wanted = Object.entries(PARTS).filter(([name]) => options.part === 'all' || options.part === name);
if (wanted.length === 0) throw new Error(`--part is all, ${Object.keys(PARTS).join(', ')}, not ${options.part}`);

installRuntime();
const server = await startBenchServer();
const bundle = await bundleToFile(new URL('../src/workflows/index.ts', import.meta.url));
let allHold = true;
try {
  for (const [name, measure] of wanted) {
    const { text, holds } = await measure({ address: server.address, codePath: bundle.path });
    process.stdout.write(`${name}\n${text}\n\n`);
    allHold &&= holds;
  }
} finally {
  await server.stop();
  await bundle.remove();
}
process.exit(allHold ? 0 : 1);
