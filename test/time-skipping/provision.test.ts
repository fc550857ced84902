import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stateQuery } from '../../src/contract/messages.js';
import { OUTCOME_MEMO } from '../../src/contract/result.js';
import type { FaultEffect, TestKitOptions } from '../../src/testing/index.js';
import { eventually, failureOf, REQUEST } from '../support/provision-bench.js';
import { openTimeSkipping, type TimeSkippingBench, type TimeSkippingRun } from '../support/time-skipping.js';

const MINUTE_MS = 60_000;

describe.each([
  { name: 'with the workflow cache', cache: {} },
  { name: 'with every task replayed', cache: { maxCachedWorkflows: 0 } },
])("under the SDK's time-skipping test server, $name", ({ cache }) => {
  let bench: TimeSkippingBench;
  beforeAll(async () => {
    bench = await openTimeSkipping();
  });
  afterAll(() => bench.close());

  /** Run to the end. Returns the result or the failure, what the twin saw, and how long it took by the server's clock. */
  async function runToEnd(input: unknown, options: TestKitOptions = {}) {
    return bench.run(input, { ...options, ...cache }, async ({ handle, twin, workflowId }) => {
      const ended = await handle.result().then(
        (result) => ({ result, failure: undefined }),
        async (error: unknown) => ({ result: undefined, failure: await failureOf(Promise.reject(error as Error)) }),
      );
      const calls = (action: string) => twin.journal.requests.filter((call) => call.action === action);
      return {
        ...ended,
        tookMs: await lifetimeMs(handle),
        calls: (action: string) => calls(action).length,
        tokens: calls('CreateVpcEndpoint').map(({ parameters }) => parameters['ClientToken']),
        made: twin.journal.endpointsMade({ Key: 'durable-privatelink-workflow', Value: workflowId }),
      };
    });
  }

  /** From start to close; asking the server's clock would not tell, which may jump by ten years when a run ends. */
  async function lifetimeMs(handle: TimeSkippingRun['handle']): Promise<number> {
    const { startTime, closeTime } = await handle.describe();
    return (closeTime?.getTime() ?? NaN) - startTime.getTime();
  }

  const createAnswers = (effect: FaultEffect, times: number | 'always' = 1): TestKitOptions => ({
    faults: [{ action: 'CreateVpcEndpoint', times, effect }],
  });

  it('ends ready with the last Get, the zones and the attempts', async () => {
    const { result, made, calls } = await runToEnd({ request: REQUEST });
    expect(result).toMatchObject({
      outcome: 'created',
      endpoint: { EndpointId: made[0], EndpointStatus: 'Active' },
      zones: [{ ZoneId: 'cn-huhehaote-b' }],
      create: { epoch: 1 },
    });
    expect(made).toHaveLength(1);
    expect(calls('CreateVpcEndpoint')).toBe(1);
    expect(calls('GetVpcEndpointAttribute')).toBe(4);
  });

  it('parks for hours until a quota frees, with a token for each epoch', async () => {
    const { result, made, tokens, tookMs } = await runToEnd(
      { request: REQUEST, retry: { quota: { initialInterval: '1h', maximumInterval: '3h' } } },
      createAnswers({ kind: 'code', code: 'QuotaExceeded.totalEpPerVpc' }, 6),
    );
    expect(result?.create?.epoch).toBe(7);
    expect(made).toEqual([result?.endpoint?.EndpointId]);
    expect(tookMs).toBeGreaterThan(6 * 60 * MINUTE_MS);
    expect(new Set(tokens).size).toBe(7);
  });

  it.each<{ why: string; effect: FaultEffect; times?: number }>([
    { why: 'the answer to the create call is lost', effect: { kind: 'loseResponse' } },
    { why: 'the create call breaks before its effect', effect: { kind: 'resetBefore' }, times: 3 },
    { why: 'a 502 comes after the effect', effect: { kind: 'errorAfter', status: 502, body: 'html' } },
    { why: 'the create call is throttled', effect: { kind: 'throttle', timeLeftMs: 2_000 }, times: 3 },
  ])('makes one endpoint, with one token, when $why', async ({ effect, times }) => {
    const { result, made, tokens } = await runToEnd({ request: REQUEST }, createAnswers(effect, times));
    expect(result?.endpoint?.EndpointStatus).toBe('Active');
    expect(made).toEqual([result?.endpoint?.EndpointId]);
    expect(new Set(tokens).size).toBe(1);
  });

  it('ends as DeadlineExceeded, names the endpoint and keeps it', async () => {
    const { failure, made, tookMs } = await runToEnd(
      { request: REQUEST, timeouts: { active: '45m' } },
      { settings: { timeToActive: { afterReads: Infinity } } },
    );
    expect(failure).toMatchObject({
      type: 'DeadlineExceeded',
      details: { endpointId: made[0], endpointMayExist: true, lastSeen: { EndpointStatus: 'Creating' } },
    });
    expect(tookMs).toBeGreaterThan(40 * MINUTE_MS);
    expect(tookMs).toBeLessThan(50 * MINUTE_MS);
  });

  it('ends as InvalidInput with every problem and without a call', async () => {
    const { failure, calls } = await runToEnd({ request: { ...REQUEST, VpcID: 'v' }, accept: { account: 'team-b' } });
    expect(failure?.type).toBe('InvalidInput');
    expect(failure?.message).toContain('request.VpcID: is not known; did you mean "VpcId"?');
    expect(failure?.message).toContain('accept: needs until "Connected"');
    expect(calls('CreateVpcEndpoint')).toBe(0);
  });

  it('ends as RequestRejected when the service refuses for good', async () => {
    const { failure, made } = await runToEnd({ request: REQUEST }, { settings: { missing: [REQUEST.VpcId] } });
    expect(failure).toMatchObject({ type: 'RequestRejected', details: { endpointMayExist: false } });
    expect(made).toEqual([]);
  });

  it('ends when the endpoint disappears while it waits, at the latest by its deadline', async () => {
    await bench.run(
      { request: REQUEST },
      {
        ...cache,
        settings: {
          timeToActive: { afterReads: Infinity },
          deleteMs: 0,
          switches: { deleteNeedsZonesRemoved: false },
        },
      },
      async ({ handle, twin, privateLink }) => {
        const endpoint = await eventually('a first look', () => {
          const looks = twin.journal.requests.filter(({ action }) => action === 'GetVpcEndpointAttribute');
          return looks.length > 0 && twin.engine.inspect()[0];
        });
        await privateLink.deleteVpcEndpoint({ RegionId: REQUEST.RegionId, EndpointId: endpoint.EndpointId });
        const failure = await failureOf(handle.result());
        // Two absent looks prove it. This server does not promise to keep what the first one noted for the second.
        expect(['EndpointDisappeared', 'DeadlineExceeded']).toContain(failure.type);
        expect(failure.details.endpointId).toBe(endpoint.EndpointId);
        expect(await lifetimeMs(handle)).toBeLessThan(35 * MINUTE_MS);
      },
    );
  });

  it('closes as cancelled and says what it kept', async () => {
    await bench.run(
      { request: REQUEST },
      { ...cache, settings: { timeToActive: { afterReads: Infinity } } },
      async ({ handle, twin }) => {
        await eventually('the run waits', async () => (await handle.query(stateQuery)).phase === 'waiting');
        await handle.cancel();
        await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
        const { status, memo } = await handle.describe();
        expect(status.name).toBe('CANCELLED');
        const [endpoint] = twin.engine.inspect();
        expect(memo?.[OUTCOME_MEMO]).toEqual({ outcome: 'kept', endpointId: endpoint?.EndpointId });
      },
    );
  });
});
