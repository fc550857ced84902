import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalStack, type LocalStack } from '../../src/cli/local-stack.js';
import { workerEnvironment } from '../../src/cli/stack-environment.js';
import { startWorkerProcess, type WorkerProcess } from '../../src/cli/worker-process.js';
import { ProvisioningClient } from '../../src/client/index.js';
import { WAIT_ACTIVITY_ID } from '../../src/contract/messages.js';
import { WATCH_ACTIVITY_ID, watchId, type WatchReport } from '../../src/contract/watch.js';
import { until } from '../support/program-process.js';
import { startServer } from '../support/start-server.js';

const RegionId = 'cn-watched';
const RUNS = 20;
const LATER_MS = 3_600_000;
const WORKER_FILE = fileURLToPath(new URL('../../lib/worker.js', import.meta.url));
const SETTINGS = { PVL_WATCH: 'always', PVL_CREATES_PER_MINUTE: '10000', PVL_READS_PER_MINUTE: '10000' };

/** Real processes: what is killed here is killed with SIGKILL. */
describe('a watched region with two worker processes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pvl-watch-'));
  let stack: LocalStack;
  let second: WorkerProcess;
  let connection: Connection;
  let temporal: Client;
  let client: ProvisioningClient;

  beforeAll(async () => {
    stack = await startLocalStack({
      startServer,
      dbFilename: join(folder, 'temporal.db'),
      logDirectory: folder,
      timeToActive: { afterMs: LATER_MS },
      workerEnv: SETTINGS,
      workerFile: WORKER_FILE,
      log: (text) => process.stderr.write(`${text}\n`),
    });
    const { address, namespace } = stack.temporal;
    second = await startWorkerProcess({
      env: workerEnvironment(process.env, { temporalAddress: address, namespace, twinUrl: stack.twin.url }, SETTINGS),
      workerFile: WORKER_FILE,
    });
    connection = await Connection.connect({ address });
    temporal = new Client({ connection });
    client = new ProvisioningClient({ client: temporal, onWarning: () => undefined });
  });
  afterAll(async () => {
    await connection.close();
    await second.kill('SIGTERM');
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What the watcher said last, and the process that watches. */
  async function watcher(): Promise<{ report?: WatchReport; pid?: number; attempt?: number }> {
    try {
      const { raw } = await temporal.workflow.getHandle(watchId('default', RegionId)).describe();
      const watching = raw.pendingActivities?.find(({ activityId }) => activityId === WATCH_ACTIVITY_ID);
      const data = watching?.heartbeatDetails?.payloads?.[0]?.data;
      return {
        ...(data == null ? {} : { report: JSON.parse(Buffer.from(data).toString()) as WatchReport }),
        pid: Number(watching?.lastWorkerIdentity?.split('@')[0]),
        ...(watching?.attempt == null ? {} : { attempt: watching.attempt }),
      };
    } catch {
      return {};
    }
  }

  const start = async (name: string) => {
    const { workflowId } = await client.start({
      request: { RegionId, VpcId: 'vpc-1', ServiceId: 'epsrv-1', EndpointName: name, SecurityGroupId: ['sg-1'] },
    });
    return workflowId;
  };

  /** What the first attempt of the wait of a run said. */
  async function firstLook(workflowId: string): Promise<string> {
    let said = '';
    await until('it has looked', async () => {
      const { raw } = await temporal.workflow.getHandle(workflowId).describe();
      said =
        raw.pendingActivities?.find(({ activityId }) => activityId === WAIT_ACTIVITY_ID)?.lastFailure?.message ?? '';
      return said !== '';
    });
    return said;
  }

  it('loses nothing and makes nothing twice when the one that watches is killed', async () => {
    const ids = [await start('first')];
    await until('it sees', async () => (await watcher()).report?.seesTags === true);
    // What a process has learned of a watcher counts for 5 s, and this one had not seen anything.
    await until('it is relied upon', async () => {
      const id = await start(`early-${ids.length}`);
      ids.push(id);
      return (await firstLook(id)).includes('is watched');
    });
    ids.push(...(await Promise.all(Array.from({ length: RUNS }, (_, index) => start(`n-${index}`)))));
    await until('all are waiting', async () => (await watcher()).report?.pending === ids.length);

    const before = await watcher();
    const isFirst = before.pid === stack.worker.pid;
    expect([stack.worker.pid, second.pid]).toContain(before.pid);
    await (isFirst ? stack.worker.kill('SIGKILL') : second.kill('SIGKILL'));
    stack.twin.advance(LATER_MS);

    const results = await Promise.all(ids.map((id) => client.result(id)));
    expect(new Set(results.map(({ endpoint }) => endpoint?.EndpointId)).size).toBe(ids.length);
    expect(results.every(({ endpoint }) => endpoint?.EndpointStatus === 'Active')).toBe(true);
    expect(stack.twin.journal.countOf('CreateVpcEndpoint')).toBe(ids.length);
    await until('another process watches', async () => {
      const { pid, report } = await watcher();
      return pid !== before.pid && (report?.nudges ?? 0) > 0;
    });
  }, 120_000);
});
