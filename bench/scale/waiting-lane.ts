import { setTimeout as pause } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { seededRandom } from '../../src/simulator/twin/seeded-random.js';
import { cpuMsOf, machineState } from '../machine.js';
import { largestRss, openLane, type Lane, type LaneOptions } from './lane.js';
import type { ScalePlace } from './place.js';
import { at, inFlight, range, say, until } from './progress.js';

/** How many wait, and how they are treated. */
export interface WaitingOptions extends Omit<LaneOptions, 'settings' | 'slots'> {
  readonly waiting: number;
  /** Between the last creation and whatever is measured. */
  readonly settleMs: number;
  /** How long to look at what waiting costs. 0: not at all. */
  readonly costMs: number;
  /** Look at the cost with the first run alone as well; not where `costMs` is 0. */
  readonly alone: boolean;
  /** Over which they become Active, evenly; 0: they stay as they are and the lane is given up. */
  readonly spreadMs: number;
  /** From the last that became Active until what is missing counts as not seen. */
  readonly giveUpMs: number;
}

/** What a lane used over a time, in a minute of it. Processor times are milliseconds; `undefined`: not known. */
export interface MinuteCost {
  readonly serverCpuMs: number | undefined;
  readonly workerCpuMs: number | undefined;
  /** Calls of each action. */
  readonly calls: Readonly<Record<string, number>>;
}

/** What came of a lane. */
export interface Waited {
  readonly options: WaitingOptions;
  readonly setUpMs: number;
  /** With the first run alone, and with all. */
  readonly cost: { readonly one: MinuteCost | undefined; readonly all: MinuteCost | undefined };
  /** Get calls of all together while they waited: those that wait to be told make none. */
  readonly looksAMinute: number;
  /** Of the largest worker process while all waited, in bytes. */
  readonly rss: number;
  /** From the true change to the run that knew, in the order of the runs. */
  readonly lagsMs: readonly number[];
  /** Runs that had not ended when they were given up. */
  readonly unseen: number;
  /** Calls that the service refused because there were too many, from the end of the set-up on. */
  readonly throttled: number;
  /** Of one minute, when they began to become Active, and when all had ended. */
  readonly load: readonly [before: number, after: number];
}

/** Nothing becomes Active by itself. */
export const NOT_BEFORE_TOLD = { timeToActive: { afterReads: 'Infinity' } };
/**
 * The first run of a lane. It wakes the watcher, so it is not watched itself, and it keeps the watcher awake: it becomes
 * Active last, and does not count.
 */
export const PILOT = 0;
export const FIRST = 1;
const STARTS_AT_A_TIME = 40;
const RESULTS_AT_A_TIME = 20;
/** A worker that was told that nobody watches asks again after 5 s; the first scan comes on top. */
const ANSWER_COUNTS_MS = 8_000;
const SET_UP_WITHIN_MS = 30 * 60_000;

/** Let endpoints wait, see what that costs, let them become Active, and see how long each run takes to know of it. */
export async function measureWaiting(place: ScalePlace, options: WaitingOptions): Promise<Waited> {
  const { waiting, name, settleMs, costMs } = options;
  const begunMs = performance.now();
  const lane = await openLane(place, { ...options, settings: NOT_BEFORE_TOLD, slots: waiting + 50 });
  try {
    await lane.twin.limit(false);
    await setUp(lane, PILOT, FIRST);
    await requireWatcher(place, lane);
    let one: MinuteCost | undefined;
    if (costMs > 0 && options.alone) {
      await pause(settleMs);
      one = await costOf(place, lane, costMs);
    }
    await setUp(lane, FIRST, FIRST + waiting);
    const setUpMs = performance.now() - begunMs - (one === undefined ? 0 : settleMs + costMs);
    await lane.twin.limit(true);
    const limitedSince = new Date().toISOString();
    say(`${name}: ${waiting} wait, set up in ${Math.round(setUpMs / 1_000)} s`);
    const looksBefore = await looksAt(lane);
    await pause(settleMs);
    const looksAMinute = ((await looksAt(lane)) - looksBefore) * (60_000 / settleMs);
    const all = costMs === 0 ? undefined : await costOf(place, lane, costMs);
    const rss = largestRss(lane.workers.map(({ pid }) => pid));
    const before = machineState().load;
    const seen = options.spreadMs === 0 ? { lagsMs: [], unseen: 0 } : await release(lane, options);
    return {
      options,
      setUpMs,
      rss,
      looksAMinute,
      ...seen,
      cost: { one, all },
      throttled: (await lane.twin.requests({ code: 'Throttling.User', since: limitedSince })).length,
      load: [before, machineState().load],
    };
  } finally {
    await lane.stop();
  }
}

