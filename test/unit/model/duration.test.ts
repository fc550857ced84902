import { describe, expect, it } from 'vitest';
import { durationMs, durationProblem, formatMs, MAX_DURATION_MS } from '../../../src/model/duration.js';

describe('durations', () => {
  it.each([
    { text: '1ms', ms: 1 },
    { text: '500ms', ms: 500 },
    { text: '30s', ms: 30_000 },
    { text: '10m', ms: 600_000 },
    { text: '24h', ms: 86_400_000 },
    { text: '7d', ms: 604_800_000 },
    { text: '3650d', ms: MAX_DURATION_MS },
    { text: '315360000000ms', ms: MAX_DURATION_MS },
  ])('$text are $ms ms', ({ text, ms }) => {
    expect(durationProblem(text)).toBeUndefined();
    expect(durationMs(text)).toBe(ms);
  });

  it.each([
    { value: '0s', reason: 'nothing is no duration' },
    { value: '01s', reason: 'one spelling for one length' },
    { value: '-1s', reason: 'no time runs backwards' },
    { value: '1.5h', reason: 'whole numbers only' },
    { value: '30', reason: 'a number without a unit is ambiguous' },
    { value: 's', reason: 'a unit without a number' },
    { value: '30 s', reason: 'no space' },
    { value: '30S', reason: 'units are lower case' },
    { value: '1h30m', reason: 'one unit' },
    { value: '1w', reason: 'no weeks' },
    { value: '30s\n', reason: 'nothing behind it' },
    { value: '', reason: 'empty' },
    { value: 30, reason: 'a number has no unit' },
    { value: null, reason: 'no text' },
    { value: undefined, reason: 'no text' },
    { value: ['30s'], reason: 'a list that prints like one' },
  ])('$value is refused: $reason', ({ value }) => {
    expect(durationProblem(value)).toMatch(/^expected a duration such as/);
    expect(() => durationMs(value as string)).toThrow(RangeError);
  });

  it.each([
    { value: '3651d', reason: 'one day more than the limit' },
    { value: '315360000001ms', reason: 'one millisecond more' },
    { value: `1${'0'.repeat(400)}s`, reason: 'more than a number holds' },
  ])('one that is too long is refused by name: $reason', ({ value }) => {
    expect(durationProblem(value)).toMatch(/longest accepted duration, 3650d/);
    expect(() => durationMs(value)).toThrow(RangeError);
  });
});

describe('writing a length of time for a reader', () => {
  it.each([
    { ms: -5, text: '0ms' },
    { ms: 0, text: '0ms' },
    { ms: 350, text: '350ms' },
    { ms: 999.4, text: '999ms' },
    { ms: 999.6, text: '1s' },
    { ms: 1_000, text: '1s' },
    { ms: 42_400, text: '42s' },
    { ms: 59_600, text: '1m' },
    { ms: 61_000, text: '1m 1s' },
    { ms: 7_500_000, text: '2h 5m' },
    { ms: 7_519_000, text: '2h 5m' },
    { ms: 86_400_000, text: '1d' },
    { ms: 90_061_000, text: '1d 1h' },
    { ms: MAX_DURATION_MS, text: '3650d' },
  ])('$ms ms read as $text', ({ ms, text }) => {
    expect(formatMs(ms)).toBe(text);
  });
});
