import { describe, expect, it } from 'vitest';
import { ProvisioningClient } from '../../src/client/index.js';
import {
  CACHE_MODES,
  eventually,
  newId,
  provision,
  scenario,
  startProvision,
  untilParked,
  useBench,
} from '../support/provision-bench.js';
import { advance } from '../support/virtual-time.js';

const NEVER = { timeToActive: { afterReads: Infinity } } as const;
const SOON = { timeToActive: { afterReads: 3 } } as const;
const QUOTA = { kind: 'code', code: 'QuotaMisMatched' } as const;

describe.each(CACHE_MODES)('the client steers runs, $name', ({ cache }) => {
  const bench = useBench(cache);
  const ours = () =>
    new ProvisioningClient({ client: bench.client, taskQueue: bench.taskQueue, onWarning: () => undefined });

  describe('startAccepted', () => {
    it('starts a run and tells its endpoint in one call, and joins it the next time', async () => {
      const { workflowId, request, endpoints, calls } = scenario(bench);
      bench.twin.engine.configure(NEVER);
      const first = await ours().startAccepted({ request }, { workflowId });
      bench.twin.engine.configure(SOON);
      const EndpointId = endpoints()[0]?.EndpointId;
      const accepted = { state: 'accepted', EndpointId, outcome: 'created' };
      expect(first).toEqual({ workflowId, runId: first.runId, how: 'started', accepted });
      expect(first.runId).toBe((await bench.client.workflow.getHandle(workflowId).describe()).runId);
      expect(await ours().startAccepted({ request }, { workflowId })).toEqual({ ...first, how: 'joined' });
      expect(calls('CreateVpcEndpoint')).toBe(1);
      await ours().cancel(workflowId);
    });

    it('refuses another request, and a wrong one before anything is started', async () => {
      const { workflowId, request } = scenario(bench);
      bench.twin.engine.configure(NEVER);
      await ours().startAccepted({ request }, { workflowId });
      bench.twin.engine.configure(SOON);
      const other = { request: { ...request, VpcId: 'vpc-2' } };
      await expect(ours().startAccepted(other, { workflowId })).rejects.toMatchObject({
        name: 'RequestConflictError',
        fields: ['request.VpcId'],
      });
      await ours().cancel(workflowId);
      const wrong = { request: { ...request, VpcId: '' } };
      await expect(ours().startAccepted(wrong, { workflowId: 'never-started' })).rejects.toMatchObject({
        name: 'InvalidInputError',
      });
      await expect(ours().state('never-started')).rejects.toMatchObject({ name: 'ProvisionNotFoundError' });
    });

    it('tells what a run ended with, when it has', async () => {
      const { workflowId, request } = scenario(bench);
      const { endpoint } = await provision(bench, { request }, workflowId);
      expect(await ours().startAccepted({ request }, { workflowId })).toMatchObject({
        how: 'finished',
        accepted: { state: 'accepted', EndpointId: endpoint?.EndpointId, outcome: 'created' },
      });
    });
  });

  describe('accepted, of a run that is closed', () => {
    it('tells how it failed', async () => {
      const { workflowId, request, fault } = scenario(bench);
      fault('CreateVpcEndpoint', { kind: 'code', code: 'VpcNotFound' });
      await provision(bench, { request }, workflowId).catch(() => undefined);
      expect(await ours().accepted(workflowId)).toMatchObject({
        state: 'ended',
        outcome: 'failed',
        failure: { type: 'RequestRejected', details: { code: 'VpcNotFound' } },
      });
    });

    it('tells of a wrong input, a dry run and a cancelled run', async () => {
      const wrong = newId();
      await provision(bench, { request: {} }, wrong).catch(() => undefined);
      expect(await ours().accepted(wrong)).toMatchObject({ outcome: 'failed', failure: { type: 'InvalidInput' } });
      const dry = scenario(bench);
      await provision(bench, { request: { ...dry.request, DryRun: true } }, dry.workflowId);
      expect(await ours().accepted(dry.workflowId)).toEqual({ state: 'ended', outcome: 'dryRunPassed' });
      const parked = scenario(bench);
      parked.fault('CreateVpcEndpoint', QUOTA, 'always');
      const run = await startProvision(bench, { request: parked.request }, parked.workflowId);
      await untilParked(run);
      await run.cancel();
      await run.result().catch(() => undefined);
      expect(await ours().accepted(parked.workflowId)).toEqual({ state: 'ended', outcome: 'cancelled' });
    });

    it('knows no run of an unknown id', async () => {
      await expect(ours().accepted('nobody')).rejects.toMatchObject({ name: 'ProvisionNotFoundError' });
    });
  });

  it('wakes a parked run at once when its query says that it is parked', async () => {
    const { workflowId, request, fault } = scenario(bench);
    fault('CreateVpcEndpoint', QUOTA);
    const run = await startProvision(bench, { request }, workflowId);
    await eventually('the query says so', async () => (await ours().state(workflowId)).state?.phase === 'parked');
    expect(await ours().retryNow(workflowId)).toEqual({ code: 'QuotaMisMatched', epoch: 2 });
    await advance(bench.connection, workflowId, 600_000).catch(() => undefined);
    expect(await run.result()).toMatchObject({ create: { epoch: 2 } });
  });

  it('extends deadlines and changes options, and says why it cannot', async () => {
    const { workflowId, request } = scenario(bench);
    bench.twin.engine.configure(NEVER);
    const run = await startProvision(bench, { request }, workflowId);
    await eventually('the run waits', async () => (await ours().state(workflowId)).state?.phase === 'waiting');
    bench.twin.engine.configure(SOON);
    expect(await ours().extendDeadline(workflowId, { wait: 'active', by: '30m' })).toMatchObject({
      withinMs: 3_600_000,
    });
    expect(await ours().changeOptions(workflowId, { onCancel: 'keep' })).toMatchObject({ until: 'Active' });
    const wrong = ours().extendDeadline(workflowId, { wait: 'active', by: 'soon' });
    await expect(wrong).rejects.toMatchObject({ name: 'InvalidInputError', problems: [{ path: 'by' }] });
    const late = ours().extendDeadline(workflowId, { wait: 'accepted', by: '1m' });
    await expect(late).rejects.toMatchObject({ name: 'UpdateRefusedError', type: 'NotApplicable' });
    await expect(ours().retryNow(workflowId)).rejects.toMatchObject({ type: 'NotParked' });
    await run.terminate();
    const over = ours().changeOptions(workflowId, { until: 'Connected' });
    await expect(over).rejects.toMatchObject({
      name: 'UpdateRefusedError',
      message: expect.stringContaining('has ended: TERMINATED') as string,
    });
    await expect(ours().retryNow('nobody')).rejects.toMatchObject({ name: 'ProvisionNotFoundError' });
  });
});
