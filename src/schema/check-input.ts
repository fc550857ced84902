import { z } from 'zod';
import { durationProblem } from '../model/duration.js';
import { nearestName } from '../model/nearest-name.js';
import { PROTOCOL_PARAMETERS, REQUEST_FIELDS } from '../model/request.js';
import { requestProblems, type Problem } from '../model/request-rules.js';
import { INPUT_FIELDS, type ProvisionInput } from '../contract/input.js';
import { provisionInputSchema } from './provision-input.js';
import { isObject, listed, NO_PARAMETER_NAME, noObject, pathText, schemaProblems } from './schema-problems.js';

/** An input that keeps the contract, or everything that is wrong with it. */
export type CheckedInput =
  { readonly ok: true; readonly input: ProvisionInput } | { readonly ok: false; readonly problems: readonly Problem[] };

const PROTOCOL_NAMES: ReadonlySet<string> = new Set(PROTOCOL_PARAMETERS.map((name) => name.toLowerCase()));
const REQUEST_NAMES: ReadonlySet<string> = new Set(REQUEST_FIELDS.map((name) => name.toLowerCase()));

const PROTOCOL_PARAMETER = 'is a parameter of the protocol, which the worker sets: leave it out';

/**
 * Check the whole input of a provision and list every problem at once, each with its path.
 *
 * Pure: no clock, no I/O. Values are never repeated in a problem, because a mistyped field may hold a secret. The list
 * ends after 50 problems, and says so.
 */
export function checkInput(raw: unknown): CheckedInput {
  if (!isObject(raw)) return refused([noObject(raw, '{"request": {...}}')]);
  if (!('request' in raw) && Object.keys(raw).some((key) => REQUEST_FIELDS.includes(key))) {
    const fields = Object.keys(raw).filter((key) => REQUEST_FIELDS.includes(key));
    return refused([{ path: '', message: `wrap these in "request": ${fields.join(', ')}` }]);
  }

  const parsed = provisionInputSchema.safeParse(raw);
  // Joined and not spread into a call: there may be more problems than a call has room for arguments.
  const problems = (parsed.success ? [] : schemaProblems(parsed.error.issues, raw, unknownKeyMessage)).concat(
    isObject(raw.request) ? requestProblems(raw.request, raw.ownerTags !== false) : [],
    extraParameterProblems(raw.extraParameters),
    durationProblems(raw),
    adoptionProblems(raw),
    acceptanceProblems(raw),
  );

  if (!parsed.success || problems.length > 0) return refused(listed(problems));
  return { ok: true, input: parsed.data as ProvisionInput };
}

/** JSON Schema (draft 2020-12) of the input, for editors and other languages. */
export function inputJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(provisionInputSchema, { io: 'input' });
}

function refused(problems: readonly Problem[]): CheckedInput {
  return { ok: false, problems };
}

/** Say what an unknown key might have been. */
function unknownKeyMessage(key: string, parent: readonly PropertyKey[]): string {
  const inRequest = parent[0] === 'request' && parent.length === 1;
  if (inRequest && PROTOCOL_NAMES.has(key.toLowerCase())) return PROTOCOL_PARAMETER;
  const known = inRequest ? REQUEST_FIELDS : (knownKeys(parent) ?? []);
  const near = nearestName(key, known);
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  if (parent.length === 0 && REQUEST_FIELDS.includes(key)) return 'belongs into "request"';
  if (inRequest && near === undefined)
    return 'is not known; a parameter newer than this version goes into extraParameters';
  return `is not known${hint}`;
}

function knownKeys(parent: readonly PropertyKey[]): readonly string[] | undefined {
  const last = parent.filter((part) => typeof part === 'string').join('.');
  switch (last) {
    case '':
      return INPUT_FIELDS;
    case 'request.Zone':
      return ['ZoneId', 'VSwitchId', 'ip', 'Ipv6Address'];
    case 'request.Tag':
      return ['Key', 'Value'];
    case 'accept':
      return ['account'];
    case 'timeouts':
      return ['accepted', 'active', 'connected'];
    case 'retry':
      return ['quota', 'status'];
    case 'retry.quota':
    case 'retry.status':
      return ['initialInterval', 'backoffCoefficient', 'maximumInterval', 'timeout'];
    case 'notify':
      return ['workflowId', 'signal'];
    default:
      return undefined;
  }
}

/**
 * A parameter of the request or of the protocol must not slip in by the side door, in whatever case it is written: whether
 * the service tells `vpcId` from `VpcId` is not documented.
 */
function extraParameterProblems(extra: unknown): Problem[] {
  if (!isObject(extra)) return [];
  return Object.keys(extra).flatMap((key) => {
    const path = pathText(['extraParameters', key]);
    const name = (key.split('.')[0] ?? key).toLowerCase();
    // zod passes this one key over in silence.
    if (key === '__proto__') return [{ path, message: NO_PARAMETER_NAME }];
    if (PROTOCOL_NAMES.has(key.toLowerCase())) return [{ path, message: PROTOCOL_PARAMETER }];
    return REQUEST_NAMES.has(name) ? [{ path, message: 'is known to this version: put it into "request"' }] : [];
  });
}

/** Lengths that the pattern of a duration lets through. */
function durationProblems(raw: Record<string, unknown>): Problem[] {
  const problems: Problem[] = [];
  const check = (path: string, value: unknown) => {
    const problem = typeof value === 'string' ? durationProblem(value) : undefined;
    if (problem !== undefined) problems.push({ path, message: problem });
  };
  if (isObject(raw.timeouts)) {
    for (const [name, value] of Object.entries(raw.timeouts)) check(pathText(['timeouts', name]), value);
  }
  if (isObject(raw.retry)) {
    for (const [name, policy] of Object.entries(raw.retry)) {
      if (!isObject(policy)) continue;
      for (const field of ['initialInterval', 'maximumInterval', 'timeout']) {
        check(pathText(['retry', name, field]), policy[field]);
      }
    }
  }
  return problems;
}

/** What belongs together across the request and its options. */
function adoptionProblems(raw: Record<string, unknown>): Problem[] {
  const named = isObject(raw.request) && raw.request.EndpointName !== undefined;
  if (raw.ifExists !== 'adopt' || named || !isObject(raw.request)) return [];
  return [{ path: 'ifExists', message: '"adopt" needs request.EndpointName, by which the endpoint is found' }];
}

/** Who has a connection accepted waits for it. */
function acceptanceProblems(raw: Record<string, unknown>): Problem[] {
  if (!isObject(raw.accept) || raw.until === 'Connected') return [];
  return [
    {
      path: 'accept',
      message: 'needs until "Connected": a run that is done when it is Active waits for no connection',
    },
  ];
}
