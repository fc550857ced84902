import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workerEnvironment } from '../../src/cli/stack-environment.js';
import { startWorkerProcess, type WorkerProcess } from '../../src/cli/worker-process.js';
import { ownerTags } from '../../src/model/owner-tags.js';
import type { PrivateLinkApi } from '../../src/privatelink/port.js';
import { startSimulator, type Simulator } from '../../src/simulator/index.js';
import { startDevServer, type DevServer } from '../../src/temporal/dev-server.js';
import { findTemporalBinary } from '../../src/temporal/find-binary.js';
import { openAccounts } from '../../src/worker/cloud-accounts.js';
import { startCommand, startProgram } from '../support/program-process.js';
import { eventually } from '../support/provision-bench.js';

const RegionId = 'cn-huhehaote';
const REQUEST = {
  RegionId,
  VpcId: 'vpc-1',
  ServiceId: 'epsrv-1',
  EndpointName: 'orders',
  SecurityGroupId: ['sg-1'],
  Zone: [{ ZoneId: 'cn-huhehaote-b', VSwitchId: 'vsw-1' }],
};

/** The commands of the page, as it shows them, without the part that finds the binary. */
function commandsOf(page: string): readonly string[] {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^npm run temporal -- (schedule .+)$/gm)].map(([, command = '']) => command);
}

describe('the sweep for orphans, with a real server, the built worker and the built command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pvl-orphans-'));
  const requestFile = join(folder, 'request.json');
  let binary: string;
  let server: DevServer;
  let twin: Simulator;
  let worker: WorkerProcess;
  let privateLink: PrivateLinkApi;

  beforeAll(async () => {
    writeFileSync(requestFile, JSON.stringify({ request: REQUEST }));
    binary = (await findTemporalBinary('temporal', { env: process.env })).path;
    server = await startDevServer({ binary, env: process.env });
    // The cloud's clock is behind, so that an endpoint is old enough as soon as it is made.
    twin = await startSimulator({
      now: () => Date.now() - 3_600_000,
      settings: { timeToActive: { afterReads: 1 }, deleteMs: 0, zoneRemovalMs: 0 },
    });
    const addresses = { temporalAddress: server.address, namespace: 'default', twinUrl: twin.url };
    worker = await startWorkerProcess({
      env: workerEnvironment(process.env, addresses, {}),
      workerFile: fileURLToPath(new URL('../../lib/worker.js', import.meta.url)),
    });
    const options = { timeoutMs: 10_000, userAgent: 'test' };
    const accounts = await openAccounts({ kind: 'twin', url: twin.url }, ['default'], options);
    privateLink = accounts.privateLink('default', RegionId);
  });
  afterAll(async () => {
    await worker.kill('SIGTERM');
    await Promise.all([server.stop(), twin.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const surroundings = () => ({
    cwd: folder,
    env: { HOME: folder, PATH: process.env['PATH'], TEMPORAL_ADDRESS: server.address },
  });
  const temporal = (...args: string[]) => startCommand(binary, args, surroundings()).ended;
  const pvlctl = (...args: string[]) =>
    startProgram(fileURLToPath(new URL('../../lib/cli/main.js', import.meta.url)), args, surroundings()).ended;
  const sweep = (...more: string[]) => pvlctl('orphans', '--region', RegionId, '-o', 'json', ...more);
  const exists = (id: string) => twin.engine.inspect().some(({ EndpointId }) => EndpointId === id);

  /** An endpoint with our tags that no run made. */
  async function orphan(workflowId: string): Promise<string> {
    const Tag = ownerTags({ installation: 'default', workflowId }).map(({ Key, Value }) => ({ Key, Value }));
    return (await privateLink.createVpcEndpoint({ ...REQUEST, Tag })).EndpointId;
  }

  it('is scheduled and triggered by the commands of the page', async () => {
    const EndpointId = await orphan('never-started');
    const commands = commandsOf('orphans.md');
    expect(commands.map((command) => command.split(' ')[1])).toEqual(['create', 'trigger']);
    for (const command of commands) {
      const { code, stderr } = await startCommand('sh', ['-c', `"${binary}" ${command}`], surroundings()).ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
    const workflowId = await eventually('the schedule started a sweep', async () => {
      const { stdout } = await temporal('workflow', 'list', '--query', 'WorkflowType="findOrphans"', '-o', 'json');
      return (JSON.parse(stdout) as { execution: { workflowId: string } }[])[0]?.execution.workflowId;
    });
    expect(workflowId).toMatch(/^orphans\/default\/cn-huhehaote-\d{4}-/);
    const { code, stdout } = await temporal('workflow', 'result', '--workflow-id', workflowId, '-o', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'COMPLETED',
      result: { RegionId, installation: 'default', orphans: [{ EndpointId, workflowId: 'never-started' }] },
    });
  });

  it('is found, adopted and found no more', async () => {
    const EndpointId = await orphan('order-17');
    const found = await sweep();
    expect(found.code).toBe(11);
    expect(JSON.parse(found.stdout)).toMatchObject({ totals: { orphans: 2 } });
    const adopted = await sweep('--adopt', EndpointId, '-f', requestFile);
    expect(adopted.code, adopted.stderr).toBe(0);
    expect(JSON.parse(adopted.stdout)).toMatchObject({
      workflowId: 'order-17',
      outcome: 'adopted',
      endpoint: { EndpointId },
    });
    expect((await sweep('--adopt', EndpointId, '-f', requestFile)).code).toBe(6);
    expect((await sweep('--remove', EndpointId)).code).toBe(6);
    expect(exists(EndpointId)).toBe(true);
  });

  it('is left as it is where the request does not fit', async () => {
    const EndpointId = await orphan('order-18');
    const other = join(folder, 'other.json');
    writeFileSync(other, JSON.stringify({ request: { ...REQUEST, VpcId: 'vpc-2' } }));
    const { code, stdout } = await sweep('--adopt', EndpointId, '-f', other);
    expect(code).toBe(6);
    expect(JSON.parse(stdout)).toMatchObject({ error: { type: 'EndpointDiffers' } });
    expect(exists(EndpointId)).toBe(true);
  });

  it('is removed by its id, and only then', async () => {
    const EndpointId = await orphan('order-19');
    const removed = await sweep('--remove', EndpointId);
    expect(removed.code, removed.stderr).toBe(0);
    expect(JSON.parse(removed.stdout)).toMatchObject({ outcome: 'deleted', EndpointId });
    expect(exists(EndpointId)).toBe(false);
    expect((await sweep('--remove', EndpointId)).code).toBe(6);
  });
});
