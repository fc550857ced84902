import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SharedRunLists } from '../../src/activities/shared-run-lists.js';
import { canBeListed } from '../../src/activities/visibility.js';
import type { DevServer } from '../../src/temporal/dev-server.js';
import { findTemporalBinary } from '../../src/temporal/find-binary.js';
import { callTime } from '../support/call-time.js';
import { until } from '../support/program-process.js';
import { startServer } from '../support/start-server.js';

let server: DevServer;
let connection: Connection;
let client: Client;

beforeAll(async () => {
  const { path: binary } = await findTemporalBinary('temporal', { env: process.env });
  server = await startServer({ binary, env: process.env });
  connection = await Connection.connect({ address: server.address });
  client = new Client({ connection });
});
afterAll(async () => {
  await connection.close();
  await server.stop();
});

it('visibility answers a question for many workflow ids as it answers one for each', async () => {
  const runs = new Map<string, string[]>([['never-started', []]]);
  for (const id of ['order-1', "it's", 'cn-a/vpc,(1):%#$1', "x') OR WorkflowId IN ('order-1", 'order-1']) {
    expect(canBeListed(id)).toBe(true);
    const handle = await client.workflow.start('nobody', { workflowId: id, taskQueue: 'nobody' });
    await handle.terminate('only its record counts');
    runs.set(id, [handle.firstExecutionRunId, ...(runs.get(id) ?? [])]);
  }
  const time = callTime();
  const lists = new SharedRunLists(time.clock);
  const runIds = async (id: string) => {
    const found: string[] = [];
    for await (const run of lists.runsOf(client, id)) found.push(run.runId);
    return found;
  };
  await until('all are visible', async () => (await client.workflow.count()).count === 5);
  // The first of a quiet time is asked for by itself.
  const alone = await runIds('order-1');
  expect(alone).toEqual(runs.get('order-1'));
  const together = [...runs.keys()].map(runIds);
  await time.pass(1_000);
  expect(await Promise.all(together)).toEqual([...runs.values()]);
});
