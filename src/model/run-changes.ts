import { durationProblem } from './duration.js';
import { nearestName } from './nearest-name.js';
import type { Problem } from './request-rules.js';

/** Waits of a run that can be given more time: those of `timeouts`, and the pause of a parked run. */
export const EXTENDABLE_WAITS = ['accepted', 'active', 'connected', 'parked'] as const;
export type ExtendableWait = (typeof EXTENDABLE_WAITS)[number];

/** Unknown keys that are named: nobody reads more, and an update is refused in one message. */
const MAX_UNKNOWN_KEYS = 10;

/** Values of the options that can be changed while a run is under way. */
const CHANGEABLE_VALUES: Readonly<Record<string, readonly string[]>> = {
  until: ['Active', 'Connected'],
  onFailure: ['keep', 'delete'],
  onCancel: ['keep', 'delete'],
};

/** What is wrong with the argument of `extendDeadline`; nothing where it is right. Values are not repeated. */
export function extensionProblems(raw: unknown): Problem[] {
  const expected = 'expected one JSON object {"wait": ..., "by": ...}';
  if (!isObject(raw)) return [{ path: '', message: expected }];
  const problems = unknownKeys(raw, ['wait', 'by']);
  if (!EXTENDABLE_WAITS.some((wait) => wait === raw['wait'])) problems.push(oneOf('wait', EXTENDABLE_WAITS));
  const problem = durationProblem(raw['by']);
  if (problem !== undefined) problems.push({ path: 'by', message: problem });
  return problems;
}

/** What is wrong with the argument of `changeOptions`; nothing where it is right. Values are not repeated. */
export function optionChangeProblems(raw: unknown): Problem[] {
  const names = Object.keys(CHANGEABLE_VALUES);
  if (!isObject(raw) || Object.keys(raw).length === 0) {
    return [{ path: '', message: `expected one JSON object with one or more of ${names.join(', ')}` }];
  }
  const problems = unknownKeys(raw, names);
  for (const [name, values] of Object.entries(CHANGEABLE_VALUES)) {
    if (name in raw && !values.some((value) => value === raw[name])) problems.push(oneOf(name, values));
  }
  return problems;
}

function unknownKeys(raw: Readonly<Record<string, unknown>>, known: readonly string[]): Problem[] {
  return Object.keys(raw)
    .filter((key) => !known.includes(key))
    .slice(0, MAX_UNKNOWN_KEYS)
    .map((key) => {
      const near = nearestName(key, known);
      const hint = near === undefined ? `; there are ${known.join(', ')}` : `; did you mean "${near}"?`;
      return { path: key.slice(0, 100), message: `is not known${hint}` };
    });
}

function oneOf(path: string, values: readonly string[]): Problem {
  return { path, message: `expected one of ${values.map((value) => JSON.stringify(value)).join(', ')}` };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
