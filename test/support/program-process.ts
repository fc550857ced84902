import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

/** How a program ended, and what it printed. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs as a process of its own. */
export interface RunningProgram {
  readonly ended: Promise<ProgramEnd>;
  /** What it has printed so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
}

/** Where and with what a program runs: the environment is the whole of it. */
export interface ProgramSurroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
}

/** Run a Node program with arguments. */
export function startProgram(file: string, args: readonly string[], surroundings: ProgramSurroundings): RunningProgram {
  return startCommand(process.execPath, [file, ...args], surroundings);
}

/** Run a command with arguments. */
export function startCommand(
  command: string,
  args: readonly string[],
  { cwd, env, stdin = '' }: ProgramSurroundings,
): RunningProgram {
  const child = spawn(command, args, { cwd, env: { ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.end(stdin);
  const ended = new Promise<ProgramEnd>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { ended, stdout: () => stdout, stderr: () => stderr, kill: (signal) => void child.kill(signal) };
}

/** Wait until something holds, looking again and again; fails after half a minute. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`It never came to this: ${what}`);
    await pause(50);
  }
}
