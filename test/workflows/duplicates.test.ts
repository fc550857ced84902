import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findEarlierRuns } from '../../src/activities/earlier-runs.js';
import { ProvisioningClient, RequestConflictError } from '../../src/client/index.js';
import { durationMs } from '../../src/model/duration.js';
import type { SimulatorSwitches } from '../../src/simulator/index.js';
import type { FaultEffect } from '../../src/testing/index.js';
import type { provisionVpcEndpoint } from '../../src/workflows/index.js';
import {
  endpointsOf,
  eventually,
  failedProvision,
  failureOf,
  openBench,
  provision,
  scenario,
  startProvision,
  type ProvisionBench,
} from '../support/provision-bench.js';
import { resetToStart } from '../support/reset-run.js';
import { runClock } from '../support/run-clock.js';

const CREATE = 'CreateVpcEndpoint';
const LIST = 'ListVpcEndpoints';
const code = (name: string): FaultEffect => ({ kind: 'code', code: name });

const BENCHES = [
  { cache: {}, rememberRefusals: true },
  { cache: {}, rememberRefusals: false },
  { cache: { maxCachedWorkflows: 0 }, rememberRefusals: true },
  { cache: { maxCachedWorkflows: 0 }, rememberRefusals: false },
];

/** The queue of a bench serves accounts as well: a warning that none is served would be wrong. */
function clientOf({ client, taskQueue }: ProvisionBench): ProvisioningClient {
  return new ProvisioningClient({ client, taskQueue, onWarning: () => undefined });
}

