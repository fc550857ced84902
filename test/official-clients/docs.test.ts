import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, inject, it } from 'vitest';
import { startSimulator } from '../../src/simulator/index.js';
import { pythonEnvironment } from './clients.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const GO_MODULE = fileURLToPath(new URL('drivers/go', import.meta.url));
/** Go compiles the snippet, and whatever of the SDK is not in its own cache any more. */
const GO_TIMEOUT_MS = 300_000;
const { pythonPath, goDriver } = inject('officialClients');

describe('docs/simulator.md, from other languages', () => {
  it('lists the endpoints from Node', async () => {
    await expectOne('js', (code) => run(process.execPath, ['--input-type=module', '-e', code], { cwd: ROOT }));
  });

  it('lists the endpoints from Python', async () => {
    const env = { ...process.env, ...pythonEnvironment(pythonPath) };
    await expectOne('python', (code) => run('python3', ['-c', code], { env }));
  });

  it.skipIf(goDriver === undefined)('lists the endpoints from Go', { timeout: GO_TIMEOUT_MS }, async () => {
    await expectOne('go', async (code) => {
      const folder = await mkdtemp(join(tmpdir(), 'official-clients-'));
      try {
        await writeFile(join(folder, 'main.go'), code);
        return await run('go', ['run', join(folder, 'main.go')], { cwd: GO_MODULE });
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  });
});

/** Run a snippet of the page against a twin that has one endpoint. */
async function expectOne(
  language: string,
  execute: (code: string) => Promise<{ readonly stdout: string }>,
): Promise<void> {
  const page = await readFile(join(ROOT, 'docs/simulator.md'), 'utf8');
  const code = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(page)?.[1] ?? '';
  expect(code).toContain('127.0.0.1:8480');
  const twin = await startSimulator();
  try {
    const parameters = { RegionId: 'cn-hangzhou', ServiceId: 'epsrv-1', VpcId: 'vpc-1', 'SecurityGroupId.1': 'sg-1' };
    twin.engine.call({ action: 'CreateVpcEndpoint', parameters, accountId: '1000000000000001' });
    const { stdout } = await execute(code.replace('127.0.0.1:8480', `127.0.0.1:${twin.port}`));
    expect(stdout).toBe('1\n');
  } finally {
    await twin.close();
  }
}
