import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { StartOptions } from '../client/provisioning-client.js';
import { fairnessKeyProblem, fairnessWeightProblem, priorityKeyProblem } from '../client/priority.js';

/** What the options of a priority say. */
export interface PriorityOptions {
  readonly priorityKey?: number;
  readonly fairnessKey?: string;
  readonly fairnessWeight?: number;
}

/** Add the options that say whose work goes first. What is wrong is refused before anything starts. */
export function withPriorityOptions(command: Command): Command {
  return command
    .option('--priority-key <key>', 'from 1, which goes first, to 5; 3 when left out, 4 with --bulk', (text) =>
      numberArgument(text, priorityKeyProblem),
    )
    .option('--fairness-key <key>', 'share the queues fairly among keys, such as tenants', (text) => {
      refuse(fairnessKeyProblem(text));
      return text;
    })
    .option('--fairness-weight <weight>', 'share of the fairness key, from 0.001 to 1000; 1 when left out', (text) =>
      numberArgument(text, fairnessWeightProblem),
    );
}

/** @param priorityKey - Where the options name none; the default of the engine when left out. */
export function priorityOf(options: PriorityOptions, priorityKey?: number): Pick<StartOptions, 'priority'> {
  const { priorityKey: key = priorityKey, fairnessKey, fairnessWeight } = options;
  if (key === undefined && fairnessKey === undefined && fairnessWeight === undefined) return {};
  return {
    priority: {
      ...(key === undefined ? {} : { priorityKey: key }),
      ...(fairnessKey === undefined ? {} : { fairnessKey }),
      ...(fairnessWeight === undefined ? {} : { fairnessWeight }),
    },
  };
}

function numberArgument(text: string, problemOf: (number: number) => string | undefined): number {
  const number = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN;
  refuse(problemOf(number));
  return number;
}

function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new InvalidArgumentError(`${problem.replace(/^e/, 'E')}.`);
}
