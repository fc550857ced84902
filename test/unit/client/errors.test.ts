import { describe, expect, it } from 'vitest';
import * as client from '../../../src/client/index.js';
import {
  InvalidInputError,
  ProvisionCancelledError,
  ProvisionCutOffError,
  ProvisionError,
  ProvisionFailedError,
  ProvisionNotFoundError,
  RequestConflictError,
} from '../../../src/client/errors.js';
import { DETAILS } from './fixture.js';

const cause = new Error('of the engine');

describe('the errors of the client', () => {
  const all = [
    new InvalidInputError('order-17', [{ path: 'request.VpcId', message: 'is missing' }]),
    new ProvisionFailedError('order-17', 'QuotaExceeded', 'no more', DETAILS, cause),
    new ProvisionCancelledError('order-17', { outcome: 'kept', endpointId: 'ep-1' }, cause),
    new ProvisionCutOffError('order-17', 'terminated', cause),
    new RequestConflictError('order-17', ['request.VpcId', 'account']),
    new ProvisionNotFoundError('order-17', cause),
  ];

  it.each(all)('$name: is an error of its own name that knows its workflow id', (error) => {
    expect(error).toBeInstanceOf(ProvisionError);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe(error.constructor.name);
    expect(error.workflowId).toBe('order-17');
    expect(error.message).not.toBe('');
    expect(String(error)).toContain(error.name);
  });

  it.each(all)('$name: is exported for callers to tell it from the others', (error) => {
    expect(client[error.name as keyof typeof client]).toBe(error.constructor);
  });

  it('of a failed run carry code, request id, advice and whether to try again', () => {
    const error = new ProvisionFailedError(
      'order-17',
      'QuotaExceeded',
      'QuotaMisMatched (RequestId REQ-7)',
      DETAILS,
      cause,
    );
    expect(error).toMatchObject({
      type: 'QuotaExceeded',
      message: 'QuotaMisMatched (RequestId REQ-7)',
      class: 'quota',
      code: 'QuotaMisMatched',
      requestId: 'REQ-7',
      endpointId: 'ep-7',
      advice: 'Ask for a higher quota.',
      retryable: true,
      attempts: DETAILS.attempts,
      details: DETAILS,
      cause,
    });
  });

  it('of a refused input list every problem in the message, one a line', () => {
    const problems = [
      { path: '', message: 'has no form' },
      { path: 'request.VpcId', message: 'is missing' },
    ];
    const error = new InvalidInputError('order-17', problems);
    expect(error.message).toBe('The input has 2 problems:\n- input: has no form\n- request.VpcId: is missing');
    expect(error.problems).toBe(problems);
    expect(new InvalidInputError('x', problems.slice(1)).message).toContain('has 1 problem:');
  });

  it('of a cancelled run say what it left behind', () => {
    const kept = new ProvisionCancelledError('order-17', { outcome: 'kept', endpointId: 'ep-1' }, cause);
    expect(kept.message).toContain('kept (ep-1)');
    expect(kept.outcome).toEqual({ outcome: 'kept', endpointId: 'ep-1' });
    const left = { outcome: 'kept', endpointId: 'ep-1', reason: 'EndpointProtected: m' } as const;
    expect(new ProvisionCancelledError('order-17', left, cause).message).toMatch(
      /kept \(ep-1\): EndpointProtected: m$/,
    );
    expect(new ProvisionCancelledError('order-17', { outcome: 'nothingCreated' }, cause).message).toMatch(
      /nothingCreated$/,
    );
  });

  it('of a run that was cut off say that an endpoint may exist and how to find it', () => {
    expect(new ProvisionCutOffError('order-17', 'terminated', cause).message).toMatch(
      /was terminated\. An endpoint may exist.*same workflow id/,
    );
  });

  it('of a conflict name the fields', () => {
    const error = new RequestConflictError('order-17', ['account', 'request.VpcId']);
    expect(error.fields).toEqual(['account', 'request.VpcId']);
    expect(error.message).toContain('differs in account, request.VpcId.');
  });
});
