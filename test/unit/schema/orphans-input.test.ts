import { describe, expect, it } from 'vitest';
import { checkFindOrphansInput } from '../../../src/schema/orphans-input.js';

describe('the input of a sweep for orphans', () => {
  it.each([
    { input: { RegionId: 'cn-huhehaote' }, reason: 'a region and nothing else' },
    {
      input: { RegionId: 'cn-huhehaote', account: 'team-a', olderThan: '2h', timeouts: { scanned: '5m' } },
      reason: 'every field',
    },
    { input: { RegionId: 'cn-huhehaote', olderThan: '600s', timeouts: {} }, reason: 'the least age, in seconds' },
  ])('is accepted as it is: $reason', ({ input }) => {
    expect(checkFindOrphansInput(input)).toEqual({ ok: true, input });
  });

  it.each([
    { input: undefined, path: '', message: 'expected one JSON object {"RegionId": "..."}, got nothing' },
    { input: ['cn-a'], path: '', message: 'expected one JSON object {"RegionId": "..."}, got a list' },
    { input: {}, path: 'RegionId', message: 'is missing' },
    { input: { RegionId: 7 }, path: 'RegionId', message: 'expected a string' },
    { input: { RegionId: 'Hangzhou' }, path: 'RegionId', message: 'expected a region id such as "cn-hangzhou"' },
    { input: { RegionId: `cn-${'a'.repeat(38)}` }, path: 'RegionId', message: 'expected a region id' },
    { input: { regionId: 'cn-a' }, path: 'regionId', message: 'is not known; did you mean "RegionId"?' },
    { input: { RegionId: 'cn-a', account: 'a/b' }, path: 'account', message: 'expected 1 to 64 letters' },
    { input: { RegionId: 'cn-a', olderThan: '9m' }, path: 'olderThan', message: 'must be at least 10m' },
    { input: { RegionId: 'cn-a', olderThan: 600 }, path: 'olderThan', message: 'expected a string' },
    { input: { RegionId: 'cn-a', olderThan: 'soon' }, path: 'olderThan', message: 'expected a duration such as' },
    { input: { RegionId: 'cn-a', olderThan: '4000d' }, path: 'olderThan', message: 'is longer than' },
    { input: { RegionId: 'cn-a', timeouts: { scaned: '5m' } }, path: 'timeouts.scaned', message: '"scanned"?' },
    { input: { RegionId: 'cn-a', timeouts: { scanned: '5' } }, path: 'timeouts.scanned', message: 'a duration such' },
  ])('is refused with the path and what was expected: $input', ({ input, path, message }) => {
    const checked = checkFindOrphansInput(input);
    if (checked.ok) throw new Error('It was accepted');
    expect(checked.problems.find((problem) => problem.path === path)?.message).toContain(message);
  });

  it('is refused with all problems at once, none of which repeats a value', () => {
    const checked = checkFindOrphansInput({ RegionId: 'LTAIsecret', olderThan: 'LTAIsecret', delete: 'LTAIsecret' });
    if (checked.ok) throw new Error('It was accepted');
    expect(checked.problems.map(({ path }) => path).sort()).toEqual(['RegionId', 'delete', 'olderThan']);
    expect(JSON.stringify(checked)).not.toContain('LTAI');
  });
});
