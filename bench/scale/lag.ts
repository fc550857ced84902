import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom } from '../../src/simulator/twin/seeded-random.js';
import { allTrue, claimsText, type Claim } from '../claims.js';
import type { Part } from '../life-stage.js';
import { machineState } from '../machine.js';
import { quantileOf } from '../statistics.js';
import { table } from '../table.js';
import { MODES, openLane, type Mode } from './lane.js';
import type { ScaleOptions } from './options.js';
import type { ScalePlace } from './place.js';
import { say } from './progress.js';
import { FIRST, lagsOf, measureWaiting, NOT_BEFORE_TOLD, PILOT, requireWatcher, setUp } from './waiting-lane.js';

/** Lags of one way to wait, with so many that wait. */
export interface LagRow {
  readonly mode: Mode;
  readonly waiting: number;
  readonly listMs: number;
  readonly lagsMs: readonly number[];
  readonly unseen: number;
  /** Get calls of all together, while they waited. */
  readonly looksAMinute: number;
  readonly throttled: number;
  readonly load: readonly [before: number, after: number];
}

export const CALL_MS = 15;
const SLOW_LIST_MS = 300;
const SIZES = [1, 100, 1_000];
/** One that waits does so as long as an endpoint usually takes. */
const ALONE_MS = [20_000, 40_000] as const;

/**
 * How long after the cloud's change of status a run knows of it: each way to wait after the other on one server. One that
 * waits alone is repeated, all ways at the same time. The ways that do not List have no second row for slow List pages.
 */
export async function measureLag(place: ScalePlace, options: ScaleOptions): Promise<Part> {
  const rows: LagRow[] = [];
  const modes = options.modes ?? MODES;
  const kinds = modes.flatMap((mode) =>
    (mode === 'watched' ? [CALL_MS, SLOW_LIST_MS] : [CALL_MS]).map((listMs) => ({ mode, listMs })),
  );
  for (const waiting of options.waiting ?? SIZES) {
    if (waiting === 1) {
      rows.push(...(await Promise.all(kinds.map((kind) => oneByOne(place, options, kind)))));
      continue;
    }
    for (const { mode, listMs } of kinds) {
      const measured = await measureWaiting(place, {
        name: `lag-${mode}-${waiting}-${listMs}`,
        mode,
        waiting,
        callMs: CALL_MS,
        listMs,
        seed: options.seed,
        workers: options.workers,
        settleMs: options.settleMs,
        costMs: 0,
        alone: false,
        spreadMs: spreadMsOf(waiting, options.activePerMinute),
        giveUpMs: options.giveUpMs,
      });
      rows.push({ mode, waiting, listMs, ...measured });
      say(lagText(rows.slice(-1)));
    }
  }
  const claims = lagClaims(rows);
  return { text: [lagText(rows), ratioText(rows), claimsText(claims)].join('\n'), holds: allTrue(claims) };
}

/** Over a minute, or as many minutes as the limit on Gets makes of it. */
export function spreadMsOf(waiting: number, perMinute: number): number {
  return Math.max(60_000, (waiting / perMinute) * 60_000);
}

