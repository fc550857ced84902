import { z } from 'zod';
import { FIND_ORPHANS_DEFAULTS, FIND_ORPHANS_FIELDS, type FindOrphansInput } from '../contract/orphans.js';
import { durationMs, durationProblem } from '../model/duration.js';
import { nearestName } from '../model/nearest-name.js';
import { MIN_ORPHAN_AGE_MS } from '../model/orphans.js';
import type { Problem } from '../model/request-rules.js';
import { account, parameter } from './provision-input.js';
import { isObject, listed, noObject, schemaProblems } from './schema-problems.js';

/** An input of a sweep that keeps the contract, or everything that is wrong with it. */
export type CheckedFindOrphansInput =
  | { readonly ok: true; readonly input: FindOrphansInput }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const duration = () =>
  z.string().superRefine((text, context) => {
    const problem = durationProblem(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

/** The input of `findOrphans`. */
export const findOrphansInputSchema = z.strictObject({
  RegionId: parameter('RegionId'),
  account: account.meta({ description: 'Credentials profile on the worker; default "default".' }).optional(),
  olderThan: duration().meta({ description: 'Least age of an orphan; default and least 10m.' }).optional(),
  timeouts: z.strictObject({ scanned: duration().meta({ description: 'For the whole sweep.' }).optional() }).optional(),
});

/**
 * Check the whole input of a sweep for orphans and list every problem at once, each with its path.
 *
 * Pure: no clock, no I/O. Values are never repeated in a problem.
 */
export function checkFindOrphansInput(raw: unknown): CheckedFindOrphansInput {
  if (!isObject(raw)) return { ok: false, problems: [noObject(raw, '{"RegionId": "..."}')] };
  const parsed = findOrphansInputSchema.safeParse(raw);
  const problems = (parsed.success ? [] : schemaProblems(parsed.error.issues, raw, unknownKeyMessage)).concat(
    ageProblems(raw.olderThan),
  );
  if (!parsed.success || problems.length > 0) return { ok: false, problems: listed(problems) };
  return { ok: true, input: parsed.data as FindOrphansInput };
}

function unknownKeyMessage(key: string, parent: readonly PropertyKey[]): string {
  const near = nearestName(key, parent.length === 0 ? FIND_ORPHANS_FIELDS : ['scanned']);
  return `is not known${near === undefined ? '' : `; did you mean "${near}"?`}`;
}

function ageProblems(olderThan: unknown): Problem[] {
  if (typeof olderThan !== 'string' || durationProblem(olderThan) !== undefined) return [];
  if (durationMs(olderThan) >= MIN_ORPHAN_AGE_MS) return [];
  return [{ path: 'olderThan', message: `must be at least ${FIND_ORPHANS_DEFAULTS.olderThan}` }];
}
