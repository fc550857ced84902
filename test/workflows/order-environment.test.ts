import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker, type WorkflowBundle } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
// Types only: outside of its bundle our package is not found under its name.
import type * as orders from '../../examples/order-environment/src/workflows.js';
import { stateQuery, type Phase } from '../../src/contract/messages.js';
import { OUTCOME_MEMO } from '../../src/contract/result.js';
import { DEFAULT_TASK_QUEUE } from '../../src/contract/task-queues.js';
import { WORKFLOW_TAG } from '../../src/model/owner-tags.js';
import { createTestKit, type TestKit } from '../../src/testing/index.js';
import { CACHE_MODES, eventually, REQUEST } from '../support/provision-bench.js';
import { advance, SkippingWorkflowClient } from '../support/virtual-time.js';

const MINUTE_MS = 60_000;

type Order = keyof Pick<typeof orders, 'order' | 'orderEnvironment' | 'orderEnvironmentByNotice'>;
const ENVIRONMENTS = ['orderEnvironment', 'orderEnvironmentByNotice'] as const satisfies readonly Order[];

/** The workflows of examples/order-environment, with our package under its name. */
function bundleExample(): Promise<WorkflowBundle> {
  const source = (room: string) => fileURLToPath(new URL(`../../src/${room}/index.ts`, import.meta.url));
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../examples/order-environment/src/workflows.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
    webpackConfigHook: (config) => ({
      ...config,
      resolve: {
        ...config.resolve,
        alias: Object.assign({}, config.resolve?.alias, { 'durable-privatelink/contract$': source('contract') }),
      },
    }),
  });
}

describe.each(CACHE_MODES)('the orders of examples/order-environment, $name', ({ cache }) => {
  let kit: TestKit;
  let connection: Connection;
  let native: NativeConnection;
  let workers: Worker[];
  let running: Promise<unknown>;

  beforeAll(async () => {
    const address = inject('temporalAddress');
    // More looks than fit into a test in real time.
    kit = createTestKit({ settings: { timeToActive: { afterReads: 15 } } });
    connection = await Connection.connect({ address });
    native = await NativeConnection.connect({ address });
    const ours = { taskQueue: DEFAULT_TASK_QUEUE, workflowBundle: { codePath: inject('workflowBundlePath') } };
    const theirs = { taskQueue: 'orders', workflowBundle: await bundleExample() };
    workers = [
      await Worker.create({ connection: native, ...ours, ...cache, activities: kit.activities }),
      await Worker.create({ connection: native, ...theirs, ...cache }),
    ];
    running = Promise.all(workers.map((worker) => worker.run()));
  });
  afterAll(async () => {
    kit.twin.close();
    for (const worker of workers) worker.shutdown();
    await running;
    await native.close();
    await connection.close();
  });

  /** Start an order for a request of its own. */
  async function start(workflow: Order, time: 'real' | 'skipping' = 'real') {
    const orderId = randomUUID();
    const RegionId = `cn-order-${orderId.slice(0, 8)}`;
    const { workflow: client } = new Client({ connection });
    const starter = time === 'real' ? client : new SkippingWorkflowClient({ connection });
    const handle = await starter.start<typeof orders.order>(workflow, {
      workflowId: `order/${orderId}`,
      taskQueue: 'orders',
      args: [{ orderId, request: { ...REQUEST, RegionId } }],
    });
    const provision = client.getHandle(`order/${orderId}/endpoint`);
    return {
      handle,
      provision,
      made: () => kit.twin.journal.endpointsMade({ Key: WORKFLOW_TAG, Value: provision.workflowId }),
      left: () => kit.twin.engine.inspect().filter((endpoint) => endpoint.RegionId === RegionId),
    };
  }

  const statusOf = (handle: WorkflowHandle) =>
    handle.describe().then(
      ({ status }) => status.name,
      () => 'NOT STARTED',
    );
  const ends = (handle: WorkflowHandle, status: string) =>
    eventually(`${handle.workflowId} ends as ${status}`, async () => (await statusOf(handle)) === status);
  const isIn = (provision: WorkflowHandle, phase: Phase) =>
    eventually(`the provision is ${phase}`, async () => {
      const state = await provision.query(stateQuery).catch(() => undefined);
      return state?.phase === phase;
    });
  /** Let time pass for a run. It ends on the way, which is reported as an error. */
  const passTime = (run: WorkflowHandle) => advance(connection, run.workflowId, 20 * MINUTE_MS).catch(() => undefined);
  const cancelOutcome = async (provision: WorkflowHandle) => (await provision.describe()).memo?.[OUTCOME_MEMO];

  it.each(ENVIRONMENTS)('have an endpoint: %s', async (workflow) => {
    const { handle, made, left } = await start(workflow, 'skipping');
    const result = await handle.result();
    expect(result.state).toBe('ready');
    expect(made()).toEqual(result.state === 'ready' ? [result.endpointId] : []);
    expect(left()).toHaveLength(1);
  });

  it.each(ENVIRONMENTS)('leave no endpoint when they are cancelled before it is ready: %s', async (workflow) => {
    const { handle, provision, made, left } = await start(workflow);
    await isIn(provision, 'waiting');
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(await cancelOutcome(provision)).toEqual({ outcome: 'removed', endpointId: made()[0] });
    expect(left()).toEqual([]);
  });

  it('cancel their provision when they are terminated, where they ask for that', async () => {
    const { handle, provision, made, left } = await start('orderEnvironment');
    await isIn(provision, 'waiting');
    await handle.terminate();
    await isIn(provision, 'cleaningUp');
    await passTime(provision);
    await ends(provision, 'CANCELLED');
    expect(await cancelOutcome(provision)).toEqual({ outcome: 'removed', endpointId: made()[0] });
    expect(left()).toEqual([]);
  });

  it('let their provision go on when they are terminated, where they abandon it', async () => {
    const { handle, provision, left } = await start('orderEnvironmentByNotice');
    await isIn(provision, 'waiting');
    await handle.terminate();
    await passTime(provision);
    await ends(provision, 'COMPLETED');
    expect(left()).toMatchObject([{ EndpointStatus: 'Active' }]);
  });

  it('keep their endpoint once they are fulfilled', async () => {
    const { handle, left } = await start('order', 'skipping');
    await handle.signal('orderFulfilled');
    expect(await handle.result()).toMatchObject({ state: 'ready', endpointId: left()[0]?.EndpointId });
  });

  it('remove their endpoint when they are cancelled later', async () => {
    const { handle, provision, made, left } = await start('order', 'skipping');
    await ends(provision, 'COMPLETED');
    expect(left()).toHaveLength(1);
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(left()).toEqual([]);
    const removal = new Client({ connection }).workflow.getHandle(`deprovision/${String(made()[0])}`);
    expect(await removal.result()).toMatchObject({ outcome: 'deleted' });
  });
});