/** A run, and another one when it has ended. */
async function oneByOne(
  place: ScalePlace,
  { rounds, seed, workers, giveUpMs }: ScaleOptions,
  { mode, listMs }: Pick<LagRow, 'mode' | 'listMs'>,
): Promise<LagRow> {
  const name = `lag-${mode}-1-${listMs}`;
  const random = seededRandom(seed);
  const before = machineState().load;
  const lane = await openLane(place, {
    name,
    mode,
    settings: NOT_BEFORE_TOLD,
    seed,
    callMs: CALL_MS,
    listMs,
    workers,
    slots: 100,
  });
  try {
    const lagsMs: number[] = [];
    let unseen = 0;
    await setUp(lane, PILOT, FIRST);
    await requireWatcher(place, lane);
    const looksBefore = (await lane.twin.counts())['GetVpcEndpointAttribute'] ?? 0;
    const beganMs = performance.now();
    for (let run = FIRST; run < FIRST + rounds; run += 1) {
      await setUp(lane, run, run + 1);
      await pause(ALONE_MS[0] + (ALONE_MS[1] - ALONE_MS[0]) * random());
      await lane.twin.activate((await lane.twin.created()).at(-1)?.EndpointId ?? '');
      const seen = await lagsOf(lane, [run], performance.now() + giveUpMs);
      lagsMs.push(...seen.lagsMs);
      unseen += seen.unseen;
    }
    say(`${name}: ${rounds} rounds`);
    const looks = ((await lane.twin.counts())['GetVpcEndpointAttribute'] ?? 0) - looksBefore;
    const looksAMinute = looks / ((performance.now() - beganMs) / 60_000);
    await lane.twin.activate((await lane.twin.created())[PILOT]?.EndpointId ?? '');
    await lane.ended(PILOT, giveUpMs);
    const throttled = (await lane.twin.requests({ code: 'Throttling.User' })).length;
    return { mode, waiting: 1, listMs, lagsMs, unseen, looksAMinute, throttled, load: [before, machineState().load] };
  } finally {
    await lane.stop();
  }
}

export function lagText(rows: readonly LagRow[]): string {
  return table([
    ['way', 'waiting', 'List page, ms', ...SEEN_HEADING],
    ...rows.map((row) => [row.mode, String(row.waiting), String(row.listMs), ...seenCells(row)]),
  ]);
}

/** Columns of what was seen, and when. */
export const SEEN_HEADING = ['p50, s', 'p99, s', 'max, s', 'not seen', 'Gets a minute', 'throttled', 'load'] as const;

/** The same of one row. */
export function seenCells({
  lagsMs,
  unseen,
  looksAMinute,
  throttled,
  load,
}: Pick<LagRow, 'lagsMs' | 'unseen' | 'looksAMinute' | 'throttled' | 'load'>): readonly string[] {
  return [
    ...[0.5, 0.99, 1].map((share) => (lagsMs.length === 0 ? '-' : seconds(quantileOf(lagsMs, share)))),
    String(unseen),
    looksAMinute.toFixed(0),
    String(throttled),
    load.map((value) => value.toFixed(1)).join(' to '),
  ];
}

export function seconds(ms: number): string {
  return (ms / 1_000).toFixed(2);
}

/** Median lag of each other way over that of the watched one, for the same number that wait. */
function ratioText(rows: readonly LagRow[]): string {
  const medianOf = (row: LagRow | undefined) =>
    row === undefined || row.lagsMs.length === 0 ? NaN : quantileOf(row.lagsMs, 0.5);
  const lines = rows.flatMap(({ mode, waiting, lagsMs, listMs }) => {
    const watched = rows.find((row) => row.mode === 'watched' && row.waiting === waiting && row.listMs === CALL_MS);
    if (mode === 'watched' || watched === undefined || lagsMs.length === 0 || listMs !== CALL_MS) return [];
    const ratio = quantileOf(lagsMs, 0.5) / medianOf(watched);
    return [`  ${waiting} waiting: ${mode} over watched, medians: ${ratio.toFixed(1)}`];
  });
  return lines.join('\n');
}

function lagClaims(rows: readonly LagRow[]): Claim[] {
  const own = rows.filter(({ mode }) => mode === 'watched' || mode === 'polled');
  const watched = rows.filter(({ mode }) => mode === 'watched');
  const within = (share: number, ms: number) =>
    watched.every(({ lagsMs }) => lagsMs.length > 0 && quantileOf(lagsMs, share) <= ms);
  return [
    ['each run of ours knows in the end', own.every(({ unseen }) => unseen === 0)],
    ...(watched.length === 0
      ? []
      : ([
          ['watched: p50 is at most 0.7 s', within(0.5, 700)],
          ['watched: p99 is at most 1.3 s', within(0.99, 1_300)],
        ] satisfies Claim[])),
  ];
}
