import { z } from 'zod';
import { durationProblem } from '../model/duration.js';
import { nearestName } from '../model/nearest-name.js';
import { DEPROVISION_DEFAULTS, DEPROVISION_FIELDS, type DeprovisionInput } from '../contract/deprovision.js';
import type { Problem } from '../model/request-rules.js';
import { account, duration, notifyTargets, parameter } from './provision-input.js';
import { isObject, listed, noObject, schemaProblems } from './schema-problems.js';

/** An input that keeps the contract, or everything that is wrong with it. */
export type CheckedDeprovision =
  | { readonly ok: true; readonly input: DeprovisionInput }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** What all ids of endpoints that were ever seen look like; it keeps the id of another thing from being looked for. */
const ENDPOINT_ID = /^ep-[A-Za-z0-9-]{1,61}$/;

/** The input of `deprovisionVpcEndpoint`. */
export const deprovisionInputSchema = z
  .strictObject({
    RegionId: parameter('RegionId'),
    EndpointId: z
      .string()
      .regex(ENDPOINT_ID, { error: 'expected the id of an endpoint: "ep-" and letters or digits' })
      .meta({ description: 'The endpoint to remove.' }),
    account: account.meta({ description: 'Credentials profile on the worker; default "default".' }).optional(),
    ownership: z
      .enum(['own', 'any'])
      .meta({ description: 'Whether the endpoint must carry the owner tag of the installation; default own.' })
      .optional(),
    timeouts: z.strictObject({ deleted: duration('For the whole removal; default 30m.').optional() }).optional(),
    notify: notifyTargets(DEPROVISION_DEFAULTS.signal).optional(),
  })
  .describe('Input of deprovisionVpcEndpoint.');

/** Check the whole input of a removal and list every problem at once. Pure, and like the check of a provision. */
export function checkDeprovisionInput(raw: unknown): CheckedDeprovision {
  if (!isObject(raw)) return { ok: false, problems: [noObject(raw, '{"RegionId": "...", "EndpointId": "..."}')] };
  const parsed = deprovisionInputSchema.safeParse(raw);
  const problems = (parsed.success ? [] : schemaProblems(parsed.error.issues, raw, unknownKeyMessage)).concat(
    durationProblems(raw),
  );
  if (!parsed.success || problems.length > 0) return { ok: false, problems: listed(problems) };
  return { ok: true, input: parsed.data as DeprovisionInput };
}

const KNOWN_KEYS: Readonly<Record<string, readonly string[]>> = {
  '': DEPROVISION_FIELDS,
  timeouts: ['deleted'],
  notify: ['workflowId', 'signal'],
};

function unknownKeyMessage(key: string, parent: readonly PropertyKey[]): string {
  const near = nearestName(key, KNOWN_KEYS[String(parent[0] ?? '')] ?? []);
  return near === undefined ? 'is not known' : `is not known; did you mean "${near}"?`;
}

/** Lengths that the pattern of a duration lets through. */
function durationProblems({ timeouts }: Record<string, unknown>): Problem[] {
  const deleted = isObject(timeouts) ? timeouts['deleted'] : undefined;
  const message = typeof deleted === 'string' ? durationProblem(deleted) : undefined;
  return message === undefined ? [] : [{ path: 'timeouts.deleted', message }];
}
