import { describe, expect, it } from 'vitest';
import { createsPerSecond } from '../../../src/worker/create-pace.js';

describe('the pace of create calls', () => {
  it.each([10, 60, 100, 200, 10_000])(
    '%i a minute leave room for the burst after a pause, and for delays',
    (perMinute) => {
      const rate = createsPerSecond(perMinute);
      // What a minute can see: its own share, a second's worth saved up, one call for each of four partitions, and what
      // was handed out up to four seconds before it and arrives in it.
      expect(60 * rate + rate + 4 + 4 * rate).toBeCloseTo(perMinute, 6);
      expect(rate).toBeGreaterThan(0);
    },
  );

  it('comes close to what it may take', () => {
    expect((60 * createsPerSecond(200)) / 200).toBeGreaterThan(0.9);
  });
});
