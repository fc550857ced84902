import { describe, expect, test } from 'vitest';
import {
  InvalidInputError,
  ProvisionCancelledError,
  ProvisionCutOffError,
  ProvisionFailedError,
} from '../../../src/client/errors.js';
import type { CancelOutcome, FailureDetails } from '../../../src/contract/result.js';
import { failureJson, failureText, reportOf } from '../../../src/cli/failure-report.js';
import { DETAILS } from './fixture.js';

function failed(details: Partial<FailureDetails>, message = 'CreateVpcEndpoint was refused'): ProvisionFailedError {
  return new ProvisionFailedError('order-17', 'QuotaExceeded', message, { ...DETAILS, ...details }, new Error('cause'));
}

describe('a failure as text', () => {
  test('is the type with the message, then the advice, without a stack', () => {
    expect(failureText(reportOf(failed({})))).toBe(
      'pvlctl: QuotaExceeded: CreateVpcEndpoint was refused\nadvice: Ask for a higher quota.',
    );
  });

  test.each([
    { reason: 'seen and kept', details: { endpointId: 'ep-1', lastSeen: { at: 'now' } }, line: 'ep-1 (kept)' },
    { reason: 'known but not seen', details: { endpointId: 'ep-1' }, line: 'ep-1 (may exist)' },
    { reason: 'without an id', details: {}, line: 'id unknown (may exist)' },
  ])('names an endpoint that may exist: $reason', ({ details, line }) => {
    const text = failureText(reportOf(failed({ ...details, endpointMayExist: true })));
    expect(text.split('\n').at(-1)).toBe(`endpoint: ${line}`);
  });

  test('names an endpoint that the run removed', () => {
    const undo = { outcome: 'removed', endpointId: 'ep-1', attempts: [] } as const;
    const text = failureText(reportOf(failed({ endpointId: 'ep-1', endpointMayExist: false, undo })));
    expect(text.split('\n').at(-1)).toBe('endpoint: ep-1 (removed)');
  });

  test('of a denied call names action, resource, whose turn it is, and the missing statement on one line', () => {
    const statement = {
      Effect: 'Allow',
      Action: ['privatelink:ListVpcEndpoints'],
      Resource: ['acs:privatelink:cn-a:*:vpcendpoint/*'],
    } as const;
    const denied = {
      action: 'privatelink:ListVpcEndpoints',
      resource: statement.Resource,
      turn: 'ramAdministrator',
    } as const;
    const lines = failureText(reportOf(failed({ denied: { ...denied, statement } }))).split('\n');
    expect(lines.slice(2)).toEqual([
      'denied: privatelink:ListVpcEndpoints on acs:privatelink:cn-a:*:vpcendpoint/*',
      'whose turn: whoever manages the RAM policies of the account',
      `missing statement: ${JSON.stringify(statement)}`,
    ]);
    expect(JSON.parse(failureJson(reportOf(failed({ denied }))))).toMatchObject({ error: { details: { denied } } });
    expect(failureText(reportOf(failed({ denied })))).not.toContain('missing statement');
  });

  test('a message of several lines becomes one, without codes that steer the terminal', () => {
    const text = failureText(reportOf(failed({}, 'first\nsecond \u001b[31mred')));
    expect(text.split('\n')[0]).toBe('pvlctl: QuotaExceeded: first second [31mred');
  });

  test('every problem of an input has its own line, with its path', () => {
    const problems = [
      { path: '', message: 'is wrong' },
      { path: 'request.Zone[0].ip', message: 'is no address' },
    ];
    expect(failureText(reportOf(new InvalidInputError('(none)', problems)))).toBe(
      'pvlctl: InvalidInput: The input has 2 problems:\n- input: is wrong\n- request.Zone[0].ip: is no address',
    );
  });

  test.each<{ outcome: CancelOutcome; line: string }>([
    { outcome: { outcome: 'nothingCreated' }, line: 'none was created' },
    { outcome: { outcome: 'kept', endpointId: 'ep-1' }, line: 'ep-1 (kept)' },
    { outcome: { outcome: 'removed', endpointId: 'ep-1' }, line: 'ep-1 (removed)' },
    { outcome: { outcome: 'unknown' }, line: 'id unknown (may exist)' },
  ])('a cancelled run says what it left behind: $outcome.outcome', ({ outcome, line }) => {
    const text = failureText(reportOf(new ProvisionCancelledError('order-17', outcome, undefined)));
    expect(text.split('\n').at(-1)).toBe(`endpoint: ${line}`);
  });

  test('a terminated run may have left an endpoint', () => {
    const text = failureText(reportOf(new ProvisionCutOffError('order-17', 'terminated', undefined)));
    expect(text).toMatch(/^pvlctl: CutOff: .*\nendpoint: id unknown \(may exist\)$/);
  });

  test('a failure without details is told all the same', () => {
    const error = new ProvisionFailedError(
      'id',
      'QuotaExceeded',
      'm',
      undefined as unknown as FailureDetails,
      undefined,
    );
    expect(failureText(reportOf(error))).toBe('pvlctl: QuotaExceeded: m');
  });

  test('what was thrown and is no error is told as it is', () => {
    expect(failureText(reportOf('just a text'))).toBe('pvlctl: Unexpected: just a text');
  });
});

