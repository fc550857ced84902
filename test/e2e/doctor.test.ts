import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Check } from '../../src/cli/doctor/check.js';
import { startLocalStack, type LocalStack } from '../../src/cli/local-stack.js';
import { findTemporalBinary } from '../../src/temporal/find-binary.js';
import { chooseFreePort } from '../../src/temporal/free-port.js';
import { startProgram } from '../support/program-process.js';

const LIB = new URL('../../lib/', import.meta.url);
const PVLCTL = fileURLToPath(new URL('cli/main.js', LIB));
const WORKER = fileURLToPath(new URL('worker.js', LIB));
const REQUEST = {
  RegionId: 'cn-huhehaote',
  VpcId: 'vpc-1',
  ServiceId: 'epsrv-1',
  SecurityGroupId: ['sg-1'],
  Zone: [{ ZoneId: 'cn-huhehaote-b', VSwitchId: 'vsw-1' }],
};

interface Report {
  readonly healthy: boolean;
  readonly checks: readonly (Check & { readonly group: string })[];
}

const folder = mkdtempSync(join(tmpdir(), 'pvl-doctor-'));
const file = join(folder, 'request.json');
let stack: LocalStack;
let shifted: Server | undefined;

beforeAll(async () => {
  if (!existsSync(PVLCTL)) throw new Error('lib/ is missing: run `npm run build` first, or `npm run test:e2e`');
  writeFileSync(file, JSON.stringify({ request: REQUEST }));
  stack = await startLocalStack({
    dbFilename: join(folder, 'temporal.db'),
    logDirectory: folder,
    ui: false,
    searchAttributes: false,
    workerFile: WORKER,
    log: (text) => process.stderr.write(`${text}\n`),
  });
});
afterAll(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  shifted?.close();
  shifted = undefined;
});

/** Run `pvlctl doctor -o json` with nothing of our environment but what it needs. */
async function doctor(args: readonly string[] = [], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await startProgram(PVLCTL, ['doctor', '-o', 'json', ...args], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true',
      TEMPORAL_ADDRESS: stack.temporal.address,
      ...env,
    },
  }).ended;
  if (stdout === '') throw new Error(`pvlctl doctor printed nothing, and exited with ${String(code)}: ${stderr}`);
  const { healthy, checks } = JSON.parse(stdout) as Report;
  const find = (group: string, check: string) =>
    checks.find((one) => one.group.startsWith(group) && one.check === check);
  return { code, healthy, checks, find };
}

/** Do as an advice says that ends with a command of Temporal's own tool. */
async function runAdvised(advice: string): Promise<void> {
  const [, command] = /: temporal (operator .*)\.$/.exec(advice) ?? [];
  if (command === undefined) throw new Error(`This advises no command: ${advice}`);
  const { path } = await findTemporalBinary('temporal', { env: process.env });
  await promisify(execFile)(path, command.split(' '));
}

const onTwin = () => ({ PVL_TWIN_URL: stack.twin.url });

/** A cloud whose clock is so far ahead of ours. */
async function cloudAhead(ms: number): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('date', new Date(Date.now() + ms).toUTCString());
    response.end('{}');
  });
  shifted = server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('pvlctl doctor on a stack that runs', () => {
  test('finds nothing that fails: server, workers, credentials and address are there', async () => {
    const { code, healthy, checks, find } = await doctor([], onTwin());
    expect({ code, healthy, failed: checks.filter(({ verdict }) => verdict === 'fail') }).toEqual({
      code: 0,
      healthy: true,
      failed: [],
    });
    expect(find('Temporal server', 'server')?.seen).toMatch(/answers, Temporal \d+\.\d+\.\d+, TLS off/);
    expect(find('Workers', 'workflows')?.verdict).toBe('pass');
    expect(find('Workers', 'account default')?.verdict).toBe('pass');
    expect(find('PrivateLink', 'clock')?.verdict).toBe('pass');
  });

  test('warns of the retention and the search attributes of a dev server, and passes after the commands that it advises', async () => {
    const before = await doctor([], onTwin());
    expect(before.find('Temporal server', 'retention')).toMatchObject({ verdict: 'warn' });
    expect(before.find('Temporal server', 'search attributes')).toMatchObject({ verdict: 'warn' });

    for (const check of ['retention', 'search attributes']) {
      const found = before.find('Temporal server', check);
      await runAdvised(found !== undefined && 'advice' in found ? found.advice : '');
    }
    const after = await doctor([], onTwin());
    expect(after.find('Temporal server', 'retention')).toMatchObject({ verdict: 'pass' });
    expect(after.find('Temporal server', 'search attributes')).toMatchObject({ verdict: 'pass' });
  });

  test('warns of an account that no worker works for', async () => {
    const { code, find } = await doctor(['--account', 'nobody'], onTwin());
    expect(code).toBe(0);
    expect(find('Workers', 'account nobody')).toMatchObject({
      verdict: 'warn',
      seen: expect.stringContaining('privatelink/nobody') as string,
    });
  });

  test('warns of a region that should have queues of its own and that no worker polls', async () => {
    const { code, find } = await doctor([], { ...onTwin(), PVL_REGIONS: 'cn-hangzhou' });
    expect(code).toBe(0);
    expect(find('Workers', 'account default')?.verdict).toBe('pass');
    expect(find('Workers', 'account default in cn-hangzhou')).toMatchObject({
      verdict: 'warn',
      seen: expect.stringContaining('privatelink/default/cn-hangzhou/create') as string,
      advice: expect.stringContaining('PVL_REGIONS') as string,
    });
  });

  test('takes missing credentials for a warning where a worker works for the account', async () => {
    const { code, find } = await doctor([], { PVL_ENDPOINT: stack.twin.url });
    expect(code).toBe(0);
    expect(find('PrivateLink', 'cloud')?.seen).toMatch(/^REAL/);
    expect(find('Credentials', 'account default')?.verdict).toBe('warn');
  });
});

