import type { Client } from '@temporalio/client';
import { ApplicationFailure, defaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { explainRun } from '../../../src/client/run-report.js';
import { DETAILS, INPUT } from './fixture.js';

const ID = 'order-17';
const payloads = (...values: unknown[]) => ({
  payloads: values.map((value) => defaultPayloadConverter.toPayload(value)),
});

type Event = Readonly<Record<string, unknown>>;

/** Events of a history, a second apart. */
function historyOf(startSeconds: number, attributes: readonly Event[]) {
  return attributes.map((event, index) => ({
    eventId: index + 1,
    eventTime: { seconds: startSeconds + index, nanos: 0 },
    ...event,
  }));
}

const started = (continuedExecutionRunId = ''): Event => ({
  workflowExecutionStartedEventAttributes: {
    workflowType: { name: 'provisionVpcEndpoint' },
    input: payloads(INPUT),
    continuedExecutionRunId,
  },
});

const attempt = (n: number) => ({
  at: `2026-01-01T00:00:${String(n).padStart(2, '0')}.000Z`,
  action: 'CreateVpcEndpoint',
  code: 'QuotaMisMatched',
  RequestId: `REQ-${n}`,
});

/** A create call that was refused: two events, of which the first has this number. */
const refusedCreate = (eventId: number, epoch: number): Event[] => [
  {
    activityTaskScheduledEventAttributes: {
      activityId: `create.${epoch}`,
      activityType: { name: 'createEndpoint' },
      input: payloads({ epoch, clientToken: `base.${epoch}` }),
    },
  },
  {
    activityTaskCompletedEventAttributes: {
      scheduledEventId: eventId,
      result: payloads({ kind: 'refused', refusal: { code: 'QuotaMisMatched' }, attempts: [attempt(epoch)] }),
    },
  },
];

const continued: Event = { workflowExecutionContinuedAsNewEventAttributes: {} };
const failed: Event = {
  workflowExecutionFailedEventAttributes: {
    failure: defaultFailureConverter.errorToFailure(
      ApplicationFailure.create({ type: 'QuotaExceeded', message: 'QuotaMisMatched: no', details: [DETAILS] }),
      defaultPayloadConverter,
    ),
  },
};

interface FakeWorkflow {
  readonly getHandle: (this: void, workflowId: string, runId?: string) => object;
}

/** A server that knows these histories; the last one is the run that the workflow id stands for. */
function serverWith(
  histories: Readonly<Record<string, readonly Event[]>>,
  status = 'FAILED',
  pending?: unknown,
): Client {
  const lastRunId = Object.keys(histories).at(-1) ?? '';
  return {
    options: {
      loadedDataConverter: {
        payloadConverter: defaultPayloadConverter,
        failureConverter: defaultFailureConverter,
        payloadCodecs: [],
      },
    },
    connection: { withDeadline: (_deadline: number, call: () => Promise<unknown>) => call() },
    workflow: {
      getHandle: (_workflowId: string, runId = lastRunId) => ({
        describe: async () => ({
          runId: lastRunId,
          status: { name: status },
          startTime: new Date(0),
          historyLength: 9,
          ...(status === 'RUNNING' ? {} : { closeTime: new Date(1_000) }),
          raw: { pendingActivities: pending === undefined ? [] : [pending] },
        }),
        query: () => Promise.reject(Object.assign(new Error('4 late'), { code: 4, details: '', metadata: {} })),
        fetchHistory: async () => {
          const events = histories[runId];
          if (events !== undefined) return { events };
          throw Object.assign(new Error('5 NOT_FOUND'), { code: 5, details: 'gone', metadata: {} });
        },
      }),
    },
  } as unknown as Client;
}

describe('the report of a chain of runs', () => {
  const first = historyOf(100, [started(), ...refusedCreate(2, 1), ...refusedCreate(4, 2), continued]);
  const second = historyOf(200, [started('run-1'), ...refusedCreate(2, 3), failed]);

  it('tells the calls and refusals of all its runs as those of one', async () => {
    const report = await explainRun(serverWith({ 'run-1': first, 'run-2': second }), ID);
    expect(report).toMatchObject({
      runId: 'run-2',
      olderRunsMissing: false,
      startedAt: '1970-01-01T00:01:40.000Z',
      closedAt: '1970-01-01T00:03:23.000Z',
      failure: { type: 'QuotaExceeded', message: 'QuotaMisMatched: no' },
      parked: [
        {
          code: 'QuotaMisMatched',
          times: 2,
          firstAt: '1970-01-01T00:01:42.000Z',
          lastAt: '1970-01-01T00:01:44.000Z',
        },
      ],
    });
    expect(report.runs.map(({ runId, events }) => [runId, events])).toEqual([
      ['run-1', 6],
      ['run-2', 4],
    ]);
    expect(report.attempts).toEqual(
      [1, 2, 3].map((n) => ({ ...attempt(n), activityId: `create.${n}`, epoch: n, clientToken: `base.${n}` })),
    );
    expect(report.failure?.details).not.toHaveProperty('attempts');
  });

  it('says that older runs are missing where the server does not keep them any more', async () => {
    const report = await explainRun(serverWith({ 'run-2': second }), ID);
    expect(report.olderRunsMissing).toBe(true);
    expect(report.runs.map(({ runId }) => runId)).toEqual(['run-2']);
  });

  it('is refused, and not cut short, where an older run cannot be read for another reason', async () => {
    const broken = serverWith({ 'run-2': second });
    const { getHandle } = broken.workflow as unknown as FakeWorkflow;
    const refuse = () => Promise.reject(new Error('denied'));
    Object.assign(broken.workflow, {
      getHandle: (id: string, runId?: string) =>
        runId === 'run-1' ? { ...getHandle(id, runId), fetchHistory: refuse } : getHandle(id, runId),
    });
    await expect(explainRun(broken, ID)).rejects.toThrow('denied');
  });
});

describe('the report of an open run', () => {
  const open = historyOf(100, [started(), ...refusedCreate(2, 1), ...refusedCreate(4, 2).slice(0, 1)]);

  it('tells the calls of the pending activity from its heartbeat, with the token that it sends', async () => {
    const pending = {
      activityId: 'create.2',
      attempt: 4,
      heartbeatDetails: payloads({
        log: [attempt(7), 'no entry'],
        failing: { code: 'SystemBusy', since: 's', times: 3 },
      }),
      lastFailure: { message: 'busy', applicationFailureInfo: { details: payloads({ advice: 'Wait.' }) } },
    };
    const report = await explainRun(serverWith({ 'run-1': open }, 'RUNNING', pending), ID);
    expect(report.attempts.map(({ RequestId, clientToken }) => [RequestId, clientToken])).toEqual([
      ['REQ-1', 'base.1'],
      ['REQ-7', 'base.2'],
    ]);
    expect(report.pending).toMatchObject({ failing: { code: 'SystemBusy', times: 3 }, advice: 'Wait.' });
    expect(report.parked).toMatchObject([{ times: 1 }]);
    expect(report).not.toHaveProperty('closedAt');
    expect(report).not.toHaveProperty('state');
  });

  it('is told without what an activity logged in another form', async () => {
    const pending = { activityId: 'create.2', attempt: 1, heartbeatDetails: payloads('text') };
    const report = await explainRun(serverWith({ 'run-1': open }, 'RUNNING', pending), ID);
    expect(report.attempts.map(({ RequestId }) => RequestId)).toEqual(['REQ-1']);
  });
});

it('tells of a run that failed without details what it can', async () => {
  const bare = {
    workflowExecutionFailedEventAttributes: {
      failure: defaultFailureConverter.errorToFailure(new Error('boom'), defaultPayloadConverter),
    },
  };
  const report = await explainRun(serverWith({ 'run-1': historyOf(1, [started(), bare]) }), ID);
  expect(report.failure).toEqual({ type: 'TemporalFailure', message: 'boom' });
});
