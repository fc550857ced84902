import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalStack, type LocalStack } from '../../src/cli/local-stack.js';
import { cacheDirectory } from '../../src/temporal/binary-cache.js';
import { chooseFreePort } from '../../src/temporal/free-port.js';
import { ask, installPythonPackages } from '../support/install-once.js';
import { startCommand, startProgram, until, type ProgramEnd, type RunningProgram } from '../support/program-process.js';

/* The plugins of examples/plugins, as PVL_PLUGINS gives them to the worker program and to pvlctl. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WORKER_FILE = join(ROOT, 'lib', 'worker.js');
const PVLCTL = join(ROOT, 'lib', 'cli', 'main.js');
const plugin = (name: string) => join(ROOT, 'examples', 'plugins', `${name}.mjs`);

type Settings = Readonly<Record<string, string>>;

/** A stack whose worker has plugins, and a pvlctl for it. */
async function stackWith(settings: Settings) {
  const folder = mkdtempSync(join(tmpdir(), 'pvl-plugins-'));
  const stack: LocalStack = await startLocalStack({
    logDirectory: folder,
    timeToActive: { afterMs: 500 },
    workerFile: WORKER_FILE,
    workerEnv: { PVL_WATCH: 'always', ...settings },
    // What is searched for has to be readable.
    searchAttributes: false,
    log: (text) => process.stderr.write(`${text}\n`),
  });
  const env = { PATH: process.env['PATH'], HOME: folder, TEMPORAL_ADDRESS: stack.temporal.address };
  return {
    stack,
    pvlctl: (args: readonly string[], own: Settings = settings): Promise<ProgramEnd> =>
      startProgram(PVLCTL, args, { cwd: ROOT, env: { ...env, ...own } }).ended,
    stop: async () => {
      await stack.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const PROVISION = ['provision', '-f', 'examples/endpoint.json', '-o', 'json', '--id'];

describe('the encryption of payloads', () => {
  const key = randomBytes(32).toString('base64');
  const settings = { PVL_PLUGINS: plugin('encryption'), PAYLOAD_KEY: key };
  let place: Awaited<ReturnType<typeof stackWith>>;
  let connection: Connection;
  let endpointId: string;

  beforeAll(async () => {
    place = await stackWith(settings);
    connection = await Connection.connect({ address: place.stack.temporal.address });
    const { code, stdout, stderr } = await place.pvlctl([...PROVISION, 'sealed']);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    endpointId = (JSON.parse(stdout) as { endpoint: { EndpointId: string } }).endpoint.EndpointId;
  }, 120_000);
  afterAll(async () => {
    await connection.close();
    await place.stop();
  });

  it('leaves nothing readable in the server', async () => {
    const handle = new Client({ connection }).workflow.getHandle('sealed');
    const history = JSON.stringify(JSON.parse(historyToJSON(await handle.fetchHistory())));
    const { workflowExecutionInfo } = await connection.workflowService.describeWorkflowExecution({
      namespace: 'default',
      execution: { workflowId: 'sealed' },
    });
    const kept = `${history}${JSON.stringify(workflowExecutionInfo?.memo)}`;
    // Each text that is base64 is looked into as well.
    const inside = [...kept.matchAll(/"([A-Za-z0-9+/=]{16,})"/g)].map(([, text = '']) =>
      Buffer.from(text, 'base64').toString('latin1'),
    );
    expect(inside.length).toBeGreaterThan(5);
    const readable = `${kept}${inside.join('\n')}`;
    expect(readable).toContain('binary/encrypted');
    for (const secret of [endpointId, 'epsrv-', 'vpc-hp', 'cn-huhehaote', key]) expect(readable).not.toContain(secret);
  });

  it('is undone by pvlctl with the key', async () => {
    const { stdout, code } = await place.pvlctl(['explain', 'sealed']);
    expect(code).toBe(0);
    expect(stdout).toContain(endpointId);
  });

  it('cannot be read without it, and pvlctl says so', async () => {
    const { code, stdout, stderr } = await place.pvlctl(['result', 'sealed'], {});
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain('binary/encrypted');
    expect(stdout + stderr).not.toContain(endpointId);
  });

  it('without its key ends programs with 78, before anything is done', async () => {
    for (const args of [['status', 'sealed'], ['worker']]) {
      const { code, stderr } = await place.pvlctl(args, { PVL_PLUGINS: plugin('encryption') });
      expect([code, stderr]).toEqual([78, expect.stringContaining('PVL_PLUGINS: ')]);
      expect(stderr).toContain('PAYLOAD_KEY has to be 32 bytes, as base64');
    }
  });
});

describe('tracing', () => {
  let receiver: RunningProgram;
  let place: Awaited<ReturnType<typeof stackWith>>;

  beforeAll(async () => {
    const { stdout } = await ask('python3', ['-VV']);
    const base = join(cacheDirectory(process.env, homedir()), 'oteltap');
    const packages = await installPythonPackages(stdout.trim(), join(ROOT, 'test', 'support', 'oteltap.txt'), base);
    const port = await chooseFreePort();
    receiver = startCommand('python3', ['-m', 'oteltap', '--port', String(port)], {
      cwd: ROOT,
      env: { ...process.env, PYTHONPATH: packages, PYTHONUNBUFFERED: '1' },
    });
    place = await stackWith({
      PVL_PLUGINS: plugin('tracing'),
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    });
  }, 300_000);
  afterAll(async () => {
    await place.stop();
    receiver.kill('SIGTERM');
    await receiver.ended;
  });

  it('shows a run as one trace, from the client to its calls', async () => {
    const { code, stderr } = await place.pvlctl([...PROVISION, 'traced']);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    await until('the run has ended in the trace', () => receiver.stdout().includes('RunWorkflow:provisionVpcEndpoint'));
    const spans = receiver
      .stdout()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { readonly name: string; readonly traceId: string });
    const start = spans.find(({ name }) => name === 'StartWorkflow:provisionVpcEndpoint');
    const names = spans.filter(({ traceId }) => traceId === start?.traceId).map(({ name }) => name);
    const calls = ['createEndpoint', 'awaitEndpoint'].flatMap((name) => [
      `StartActivity:${name}`,
      `RunActivity:${name}`,
    ]);
    expect(names).toEqual(expect.arrayContaining(['RunWorkflow:provisionVpcEndpoint', ...calls]));
    const text = receiver.stdout();
    expect(text).not.toMatch(/testsecret|Signature/);
  }, 60_000);
});