describe.each(BENCHES)(
  'one endpoint, as the journal of the twin has it, workflow cache $cache, refusals remembered under a token: $rememberRefusals',
  ({ cache, rememberRefusals }) => {
    const SWITCHES: Partial<SimulatorSwitches> = {
      rememberRefusals,
      tokenRetentionMs: durationMs('24h'),
      listVisibleAfterMs: 0,
      listVisibleAfterCalls: 0,
      oneEndpointPerServiceAndVpc: false,
    };
    let bench: ProvisionBench;
    beforeAll(async () => {
      bench = await openBench({
        ...cache,
        findEarlierRuns,
        now: runClock,
        // Active from the first look on: some of the runs are in real time.
        settings: { timeToActive: { afterReads: 0 }, switches: SWITCHES },
      });
    });
    afterEach(() => {
      bench.twin.faults.clear();
      bench.twin.engine.configure({ switches: SWITCHES });
    });
    afterAll(() => bench.close());

    const turn = (switches: Partial<SimulatorSwitches>) => bench.twin.engine.configure({ switches });

    /** A scenario, and what is to be true of its region in the end: one endpoint was ever made, and it is the run's. */
    function oneEndpoint() {
      const scene = scenario(bench);
      const { RegionId } = scene.request;
      return {
        ...scene,
        faultFrom: (action: string, nth: number, effect: FaultEffect, forMs?: number) =>
          bench.twin.faults.add({
            action,
            parameters: { RegionId },
            nth,
            effect,
            ...(forMs === undefined ? {} : { forMs }),
          }),
        made: () =>
          bench.twin.journal.effects
            .filter((effect) => effect.kind === 'created' && effect.RegionId === RegionId)
            .map(({ EndpointId }) => EndpointId),
        closed: (runs: number) =>
          eventually('the server lists the runs that are closed', async () => {
            let closed = 0;
            for await (const run of bench.client.workflow.list({ query: `WorkflowId = '${scene.workflowId}'` })) {
              if (run.status.name !== 'RUNNING') closed += 1;
            }
            return closed === runs;
          }),
      };
    }

    it.each<{ why: string; effect: FaultEffect; sent: number; outcome: 'created' | 'adopted' }>([
      { why: 'its answer is lost', effect: { kind: 'loseResponse' }, sent: 1, outcome: 'adopted' },
      {
        why: 'a 500 comes after its effect',
        effect: { kind: 'errorAfter', status: 500 },
        sent: 1,
        outcome: 'adopted',
      },
      {
        why: 'a page of HTML comes after its effect',
        effect: { kind: 'errorAfter', status: 502, body: 'html' },
        sent: 1,
        outcome: 'adopted',
      },
      {
        why: 'nothing but a 503 comes after its effect',
        effect: { kind: 'errorAfter', status: 503, body: 'empty' },
        sent: 1,
        outcome: 'adopted',
      },
      { why: 'it is delivered twice', effect: { kind: 'duplicate' }, sent: 2, outcome: 'created' },
      {
        why: 'it is delivered twice and the second answer comes back',
        effect: { kind: 'duplicate', answer: 'second' },
        sent: 2,
        outcome: 'created',
      },
      {
        why: 'it is delivered again right after the next call',
        effect: { kind: 'duplicateLater', calls: 1 },
        sent: 2,
        outcome: 'created',
      },
      {
        why: 'it is delivered late, between the next look-up and the next create call',
        effect: { kind: 'executeLater', calls: 1 },
        sent: 3,
        outcome: 'created',
      },
      {
        why: 'it is delivered late, after the next create call',
        effect: { kind: 'executeLater', calls: 2 },
        sent: 3,
        outcome: 'created',
      },
    ])('of a create call when $why', async ({ effect, sent, outcome }) => {
      const { workflowId, request, fault, tokens, made } = oneEndpoint();
      fault(CREATE, effect);
      const result = await provision(bench, { request }, workflowId);
      expect(result.outcome).toBe(outcome);
      expect(made()).toEqual([result.endpoint?.EndpointId]);
      expect(tokens()).toHaveLength(sent);
      expect(new Set(tokens()).size).toBe(1);
    });

    it('by the token alone where tags are off and three answers are lost', async () => {
      const { request, fault, made, calls } = oneEndpoint();
      fault(CREATE, { kind: 'loseResponse' }, 3);
      const result = await provision(bench, { request, ownerTags: false });
      expect(result.outcome).toBe('created');
      expect(made()).toEqual([result.endpoint?.EndpointId]);
      expect([calls(CREATE), calls(LIST)]).toEqual([4, 0]);
    });

    it('when a lost call takes effect after the next one was refused, and its epoch is given up', async () => {
      const { workflowId, request, fault, made, tokens } = oneEndpoint();
      // A look-up, the refused call, a first patient scan: then the lost one arrives.
      fault(CREATE, { kind: 'executeLater', calls: 3 });
      fault(CREATE, code('ConcurrentCallNotSupported'));
      const result = await provision(bench, { request }, workflowId);
      expect(result.outcome).toBe('adopted');
      expect(made()).toEqual([result.endpoint?.EndpointId]);
      expect(new Set(tokens()).size).toBe(1);
    });

    it.each([
      { retention: '10m', outage: '20m' },
      { retention: '31s', outage: '1m' },
    ])(
      'when an answer is lost and nobody can look before the token expired ($retention), lists being 30 s old',
      async ({ retention, outage }) => {
        const { workflowId, request, fault, faultFrom, made, calls } = oneEndpoint();
        turn({ tokenRetentionMs: durationMs(retention), listVisibleAfterMs: 30_000 });
        fault(CREATE, { kind: 'loseResponse' });
        faultFrom(LIST, 2, { kind: 'resetBefore' }, durationMs(outage));
        const result = await provision(bench, { request }, workflowId);
        expect(result.outcome).toBe('adopted');
        expect(made()).toEqual([result.endpoint?.EndpointId]);
        expect(calls(CREATE)).toBe(1);
        const [sent] = bench.twin.journal.requests.filter(
          ({ action, parameters }) => action === CREATE && parameters['RegionId'] === request.RegionId,
        );
        const unknownForMs = Date.parse(result.times.acceptedAt ?? '') - Date.parse(sent?.at ?? '');
        expect(unknownForMs).toBeGreaterThan(durationMs(retention));
      },
    );

    it('when an answer is lost, the token forgotten and the list old, where the service itself takes one only', async () => {
      const { workflowId, request, fault, faultFrom, made } = oneEndpoint();
      turn({ listVisibleAfterCalls: 1, oneEndpointPerServiceAndVpc: true });
      fault(CREATE, { kind: 'loseResponse' });
      faultFrom(LIST, 2, { kind: 'forgetTokens' });
      const result = await provision(bench, { request }, workflowId);
      expect(result.outcome).toBe('adopted');
      expect(made()).toEqual([result.endpoint?.EndpointId]);
    });

    it('when a finished run is started anew', async () => {
      const { workflowId, request, made, calls } = oneEndpoint();
      const first = await provision(bench, { request }, workflowId);
      const second = await provision(bench, { request }, workflowId);
      expect(second.outcome).toBe('adopted');
      expect(made()).toEqual([first.endpoint?.EndpointId]);
      expect(second.endpoint?.EndpointId).toBe(first.endpoint?.EndpointId);
      expect(calls(CREATE)).toBe(1);
    });

    it('when a finished run is started anew at once, lists being 30 s old', async () => {
      const { workflowId, request, made, closed } = oneEndpoint();
      turn({ listVisibleAfterMs: 30_000 });
      const first = await provision(bench, { request }, workflowId);
      await closed(1);
      const second = await provision(bench, { request }, workflowId);
      expect(second.outcome).toBe('adopted');
      expect(made()).toEqual([first.endpoint?.EndpointId]);
    });

    it('when a run is reset whose answer was lost, its token forgotten meanwhile', async () => {
      const { workflowId, request, fault, made, calls } = oneEndpoint();
      fault(CREATE, { kind: 'loseResponse' });
      await startProvision(bench, { request }, workflowId);
      await eventually('the answer was lost', () => made().length === 1);
      bench.twin.engine.forgetTokens();
      await resetToStart(bench.connection, workflowId);
      const result = await bench.client.workflow.getHandle<typeof provisionVpcEndpoint>(workflowId).result();
      expect(made()).toHaveLength(1);
      expect(result).toMatchObject({ outcome: 'adopted', endpoint: { EndpointId: made()[0] } });
      expect(calls(CREATE)).toBe(1);
    });

    it.each<{ why: string; effect: FaultEffect }>([
      { why: 'and its answer was lost', effect: { kind: 'loseResponse' } },
      {
        why: 'and its call takes effect only after the next run has looked',
        effect: { kind: 'executeLater', calls: 1 },
      },
    ])('when a run is terminated $why, lists being 30 s old', async ({ effect }) => {
      const { workflowId, request, fault, made, calls, closed } = oneEndpoint();
      turn({ listVisibleAfterMs: 30_000 });
      fault(CREATE, effect);
      // The run that is terminated never looks again.
      bench.twin.faults.add({
        action: LIST,
        parameters: { RegionId: request.RegionId },
        nth: 2,
        times: 1,
        effect: { kind: 'throttle', timeLeftMs: 300_000 },
      });
      const handle = await startProvision(bench, { request }, workflowId);
      await eventually('the call was sent', () => calls(CREATE) === 1);
      await handle.terminate();
      await closed(1);
      bench.twin.faults.clear();
      const result = await provision(bench, { request }, workflowId);
      expect(result.outcome).toBe('adopted');
      expect(made()).toEqual([result.endpoint?.EndpointId]);
      expect(calls(LIST)).toBeGreaterThanOrEqual(3);
    });

    it('when a run is terminated while it is parked', async () => {
      const { workflowId, request, fault, made, tokens, calls, closed } = oneEndpoint();
      fault(CREATE, code('QuotaMisMatched'));
      const handle = await startProvision(bench, { request }, workflowId);
      await eventually('the quota was full', () => calls(CREATE) === 1);
      await handle.terminate();
      await closed(1);
      const result = await provision(bench, { request }, workflowId);
      expect(result.outcome).toBe('created');
      expect(made()).toEqual([result.endpoint?.EndpointId]);
      expect(tokens()[0]).toBe(`${handle.firstExecutionRunId}.1`);
      expect(tokens()[1]).not.toContain(handle.firstExecutionRunId);
    });

    it('when two starters ask for the same at once, with our client', async () => {
      const { workflowId, request, made } = oneEndpoint();
      const results = await Promise.all([
        clientOf(bench).provision({ request }, { workflowId }),
        clientOf(bench).provision({ request }, { workflowId }),
      ]);
      expect(made()).toHaveLength(1);
      expect(results.map(({ endpoint }) => endpoint?.EndpointId)).toEqual([made()[0], made()[0]]);
    });

    it('when two starters ask for the same at once, past our client', async () => {
      const { workflowId, request, made } = oneEndpoint();
      const starts = await Promise.allSettled([
        startProvision(bench, { request }, workflowId),
        startProvision(bench, { request }, workflowId),
      ]);
      const refused = starts.flatMap((start) => (start.status === 'rejected' ? [start.reason as unknown] : []));
      expect(refused).toEqual([expect.any(WorkflowExecutionAlreadyStartedError)]);
      for (const start of starts) if (start.status === 'fulfilled') await start.value.result();
      expect(made()).toHaveLength(1);
    });

    it('when two ids are started with one ClientToken of the caller: the other one is told', async () => {
      const { request, made } = oneEndpoint();
      const own = { ...request, ClientToken: `order-17-${request.RegionId}` };
      const result = await provision(bench, { request: own });
      const failure = await failedProvision(bench, { request: own });
      expect(failure.type).toBe('IdempotencyConflict');
      expect(made()).toEqual([result.endpoint?.EndpointId]);
    });

    it('when an id that runs is started with a changed request', async () => {
      const { workflowId, request, fault, made, calls } = oneEndpoint();
      fault(CREATE, { kind: 'throttle', timeLeftMs: 1_000 });
      const client = clientOf(bench);
      await client.start({ request }, { workflowId });
      await eventually('the first run calls', () => calls(CREATE) === 1);
      const conflict = await client
        .start({ request: { ...request, VpcId: 'vpc-2' } }, { workflowId })
        .catch((error: unknown) => error);
      expect(conflict).toBeInstanceOf(RequestConflictError);
      expect((conflict as RequestConflictError).message).toContain('VpcId');
      const result = await client.result(workflowId);
      expect(made()).toEqual([result.endpoint?.EndpointId]);
    });

    it.each([
      { how: 'ended ready', lost: false },
      { how: 'was terminated with its answer lost', lost: true },
    ])('when an id whose run $how is started with a changed request past our client', async ({ lost }) => {
      const { workflowId, request, fault, made, closed } = oneEndpoint();
      if (lost) {
        fault(CREATE, { kind: 'loseResponse' });
        const handle = await startProvision(bench, { request }, workflowId);
        await eventually('the answer was lost', () => made().length === 1);
        await handle.terminate();
        await closed(1);
      } else {
        await provision(bench, { request }, workflowId);
      }
      const changed = { ...request, VpcId: 'vpc-2' };
      const failure = await failureOf(provision(bench, { request: changed }, workflowId));
      expect(failure).toMatchObject({
        type: 'EndpointDiffers',
        details: {
          endpointId: made()[0],
          endpointMayExist: true,
          differences: [{ field: 'VpcId', wanted: 'vpc-2', found: 'vpc-1' }],
        },
      });
      expect(endpointsOf(bench, workflowId)).toEqual(made());
      expect(made()).toHaveLength(1);
    });
  },
);