/** Start runs, and wait until the service has accepted the endpoint of each. */
export async function setUp(lane: Lane, from: number, to: number): Promise<void> {
  if (to <= from) return;
  await inFlight(range(from, to), STARTS_AT_A_TIME, async (run) => {
    await lane.start(run);
    if (run % 1_000 === 999) say(`${lane.mode}: ${run + 1} started`);
  });
  await until(`${to} endpoints are created`, SET_UP_WITHIN_MS, async () => {
    const made = (await lane.twin.counts())['CreateVpcEndpoint'] ?? 0;
    return made >= to;
  });
}

/** A lane that is called watched and is not would show figures of something else. */
export async function requireWatcher(place: ScalePlace, lane: Lane): Promise<void> {
  if (lane.mode !== 'watched') return;
  await until(`${lane.watchId} watches`, 60_000, async () => (await watchersOf(place, lane)).length > 0);
  await pause(ANSWER_COUNTS_MS);
}

/** Process ids of the workers that watch the region of a lane: one, or none for the moment. */
export async function watchersOf({ client }: ScalePlace, lane: Lane): Promise<readonly number[]> {
  const described = await client.workflow
    .getHandle(lane.watchId)
    .describe()
    .catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    });
  // The identity that workers have unless they are told otherwise: <pid>@<host>.
  return (described?.raw.pendingActivities ?? []).flatMap(({ lastHeartbeatTime, lastWorkerIdentity }) =>
    lastHeartbeatTime == null ? [] : [Number.parseInt(lastWorkerIdentity ?? '')],
  );
}

async function looksAt(lane: Lane): Promise<number> {
  return (await lane.twin.counts())['GetVpcEndpointAttribute'] ?? 0;
}

async function costOf(place: ScalePlace, lane: Lane, costMs: number): Promise<MinuteCost> {
  const used = async () => ({
    serverCpuMs: place.serverCpuMs(),
    workerCpuMs: lane.workers.reduce<number | undefined>((sum, { pid }) => added(sum, cpuMsOf(pid)), 0),
    calls: await lane.twin.counts(),
  });
  const before = await used();
  await pause(costMs);
  const after = await used();
  const perMinute = (from: number | undefined, to: number | undefined) =>
    from === undefined || to === undefined ? undefined : ((to - from) * 60_000) / costMs;
  return {
    serverCpuMs: perMinute(before.serverCpuMs, after.serverCpuMs),
    workerCpuMs: perMinute(before.workerCpuMs, after.workerCpuMs),
    calls: Object.fromEntries(
      Object.entries(after.calls).map(([action, count]) => [action, perMinute(before.calls[action] ?? 0, count) ?? 0]),
    ),
  };
}

function added(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

/** Let all become Active in an order by chance, one after the other, and wait for the runs. */
async function release(lane: Lane, { name, waiting, spreadMs, giveUpMs, seed }: WaitingOptions) {
  const [pilot = '', ...made] = (await lane.twin.created()).map(({ EndpointId }) => EndpointId);
  if (made.length !== waiting) throw new Error(`${waiting} runs made ${made.length} endpoints`);
  const random = seededRandom(seed);
  const beganMs = performance.now();
  for (const [index, EndpointId] of shuffled(made, random).entries()) {
    // Not in step with those that look every so many seconds.
    await at(beganMs + (spreadMs * (index + random())) / waiting);
    await lane.twin.activate(EndpointId);
  }
  say(`${name}: all are Active`);
  const seen = await lagsOf(lane, range(FIRST, FIRST + waiting), performance.now() + giveUpMs);
  await lane.twin.activate(pilot);
  await lane.ended(PILOT, giveUpMs);
  return seen;
}

/** Detect lag of runs that were started, and how many had not ended at a moment of `performance.now()`. */
export async function lagsOf(lane: Lane, runs: readonly number[], giveUpAtMs: number) {
  const ends = new Map<string, number>();
  let unseen = 0;
  await inFlight(runs, RESULTS_AT_A_TIME, async (run) => {
    const end = await lane.ended(run, Math.max(1_000, giveUpAtMs - performance.now()));
    if (end === undefined) unseen += 1;
    else ends.set(end.EndpointId, end.activeAtMs);
  });
  const active = await lane.twin.activeTimes();
  const lags = [...ends].map(([EndpointId, knownMs]) => {
    const activeMs = active.get(EndpointId);
    if (activeMs === undefined) throw new Error(`A run took ${EndpointId} for Active, which it is not`);
    return { activeMs, lagMs: knownMs - activeMs };
  });
  if (lags.length + unseen !== runs.length) throw new Error('Two runs have the same endpoint');
  return { lags, lagsMs: lags.map(({ lagMs }) => lagMs), unseen };
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => [random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}
