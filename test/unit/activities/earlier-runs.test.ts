import { WorkflowFailedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { findEarlierRuns } from '../../../src/activities/earlier-runs.js';

/** A run of the id, newest first in a list. `end` is its result; thrown when it is an error. */
interface Run {
  readonly type?: string;
  readonly status: string;
  readonly end?: unknown;
}

const CLOSED_AT = '2026-01-01T00:00:00.000Z';

/** What is found out of these runs, and whose ends were read. */
async function findOutOf(workflowId: string, ...runs: Run[]) {
  const read: string[] = [];
  const client = {
    withAbortSignal: (_signal: AbortSignal, call: () => Promise<unknown>) => call(),
    workflow: {
      list: async function* () {
        for (const [index, { type = 'provisionVpcEndpoint', status }] of runs.entries()) {
          yield { runId: `run-${index}`, type, status: { name: status }, closeTime: new Date(CLOSED_AT) };
        }
      },
      getHandle: (_workflowId: string, runId: string) => ({
        result: async () => {
          read.push(runId);
          const { end } = runs[Number(runId.slice('run-'.length))] ?? { end: undefined };
          if (end instanceof Error) throw end;
          return end;
        },
      }),
    },
  } as unknown as Client;
  const found = await new MockActivityEnvironment({}, { client }).run(() => findEarlierRuns(workflowId, 'mine'));
  return { found, read };
}

const findOut = (...runs: Run[]) => findOutOf('order-17', ...runs);

const failed = (type: string, details: object) =>
  new WorkflowFailedError('failed', ApplicationFailure.create({ type, details: [details] }), 'NON_RETRYABLE_FAILURE');

const READY: Run = { status: 'COMPLETED', end: { outcome: 'created' } };
const DRY_RUN: Run = { status: 'COMPLETED', end: { outcome: 'dryRunPassed' } };
const TERMINATED: Run = { status: 'TERMINATED' };

describe('earlier runs of a workflow id', () => {
  it.each(['a"b', 'a\\b', 'a\tb', 'a\n', "'a", "a'", 'a?b'])(
    'are in doubt for %j, which visibility cannot look up',
    async (workflowId) => {
      expect(await findOutOf(workflowId)).toEqual({ found: { inDoubt: true }, read: [] });
      expect((await findOutOf("a'b")).found).toEqual({ inDoubt: false });
    },
  );

  it('are in doubt where one completed and its endpoint was not found: a List may show it late', async () => {
    const { found, read } = await findOut(READY, TERMINATED);
    expect(found).toEqual({ inDoubt: true, lastClosedAt: CLOSED_AT });
    expect(read).toEqual(['run-0']);
  });

  it('are looked for behind dry runs that passed', async () => {
    const { found, read } = await findOut(DRY_RUN, DRY_RUN, TERMINATED, READY);
    expect(found).toEqual({ inDoubt: true, lastClosedAt: CLOSED_AT });
    expect(read).toEqual(['run-0', 'run-1', 'run-3']);
    expect((await findOut(DRY_RUN)).found).toEqual({ inDoubt: false });
    expect((await findOut(DRY_RUN, READY)).found).toMatchObject({ inDoubt: true });
  });

  it('are looked for behind dry runs that failed', async () => {
    const refused: Run = { status: 'FAILED', end: failed('QuotaExceeded', { endpointMayExist: false, report: [] }) };
    expect((await findOut(refused, TERMINATED)).found).toMatchObject({ inDoubt: true });
    expect((await findOut(refused)).found).toEqual({ inDoubt: false });
  });

  it.each(['COMPLETED', 'TERMINATED', 'FAILED', 'TIMED_OUT'])(
    'are not those of another workflow type, however they ended: %s',
    async (status) => {
      const { found, read } = await findOut({ type: 'somethingElse', status, end: { outcome: 'created' } });
      expect(found).toEqual({ inDoubt: false });
      expect(read).toEqual([]);
    },
  );

  it('are in doubt where one completed whose history is gone', async () => {
    const gone: Run = { status: 'COMPLETED', end: new WorkflowNotFoundError('gone', 'order-17', 'run-0') };
    expect((await findOut(gone)).found).toMatchObject({ inDoubt: true });
  });

  it('are asked for again where the end of one cannot be read', async () => {
    await expect(findOut({ status: 'COMPLETED', end: new Error('the codec is away') })).rejects.toThrow('codec');
  });
});
