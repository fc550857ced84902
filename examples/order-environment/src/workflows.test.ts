import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import { DEFAULT_TASK_QUEUE } from 'durable-privatelink/contract';
import { createTestKit, type TestKit } from 'durable-privatelink/testing';
import { orderEnvironment, orderEnvironmentByNotice, type OrderEnvironmentInput } from './workflows.js';

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

/** Run one of our workflows beside a worker that does for a twin what `pvlctl worker` does for the cloud. */
async function run(
  kit: TestKit,
  workflow: typeof orderEnvironment,
  orderId: string,
  change: Partial<OrderEnvironmentInput['request']> = {},
) {
  const shared = { connection: environment.nativeConnection };
  const privateLinkWorker = await Worker.create({
    ...shared,
    taskQueue: DEFAULT_TASK_QUEUE,
    workflowBundle: theirs,
    activities: kit.activities,
  });
  const worker = await Worker.create({ ...shared, taskQueue: 'orders', workflowBundle: ours });
  return privateLinkWorker.runUntil(
    worker.runUntil(
      environment.client.workflow.execute(workflow, {
        workflowId: `order/${orderId}`,
        taskQueue: 'orders',
        args: [{ orderId, request: { ...request, ...change } }],
      }),
    ),
  );
}

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
