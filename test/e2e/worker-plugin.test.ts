import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../src/simulator/index.js';
import { startDevServer, type DevServer } from '../../src/temporal/dev-server.js';
import { findTemporalBinary } from '../../src/temporal/find-binary.js';
import { ProvisioningPlugin } from '../../src/worker-plugin.js';
import '../support/quiet-runtime.js';

const workflowsPath = fileURLToPath(new URL('../support/team-workflows.ts', import.meta.url));
const activities = { welcome: async (name: string) => `Hello ${name}` };

describe("a team's own worker with our plugin", () => {
  let server: DevServer;
  let twin: Simulator;
  let connection: NativeConnection;
  let client: Client;

  beforeAll(async () => {
    const { path } = await findTemporalBinary('temporal', { env: process.env });
    server = await startDevServer({ binary: path, env: process.env });
    twin = await startSimulator({ settings: { timeToActive: { afterMs: 200 } } });
    connection = await NativeConnection.connect({ address: server.address });
    client = new Client({ connection: await Connection.connect({ address: server.address }) });
  }, 60_000);
  afterAll(async () => {
    await client.connection.close();
    await connection.close();
    await twin.close();
    await server.stop();
  });

  const plugin = () => new ProvisioningPlugin({ PVL_TWIN_URL: twin.url });
  const input = (EndpointName: string) => {
    const request = { RegionId: 'cn-team', VpcId: 'vpc-1', ServiceId: 'epsrv-1', SecurityGroupId: ['sg-1'] };
    return { request: { ...request, EndpointName } };
  };
  const orderOn = (taskQueue: string) =>
    client.workflow.execute('setUpOrder', { taskQueue, workflowId: taskQueue, args: ['you', input(taskQueue)] });
  const make = (options: Omit<WorkerOptions, 'taskQueue'>, taskQueue = 'any') =>
    Worker.create({ connection, taskQueue, ...options });

  it('runs its workflows and ours, on one task queue', async () => {
    const worker = await make({ workflowsPath, activities, plugins: [plugin()] }, 'team');
    await expect(worker.runUntil(orderOn('team'))).resolves.toBe('Hello you: Active');
    expect(worker.getState()).toBe('STOPPED');
  });

  it('does so with a bundle that was made beforehand', async () => {
    const given = plugin();
    const workflowBundle = await bundleWorkflowCode({
      workflowsPath,
      plugins: [given],
      logger: new DefaultLogger('ERROR'),
    });
    const worker = await make({ workflowBundle, activities, plugins: [given] }, 'bundled');
    await expect(worker.runUntil(orderOn('bundled'))).resolves.toBe('Hello you: Active');
  });

  it('runs ours alone where there are no others', async () => {
    const worker = await make({ plugins: [plugin()] }, 'alone');
    const run = client.workflow.execute('provisionVpcEndpoint', {
      taskQueue: 'alone',
      workflowId: 'alone',
      args: [input('alone')],
    });
    await expect(worker.runUntil(run)).resolves.toMatchObject({ outcome: 'created' });
  });

  it('is for one worker, with a connection, and no activities of the same names', async () => {
    const used = plugin();
    used.configureWorker({ connection, taskQueue: 'first' });
    await expect(make({ plugins: [used] })).rejects.toThrow('ProvisioningPlugin: one plugin is for one worker');
    const clashing = { parseInput: async () => undefined };
    await expect(make({ activities: clashing, plugins: [plugin()] })).rejects.toThrow('of the same names: parseInput');
    expect(() => plugin().configureWorker({ taskQueue: 'x' })).toThrow('give the worker a connection');
    expect(() => new ProvisioningPlugin({ PVL_WATCH: 'x' })).toThrow('PVL_WATCH: expected');
  });
});
