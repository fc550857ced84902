import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Environment } from '../temporal/run-command.js';

/** How a child process ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A worker as a child process. */
export interface WorkerProcess {
  readonly pid: number;
  /** Resolves when it ended, for whatever reason. */
  readonly exited: Promise<ProcessExit>;
  hasExited(): boolean;
  /** Send a signal; resolves when the process is gone. After SIGTERM it gets the time to end its calls. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<ProcessExit>;
  /** The last lines of its log. */
  lastLines(): string;
}

/** How to start a worker process. */
export interface WorkerProcessOptions {
  /** The whole environment of the process. */
  readonly env: Environment;
  /** File that its log is appended to. */
  readonly logFile?: string | undefined;
  /** The worker program; the one beside this file when left out: compiled in lib/, TypeScript in src/. */
  readonly workerFile?: string | undefined;
}

/** The worker ended, or said nothing good, before it started to poll. */
export class WorkerStartError extends Error {
  override readonly name = 'WorkerStartError';
}

const START_TIMEOUT_MS = 90_000;
/** More than a worker gives the calls in flight. */
const STOP_TIMEOUT_MS = 40_000;
const KEPT_LINES = 15;

/**
 * Start a worker on a twin and wait until it polls.
 *
 * It has its own process group, so that Ctrl-C in the terminal reaches only us, who end it before its server. It is
 * killed when this process exits.
 *
 * @throws WorkerStartError - Also when its log does not say that its cloud is a twin.
 */
export async function startWorkerProcess({ env, logFile, workerFile }: WorkerProcessOptions): Promise<WorkerProcess> {
  const child = spawn(process.execPath, workerArguments(workerFile ?? besideThisFile()), {
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let ended = false;
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const exited = new Promise<ProcessExit>((resolve) => {
    const end = (exit: ProcessExit) => {
      ended = true;
      process.off('exit', killWithUs);
      resolve(exit);
    };
    // Not 'exit', which may come before the last output was read.
    child.once('close', (code, signal) => end({ code, signal }));
    child.once('error', () => end({ code: null, signal: null }));
  });

  if (logFile !== undefined) mkdirSync(dirname(logFile), { recursive: true });
  const lines: string[] = [];
  let tell: (line: string) => void = () => undefined;
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (logFile !== undefined) appendFileSync(logFile, `${line}\n`);
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      tell(line);
    });
  }
  const worker: WorkerProcess = {
    pid: child.pid ?? -1,
    exited,
    hasExited: () => ended,
    lastLines: () => lines.join('\n'),
    async kill(signal) {
      child.kill(signal);
      const overdue = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      const exit = await exited;
      clearTimeout(overdue);
      return exit;
    },
  };
  const started = new Promise<void>((resolve, reject) => {
    tell = (line) => {
      const message = messageOf(line);
      if (message === 'Cloud: REAL') reject(new WorkerStartError('The worker was about to use a real cloud.'));
      if (message === 'Worker started') resolve();
    };
  });
  try {
    await withinStartTimeout(started, worker);
  } catch (error) {
    await worker.kill('SIGKILL');
    throw error;
  } finally {
    tell = () => undefined;
  }
  return worker;
}

/** How a process ended, in words. */
export function exitText({ code, signal }: ProcessExit): string {
  if (signal !== null) return `signal ${signal}`;
  return code === null ? 'it could not be started' : `exit code ${code}`;
}

async function withinStartTimeout(started: Promise<void>, worker: WorkerProcess): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new WorkerStartError(`The worker did not start within ${START_TIMEOUT_MS / 1_000} s.${quoted(worker)}`));
    }, START_TIMEOUT_MS);
  });
  const early = worker.exited.then((exit) => {
    throw new WorkerStartError(`The worker did not start: ${exitText(exit)}.${quoted(worker)}`);
  });
  try {
    await Promise.race([started, overdue, early]);
  } finally {
    clearTimeout(timer);
    early.catch(() => undefined);
  }
}

function quoted(worker: WorkerProcess): string {
  return ` Its last lines:\n${worker.lastLines().replace(/^/gm, '  ')}`;
}

/** The message of a line of the log; a line that is no JSON has none. */
function messageOf(line: string): unknown {
  try {
    return (JSON.parse(line) as { message?: unknown }).message;
  } catch {
    return undefined;
  }
}

function besideThisFile(): string {
  return fileURLToPath(new URL(`../worker${extname(import.meta.url)}`, import.meta.url));
}

function workerArguments(file: string): string[] {
  if (extname(file) !== '.ts') return [file];
  return ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href, file];
}
