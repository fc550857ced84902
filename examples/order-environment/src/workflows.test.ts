import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import {
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  WorkflowFailedError,
  type WorkflowHandleWithFirstExecutionRunId,
} from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import { DEFAULT_TASK_QUEUE } from 'durable-privatelink/contract';
import { createTestKit, type TestKit } from 'durable-privatelink/testing';
import {
  order,
  orderEnvironment,
  orderEnvironmentByNotice,
  orderFulfilledSignal,
  type OrderEnvironmentInput,
} from './workflows.js';

let environment: TestWorkflowEnvironment;
let theirs: WorkflowBundle;
let ours: WorkflowBundle;

before(async () => {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger, telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } } });
  // The SDK downloads its test server, unless this variable names one.
  const path = process.env['TEMPORAL_TEST_SERVER_PATH'];
  environment = await TestWorkflowEnvironment.createTimeSkipping(
    path === undefined ? {} : { server: { executable: { type: 'existing-path', path } } },
  );
  const bundle = (url: string) => bundleWorkflowCode({ workflowsPath: fileURLToPath(url), logger });
  theirs = await bundle(import.meta.resolve('durable-privatelink/workflows'));
  ours = await bundle(import.meta.resolve('./workflows.js'));
});
after(() => environment.teardown());

const request = {
  RegionId: 'cn-huhehaote',
  VpcId: 'vpc-orders',
  ServiceId: 'epsrv-payments',
  SecurityGroupId: ['sg-orders'],
  Zone: [{ ZoneId: 'cn-huhehaote-b', VSwitchId: 'vsw-orders' }],
};

/** Start one of our workflows beside a worker that does for a twin what `pvlctl worker` does for the cloud. */
async function start<Result>(
  kit: TestKit,
  workflow: typeof orderEnvironment,
  { orderId, change = {} }: { orderId: string; change?: Partial<OrderEnvironmentInput['request']> },
  follow: (handle: WorkflowHandleWithFirstExecutionRunId<typeof orderEnvironment>) => Promise<Result>,
): Promise<Result> {
  const shared = { connection: environment.nativeConnection };
  const privateLinkWorker = await Worker.create({
    ...shared,
    taskQueue: DEFAULT_TASK_QUEUE,
    workflowBundle: theirs,
    activities: kit.activities,
  });
  const worker = await Worker.create({ ...shared, taskQueue: 'orders', workflowBundle: ours });
  const started = async () => {
    const handle = await environment.client.workflow.start(workflow, {
      workflowId: `order/${orderId}`,
      taskQueue: 'orders',
      args: [{ orderId, request: { ...request, ...change } }],
    });
    return follow(handle);
  };
  return privateLinkWorker.runUntil(worker.runUntil(started));
}

/** Run one to its end. */
const run = (
  kit: TestKit,
  workflow: typeof orderEnvironment,
  orderId: string,
  change: Partial<OrderEnvironmentInput['request']> = {},
) => start(kit, workflow, { orderId, change }, (handle) => handle.result());

/** Look again and again. Time stands still on the test server until somebody waits for a result. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let looks = 0; !(await holds()); looks++) {
    assert(looks < 1_000, 'It never came to this');
    await pause(20);
  }
}

/** Cancel an order once its endpoint is made and before it is ready. */
const cancelWhileCreating = (kit: TestKit, workflow: typeof orderEnvironment, orderId: string) =>
  start(kit, workflow, { orderId }, async (handle) => {
    await until(() => kit.twin.engine.inspect().length === 1);
    await handle.cancel();
    await assert.rejects(handle.result(), isCancelled);
  });

const isCancelled = (error: unknown) => error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure;

/** An endpoint that is never ready by itself. */
const NEVER_ACTIVE = { settings: { timeToActive: { afterReads: 1_000_000 } } };

test('an order gets its endpoint', async () => {
  const kit = createTestKit();
  const result = await run(kit, orderEnvironment, 'o-1');
  assert.equal(result.state, 'ready');
  assert.deepEqual(
    kit.twin.engine.inspect().map(({ EndpointId, EndpointStatus }) => [EndpointId, EndpointStatus]),
    [[result.endpointId, 'Active']],
  );
});

test('an order gets one endpoint when the answer to the create call is lost', async () => {
  const kit = createTestKit({ faults: [{ action: 'CreateVpcEndpoint', effect: { kind: 'loseResponse' } }] });
  const result = await run(kit, orderEnvironment, 'o-2');
  assert.equal(result.state, 'ready');
  assert.equal(kit.twin.engine.inspect().length, 1);
});

test('an order waits for a quota that stays used up for two hours', async () => {
  const effect = { kind: 'code', code: 'QuotaMisMatched' } as const;
  const kit = createTestKit({ faults: [{ action: 'CreateVpcEndpoint', times: 'always', effect }] });
  const result = await run(kit, orderEnvironment, 'o-3');
  assert.equal(result.state, 'waitingForQuota');
  assert.equal(kit.twin.engine.inspect().length, 0);
});

test('an order that is notified gets its endpoint too', async () => {
  const result = await run(createTestKit(), orderEnvironmentByNotice, 'o-4');
  assert.equal(result.state, 'ready');
});

test('an order that is notified hears why there is no endpoint', async () => {
  const kit = createTestKit({ settings: { missing: ['vpc-missing'] } });
  await assert.rejects(run(kit, orderEnvironmentByNotice, 'o-5', { VpcId: 'vpc-missing' }), (error) => {
    assert(error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure);
    return error.cause.type === 'RequestRejected';
  });
});

for (const [number, workflow] of [orderEnvironment, orderEnvironmentByNotice].entries()) {
  test(`an order that is cancelled before its endpoint is ready leaves none: ${workflow.name}`, async () => {
    const kit = createTestKit(NEVER_ACTIVE);
    await cancelWhileCreating(kit, workflow, `o-6-${number}`);
    assert.equal(kit.twin.journal.endpointsMade().length, 1);
    assert.equal(kit.twin.engine.inspect().length, 0);
  });
}

test('an order that is notified hears of an input that is wrong', async () => {
  await assert.rejects(run(createTestKit(), orderEnvironmentByNotice, 'o-7', { SecurityGroupId: [] }), (error) => {
    assert(error instanceof WorkflowFailedError && error.cause instanceof ChildWorkflowFailure);
    return error.cause.cause instanceof ApplicationFailure && error.cause.cause.type === 'InvalidInput';
  });
});

test('an order that is fulfilled keeps its endpoint', async () => {
  const kit = createTestKit();
  const result = await start(kit, order, { orderId: 'o-8' }, async (handle) => {
    await handle.signal(orderFulfilledSignal);
    return handle.result();
  });
  assert.equal(result.state, 'ready');
  assert.equal(kit.twin.engine.inspect().length, 1);
});

test('an order that is cancelled later removes its endpoint', async () => {
  const kit = createTestKit({ settings: { timeToActive: { afterReads: 0 } } });
  await start(kit, order, { orderId: 'o-9' }, async (handle) => {
    const provision = environment.client.workflow.getHandle('order/o-9/endpoint');
    await until(async () => (await provision.describe().catch(() => undefined))?.status.name === 'COMPLETED');
    assert.equal(kit.twin.engine.inspect().length, 1);
    await handle.cancel();
    await assert.rejects(handle.result(), isCancelled);
  });
  assert.equal(kit.twin.engine.inspect().length, 0);
});
