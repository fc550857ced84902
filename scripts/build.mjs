/*
 * Compile src/ into lib/ and bundle the workflows. The compiler writes into a folder beside lib/ which then takes its
 * place, and the bundle comes last: a build that fails or is interrupted leaves no lib/ that looks finished.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDependencies, ROOT, say } from './setup.mjs';

const lib = join(ROOT, 'lib');
const fresh = join(ROOT, `lib.building-${process.pid}`);
const old = join(ROOT, `lib.old-${process.pid}`);

ensureDependencies();
try {
  run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', fresh, '--noEmitOnError');
  if (existsSync(lib)) renameSync(lib, old);
  renameSync(fresh, lib);
  const command = join(lib, 'cli', 'main.js');
  if (existsSync(command)) chmodSync(command, 0o755);
  run('scripts/bundle-workflows.mjs');
} finally {
  for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
}

function run(script, ...args) {
  const { status } = spawnSync(process.execPath, [join(ROOT, script), ...args], { cwd: ROOT, stdio: 'inherit' });
  if (status === 0) return;
  say(`The build failed: ${[script, ...args].join(' ')}`);
  for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
  process.exit(status === null ? 1 : status);
}
