import { NamespaceNotFoundError, ServiceError } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { isAboutServer, OutageError, Patience, type BulkClock } from '../../../src/client/bulk-patience.js';

const LIMIT_MS = 600_000;

function grpcError(code: number): ServiceError {
  const cause = Object.assign(new Error('grpc'), { code, details: 'grpc', metadata: {} });
  return new ServiceError('the call failed', { cause });
}

const UNAVAILABLE = grpcError(14);

/** A clock that only moves when it is told to, or when somebody sleeps. */
function ownClock(): BulkClock & { pass(ms: number): void } {
  let now = 0;
  return {
    now: () => now,
    sleep: async (ms) => void (now += ms),
    pass: (ms) => void (now += ms),
  };
}

describe('Patience', () => {
  test('the time in which nothing was asked does not count', async () => {
    const clock = ownClock();
    const patience = new Patience(clock, LIMIT_MS);
    clock.pass(10 * LIMIT_MS);
    const answers = [UNAVAILABLE, 'here'];
    const ask = async () => {
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    };
    expect(await patience.call(new AbortController().signal, ask)).toBe('here');
  });

  test('a call during which the machine slept is made again', async () => {
    const clock = ownClock();
    const patience = new Patience(clock, LIMIT_MS);
    let calls = 0;
    const ask = async () => {
      calls += 1;
      if (calls > 1) return 'here';
      clock.pass(10 * LIMIT_MS);
      throw UNAVAILABLE;
    };
    expect(await patience.call(new AbortController().signal, ask)).toBe('here');
  });

  test('it is over so long after the first failure, and an answer begins it anew', () => {
    const clock = ownClock();
    const patience = new Patience(clock, LIMIT_MS);
    patience.failed(UNAVAILABLE);
    clock.pass(LIMIT_MS - 1);
    patience.failed(UNAVAILABLE);
    patience.answered();
    clock.pass(LIMIT_MS);
    patience.failed(UNAVAILABLE);
    clock.pass(LIMIT_MS);
    expect(() => patience.failed(UNAVAILABLE)).toThrow(OutageError);
  });
});

test('a namespace that is gone is about the server, as the SDK tells it', () => {
  expect(isAboutServer(new NamespaceNotFoundError('default'))).toBe(true);
});
