import type { Priority } from '@temporalio/common';
import type { Problem } from '../model/request-rules.js';

/** Keys that a server takes unless it is configured otherwise; 1 goes first. The default of the engine is in the middle. */
export const PRIORITY_KEYS = { first: 1, last: 5 } as const;

/** Longest fairness key that a server takes, in bytes. */
const FAIRNESS_KEY_BYTES = 64;

/** A server clamps weights to this range in silence; here one beyond it is a mistake. */
const FAIRNESS_WEIGHTS = { least: 0.001, most: 1_000 } as const;

/** What is wrong with the priority of a run. */
export function priorityProblems({ priorityKey, fairnessKey, fairnessWeight }: Priority): Problem[] {
  return [
    ...(priorityKey === undefined ? [] : problem('priority.priorityKey', priorityKeyProblem(priorityKey))),
    ...(fairnessKey === undefined ? [] : problem('priority.fairnessKey', fairnessKeyProblem(fairnessKey))),
    ...(fairnessWeight === undefined ? [] : problem('priority.fairnessWeight', fairnessWeightProblem(fairnessWeight))),
  ];
}

/** What is wrong with a priority key, or `undefined`. */
export function priorityKeyProblem(key: number): string | undefined {
  const { first, last } = PRIORITY_KEYS;
  if (Number.isInteger(key) && key >= first && key <= last) return undefined;
  return `expected a whole number from ${first}, which goes first, to ${last}`;
}

/** What is wrong with a fairness key, or `undefined`. */
export function fairnessKeyProblem(key: string): string | undefined {
  if (key !== '' && Buffer.byteLength(key) <= FAIRNESS_KEY_BYTES) return undefined;
  return `expected 1 to ${FAIRNESS_KEY_BYTES} bytes of text`;
}

/** What is wrong with a fairness weight, or `undefined`. */
export function fairnessWeightProblem(weight: number): string | undefined {
  const { least, most } = FAIRNESS_WEIGHTS;
  if (weight >= least && weight <= most) return undefined;
  return `expected a number from ${least} to ${most}`;
}

function problem(path: string, message: string | undefined): Problem[] {
  return message === undefined ? [] : [{ path, message }];
}
