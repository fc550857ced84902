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
