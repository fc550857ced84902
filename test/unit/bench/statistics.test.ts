import { describe, expect, it } from 'vitest';
import { quantileOf } from '../../../bench/statistics.js';

describe('a quantile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it.each([
    { values: hundred, share: 0.5, quantile: 50 },
    { values: hundred, share: 0.99, quantile: 99 },
    { values: hundred, share: 1, quantile: 100 },
    { values: hundred, share: 0, quantile: 1 },
    { values: [10, 9], share: 0.99, quantile: 10 },
    { values: [3], share: 0.5, quantile: 3 },
  ])('$share of the measurements are not above $quantile', ({ values, share, quantile }) => {
    expect(quantileOf(values, share)).toBe(quantile);
  });

  it('of nothing does not exist', () => {
    expect(() => quantileOf([], 0.5)).toThrow(RangeError);
  });
});
