/*
 * Delete the SDK's native cores of all platforms but this one: of some 140 MB a container needs a fifth. What is left is
 * loaded to prove that it is the right one.
 */
import { readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const releases = join(dirname(require.resolve('@temporalio/core-bridge/package.json')), 'releases');
const ARCHITECTURES = { x64: 'x86_64', arm64: 'aarch64' };
const SYSTEMS = { linux: 'unknown-linux-gnu', darwin: 'apple-darwin', win32: 'pc-windows-msvc' };
const own = `${ARCHITECTURES[process.arch]}-${SYSTEMS[process.platform]}`;

const cores = readdirSync(releases);
if (!cores.includes(own)) {
  console.error(`No native core for ${own}: there are ${cores.join(', ')}. Nothing was deleted.`);
  process.exit(1);
}
for (const core of cores.filter((name) => name !== own)) rmSync(join(releases, core), { recursive: true });
require('@temporalio/worker');
console.log(`Kept the native core ${own}, deleted ${cores.length - 1} others`);
