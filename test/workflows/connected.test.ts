import { describe, expect, it } from 'vitest';
import { CONNECT_ACTIVITY_ID, stateQuery } from '../../src/contract/messages.js';
import {
  CACHE_MODES,
  eventually,
  failedProvision,
  failureOf,
  provision,
  scenario,
  startProvision,
  useBench,
  type ProvisionBench,
} from '../support/provision-bench.js';
import { advance } from '../support/virtual-time.js';

const DAY_MS = 86_400_000;

/** Accepted by hand, and without a time of their own: what takes time in these tests is the workflow's. */
const MANUAL = { ServiceId: 'epsrv-manual', AutoAcceptEnabled: false } as const;
const SETTINGS = { services: [MANUAL], connectMs: 0, disconnectMs: 0, accountOperationMs: 0 } as const;

describe.each(CACHE_MODES)('until Connected, $name', ({ name, cache }) => {
  const bench = useBench({ ...cache, settings: SETTINGS });

  const manual = () => {
    const s = scenario(bench);
    return { ...s, input: { request: { ...s.request, ServiceId: MANUAL.ServiceId }, until: 'Connected' } as const };
  };

  /** A run whose endpoint is Active, and whose connection nobody has accepted yet. */
  async function connectingRun(options: object = {}) {
    const { workflowId, input, ...s } = manual();
    const handle = await startProvision(bench, { ...input, ...options }, workflowId);
    await advance(bench.connection, workflowId, 120_000);
    const state = await eventually('the run waits for its connection', async () => {
      const seen = await handle.query(stateQuery);
      return seen.phase === 'connecting' && seen;
    });
    const EndpointId = state.endpointId ?? '';
    const owner = (action: string, more: object = {}) =>
      ownerCalls(bench, action, { RegionId: s.request.RegionId, ServiceId: MANUAL.ServiceId, EndpointId, ...more });
    return { ...s, workflowId, handle, state, EndpointId, owner };
  }

  it('is done at once where the service accepts by itself', async () => {
    const { request, workflowId } = scenario(bench);
    const result = await provision(bench, { request, until: 'Connected' }, workflowId);
    expect(result).toMatchObject({ outcome: 'created', endpoint: { ConnectionStatus: 'Connected' } });
    expect(result.zones).toMatchObject([{ ZoneStatus: 'Connected' }]);
    const { acceptedAt = '', activeAt = '', connectedAt = '' } = result.times;
    expect([acceptedAt, activeAt, connectedAt]).toEqual([acceptedAt, activeAt, connectedAt].sort());
    expect(connectedAt).not.toBe('');
  });

  it('waits for each zone, and says which one is missing', async () => {
    const { handle, workflowId, owner, calls } = await connectingRun();
    await owner('EnableVpcEndpointConnection');
    await owner('DisableVpcEndpointZoneConnection', { ZoneId: 'cn-huhehaote-b' });
    const listed = calls('ListVpcEndpointZones');
    await advance(bench.connection, workflowId, 600_000);
    expect(calls('ListVpcEndpointZones')).toBeGreaterThan(listed);
    const { raw } = await handle.describe();
    expect(raw.pendingActivities?.[0]?.lastFailure?.message).toContain('zone cn-huhehaote-b is Disconnected');
    await owner('EnableVpcEndpointZoneConnection', { ZoneId: 'cn-huhehaote-b' });
    await advance(bench.connection, workflowId, 600_000).catch(() => undefined);
    expect(await handle.result()).toMatchObject({ zones: [{ ZoneStatus: 'Connected' }] });
  });

  // Some hundred looks, each of which costs a replay where nothing is cached: once is enough.
  it.runIf(name === CACHE_MODES[0].name)(
    'waits for a person, for three days, and writes nothing to its history meanwhile',
    async () => {
      const { handle, workflowId, state, owner, calls } = await connectingRun({ timeouts: { connected: '7d' } });
      expect(state).toMatchObject({ endpointStatus: 'Active', connectionStatus: 'Disconnected' });
      expect(Date.parse(state.deadline ?? '') - Date.parse(state.since)).toBe(7 * DAY_MS);
      const scheduled = async () => {
        const { events } = await handle.fetchHistory();
        return (events ?? []).flatMap((event) => event.activityTaskScheduledEventAttributes?.activityId ?? []);
      };
      const before = await scheduled();
      expect(before.at(-1)).toBe(CONNECT_ACTIVITY_ID);
      await advance(bench.connection, workflowId, 3 * DAY_MS);
      expect(await scheduled()).toEqual(before);
      // Cheap: some thousand looks at one endpoint in three days would be too many.
      expect(calls('GetVpcEndpointAttribute')).toBeLessThan(1_100);
      await owner('EnableVpcEndpointConnection');
      await advance(bench.connection, workflowId, 600_000).catch(() => undefined);
      const result = await handle.result();
      expect(result).toMatchObject({
        endpoint: { ConnectionStatus: 'Connected' },
        zones: [{ ZoneStatus: 'Connected' }],
      });
      expect(Date.parse(result.times.connectedAt ?? '') - Date.parse(result.times.activeAt ?? '')).toBeGreaterThan(
        3 * DAY_MS,
      );
    },
  );

  it('lists no zones before the connection is there', async () => {
    const { handle, workflowId, calls } = await connectingRun();
    const listed = calls('ListVpcEndpointZones');
    await advance(bench.connection, workflowId, 600_000);
    expect(calls('ListVpcEndpointZones')).toBe(listed);
    await handle.terminate();
  });

  it('ends as ConnectionRejected when the connection is closed again, and keeps the endpoint', async () => {
    const { handle, workflowId, EndpointId, endpoints } = await connectingRun();
    bench.twin.engine.setEndpoint(EndpointId, { ConnectionStatus: 'Connecting' });
    await advance(bench.connection, workflowId, 600_000);
    bench.twin.engine.setEndpoint(EndpointId, { ConnectionStatus: 'Disconnected' });
    await advance(bench.connection, workflowId, 600_000).catch(() => undefined);
    const failure = await failureOf(handle.result());
    expect(failure).toMatchObject({
      type: 'ConnectionRejected',
      details: { endpointId: EndpointId, endpointMayExist: true, retryable: true },
    });
    expect(failure.details.advice).toContain('Ask the owner of the service');
    expect(endpoints()).toHaveLength(1);
  });

  it('takes Disconnected for a rejection where the connection was there before it began to wait for it', async () => {
    const { request, workflowId } = scenario(bench);
    // The fourth look finds it Active and Connected; from then on it is Disconnected.
    bench.twin.faults.add({
      action: 'GetVpcEndpointAttribute',
      parameters: { RegionId: request.RegionId },
      nth: 5,
      times: 'always',
      effect: { kind: 'flap', ConnectionStatus: 'Disconnected' },
    });
    const failure = await failedProvision(bench, { request, until: 'Connected' }, workflowId);
    expect(failure.type).toBe('ConnectionRejected');
  });

  it.each([
    { force: { EndpointBusinessStatus: 'FinancialLocked' }, type: 'FinancialLocked' },
    { force: { ConnectionStatus: 'ServiceDeleted' }, type: 'ConnectionLost' },
    { force: { EndpointStatus: 'Deleting' }, type: 'EndpointDisappeared' },
  ])('ends as $type, like the wait before it', async ({ force, type }) => {
    const { handle, workflowId, EndpointId } = await connectingRun();
    bench.twin.engine.setEndpoint(EndpointId, force);
    await advance(bench.connection, workflowId, 600_000).catch(() => undefined);
    expect((await failureOf(handle.result())).type).toBe(type);
  });

  it('ends as DeadlineExceeded, says what was missing, and keeps the endpoint', async () => {
    const { input, workflowId, endpoints } = manual();
    const failure = await failedProvision(bench, { ...input, timeouts: { connected: '2h' } }, workflowId);
    expect(failure.type).toBe('DeadlineExceeded');
    expect(failure.message).toContain('was not Connected after 2h');
    expect(failure.message).toContain('the owner of the service has to accept it');
    expect(failure.details).toMatchObject({ endpointMayExist: true, retryable: true });
    expect(endpoints()).toHaveLength(1);
  });

  it('goes on in a new run where the first one gave up: the endpoint is adopted', async () => {
    const { input, workflowId, endpoints, request } = manual();
    await failedProvision(bench, { ...input, timeouts: { connected: '1h' } }, workflowId);
    const EndpointId = endpoints()[0]?.EndpointId ?? '';
    await ownerCalls(bench, 'EnableVpcEndpointConnection', {
      RegionId: request.RegionId,
      ServiceId: MANUAL.ServiceId,
      EndpointId,
    });
    const result = await provision(bench, input, workflowId);
    expect(result).toMatchObject({ outcome: 'adopted', endpoint: { EndpointId, ConnectionStatus: 'Connected' } });
    expect(endpoints()).toHaveLength(1);
  });

  it.each([
    { onCancel: 'keep', outcome: 'kept', left: 1 },
    { onCancel: 'delete', outcome: 'removed', left: 0 },
  ])('cancelled, it is $outcome with onCancel "$onCancel"', async ({ onCancel, outcome, left }) => {
    const { handle, workflowId, EndpointId, endpoints } = await connectingRun({ onCancel });
    await handle.cancel();
    await advance(bench.connection, workflowId, 600_000).catch(() => undefined);
    await handle.result().catch(() => undefined);
    const { memo } = await handle.describe();
    expect(memo?.['cancelOutcome']).toEqual({ outcome, endpointId: EndpointId });
    expect(endpoints()).toHaveLength(left);
  });
});

/** A call of the service's owner. @throws Error - It was refused. */
async function ownerCalls(bench: ProvisionBench, action: string, parameters: object): Promise<void> {
  const answer = await bench.twin.call(action, parameters as Record<string, string>);
  if (answer === 'noResponse' || answer.status !== 200) throw new Error(`${action}: ${JSON.stringify(answer)}`);
}
