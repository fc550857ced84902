import type { WorkflowFailedError } from '@temporalio/client';
import { type WorkflowHandle } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import {
  DEPROVISION_WORKFLOW_TYPE,
  type DeprovisionedNotice,
  type DeprovisionInput,
  type DeprovisionResult,
} from '../../src/contract/deprovision.js';
import { ProvisioningClient } from '../../src/client/provisioning-client.js';
import { stateQuery } from '../../src/contract/messages.js';
import { OUTCOME_MEMO } from '../../src/contract/result.js';
import { OWNER_TAG, WORKFLOW_TAG } from '../../src/model/owner-tags.js';
import { deprovisionVpcEndpoint } from '../../src/workflows/index.js';
import { advance } from '../support/virtual-time.js';
import {
  CACHE_MODES,
  eventually,
  failedProvision,
  failureOf,
  inPhase,
  provision,
  scenario,
  startProvision,
  useBench,
} from '../support/provision-bench.js';
import { resetToStart } from '../support/reset-run.js';

const ZONES = ['z-1', 'z-2', 'z-3'].map((ZoneId) => ({ ZoneId, VSwitchId: `vsw-${ZoneId}` }));
const OURS = { Key: OWNER_TAG, Value: 'default' };
const SERVICES = [{ ServiceId: 'epsrv-1', Zones: ZONES.map(({ ZoneId }) => ZoneId) }];
const CHANGES = ['RemoveZoneFromVpcEndpoint', 'DeleteVpcEndpoint'] as const;

type Handle = WorkflowHandle<typeof deprovisionVpcEndpoint>;

