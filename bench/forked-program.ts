import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cleanEnvironment } from '../src/cli/stack-environment.js';

/** A program of this folder as a child process. */
export interface ForkedProgram<Ready> {
  readonly pid: number;
  /** What it said when it was ready. */
  readonly ready: Ready;
  stop(): Promise<void>;
}

/**
 * Start a program of bench/programs and wait until it says that it is ready.
 *
 * It ends when it is let go of, so none outlives a benchmark that crashes.
 *
 * @param argument - Anything that JSON can hold; the program reads it with {@link programArgument}.
 * @throws Error - It ended before it was ready.
 */
export async function forkProgram<Ready>(name: string, argument: unknown): Promise<ForkedProgram<Ready>> {
  const file = new URL(`./programs/${name}.ts`, import.meta.url);
  const child = fork(file, [JSON.stringify(argument)], {
    execArgv: ['--import', 'tsx'],
    env: cleanEnvironment(process.env),
  });
  const exited = once(child, 'exit');
  const early = exited.then(([code]) => {
    throw new Error(`bench/programs/${name}.ts ended before it was ready, with exit code ${String(code)}`);
  });
  const [ready] = (await Promise.race([once(child, 'message'), early])) as [Ready];
  early.catch(() => undefined);
  return {
    pid: child.pid ?? -1,
    ready,
    stop: async () => {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/** In the child: what it was started with. */
export function programArgument(): unknown {
  return JSON.parse(process.argv[2] ?? 'null');
}

/** In the child: say that it is ready. Resolves when the parent lets go of it, or is gone. */
export async function readyUntilLetGo(ready: unknown): Promise<void> {
  if (process.send === undefined) throw new Error('This program is started by a benchmark');
  process.send(ready);
  await once(process, 'disconnect');
}
