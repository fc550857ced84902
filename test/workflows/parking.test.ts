import { WorkflowUpdateFailedError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { NOT_PARKED, retryNowUpdate, stateQuery } from '../../src/contract/messages.js';
import {
  CACHE_MODES,
  endpointsOf,
  eventually,
  failedProvision,
  inPhase,
  provision,
  scenario,
  startProvision,
  untilParked,
  useBench,
} from '../support/provision-bench.js';
import { advance } from '../support/virtual-time.js';

describe.each(CACHE_MODES)('a parked run, $name', ({ cache }) => {
  const bench = useBench(cache);

  async function parkedRun(code = 'QuotaMisMatched', times = 1) {
    const s = scenario(bench);
    s.fault('CreateVpcEndpoint', { kind: 'code', code }, times);
    const handle = await startProvision(bench, { request: s.request }, s.workflowId);
    return { ...s, handle, state: await untilParked(handle) };
  }

  it('says what it waits for, since when, how often it was refused, when it tries next and when it gives up', async () => {
    const { handle, state, workflowId } = await parkedRun('QuotaMisMatched', 2);
    const first = state.parked;
    expect(first).toMatchObject({ code: 'QuotaMisMatched', refusedTimes: 1 });
    expect(state).toMatchObject({ nextLookAt: first?.nextTryAt, deadline: first?.givesUpAt, parkedTimes: 1 });
    const since = Date.parse(first?.since ?? '');
    expect(Date.parse(first?.givesUpAt ?? '') - since).toBe(24 * 3_600_000);

    await advance(bench.connection, workflowId, 75_000);
    const second = await eventually('it is refused again', async () => {
      const { parked } = await handle.query(stateQuery);
      return parked?.refusedTimes === 2 && parked;
    });
    expect(second.since).toBe(first?.since);
    expect(second.givesUpAt).toBe(first?.givesUpAt);
    expect(Date.parse(second.nextTryAt)).toBeGreaterThan(Date.parse(first?.nextTryAt ?? ''));
    await handle.terminate();
  });

  it('tries again at once when it is told to, with the token of the next epoch', async () => {
    const { handle, workflowId, tokens } = await parkedRun();
    expect(await handle.executeUpdate(retryNowUpdate)).toEqual({ code: 'QuotaMisMatched', epoch: 2 });
    const state = await eventually('the create call is answered', async () => {
      const current = await handle.query(stateQuery);
      return current.phase === 'waiting' && current;
    });
    expect(state).not.toHaveProperty('parked');
    await advance(bench.connection, workflowId, 600_000).catch(() => undefined);
    expect(await handle.result()).toMatchObject({ outcome: 'created', create: { epoch: 2 } });
    expect(tokens().map((token) => token.split('.')[1])).toEqual(['1', '2']);
  });

  it('counts a try that it was told to make like any other: the next pause is longer', async () => {
    const { handle } = await parkedRun('QuotaMisMatched', 3);
    await handle.executeUpdate(retryNowUpdate);
    const again = await eventually('it is refused again', async () => {
      const { parked } = await handle.query(stateQuery);
      return parked?.refusedTimes === 2 && parked;
    });
    // Never less than 96 s after a second refusal; at most 72 s after a first one.
    expect(Date.parse(again.nextTryAt) - Date.now()).toBeGreaterThan(80_000);
    await handle.terminate();
  });

  it('refuses to be woken while it is not parked, and leaves no trace of it in the history', async () => {
    const s = scenario(bench);
    bench.twin.engine.configure({ timeToActive: { afterReads: Infinity } });
    const handle = await startProvision(bench, { request: s.request }, s.workflowId);
    await inPhase(handle, 'waiting');
    bench.twin.engine.configure({ timeToActive: { afterReads: 3 } });
    const refusal = await handle.executeUpdate(retryNowUpdate).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(WorkflowUpdateFailedError);
    expect((refusal as WorkflowUpdateFailedError).cause).toMatchObject({
      type: NOT_PARKED,
      message: 'Nothing to wake: the run is not parked (phase waiting)',
    });
    const { events } = await handle.fetchHistory();
    expect(events?.some((event) => event.workflowExecutionUpdateAcceptedEventAttributes != null)).toBe(false);
    await handle.terminate();
  });

  it('looks patiently after a wake-up too, where a call of the epoch before may still take effect', async () => {
    const s = scenario(bench);
    s.fault('CreateVpcEndpoint', { kind: 'resetBefore' });
    s.fault('CreateVpcEndpoint', { kind: 'code', code: 'QuotaMisMatched' });
    const handle = await startProvision(bench, { request: s.request }, s.workflowId);
    await untilParked(handle);
    await handle.executeUpdate(retryNowUpdate);
    const state = await eventually('it looks for certainty', async () => {
      const current = await handle.query(stateQuery);
      return current.waitingFor.includes('certainty') && current;
    });
    // The lost call is younger than a minute: the look waits for the rest of it.
    expect(Date.parse(state.nextLookAt ?? '') - Date.parse(state.lastError?.at ?? '')).toBeGreaterThan(55_000);
    await advance(bench.connection, s.workflowId, 600_000).catch(() => undefined);
    expect((await handle.result()).create?.epoch).toBe(2);
    expect(s.calls('ListVpcEndpoints')).toBe(4);
  });
});

describe('a run that is parked for days', () => {
  const bench = useBench();

  /** The runs of a chain, oldest first, with the lengths of their histories. */
  async function chainOf(workflowId: string) {
    const runs: { runId: string; events: number; status: string }[] = [];
    for await (const run of bench.client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
      const { events } = await bench.client.workflow.getHandle(workflowId, run.runId).fetchHistory();
      runs.unshift({ runId: run.runId, events: events?.length ?? 0, status: run.status.name });
    }
    return runs;
  }

  it.concurrent(
    'goes on as a new run before its history gets long, with the same tokens, the next epoch and its log',
    async () => {
      const { workflowId, request, fault, tokens } = scenario(bench);
      fault('CreateVpcEndpoint', { kind: 'code', code: 'QuotaMisMatched' }, 170);
      const result = await provision(bench, { request, retry: { quota: { timeout: '7d' } } }, workflowId);
      const chain = await eventually('visibility lists the chain', async () => {
        const runs = await chainOf(workflowId);
        return runs.at(-1)?.status === 'COMPLETED' && runs;
      });
      expect(chain.length).toBeGreaterThan(1);
      expect(chain.slice(0, -1).map(({ status }) => status)).toEqual(chain.slice(1).map(() => 'CONTINUED_AS_NEW'));
      expect(Math.max(...chain.map(({ events }) => events))).toBeLessThan(1_530);
      expect(tokens()).toEqual(Array.from({ length: 171 }, (_, index) => `${chain[0]?.runId}.${index + 1}`));
      expect(result).toMatchObject({ outcome: 'created', create: { epoch: 171 } });
      expect(result.attempts).toHaveLength(20);
      expect(result.attempts.map(({ code }) => code)).toContain('QuotaMisMatched');
      expect(endpointsOf(bench, workflowId)).toEqual([result.endpoint?.EndpointId]);
      const state = await bench.client.workflow.getHandle(workflowId).query(stateQuery);
      expect(state).toMatchObject({ parkedTimes: 170, epoch: 171 });
    },
  );

  it.concurrent('gives up when it would have without a new run: the time goes on counting', async () => {
    const { workflowId, request, fault, calls } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'code', code: 'QuotaMisMatched' }, 'always');
    const failure = await failedProvision(bench, { request, retry: { quota: { timeout: '26h' } } }, workflowId);
    expect(failure).toMatchObject({ type: 'QuotaExceeded', details: { endpointMayExist: false, retryable: true } });
    // 10 minutes at most between two tries, never less than 8.
    expect(calls('CreateVpcEndpoint')).toBeGreaterThan(155);
    expect(calls('CreateVpcEndpoint')).toBeLessThan(205);
  });

  it.concurrent('takes nobody else`s word for being a continuation', async () => {
    const { workflowId, request, tokens } = scenario(bench);
    const forged = { provision: { request: { ...request, VpcId: 'vpc-666' } }, memory: { epoch: 7 }, progress: {} };
    const handle = await bench.skipping.start('provisionVpcEndpoint', {
      workflowId,
      taskQueue: bench.taskQueue,
      args: [{ request }, forged],
    });
    const result = (await handle.result()) as { endpoint: { VpcId: string } };
    expect(result.endpoint.VpcId).toBe('vpc-1');
    expect(tokens()).toEqual([`${handle.firstExecutionRunId}.1`]);
  });
});
