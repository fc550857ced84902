import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLocalStack, type LocalStack } from '../../src/cli/local-stack.js';
import { startProgram, until, type RunningProgram } from '../support/program-process.js';
import { startServer } from '../support/start-server.js';

const LIB = new URL('../../lib/', import.meta.url);
const PVLCTL = fileURLToPath(new URL('cli/main.js', LIB));
const WORKER = fileURLToPath(new URL('worker.js', LIB));

const REQUESTS = 40;

const folder = mkdtempSync(join(tmpdir(), 'pvl-bulk-'));
let stack: LocalStack;

beforeAll(async () => {
  if (!existsSync(PVLCTL)) throw new Error('lib/ is missing: run `npm run build` first, or `npm run test:e2e`');
  stack = await startLocalStack({
    startServer,
    dbFilename: join(folder, 'temporal.db'),
    logDirectory: folder,
    timeToActive: { afterMs: 500 },
    ui: false,
    workerFile: WORKER,
    // The pace is that of other tests; here it would only take time.
    workerEnv: { PVL_CREATES_PER_MINUTE: '10000' },
    log: (text) => process.stderr.write(`${text}\n`),
  });
});
afterAll(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface ToldLine {
  readonly line: number;
  readonly workflowId: string;
  readonly outcome: string;
  readonly EndpointId?: string;
}

function bulkFile(name: string, count: number): string {
  const lines = Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      request: {
        RegionId: 'cn-huhehaote',
        VpcId: 'vpc-1',
        ServiceId: 'epsrv-1',
        EndpointName: `${name}-${index}`,
        SecurityGroupId: ['sg-1'],
        Zone: [{ ZoneId: 'cn-huhehaote-b', VSwitchId: 'vsw-1' }],
      },
    }),
  );
  const file = join(folder, `${name}.jsonl`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

function start(...args: readonly string[]): RunningProgram {
  const env = { PATH: process.env['PATH'], HOME: folder, TEMPORAL_ADDRESS: stack.temporal.address };
  return startProgram(PVLCTL, ['provision', ...args], { cwd: folder, env });
}

const told = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ToldLine);

const creates = () => stack.twin.journal.requests.filter(({ action }) => action === 'CreateVpcEndpoint').length;

test('a bulk that is interrupted goes on with the same command, and makes each endpoint once', async () => {
  const file = bulkFile('orders', REQUESTS);
  const results = join(folder, 'results.jsonl');
  const args = ['--bulk', file, '--results', results, '--window', '16'];

  const first = start(...args);
  await until('some have ended', () => existsSync(results) && told(readFileSync(results, 'utf8')).length >= 4);
  first.kill('SIGINT');
  const interrupted = await first.ended;
  expect(interrupted).toMatchObject({ code: 130, stdout: '' });
  expect(interrupted.stderr).toMatch(
    /^(?:1 run goes on by itself|\d+ runs go on by themselves); \d+ requests were not started\./m,
  );
  expect(creates()).toBeLessThan(REQUESTS);

  const second = await start(...args).ended;
  expect({ code: second.code, stderr: second.stderr }).toMatchObject({ code: 0 });
  expect(second.stderr).toMatch(/holds \d+ of them as ready, which are skipped\.$/m);
  expect(second.stderr).toContain(`${REQUESTS} of ${REQUESTS} ready`);
  const lines = told(readFileSync(results, 'utf8'));
  expect(lines.map(({ line }) => line).sort((a, b) => a - b)).toEqual(
    Array.from({ length: REQUESTS }, (_, index) => index + 1),
  );
  expect(lines.every(({ outcome }) => outcome === 'ready')).toBe(true);
  expect(new Set(lines.map(({ EndpointId }) => EndpointId)).size).toBe(REQUESTS);
  expect(creates()).toBe(REQUESTS);

  // Without the file of results each run is asked for: it is finished, and nothing is made.
  const third = await start('--bulk', file).ended;
  expect(third.code).toBe(0);
  const again = new Map(told(third.stdout).map(({ workflowId, EndpointId }) => [workflowId, EndpointId]));
  expect(again).toEqual(new Map(lines.map(({ workflowId, EndpointId }) => [workflowId, EndpointId])));
  expect(creates()).toBe(REQUESTS);
});

test('a server that is killed and started again in the middle costs no request', async () => {
  const file = bulkFile('outage', 20);
  const before = creates();
  const running = start('--bulk', file, '--window', '5');
  await until('one has ended', () => running.stdout() !== '');
  await stack.server.kill();
  await stack.server.restart();
  const { code, stdout, stderr } = await running.ended;
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(
    told(stdout)
      .map(({ line }) => line)
      .sort((a, b) => a - b),
  ).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  expect(creates() - before).toBe(20);
});
