import { MockActivityEnvironment } from '@temporalio/testing';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { createRemoveEndpoint, type RemoveInput, type RemoveOutcome } from '../../../src/activities/remove-endpoint.js';
import { ownerTags, type Owner } from '../../../src/model/owner-tags.js';
import type { PrivateLinkApi } from '../../../src/privatelink/port.js';
import { createTestKit, type TestKitOptions } from '../../../src/testing/index.js';

const RegionId = 'cn-a';
const OWNER = { installation: 'here', workflowId: 'order-17' };
const ZONES = [
  { ZoneId: 'z-1', VSwitchId: 'vsw-1' },
  { ZoneId: 'z-2', VSwitchId: 'vsw-2' },
];

/** A twin with one endpoint of `OWNER`, and a removal whose attempts follow each other as the engine would have them. */
async function removal(options: TestKitOptions = {}, request: object = {}) {
  const { twin, privateLink } = createTestKit({
    ...options,
    settings: { timeToActive: { afterReads: 0 }, ...options.settings },
  });
  const { EndpointId } = await privateLink.createVpcEndpoint({
    RegionId,
    VpcId: 'vpc-1',
    ServiceId: 'epsrv-1',
    SecurityGroupId: ['sg-1'],
    Zone: ZONES,
    Tag: ownerTags(OWNER).map(({ Key, Value }) => ({ Key, Value })),
    ...request,
  });
  const ref = { RegionId, EndpointId };
  const calls = (from = 0) => twin.journal.requests.slice(from).map(({ action }) => action);
  const exists = () => twin.engine.inspect().length > 0;

  /**
   * Attempt after attempt until one ends without asking for another.
   *
   * @param owner - Whose tags it must carry; `null`: nobody's.
   * @param deaths - How many attempts lose what they remember, as when their worker was killed.
   */
  async function run(owner: Owner | null = OWNER, { api = privateLink, deaths = 0, withinMs = 300_000 } = {}) {
    const asked: { type: string | null | undefined; message: string; delayMs: number }[] = [];
    const removeEndpoint = createRemoveEndpoint({
      privateLink: () => api,
      accountTaskQueue: (queue) => queue,
      random: () => 0.5,
    });
    let nowMs = 0;
    let heartbeatDetails: unknown;
    for (let attempt = 1; nowMs <= withinMs; attempt += 1) {
      const environment = new MockActivityEnvironment(
        {
          attempt,
          heartbeatDetails,
          startToCloseTimeoutMs: 60_000,
          scheduledTimestampMs: 0,
          currentAttemptScheduledTimestampMs: nowMs,
        },
        { logger: new DefaultLogger('ERROR') },
      );
      let told: unknown;
      environment.on('heartbeat', (details: unknown) => (told = details));
      try {
        const given: RemoveInput = { account: 'default', endpoint: ref, ...(owner === null ? {} : { owner }) };
        const outcome: RemoveOutcome = await environment.run(removeEndpoint, given);
        return { outcome, asked, tookMs: nowMs };
      } catch (error) {
        if (!(error instanceof ApplicationFailure) || error.nonRetryable === true) throw error;
        const delayMs = Number(error.nextRetryDelay);
        asked.push({ type: error.type, message: error.message, delayMs });
        nowMs += delayMs;
        heartbeatDetails = attempt <= deaths ? undefined : told;
      }
    }
    return { outcome: undefined, asked, tookMs: nowMs };
  }
  return { twin, privateLink, ref, run, calls, exists };
}

const fault = (action: string, code: string, times: number | 'always' = 1) =>
  ({ action, times, effect: { kind: 'code', code } }) as const;

