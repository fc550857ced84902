import { describe, expect, test } from 'vitest';
import type { RunView } from '../../../src/client/run-view.js';
import { progressLine, resultOutput, startedOutput, statusOutput } from '../../../src/cli/run-output.js';
import { RESULT, SILENT_VIEW, STARTED, STATE, VIEW } from './fixture.js';

const NOW = Date.parse('2026-01-01T00:01:05.000Z');

const POLLING: RunView = {
  ...VIEW,
  pending: {
    activityId: 'wait-active',
    attempt: 4,
    nextAttemptAt: '2026-01-01T00:01:09.000Z',
    lastFailure: 'ep-1 is Pending',
    attempts: [
      { at: '2026-01-01T00:00:30.000Z', action: 'GetVpcEndpointAttribute', code: 'Creating' },
      { at: '2026-01-01T00:01:00.000Z', action: 'GetVpcEndpointAttribute', code: 'Pending' },
      { at: '2026-01-01T00:01:01.000Z', action: 'ListVpcEndpointZones', code: '1 found' },
    ],
  },
};

describe('the result of a run', () => {
  test('as text is a few aligned lines', () => {
    expect(resultOutput('order-17', RESULT, 'text')).toBe(
      [
        'outcome         created',
        'endpoint        ep-1',
        'domain          ep-1.example.com',
        'status          Active, connection Connected',
        'zone            cn-huhehaote-b 10.0.0.1 eni-1 Connected',
        'time to Active  42s',
        'workflow id     order-17',
      ].join('\n'),
    );
  });

  test('as JSON is one object on one line: the result and the workflow id', () => {
    const text = resultOutput('order-17', RESULT, 'json');
    expect(text).not.toContain('\n');
    expect(JSON.parse(text)).toEqual({ workflowId: 'order-17', ...RESULT });
  });

  test('of a dry run says that nothing was created, and leaves out what there is not', () => {
    const result = { outcome: 'dryRunPassed', zones: [], times: {}, attempts: [] } as const;
    expect(resultOutput('order-17', result, 'text')).toBe(
      'outcome      dryRunPassed: nothing was created\nworkflow id  order-17',
    );
  });

  test('of a dry run has its report as an aligned table, each check on one line', () => {
    const report = [
      { check: 'dryRunCall', verdict: 'pass', message: 'The service accepts the request.', requestId: 'REQ-1' },
      { check: 'addresses', verdict: 'unknown', message: 'Nobody\u001b[31m\ntells.' },
    ] as const;
    const result = { outcome: 'dryRunPassed', zones: [], times: {}, attempts: [], report } as const;
    expect(resultOutput('order-17', result, 'text').split('\n')).toEqual([
      'outcome      dryRunPassed: nothing was created',
      'workflow id  order-17',
      '',
      'pass     dryRunCall  The service accepts the request.',
      'unknown  addresses   Nobody[31m tells.',
    ]);
    expect(JSON.parse(resultOutput('order-17', result, 'json'))).toMatchObject({ report });
  });
});

describe('a started run', () => {
  test('is told by its ids, and whether it is new', () => {
    expect(startedOutput(STARTED, 'text')).toBe('workflow id  order-17\nrun id       run-1\nhow          started');
    expect(JSON.parse(startedOutput(STARTED, 'json'))).toEqual(STARTED);
  });
});

describe('the status of a run', () => {
  test('shows the newest status that the pending wait has seen', () => {
    expect(statusOutput(POLLING, NOW, 'text')).toMatch(/^endpoint status +Pending, connection Disconnected$/m);
  });

  test('counts the attempts of the pending wait', () => {
    expect(statusOutput(POLLING, NOW, 'text')).toMatch(/^attempts +6$/m);
  });

  test('says that no worker answered', () => {
    expect(statusOutput(SILENT_VIEW, NOW, 'text')).toMatch(/^status +RUNNING; no worker answered/m);
  });

  test('of a cancelled run says what it left behind, and has no age', () => {
    const closed: RunView = {
      ...VIEW,
      status: 'CANCELLED',
      closedAt: '2026-01-01T00:01:00.000Z',
      cancelOutcome: { outcome: 'kept', endpointId: 'ep-1' },
    };
    const text = statusOutput(closed, NOW, 'text');
    expect(text).toMatch(/^left behind +kept ep-1$/m);
    expect(text).not.toMatch(/^(?:age|waiting for) /m);
  });

  test('as JSON is what the client knows', () => {
    expect(JSON.parse(statusOutput(POLLING, NOW, 'json'))).toEqual(POLLING);
  });
});

describe('the line of progress', () => {
  test('shows phase, elapsed, attempts, endpoint, statuses and the next look', () => {
    expect(progressLine(POLLING, NOW, 120)).toBe(
      'waiting | 1m 5s | attempts 6 | ep-1 | Pending/Disconnected | next 4s',
    );
  });

  test('of a parked run names the code that it waits for', () => {
    const parked: RunView = {
      ...VIEW,
      state: {
        ...STATE,
        phase: 'parked',
        lastError: { at: 'now', class: 'quota', code: 'QuotaMisMatched', message: 'm' },
      },
    };
    expect(progressLine(parked, NOW, 120)).toMatch(/^parked: QuotaMisMatched \| /);
  });

  test('is shorter than the terminal is wide', () => {
    expect(progressLine(POLLING, NOW, 30)).toHaveLength(29);
  });

  test('says when no worker or no server answers', () => {
    expect(progressLine(SILENT_VIEW, NOW, 120)).toBe('no worker answers | 1m 5s');
    expect(progressLine(undefined, NOW, 120)).toContain('server');
  });

  test('never shows a negative time when the clocks differ', () => {
    expect(progressLine(VIEW, Date.parse(VIEW.startedAt) - 5_000, 120)).toContain('| 0s |');
  });
});
