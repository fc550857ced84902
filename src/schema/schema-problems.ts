import type { z } from 'zod';
import type { Problem } from '../model/request-rules.js';

/** Say what an unknown key under a path might have been. */
export type UnknownKeyMessage = (key: string, parent: readonly PropertyKey[]) => string;

/** A list that nobody reads to its end helps nobody, and a failure that holds it must fit into the engine's limits. */
const MAX_PROBLEMS = 50;

/** Longest key that a problem repeats. */
const MAX_SHOWN_KEY = 100;

/** What is said of a key of a record that is no name of a parameter. */
export const NO_PARAMETER_NAME = 'is no parameter name: letters, digits and ".", a letter first';

/** The one problem of an input that is no object at all. */
export function noObject(raw: unknown, example: string): Problem {
  const got = raw === undefined ? 'nothing' : raw === null ? 'null' : Array.isArray(raw) ? 'a list' : `a ${typeof raw}`;
  return { path: '', message: `expected one JSON object ${example}, got ${got}` };
}

/** Turn what zod found into problems with paths. Values are never repeated: a mistyped field may hold a secret. */
export function schemaProblems(
  issues: readonly z.core.$ZodIssue[],
  raw: unknown,
  unknownKeyMessage: UnknownKeyMessage,
): Problem[] {
  return firstIssues(issues).flatMap((issue) => problemsOf(issue, raw, unknownKeyMessage));
}

/** The list as it is told: each problem once, and no more than 50. */
export function listed(problems: readonly Problem[]): readonly Problem[] {
  const once = [...new Map(problems.map((problem) => [`${problem.path}\n${problem.message}`, problem])).values()];
  if (once.length <= MAX_PROBLEMS) return once;
  return [...once.slice(0, MAX_PROBLEMS), { path: '', message: `has more problems than these ${MAX_PROBLEMS}` }];
}

/** A path as people write it: `request.Zone[0].ZoneId`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const key = String(part);
    const shown = key.length > MAX_SHOWN_KEY ? `${key.slice(0, MAX_SHOWN_KEY)}…` : key;
    return text === '' ? shown : `${text}.${shown}`;
  }, '');
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is of another type is not also too short: zod says both of a list where a text belongs. */
function firstIssues(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  const mistyped = new Set(issues.filter(({ code }) => code === 'invalid_type').map(({ path }) => pathText(path)));
  return issues.filter((issue) => issue.code === 'invalid_type' || !mistyped.has(pathText(issue.path)));
}

function problemsOf(issue: z.core.$ZodIssue, raw: unknown, unknownKeyMessage: UnknownKeyMessage): Problem[] {
  const path = pathText(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.slice(0, MAX_PROBLEMS + 1).map((key) => ({
        path: pathText([...issue.path, key]),
        message: unknownKeyMessage(key, issue.path),
      }));
    case 'invalid_key':
      return [{ path, message: NO_PARAMETER_NAME }];
    case 'invalid_type':
      return [
        {
          path,
          message: valueAt(raw, issue.path) === undefined ? 'is missing' : `expected ${withArticle(issue.expected)}`,
        },
      ];
    case 'invalid_value':
      return [
        {
          path,
          message:
            valueAt(raw, issue.path) === undefined
              ? 'is missing'
              : `expected one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`,
        },
      ];
    case 'invalid_union': {
      const deeper = issue.errors.flat().filter((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys');
      if (deeper.length > 0) {
        return deeper.flatMap((inner) =>
          problemsOf({ ...inner, path: [...issue.path, ...inner.path] }, raw, unknownKeyMessage),
        );
      }
      return [{ path, message: issue.message }];
    }
    case 'too_big':
      return [{ path, message: issue.origin === 'array' ? `has more than ${issue.maximum} items` : issue.message }];
    case 'too_small':
    case 'invalid_format':
    default:
      return [{ path, message: issue.message.replace(/^Invalid input: /, '') }];
  }
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    raw,
  );
}

function withArticle(type: string): string {
  const name = { array: 'list', int: 'whole number' }[type] ?? type;
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}
