import { describe, expect, it } from 'vitest';
import {
  backoffDelayMs,
  clamp,
  DEFAULT_POLL_SCHEDULE,
  fullJitterDelayMs,
  pollDelayMs,
  type Backoff,
  delayWithin,
} from '../../../src/model/poll-schedule.js';
import { MAX_DURATION_MS } from '../../../src/model/duration.js';

/** The random source in the middle and at both ends of its range. */
const MIDDLE = 0.5;
const LOWEST = 0;
const HIGHEST = 1 - Number.EPSILON;

const BACKOFF: Backoff = { initialIntervalMs: 1_000, backoffCoefficient: 2, maximumIntervalMs: 60_000 };

const isMonotone = (delays: readonly number[]) => delays.every((delay, index) => delay >= (delays[index - 1] ?? 0));

describe('how often a run looks at its endpoint', () => {
  it.each([
    { elapsedMs: 0, delayMs: 2_000, reason: 'the shortest delay at first' },
    { elapsedMs: -60_000, delayMs: 2_000, reason: 'a clock that went back changes nothing' },
    { elapsedMs: 8_000, delayMs: 2_000, reason: 'a quarter of the time waited, from here on' },
    { elapsedMs: 20_000, delayMs: 5_000, reason: 'a quarter of the time waited' },
    { elapsedMs: 60_000, delayMs: 15_000, reason: 'the longest delay after a minute' },
    { elapsedMs: MAX_DURATION_MS, delayMs: 15_000, reason: 'never longer than the longest' },
    { elapsedMs: Number.MAX_VALUE, delayMs: 15_000, reason: 'never longer than the longest' },
  ])('after $elapsedMs ms in $delayMs ms: $reason', ({ elapsedMs, delayMs }) => {
    expect(pollDelayMs(DEFAULT_POLL_SCHEDULE, elapsedMs, MIDDLE)).toBe(delayMs);
  });

  it('looks ever less often, never more', () => {
    const delays = Array.from({ length: 200 }, (_, index) => pollDelayMs(DEFAULT_POLL_SCHEDULE, index * 1_000, MIDDLE));
    expect(isMonotone(delays)).toBe(true);
  });

  it('spreads each delay by the jitter in both directions', () => {
    expect(pollDelayMs(DEFAULT_POLL_SCHEDULE, 0, LOWEST)).toBe(1_600);
    expect(pollDelayMs(DEFAULT_POLL_SCHEDULE, 0, HIGHEST)).toBe(2_400);
    expect(pollDelayMs(DEFAULT_POLL_SCHEDULE, 600_000, LOWEST)).toBe(12_000);
    expect(pollDelayMs(DEFAULT_POLL_SCHEDULE, 600_000, HIGHEST)).toBe(18_000);
  });

  it('is never less than 1 ms and always whole: the server takes 0 for "do not retry"', () => {
    const frantic = { minMs: 0, maxMs: 0.3, share: 0, jitter: 1 };
    for (const random of [LOWEST, MIDDLE, HIGHEST]) expect(pollDelayMs(frantic, 0, random)).toBe(1);
    expect(pollDelayMs({ ...DEFAULT_POLL_SCHEDULE, minMs: 1_000.4 }, 0, 0.123)).toSatisfy(Number.isInteger);
  });
});

