import { describe, expect, it } from 'vitest';
import { drawMs, MAX_DURATION_MS, parseDuration } from '../../../../src/simulator/engine/times.js';
import { seededRandom } from '../fixture.js';

describe('durations', () => {
  it('are fixed, or between two bounds, or lognormal about a median', () => {
    expect(drawMs(5, seededRandom())).toBe(5);
    const even = seededRandom(5);
    const between = Array.from({ length: 200 }, () => drawMs([10, 20], even));
    expect(Math.min(...between)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...between)).toBeLessThanOrEqual(20);
    const random = seededRandom(7);
    const drawn = Array.from({ length: 4_000 }, () => drawMs({ medianMs: 1_000, p95Ms: 4_000 }, random)).sort(
      (a, b) => a - b,
    );
    expect(drawn[2_000]).toBeGreaterThan(930);
    expect(drawn[2_000]).toBeLessThan(1_070);
    expect(drawn[3_800]).toBeGreaterThan(3_500);
    expect(drawn[3_800]).toBeLessThan(4_500);
  });

  it('are the same again from the same seed', () => {
    const draws = () => {
      const random = seededRandom(3);
      return Array.from({ length: 20 }, () => drawMs({ medianMs: 30_000, p95Ms: 60_000 }, random));
    };
    expect(draws()).toEqual(draws());
  });

  it.each([
    [-1, 'x is not a number'],
    ['5', 'x is not a number'],
    [[2, 1], 'in rising order'],
    [{ medianMs: 5 }, 'x takes medianMs and p95Ms'],
    [1e300, 'x is not a number from 0 to 316224000000'],
    [Infinity, 'x is not a number from 0 to 316224000000'],
    [MAX_DURATION_MS + 1, 'x is not a number from 0 to 316224000000'],
    [[0, 1e300], 'in rising order, up to 316224000000'],
    [{ medianMs: 5, p95Ms: 1e300 }, 'in rising order, up to 316224000000'],
    [{ medianMs: 5, p95Ms: 6, mean: 1 }, 'x has no mean'],
  ])('are refused where they are none: %j', (value, says) => {
    expect(() => parseDuration(value, 'x')).toThrow(says);
  });

  it('are at most ten years, also where a distribution would give more', () => {
    expect(parseDuration(MAX_DURATION_MS, 'x')).toBe(MAX_DURATION_MS);
    const random = seededRandom(1);
    const wide = parseDuration({ medianMs: 1, p95Ms: MAX_DURATION_MS }, 'x');
    const drawn = Array.from({ length: 1_000 }, () => drawMs(wide, random));
    expect(Math.max(...drawn)).toBe(MAX_DURATION_MS);
  });
});