describe.each(CACHE_MODES)('deprovisionVpcEndpoint, $name', ({ cache }) => {
  const bench = useBench({ ...cache, settings: { services: SERVICES } });

  /** An endpoint with three zones in a region of its own, and what happens to it. */
  async function existing(request: object = {}) {
    const s = scenario(bench);
    const { RegionId } = s.request;
    const { EndpointId } = await bench.privateLink.createVpcEndpoint({
      ...s.request,
      Zone: ZONES,
      Tag: [OURS, { Key: WORKFLOW_TAG, Value: 'somebody' }],
      ...request,
    });
    // It becomes Active when it has been looked at three times.
    for (let look = 0; look < 3; look += 1) await bench.privateLink.getVpcEndpointAttribute({ RegionId, EndpointId });
    const before = bench.twin.journal.requests.length;
    const workflowId = `deprovision/${EndpointId}`;
    const start = (input: object = {}) => ({
      workflowId,
      taskQueue: bench.taskQueue,
      args: [{ RegionId, EndpointId, ...input }] as [DeprovisionInput],
    });
    const journal = () =>
      bench.twin.journal.requests.slice(before).filter(({ parameters }) => parameters['RegionId'] === RegionId);
    return {
      ...s,
      EndpointId,
      workflowId,
      /** Actions since the endpoint was there, in order. */
      actions: () => journal().map(({ action }) => action),
      changes: () =>
        journal()
          .filter(({ action }) => (CHANGES as readonly string[]).includes(action))
          .map(({ action, parameters }) => [action, parameters['ZoneId']].filter(Boolean).join(' ')),
      exists: () => s.endpoints().length > 0,
      run: (input: object = {}): Promise<DeprovisionResult> =>
        bench.skipping.execute(deprovisionVpcEndpoint, start(input)),
      fails: (input: object = {}) => failureOf(bench.skipping.execute(deprovisionVpcEndpoint, start(input))),
      started: (input: object = {}): Promise<Handle> =>
        bench.client.workflow.start<typeof deprovisionVpcEndpoint>(DEPROVISION_WORKFLOW_TYPE, start(input)),
    };
  }

  /** Let a run that was started in real time come to its end, and return what it left in its memo. */
  async function cancelled(handle: Handle) {
    const ended = handle.result().catch((error: unknown) => error);
    // Else the next try may come before the cancellation does.
    await eventually('it knows', async () => (await handle.query(stateQuery)).phase !== 'removing');
    // Fails where the run ends on the way.
    await advance(bench.connection, handle.workflowId, 600_000).catch(() => undefined);
    const error = (await ended) as WorkflowFailedError;
    expect(error.cause?.name).toBe('CancelledFailure');
    return (await handle.describe()).memo?.[OUTCOME_MEMO];
  }

  async function withSettings<Result>(
    change: Parameters<typeof bench.twin.engine.configure>[0],
    undo: Parameters<typeof bench.twin.engine.configure>[0],
    work: () => Promise<Result>,
  ): Promise<Result> {
    bench.twin.engine.configure(change);
    try {
      return await work();
    } finally {
      bench.twin.engine.configure(undo);
    }
  }

  describe('to its end', () => {
    it('removes zone after zone, then the endpoint, and proves that it is gone', async () => {
      const e = await existing();
      const result = await e.run();
      expect(e.exists()).toBe(false);
      expect(result).toMatchObject({
        outcome: 'deleted',
        EndpointId: e.EndpointId,
        zonesRemoved: ['z-1', 'z-2', 'z-3'],
        lastSeen: { EndpointStatus: 'Deleting' },
        times: { startedAt: expect.any(String) as string, absentAt: expect.any(String) as string },
      });
      expect(result.attempts.at(-1)).toMatchObject({ action: 'GetVpcEndpointAttribute', code: 'EndpointNotFound' });
      const look = ['GetVpcEndpointAttribute', 'ListVpcEndpoints', 'ListVpcEndpointZones'];
      const zone = [...look, 'RemoveZoneFromVpcEndpoint', ...look];
      // The last look at the zones finds none, so that the endpoint goes at once.
      const all = [
        ...zone,
        ...look,
        'RemoveZoneFromVpcEndpoint',
        ...look,
        ...look,
        'RemoveZoneFromVpcEndpoint',
        ...look,
      ];
      expect(e.actions()).toEqual([
        ...all,
        ...look,
        'DeleteVpcEndpoint',
        'GetVpcEndpointAttribute',
        'GetVpcEndpointAttribute',
      ]);
      expect(e.changes()).toEqual([
        'RemoveZoneFromVpcEndpoint z-1',
        'RemoveZoneFromVpcEndpoint z-2',
        'RemoveZoneFromVpcEndpoint z-3',
        'DeleteVpcEndpoint',
      ]);
    });

    it('is a success where the endpoint is not there: a second run, too', async () => {
      const e = await existing();
      await e.run();
      const calls = e.actions().length;
      const second = await e.run();
      expect(second).toMatchObject({ outcome: 'absent', EndpointId: e.EndpointId, zonesRemoved: [] });
      expect(second.lastSeen).toBeUndefined();
      // Only after a minute, and twice: a new endpoint may not be found at once.
      const { startedAt, absentAt } = second.times;
      expect(Date.parse(absentAt) - Date.parse(startedAt)).toBeGreaterThanOrEqual(90_000);
      expect(e.actions().slice(calls)).toEqual(Array(3).fill('GetVpcEndpointAttribute'));
    });

    it('leaves the last zone of a Gateway Load Balancer endpoint to the endpoint itself', async () => {
      const e = await existing({ EndpointType: 'GatewayLoadBalancer', SecurityGroupId: [] });
      expect(await e.run()).toMatchObject({ outcome: 'deleted', zonesRemoved: ['z-1', 'z-2', 'z-3'] });
      expect(e.exists()).toBe(false);
      expect(e.changes()).toEqual([
        'RemoveZoneFromVpcEndpoint z-1',
        'RemoveZoneFromVpcEndpoint z-2',
        'RemoveZoneFromVpcEndpoint z-3',
        'DeleteVpcEndpoint',
      ]);
    });

    it('removes what a provision of the same installation made', async () => {
      const s = scenario(bench);
      const Zone = [{ ZoneId: 'z-1', VSwitchId: 'vsw-z-1' }];
      const { endpoint } = await provision(bench, { request: { ...s.request, Zone } }, s.workflowId);
      const EndpointId = endpoint?.EndpointId ?? '';
      const result = await bench.skipping.execute(deprovisionVpcEndpoint, {
        workflowId: `deprovision/${EndpointId}`,
        taskQueue: bench.taskQueue,
        args: [{ RegionId: s.request.RegionId, EndpointId }],
      });
      expect(result).toMatchObject({ outcome: 'deleted', zonesRemoved: ['z-1'] });
      expect(s.endpoints()).toEqual([]);
    });

    it('ends a provision that waits for the endpoint as EndpointDisappeared', async () => {
      const s = scenario(bench);
      const request = { ...s.request, Zone: [{ ZoneId: 'z-1', VSwitchId: 'vsw-z-1' }] };
      await withSettings({ timeToActive: { afterReads: Infinity } }, { timeToActive: { afterReads: 3 } }, async () => {
        const waiting = await startProvision(bench, { request }, s.workflowId);
        const failure = failureOf(waiting.result());
        await inPhase(waiting, 'waiting');
        const [endpoint] = s.endpoints();
        const EndpointId = endpoint?.EndpointId ?? '';
        await bench.skipping.execute(deprovisionVpcEndpoint, {
          workflowId: `deprovision/${EndpointId}`,
          taskQueue: bench.taskQueue,
          args: [{ RegionId: request.RegionId, EndpointId }],
        });
        await advance(bench.connection, s.workflowId, 600_000).catch(() => undefined);
        expect(await failure).toMatchObject({ type: 'EndpointDisappeared' });
      });
      expect(s.calls('CreateVpcEndpoint')).toBe(1);
    });

    it.each([...CHANGES, 'GetVpcEndpointAttribute', 'ListVpcEndpoints', 'ListVpcEndpointZones'])(
      'survives a lost answer of %s, and does nothing twice',
      async (action) => {
        const e = await existing();
        e.fault(action, { kind: 'loseResponse' });
        expect(await e.run()).toMatchObject({ outcome: 'deleted' });
        expect(e.exists()).toBe(false);
        expect(e.changes()).toHaveLength(4);
      },
    );

    it.each([
      { action: 'RemoveZoneFromVpcEndpoint', effect: { kind: 'throttle', timeLeftMs: 5_000 } },
      { action: 'DeleteVpcEndpoint', effect: { kind: 'throttle', timeLeftMs: 5_000 } },
      { action: 'RemoveZoneFromVpcEndpoint', effect: { kind: 'code', code: 'EndpointLocked' } },
      { action: 'DeleteVpcEndpoint', effect: { kind: 'code', code: 'EndpointOperationDenied' } },
      { action: 'DeleteVpcEndpoint', effect: { kind: 'code', code: 'EndpointDependenceViolation' } },
      { action: 'DeleteVpcEndpoint', effect: { kind: 'errorAfter', status: 503 } },
    ] as const)('repeats $action after $effect', async ({ action, effect }) => {
      const e = await existing();
      e.fault(action, effect, effect.kind === 'errorAfter' ? 1 : 3);
      expect(await e.run()).toMatchObject({ outcome: 'deleted' });
      expect(e.exists()).toBe(false);
      expect(e.changes()).toHaveLength(effect.kind === 'errorAfter' ? 4 : 7);
    });

    it('goes on where it was when it is reset to its start', async () => {
      const e = await existing({ Zone: ZONES.slice(0, 1) });
      e.fault('DeleteVpcEndpoint', { kind: 'code', code: 'EndpointLocked' });
      const handle = await e.started();
      await eventually('the zone is gone', () => e.actions().includes('DeleteVpcEndpoint'));
      await resetToStart(bench.connection, e.workflowId);
      await advance(bench.connection, e.workflowId, 600_000).catch(() => undefined);
      const { workflowId } = handle;
      expect(await bench.client.workflow.getHandle(workflowId).result()).toMatchObject({ outcome: 'deleted' });
      expect(e.exists()).toBe(false);
      expect(e.changes().filter((change) => change.startsWith('RemoveZone'))).toHaveLength(1);
    });

    it('tells what it does while it does it, and whoever wants to know that it is done', async () => {
      const listener = await existing();
      const e = await existing();
      // A workflow of any kind receives the signal: another removal, which waits for its endpoint.
      listener.fault('DeleteVpcEndpoint', { kind: 'code', code: 'EndpointLocked' }, 'always');
      const listening = await listener.started();
      e.fault('DeleteVpcEndpoint', { kind: 'code', code: 'EndpointLocked' }, 2);
      const handle = await e.started({ notify: [{ workflowId: listener.workflowId }] });
      const state = await eventually('it removes', async () => {
        const told = await handle.query(stateQuery);
        return told.phase === 'removing' && told;
      });
      expect(state).toMatchObject({ endpointId: e.EndpointId, waitingFor: `${e.EndpointId} to be gone` });
      expect(Date.parse(state.deadline ?? '') - Date.parse(state.since)).toBe(1_800_000);
      await advance(bench.connection, e.workflowId, 600_000).catch(() => undefined);
      const result = await handle.result();
      expect(await handle.query(stateQuery)).toMatchObject({ phase: 'removed' });
      const report = await new ProvisioningClient({ client: bench.client }).explain(e.workflowId);
      expect(report).toMatchObject({
        account: 'default',
        region: e.request.RegionId,
        request: { RegionId: e.request.RegionId, EndpointId: e.EndpointId },
        endpointId: e.EndpointId,
        outcome: 'deleted',
        status: 'COMPLETED',
      });
      expect(report.attempts.at(-1)).toMatchObject({ activityId: 'remove', code: 'EndpointNotFound' });
      const notice = await eventually('the notice is there', async () => {
        const { events } = await listening.fetchHistory();
        const signal = events?.find((event) => event.workflowExecutionSignaledEventAttributes);
        const { signalName, input } = signal?.workflowExecutionSignaledEventAttributes ?? {};
        const data = input?.payloads?.[0]?.data;
        return data && { signalName, told: JSON.parse(Buffer.from(data).toString()) as DeprovisionedNotice };
      });
      expect(notice).toMatchObject({
        signalName: 'vpcEndpointDeprovisioned',
        told: {
          workflowId: e.workflowId,
          outcome: 'ready',
          result: { outcome: 'deleted', zonesRemoved: result.zonesRemoved },
        },
      });
      await listening.terminate();
    });
  });

  describe('that may not or cannot be done', () => {
    it.each([
      { reason: 'another installation', Tag: [{ Key: OWNER_TAG, Value: 'elsewhere' }] },
      { reason: 'nobody', Tag: [] },
      { reason: 'a workflow without an installation', Tag: [{ Key: WORKFLOW_TAG, Value: 'somebody' }] },
    ])('touches nothing of $reason, unless it is told that any will do', async ({ Tag }) => {
      const e = await existing({ Tag });
      const failure = await e.fails();
      expect(failure).toMatchObject({
        type: 'EndpointNotOwned',
        message: `${e.EndpointId} does not carry the tag durable-privatelink-owner of this installation`,
        details: {
          class: 'state',
          code: 'EndpointNotOwned',
          endpointId: e.EndpointId,
          endpointMayExist: true,
          retryable: false,
          lastSeen: { EndpointStatus: 'Active' },
        },
      });
      expect(failure.details.remains).toBeUndefined();
      expect(e.actions()).toEqual(['GetVpcEndpointAttribute', 'ListVpcEndpoints']);
      expect(await e.run({ ownership: 'any' })).toMatchObject({ outcome: 'deleted' });
      expect(e.exists()).toBe(false);
      expect(e.actions().slice(2)).not.toContain('ListVpcEndpoints');
    });

    it.each(['EndpointProtected', 'OperationDenied.EndpointProtected'])(
      'ends at once where the endpoint is protected (%s), and says what remains',
      async (code) => {
        const e = await existing();
        e.fault('DeleteVpcEndpoint', { kind: 'code', code }, 'always');
        expect(await e.fails()).toMatchObject({
          type: 'EndpointProtected',
          message: expect.stringMatching(
            new RegExp(`^${code}: .*RequestId .*; remains: ${e.EndpointId} Active, no zones$`),
          ) as string,
          details: {
            class: 'denied',
            code,
            requestId: expect.any(String) as string,
            endpointMayExist: true,
            denied: { turn: 'endpointCreator' },
            remains: { EndpointId: e.EndpointId, EndpointStatus: 'Active', zones: [] },
          },
        });
        expect(e.exists()).toBe(true);
        expect(e.changes().filter((change) => change === 'DeleteVpcEndpoint')).toHaveLength(1);
      },
    );

    it('ends at once where a call is denied, with the statement that is missing and the zones that remain', async () => {
      const e = await existing();
      e.fault('RemoveZoneFromVpcEndpoint', { kind: 'code', code: 'NoPermission' }, 'always');
      const failure = await e.fails();
      expect(failure).toMatchObject({
        type: 'AccessDenied',
        details: {
          class: 'denied',
          code: 'NoPermission',
          retryable: true,
          denied: {
            action: 'privatelink:RemoveZoneFromVpcEndpoint',
            turn: 'ramAdministrator',
            statement: { Effect: 'Allow', Action: ['privatelink:RemoveZoneFromVpcEndpoint'] },
          },
          remains: { EndpointId: e.EndpointId, zones: ZONES.map(({ ZoneId }) => ({ ZoneId })) },
        },
      });
      expect(e.changes()).toHaveLength(1);
    });

    it('says nothing of what remains where the first look is denied', async () => {
      const e = await existing();
      e.fault('GetVpcEndpointAttribute', { kind: 'code', code: 'NoPermission' }, 'always');
      const failure = await e.fails();
      expect(failure).toMatchObject({ type: 'AccessDenied', details: { endpointMayExist: true } });
      expect(failure.details.remains).toBeUndefined();
      expect(e.actions()).toEqual(['GetVpcEndpointAttribute']);
    });

    it('ends as RequestRejected where the service rules it out', async () => {
      const e = await existing();
      e.fault('DeleteVpcEndpoint', { kind: 'code', code: 'EndpointAssociatedVpc' }, 'always');
      expect(await e.fails()).toMatchObject({
        type: 'RequestRejected',
        details: { class: 'invalid', code: 'EndpointAssociatedVpc', retryable: false, advice: 'Dissociate it first.' },
      });
    });

    it('checks the whole input before it calls anything', async () => {
      const e = await existing();
      const failure = await e.fails({ EndpointId: 'vpc-1', Endpoint: 'x', timeouts: { deleted: 'soon' } });
      expect(failure.type).toBe('InvalidInput');
      const { problems } = failure.details as unknown as { problems: readonly { path: string }[] };
      expect(problems.map(({ path }) => path).sort()).toEqual(['Endpoint', 'EndpointId', 'timeouts.deleted']);
      expect(e.actions()).toEqual([]);
    });
  });

  describe('that does not end in time', () => {
    it('names each zone that sticks in Deleting', async () => {
      await withSettings({ zoneRemovalReads: 1_000_000 }, { zoneRemovalReads: 1 }, async () => {
        const e = await existing();
        const failure = await e.fails({ timeouts: { deleted: '5m' } });
        expect(failure).toMatchObject({
          type: 'DeadlineExceeded',
          message: expect.stringMatching(
            /was not removed after 5m; last attempt: .*; remains: ep-\S+ \S+, zones z-1 Deleting, z-2 \S+, z-3 \S+$/,
          ) as string,
          details: {
            class: 'deadline',
            code: 'DeadlineExceeded',
            retryable: true,
            endpointMayExist: true,
            remains: { zones: [{ ZoneId: 'z-1', ZoneStatus: 'Deleting' }, { ZoneId: 'z-2' }, { ZoneId: 'z-3' }] },
          },
        });
        expect(e.changes()).toEqual(['RemoveZoneFromVpcEndpoint z-1']);
        expect(failure.details.attempts.at(-1)?.action).toBe('ListVpcEndpointZones');
      });
    });

    it('says what stood in the way, and a later run goes on from there', async () => {
      const e = await existing();
      e.fault('DeleteVpcEndpoint', { kind: 'code', code: 'EndpointLocked' }, 30);
      expect(await e.fails({ timeouts: { deleted: '1m' } })).toMatchObject({
        type: 'DeadlineExceeded',
        message: expect.stringContaining('EndpointLocked') as string,
        details: { remains: { EndpointStatus: 'Active', zones: [] } },
      });
      expect(await e.run()).toMatchObject({ outcome: 'deleted', zonesRemoved: [] });
      expect(e.exists()).toBe(false);
    });

    it('is a success where the endpoint turns out to be gone after the deadline', async () => {
      const e = await existing();
      e.fault('GetVpcEndpointAttribute', { kind: 'throttle', timeLeftMs: 300_000 });
      const running = await e.started({ timeouts: { deleted: '30s' } });
      bench.twin.engine.removeEndpoint(e.EndpointId);
      await advance(bench.connection, e.workflowId, 600_000).catch(() => undefined);
      expect(await running.result()).toMatchObject({ outcome: 'absent', zonesRemoved: [] });
      expect(e.changes()).toEqual([]);
    });

    it('says nothing of what remains where it cannot be read', async () => {
      const e = await existing();
      e.fault('GetVpcEndpointAttribute', { kind: 'resetBefore' }, 'always');
      const failure = await e.fails({ timeouts: { deleted: '1m' } });
      expect(failure).toMatchObject({ type: 'DeadlineExceeded', details: { endpointMayExist: true } });
      expect(failure.details.remains).toBeUndefined();
    });

    it('does not take a connection that is not found for an endpoint that is gone', async () => {
      const e = await existing();
      e.fault('GetVpcEndpointAttribute', { kind: 'throttle', timeLeftMs: 300_000 });
      e.fault('GetVpcEndpointAttribute', { kind: 'code', code: 'EndpointConnectionNotFound' }, 'always');
      const failure = await e.fails({ timeouts: { deleted: '30s' } });
      expect(failure).toMatchObject({ type: 'DeadlineExceeded', details: { endpointMayExist: true } });
      expect(e.exists()).toBe(true);
    });
  });

  describe('that is cancelled', () => {
    it('stops between two steps and says what remains', async () => {
      const e = await existing();
      e.fault('RemoveZoneFromVpcEndpoint', { kind: 'delayMs', ms: 1 });
      e.fault('RemoveZoneFromVpcEndpoint', { kind: 'code', code: 'EndpointLocked' }, 'always');
      const handle = await e.started();
      await eventually('one zone is gone, the next is locked', () => e.changes().length === 2);
      await handle.cancel();
      expect(await cancelled(handle)).toEqual({
        outcome: 'kept',
        endpointId: e.EndpointId,
        reason: expect.stringMatching(new RegExp(`^${e.EndpointId} Active, zones z-2 \\S+, z-3 \\S+$`)) as string,
      });
      expect(e.changes()).toHaveLength(2);
      expect(e.changes()).toHaveLength(2);
      expect(await handle.query(stateQuery)).toMatchObject({ phase: 'cancelled' });
    });

    it('sends nothing more where the cancellation comes in the middle of an attempt', async () => {
      const e = await existing();
      // The look at the zones takes longer than the heartbeat by which an attempt learns that it is cancelled.
      e.fault('ListVpcEndpointZones', { kind: 'delayMs', ms: 6_000 });
      const handle = await e.started();
      await eventually('it looks at the zones', () => e.actions().includes('ListVpcEndpointZones'));
      await handle.cancel();
      expect(await cancelled(handle)).toMatchObject({ outcome: 'kept', endpointId: e.EndpointId });
      expect(e.changes()).toEqual([]);
      expect(e.exists()).toBe(true);
    });

    it('says that it is removed where the deletion was on its way', async () => {
      const e = await existing({ Zone: [] });
      const handle = await e.started();
      await eventually('it is being deleted', () => e.changes().includes('DeleteVpcEndpoint'));
      await handle.cancel();
      expect(['removed', 'kept']).toContain(((await cancelled(handle)) as { outcome: string }).outcome);
      expect(e.changes()).toEqual(['DeleteVpcEndpoint']);
    });

    it('says removed once the endpoint is gone, by two looks', async () => {
      const e = await existing();
      e.fault('RemoveZoneFromVpcEndpoint', { kind: 'code', code: 'EndpointLocked' }, 'always');
      const handle = await e.started();
      await eventually('a zone is locked', () => e.changes().length === 1);
      bench.twin.engine.removeEndpoint(e.EndpointId);
      await handle.cancel();
      expect(await cancelled(handle)).toEqual({ outcome: 'removed', endpointId: e.EndpointId });
    });

    it('says unknown where nothing can be read, and a second cancellation does no harm', async () => {
      const e = await existing();
      e.fault('GetVpcEndpointAttribute', { kind: 'resetBefore' }, 'always');
      const handle = await e.started();
      await eventually('it looks', () => e.actions().length > 0);
      await handle.cancel();
      await inPhase(handle, 'cleaningUp');
      await handle.cancel();
      expect(await cancelled(handle)).toEqual({ outcome: 'unknown', endpointId: e.EndpointId });
      expect(e.changes()).toEqual([]);
    });

    it('reads what remains where it is cancelled after its deadline', async () => {
      const e = await existing();
      e.fault('DeleteVpcEndpoint', { kind: 'code', code: 'EndpointLocked' }, 'always');
      e.fault('RemoveZoneFromVpcEndpoint', { kind: 'code', code: 'EndpointLocked' }, 'always');
      const handle = await e.started({ timeouts: { deleted: '4s' } });
      await eventually('a zone is locked', () => e.changes().length > 0);
      e.fault('GetVpcEndpointAttribute', { kind: 'throttle', timeLeftMs: 60_000 }, 2);
      await eventually('the last look is throttled', async () => {
        const { raw } = await handle.describe();
        return raw.pendingActivities?.some(({ activityId }) => activityId === 'last-look') === true;
      });
      await handle.cancel();
      expect(await cancelled(handle)).toMatchObject({ endpointId: e.EndpointId });
    });
  });

  it('leaves a failed provision of another endpoint alone', async () => {
    // The same account and region, another request: nothing of it is touched.
    const e = await existing();
    e.fault('CreateVpcEndpoint', { kind: 'code', code: 'VpcNotFound' });
    const Zone = [{ ZoneId: 'z-1', VSwitchId: 'vsw-z-1' }];
    expect(await failedProvision(bench, { request: { ...e.request, Zone } })).toMatchObject({
      type: 'RequestRejected',
    });
    const other = await bench.privateLink.createVpcEndpoint({ ...e.request, Zone, Tag: [OURS] });
    await e.run();
    expect(e.endpoints().map(({ EndpointId }) => EndpointId)).toEqual([other.EndpointId]);
  });
});