describe('repeated delays', () => {
  it.each([
    { retry: 1, delayMs: 1_000, reason: 'the first delay' },
    { retry: 2, delayMs: 2_000, reason: 'grown once' },
    { retry: 6, delayMs: 32_000, reason: 'grown five times' },
    { retry: 7, delayMs: 60_000, reason: 'the longest delay' },
    { retry: 0, delayMs: 1_000, reason: 'there is no retry before the first' },
    { retry: -7, delayMs: 1_000, reason: 'there is no retry before the first' },
    { retry: Number.MAX_SAFE_INTEGER, delayMs: 60_000, reason: 'growth that no number holds is capped' },
  ])('retry $retry comes after $delayMs ms: $reason', ({ retry, delayMs }) => {
    expect(backoffDelayMs(BACKOFF, retry, MIDDLE)).toBe(delayMs);
    expect(fullJitterDelayMs(BACKOFF, retry, HIGHEST)).toBe(delayMs);
  });

  it('never shrink from one retry to the next', () => {
    for (const backoffCoefficient of [1, 1.5, 100]) {
      const delays = Array.from({ length: 2_000 }, (_, retry) =>
        backoffDelayMs({ ...BACKOFF, backoffCoefficient }, retry, MIDDLE),
      );
      expect(isMonotone(delays)).toBe(true);
    }
  });

  it('stay within 20 percent of the even delay, or within the jitter that is named', () => {
    expect(backoffDelayMs(BACKOFF, 1, LOWEST)).toBe(800);
    expect(backoffDelayMs(BACKOFF, 1, HIGHEST)).toBe(1_200);
    expect(backoffDelayMs(BACKOFF, 1, LOWEST, 0)).toBe(1_000);
    expect(backoffDelayMs(BACKOFF, 1, HIGHEST, 0.5)).toBe(1_500);
  });

  it('hold the longest delay where the first one is longer still', () => {
    expect(backoffDelayMs({ ...BACKOFF, initialIntervalMs: 90_000 }, 1, MIDDLE)).toBe(60_000);
  });

  it('are whole and at least 1 ms, whatever is multiplied', () => {
    const extremes: Backoff[] = [
      { initialIntervalMs: 1, backoffCoefficient: 1, maximumIntervalMs: 1 },
      { initialIntervalMs: MAX_DURATION_MS, backoffCoefficient: 100, maximumIntervalMs: MAX_DURATION_MS },
      { initialIntervalMs: 0.1, backoffCoefficient: 1.1, maximumIntervalMs: 0.2 },
    ];
    for (const backoff of extremes) {
      for (const retry of [1, 2, 1_000, 1_001, 1e9]) {
        for (const random of [LOWEST, MIDDLE, HIGHEST]) {
          for (const delay of [backoffDelayMs(backoff, retry, random), fullJitterDelayMs(backoff, retry, random, 0)]) {
            expect(delay).toSatisfy(Number.isSafeInteger);
            expect(delay).toBeGreaterThanOrEqual(1);
          }
        }
      }
    }
  });

  it('never exceed the maximum interval that the caller gave', () => {
    expect(backoffDelayMs(BACKOFF, 50, HIGHEST)).toBe(60_000);
    expect(backoffDelayMs(BACKOFF, 50, LOWEST)).toBe(48_000);
  });

  it('of throttled calls are anything from the floor to the grown delay', () => {
    expect(fullJitterDelayMs(BACKOFF, 3, LOWEST)).toBe(250);
    expect(fullJitterDelayMs(BACKOFF, 3, HIGHEST)).toBe(4_000);
    expect(fullJitterDelayMs(BACKOFF, 3, LOWEST, 1_500)).toBe(1_500);
    expect(fullJitterDelayMs({ ...BACKOFF, maximumIntervalMs: 100 }, 3, HIGHEST)).toBe(250);
  });
});

describe('keeping a number within bounds', () => {
  it.each([
    { value: 5, min: 1, max: 10, kept: 5 },
    { value: -5, min: 1, max: 10, kept: 1 },
    { value: 50, min: 1, max: 10, kept: 10 },
    { value: Number.POSITIVE_INFINITY, min: 1, max: 10, kept: 10 },
  ])('$value in [$min, $max] is $kept', ({ value, min, max, kept }) => {
    expect(clamp(value, min, max)).toBe(kept);
  });
});

describe('a delay before a deadline', () => {
  it.each([
    { delay: 5_000, left: 60_000, next: 5_000, why: 'it fits' },
    { delay: 300_000, left: 200_000, next: 197_000, why: 'one more try fits before the end' },
    { delay: 57_500, left: 60_000, next: 57_000, why: 'the last try needs time, too' },
    { delay: 10_000, left: 3_500, next: 10_000, why: 'nothing fits any more: the engine gives up' },
    { delay: 10_000, left: -1, next: 10_000, why: 'the deadline has passed' },
    { delay: 10_000, left: Number.POSITIVE_INFINITY, next: 10_000, why: 'there is no deadline' },
  ])('of $delay ms with $left ms left is $next ms: $why', ({ delay, left, next }) => {
    expect(delayWithin(delay, left)).toBe(next);
  });
});
