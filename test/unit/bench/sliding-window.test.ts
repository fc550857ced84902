import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { peakInWindow } from '../../../bench/sliding-window.js';

describe('the most that a window holds', () => {
  it.each([
    { times: [], peak: 0, reason: 'there is nothing' },
    { times: [5], peak: 1, reason: 'one is in some window' },
    { times: [0, 59_999], peak: 2, reason: 'less than the length apart' },
    { times: [0, 60_000], peak: 1, reason: 'exactly the length apart is not in one window' },
    { times: [7, 7, 7], peak: 3, reason: 'equal times count each' },
    { times: [0, 50_000, 70_000, 80_000, 100_000], peak: 4, reason: 'the fullest window begins anywhere' },
    { times: [100_000, 0, 80_000, 50_000, 70_000], peak: 4, reason: 'the order does not matter' },
  ])('$times hold $peak: $reason', ({ times, peak }) => {
    expect(peakInWindow(times, 60_000)).toBe(peak);
  });

  it('is what counting from each time on finds', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300)), fc.integer({ min: 1, max: 100 }), (times, window) => {
        const counts = times.map((from) => times.filter((at) => at >= from && at < from + window).length);
        expect(peakInWindow(times, window)).toBe(Math.max(0, ...counts));
      }),
    );
  });

  it('leaves what it was given as it was', () => {
    const times = [3, 1, 2];
    peakInWindow(times, 10);
    expect(times).toEqual([3, 1, 2]);
  });
});
