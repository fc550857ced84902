import { describe, expect, it } from 'vitest';
import { findEarlierRuns } from '../../src/activities/earlier-runs.js';
import { stateQuery } from '../../src/contract/messages.js';
import type { provisionVpcEndpoint } from '../../src/workflows/index.js';
import { resetToStart } from '../support/reset-run.js';
import { advance } from '../support/virtual-time.js';
import type { FaultEffect } from '../../src/testing/index.js';
import {
  CACHE_MODES,
  endpointsOf,
  eventually,
  failedProvision,
  inPhase,
  provision,
  scenario,
  startProvision,
  useBench,
} from '../support/provision-bench.js';

describe.each(CACHE_MODES)('one endpoint per request, $name', ({ cache }) => {
  const bench = useBench({ ...cache, findEarlierRuns });

  it.each<{ why: string; effect: FaultEffect; times?: number; creates: number }>([
    { why: 'the answer is lost after the effect', effect: { kind: 'loseResponse' }, creates: 1 },
    { why: 'the connection breaks before the effect', effect: { kind: 'resetBefore' }, creates: 2 },
    { why: 'a 500 comes after the effect', effect: { kind: 'errorAfter', status: 500 }, creates: 1 },
    { why: 'a 502 page comes after the effect', effect: { kind: 'errorAfter', status: 502, body: 'html' }, creates: 1 },
    { why: 'nothing comes but a 503', effect: { kind: 'errorAfter', status: 503, body: 'empty' }, creates: 1 },
    { why: 'the service is busy, three times', effect: { kind: 'code', code: 'SystemBusy' }, times: 3, creates: 4 },
    { why: 'the first copy is in progress', effect: { kind: 'code', code: 'IdempotenceProcessing' }, creates: 2 },
    { why: 'it is throttled with a hint', effect: { kind: 'throttle', timeLeftMs: 2_000 }, times: 2, creates: 3 },
    { why: 'it is throttled without a hint', effect: { kind: 'throttle' }, times: 5, creates: 6 },
  ])('repeats the call with the same token when $why', async ({ effect, times = 1, creates }) => {
    const { workflowId, request, fault, tokens } = scenario(bench);
    fault('CreateVpcEndpoint', effect, times);
    const result = await provision(bench, { request }, workflowId);
    expect(result.endpoint?.EndpointStatus).toBe('Active');
    expect(endpointsOf(bench, workflowId)).toEqual([result.endpoint?.EndpointId]);
    expect(tokens()).toHaveLength(creates);
    expect(new Set(tokens()).size).toBe(1);
  });

  it('looks up by tag before a repeated call that may have been executed, and not after a throttle', async () => {
    const lost = scenario(bench);
    lost.fault('CreateVpcEndpoint', { kind: 'resetBefore' }, 2);
    await provision(bench, { request: lost.request }, lost.workflowId);
    expect(lost.calls('ListVpcEndpoints')).toBe(3);

    const throttled = scenario(bench);
    throttled.fault('CreateVpcEndpoint', { kind: 'throttle' }, 2);
    await provision(bench, { request: throttled.request }, throttled.workflowId);
    expect(throttled.calls('ListVpcEndpoints')).toBe(1);
  });

  it('finds its endpoint by tag when the token is forgotten and the answer was lost', async () => {
    const { workflowId, request, fault } = scenario(bench);
    bench.twin.engine.configure({ switches: { tokenRetentionMs: 0 } });
    fault('CreateVpcEndpoint', { kind: 'loseResponse' });
    const result = await provision(bench, { request }, workflowId);
    bench.twin.engine.configure({ switches: { tokenRetentionMs: 86_400_000 } });
    expect(result.outcome).toBe('adopted');
    expect(endpointsOf(bench, workflowId)).toEqual([result.endpoint?.EndpointId]);
  });

  it('adopts in run 2 what run 1 left behind at its deadline', async () => {
    const { workflowId, request, endpoints } = scenario(bench);
    bench.twin.engine.configure({ timeToActive: { afterReads: Infinity } });
    const first = await failedProvision(bench, { request, timeouts: { active: '10m' } }, workflowId);
    bench.twin.engine.configure({ timeToActive: { afterReads: 3 } });
    expect(first.type).toBe('DeadlineExceeded');
    const [endpoint] = endpoints();
    expect(first.details).toMatchObject({ endpointId: endpoint?.EndpointId, endpointMayExist: true, retryable: true });

    bench.twin.engine.setEndpoint(endpoint?.EndpointId ?? '', { EndpointStatus: 'Active' });
    const second = await provision(bench, { request }, workflowId);
    expect(second.outcome).toBe('adopted');
    expect(endpointsOf(bench, workflowId)).toEqual([second.endpoint?.EndpointId]);
  });

  it('adopts in run 2 what a terminated run 1 was waiting for', async () => {
    const { workflowId, request, endpoints } = scenario(bench);
    bench.twin.engine.configure({ timeToActive: { afterReads: Infinity } });
    const handle = await startProvision(bench, { request }, workflowId);
    await inPhase(handle, 'waiting');
    bench.twin.engine.configure({ timeToActive: { afterReads: 3 } });
    await handle.terminate();
    bench.twin.engine.setEndpoint(endpoints()[0]?.EndpointId ?? '', { EndpointStatus: 'Active' });
    const second = await provision(bench, { request }, workflowId);
    expect(second.outcome).toBe('adopted');
    expect(endpointsOf(bench, workflowId)).toEqual([second.endpoint?.EndpointId]);
  });

  it('waits out a create call of a terminated run 1 that takes effect late', async () => {
    const { workflowId, request, calls, fault } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'delayBeforeMs', ms: 1_500 });
    const handle = await startProvision(bench, { request }, workflowId);
    await eventually('run 1 has sent its create call', () => calls('CreateVpcEndpoint') === 1);
    await handle.terminate();
    await eventually('the server lists run 1 as terminated', async () => {
      for await (const run of bench.client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
        if (run.status.name === 'TERMINATED') return true;
      }
      return false;
    });
    // Run 2 finds nothing at first. In virtual time its patience costs nothing, so it is held until the effect is there.
    const second = await startProvision(bench, { request }, workflowId);
    await eventually('run 2 waits for certainty', async () => {
      const state = await second.query(stateQuery);
      return state.waitingFor.includes('certainty');
    });
    await eventually('the create call of run 1 takes effect', () => endpointsOf(bench, workflowId).length === 1);
    await advance(bench.connection, workflowId, 600_000).catch(() => undefined);
    const result = await second.result();
    expect(result.outcome).toBe('adopted');
    expect(endpointsOf(bench, workflowId)).toEqual([result.endpoint?.EndpointId]);
  });

  it('creates in run 2 only after two scans where run 1 may have left something', async () => {
    const { workflowId, request, calls } = scenario(bench);
    const handle = await bench.client.workflow.start('provisionVpcEndpoint', {
      workflowId,
      taskQueue: 'nobody-polls-this',
      args: [{ request }],
    });
    await handle.terminate();
    await eventually('the server lists run 1', async () => {
      for await (const run of bench.client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
        if (run.status.name === 'TERMINATED') return true;
      }
      return false;
    });
    const result = await provision(bench, { request }, workflowId);
    expect(result.outcome).toBe('created');
    expect(calls('ListVpcEndpoints')).toBe(3);
  });

  it('creates in run 2 at once where run 1 is certain to have left nothing', async () => {
    const { workflowId, request, calls, endpoints } = scenario(bench);
    bench.twin.engine.configure({ missing: ['epsrv-1'] });
    const first = await failedProvision(bench, { request }, workflowId);
    bench.twin.engine.configure({ missing: [] });
    expect(first.details).toMatchObject({ code: 'EndpointServiceNotFound', endpointMayExist: false });
    const second = await provision(bench, { request }, workflowId);
    expect(second.outcome).toBe('created');
    expect(calls('ListVpcEndpoints')).toBe(2);
    expect(endpoints()).toHaveLength(1);
  });

  it('ends as EndpointDiffers, with every field named, where its tags are on another endpoint', async () => {
    const { workflowId, request, endpoints } = scenario(bench);
    await provision(bench, { request }, workflowId);
    const changed = { ...request, VpcId: 'vpc-2', EndpointName: 'invoices' };
    const failure = await failedProvision(bench, { request: changed }, workflowId);
    expect(failure).toMatchObject({
      type: 'EndpointDiffers',
      details: {
        endpointId: endpoints()[0]?.EndpointId,
        differences: [
          { field: 'VpcId', wanted: 'vpc-2', found: 'vpc-1' },
          { field: 'EndpointName', wanted: 'invoices', found: 'orders' },
        ],
      },
    });
    expect(endpoints()).toHaveLength(1);
  });

  it('keeps the token when a run is reset to before its create', async () => {
    const { workflowId, request, tokens } = scenario(bench);
    const handle = await startProvision(bench, { request }, workflowId);
    await handle.result();
    await resetToStart(bench.connection, workflowId);
    const result = await bench.client.workflow.getHandle<typeof provisionVpcEndpoint>(workflowId).result();
    expect(result.outcome).toBe('adopted');
    expect(result.create?.ClientToken).toBe(`${handle.firstExecutionRunId}.1`);
    expect(tokens()).toEqual([`${handle.firstExecutionRunId}.1`]);
    expect(endpointsOf(bench, workflowId)).toHaveLength(1);
  });
});
