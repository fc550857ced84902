import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import type { Priority } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ProvisioningClient } from '../../src/client/index.js';
import { startDevServer, type DevServer } from '../../src/temporal/dev-server.js';
import { findTemporalBinary } from '../../src/temporal/find-binary.js';
import { createTestKit } from '../../src/testing/index.js';
import { bundleToFile, type BundleFile } from '../support/bundle-workflows.js';
import { until } from '../support/program-process.js';

let bundle: BundleFile;
let binary: string;
const servers: DevServer[] = [];

beforeAll(async () => {
  const log = (line: string) => process.stderr.write(`${line}\n`);
  ({ path: binary } = await findTemporalBinary('temporal', { env: process.env, log }));
  bundle = await bundleToFile(new URL('../../src/workflows/index.ts', import.meta.url));
});
afterAll(async () => {
  await Promise.all([bundle.remove(), ...servers.map((server) => server.stop())]);
});

/** Over the usual four partitions of a queue the order is kept only roughly. */
const ONE_PARTITION = ['matching.numTaskqueueReadPartitions=1', 'matching.numTaskqueueWritePartitions=1'];

interface QueuedRun {
  readonly name: string;
  readonly priority?: Priority;
}

/**
 * Queue the create calls of runs behind one that occupies the only slot, in the order given, then let them go.
 *
 * @returns Names of the runs in the order in which their create calls began, and the priority that each call carried.
 */
async function orderOfCreates(dynamicConfig: readonly string[], runs: readonly QueuedRun[]) {
  const server = await startDevServer({ binary, env: process.env, dynamicConfig });
  servers.push(server);
  const kit = createTestKit({ settings: { timeToActive: { afterReads: 1 } } });
  const begun: { name: string; priority: Priority | undefined }[] = [];
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const native = await NativeConnection.connect({ address: server.address });
  const worker = await Worker.create({
    connection: native,
    taskQueue: 'privatelink',
    workflowBundle: { codePath: bundle.path },
    maxConcurrentActivityTaskExecutions: 1,
    activities: {
      ...kit.activities,
      createEndpoint: async (...args: Parameters<typeof kit.activities.createEndpoint>) => {
        const { workflowExecution, priority } = Context.current().info;
        begun.push({ name: workflowExecution?.workflowId ?? '', priority });
        // The engine takes an attempt that does not beat for lost.
        const beating = setInterval(() => Context.current().heartbeat(), 500);
        await gate;
        clearInterval(beating);
        return kit.activities.createEndpoint(...args);
      },
    },
  });
  const running = worker.run();
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection });
  const provisioning = new ProvisioningClient({ client, onWarning: () => undefined });
  try {
    for (const { name, priority } of [{ name: 'first' }, ...runs] as readonly QueuedRun[]) {
      const input = {
        request: {
          RegionId: 'cn-huhehaote',
          VpcId: 'vpc-1',
          ServiceId: 'epsrv-1',
          EndpointName: name,
          SecurityGroupId: ['sg-1'],
          Zone: [{ ZoneId: 'cn-huhehaote-b', VSwitchId: 'vsw-1' }],
        },
      };
      await provisioning.start(input, { workflowId: name, ...(priority === undefined ? {} : { priority }) });
      await until(`the create call of ${name} is queued`, async () => {
        const { raw } = await client.workflow.getHandle(name).describe();
        return (raw.pendingActivities ?? []).length > 0;
      });
    }
    await until('the first one has the slot', () => begun.length === 1);
    open();
    await Promise.all(runs.map(({ name }) => provisioning.result(name)));
    return { names: begun.slice(1).map(({ name }) => name), begun };
  } finally {
    worker.shutdown();
    await running;
    await native.close();
    await connection.close();
    kit.twin.close();
  }
}

const many = (name: string, count: number, priority: Priority): QueuedRun[] =>
  Array.from({ length: count }, (_, index) => ({ name: `${name}-${index}`, priority }));

test('a run without a priority overtakes those of a bulk that queue before it, and activities inherit', async () => {
  const bulk = many('bulk', 6, { priorityKey: 4 });
  const { names, begun } = await orderOfCreates(ONE_PARTITION, [...bulk, { name: 'by-hand' }]);
  expect(names).toEqual(['by-hand', ...bulk.map(({ name }) => name)]);
  expect(begun.find(({ name }) => name === 'bulk-0')?.priority).toMatchObject({ priorityKey: 4 });
});

test('with fairness switched on in the server, few requests of one tenant do not wait for many of another', async () => {
  const runs = [
    ...many('large', 9, { priorityKey: 4, fairnessKey: 'large' }),
    ...many('small', 3, { priorityKey: 4, fairnessKey: 'small' }),
  ];
  const { names } = await orderOfCreates([...ONE_PARTITION, 'matching.enableFairness=true'], runs);
  expect(names).toHaveLength(12);
  // They take turns, although all of the one tenant queued before the first of the other.
  expect(names.slice(0, 6).filter((name) => name.startsWith('small'))).toEqual(['small-0', 'small-1', 'small-2']);
});
