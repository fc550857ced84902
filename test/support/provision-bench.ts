import { randomUUID } from 'node:crypto';
import {
  Client,
  Connection,
  WorkflowFailedError,
  type ApplicationFailure,
  type WorkflowHandle,
} from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, inject } from 'vitest';
import { createActivities, type WatchLink } from '../../src/activities/index.js';
import type { ProvisionInput } from '../../src/contract/input.js';
import { PROVISION_WORKFLOW_TYPE, stateQuery, type ProvisionState } from '../../src/contract/messages.js';
import type { FailureDetails, ProvisionResult } from '../../src/contract/result.js';
import { createTestKit, type FaultEffect, type TestKit, type TestKitOptions } from '../../src/testing/index.js';
import { provisionVpcEndpoint } from '../../src/workflows/index.js';
import { SkippingWorkflowClient } from './virtual-time.js';

/** A request that is complete and right. */
export const REQUEST = {
  RegionId: 'cn-huhehaote',
  VpcId: 'vpc-1',
  ServiceId: 'epsrv-1',
  EndpointName: 'orders',
  SecurityGroupId: ['sg-1'],
  Zone: [{ ZoneId: 'cn-huhehaote-b', VSwitchId: 'vsw-1' }],
} as const;

/** Its service, which serves the zone of the request in whatever region a test works in. */
const SERVICE = { ServiceId: REQUEST.ServiceId, Zones: [REQUEST.Zone[0].ZoneId] };

/** One worker and one twin for the tests of a file, on the shared dev server. */
export interface ProvisionBench extends TestKit {
  readonly connection: Connection;
  /** Real time. */
  readonly client: Client;
  /** Every wait is skipped. */
  readonly skipping: SkippingWorkflowClient;
  readonly taskQueue: string;
  close(): Promise<void>;
}

/** Start a worker on the server of the lane. */
export function openBench(options: BenchOptions = {}): Promise<ProvisionBench> {
  return openBenchOn({ address: inject('temporalAddress'), codePath: inject('workflowBundlePath') }, options);
}

/** Each workflow test runs in both: a replay of every task shows what is not deterministic. */
export const CACHE_MODES = [
  { name: 'with the workflow cache', cache: {} },
  { name: 'with every task replayed', cache: { maxCachedWorkflows: 0 } },
] as const;

/**
 * Without a cache many runs at once stood still for seconds at a time: 48 s for fifteen of them, and 4 s with this. The
 * likely reason: tasks that the worker takes and has no room for time out, while those left at the server just wait.
 */
const ONE_TASK_AT_A_TIME = { maxConcurrentWorkflowTaskExecutions: 1, maxConcurrentWorkflowTaskPolls: 1 } as const;

/** A bench for the tests of the enclosing `describe`: open from their `beforeAll` on, closed after them. */
export function useBench(options: BenchOptions = {}): ProvisionBench {
  const bench = {} as ProvisionBench;
  beforeAll(async () => {
    Object.assign(bench, await openBench(options));
  });
  afterAll(() => bench.close());
  return bench;
}

type BenchOptions = TestKitOptions & {
  maxCachedWorkflows?: number;
  /** Activities on another API than that of the twin in this process. */
  activities?: TestKit['activities'];
  /** Who tells runs whether they are watched; no run is when left out. */
  watch?: Pick<WatchLink, 'expect'>;
};

/** Start a worker on a server with virtual time, on a task queue of its own. */
export async function openBenchOn(
  { address, codePath }: { address: string; codePath: string },
  options: BenchOptions = {},
): Promise<ProvisionBench> {
  const { maxCachedWorkflows, activities, watch, ...kitOptions } = options;
  const kit = createTestKit({ ...kitOptions, settings: { services: [SERVICE], ...kitOptions.settings } });
  const taskQueue = `bench-${randomUUID()}`;
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowBundle: { codePath },
    activities: activities ?? (watch === undefined ? kit.activities : watchedActivities(kit, watch)),
    ...(maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows }),
    ...(maxCachedWorkflows === 0 ? ONE_TASK_AT_A_TIME : {}),
  });
  const running = worker.run();
  return {
    ...kit,
    connection,
    client: new Client({ connection }),
    skipping: new SkippingWorkflowClient({ connection }),
    taskQueue,
    close: async () => {
      kit.twin.close();
      worker.shutdown();
      await running;
      await native.close();
      await connection.close();
    },
  };
}

/** Activities of runs that may be watched. */
function watchedActivities({ privateLink }: TestKit, watch: Pick<WatchLink, 'expect'>): TestKit['activities'] {
  return createActivities({
    privateLink: () => privateLink,
    accountTaskQueue: (taskQueue) => taskQueue,
    findEarlierRuns: async () => ({ inDoubt: false }),
    watchTaskQueue: (taskQueue) => taskQueue,
    watch,
  });
}

