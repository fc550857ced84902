import { expect, it } from 'vitest';
import { fuzzTwin } from '../support/fuzz-twin.js';

const REQUESTS = 100_000;

it('100,000 random requests never crash the twin, and each gets an answer in good form', async () => {
  const { sent, malformed, codes } = await fuzzTwin(REQUESTS, 20_260_415);
  expect(malformed).toEqual([]);
  expect(sent).toBe(REQUESTS);
  expect(codes.get('ok')).toBeGreaterThan(REQUESTS / 20);
  expect(codes.size).toBeGreaterThan(80);
});
