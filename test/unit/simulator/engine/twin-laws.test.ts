import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTIONS } from '../../../../src/simulator/index.js';
import { brokenLaws, steps, type Seen } from './twin-laws.js';

describe('whatever is called in whatever order', () => {
  it('no state is illegal, no id comes twice, no token makes two, and every answer has its shape', () => {
    const seen: Seen = new Map();
    fc.assert(
      fc.property(steps, (sequence) => {
        expect(brokenLaws(sequence, seen)).toEqual([]);
      }),
      { numRuns: 1_000, seed: 20_260_415 },
    );
    // The sequences reach something: every action succeeds somewhere, and most codes are provoked by chance.
    const never = [...ACTIONS.keys()].filter((action) => !seen.has(`${action} ok`));
    // The product is open already; and a resource is only chosen by hand where one is attached in the zone (see its own tests).
    expect(never).toEqual(['OpenPrivateLinkService', 'UpdateVpcEndpointZoneConnectionResourceAttribute']);
    expect(seen.size).toBeGreaterThan(150);
    const rare = [...seen].filter(([key, count]) => key.endsWith(' ok') && count < 30).map(([key]) => key);
    expect(rare).toEqual([]);
  });
});
