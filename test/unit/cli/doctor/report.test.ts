import { describe, expect, test } from 'vitest';
import { fail, pass, skipped, unknown, warn, type CheckGroup } from '../../../../src/cli/doctor/check.js';
import { exitOf, reportJson, reportText } from '../../../../src/cli/doctor/report.js';

const GROUPS: readonly CheckGroup[] = [
  { group: 'First', checks: [pass('one', 'fine'), warn('two', 'odd\u001b[2J\nthing', 'Look at it.')] },
  {
    group: 'Second',
    checks: [
      skipped('three', 'not asked', 'Ask.'),
      unknown('four', 'no answer', 'Wait.'),
      fail('a longer name', 'broken', 'Repair it.', 'unreachable'),
      fail('six', 'also broken', 'Repair it too.', 'denied'),
    ],
  },
];

describe('the report of a doctor', () => {
  test('has a line for each check, and what to do below all that is not a pass', () => {
    expect(reportText(GROUPS)).toBe(
      [
        'First',
        '  pass     one            fine',
        '  warn     two            odd[2J thing',
        '           -> Look at it.',
        '',
        'Second',
        '  skipped  three          not asked',
        '           -> Ask.',
        '  unknown  four           no answer',
        '           -> Wait.',
        '  fail     a longer name  broken',
        '           -> Repair it.',
        '  fail     six            also broken',
        '           -> Repair it too.',
        '',
        '1 pass, 1 warn, 2 fail, 1 unknown, 1 skipped',
      ].join('\n'),
    );
  });

  test('shows a RequestId once', () => {
    const answered = { ...pass('call', 'allowed'), requestId: 'REQ-1' };
    const refused = { ...fail('call', 'NoPermission (RequestId REQ-2)', 'Allow it.', 'denied'), requestId: 'REQ-2' };
    const text = reportText([{ group: 'Probe', checks: [answered, refused] }]);
    expect(text).toContain('allowed (RequestId REQ-1)');
    expect(text.match(/REQ-2/g)).toHaveLength(1);
  });

  test('as JSON is one object on one line, with the group of each check', () => {
    const text = reportJson(GROUPS);
    expect(text).not.toContain('\n');
    const report = JSON.parse(text) as { healthy: boolean; checks: unknown[] };
    expect(report.healthy).toBe(false);
    expect(report.checks).toHaveLength(6);
    expect(report.checks[0]).toEqual({ group: 'First', check: 'one', verdict: 'pass', seen: 'fine' });
    expect(report.checks[5]).toEqual({
      group: 'Second',
      check: 'six',
      verdict: 'fail',
      seen: 'also broken',
      advice: 'Repair it too.',
    });
  });

  test('exits as the first failed check says, and with 0 when nothing failed', () => {
    expect(exitOf(GROUPS)).toBe('unreachable');
    expect(exitOf(GROUPS.slice(0, 1))).toBe('ok');
    expect(JSON.parse(reportJson(GROUPS.slice(0, 1)))).toMatchObject({ healthy: true });
  });
});
