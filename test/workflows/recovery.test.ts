import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { durationMs } from '../../src/model/duration.js';
import type { FaultEffect } from '../../src/testing/index.js';
import { provisionVpcEndpoint } from '../../src/workflows/index.js';
import { endpointsOf, openBench, scenario, type ProvisionBench } from '../support/provision-bench.js';
import { runClock } from '../support/run-clock.js';

const CREATE = 'CreateVpcEndpoint';
const LIST = 'ListVpcEndpoints';
const GET = 'GetVpcEndpointAttribute';
const code = (name: string): FaultEffect => ({ kind: 'code', code: name });

/** What stands in the way of the create call and passes by itself, whatever is sent meanwhile. */
interface Obstacle {
  readonly why: string;
  readonly effect: FaultEffect;
  /** By the clock of the run, from the first call that meets it on. */
  readonly lasts: string;
  /** How long after its end the run may notice: its longest pause, and the jitter of that. */
  readonly noticedWithin: string;
  /** Whether the next try takes the token of the next epoch, or the same. */
  readonly token: 'next' | 'same';
}

const OBSTACLES: readonly Obstacle[] = [
  {
    why: 'a quota is free again after 3 hours',
    effect: code('QuotaExceeded.totalEpPerVpc'),
    lasts: '3h',
    noticedWithin: '13m',
    token: 'next',
  },
  {
    why: 'the service is Active after 10 minutes',
    effect: code('IncorrectStatus.VpcEndpointService'),
    lasts: '10m',
    noticedWithin: '7m',
    token: 'next',
  },
  {
    why: 'a lock is released after 2 minutes',
    effect: code('EndpointLocked'),
    lasts: '2m',
    noticedWithin: '15s',
    token: 'next',
  },
  {
    why: 'another change ends after 40 seconds',
    effect: code('ConcurrentCallNotSupported'),
    lasts: '40s',
    noticedWithin: '15s',
    token: 'next',
  },
  {
    why: 'a code that nobody knows passes after 80 seconds',
    effect: code('NobodyKnows.ThisCode'),
    lasts: '80s',
    noticedWithin: '40s',
    token: 'next',
  },
  {
    why: 'throttling without a hint stops after 20 minutes',
    effect: { kind: 'throttle' },
    lasts: '20m',
    noticedWithin: '61s',
    token: 'same',
  },
  {
    why: 'throttling with a hint stops after 20 minutes',
    effect: { kind: 'throttle', timeLeftMs: 30_000 },
    lasts: '20m',
    noticedWithin: '32s',
    token: 'same',
  },
  {
    why: 'the service is no longer busy after 15 minutes',
    effect: code('SystemBusy'),
    lasts: '15m',
    noticedWithin: '40s',
    token: 'same',
  },
  {
    why: 'the network is back after 15 minutes',
    effect: { kind: 'resetBefore' },
    lasts: '15m',
    noticedWithin: '40s',
    token: 'same',
  },
  {
    why: 'the first copy is no longer in progress after 5 minutes',
    effect: code('IdempotenceProcessing'),
    lasts: '5m',
    noticedWithin: '40s',
    token: 'same',
  },
];

const BENCHES = [
  { cache: {}, rememberRefusals: true },
  { cache: {}, rememberRefusals: false },
  { cache: { maxCachedWorkflows: 0 }, rememberRefusals: true },
  { cache: { maxCachedWorkflows: 0 }, rememberRefusals: false },
];