/** A workflow id that no other test has. */
export function newId(): string {
  return `test/${randomUUID()}`;
}

/** Run a provision to its end, skipping every wait. */
export async function provision(bench: ProvisionBench, input: unknown, workflowId = newId()): Promise<ProvisionResult> {
  return bench.skipping.execute(provisionVpcEndpoint, {
    workflowId,
    taskQueue: bench.taskQueue,
    args: [input as ProvisionInput],
  });
}

/** Run a provision that must fail, and return its failure. */
export async function failedProvision(bench: ProvisionBench, input: unknown, workflowId = newId()) {
  return failureOf(provision(bench, input, workflowId));
}

/** The typed failure that a run ends with. */
export async function failureOf(result: Promise<unknown>) {
  try {
    await result;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const failure = error.cause as ApplicationFailure;
    return { type: failure.type, message: failure.message, details: failure.details?.[0] as FailureDetails };
  }
  throw new Error('The run ended well');
}

/** Start a provision in real time. */
export async function startProvision(bench: ProvisionBench, input: unknown, workflowId = newId()) {
  return bench.client.workflow.start<typeof provisionVpcEndpoint>(PROVISION_WORKFLOW_TYPE, {
    workflowId,
    taskQueue: bench.taskQueue,
    args: [input as ProvisionInput],
  });
}

/**
 * The state of a run once its pause is in the history. The query alone is not enough: on a machine under load it said
 * "parked", and an update right behind it was still validated against the task before.
 */
export async function untilParked(handle: WorkflowHandle<typeof provisionVpcEndpoint>): Promise<ProvisionState> {
  return eventually('the run is parked', async () => {
    const state = await handle.query(stateQuery);
    const { events } = await handle.fetchHistory();
    const timers = (events ?? []).map(
      ({
        timerStartedEventAttributes: started,
        timerFiredEventAttributes: fired,
        timerCanceledEventAttributes: off,
      }) => (started ? 1 : (fired ?? off) ? -1 : 0),
    );
    return state.phase === 'parked' && timers.reduce<number>((sum, change) => sum + change, 0) > 0 && state;
  });
}

/**
 * The state of a run in a phase, once no workflow task is under way. The query alone is not enough: it may answer from events
 * that no task has taken in yet, and a cancellation or an update right behind it then comes into the task before.
 */
export async function inPhase(
  handle: Pick<WorkflowHandle, 'query' | 'describe'>,
  phase: ProvisionState['phase'],
): Promise<ProvisionState> {
  return eventually(`the run is ${phase}`, async () => {
    const state = await handle.query(stateQuery);
    const { raw } = await handle.describe();
    return state.phase === phase && raw.pendingWorkflowTask == null && state;
  });
}

/** Endpoints that the twin made for one workflow id. */
export function endpointsOf(bench: ProvisionBench, workflowId: string): string[] {
  return bench.twin.journal.endpointsMade({ Key: 'durable-privatelink-workflow', Value: workflowId });
}

/** Client tokens of the create calls for one workflow id, in order. */
export function tokensOf(bench: ProvisionBench, workflowId: string): string[] {
  return bench.twin.journal.requests
    .filter(
      ({ action, parameters }) =>
        action === 'CreateVpcEndpoint' && Object.values(parameters).some((value) => value === workflowId),
    )
    .map(({ parameters }) => parameters['ClientToken'] ?? '(none)');
}

let scenarios = 0;

/** A request in a region of its own, so that faults and counts of one test do not touch another. */
export function scenario(bench: ProvisionBench) {
  scenarios += 1;
  const RegionId = `cn-test-${process.pid}-${scenarios}`;
  const workflowId = newId();
  const request = { ...REQUEST, RegionId };
  return {
    workflowId,
    request,
    /** Let something go wrong with the next calls of an action in this region. */
    fault: (action: string, effect: FaultEffect, times: number | 'always' = 1) =>
      bench.twin.faults.add({ action, parameters: { RegionId }, times, effect }),
    /** How often an action was called in this region. */
    calls: (action: string) =>
      bench.twin.journal.requests.filter((call) => call.action === action && call.parameters['RegionId'] === RegionId)
        .length,
    endpoints: () => bench.twin.engine.inspect().filter((endpoint) => endpoint.RegionId === RegionId),
    tokens: () => tokensOf(bench, workflowId),
  };
}

/** Wait until something holds, looking often; for what only real time brings about. */
export async function eventually<Value>(
  what: string,
  look: () => Value | undefined | false | Promise<Value | undefined | false>,
  withinMs = 20_000,
): Promise<Value> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
