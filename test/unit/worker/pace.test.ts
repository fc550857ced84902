import { describe, expect, it } from 'vitest';
import { callsPerSecond } from '../../../src/worker/pace.js';

describe('the pace of calls', () => {
  it.each([10, 60, 100, 200, 600, 10_000])(
    '%i a minute leave room for the burst after a pause, and for delays',
    (n) => {
      const rate = callsPerSecond(n);
      // What a minute can see: its own share, a second's worth saved up, one call for each of four partitions, and what was
      // handed out up to a second before it and arrives in it.
      expect(60 * rate + rate + 4 + rate).toBeCloseTo(n, 6);
      expect(rate).toBeGreaterThan(0);
    },
  );

  it('comes close to what it may take: 1,000 creates at 200 a minute in little more than five minutes', () => {
    expect(1_000 / callsPerSecond(200)).toBeLessThan(317);
  });
});