describe('removeEndpoint', () => {
  it('removes one zone after the other, then the endpoint, and proves that it is gone', async () => {
    const { run, calls, exists, twin } = await removal();
    const { outcome, asked } = await run();
    expect(outcome?.kind).toBe('removed');
    expect(exists()).toBe(false);
    expect(calls().filter((action) => /^(?:Remove|Delete)/.test(action))).toEqual([
      'RemoveZoneFromVpcEndpoint',
      'RemoveZoneFromVpcEndpoint',
      'DeleteVpcEndpoint',
    ]);
    expect(calls().at(-1)).toBe('GetVpcEndpointAttribute');
    expect(twin.journal.requests.every(({ code }) => code === undefined || code === 'EndpointNotFound')).toBe(true);
    expect(asked.every(({ type }) => type === 'NotReady')).toBe(true);
    expect(outcome?.attempts.at(-1)).toMatchObject({ action: 'GetVpcEndpointAttribute', code: 'EndpointNotFound' });
  });

  it('leaves the last zone of a Gateway Load Balancer endpoint to the deletion of the endpoint', async () => {
    const { run, exists, calls } = await removal({}, { EndpointType: 'GatewayLoadBalancer', SecurityGroupId: [] });
    expect((await run()).outcome?.kind).toBe('removed');
    expect(exists()).toBe(false);
    expect(calls().filter((action) => action === 'RemoveZoneFromVpcEndpoint')).toHaveLength(2);
  });

  it.each([
    { reason: 'another installation', owner: { ...OWNER, installation: 'there' } },
    { reason: 'another workflow', owner: { ...OWNER, workflowId: 'order-18' } },
  ])('never touches an endpoint with the tags of $reason', async ({ owner }) => {
    const { run, calls, exists } = await removal();
    expect((await run(owner)).outcome).toMatchObject({
      kind: 'left',
      reason: expect.stringContaining('owner tags') as string,
    });
    expect(exists()).toBe(true);
    expect(calls()).toEqual(['CreateVpcEndpoint', 'GetVpcEndpointAttribute', 'ListVpcEndpoints']);
  });

  it('removes an endpoint without tags only where the caller answers for its id', async () => {
    const { run, calls, exists } = await removal({}, { Tag: [] });
    expect((await run()).outcome?.kind).toBe('left');
    expect(exists()).toBe(true);
    const before = calls().length;
    expect((await run(null)).outcome?.kind).toBe('removed');
    expect(exists()).toBe(false);
    expect(calls(before)).not.toContain('ListVpcEndpoints');
  });

  it('waits until a new endpoint is listed with its tags', async () => {
    const { run, exists, twin } = await removal();
    twin.engine.configure({ switches: { listVisibleAfterCalls: 2 } });
    const { outcome, asked } = await run();
    expect(outcome?.kind).toBe('removed');
    expect(asked.filter(({ message }) => message.includes('not listed yet'))).toHaveLength(2);
    expect(exists()).toBe(false);
  });

  it.each(['EndpointProtected', 'OperationDenied.EndpointProtected', 'EndpointAssociatedVpc'])(
    'leaves an endpoint that is refused as %s at once, and says so',
    async (code) => {
      const { run, exists } = await removal({ faults: [fault('DeleteVpcEndpoint', code, 'always')] });
      const { outcome } = await run();
      expect(outcome).toMatchObject({ kind: 'left', reason: expect.stringMatching(`^${code}: .*RequestId`) as string });
      expect(exists()).toBe(true);
    },
  );

  it.each([
    { action: 'RemoveZoneFromVpcEndpoint', code: 'EndpointLocked', type: 'conflict' },
    { action: 'RemoveZoneFromVpcEndpoint', code: 'EndpointConnectionOperationDenied', type: 'conflict' },
    { action: 'DeleteVpcEndpoint', code: 'EndpointOperationDenied', type: 'conflict' },
    { action: 'DeleteVpcEndpoint', code: 'EndpointDependenceViolation', type: 'status' },
  ])('repeats $action within seconds after $code', async ({ action, code, type }) => {
    const { run, exists } = await removal({ faults: [fault(action, code, 3)] });
    const { outcome, asked } = await run();
    expect(outcome?.kind).toBe('removed');
    expect(exists()).toBe(false);
    const refused = asked.filter((failure) => failure.type === type);
    expect(refused).toHaveLength(3);
    expect(refused.every(({ delayMs }) => delayMs >= 500 && delayMs <= 12_000)).toBe(true);
  });

  it('repeats ever less often what stays locked', async () => {
    const { run } = await removal({ faults: [fault('DeleteVpcEndpoint', 'EndpointLocked', 6)] });
    const { outcome, asked } = await run();
    expect(outcome?.kind).toBe('removed');
    const delays = asked.filter(({ type }) => type === 'conflict').map(({ delayMs }) => delayMs);
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it('repeats what is denied once a minute: permissions get repaired', async () => {
    const { run, exists } = await removal({ faults: [fault('DeleteVpcEndpoint', 'NoPermission', 2)] });
    const { outcome, asked } = await run();
    expect(outcome?.kind).toBe('removed');
    expect(exists()).toBe(false);
    expect(asked.filter(({ type }) => type === 'denied').map(({ delayMs }) => delayMs)).toEqual([60_000, 60_000]);
  });

  it('never gives up by itself: what is denied for good ends by the deadline of the activity', async () => {
    const { run, exists } = await removal({ faults: [fault('RemoveZoneFromVpcEndpoint', 'NoPermission', 'always')] });
    const { outcome, asked } = await run();
    expect(outcome).toBeUndefined();
    expect(asked.at(-1)).toMatchObject({ type: 'denied', message: expect.stringContaining('NoPermission') as string });
    expect(exists()).toBe(true);
  });

  it.each(['RemoveZoneFromVpcEndpoint', 'DeleteVpcEndpoint'])(
    'finds out by reading what a lost answer of %s did, and does not do it twice',
    async (action) => {
      const { run, calls, exists } = await removal({ faults: [{ action, effect: { kind: 'loseResponse' } }] });
      const { outcome, asked } = await run();
      expect(outcome?.kind).toBe('removed');
      expect(exists()).toBe(false);
      expect(asked.filter(({ type }) => type === 'unknown')).toHaveLength(1);
      expect(calls().filter((called) => called === action)).toHaveLength(action === 'DeleteVpcEndpoint' ? 1 : 2);
    },
  );

  it('waits for a deletion that somebody else began, whoever owns the endpoint', async () => {
    const { run, calls, ref, twin } = await removal({ settings: { deleteReads: 3 } }, { Zone: [] });
    twin.engine.call({ action: 'DeleteVpcEndpoint', parameters: { ...ref }, accountId: '1000000000000001' });
    const before = calls().length;
    expect((await run()).outcome?.kind).toBe('removed');
    expect(new Set(calls(before))).toEqual(new Set(['GetVpcEndpointAttribute']));
  });

  it('takes an endpoint that vanished for gone only after two looks 30 s apart', async () => {
    const { run, ref, privateLink, twin } = await removal();
    let looks = 0;
    const api: PrivateLinkApi = {
      ...privateLink,
      getVpcEndpointAttribute: async (asked) => {
        looks += 1;
        if (looks === 2) twin.engine.removeEndpoint(ref.EndpointId);
        return privateLink.getVpcEndpointAttribute(asked);
      },
    };
    const { outcome, asked } = await run(OWNER, { api });
    expect(outcome?.kind).toBe('removed');
    expect(asked.at(-1)).toMatchObject({ type: 'NotReady', delayMs: 31_000 });
    expect(looks).toBe(3);
  });

  it('does not believe in the absence of an endpoint that was never seen before a minute has passed', async () => {
    const { run, ref, twin } = await removal();
    twin.engine.removeEndpoint(ref.EndpointId);
    const { outcome, tookMs } = await run();
    expect(outcome?.kind).toBe('removed');
    expect(tookMs).toBeGreaterThanOrEqual(90_000);
  });

  it('goes on where a killed worker left off, whatever that one remembered', async () => {
    for (const deaths of [1, 2, 3, 5, 100]) {
      const { run, exists } = await removal();
      const { outcome } = await run(OWNER, { deaths });
      // A worker that is killed at every attempt proves nothing, but deletes all the same.
      expect(outcome?.kind).toBe(deaths === 100 ? undefined : 'removed');
      expect(exists()).toBe(false);
    }
  });

  it('takes a connection that is not found for no proof of anything', async () => {
    const { run, exists, calls } = await removal({
      faults: [fault('GetVpcEndpointAttribute', 'EndpointConnectionNotFound', 1)],
    });
    expect((await run()).outcome?.kind).toBe('removed');
    expect(exists()).toBe(false);
    expect(calls()).toContain('DeleteVpcEndpoint');
  });
});