describe('the failure of a dry run', () => {
  const report = [
    {
      check: 'dryRunCall',
      verdict: 'fail',
      message: 'QuotaMisMatched: used up (RequestId REQ-1) Ask for a higher quota.',
      code: 'QuotaMisMatched',
      requestId: 'REQ-1',
    },
    { check: 'service', verdict: 'pass', message: 'epsrv-1 is visible to this account.', requestId: 'REQ-2' },
    { check: 'zones', verdict: 'fail', message: 'The service does not serve z-1.', requestId: 'REQ-2' },
  ] as const;
  const message = `The dry run failed 2 of 3 checks:\n- dryRunCall: ${report[0].message}\n- zones: ${report[2].message}`;

  test('is a table of all checks, what failed with its advice', () => {
    expect(failureText(reportOf(failed({ report }, message))).split('\n')).toEqual([
      'pvlctl: QuotaExceeded: The dry run failed 2 of 3 checks:',
      'fail  dryRunCall  QuotaMisMatched: used up (RequestId REQ-1) Ask for a higher quota.',
      'pass  service     epsrv-1 is visible to this account.',
      'fail  zones       The service does not serve z-1. (RequestId REQ-2)',
    ]);
  });

  test('exits as rejected where a check failed, whatever the type says', () => {
    expect(reportOf(failed({})).exit).toBe('later');
    expect(reportOf(failed({ report })).exit).toBe('rejected');
    expect(reportOf(failed({ report: [report[1]] })).exit).toBe('later');
  });

  test('has the whole report as JSON', () => {
    expect(JSON.parse(failureJson(reportOf(failed({ report }, message))))).toMatchObject({
      error: { type: 'QuotaExceeded', message, details: { report } },
    });
  });
});

describe('a failure as JSON', () => {
  test('is one object on one line with type, message, details and workflow id', () => {
    const text = failureJson(reportOf(failed({})));
    expect(text).not.toContain('\n');
    expect(JSON.parse(text)).toEqual({
      error: { type: 'QuotaExceeded', message: 'CreateVpcEndpoint was refused', details: DETAILS },
      workflowId: 'order-17',
    });
  });

  test('has no workflow id where no run was started', () => {
    const text = failureJson(reportOf(new InvalidInputError('(none)', [{ path: 'until', message: 'is wrong' }])));
    expect(JSON.parse(text)).toMatchObject({ error: { details: { problems: [{ path: 'until' }] } } });
    expect(JSON.parse(text)).not.toHaveProperty('workflowId');
  });
});