describe.each(BENCHES)(
  'recovers by itself, workflow cache $cache, refusals remembered under a token: $rememberRefusals',
  ({ cache, rememberRefusals }) => {
    let bench: ProvisionBench;
    beforeAll(async () => {
      bench = await openBench({ ...cache, now: runClock, settings: { switches: { rememberRefusals } } });
    });
    afterAll(() => bench.close());

    /** Run a provision to its end, and say by the clock of the run when it began. */
    async function run(workflowId: string, input: Parameters<typeof provisionVpcEndpoint>[0]) {
      const handle = await bench.skipping.start(provisionVpcEndpoint, {
        workflowId,
        taskQueue: bench.taskQueue,
        args: [input],
      });
      const result = await handle.result();
      const { startTime } = await handle.describe();
      expect(result.endpoint?.EndpointStatus).toBe('Active');
      expect(endpointsOf(bench, workflowId)).toEqual([result.endpoint?.EndpointId]);
      return { result, base: handle.firstExecutionRunId, startedMs: startTime.getTime() };
    }

    it.each(OBSTACLES)('when $why', async ({ effect, lasts, noticedWithin, token }) => {
      const { workflowId, request, tokens } = scenario(bench);
      const { RegionId } = request;
      bench.twin.faults.add({ action: CREATE, parameters: { RegionId }, forMs: durationMs(lasts), effect });
      const { result, base, startedMs } = await run(workflowId, { request });

      expect(result.outcome).toBe('created');
      const waitedMs = Date.parse(result.times.acceptedAt ?? '') - startedMs;
      expect(waitedMs).toBeGreaterThanOrEqual(durationMs(lasts));
      expect(waitedMs).toBeLessThan(durationMs(lasts) + durationMs(noticedWithin) + 5_000);

      const tries = tokens().length;
      expect(tries).toBeGreaterThan(2);
      const epochs = Array.from({ length: tries }, (_, index) => (token === 'next' ? index + 1 : 1));
      expect(tokens()).toEqual(epochs.map((epoch) => `${base}.${epoch}`));
      expect(result.create).toMatchObject({ ClientToken: tokens().at(-1), epoch: epochs.at(-1) });
    });

    it.each([
      { why: 'permission to look is given after 2 hours', effect: code('NoPermission'), lasts: '2h' },
      { why: 'a key is repaired after 20 minutes', effect: code('InvalidAccessKeyId.NotFound'), lasts: '20m' },
      { why: 'throttling of looks stops after 20 minutes', effect: { kind: 'throttle' } as const, lasts: '20m' },
      {
        why: 'the service answers looks again after 20 minutes',
        effect: { kind: 'resetBefore' } as const,
        lasts: '20m',
      },
      {
        why: 'a code that nobody knows passes from looks after 20 minutes',
        effect: code('NobodyKnows.ThisCode'),
        lasts: '20m',
      },
    ])('in the wait when $why', async ({ effect, lasts }) => {
      const { workflowId, request, tokens } = scenario(bench);
      const { RegionId } = request;
      bench.twin.faults.add({ action: GET, parameters: { RegionId }, forMs: durationMs(lasts), effect });
      const { result, base } = await run(workflowId, { request, timeouts: { active: '6h' } });

      expect(tokens()).toEqual([`${base}.1`]);
      const waitedMs = Date.parse(result.times.activeAt ?? '') - Date.parse(result.times.acceptedAt ?? '');
      expect(waitedMs).toBeGreaterThanOrEqual(durationMs(lasts));
      expect(waitedMs).toBeLessThan(durationMs(lasts) * 1.4);
    });

    it('when the answer was lost and permission to look for the endpoint comes after 40 minutes', async () => {
      const { workflowId, request, fault, tokens } = scenario(bench);
      fault(CREATE, { kind: 'loseResponse' });
      // The first look, before the create call, is allowed.
      bench.twin.faults.add({
        action: LIST,
        parameters: { RegionId: request.RegionId },
        nth: 2,
        forMs: durationMs('40m'),
        effect: code('NoPermission'),
      });
      const { result, base, startedMs } = await run(workflowId, { request });
      expect(result.outcome).toBe('adopted');
      expect(tokens()).toEqual([`${base}.1`]);
      expect(Date.parse(result.times.acceptedAt ?? '') - startedMs).toBeGreaterThanOrEqual(durationMs('40m'));
    });

    it('from one obstacle after the other, each in its own way', async () => {
      const { workflowId, request, tokens } = scenario(bench);
      const obstacles: [effect: FaultEffect, lasts: string][] = [
        [code('QuotaMisMatched'), '1h'],
        [code('IncorrectStatus.VpcEndpointService'), '2m'],
        [code('ConcurrentCallNotSupported'), '10s'],
        [{ kind: 'throttle' }, '5m'],
        [{ kind: 'resetBefore' }, '2m'],
      ];
      for (const [effect, lasts] of obstacles) {
        const { RegionId } = request;
        bench.twin.faults.add({ action: CREATE, parameters: { RegionId }, forMs: durationMs(lasts), effect });
      }
      const { result, base, startedMs } = await run(workflowId, { request });
      expect(Date.parse(result.times.acceptedAt ?? '') - startedMs).toBeGreaterThan(
        durationMs('1h') + durationMs('9m'),
      );

      const epochs = tokens().map((token) => Number(token.slice(base.length + 1)));
      expect(epochs[0]).toBe(1);
      const steps = epochs.slice(1).map((epoch, index) => epoch - (epochs[index] ?? 0));
      // Refusals take the next epoch, one by one; throttled and lost calls after them stay in the last.
      expect(steps.join('')).toMatch(/^1+0+$/);
      expect(result.create?.epoch).toBe(epochs.at(-1));
    });
  },
);
