import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { runCommand } from '../../src/temporal/run-command.js';

const TRIES = 3;
const COMMAND_TIMEOUT_MS = 10 * 60_000;
const QUIET_PIP = ['--quiet', '--disable-pip-version-check', '--no-input', '--root-user-action=ignore'];

/**
 * Install the packages of a requirements file, unless they are there, with all that they need pinned in it.
 *
 * @param python - What `python3 -VV` says: packages of one Python are not those of another.
 * @param base - Beginning of the folder's path; what it holds says the rest.
 * @returns A folder for PYTHONPATH.
 */
export async function installPythonPackages(python: string, requirements: string, base: string): Promise<string> {
  const key = hashOf([python, await readFile(requirements, 'utf8')]);
  return installOnce(`${base}-${key}`, async (target) => {
    say(`Installing the packages of ${requirements} into ${target} (once)`);
    await retrying('python3', [
      '-m',
      'pip',
      'install',
      ...QUIET_PIP,
      '--no-deps',
      '--target',
      target,
      '-r',
      requirements,
    ]);
  });
}

/** Fill a folder that exists only when it was filled to its end; of two processes that do so at once, one is used. */
export async function installOnce(directory: string, install: (target: string) => Promise<void>): Promise<string> {
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
export async function retrying(command: string, args: readonly string[]): Promise<void> {
  for (let tries = 1; ; tries++) {
    const { exitCode, stderr, problem } = await ask(command, args);
    if (exitCode === 0) return;
    const reason = `${command} ${args[0] ?? ''} failed: ${problem ?? ''}\n${stderr.slice(-2_000)}`;
    if (tries === TRIES) throw new Error(reason);
    say(`${reason}\nTrying again`);
  }
}

/** Run a command of this machine, with our environment and plenty of time. */
export function ask(command: string, args: readonly string[]) {
  return runCommand(command, args, { env: process.env, timeoutMs: COMMAND_TIMEOUT_MS });
}

/** A short name for exactly these texts. */
export function hashOf(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 16);
}

/** Tell whoever runs the tests. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
