import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom } from '../../src/simulator/twin/seeded-random.js';
import { allTrue, claimsText, type Claim } from '../claims.js';
import type { Part } from '../life-stage.js';
import { quantileOf } from '../statistics.js';
import { table } from '../table.js';
import { CALL_MS, seconds } from './lag.js';
import { openLane, type Lane, type LaneWorker } from './lane.js';
import type { ScaleOptions } from './options.js';
import type { ScalePlace } from './place.js';
import { range, say, until } from './progress.js';
import { lagsOf, watchersOf } from './waiting-lane.js';

/** A kill, by the clock of this machine. */
interface Kill {
  readonly atMs: number;
  readonly pid: number;
}

const STARTS_A_SECOND = 2;
/** The first endpoints become Active in this time. */
const FIRST_KILL_AFTER_MS = 60_000;
/** Between a kill and the next, by chance. Starting another worker takes some of it. */
const BETWEEN_KILLS_MS = [10_000, 25_000] as const;
/** A lag that begins this long before a kill, or after it, may come of it. */
const NEAR_KILL_MS = 10_000;

/**
 * Kill the worker that watches again and again while endpoints are made and become Active all the time. There are always two
 * workers: a new one is started after each kill.
 */
export async function measureKills(place: ScalePlace, options: ScaleOptions): Promise<Part> {
  const { kills, seed, giveUpMs } = options;
  const mode = options.modes?.[0] ?? 'watched';
  const lane = await openLane(place, {
    name: `kill-${mode}`,
    mode,
    settings: { timeToActive: { afterMs: [20_000, 60_000] } },
    seed,
    callMs: CALL_MS,
    listMs: CALL_MS,
    workers: 2,
    slots: 1_000,
    env: { PVL_CREATES_PER_MINUTE: '200' },
  });
  try {
    const stopped = new AbortController();
    const starting = startSteadily(lane, stopped.signal);
    const done = await Promise.race([killAgainAndAgain(place, lane, kills, seed), starting.then(() => [])]).finally(
      () => stopped.abort(),
    );
    const runs = range(0, await starting);
    say(`${runs.length} runs were started; waiting for the last`);
    const { lags, lagsMs, unseen } = await lagsOf(lane, runs, performance.now() + giveUpMs);
    const made = (await lane.twin.created()).length;
    const isNear = (activeMs: number, lagMs: number) =>
      done.some(({ atMs }) => activeMs - NEAR_KILL_MS < atMs && atMs < activeMs + lagMs + NEAR_KILL_MS);
    const quiet = lags.filter(({ activeMs, lagMs }) => !isNear(activeMs, lagMs)).map(({ lagMs }) => lagMs);
    const usual = quantileOf(quiet.length === 0 ? lagsMs : quiet, 0.5);
    const worst = quantileOf(lagsMs, 1);
    const text = table([
      [`${done.length} kills, ${runs.length} runs, ${mode}`, ''],
      ['median lag away from kills, s', seconds(usual)],
      ['lag p50, p99 and max of all, s', [0.5, 0.99, 1].map((share) => seconds(quantileOf(lagsMs, share))).join(', ')],
      ['worst added lag, s', seconds(worst - usual)],
      ['endpoints made', String(made)],
      ['not seen', String(unseen)],
    ]);
    const claims: Claim[] = [
      ['all kills were done', done.length === kills],
      ['nothing is lost: each run ended with an endpoint of its own', unseen === 0 && lags.length === runs.length],
      ['nothing is there twice', made === runs.length],
      ['the worst added lag is at most 8 s', worst - usual <= 8_000],
    ];
    return { text: [text, claimsText(claims)].join('\n'), holds: allTrue(claims) };
  } finally {
    await lane.stop();
  }
}

/** @returns How many runs it started. */
async function startSteadily(lane: Lane, stopped: AbortSignal): Promise<number> {
  for (let run = 0; ; run += 1) {
    await lane.start(run);
    const isTime = await pause(1_000 / STARTS_A_SECOND, true, { signal: stopped }).catch(() => false);
    if (!isTime) return run + 1;
  }
}

async function killAgainAndAgain(place: ScalePlace, lane: Lane, times: number, seed: number): Promise<Kill[]> {
  const random = seededRandom(seed);
  const [min, max] = BETWEEN_KILLS_MS;
  const kills: Kill[] = [];
  await pause(FIRST_KILL_AFTER_MS);
  while (kills.length < times) {
    await pause(min + (max - min) * random());
    const victim = await whoWatches(place, lane, random);
    const atMs = Date.now();
    await victim.kill('SIGKILL');
    lane.workers.splice(lane.workers.indexOf(victim), 1);
    kills.push({ atMs, pid: victim.pid });
    say(`kill ${kills.length} of ${times}: worker ${victim.pid}`);
    await lane.addWorker();
  }
  return kills;
}

/** The worker whose activity watches now; where nobody is to watch, any. */
async function whoWatches(place: ScalePlace, lane: Lane, random: () => number): Promise<LaneWorker> {
  let found = lane.mode === 'watched' ? undefined : lane.workers[Math.floor(random() * lane.workers.length)];
  await until('a worker watches', 60_000, async () => {
    if (found !== undefined) return true;
    const pids = await watchersOf(place, lane);
    found = lane.workers.find(({ pid }) => pids.includes(pid));
    return found !== undefined;
  });
  if (found === undefined) throw new Error('There is no worker to kill');
  return found;
}
