import { describe, expect, it } from 'vitest';
import { EXTENDABLE_WAITS, extensionProblems, optionChangeProblems } from '../../../src/model/run-changes.js';

describe('extensionProblems', () => {
  it.each(EXTENDABLE_WAITS)('takes the wait %s', (wait) => {
    expect(extensionProblems({ wait, by: '30m' })).toEqual([]);
  });

  it.each([undefined, null, 'active', 5, ['active', '30m']])('refuses %j, which is no object', (raw) => {
    expect(extensionProblems(raw)).toMatchObject([{ path: '' }]);
  });

  it('lists all problems at once and repeats no value', () => {
    const problems = extensionProblems({ wait: 's3cret', by: 's3cret', bye: 's3cret' });
    expect(problems.map(({ path }) => path)).toEqual(['bye', 'wait', 'by']);
    expect(JSON.stringify(problems)).not.toContain('s3cret');
    expect(problems[0]?.message).toContain('did you mean "by"?');
  });

  it('refuses a duration that is too long', () => {
    expect(extensionProblems({ wait: 'active', by: '4000d' })).toMatchObject([{ path: 'by' }]);
  });
});

describe('optionChangeProblems', () => {
  it.each([{ until: 'Active' }, { onCancel: 'delete', onFailure: 'keep' }])('takes %j', (change) => {
    expect(optionChangeProblems(change)).toEqual([]);
  });

  it.each([undefined, {}, [], 'Active'])('refuses %j, which changes nothing', (change) => {
    expect(optionChangeProblems(change)).toMatchObject([{ path: '' }]);
  });

  it('lists all problems at once, and not more than a reader reads', () => {
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`k${index}`.repeat(200), 1]));
    const problems = optionChangeProblems({ ...many, until: 'Ready' });
    expect(problems).toHaveLength(11);
    expect(problems.every(({ path }) => path.length <= 100)).toBe(true);
    expect(problems.at(-1)).toEqual({ path: 'until', message: 'expected one of "Active", "Connected"' });
  });
});
