import { InvalidArgumentError, Option } from 'commander';
import { ACCOUNT_PATTERN, DEFAULT_TASK_QUEUE } from '../../contract/task-queues.js';
import { durationMs, durationProblem } from '../../model/duration.js';
import type { Environment } from '../../temporal/run-command.js';
import { OUTPUT_FORMATS } from '../run-output.js';

/** `-o`, of every command that prints something to read. */
export function outputOption(): Option {
  return new Option('-o, --output <format>', 'form of the output').choices(OUTPUT_FORMATS).default('text');
}

/** The task queue that is meant when a command names none. */
export function defaultTaskQueue(env: Environment): string {
  const given = env['PVL_TASK_QUEUE']?.trim() ?? '';
  return given === '' ? DEFAULT_TASK_QUEUE : given;
}

/** Read the name of an account. */
export function accountArgument(text: string): string {
  if (ACCOUNT_PATTERN.test(text)) return text;
  throw new InvalidArgumentError('Expected 1 to 64 letters, digits, ".", "_" or "-", a letter or digit first.');
}

/** Read a duration such as `20s` into milliseconds. */
export function durationArgument(text: string): number {
  const problem = durationProblem(text);
  if (problem !== undefined) throw new InvalidArgumentError(`It ${problem.replace(/^expected/, 'must be')}.`);
  return durationMs(text);
}

/** Read a port. */
export function portArgument(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('Expected a port from 1 to 65535.');
}

/** Read a seed. */
export function seedArgument(text: string): number {
  const seed = /^-?\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(seed)) return seed;
  throw new InvalidArgumentError('Expected a whole number.');
}

/** `--time-to-active`, of the commands that start a twin. In milliseconds. */
export function timeToActiveOption(): Option {
  return new Option('--time-to-active <duration>', 'when an endpoint of the twin becomes Active')
    .argParser(durationArgument)
    .default(20_000, '20s');
}

/** Examples below the options of a command's help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
