/** How often a run that polls for itself looks at its endpoint. */
export interface PollSchedule {
  readonly minMs: number;
  readonly maxMs: number;
  /** The next look comes after this share of the time already waited, so that what is detected late is late in proportion. */
  readonly share: number;
  /** Each delay is spread by up to this share in both directions, so that many waiters do not fall into step. */
  readonly jitter: number;
}

/** Every 2 s at first, every 15 s after a minute. */
export const DEFAULT_POLL_SCHEDULE: PollSchedule = { minMs: 2_000, maxMs: 15_000, share: 0.25, jitter: 0.2 };

/** For a connection that a person may have to accept: every 2 s at first, every 5 minutes after some hours. */
export const CONNECTION_POLL_SCHEDULE: PollSchedule = { minMs: 2_000, maxMs: 300_000, share: 0.05, jitter: 0.2 };

/**
 * For an endpoint that is watched, should the watcher fail: after 10 to 20 minutes, then ever more rarely. Many runs wait so
 * at the same time: looks every 2 minutes of a thousand of them were a herd that delayed all others.
 */
export const BACKSTOP_SCHEDULE: PollSchedule = { minMs: 900_000, maxMs: 3_600_000, share: 1, jitter: 0.33 };

/**
 * Delay before the next look at an endpoint.
 *
 * It depends on the time waited and not on the number of attempts: deploys and operators reset attempts, not time.
 *
 * @param elapsedMs - Since the wait began, by the engine's clock.
 * @param random - A number in [0, 1).
 * @returns Whole milliseconds, at least 1 (the server treats 0 as "do not retry").
 */
export function pollDelayMs(schedule: PollSchedule, elapsedMs: number, random: number): number {
  const even = clamp(elapsedMs * schedule.share, schedule.minMs, schedule.maxMs);
  return spread(even, schedule.jitter, random);
}

/** Growth of a repeated delay, in Temporal's words. */
export interface Backoff {
  readonly initialIntervalMs: number;
  readonly backoffCoefficient: number;
  readonly maximumIntervalMs: number;
}

/** Delay before retry number `retry` (from 1), spread by ±`jitter`, never below 1 ms and never above the maximum. */
export function backoffDelayMs(backoff: Backoff, retry: number, random: number, jitter = 0.2): number {
  const grown = backoff.initialIntervalMs * backoff.backoffCoefficient ** Math.min(Math.max(0, retry - 1), 1_000);
  const longest = Math.max(1, Math.round(backoff.maximumIntervalMs));
  return Math.min(spread(Math.min(grown, backoff.maximumIntervalMs), jitter, random), longest);
}

/** Capped exponential delay with full jitter: anything from `floorMs` up to the grown delay. For throttled calls. */
export function fullJitterDelayMs(backoff: Backoff, retry: number, random: number, floorMs = 250): number {
  const grown = backoff.initialIntervalMs * backoff.backoffCoefficient ** Math.min(Math.max(0, retry - 1), 1_000);
  const ceiling = Math.min(grown, backoff.maximumIntervalMs);
  return Math.max(1, Math.round(floorMs + Math.max(0, ceiling - floorMs) * random));
}

/** The last try before a deadline begins so long before it. */
const LAST_TRY_MS = 3_000;

/**
 * Shorten a delay so that one more try fits before a deadline: the engine gives up at once when the next try would come
 * after it, however much time is left.
 *
 * @param leftMs - Until the deadline. With too little left for another try the delay stays, and the engine gives up.
 */
export function delayWithin(delayMs: number, leftMs: number): number {
  const lastTryInMs = leftMs - LAST_TRY_MS;
  if (delayMs <= lastTryInMs || lastTryInMs < 1_000) return delayMs;
  return Math.round(lastTryInMs);
}

/** Keep a number within bounds. */
export function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}

function spread(ms: number, jitter: number, random: number): number {
  return Math.max(1, Math.round(ms * (1 - jitter + 2 * jitter * random)));
}
