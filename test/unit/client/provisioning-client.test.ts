import {
  ApplicationFailure,
  CancelledFailure,
  ServiceError,
  TerminatedFailure,
  TimeoutFailure,
  WorkflowFailedError,
} from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  InvalidInputError,
  ProvisionCancelledError,
  ProvisionCutOffError,
  ProvisionFailedError,
  ProvisionNotFoundError,
  RequestConflictError,
} from '../../../src/client/errors.js';
import { ProvisioningClient } from '../../../src/client/provisioning-client.js';
import { provisionWorkflowId } from '../../../src/client/workflow-id.js';
import type { ProvisionInput } from '../../../src/contract/input.js';
import {
  DETAILS,
  fakeClient,
  INPUT,
  payloadsOf,
  RESULT,
  RUN_ID,
  STARTED_ID,
  type FakePollers,
  type FakeRun,
} from './fixture.js';

const ID = 'order-17';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-01T00:00:00Z') });
});

afterEach(() => {
  vi.useRealTimers();
});

/** A client of ours over the fake server. */
function provisioning(runs: Readonly<Record<string, FakeRun>> = {}, pollers: FakePollers = {}, taskQueue?: string) {
  const { client, asked } = fakeClient(runs, pollers);
  const warnings: string[] = [];
  const ours = new ProvisioningClient({ client, taskQueue, onWarning: (message) => warnings.push(message) });
  return { ours, asked, warnings };
}

