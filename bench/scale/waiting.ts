import { allTrue, claimsText, type Claim } from '../claims.js';
import type { Part } from '../life-stage.js';
import { quantileOf } from '../statistics.js';
import { table } from '../table.js';
import { CALL_MS, SEEN_HEADING, seenCells, spreadMsOf } from './lag.js';
import type { ScaleOptions } from './options.js';
import type { ScalePlace } from './place.js';
import { measureWaiting, type Waited } from './waiting-lane.js';

const SIZES = [1_000, 10_000];
const MEBIBYTE = 1_024 * 1_024;
/** With fewer the difference is less than what the server does for itself from minute to minute. */
const ENOUGH = 1_000;
/** Claims about memory and lag are of this many. */
const MANY = 10_000;

/** What very many that wait cost the server and the worker, and whether they all come to their ends. */
export async function measureManyWaiting(place: ScalePlace, options: ScaleOptions): Promise<Part> {
  const { seed, workers, settleMs, costMs, giveUpMs } = options;
  const measured: Waited[] = [];
  for (const mode of options.modes ?? (['watched'] as const)) {
    for (const waiting of options.waiting ?? SIZES) {
      measured.push(
        await measureWaiting(place, {
          name: `waiting-${mode}-${waiting}`,
          mode,
          waiting,
          callMs: CALL_MS,
          listMs: CALL_MS,
          seed,
          workers,
          settleMs,
          costMs,
          alone: true,
          spreadMs: spreadMsOf(waiting, options.activePerMinute),
          giveUpMs,
        }),
      );
    }
  }
  const heading = ['way', 'waiting', 'set up, s', 'server CPU with 1, ms a minute', 'with all', 'for each, ms'];
  const more = ['worker CPU for each, ms', 'worker RSS, MiB', ...SEEN_HEADING];
  const rows = measured.map((waited) => [
    waited.options.mode,
    String(waited.options.waiting),
    (waited.setUpMs / 1_000).toFixed(0),
    msText(waited.cost.one?.serverCpuMs, 0),
    msText(waited.cost.all?.serverCpuMs, 0),
    msText(serverMsEach(waited), 3),
    msText(workerMsEach(waited), 3),
    (waited.rss / MEBIBYTE).toFixed(0),
    ...seenCells(waited),
  ]);
  const claims = measured.flatMap(claimsOf);
  return { text: [table([[...heading, ...more], ...rows]), claimsText(claims)].join('\n'), holds: allTrue(claims) };
}

/** Processor time of the server for each that waits a minute, without what it needs where one does. */
export function serverMsEach({ cost, options: { waiting } }: Waited): number | undefined {
  return each(cost.one?.serverCpuMs, cost.all?.serverCpuMs, waiting);
}

/** The same of the workers. */
export function workerMsEach({ cost, options: { waiting } }: Waited): number | undefined {
  return each(cost.one?.workerCpuMs, cost.all?.workerCpuMs, waiting);
}

export function msText(ms: number | undefined, digits: number): string {
  return ms === undefined ? '-' : ms.toFixed(digits);
}

function each(one: number | undefined, all: number | undefined, waiting: number): number | undefined {
  return one === undefined || all === undefined ? undefined : (all - one) / waiting;
}

function claimsOf(waited: Waited): Claim[] {
  const { mode, waiting } = waited.options;
  const claims: Claim[] = [[`${waiting} ${mode}: each run knows in the end`, waited.unseen === 0]];
  const serverMs = serverMsEach(waited);
  if (serverMs !== undefined && waiting >= ENOUGH) {
    claims.push([`${waiting} ${mode}: less than 1 ms of server CPU for each and minute`, serverMs < 1]);
  }
  if (waiting >= MANY) {
    claims.push(
      [`${waiting} ${mode}: no worker has more than 350 MiB`, waited.rss <= 350 * MEBIBYTE],
      [`${waiting} ${mode}: p99 is at most 2 s`, quantileOf(waited.lagsMs, 0.99) <= 2_000],
    );
  }
  return claims;
}
