import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  ACCEPT_LANE_WORKFLOW_TYPE,
  acceptanceSignal,
  acceptConnectionSignal,
  acceptLaneId,
  laneQuery,
  type AcceptRequest,
} from '../../src/contract/accept-lane.js';
import { stateQuery } from '../../src/contract/messages.js';
import { CACHE_MODES, eventually, failureOf, scenario, startProvision, useBench } from '../support/provision-bench.js';
import { advance } from '../support/virtual-time.js';

const MINUTE_MS = 60_000;
const MANUAL = { ServiceId: 'epsrv-manual', AutoAcceptEnabled: false } as const;
const SETTINGS = { services: [MANUAL], connectMs: 0, disconnectMs: 0, accountOperationMs: 0 } as const;

describe.each(CACHE_MODES)('accept, $name', ({ name, cache }) => {
  const bench = useBench({ ...cache, settings: SETTINGS });

  /** A request whose connection somebody has to accept, and the account that does: each test has a lane of its own. */
  const manual = (account = `owner-${randomUUID()}`) => {
    const s = scenario(bench);
    const request = { ...s.request, ServiceId: MANUAL.ServiceId };
    return { ...s, account, input: { request, until: 'Connected', accept: { account } } as const };
  };

  const lane = (account: string) => bench.client.workflow.getHandle(acceptLaneId(account));

  const laneStatus = async (account: string) => (await lane(account).describe()).status.name;

  /** Let the clock of a run go on for some minutes; it may end meanwhile. */
  const letRun = (workflowId: string, minutes = 5) =>
    advance(bench.connection, workflowId, minutes * MINUTE_MS).catch(() => undefined);

  it('accepts the connection as the owner of the service, with one call, and ends', async () => {
    const { workflowId, account, input, calls } = manual();
    const run = await startProvision(bench, input, workflowId);
    await letRun(workflowId);
    const result = await run.result();
    expect(result).toMatchObject({ outcome: 'created', endpoint: { ConnectionStatus: 'Connected' } });
    expect(result.zones).toMatchObject([{ ZoneStatus: 'Connected' }]);
    expect(calls('EnableVpcEndpointConnection')).toBe(1);
    expect(calls('ListVpcEndpointConnections')).toBe(0);
    await eventually('the lane has ended', async () => (await laneStatus(account)) === 'COMPLETED');
  });

  it('asks nobody where the service accepts by itself', async () => {
    const { workflowId, account, input, request, calls } = manual();
    const run = await startProvision(bench, { ...input, request }, workflowId);
    await letRun(workflowId);
    await run.result();
    expect(calls('EnableVpcEndpointConnection')).toBe(0);
    await expect(laneStatus(account)).rejects.toThrow();
  });

  it('takes it as done where somebody else accepts first', async () => {
    const { workflowId, input, endpoints, fault, calls } = manual();
    // The call of the lane comes late.
    fault('EnableVpcEndpointConnection', { kind: 'throttle' });
    const run = await startProvision(bench, input, workflowId);
    await letRun(workflowId, 1);
    await eventually('the lane has called', () => calls('EnableVpcEndpointConnection') > 0);
    const EndpointId = endpoints()[0]?.EndpointId ?? '';
    const parameters = { RegionId: input.request.RegionId, ServiceId: MANUAL.ServiceId, EndpointId };
    await bench.twin.call('EnableVpcEndpointConnection', parameters);
    await letRun(workflowId, 10);
    expect(await run.result()).toMatchObject({ endpoint: { ConnectionStatus: 'Connected' } });
  });

  it.each(['accepted', 'refused'] as const)(
    'finds that its own lost call was executed, where a repetition is %s',
    async (repeatedConnectionChange) => {
      const { workflowId, account, input, fault, calls } = manual();
      bench.twin.engine.configure({ switches: { repeatedConnectionChange } });
      fault('EnableVpcEndpointConnection', { kind: 'loseResponse' });
      const run = await startProvision(bench, input, workflowId);
      await letRun(workflowId);
      expect(await run.result()).toMatchObject({ endpoint: { ConnectionStatus: 'Connected' } });
      await eventually('the lane has ended', async () => (await laneStatus(account)) === 'COMPLETED');
      expect(calls('EnableVpcEndpointConnection')).toBe(2);
      expect(calls('ListVpcEndpointConnections')).toBe(repeatedConnectionChange === 'refused' ? 1 : 0);
    },
  );

  // Fifty runs, each task of which is replayed where nothing is cached: once is enough.
  it.runIf(name === CACHE_MODES[0].name)(
    'accepts fifty in one account, never two at once, and lets no collision surface',
    async () => {
      bench.twin.engine.configure({ accountOperationMs: 20 });
      const account = `owner-${randomUUID()}`;
      const all = Array.from({ length: 50 }, () => manual(account));
      // Somebody else of the account calls at the same time, now and then.
      for (const { fault } of all.filter((_, index) => index % 10 === 0)) {
        fault('EnableVpcEndpointConnection', { kind: 'code', code: 'ConcurrentCallNotSupported' });
      }
      const runs = await Promise.all(all.map(({ input, workflowId }) => startProvision(bench, input, workflowId)));
      await Promise.all(all.map(({ workflowId }) => letRun(workflowId, 1)));
      // The lane goes on in real time, and tells each run.
      const results = await Promise.all(runs.map((run) => run.result()));
      bench.twin.engine.configure({ accountOperationMs: 0 });
      expect(results.every(({ endpoint }) => endpoint?.ConnectionStatus === 'Connected')).toBe(true);
      expect(new Set(results.map(({ endpoint }) => endpoint?.EndpointId)).size).toBe(all.length);
      const codes = results.flatMap(({ attempts }) => attempts.map(({ code }) => code));
      expect(codes).not.toContain('ConcurrentCallNotSupported');
      const enabled = all.reduce((sum, { calls }) => sum + calls('EnableVpcEndpointConnection'), 0);
      expect(enabled).toBeGreaterThanOrEqual(55);
    },
    180_000,
  );

  it('ends the run as AccessDenied where the owner may not accept, and says which statement is missing', async () => {
    const { workflowId, input, fault, endpoints } = manual();
    fault('EnableVpcEndpointConnection', { kind: 'code', code: 'NoPermission' });
    const run = await startProvision(bench, input, workflowId);
    const failed = failureOf(run.result());
    await letRun(workflowId);
    const { type, message, details } = await failed;
    expect(type).toBe('AccessDenied');
    expect(message).toMatch(/is Active, and its connection was not accepted: NoPermission: .*RequestId/);
    expect(details).toMatchObject({
      class: 'denied',
      endpointId: endpoints()[0]?.EndpointId,
      endpointMayExist: true,
      denied: { action: 'privatelink:EnableVpcEndpointConnection' },
    });
    expect(endpoints()).toHaveLength(1);
  });

  it('ends the run as RequestRejected where the account does not own the service', async () => {
    const { workflowId, input, fault } = manual();
    fault('EnableVpcEndpointConnection', { kind: 'code', code: 'EndpointServiceNotFound' });
    const run = await startProvision(bench, input, workflowId);
    const failed = failureOf(run.result());
    await letRun(workflowId);
    expect(await failed).toMatchObject({ type: 'RequestRejected', details: { code: 'EndpointServiceNotFound' } });
  });

  it('shows a refusal that may pass, tries again later, and holds up nobody else', async () => {
    const account = `owner-${randomUUID()}`;
    const first = manual(account);
    const second = manual(account);
    first.fault('EnableVpcEndpointConnection', { kind: 'code', code: 'EndpointConnectionNotFound' }, 2);
    const run = await startProvision(bench, first.input, first.workflowId);
    await letRun(first.workflowId, 1);
    const state = await eventually('the refusal is shown', async () => {
      const seen = await run.query(stateQuery);
      return seen.lastError !== undefined && seen;
    });
    expect(state).toMatchObject({ phase: 'connecting', lastError: { code: 'EndpointConnectionNotFound' } });
    expect(state.waitingFor).toContain(acceptLaneId(account));
    const other = await startProvision(bench, second.input, second.workflowId);
    await letRun(second.workflowId);
    expect(await other.result()).toMatchObject({ endpoint: { ConnectionStatus: 'Connected' } });
    expect(await lane(account).query(laneQuery)).toMatchObject({ account, waiting: [{ refusedTimes: 1 }] });
    await advance(bench.connection, acceptLaneId(account), 2 * MINUTE_MS).catch(() => undefined);
    await letRun(first.workflowId, 10);
    expect(await run.result()).toMatchObject({ endpoint: { ConnectionStatus: 'Connected' } });
    expect(first.calls('EnableVpcEndpointConnection')).toBe(3);
  });

  it('asks again where the lane was terminated', async () => {
    const { workflowId, account, input, fault, calls } = manual();
    fault('EnableVpcEndpointConnection', { kind: 'code', code: 'EndpointConnectionNotFound' });
    const run = await startProvision(bench, input, workflowId);
    await letRun(workflowId, 1);
    await eventually('the lane was refused', () => calls('EnableVpcEndpointConnection') === 1);
    await lane(account).terminate('a test');
    await letRun(workflowId, 15);
    await letRun(workflowId, 5);
    expect(await run.result()).toMatchObject({ endpoint: { ConnectionStatus: 'Connected' } });
    expect(calls('EnableVpcEndpointConnection')).toBe(2);
  });

  it('accepts nothing for a run that was cancelled before its turn', async () => {
    const account = `owner-${randomUUID()}`;
    const first = manual(account);
    const second = manual(account);
    first.fault('EnableVpcEndpointConnection', { kind: 'throttle' }, 'always');
    const held = await startProvision(bench, first.input, first.workflowId);
    await letRun(first.workflowId, 1);
    await eventually('the lane is busy', () => first.calls('EnableVpcEndpointConnection') > 0);
    const run = await startProvision(bench, second.input, second.workflowId);
    await letRun(second.workflowId, 1);
    await eventually('it waits in the lane', async () => (await lane(account).query(laneQuery)).waiting.length === 1);
    await run.cancel();
    await run.result().catch(() => undefined);
    expect((await run.describe()).memo).toMatchObject({ cancelOutcome: { outcome: 'kept' } });
    expect((await lane(account).query(laneQuery)).waiting).toEqual([]);
    bench.twin.faults.clear();
    await advance(bench.connection, acceptLaneId(account), 5 * MINUTE_MS).catch(() => undefined);
    await letRun(first.workflowId, 10);
    await held.result();
    expect(second.calls('EnableVpcEndpointConnection')).toBe(0);
    expect(second.endpoints()).toMatchObject([{ ConnectionStatus: 'Disconnected' }]);
  });

  /** A run whose request was postponed: it waits in the lane until the clock of the lane goes on. */
  const postponed = async (options: object = {}) => {
    const { workflowId, account, input, fault, ...s } = manual();
    fault('EnableVpcEndpointConnection', { kind: 'code', code: 'EndpointConnectionNotFound' });
    const run = await startProvision(bench, { ...input, ...options }, workflowId);
    await letRun(workflowId, 1);
    await eventually('it is postponed', async () => (await run.query(stateQuery)).lastError !== undefined);
    const EndpointId = s.endpoints()[0]?.EndpointId ?? '';
    const parameters = { RegionId: input.request.RegionId, ServiceId: MANUAL.ServiceId, EndpointId };
    const owner = (action: string) => bench.twin.call(action, parameters);
    return { ...s, workflowId, account, run, EndpointId, owner };
  };

  const REFUSAL = { class: 'denied', code: 'NoPermission', message: 'NoPermission: no', advice: 'Ask.' } as const;

  it.each([0, 60_000])(
    'believes its own eyes and no refusal, with a connection that takes %i ms',
    async (connectMs) => {
      const { run, EndpointId, owner, endpoints, account, workflowId } = await postponed({ onFailure: 'delete' });
      bench.twin.engine.configure({ connectMs });
      await owner('EnableVpcEndpointConnection');
      bench.twin.engine.configure({ connectMs: 0 });
      await run.signal(acceptanceSignal, { EndpointId, outcome: 'refused', refusal: REFUSAL });
      await eventually('it looked again', async () => {
        const { events } = await run.fetchHistory();
        return (events ?? []).some(
          (event) => event.activityTaskScheduledEventAttributes?.activityId === 'last-look-connected',
        );
      });
      if (connectMs > 0) {
        expect(await run.query(stateQuery)).toMatchObject({ phase: 'connecting' });
        bench.twin.engine.setEndpoint(EndpointId, { ConnectionStatus: 'Connected' });
      }
      await letRun(workflowId);
      expect(await run.result()).toMatchObject({ endpoint: { EndpointId, ConnectionStatus: 'Connected' } });
      expect(endpoints()).toHaveLength(1);
      await lane(account)
        .terminate()
        .catch(() => undefined);
    },
  );

  it('is not accepted again once somebody else has, and its owner has closed it later', async () => {
    const { run, owner, workflowId, account, endpoints, calls } = await postponed();
    await owner('EnableVpcEndpointConnection');
    await letRun(workflowId, 5);
    await run.result();
    await owner('DisableVpcEndpointConnection');
    await eventually('the lane has ended', async () => (await laneStatus(account)) === 'COMPLETED');
    expect(endpoints()).toMatchObject([{ ConnectionStatus: 'Disconnected' }]);
    expect(calls('EnableVpcEndpointConnection')).toBe(2);
  });

  it('is not accepted for a run that was terminated', async () => {
    const { run, account, calls, endpoints } = await postponed();
    await run.terminate('a test');
    for (let times = 0; times < 4; times += 1) {
      await advance(bench.connection, acceptLaneId(account), 2 * MINUTE_MS).catch(() => undefined);
    }
    // The call that came before the lane knew is the last one.
    expect(calls('EnableVpcEndpointConnection')).toBeLessThanOrEqual(2);
    expect(endpoints()).toHaveLength(1);
    await lane(account)
      .terminate()
      .catch(() => undefined);
  });

  it('does not hold up others where one endpoint is changing', async () => {
    const account = `owner-${randomUUID()}`;
    const first = manual(account);
    const second = manual(account);
    first.fault('EnableVpcEndpointConnection', { kind: 'code', code: 'EndpointOperationDenied' }, 'always');
    const stuck = await startProvision(bench, first.input, first.workflowId);
    await letRun(first.workflowId, 1);
    await eventually('the lane was refused', () => first.calls('EnableVpcEndpointConnection') > 0);
    const run = await startProvision(bench, second.input, second.workflowId);
    await letRun(second.workflowId, 2);
    expect(await run.result()).toMatchObject({ endpoint: { ConnectionStatus: 'Connected' } });
    await stuck.cancel();
    await stuck.result().catch(() => undefined);
    bench.twin.faults.clear();
  });

  it.each([{ dueAt: 'garbage' }, { refusedTimes: 'many' }, { lastRefusal: 7 }])(
    'takes nothing but the request from a signal: %j',
    async (more) => {
      const account = `owner-${randomUUID()}`;
      const request: AcceptRequest = {
        workflowId: 'nobody',
        runId: randomUUID(),
        RegionId: 'cn-nowhere',
        ServiceId: 'epsrv-nowhere',
        EndpointId: 'ep-nowhere',
        giveUpAt: new Date(Date.now() + 3_600_000).toISOString(),
      };
      const handle = await bench.client.workflow.signalWithStart(ACCEPT_LANE_WORKFLOW_TYPE, {
        workflowId: acceptLaneId(account),
        taskQueue: bench.taskQueue,
        args: [{ account, activityTaskQueue: bench.taskQueue }],
        signal: acceptConnectionSignal,
        signalArgs: [{ ...request, ...more }],
      });
      await handle.signal('withdrawAcceptance');
      // The run that asked does not exist, so the lane drops what was refused, and ends.
      await eventually('the lane has ended', async () => (await laneStatus(account)) === 'COMPLETED');
    },
  );

  it('ends at once where somebody starts it without an account', async () => {
    const account = `owner-${randomUUID()}`;
    const handle = await bench.client.workflow.start(ACCEPT_LANE_WORKFLOW_TYPE, {
      workflowId: acceptLaneId(account),
      taskQueue: bench.taskQueue,
    });
    expect(await failureOf(handle.result())).toMatchObject({ type: 'InvalidInput' });
  });

  it('passes over signals that it cannot read, and those of strangers', async () => {
    const { workflowId, account, input, fault, calls } = manual();
    // It waits in the lane until the clock of the lane goes on.
    fault('EnableVpcEndpointConnection', { kind: 'code', code: 'EndpointConnectionNotFound' });
    const run = await startProvision(bench, input, workflowId);
    await run.signal(acceptanceSignal, null as never);
    await run.signal(acceptanceSignal, { EndpointId: 'ep-of-somebody', outcome: 'refused' } as never);
    await letRun(workflowId, 1);
    await eventually('the lane was refused', () => calls('EnableVpcEndpointConnection') > 0);
    await lane(account).signal(acceptConnectionSignal, { EndpointId: 7 } as unknown as AcceptRequest);
    await run.signal(acceptanceSignal, { EndpointId: 'ep-of-somebody', outcome: 'accepted' });
    await advance(bench.connection, acceptLaneId(account), MINUTE_MS).catch(() => undefined);
    await letRun(workflowId, 10);
    expect(await run.result()).toMatchObject({ endpoint: { ConnectionStatus: 'Connected' } });
  });
});
