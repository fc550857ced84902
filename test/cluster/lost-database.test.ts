import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { afterAll, afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { startLocalStack, type LocalStack } from '../../src/cli/local-stack.js';
import { ProvisioningClient } from '../../src/client/index.js';
import { WORKFLOW_TAG } from '../../src/model/owner-tags.js';
import { until } from '../support/program-process.js';
import { startServer } from '../support/start-server.js';
import type {} from './support/global-setup.js';
import { killPostgresql, startPostgresql } from './support/postgresql.js';

const RUNS = 50;
const LATER_MS = 3_600_000;

/** What a cluster can lose and a dev server has not got: its database. */
describe('fifty runs in flight', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pvl-lost-database-'));
  let stack: LocalStack;
  let connection: Connection;
  let client: ProvisioningClient;

  const postgresql = () => {
    const cluster = inject('cluster');
    if (cluster === undefined) throw new Error('Run by npm run test:cluster');
    return cluster.postgresql;
  };

  beforeEach(async () => {
    stack = await startLocalStack({
      startServer,
      dbFilename: join(folder, `state-${Math.random()}`),
      logDirectory: folder,
      timeToActive: { afterMs: LATER_MS },
      // Ten creates a second: a kill finds some of them made, and some to come.
      workerEnv: { PVL_CREATES_PER_MINUTE: '600', PVL_READS_PER_MINUTE: '10000' },
      workerFile: fileURLToPath(new URL('../../lib/worker.js', import.meta.url)),
      log: (text) => process.stderr.write(`${text}\n`),
    });
    connection = await Connection.connect({ address: stack.temporal.address });
    client = new ProvisioningClient({ client: new Client({ connection }), onWarning: () => undefined });
  });
  afterEach(async () => {
    await connection.close();
    await stack.stop();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const startAll = () =>
    Promise.all(
      Array.from({ length: RUNS }, async (_, index) => {
        const { workflowId } = await client.start({
          request: {
            RegionId: 'cn-lost',
            VpcId: 'vpc-1',
            ServiceId: 'epsrv-1',
            EndpointName: `lost-${index}`,
            SecurityGroupId: ['sg-1'],
          },
        });
        return workflowId;
      }),
    );
  const creates = () => stack.twin.journal.countOf('CreateVpcEndpoint');

  async function expectOneEndpointEach(workflowIds: readonly string[]): Promise<void> {
    stack.twin.advance(LATER_MS);
    const results = await Promise.all(workflowIds.map((id) => client.result(id)));
    for (const [index, { endpoint }] of results.entries()) {
      expect(endpoint?.EndpointStatus).toBe('Active');
      const made = stack.twin.journal.endpointsMade({ Key: WORKFLOW_TAG, Value: workflowIds[index] ?? '' });
      expect(made).toEqual([endpoint?.EndpointId]);
    }
    expect(new Set(results.map(({ endpoint }) => endpoint?.EndpointId)).size).toBe(RUNS);
  }

  it('have one endpoint each when server and database are killed in the wait', async () => {
    const ids = await startAll();
    await until('all are created', () => creates() === RUNS);
    await Promise.all([stack.server.kill(), killPostgresql(postgresql())]);
    await startPostgresql(postgresql());
    await stack.server.restart();
    await expectOneEndpointEach(ids);
  }, 300_000);

  it('have one endpoint each when the database is killed among their creates, and comes back', async () => {
    const ids = await startAll();
    await until('some are created', () => creates() > 0);
    await killPostgresql(postgresql());
    // Not all had been: those that were under way could not say how they ended.
    expect(creates()).toBeLessThan(RUNS);
    await startPostgresql(postgresql());
    await until('the rest are created', () => creates() >= RUNS);
    await expectOneEndpointEach(ids);
  }, 300_000);
});
