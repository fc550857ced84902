import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type {} from 'vitest';
import type { TestProject } from 'vitest/node';
import { cacheDirectory } from '../../src/temporal/binary-cache.js';
import { runCommand } from '../../src/temporal/run-command.js';

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

const TRIES = 3;
const COMMAND_TIMEOUT_MS = 10 * 60_000;
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
  const asked = await runCommand('python3', ['-VV'], { env: process.env, timeoutMs: COMMAND_TIMEOUT_MS });
  if (asked.exitCode !== 0)
    throw new Error(`The official Python clients need python3: ${asked.problem ?? asked.stderr}`);
  const requirements = join(DRIVERS, 'python', 'requirements.txt');
  const key = hashOf([asked.stdout, await readFile(requirements, 'utf8')]);
  return installOnce(join(cache, `python-${key}`), async (target) => {
    say(`Installing the official Python clients into ${target} (once)`);
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--root-user-action=ignore'];
    await retrying('python3', ['-m', 'pip', 'install', ...quiet, '--no-deps', '--target', target, '-r', requirements]);
  });
}

async function buildGoDriver(cache: string): Promise<string | undefined> {
  const asked = await runCommand('go', ['version'], { env: process.env, timeoutMs: COMMAND_TIMEOUT_MS });
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

/** Fill a folder that exists only when it was filled to its end; of two processes that do so at once, one is used. */
async function installOnce(directory: string, install: (target: string) => Promise<void>): Promise<string> {
  if (await exists(directory)) return directory;
  await mkdir(dirname(directory), { recursive: true });
  const staging = await mkdtemp(`${directory}.installing-`);
  try {
    await install(staging);
    await rename(staging, directory).catch(async (error: unknown) => {
      if (!(await exists(directory))) throw error;
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return directory;
}

/** Run a command that reaches a registry; a registry may fail for a moment. */
async function retrying(command: string, args: readonly string[]): Promise<void> {
  for (let tries = 1; ; tries++) {
    const { exitCode, stderr, problem } = await runCommand(command, args, {
      env: process.env,
      timeoutMs: COMMAND_TIMEOUT_MS,
    });
    if (exitCode === 0) return;
    const reason = `${command} ${args[0] ?? ''} failed: ${problem ?? ''}\n${stderr.slice(-2_000)}`;
    if (tries === TRIES) throw new Error(reason);
    say(`${reason}\nTrying again`);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function hashOf(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 16);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
