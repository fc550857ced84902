import { describe, expect, inject, it } from 'vitest';
import { createTaskQueue, DEFAULT_ACCOUNT } from '../../src/contract/task-queues.js';
import { extendDeadlineUpdate, stateQuery, type ProvisionState } from '../../src/contract/messages.js';
import { createTestKit } from '../../src/testing/index.js';
import { CACHE_MODES, eventually, failureOf, REQUEST, startProvision, useBench } from '../support/provision-bench.js';
import { queuedActivities, whilePollingCreates } from '../support/queued-creates.js';

/** The shortest time for acceptance that a real server keeps to. What waits for no worker waits in real time. */
const ACCEPTED = { timeouts: { accepted: '1s' } };

/** A bench whose create calls have a queue that nobody polls unless a test says so. */
function useQueuedBench(cache: object, queuedAtMostMs?: number) {
  const kit = createTestKit({ settings: { services: [{ ServiceId: REQUEST.ServiceId }] } });
  const activities = queuedActivities(kit, queuedAtMostMs);
  const bench = useBench({ ...cache, activities });
  return {
    bench,
    kit,
    calls: (action: string) => kit.twin.journal.requests.filter((call) => call.action === action),
    /** Poll the queue until a run has ended. */
    served: <Result>(result: () => Promise<Result>) =>
      whilePollingCreates({ address: inject('temporalAddress'), taskQueue: bench.taskQueue }, activities, result),
  };
}

const scheduledTimes = async (handle: Awaited<ReturnType<typeof startProvision>>) => {
  const { events = [] } = await handle.fetchHistory();
  return (events ?? []).filter(
    ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === 'createEndpoint',
  ).length;
};

describe.each(CACHE_MODES)('a create call in a queue that nobody polls, $name', ({ cache }) => {
  const { bench, kit, calls, served } = useQueuedBench(cache);

  const inItsSecondTurn = (handle: Awaited<ReturnType<typeof startProvision>>): Promise<ProvisionState> =>
    eventually('the run waits for its turn', async () => {
      const state = await handle.query(stateQuery);
      return state.waitingFor.startsWith('its turn') && state;
    });

  it('waits for its turn longer than acceptance may take, and makes one endpoint once a worker comes', async () => {
    const before = calls('CreateVpcEndpoint').length;
    const handle = await startProvision(bench, { request: REQUEST, ...ACCEPTED });
    const state = await inItsSecondTurn(handle);
    expect(state).toMatchObject({ phase: 'creating', epoch: 1 });
    expect(state.waitingFor).toContain(`among the paced creates of the account "${DEFAULT_ACCOUNT}"`);
    expect(state.deadline).toBeUndefined();
    const { outcome, create } = await served(() => handle.result());
    expect(outcome).toBe('created');
    expect(create).toMatchObject({ epoch: 1, ClientToken: `${handle.firstExecutionRunId}.1` });
    expect(calls('CreateVpcEndpoint').length - before).toBe(1);
    // An attempt that died without a word looks the same, so the next activity looks before it creates.
    const looks = calls('ListVpcEndpoints').filter(({ parameters }) =>
      Object.values(parameters).includes(handle.workflowId),
    );
    expect(looks).toHaveLength(1);
  });

  it('has all its time for acceptance left once its turn comes', async () => {
    const handle = await startProvision(bench, { request: REQUEST, ...ACCEPTED });
    await inItsSecondTurn(handle);
    kit.twin.faults.add({
      action: 'CreateVpcEndpoint',
      times: 'always',
      effect: { kind: 'throttle', timeLeftMs: 100 },
    });
    try {
      const failure = await served(() => failureOf(handle.result()));
      expect(failure.type).toBe('DeadlineExceeded');
      expect(failure.message).toContain('was not accepted after 1s');
      expect(calls('CreateVpcEndpoint').at(-1)?.code).toMatch(/^Throttling/);
    } finally {
      kit.twin.faults.clear();
    }
  });

  it('can be cancelled while it waits', async () => {
    const handle = await startProvision(bench, { request: REQUEST, ...ACCEPTED });
    await inItsSecondTurn(handle);
    const before = calls('CreateVpcEndpoint').length;
    await handle.cancel();
    await eventually('the run looks for what it may have made', async () => {
      const { phase } = await handle.query(stateQuery);
      return phase === 'cleaningUp' || phase === 'cancelled';
    });
    expect(calls('CreateVpcEndpoint').length).toBe(before);
    await handle.terminate('the rest takes 90 s of real time');
  });
});

describe.each(CACHE_MODES)('a create call that no worker ever takes, $name', ({ cache }) => {
  const { bench, calls } = useQueuedBench(cache, 3_000);

  it('fails when the time for turns is over, and says what to look at', async () => {
    const handle = await startProvision(bench, { request: REQUEST, ...ACCEPTED });
    const { type, message, details } = await failureOf(handle.result());
    expect(type).toBe('DeadlineExceeded');
    expect(message).toContain(`from the task queue "${createTaskQueue(bench.taskQueue, DEFAULT_ACCOUNT)}"`);
    expect(details).toMatchObject({ class: 'deadline', retryable: true, endpointMayExist: true });
    // The look before the end.
    expect(details.attempts).toMatchObject([{ action: 'ListVpcEndpoints', code: '0 found' }]);
    for (const setting of ['PVL_ACCOUNTS', 'PVL_REGIONS', 'PVL_CREATES_PER_MINUTE']) {
      expect(details.advice).toContain(setting);
    }
    expect(calls('CreateVpcEndpoint')).toEqual([]);
    expect(await scheduledTimes(handle)).toBe(3);
  });

  it('goes on when somebody extends the time for acceptance', async () => {
    const handle = await startProvision(bench, { request: REQUEST, ...ACCEPTED });
    // A state that was asked for may be ahead of the task that takes in the update; an event is not.
    await eventually('the create call is in its queue', async () => (await scheduledTimes(handle)) > 0);
    await handle.executeUpdate(extendDeadlineUpdate, { args: [{ wait: 'accepted', by: '1s' }] });
    const { message } = await failureOf(handle.result());
    expect(message).toContain('no worker took its create call');
    expect(await scheduledTimes(handle)).toBeGreaterThanOrEqual(2);
  });
});