describe('pvlctl doctor where something is wrong', () => {
  test('no server: 69', async () => {
    const env = { ...onTwin(), TEMPORAL_ADDRESS: `127.0.0.1:${await chooseFreePort()}` };
    const { code, find } = await doctor([], env);
    expect(code).toBe(69);
    expect(find('Temporal server', 'server')?.verdict).toBe('fail');
    expect(find('Workers', 'workflows')?.verdict).toBe('skipped');
  });

  test('a missing namespace: 69, and the command that creates it', async () => {
    const { code, find } = await doctor([], { ...onTwin(), TEMPORAL_NAMESPACE: 'elsewhere' });
    expect(code).toBe(69);
    expect(find('Temporal server', 'server')?.verdict).toBe('pass');
    expect(find('Temporal server', 'namespace')).toMatchObject({
      verdict: 'fail',
      advice: expect.stringContaining('temporal operator namespace create --namespace elsewhere') as string,
    });
  });

  test('no credentials for an account that nobody else serves: 4', async () => {
    const { code, find } = await doctor(['--account', 'nobody'], { PVL_ENDPOINT: stack.twin.url });
    expect(code).toBe(4);
    expect(find('Credentials', 'account nobody')?.seen).toContain('the profile "nobody"');
  });

  test('an address that cannot be reached: 69', async () => {
    const { code, find } = await doctor([], { PVL_TWIN_URL: `http://127.0.0.1:${await chooseFreePort()}` });
    expect(code).toBe(69);
    expect(find('PrivateLink', 'address')?.verdict).toBe('fail');
    expect(find('PrivateLink', 'clock')?.verdict).toBe('unknown');
  });

  test.each([
    { aheadMs: 3_600_000, code: 4, verdict: 'fail' },
    { aheadMs: 5 * 60_000, code: 0, verdict: 'warn' },
  ])('a clock that is $aheadMs ms behind: $verdict', async ({ aheadMs, code: wanted, verdict }) => {
    const { code, find } = await doctor([], { PVL_TWIN_URL: await cloudAhead(aheadMs) });
    expect(code).toBe(wanted);
    expect(find('PrivateLink', 'clock')).toMatchObject({ verdict, seen: expect.stringContaining('behind') as string });
  });

  test('settings that cannot be used: 78', async () => {
    expect((await doctor([], { ...onTwin(), PVL_NONSENSE: '1' })).code).toBe(78);
  });
});

describe('pvlctl doctor --probe', () => {
  test('reads, sends one dry run, and creates nothing', async () => {
    const { code, checks } = await doctor(['--probe', '-f', file], onTwin());
    expect(code).toBe(0);
    const probes = checks.filter(({ group }) => group.startsWith('Probe'));
    expect(probes.map(({ verdict }) => verdict)).toEqual(probes.map(() => 'pass'));
    expect(probes.at(-1)).toMatchObject({ check: 'CreateVpcEndpoint (DryRun)', code: 'DryRunOperation' });
    expect(stack.twin.journal.endpointsMade()).toEqual([]);
  });

  test('exits with 4 when a call is denied, and names the action', async () => {
    stack.twin.faults.add({ action: 'CreateVpcEndpoint', effect: { kind: 'code', code: 'NoPermission' } });
    const { code, checks } = await doctor(['--probe', '-f', file], onTwin());
    expect(code).toBe(4);
    expect(checks.find(({ code: of }) => of === 'NoPermission')).toMatchObject({
      denied: { action: 'privatelink:CreateVpcEndpoint' },
    });
  });
});
