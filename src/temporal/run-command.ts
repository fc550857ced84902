import { execFile } from 'node:child_process';

/** Environment variables as they are handed in: this room never reads those of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How a command ended. `problem` is set when it did not end by itself: not started, timed out, killed. */
export interface CommandResult {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly problem?: string;
}

/** Run a command to its end; never rejects. A command without a slash is looked up in the PATH of the given `env`. */
export type RunCommand = (
  command: string,
  args: readonly string[],
  options: { readonly env: Environment; readonly timeoutMs: number },
) => Promise<CommandResult>;

/** {@link RunCommand} with real processes. */
export const runCommand: RunCommand = (command, args, { env, timeoutMs }) =>
  new Promise((resolve) => {
    const options = { env: { ...env }, timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 16 << 20 } as const;
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error === null) {
        resolve({ exitCode: 0, stdout, stderr });
      } else if (typeof error.code === 'number') {
        resolve({ exitCode: error.code, stdout, stderr });
      } else {
        resolve({ exitCode: undefined, stdout, stderr, problem: problemOf(error, timeoutMs) });
      }
    });
  });

function problemOf(error: { code?: unknown; killed?: boolean; signal?: unknown; message: string }, timeoutMs: number) {
  if (error.killed === true) return `gave no answer within ${timeoutMs / 1_000} s`;
  if (typeof error.signal === 'string') return `was ended by ${error.signal}`;
  return typeof error.code === 'string' ? error.code : error.message;
}
