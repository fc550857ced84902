import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allTrue, claimsText, type Claim } from '../claims.js';
import type { Part } from '../life-stage.js';
import { quantileOf } from '../statistics.js';
import { table } from '../table.js';
import { CALL_MS, seconds, spreadMsOf } from './lag.js';
import { MODES } from './lane.js';
import type { ScaleOptions } from './options.js';
import type { ScalePlace } from './place.js';
import { plotSvg, type Plot } from './plot.js';
import { say } from './progress.js';
import { measureWaiting, type MinuteCost, type Waited } from './waiting-lane.js';
import { msText } from './waiting.js';

const SIZES = [10, 100, 1_000];
const IMAGES = join(import.meta.dirname, '..', '..', 'docs', 'images');
/** What is less cannot be told from nothing: the system counts processor time in hundredths of a second. */
const LEAST_MS = 10;

/** What a waiting minute costs, and what it brings, for each way to wait and several sizes: a table and two plots. */
export async function measureAll(place: ScalePlace, options: ScaleOptions): Promise<Part> {
  const measured: Waited[] = [];
  for (const waiting of options.waiting ?? SIZES) {
    for (const mode of options.modes ?? MODES) {
      const waited = await measureWaiting(place, {
        name: `compare-${mode}-${waiting}`,
        mode,
        waiting,
        callMs: CALL_MS,
        listMs: CALL_MS,
        seed: options.seed,
        workers: options.workers,
        settleMs: options.settleMs,
        costMs: options.costMs,
        alone: true,
        spreadMs: spreadMsOf(waiting, options.activePerMinute),
        giveUpMs: options.giveUpMs,
      });
      measured.push(waited);
      say(costText([waited]));
    }
  }
  const images = options.images ?? IMAGES;
  mkdirSync(images, { recursive: true });
  for (const [name, plot] of Object.entries(plotsOf(measured))) {
    if (plot.lines.length > 0) writeFileSync(join(images, `${name}.svg`), plotSvg(plot));
  }
  const own = measured.filter(({ options: { mode } }) => mode === 'watched' || mode === 'polled');
  const claims: Claim[] = [['each run of ours knows in the end', own.every(({ unseen }) => unseen === 0)]];
  const text = [costText(measured), `  Plots: ${images}`, claimsText(claims)];
  return { text: text.join('\n'), holds: allTrue(claims) };
}

function costText(measured: readonly Waited[]): string {
  const heading = ['way', 'waiting', 'server CPU a minute, ms', 'with 1', 'worker CPU a minute, ms', 'with 1'];
  const more = ['calls a minute', 'throttled', 'lag p50, s', 'p99, s', 'max, s', 'not seen', 'load'];
  const rows = measured.map(({ options, cost, lagsMs, throttled, unseen, load }) => [
    options.mode,
    String(options.waiting),
    msText(cost.all?.serverCpuMs, 0),
    msText(cost.one?.serverCpuMs, 0),
    msText(cost.all?.workerCpuMs, 0),
    msText(cost.one?.workerCpuMs, 0),
    cost.all === undefined ? '-' : callsOf(cost.all).toFixed(0),
    String(throttled),
    ...[0.5, 0.99, 1].map((share) => (lagsMs.length === 0 ? '-' : seconds(quantileOf(lagsMs, share)))),
    String(unseen),
    load.map((value) => value.toFixed(1)).join(' to '),
  ]);
  return table([[...heading, ...more], ...rows]);
}

function callsOf({ calls }: MinuteCost): number {
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}

/** File names without their ending, and what they show. */
function plotsOf(measured: readonly Waited[]): Readonly<Record<string, Plot>> {
  const linesOf = (read: (waited: Waited) => number | undefined) =>
    MODES.flatMap((name) => {
      const points = measured.flatMap((waited) => {
        const value = waited.options.mode === name ? read(waited) : undefined;
        return value === undefined ? [] : [[waited.options.waiting, value] as const];
      });
      return points.length === 0 ? [] : [{ name, points }];
    });
  return {
    'detect-lag': {
      title: 'From Active until the run knows, 99 % of the runs',
      x: 'endpoints that wait',
      y: 'seconds',
      lines: linesOf(({ lagsMs }) =>
        lagsMs.length === 0 ? undefined : Math.max(0.001, quantileOf(lagsMs, 0.99) / 1_000),
      ),
    },
    'waiting-cost': {
      title: 'Processor time of the server while they wait',
      x: 'endpoints that wait',
      y: 'milliseconds a minute',
      lines: linesOf(({ cost }) =>
        cost.all?.serverCpuMs === undefined ? undefined : Math.max(LEAST_MS, cost.all.serverCpuMs),
      ),
    },
  };
}
