import { expect, it } from 'vitest';
import { fuzzTwin } from '../../../support/fuzz-twin.js';

it('random requests by the thousand are all answered in good form', async () => {
  const { malformed, codes } = await fuzzTwin(3_000, 42);
  expect(malformed).toEqual([]);
  expect(codes.get('ok')).toBeGreaterThan(200);
  expect(codes.size).toBeGreaterThan(60);
});
