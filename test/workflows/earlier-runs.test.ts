import { afterEach, describe, expect, it } from 'vitest';
import type { EarlierRuns } from '../../src/activities/index.js';
import { findEarlierRuns } from '../../src/activities/earlier-runs.js';
import { stateQuery } from '../../src/contract/messages.js';
import { OUTCOME_MEMO } from '../../src/contract/result.js';
import { advance } from '../support/virtual-time.js';
import {
  CACHE_MODES,
  endpointsOf,
  eventually,
  failedProvision,
  provision,
  scenario,
  startProvision,
  useBench,
} from '../support/provision-bench.js';

const IN_DOUBT: EarlierRuns = { inDoubt: true };

describe.each(CACHE_MODES)('what earlier runs of the id may have left, $name', ({ cache }) => {
  /** What the server is made to say of earlier runs. */
  let ask: typeof findEarlierRuns;
  const bench = useBench({ ...cache, findEarlierRuns: (workflowId, runId) => ask(workflowId, runId) });
  afterEach(() => bench.twin.faults.clear());

  const says = (runs: EarlierRuns) => {
    ask = async () => runs;
  };

  it('is asked for again when the attempt that asked first died: absence is proven before the create all the same', async () => {
    const { workflowId, request, calls } = scenario(bench);
    let asked = 0;
    ask = async () => {
      asked += 1;
      if (asked === 1) throw new Error('The visibility store is down');
      return IN_DOUBT;
    };
    const result = await provision(bench, { request }, workflowId);
    expect(result.outcome).toBe('created');
    expect(asked).toBe(2);
    // One look in each of the two attempts, two patient ones before the create call.
    expect(calls('ListVpcEndpoints')).toBe(4);
  });

  it('is looked for until the deadline when the look-up is denied for a while', async () => {
    const { workflowId, request, endpoints } = scenario(bench);
    says(IN_DOUBT);
    denyLookUps(request.RegionId, 4);
    const result = await provision(bench, { request }, workflowId);
    expect(result.outcome).toBe('created');
    expect(endpoints()).toHaveLength(1);
  });

  it('ends the run as DeadlineExceeded, with what the last look-up said, when it cannot be looked for at all', async () => {
    const { workflowId, request, calls } = scenario(bench);
    says(IN_DOUBT);
    denyLookUps(request.RegionId, 'always');
    const failure = await failedProvision(bench, { request, timeouts: { accepted: '10m' } }, workflowId);
    expect(failure).toMatchObject({ type: 'DeadlineExceeded', details: { endpointMayExist: true, retryable: true } });
    expect(failure.message).toContain('NoPermission');
    expect(failure.details.attempts.at(-1)).toMatchObject({ action: 'ListVpcEndpoints', code: 'NoPermission' });
    expect(calls('ListVpcEndpoints')).toBeGreaterThan(5);
    expect(calls('CreateVpcEndpoint')).toBe(0);
  });

  it('may be an endpoint that is on its way out: it is passed over', async () => {
    const { workflowId, request } = scenario(bench);
    says({ inDoubt: false });
    const first = await provision(bench, { request }, workflowId);
    bench.twin.engine.setEndpoint(first.endpoint?.EndpointId ?? '', { EndpointStatus: 'Deleting' });
    says(IN_DOUBT);
    const second = await provision(bench, { request }, workflowId);
    expect(second.outcome).toBe('created');
    expect(endpointsOf(bench, workflowId)).toEqual([first.endpoint?.EndpointId, second.endpoint?.EndpointId]);
  });

  it('is looked for when the run is cancelled before it is certain', async () => {
    const { workflowId, request } = scenario(bench);
    says(IN_DOUBT);
    const handle = await startProvision(bench, { request }, workflowId);
    await eventually('the run looks for certainty', async () =>
      (await handle.query(stateQuery)).waitingFor.includes('certainty'),
    );
    const late = await bench.privateLink.createVpcEndpoint({
      ...request,
      Zone: [...request.Zone],
      Tag: [
        { Key: 'durable-privatelink-owner', Value: 'default' },
        { Key: 'durable-privatelink-workflow', Value: workflowId },
      ],
    });
    await handle.cancel();
    const ended = handle.result().catch((error: unknown) => error);
    await eventually('the run looks for what it leaves behind', async () => {
      const { status } = await handle.describe();
      return status.name !== 'RUNNING' || (await handle.query(stateQuery)).phase === 'cleaningUp';
    });
    await advance(bench.connection, workflowId, 600_000).catch(() => undefined);
    await ended;
    const { memo } = await handle.describe();
    expect(memo?.[OUTCOME_MEMO]).toEqual({ outcome: 'kept', endpointId: late.EndpointId });
  });

  it.each([
    { runs: { inDoubt: false }, may: false, why: 'there was none' },
    { runs: IN_DOUBT, may: true, why: 'one is in doubt' },
  ])('is not denied when nobody could look: endpointMayExist is $may when $why', async ({ runs, may }) => {
    const { request, fault } = scenario(bench);
    says(runs);
    fault('ListVpcEndpoints', { kind: 'code', code: 'NoPermission' }, 'always');
    const failure = await failedProvision(bench, { request });
    expect(failure).toMatchObject({ type: 'AccessDenied', details: { endpointMayExist: may } });
  });

  it.each([
    ['a quotation mark', "it's odd/", 1],
    // Visibility cannot look these up, so an earlier run is not ruled out: the look is patient.
    ['a backslash', 'a \\ odd/', 3],
    ['a double quotation mark', 'an "odd"/', 3],
  ])('is not forgotten under a workflow id with %s', async (_, prefix, looks) => {
    const { workflowId, request, calls } = scenario(bench);
    ask = findEarlierRuns;
    const odd = `${prefix}${workflowId}`;
    const result = await provision(bench, { request, timeouts: { accepted: '2m' } }, odd);
    expect(result.outcome).toBe('created');
    expect(calls('ListVpcEndpoints')).toBe(looks);
    const query = `WorkflowId = '${odd.replace(/['\\]/g, '\\$&')}'`;
    if (looks === 1) {
      await eventually('the run is listed', async () => (await bench.client.workflow.count(query)).count === 1);
    } else {
      await eventually('a run that came before is listed', async () => {
        const { count } = await bench.client.workflow.count(`WorkflowId = '${workflowId}/mark'`);
        if (count === 0) await provision(bench, { request: {} }, `${workflowId}/mark`).catch(() => undefined);
        return count > 0;
      });
      expect((await bench.client.workflow.count(query)).count).toBe(0);
    }
  });

  /** From the second look-up on: the first one finds nothing. */
  function denyLookUps(RegionId: string, times: number | 'always'): void {
    const effect = { kind: 'code', code: 'NoPermission' } as const;
    bench.twin.faults.add({ action: 'ListVpcEndpoints', parameters: { RegionId }, nth: 2, times, effect });
  }
});
