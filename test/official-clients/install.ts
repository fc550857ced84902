import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type {} from 'vitest';
import type { TestProject } from 'vitest/node';
import { cacheDirectory } from '../../src/temporal/binary-cache.js';
import { ask, hashOf, installOnce, installPythonPackages, retrying, say } from '../support/install-once.js';

declare module 'vitest' {
  export interface ProvidedContext {
    officialClients: {
      /** Folder of the Python SDKs, for PYTHONPATH. */
      readonly pythonPath: string;
      /** The Go driver program; missing where there is no Go. */
      readonly goDriver: string | undefined;
    };
  }
}

const DRIVERS = fileURLToPath(new URL('drivers', import.meta.url));
const GO_DRIVER = 'official-clients';

/**
 * Global setup of the `official-clients` lane: the pinned SDKs of Python and Go, into our cache, unless they are there. Those of
 * Node are devDependencies.
 *
 * Python must be there. Where Go is not, its clients are skipped, and that is said.
 */
export async function setup(project: TestProject): Promise<void> {
  const cache = join(cacheDirectory(process.env, homedir()), 'official-clients');
  const pythonPath = await installPython(cache);
  const goDriver = await buildGoDriver(cache);
  project.provide('officialClients', { pythonPath, goDriver });
}

async function installPython(cache: string): Promise<string> {
  const asked = await ask('python3', ['-VV']);
  if (asked.exitCode !== 0)
    throw new Error(`The official Python clients need python3: ${asked.problem ?? asked.stderr}`);
  return installPythonPackages(asked.stdout, join(DRIVERS, 'python', 'requirements.txt'), join(cache, 'python'));
}

async function buildGoDriver(cache: string): Promise<string | undefined> {
  const asked = await ask('go', ['version']);
  if (asked.problem === 'ENOENT') {
    say('There is no Go here: the official Go clients are NOT RUN.');
    return undefined;
  }
  const module = join(DRIVERS, 'go');
  const sources = await Promise.all((await readdir(module)).sort().map((file) => readFile(join(module, file), 'utf8')));
  const directory = await installOnce(join(cache, `go-${hashOf([asked.stdout, ...sources])}`), async (target) => {
    say(`Building the official Go clients into ${target} (once, a minute)`);
    await retrying('go', ['build', '-C', module, '-o', join(target, GO_DRIVER), '.']);
  });
  return join(directory, GO_DRIVER);
}
