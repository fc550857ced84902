import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chooseFreePort } from '../../src/temporal/free-port.js';
import { startProgram, until, type RunningProgram } from '../support/program-process.js';

const PVLCTL = fileURLToPath(new URL('../../lib/cli/main.js', import.meta.url));

const REQUEST = {
  RegionId: 'cn-huhehaote',
  VpcId: 'vpc-1',
  ServiceId: 'epsrv-1',
  EndpointName: 'first',
  SecurityGroupId: ['sg-1'],
  Zone: [{ ZoneId: 'cn-huhehaote-b', VSwitchId: 'vsw-1' }],
};

const folder = mkdtempSync(join(tmpdir(), 'pvl-cli-programs-'));

beforeAll(() => {
  if (!existsSync(PVLCTL)) throw new Error('lib/ is missing: run `npm run build` first, or `npm run test:e2e`');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Start `pvlctl` with nothing of our environment but what it needs; HOME has the cache of the binaries. */
function start(args: readonly string[], env: Record<string, string> = {}): RunningProgram {
  const { PATH, HOME, TEMPORAL_CLI_PATH, PVL_CACHE_DIR } = process.env;
  return startProgram(PVLCTL, args, { cwd: folder, env: { PATH, HOME, TEMPORAL_CLI_PATH, PVL_CACHE_DIR, ...env } });
}

describe('the programs of pvlctl', () => {
  test('schema and version need no server', () => {
    const run = (...args: string[]) => spawnSync(process.execPath, [PVLCTL, ...args], { encoding: 'utf8' });
    expect(JSON.parse(run('schema').stdout)).toMatchObject({ type: 'object' });
    expect(run('--version').stdout).toMatch(/^\d+\.\d+\.\d+/);
  });

  test('dev starts server, twin and worker, ignores credentials, and stops all of it on Ctrl-C', async () => {
    const file = join(folder, 'request.json');
    writeFileSync(file, JSON.stringify({ request: REQUEST }));
    const db = join(folder, 'dev', 'temporal.db');
    const running = start(['dev', '--db', db, '--time-to-active', '500ms'], { ALIBABA_CLOUD_ACCESS_KEY_ID: 'planted' });
    await until('it says what to try', () => running.stdout().includes('Ctrl-C stops'));
    expect(running.stderr()).toMatch(/^Ignored.*ALIBABA_CLOUD_ACCESS_KEY_ID/);
    const [, address = ''] = /^Temporal +(\S+),/m.exec(running.stdout()) ?? [];
    const [, worker = ''] = /^Worker +pid (\d+)/m.exec(running.stdout()) ?? [];
    const env = { TEMPORAL_ADDRESS: address };
    expect(await start(['provision', '-f', file], env).ended).toMatchObject({ code: 0 });

    running.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 0 });
    expect((await start(['status', 'any'], env).ended).code).toBe(69);
    expect(() => process.kill(Number(worker), 0)).toThrow('ESRCH');
    expect(readFileSync(join(folder, 'dev', 'worker.log'), 'utf8')).not.toContain('planted');
  });

  test('simulator serves until Ctrl-C and exits with 0', async () => {
    const [port, controlPort] = [await chooseFreePort(), await chooseFreePort()];
    const args = ['simulator', '--port', String(port), '--control-port', String(controlPort)];
    const running = start(args);
    const journal = `http://127.0.0.1:${controlPort}/journal`;
    await until('it serves', () =>
      fetch(journal).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    running.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('worker without a server exits with 78 and says why', async () => {
    const env = { TEMPORAL_ADDRESS: `127.0.0.1:${await chooseFreePort()}`, PVL_TWIN_URL: 'http://127.0.0.1:1' };
    const { code, stderr } = await start(['worker'], env).ended;
    expect(code).toBe(78);
    expect(stderr).toContain('nothing listens there');
  });
});
