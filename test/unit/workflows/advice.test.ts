import { describe, expect, it } from 'vitest';
import { adviceFor, ERROR_CATALOGUE } from '../../../src/model/error-catalogue.js';
import type { ErrorClass } from '../../../src/model/error-class.js';
import { adviceOnDeadline, adviceOnRefusal } from '../../../src/workflows/advice.js';
import { refused } from '../../../src/workflows/failures.js';
import type { RunState } from '../../../src/workflows/run-state.js';
import type { FailureDetails } from '../../../src/contract/result.js';

const ROWS = ERROR_CATALOGUE.map(({ code, class: errorClass, advice }) => ({ code, class: errorClass, advice }));
const AGAIN = 'Then start the same workflow id again';

/** Details of the failure that a refusal ends a run with. */
function failureOf(refusal: { code: string; class: ErrorClass; advice: string }): FailureDetails {
  const run = { attempts: [] } as unknown as RunState;
  return refused(run, { ...refusal, message: 'm' }, false).details?.[0] as FailureDetails;
}

describe('the advice of a run that a refusal ended', () => {
  it.each(ROWS)('never says of $code that there is nothing to do: nobody tries again', (row) => {
    const { advice } = failureOf(row);
    expect(advice).toMatch(/^[A-Z].*\.$/);
    expect(advice).not.toContain('Nothing to do');
    expect(advice).not.toContain('is repeated');
  });

  it.each(ROWS)('says of $code to start again only where the same request may succeed', (row) => {
    const { advice, retryable } = failureOf(row);
    if (advice.includes(AGAIN)) expect(retryable).toBe(true);
  });

  it('sends a run that a lock held to the change that holds it, and to a new start', () => {
    expect(adviceOnRefusal({ class: 'conflict', advice: adviceFor('EndpointLocked') }, true)).toBe(
      `Find the change that holds it, and let it end. ${AGAIN}.`,
    );
  });

  it('does not send somebody who created an endpoint looking for an EndpointId', () => {
    expect(failureOf({ code: 'EndpointNotFound', class: 'absent', advice: adviceFor('EndpointNotFound') }).advice).toBe(
      'This is no answer that CreateVpcEndpoint should give: open a ticket with the RequestId.',
    );
  });
});

describe('the advice of a run that a deadline ended', () => {
  const failed = (errorClass: ErrorClass, code: string) => ({
    message: code,
    notYet: false,
    failed: { class: errorClass, code, advice: adviceFor(code) },
  });

  it.each([
    {
      why: 'no worker took its call',
      last: undefined,
      says: /^Check that a worker with credentials for account "team" runs\./,
    },
    {
      why: 'calls were throttled',
      last: failed('throttled', 'Throttling.User'),
      says: /^Have the other tools .* call less/,
    },
    { why: 'no answer came', last: failed('unknown', 'ECONNRESET'), says: /^Check the network between the worker and/ },
    {
      why: 'the worker has no keys',
      last: failed('throttled', 'CredentialsUnavailable'),
      says: /^Give the worker credentials/,
    },
    { why: 'nothing listens', last: failed('throttled', 'ECONNREFUSED'), says: /^Check the worker's endpoint setting/ },
    {
      why: 'a key is wrong',
      last: failed('denied', 'SignatureDoesNotMatch'),
      says: /^Give the worker the right secret/,
    },
    {
      why: 'something else broke',
      last: { message: 'x', notYet: false },
      says: /^Look into the log of the worker for account "team"\./,
    },
  ])('names what stood in the way: $why', ({ last, says }) => {
    expect(adviceOnDeadline('team', undefined, last)).toMatch(says);
    expect(adviceOnDeadline('team', undefined, last)).toContain(`${AGAIN}: it finds what exists.`);
    expect(adviceOnDeadline('team', 'ep-1', last)).toContain(`${AGAIN} to go on waiting for ep-1, which is kept.`);
  });

  it('of an endpoint that was not ready yet says that it is kept, and leaves the choice', () => {
    expect(adviceOnDeadline('team', 'ep-1', { message: 'ep-1 is Creating', notYet: true })).toBe(
      'ep-1 is kept. Start the same workflow id again to go on waiting for it, or delete it.',
    );
  });
});
