import { WorkflowFailedError } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { describe, expect, inject, it } from 'vitest';
import { stateQuery, type ProvisionedNotice } from '../../src/contract/messages.js';
import { OUTCOME_MEMO } from '../../src/contract/result.js';
import { advance } from '../support/virtual-time.js';
import {
  CACHE_MODES,
  eventually,
  failedProvision,
  inPhase,
  newId,
  provision,
  scenario,
  startProvision,
  untilParked,
  useBench,
} from '../support/provision-bench.js';

type Scenario = ReturnType<typeof scenario>;
type Handle = Awaited<ReturnType<typeof startProvision>>;

const never = { timeToActive: { afterReads: Infinity } } as const;
const soon = { timeToActive: { afterReads: 3 } } as const;
const DELETE = { onFailure: 'delete', onCancel: 'delete' } as const;

/** Two tries within 30 s, and two of the last look after it. */
const UNTIL_LATE = [{ kind: 'throttle', timeLeftMs: 300_000 }, 4] as const;

/** How often a run asked for a change of something that exists. */
const removals = ({ calls }: Scenario) => calls('RemoveZoneFromVpcEndpoint') + calls('DeleteVpcEndpoint');

describe.each(CACHE_MODES)('a run that is asked to delete what it makes, $name', ({ cache }) => {
  const bench = useBench(cache);

  /** Ids that the twin saw created and deleted in the region of a scenario. */
  const fate = ({ request }: Scenario) => {
    const effects = bench.twin.journal.effects.filter(({ RegionId }) => RegionId === request.RegionId);
    const ids = (wanted: string) => effects.flatMap(({ kind, EndpointId }) => (kind === wanted ? [EndpointId] : []));
    return { created: ids('created'), deleted: ids('deleted') };
  };

  /** A run that is not let look at its endpoint until its deadline is over, to its end. */
  async function failsWaiting(s: Scenario, options: object = {}) {
    s.fault('GetVpcEndpointAttribute', ...UNTIL_LATE);
    const input = { request: s.request, ...DELETE, timeouts: { active: '30s' }, ...options };
    return failedProvision(bench, input, s.workflowId);
  }

  /** Let a run that waits meet a dead end, in real time. */
  async function lockedWhileWaiting(s: Scenario, handle: Pick<Handle, 'query' | 'describe'>): Promise<void> {
    await inPhase(handle, 'waiting');
    const [endpoint] = s.endpoints();
    bench.twin.engine.setEndpoint(endpoint?.EndpointId ?? '', {
      EndpointStatus: 'Creating',
      EndpointBusinessStatus: 'FinancialLocked',
    });
  }

  describe('after a failure', () => {
    it('removes the zones and the endpoint, proves it, and keeps the failure', async () => {
      const s = scenario(bench);
      const failure = await failsWaiting(s);
      const { created, deleted } = fate(s);
      expect(created).toHaveLength(1);
      expect(deleted).toEqual(created);
      expect(failure).toMatchObject({
        type: 'DeadlineExceeded',
        message: expect.stringMatching(
          /was not Active after 30s: .*; ep-\S+ was removed, as onFailure asks$/,
        ) as string,
        details: {
          class: 'deadline',
          code: 'DeadlineExceeded',
          endpointId: created[0],
          endpointMayExist: false,
          retryable: true,
          undo: { outcome: 'removed', endpointId: created[0] },
        },
      });
      expect(failure.details.advice).not.toContain('kept');
      const steps = failure.details.undo?.attempts.filter(({ action }) => /^(?:Remove|Delete)/.test(action));
      expect(steps?.map(({ action, code }) => `${action} ${code}`)).toEqual([
        'RemoveZoneFromVpcEndpoint Accepted',
        'DeleteVpcEndpoint Accepted',
      ]);
      expect(failure.details.attempts.some(({ action }) => action === 'CreateVpcEndpoint')).toBe(true);
      expect(failure.details.attempts.some(({ action }) => action === 'DeleteVpcEndpoint')).toBe(false);
    });

    it('lets a new run of the same id make another one', async () => {
      const s = scenario(bench);
      await failsWaiting(s);
      const second = await provision(bench, { request: s.request, ...DELETE }, s.workflowId);
      expect(second.outcome).toBe('created');
      expect(s.endpoints().map(({ EndpointId }) => EndpointId)).toEqual([second.endpoint?.EndpointId]);
    });

    it.each([
      { type: 'FinancialLocked', statuses: { EndpointBusinessStatus: 'FinancialLocked' } },
      { type: 'ConnectionLost', statuses: { ConnectionStatus: 'ServiceDeleted' } },
    ])('removes it at a dead end, too: $type', async ({ type, statuses }) => {
      const s = scenario(bench);
      bench.twin.engine.configure(never);
      const handle = await startProvision(bench, { request: s.request, ...DELETE }, s.workflowId);
      await inPhase(handle, 'waiting');
      bench.twin.engine.configure(soon);
      bench.twin.engine.setEndpoint(s.endpoints()[0]?.EndpointId ?? '', statuses);
      const ended = handle.result().catch((error: unknown) => error);
      await advance(bench.connection, s.workflowId, 600_000).catch(() => undefined);
      const error = (await ended) as WorkflowFailedError;
      expect(error.cause).toMatchObject({
        type,
        details: [
          {
            endpointMayExist: false,
            undo: { outcome: 'removed' },
            advice: expect.not.stringContaining('kept') as string,
          },
        ],
      });
      expect(fate(s).deleted).toEqual(fate(s).created);
    });

    it('finds by its tags, and removes, what a create call made whose answer was lost', async () => {
      const s = scenario(bench);
      s.fault('CreateVpcEndpoint', { kind: 'loseResponse' });
      s.fault('CreateVpcEndpoint', { kind: 'code', code: 'VpcNotFound' });
      // The look before the second try does not show it yet.
      bench.twin.engine.configure({ switches: { listVisibleAfterCalls: 1 } });
      const failure = await failedProvision(bench, { request: s.request, ...DELETE }, s.workflowId);
      bench.twin.engine.configure({ switches: { listVisibleAfterCalls: 0 } });
      const { created, deleted } = fate(s);
      expect(created).toHaveLength(1);
      expect(deleted).toEqual(created);
      expect(failure).toMatchObject({
        type: 'RequestRejected',
        details: { code: 'VpcNotFound', endpointId: created[0], endpointMayExist: false, undo: { outcome: 'removed' } },
      });
    });

    it('looks patiently for what may have been made, and never says that nothing exists', async () => {
      const s = scenario(bench);
      s.fault('CreateVpcEndpoint', { kind: 'resetBefore' });
      s.fault('CreateVpcEndpoint', { kind: 'code', code: 'VpcNotFound' });
      const failure = await failedProvision(bench, { request: s.request, ...DELETE }, s.workflowId);
      expect(failure).toMatchObject({
        type: 'RequestRejected',
        details: { code: 'VpcNotFound', endpointMayExist: true, undo: { outcome: 'nothingFound' } },
      });
      expect(s.calls('ListVpcEndpoints')).toBe(5);
      expect(removals(s)).toBe(0);
    });

    it('has nothing to do where nothing was created', async () => {
      const s = scenario(bench);
      s.fault('CreateVpcEndpoint', { kind: 'code', code: 'VpcNotFound' });
      const failure = await failedProvision(bench, { request: s.request, ...DELETE }, s.workflowId);
      expect(failure).toMatchObject({ type: 'RequestRejected', details: { endpointMayExist: false } });
      expect(failure.details.undo).toBeUndefined();
      expect(removals(s) + s.calls('GetVpcEndpointAttribute')).toBe(0);
    });

    it('has nothing to do where the endpoint disappeared', async () => {
      const s = scenario(bench);
      bench.twin.engine.configure(never);
      const handle = await startProvision(bench, { request: s.request, ...DELETE }, s.workflowId);
      await eventually('it was seen', () => s.calls('GetVpcEndpointAttribute') > 0);
      bench.twin.engine.configure(soon);
      bench.twin.engine.removeEndpoint(s.endpoints()[0]?.EndpointId ?? '');
      const ended = handle.result().catch((error: unknown) => error);
      await advance(bench.connection, s.workflowId, 600_000).catch(() => undefined);
      const error = (await ended) as WorkflowFailedError;
      expect(error.cause).toMatchObject({ type: 'EndpointDisappeared', details: [{ endpointMayExist: false }] });
      expect(removals(s)).toBe(0);
    });

    it('never deletes what it adopted, and says so', async () => {
      const s = scenario(bench);
      await provision(bench, { request: s.request }, s.workflowId);
      const failure = await failsWaiting(s);
      expect(failure).toMatchObject({
        type: 'DeadlineExceeded',
        details: {
          endpointMayExist: true,
          undo: { outcome: 'left', reason: expect.stringContaining('adopted') as string },
        },
      });
      expect(removals(s)).toBe(0);
      expect(s.endpoints()).toHaveLength(1);
    });

    it('never deletes what an earlier run made, when its own look did not get through', async () => {
      const s = scenario(bench);
      await provision(bench, { request: s.request }, s.workflowId);
      s.fault('ListVpcEndpoints', ...UNTIL_LATE);
      const input = { request: s.request, ...DELETE, timeouts: { accepted: '30s' } };
      const failure = await failedProvision(bench, input, s.workflowId);
      expect(failure).toMatchObject({ type: 'DeadlineExceeded', details: { endpointMayExist: true } });
      expect(failure.details.undo).toBeUndefined();
      expect(removals(s)).toBe(0);
      expect(s.endpoints()).toHaveLength(1);
    });

    it('removes what it made without tags, whose id the create call told', async () => {
      const s = scenario(bench);
      const failure = await failsWaiting(s, { ownerTags: false });
      expect(failure.details).toMatchObject({ endpointMayExist: false, undo: { outcome: 'removed' } });
      expect(fate(s).deleted).toHaveLength(1);
    });

    it.each([
      { reason: 'an earlier run may have made it with the same token', request: { ClientToken: 'order-17' }, lost: 0 },
      { reason: 'its id is not known', request: {}, lost: 10 },
    ])('leaves what it made without tags where $reason', async ({ request, lost }) => {
      const s = scenario(bench);
      if (lost > 0) s.fault('CreateVpcEndpoint', { kind: 'loseResponse' }, lost);
      const timeouts = lost > 0 ? { accepted: '10s' } : { active: '30s' };
      const failure = await failsWaiting(s, { request: { ...s.request, ...request }, ownerTags: false, timeouts });
      expect(failure.details).toMatchObject({
        endpointMayExist: true,
        undo: { outcome: 'left', reason: expect.stringContaining('without owner tags') as string },
      });
      expect(removals(s)).toBe(0);
      expect(s.endpoints()).toHaveLength(1);
    });

    it.each(['RemoveZoneFromVpcEndpoint', 'DeleteVpcEndpoint'])(
      'removes it once, when the answer to %s is lost',
      async (action) => {
        const s = scenario(bench);
        s.fault(action, { kind: 'loseResponse' });
        const failure = await failsWaiting(s);
        expect(failure.details).toMatchObject({ endpointMayExist: false, undo: { outcome: 'removed' } });
        expect(s.calls(action)).toBe(1);
        expect(fate(s).deleted).toHaveLength(1);
      },
    );

    it('waits for a lock to be released', async () => {
      const s = scenario(bench);
      s.fault('RemoveZoneFromVpcEndpoint', { kind: 'code', code: 'EndpointLocked' }, 5);
      s.fault('DeleteVpcEndpoint', { kind: 'code', code: 'EndpointOperationDenied' }, 5);
      const failure = await failsWaiting(s);
      expect(failure.details).toMatchObject({ endpointMayExist: false, undo: { outcome: 'removed' } });
      expect(fate(s).deleted).toHaveLength(1);
    });

    it.each([
      { code: 'EndpointProtected', reason: /^EndpointProtected: / },
      { code: 'NoPermission', reason: /^not removed within 5m; last attempt: NoPermission(?:: | to )/ },
    ])('reports as left over what cannot be removed ($code), and keeps the failure', async ({ code, reason }) => {
      const s = scenario(bench);
      s.fault('DeleteVpcEndpoint', { kind: 'code', code }, 'always');
      const failure = await failsWaiting(s);
      const [endpointId] = fate(s).created;
      expect(failure).toMatchObject({
        type: 'DeadlineExceeded',
        message: expect.stringMatching(new RegExp(`^${endpointId ?? ''} was not Active.*${code}.*RequestId`)) as string,
        details: {
          class: 'deadline',
          endpointId,
          endpointMayExist: true,
          undo: { outcome: 'left', endpointId, reason: expect.stringMatching(reason) as string },
        },
      });
      expect(fate(s).deleted).toEqual([]);
      const { events } = await bench.client.workflow.getHandle(s.workflowId).fetchHistory();
      const scheduled = events?.flatMap(({ activityTaskScheduledEventAttributes: event }) => event ?? []) ?? [];
      const undo = scheduled.find(({ activityType }) => activityType?.name === 'removeEndpoint');
      expect(Number(undo?.scheduleToCloseTimeout?.seconds)).toBe(300);
    });

    it('reports as left over what could not be looked for', async () => {
      const s = scenario(bench);
      s.fault('CreateVpcEndpoint', { kind: 'loseResponse' });
      bench.twin.faults.add({
        action: 'ListVpcEndpoints',
        parameters: { RegionId: s.request.RegionId },
        nth: 2,
        times: 'always',
        effect: { kind: 'code', code: 'NoPermission' },
      });
      const input = { request: s.request, ...DELETE, timeouts: { accepted: '2m' } };
      const failure = await failedProvision(bench, input, s.workflowId);
      expect(failure).toMatchObject({
        type: 'DeadlineExceeded',
        details: {
          endpointMayExist: true,
          undo: { outcome: 'left', reason: expect.stringMatching(/could not be looked for: NoPermission/) as string },
        },
      });
      expect(s.endpoints()).toHaveLength(1);
    });

    it('keeps the endpoint where only onCancel says delete', async () => {
      const s = scenario(bench);
      const failure = await failsWaiting(s, { onFailure: 'keep' });
      expect(failure.details).toMatchObject({
        endpointMayExist: true,
        advice: expect.stringContaining('kept') as string,
      });
      expect(failure.details.undo).toBeUndefined();
      expect(removals(s)).toBe(0);
    });

    it('notifies after the removal, with what became of the endpoint', async () => {
      const s = scenario(bench);
      const listener = `listener/${newId()}`;
      const heard = await bench.client.workflow.start('listens', { taskQueue: 'nobody', workflowId: listener });
      await failsWaiting(s, { notify: [{ workflowId: listener }] });
      const { events } = await heard.fetchHistory();
      await heard.terminate();
      const signals = (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => signal ?? []);
      const payload = signals[0]?.input?.payloads?.[0]?.data ?? new Uint8Array();
      const notice = JSON.parse(Buffer.from(payload).toString()) as ProvisionedNotice;
      expect(notice).toMatchObject({
        outcome: 'failed',
        failure: { type: 'DeadlineExceeded', details: { undo: { outcome: 'removed' }, endpointMayExist: false } },
      });
    });

    it('shows that it is cleaning up, and goes on with it when it is cancelled meanwhile', async () => {
      const s = scenario(bench);
      s.fault('DeleteVpcEndpoint', { kind: 'throttle', timeLeftMs: 20_000 });
      const handle = await startProvision(bench, { request: s.request, ...DELETE }, s.workflowId);
      await lockedWhileWaiting(s, handle);
      const ended = handle.result().catch((error: unknown) => error);
      await eventually('the deletion was throttled', () => s.calls('DeleteVpcEndpoint') === 1);
      expect(await handle.query(stateQuery)).toMatchObject({
        phase: 'cleaningUp',
        endpointId: s.endpoints()[0]?.EndpointId,
        waitingFor: expect.stringContaining('to be removed') as string,
      });
      await handle.cancel();
      await handle.cancel();
      await advance(bench.connection, s.workflowId, 600_000).catch(() => undefined);
      const error = (await ended) as WorkflowFailedError;
      expect(error.cause).toMatchObject({ type: 'FinancialLocked', details: [{ undo: { outcome: 'removed' } }] });
      expect(fate(s).deleted).toHaveLength(1);
    });

    it('goes on with the removal on another worker, when the first one stops in the middle of it', async () => {
      const s = scenario(bench);
      s.fault('RemoveZoneFromVpcEndpoint', { kind: 'delayMs', ms: 60_000 });
      const taskQueue = `undo-${newId()}`;
      const connection = await NativeConnection.connect({ address: inject('temporalAddress') });
      const startWorker = async () => {
        const worker = await Worker.create({
          connection,
          taskQueue,
          workflowBundle: { codePath: inject('workflowBundlePath') },
          activities: bench.activities,
          shutdownGraceTime: 0,
          shutdownForceTime: '1s',
          ...cache,
        });
        // It is stopped by force, in the middle of a call: that it says so is what is wanted.
        const running = worker.run().catch(() => undefined);
        return async () => {
          if (worker.getState() === 'RUNNING') worker.shutdown();
          await running;
        };
      };
      const stopFirst = await startWorker();
      const handle = await bench.client.workflow.start('provisionVpcEndpoint', {
        workflowId: s.workflowId,
        taskQueue,
        args: [{ request: s.request, ...DELETE }],
      });
      await lockedWhileWaiting(s, handle);
      const ended = handle.result().catch((error: unknown) => error);
      await eventually('the zone is being removed', () => s.calls('RemoveZoneFromVpcEndpoint') === 1);
      await stopFirst();
      const stopSecond = await startWorker();
      await eventually('the second worker goes on', () => s.calls('DeleteVpcEndpoint') === 1);
      await advance(bench.connection, s.workflowId, 600_000).catch(() => undefined);
      const error = (await ended) as WorkflowFailedError;
      await stopSecond();
      await connection.close();
      expect(error.cause).toMatchObject({ type: 'FinancialLocked', details: [{ undo: { outcome: 'removed' } }] });
      expect(s.calls('RemoveZoneFromVpcEndpoint')).toBe(1);
      expect(fate(s).deleted).toHaveLength(1);
    });
  });

  describe('after a cancellation', () => {
    /** Wait for the end of a cancelled run, its clock running ahead, and read its memo. */
    async function outcomeOf(handle: Handle): Promise<unknown> {
      const ended = handle.result().catch((error: unknown) => error);
      await eventually('the run is cleaning up or closed', async () => {
        const { status } = await handle.describe();
        return status.name !== 'RUNNING' || (await handle.query(stateQuery)).phase === 'cleaningUp';
      });
      await advance(bench.connection, handle.workflowId, 900_000).catch(() => undefined);
      expect(await ended).toBeInstanceOf(WorkflowFailedError);
      const { status, memo } = await handle.describe();
      expect(status.name).toBe('CANCELLED');
      return memo?.[OUTCOME_MEMO];
    }

    /** Start a run whose endpoint never becomes Active, and wait until it waits for that. */
    async function waiting(s: Scenario, options: object = {}): Promise<Handle> {
      bench.twin.engine.configure(never);
      const handle = await startProvision(bench, { request: s.request, ...DELETE, ...options }, s.workflowId);
      await inPhase(handle, 'waiting');
      bench.twin.engine.configure(soon);
      return handle;
    }

    it('removes the endpoint that it waited for, and says so', async () => {
      const s = scenario(bench);
      const handle = await waiting(s);
      await handle.cancel();
      await handle.cancel();
      expect(await outcomeOf(handle)).toEqual({ outcome: 'removed', endpointId: fate(s).created[0] });
      expect(fate(s).deleted).toEqual(fate(s).created);
    });

    it('does no harm by a second cancel in the middle of the removal', async () => {
      const s = scenario(bench);
      s.fault('DeleteVpcEndpoint', { kind: 'throttle', timeLeftMs: 20_000 });
      const handle = await waiting(s);
      await handle.cancel();
      await eventually('the deletion was throttled', () => s.calls('DeleteVpcEndpoint') === 1);
      expect(await handle.query(stateQuery)).toMatchObject({ phase: 'cleaningUp' });
      await handle.cancel();
      expect(await outcomeOf(handle)).toMatchObject({ outcome: 'removed' });
      expect(fate(s).deleted).toHaveLength(1);
    });

    it('keeps the endpoint, with the reason, when it cannot be removed', async () => {
      const s = scenario(bench);
      s.fault('RemoveZoneFromVpcEndpoint', { kind: 'code', code: 'OperationDenied.EndpointProtected' }, 'always');
      const handle = await waiting(s);
      await handle.cancel();
      expect(await outcomeOf(handle)).toEqual({
        outcome: 'kept',
        endpointId: fate(s).created[0],
        reason: expect.stringMatching(/^OperationDenied\.EndpointProtected: /) as string,
      });
      expect(s.endpoints()).toHaveLength(1);
    });

    it('keeps the endpoint where only onFailure says delete', async () => {
      const s = scenario(bench);
      const handle = await waiting(s, { onCancel: 'keep' });
      await handle.cancel();
      expect(await outcomeOf(handle)).toEqual({ outcome: 'kept', endpointId: fate(s).created[0] });
      expect(removals(s)).toBe(0);
    });

    it('never deletes what it adopted', async () => {
      const s = scenario(bench);
      const first = await waiting(s);
      await first.terminate();
      bench.twin.engine.configure(never);
      const handle = await startProvision(bench, { request: s.request, ...DELETE }, s.workflowId);
      await inPhase(handle, 'waiting');
      bench.twin.engine.configure(soon);
      await handle.cancel();
      expect(await outcomeOf(handle)).toEqual({
        outcome: 'kept',
        endpointId: fate(s).created[0],
        reason: expect.stringContaining('adopted') as string,
      });
      expect(removals(s)).toBe(0);
      expect(s.endpoints()).toHaveLength(1);
    });

    it('never deletes what an earlier run made, when it is cancelled in its first look', async () => {
      const s = scenario(bench);
      await provision(bench, { request: s.request }, s.workflowId);
      const looks = s.calls('ListVpcEndpoints');
      s.fault('ListVpcEndpoints', { kind: 'throttle', timeLeftMs: 60_000 });
      const handle = await startProvision(bench, { request: s.request, ...DELETE }, s.workflowId);
      await eventually('the look is throttled', () => s.calls('ListVpcEndpoints') === looks + 1);
      await handle.cancel();
      expect(await outcomeOf(handle)).toEqual({
        outcome: 'kept',
        endpointId: fate(s).created[0],
        reason: expect.stringContaining('earlier run') as string,
      });
      expect(removals(s)).toBe(0);
    });

    it('has nothing to remove while it is parked', async () => {
      const s = scenario(bench);
      s.fault('CreateVpcEndpoint', { kind: 'code', code: 'QuotaMisMatched' }, 'always');
      const handle = await startProvision(bench, { request: s.request, ...DELETE }, s.workflowId);
      await untilParked(handle);
      await handle.cancel();
      expect(await outcomeOf(handle)).toEqual({ outcome: 'nothingCreated' });
      expect(removals(s)).toBe(0);
    });

    it('removes what the create call under way made', async () => {
      const s = scenario(bench);
      s.fault('CreateVpcEndpoint', { kind: 'delayMs', ms: 1_500 });
      const handle = await startProvision(bench, { request: s.request, ...DELETE }, s.workflowId);
      await eventually('the create call is under way', () => s.calls('CreateVpcEndpoint') === 1);
      await handle.cancel();
      expect(await outcomeOf(handle)).toEqual({ outcome: 'removed', endpointId: fate(s).created[0] });
      expect(fate(s).deleted).toEqual(fate(s).created);
    });

    it('finds by its tags, and removes, what a create call made whose answer was lost', async () => {
      const s = scenario(bench);
      s.fault('CreateVpcEndpoint', { kind: 'loseResponse' });
      bench.twin.faults.add({
        action: 'ListVpcEndpoints',
        parameters: { RegionId: s.request.RegionId },
        nth: 2,
        effect: { kind: 'throttle', timeLeftMs: 60_000 },
      });
      const handle = await startProvision(bench, { request: s.request, ...DELETE }, s.workflowId);
      await eventually('the repetition backs off', () => s.calls('ListVpcEndpoints') === 2);
      await handle.cancel();
      expect(await outcomeOf(handle)).toEqual({ outcome: 'removed', endpointId: fate(s).created[0] });
      expect(fate(s).created).toHaveLength(1);
      expect(fate(s).deleted).toEqual(fate(s).created);
    });

    it('finds nothing, after patient look-ups, when the lost call had no effect', async () => {
      const s = scenario(bench);
      s.fault('CreateVpcEndpoint', { kind: 'resetBefore' }, 'always');
      const handle = await startProvision(bench, { request: s.request, ...DELETE }, s.workflowId);
      await eventually('a create call was lost', () => s.calls('CreateVpcEndpoint') >= 1);
      await handle.cancel();
      expect(await outcomeOf(handle)).toEqual({ outcome: 'nothingCreated' });
      expect(removals(s)).toBe(0);
    });
  });
});