/** The error that a call ends with. */
async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    (value) => {
      throw new Error(`It succeeded with ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}

const failed = (cause: Error) => new WorkflowFailedError('Workflow execution failed', cause, 'NON_RETRYABLE_FAILURE');
const applicationFailure = (type: string, details?: unknown) =>
  failed(
    ApplicationFailure.create({
      type,
      message: 'no more (RequestId REQ-7)',
      details: details === undefined ? [] : [details],
    }),
  );

describe('starting a run', () => {
  it('starts the workflow under the id that the request makes', async () => {
    const { ours, asked } = provisioning();
    const workflowId = provisionWorkflowId(INPUT);
    expect(await ours.start(INPUT)).toEqual({ workflowId, runId: STARTED_ID, how: 'started' });
    expect(asked.types).toEqual(['provisionVpcEndpoint']);
    expect(asked.starts).toEqual([
      {
        workflowId,
        taskQueue: 'privatelink',
        args: [INPUT],
        workflowTaskTimeout: '5s',
        workflowIdConflictPolicy: 'FAIL',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        staticSummary: 'orders in vpc-1 (cn-hangzhou) for epsrv-1',
      },
    ]);
  });

  it('sets no timeout of the engine for the run: it could not say what it left behind', async () => {
    const { ours, asked } = provisioning();
    await ours.start(INPUT);
    expect(Object.keys(asked.starts[0] ?? {}).filter((option) => /timeout/i.test(option))).toEqual([
      'workflowTaskTimeout',
    ]);
  });

  it('takes the id and the task queue of the caller', async () => {
    const { ours, asked } = provisioning({}, {}, 'mine');
    expect(await ours.start({ ...INPUT, account: 'team-a' }, { workflowId: ID })).toMatchObject({ workflowId: ID });
    expect(asked.starts[0]).toMatchObject({ workflowId: ID, taskQueue: 'mine' });
    expect(asked.queues).toEqual([
      { name: 'mine', kind: 1 },
      { name: 'mine/team-a', kind: 2 },
      { name: 'mine/team-a/cn-hangzhou', kind: 2 },
      { name: 'mine/team-a/cn-hangzhou/create', kind: 2 },
      { name: 'mine/team-a/cn-hangzhou/write', kind: 2 },
    ]);
  });

  it('starts anew after a run that ended ready only when it is told to', async () => {
    const { ours, asked } = provisioning();
    await ours.start(INPUT, { restart: true });
    await ours.start(INPUT, { restart: false });
    expect(asked.starts.map(({ workflowIdReusePolicy }) => workflowIdReusePolicy)).toEqual([
      'ALLOW_DUPLICATE',
      'ALLOW_DUPLICATE_FAILED_ONLY',
    ]);
  });

  it('keeps the summary to one short line, however long the names are', async () => {
    const { ours, asked } = provisioning();
    await ours.start(
      { request: { ...INPUT.request, ServiceName: 'x'.repeat(5_000), VpcId: 'v'.repeat(5_000) } },
      { workflowId: ID },
    );
    expect(asked.starts[0]?.staticSummary?.length).toBeLessThanOrEqual(200);
  });

  it('starts nothing of an input that breaks the contract, and lists its problems', async () => {
    const { ours, asked } = provisioning();
    const error = await failureOf(ours.start({ request: { RegionId: 'x' } } as unknown as ProvisionInput));
    expect(error).toBeInstanceOf(InvalidInputError);
    expect((error as InvalidInputError).problems.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['request.RegionId', 'request.VpcId', 'request.ServiceId']),
    );
    expect(asked.starts).toEqual([]);
  });

  it.each([
    { workflowId: 'x'.repeat(129), reason: 'too long for the value of a tag' },
    { workflowId: '订单', reason: 'not ASCII' },
    { workflowId: '', reason: 'empty' },
  ])('starts nothing under an id that no tag can hold: $reason', async ({ workflowId }) => {
    const { ours, asked } = provisioning();
    const error = await failureOf(ours.start(INPUT, { workflowId }));
    expect(error).toBeInstanceOf(InvalidInputError);
    expect((error as InvalidInputError).problems).toMatchObject([{ path: '(workflow id)' }]);
    expect(asked.starts).toEqual([]);
  });

  it('takes any id where no tags are set', async () => {
    const { ours } = provisioning();
    expect(await ours.start({ ...INPUT, ownerTags: false }, { workflowId: '订单' })).toMatchObject({ how: 'started' });
  });

  it('hands on what it does not understand', async () => {
    const { client } = fakeClient();
    const broken = new ServiceError('unavailable');
    Object.assign(client.workflow, { start: () => Promise.reject(broken) });
    const ours = new ProvisioningClient({ client, onWarning: () => undefined });
    expect(await failureOf(ours.start(INPUT))).toBe(broken);
  });
});

describe('starting a request again', () => {
  it.each([
    { status: 'RUNNING', how: 'joined', reason: 'it is under way' },
    { status: 'COMPLETED', how: 'finished', reason: 'it ended ready' },
    { status: 'FAILED', how: 'joined', reason: 'it was in the way and ended meanwhile: its end is the answer' },
  ])('$how a run that is $status: $reason', async ({ status, how }) => {
    const { ours } = provisioning({ [ID]: { status, input: INPUT } });
    expect(await ours.start(INPUT, { workflowId: ID })).toEqual({ workflowId: ID, runId: RUN_ID, how });
  });

  it('joins whatever the options are: they say how to run, not what to make', async () => {
    const input = { ...INPUT, timeouts: { active: '2h' }, account: 'default' };
    const { ours } = provisioning({ [ID]: { input } });
    expect(await ours.start({ ...INPUT, ownerTags: false }, { workflowId: ID })).toMatchObject({ how: 'joined' });
  });

  it.each([
    { input: { request: { ...INPUT.request, VpcId: 'vpc-2' } }, fields: ['request.VpcId'], reason: 'another VPC' },
    { input: { ...INPUT, account: 'team-a' }, fields: ['account'], reason: 'another account' },
    { input: { ...INPUT, extraParameters: { New: 1 } }, fields: ['extraParameters.New'], reason: 'another parameter' },
  ])('refuses the id of another request and names the fields: $reason', async ({ input, fields }) => {
    for (const status of ['RUNNING', 'COMPLETED']) {
      const { ours } = provisioning({ [ID]: { status, input } });
      const error = await failureOf(ours.start(INPUT, { workflowId: ID }));
      expect(error).toBeInstanceOf(RequestConflictError);
      expect((error as RequestConflictError).fields).toEqual(fields);
    }
  });

  it.each([
    { run: { type: 'anotherWorkflow', input: INPUT }, reason: 'another workflow, even with the same input' },
    { run: { input: 'text' }, reason: 'text' },
    { run: { input: {} }, reason: 'no request' },
    { run: { input: { request: null } }, reason: 'a request that is null' },
    { run: { input: { request: 'text' } }, reason: 'a request that is text' },
    { run: {}, reason: 'no input at all' },
  ])('refuses the id of what is no provision: $reason', async ({ run }) => {
    const { ours } = provisioning({ [ID]: run });
    const error = await failureOf(ours.start(INPUT, { workflowId: ID }));
    expect(error).toBeInstanceOf(RequestConflictError);
  });
});

describe('dry runs and runs of one workflow id', () => {
  const DRY = { request: { ...INPUT.request, DryRun: true } };

  it('a run starts behind a dry run that has ended, also where their requests differ', async () => {
    for (const request of [DRY.request, { ...DRY.request, VpcId: 'vpc-2' }]) {
      const { ours, asked } = provisioning({ [ID]: { input: { request }, status: 'COMPLETED' } });
      expect(await ours.start(INPUT, { workflowId: ID })).toMatchObject({ runId: STARTED_ID, how: 'started' });
      expect(asked.starts.map(({ workflowIdReusePolicy }) => workflowIdReusePolicy)).toEqual([
        'ALLOW_DUPLICATE_FAILED_ONLY',
        'ALLOW_DUPLICATE',
      ]);
    }
  });

  it('a dry run starts behind a run that has ended', async () => {
    const { ours } = provisioning({ [ID]: { input: INPUT, status: 'COMPLETED' } });
    expect(await ours.start(DRY, { workflowId: ID })).toMatchObject({ runId: STARTED_ID, how: 'started' });
  });

  it('a dry run joins the same one that is under way', async () => {
    const { ours } = provisioning({ [ID]: { input: DRY } });
    expect(await ours.start(DRY, { workflowId: ID })).toMatchObject({ runId: RUN_ID, how: 'joined' });
  });

  it.each([
    { theirs: DRY, wanted: INPUT, why: 'a run and a dry run that is under way' },
    { theirs: INPUT, wanted: DRY, why: 'a dry run and a run that is under way' },
  ])('never join each other, and say to wait: $why', async ({ theirs, wanted }) => {
    const { ours } = provisioning({ [ID]: { input: theirs } });
    const error = await failureOf(ours.start(wanted, { workflowId: ID }));
    expect(error).toBeInstanceOf(RequestConflictError);
    expect((error as RequestConflictError).fields).toEqual(['request.DryRun']);
    expect((error as RequestConflictError).message).toContain('Wait for its end, or give this one an id of its own.');
  });
});

describe('waiting for the end of a run', () => {
  it('returns the result of the very run that was started or joined', async () => {
    const { ours, asked } = provisioning({ [ID]: { input: INPUT } });
    expect(await ours.provision(INPUT, { workflowId: ID })).toEqual(RESULT);
    expect(await ours.provision(INPUT)).toEqual(RESULT);
    expect(asked.resultsOf).toEqual([RUN_ID, STARTED_ID]);
  });

  it('by id waits for the latest run', async () => {
    const { ours, asked } = provisioning({ [ID]: {} });
    expect(await ours.result(ID)).toEqual(RESULT);
    expect(asked.resultsOf).toEqual([undefined]);
  });

  it('gives the typed failure of a run that failed', async () => {
    const end = applicationFailure('QuotaExceeded', DETAILS);
    const error = await failureOf(provisioning({ [ID]: { end } }).ours.result(ID));
    expect(error).toBeInstanceOf(ProvisionFailedError);
    expect(error).toMatchObject({
      workflowId: ID,
      type: 'QuotaExceeded',
      code: 'QuotaMisMatched',
      requestId: 'REQ-7',
      message: 'no more (RequestId REQ-7)',
      advice: DETAILS.advice,
      cause: end,
    });
  });

  it('gives the problems of an input that a worker refused', async () => {
    const problems = [{ path: 'request.VpcId', message: 'is missing' }];
    const error = await failureOf(
      provisioning({ [ID]: { end: applicationFailure('InvalidInput', { problems }) } }).ours.result(ID),
    );
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error).toMatchObject({ problems, workflowId: ID });
  });

  it.each([
    { end: applicationFailure('SomebodyElses'), reason: 'no details' },
    { end: applicationFailure('SomebodyElses', 'text'), reason: 'details that are text' },
    { end: applicationFailure('SomebodyElses', { foo: 1 }), reason: 'details of another form' },
    { end: applicationFailure('InvalidInput'), reason: 'no details' },
    { end: new ServiceError('unavailable'), reason: 'the server did not answer' },
    { end: failed(new Error('no kind of failure')), reason: 'no kind of failure' },
  ])('hands on a failure that is not one of ours as it is: $reason', async ({ end }) => {
    expect(await failureOf(provisioning({ [ID]: { end } }).ours.result(ID))).toBe(end);
  });

  it.each([
    {
      memo: { cancelOutcome: { outcome: 'kept', endpointId: 'ep-1' } },
      outcome: { outcome: 'kept', endpointId: 'ep-1' },
    },
    { memo: { cancelOutcome: { outcome: 'nothingCreated' } }, outcome: { outcome: 'nothingCreated' } },
    { memo: {}, outcome: { outcome: 'unknown' } },
    { memo: undefined, outcome: { outcome: 'unknown' } },
  ])('says what a cancelled run left behind: $outcome.outcome', async ({ memo, outcome }) => {
    const end = failed(new CancelledFailure('cancelled'));
    const error = await failureOf(
      provisioning({ [ID]: { end, ...(memo === undefined ? {} : { memo }) } }).ours.result(ID),
    );
    expect(error).toBeInstanceOf(ProvisionCancelledError);
    expect(error).toMatchObject({ outcome, workflowId: ID, cause: end });
  });

  const cutOff: { cause: Error; said: string }[] = [
    { cause: new TerminatedFailure('by an operator'), said: 'was terminated' },
    { cause: new TimeoutFailure('too long', undefined, 'START_TO_CLOSE'), said: 'was timed out by the engine' },
  ];

  it.each(cutOff)('says that a run that was cut off could say nothing: $said', async ({ cause, said }) => {
    const end = failed(cause);
    const error = await failureOf(provisioning({ [ID]: { end } }).ours.result(ID));
    expect(error).toBeInstanceOf(ProvisionCutOffError);
    expect((error as Error).message).toContain(said);
    expect(error).toMatchObject({ workflowId: ID, cause: end });
  });
});

describe('a workflow id that nobody knows', () => {
  it.each([
    { call: 'result', of: (ours: ProvisioningClient) => ours.result(ID) },
    { call: 'state', of: (ours: ProvisioningClient) => ours.state(ID) },
    { call: 'cancel', of: (ours: ProvisioningClient) => ours.cancel(ID) },
  ])('$call: is told by an error of its own', async ({ of }) => {
    const error = await failureOf(of(provisioning().ours));
    expect(error).toBeInstanceOf(ProvisionNotFoundError);
    expect(error).toMatchObject({ workflowId: ID });
  });
});

describe('cancelling', () => {
  it('asks the run to stop', async () => {
    const { ours, asked } = provisioning({ [ID]: {} });
    await ours.cancel(ID);
    expect(asked.cancelled).toEqual([ID]);
  });
});

describe('where a run stands', () => {
  const state = { phase: 'waiting' };

  it('is told by the run and by the engine', async () => {
    const pending = {
      activityId: 'wait-active',
      attempt: 3,
      lastFailure: { message: 'not yet' },
      nextAttemptScheduleTime: { seconds: 1_767_225_600 },
      heartbeatDetails: payloadsOf({ log: DETAILS.attempts }),
    };
    const { ours } = provisioning({ [ID]: { query: async () => state, pending: [pending] } });
    expect(await ours.state(ID)).toEqual({
      workflowId: ID,
      runId: RUN_ID,
      status: 'RUNNING',
      startedAt: '2026-01-01T00:00:00.000Z',
      historyLength: 12,
      state,
      pending: {
        activityId: 'wait-active',
        attempt: 3,
        lastFailure: 'not yet',
        nextAttemptAt: '2026-01-01T00:00:00.000Z',
        attempts: DETAILS.attempts,
      },
    });
  });

  it('is told by the engine alone where no worker answers', async () => {
    const late = Object.assign(new Error('4 DEADLINE_EXCEEDED'), { code: 4, details: '', metadata: {} });
    const { ours } = provisioning({ [ID]: { query: () => Promise.reject(late) } });
    const view = await ours.state(ID);
    expect(view).toMatchObject({ workflowId: ID, status: 'RUNNING' });
    expect(view).not.toHaveProperty('state');
    expect(view).not.toHaveProperty('pending');
  });

  it('of a closed run says when it closed and what a cancellation left', async () => {
    const cancelOutcome = { outcome: 'kept', endpointId: 'ep-1' };
    const closeTime = new Date('2026-01-01T00:05:00Z');
    const { ours } = provisioning({ [ID]: { status: 'CANCELLED', closeTime, memo: { cancelOutcome } } });
    expect(await ours.state(ID)).toMatchObject({
      status: 'CANCELLED',
      closedAt: '2026-01-01T00:05:00.000Z',
      cancelOutcome,
    });
  });

  it.each([
    { details: undefined },
    { details: payloadsOf(null) },
    { details: payloadsOf('text') },
    { details: payloadsOf() },
  ])('reads heartbeats that hold no log: $details', async ({ details }) => {
    const { ours } = provisioning({ [ID]: { pending: [{ activityId: 'a', attempt: 1, heartbeatDetails: details }] } });
    expect((await ours.state(ID)).pending).toEqual({ activityId: 'a', attempt: 1, attempts: [] });
  });
});

describe('warnings', () => {
  const denied = new Error('not allowed');

  it.each([
    { pollers: { workflow: [3], activity: [3] }, warned: undefined, reason: 'both queues are polled' },
    { pollers: { workflow: [300, 3], activity: [3, 300] }, warned: undefined, reason: 'one live worker is enough' },
    { pollers: { workflow: [80], activity: [80] }, warned: undefined, reason: 'a long poll lasts a minute' },
    {
      pollers: { workflow: [], activity: [] },
      warned: /task queue "privatelink"/,
      reason: 'no worker at all: one warning',
    },
    {
      pollers: { workflow: [300], activity: [3] },
      warned: /task queue "privatelink"/,
      reason: 'dead workers stay listed',
    },
    {
      pollers: { workflow: [3], activity: [] },
      warned: /credentials for the account "default"/,
      reason: 'nobody has the keys',
    },
    {
      pollers: { workflow: [3], activity: [300] },
      warned: /credentials for the account "default"/,
      reason: 'the one with the keys is dead',
    },
    { pollers: { workflow: denied, activity: denied }, warned: undefined, reason: 'the server cannot tell' },
    { pollers: { workflow: denied, activity: [] }, warned: /credentials/, reason: 'what it can tell is told' },
  ])('$warned: $reason', async ({ pollers, warned }) => {
    const { ours, warnings } = provisioning({}, pollers);
    expect(await ours.start(INPUT)).toMatchObject({ how: 'started' });
    expect(warnings).toEqual(warned === undefined ? [] : [expect.stringMatching(warned) as string]);
  });

  it('name each account that nobody has the keys of', async () => {
    const { ours, warnings } = provisioning({}, { workflow: [3], activity: [] });
    await ours.start({ ...INPUT, until: 'Connected', accept: { account: 'provider' } });
    expect(warnings).toEqual([
      expect.stringContaining('the account "default"') as string,
      expect.stringContaining('the account "provider"') as string,
    ]);
  });

  it('are given for a run that is joined, and not for one that is over', async () => {
    const pollers = { workflow: [], activity: [] };
    const joined = provisioning({ [ID]: { status: 'RUNNING', input: INPUT } }, pollers);
    await joined.ours.start(INPUT, { workflowId: ID });
    expect(joined.warnings).toHaveLength(1);
    const finished = provisioning({ [ID]: { status: 'COMPLETED', input: INPUT } }, pollers);
    await finished.ours.start(INPUT, { workflowId: ID });
    expect(finished.warnings).toEqual([]);
  });

  it('name the account of the input', async () => {
    const { ours, warnings } = provisioning({}, { activity: [] });
    await ours.start({ ...INPUT, account: 'team-a' });
    expect(warnings).toEqual([expect.stringContaining('"team-a"') as string]);
  });
});

describe('starting many', () => {
  it('takes more requests than a call takes arguments', async () => {
    const { ours, asked } = provisioning();
    const requests = Array.from({ length: 200_000 }, () => ({ input: INPUT }));
    const ends = ours.provisionMany(requests, { stop: AbortSignal.abort() });
    expect(await ends.next()).toEqual({ done: true, value: undefined });
    expect(asked.starts).toEqual([]);
  });
});
