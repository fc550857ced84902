import { describe, expect, it } from 'vitest';
import { clientToken, MAX_CLIENT_TOKEN } from '../../../src/model/client-token.js';
import { MAX_CLIENT_TOKEN_BASE } from '../../../src/model/request.js';

const RUN_ID = '0c593ea1-3bea-11e9-b96b-88e9fe637760';

describe('the client token of an epoch', () => {
  it('is the base and the number of the epoch, the same every time', () => {
    expect(clientToken(RUN_ID, 1)).toBe(`${RUN_ID}.1`);
    expect(clientToken(RUN_ID, 1)).toBe(clientToken(RUN_ID, 1));
  });

  it('is another one for each epoch and each base', () => {
    const tokens = [1, 2, 10, 11, 100].flatMap((epoch) => ['a', 'b', 'a.1'].map((base) => clientToken(base, epoch)));
    expect(new Set(tokens).size).toBe(tokens.length);
  });

  it('is never cut: what would be longer than the service takes is refused', () => {
    const longest = 'x'.repeat(MAX_CLIENT_TOKEN_BASE);
    const token = clientToken(longest, 9_999_999);
    expect(token).toHaveLength(MAX_CLIENT_TOKEN);
    expect(token).toBe(`${longest}.9999999`);
    expect(() => clientToken(longest, 10_000_000)).toThrow(RangeError);
    expect(() => clientToken(`${longest}x`, 1)).toThrow(RangeError);
  });

  it.each([
    { base: '', epoch: 1, reason: 'a token of every request without a base would be the same' },
    { base: RUN_ID, epoch: 0, reason: 'epochs count from 1' },
    { base: RUN_ID, epoch: -1, reason: 'epochs count from 1' },
    { base: RUN_ID, epoch: 1.5, reason: 'epochs are whole' },
    { base: RUN_ID, epoch: Number.NaN, reason: 'no number' },
    { base: RUN_ID, epoch: Number.POSITIVE_INFINITY, reason: 'no number' },
    { base: RUN_ID, epoch: 2 ** 53, reason: 'the next epoch would be the same number' },
  ])('is refused for base "$base" and epoch $epoch: $reason', ({ base, epoch }) => {
    expect(() => clientToken(base, epoch)).toThrow(RangeError);
  });
});
