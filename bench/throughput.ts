/**
 * `npm run bench:throughput`: provisions per second with time to Active 0, over an empty single-activity workflow's.
 *
 * Both, and a third lane without HTTP, run in turn on one server, round by round and every other round backwards, so
 * that whatever else the machine does strikes all of them. Read the ratios: the figures themselves belong to the machine.
 *
 * `--address HOST:PORT`: on a server that is there already, `--server-pids 1,2`: whose processor time counts there.
 *
 * `--rounds`, `--workflows` (a round and lane), `--in-flight`; `--json` prints everything that was measured, as JSON.
 * Exits 1 when a claim that it prints is not true.
 */
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { allTrue, claimsText, type Claim } from './claims.js';
import { openEmptyLane, openInProcessLane, openProvisionLane, type Lane } from './lanes.js';
import { machineState } from './machine.js';
import { openMeasuredServer } from './measured-server.js';
import { runRound, type Round } from './round.js';
import { spreadOf, spreadText } from './statistics.js';
import { table } from './table.js';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    workflows: { type: 'string', default: '400' },
    'in-flight': { type: 'string', default: '200' },
    address: { type: 'string' },
    'server-pids': { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
});
const CPU = ['serverCpuMs', 'workerCpuMs', 'twinCpuMs', 'clientCpuMs'] as const;

const rounds = Number(options.rounds);
const size = { workflows: Number(options.workflows), inFlight: Number(options['in-flight']) };

const serverPids = options['server-pids'].split(',').filter(Boolean).map(Number);
const server = await openMeasuredServer({ address: options.address, serverPids });
const lanes: Lane[] = [];
let holds: boolean;
try {
  for (const open of [openEmptyLane, openProvisionLane, openInProcessLane]) lanes.push(await open(server.address));
  const connection = await Connection.connect({ address: server.address });
  const before = machineState();
  const measured = await runAll(new Client({ connection }));
  const after = machineState();
  await connection.close();
  holds = allTrue(claimsOf(measured));
  if (options.json)
    process.stdout.write(`${JSON.stringify({ before, after, ...size, rounds, ...summary(measured) })}\n`);
  else report(measured, before.load, after.load);
} finally {
  await Promise.all(lanes.map((lane) => lane.stop()));
  await server.close();
}
process.exit(holds ? 0 : 1);

/** The rounds of each lane, in the order in which they ran: the first of each comes beside the first of the others. */
type Measured = ReadonlyMap<Lane, readonly Round[]>;

async function runAll(client: Client): Promise<Measured> {
  const measured = new Map<Lane, Round[]>(lanes.map((lane) => [lane, []]));
  // Code that never ran before is slow; nobody wants to know how slow.
  for (const lane of lanes) await runRound(client, lane, server, size);
  for (let round = 0; round < rounds; round += 1) {
    for (const lane of round % 2 === 0 ? lanes : lanes.toReversed()) {
      measured.get(lane)?.push(await runRound(client, lane, server, size));
    }
  }
  return measured;
}

/** Throughput of each round over that of the empty workflow beside it. */
function ratios(measured: Measured, lane: Lane): number[] {
  const empty = [...measured].find(([{ name }]) => name === 'empty')?.[1] ?? [];
  return (measured.get(lane) ?? []).map(({ perSecond }, round) => perSecond / (empty[round]?.perSecond ?? NaN));
}

/** Of the worker program, as users run it. */
function claimsOf(measured: Measured): Claim[] {
  return [...measured.keys()]
    .filter(({ name }) => name === 'provision')
    .map((lane) => [
      'provisions a second are at least half of what empty workflows come to',
      spreadOf(ratios(measured, lane)).median >= 0.5,
    ]);
}

function cpu(measured: readonly Round[], name: (typeof CPU)[number]) {
  const known = measured.map((round) => round[name]).filter((ms) => ms !== undefined);
  return known.length === 0 ? undefined : spreadOf(known);
}

function summary(measured: Measured) {
  return {
    lanes: [...measured].map(([lane, rounds]) => ({
      name: lane.name,
      perSecond: spreadOf(rounds.map(({ perSecond }) => perSecond)),
      ratio: spreadOf(ratios(measured, lane)),
      rounds,
    })),
  };
}

function report(measured: Measured, loadBefore: number, loadAfter: number): void {
  const heading = ['', 'per second', 'over empty', 'server ms', 'worker ms', 'twin ms', 'client ms'];
  const rows = [...measured].map(([lane, rounds]) => [
    lane.meaning,
    spreadText(spreadOf(rounds.map(({ perSecond }) => perSecond))),
    lane.name === 'empty' ? '1' : spreadText(spreadOf(ratios(measured, lane)), 2),
    ...CPU.map((name) => cpu(rounds, name)?.median.toFixed(1) ?? '-'),
  ]);
  const { cores, node } = machineState();
  process.stdout.write(
    `${table([heading, ...rows])}\n` +
      `  Medians of ${rounds} rounds (smallest to largest), ${size.workflows} workflows each, ${size.inFlight} in flight. ` +
      `Processor time per workflow.\n` +
      `  ${cores} cores, load ${loadBefore.toFixed(1)} before and ${loadAfter.toFixed(1)} after, Node ${node}\n` +
      `${claimsText(claimsOf(measured))}\n`,
  );
}
