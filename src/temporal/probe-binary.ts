import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import type { TemporalBinaryName } from './pinned-wheels.js';
import type { CommandResult, Environment, RunCommand } from './run-command.js';

/** A binary answers within milliseconds; the first start after an installation on a busy machine takes seconds. */
const PROBE_TIMEOUT_MS = 30_000;

/** What {@link probeBinary} learnt: that the file runs (with its version, where it tells one), or why it cannot be used. */
export type Probe =
  { readonly usable: true; readonly version: string | undefined } | { readonly usable: false; readonly reason: string };

/**
 * Find out whether a file is the named binary and runs on this machine, by running it with `--version`.
 *
 * The CLI answers with its version. The test server has no such flag: it takes the word for a port and fails with a
 * Java stack that names it, which proves that it starts and leaves its version unknown.
 */
export async function probeBinary(
  name: TemporalBinaryName,
  path: string,
  { env, run }: { readonly env: Environment; readonly run: RunCommand },
): Promise<Probe> {
  const fileProblem = await executableProblem(path);
  if (fileProblem !== undefined) return { usable: false, reason: fileProblem };
  const result = await run(path, ['--version'], { env, timeoutMs: PROBE_TIMEOUT_MS });
  if (result.problem !== undefined) return { usable: false, reason: startProblem(result.problem) };
  return name === 'temporal' ? readCliVersion(result) : readTestServer(result);
}

/** Compare versions of the form `1.9.1` by their three numbers; what follows them does not count. */
export function isAtLeast(version: string, minimum: string): boolean {
  const [have, want] = [versionNumbers(version), versionNumbers(minimum)];
  for (const [index, number] of want.entries()) {
    const difference = (have[index] ?? 0) - number;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function versionNumbers(version: string): number[] {
  return (/\d+(?:\.\d+)*/.exec(version)?.[0] ?? '0').split('.').slice(0, 3).map(Number);
}

async function executableProblem(path: string): Promise<string | undefined> {
  try {
    if (!(await stat(path)).isFile()) return 'is not a file';
    await access(path, constants.X_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'is not executable' : 'does not exist';
  }
}

function startProblem(problem: string): string {
  if (problem === 'ENOENT') return 'cannot be started: its loader is missing (a glibc binary on a musl system?)';
  if (/^(?:ENOEXEC|EFTYPE|UNKNOWN|-8)$/.test(problem)) return 'cannot be started: it is no program for this platform';
  return /^E[A-Z]+$/.test(problem) ? `cannot be started: ${problem}` : problem;
}

function readCliVersion({ exitCode, stdout, stderr }: CommandResult): Probe {
  const version = /^temporal version (\d\S*)/m.exec(stdout)?.[1];
  if (exitCode === 0 && version !== undefined) return { usable: true, version };
  return { usable: false, reason: `does not answer --version as the Temporal CLI does${said(stdout + stderr)}` };
}

function readTestServer({ exitCode, stdout, stderr }: CommandResult): Probe {
  if (exitCode === 0 || /io\.temporal\.testserver/.test(stdout + stderr)) return { usable: true, version: undefined };
  return { usable: false, reason: `does not start as the Temporal test server${said(stdout + stderr)}` };
}

function said(output: string): string {
  const line = output.split('\n').find((text) => text.trim() !== '');
  return line === undefined ? '' : `; it says: ${line.trim().slice(0, 200)}`;
}
