import { z } from 'zod';
import { durationProblem } from '../model/duration.js';
import { nearestName } from '../model/nearest-name.js';
import { PROTOCOL_PARAMETERS, REQUEST_FIELDS } from '../model/request.js';
import { requestProblems, type Problem } from '../model/request-rules.js';
import { INPUT_FIELDS, type ProvisionInput } from '../contract/input.js';
import { provisionInputSchema } from './provision-input.js';

/** An input that keeps the contract, or everything that is wrong with it. */
export type CheckedInput =
  { readonly ok: true; readonly input: ProvisionInput } | { readonly ok: false; readonly problems: readonly Problem[] };

/** Version in which fields that are refused by name today are expected; said in the message. */
const LATER = 'is not available in this version of durable-privatelink';

const PROTOCOL_NAMES: ReadonlySet<string> = new Set(PROTOCOL_PARAMETERS.map((name) => name.toLowerCase()));
const REQUEST_NAMES: ReadonlySet<string> = new Set(REQUEST_FIELDS.map((name) => name.toLowerCase()));

const PROTOCOL_PARAMETER = 'is a parameter of the protocol, which the worker sets: leave it out';
const NO_PARAMETER_NAME = 'is no parameter name: letters, digits and ".", a letter first';

/** A list that nobody reads to its end helps nobody, and a failure that holds it must fit into the engine's limits. */
const MAX_PROBLEMS = 50;

/** Longest key that a problem repeats. */
const MAX_SHOWN_KEY = 100;

/**
 * Check the whole input of a provision and list every problem at once, each with its path.
 *
 * Pure: no clock, no I/O. Values are never repeated in a problem, because a mistyped field may hold a secret. The list
 * ends after 50 problems, and says so.
 */
export function checkInput(raw: unknown): CheckedInput {
  if (!isObject(raw)) {
    const got =
      raw === undefined ? 'nothing' : raw === null ? 'null' : Array.isArray(raw) ? 'a list' : `a ${typeof raw}`;
    return refused([{ path: '', message: `expected one JSON object {"request": {...}}, got ${got}` }]);
  }
  if (!('request' in raw) && Object.keys(raw).some((key) => REQUEST_FIELDS.includes(key))) {
    const fields = Object.keys(raw).filter((key) => REQUEST_FIELDS.includes(key));
    return refused([{ path: '', message: `wrap these in "request": ${fields.join(', ')}` }]);
  }

  const parsed = provisionInputSchema.safeParse(raw);
  // Joined and not spread into a call: there may be more problems than a call has room for arguments.
  const problems = (parsed.success ? [] : firstIssues(parsed.error.issues))
    .flatMap((issue) => problemsOf(issue, raw))
    .concat(
      isObject(raw.request) ? requestProblems(raw.request, raw.ownerTags !== false) : [],
      extraParameterProblems(raw.extraParameters),
      durationProblems(raw),
      adoptionProblems(raw),
      laterFields(raw),
    );

  if (!parsed.success || problems.length > 0) return refused(atMost(MAX_PROBLEMS, withoutRepeats(problems)));
  return { ok: true, input: parsed.data as ProvisionInput };
}

/** JSON Schema (draft 2020-12) of the input, for editors and other languages. */
export function inputJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(provisionInputSchema, { io: 'input' });
}

function refused(problems: readonly Problem[]): CheckedInput {
  return { ok: false, problems };
}

/** What is of another type is not also too short: zod says both of a list where a text belongs. */
function firstIssues(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  const mistyped = new Set(issues.filter(({ code }) => code === 'invalid_type').map(({ path }) => pathText(path)));
  return issues.filter((issue) => issue.code === 'invalid_type' || !mistyped.has(pathText(issue.path)));
}

function problemsOf(issue: z.core.$ZodIssue, raw: unknown): Problem[] {
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
        return deeper.flatMap((inner) => problemsOf({ ...inner, path: [...issue.path, ...inner.path] }, raw));
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

/** Fields and values of the contract that this version does not build yet. */
function laterFields(raw: Record<string, unknown>): Problem[] {
  const problems: Problem[] = [];
  const later = (path: string, used: boolean, instead: string) => {
    if (used) problems.push({ path, message: `${LATER}; ${instead}` });
  };
  later('accept', isObject(raw.accept), 'use false');
  return problems;
}

function withoutRepeats(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.path}\n${problem.message}`, problem])).values()];
}

function atMost(limit: number, problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= limit) return problems;
  return [...problems.slice(0, limit), { path: '', message: `has more problems than these ${limit}` }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    raw,
  );
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const key = String(part);
    const shown = key.length > MAX_SHOWN_KEY ? `${key.slice(0, MAX_SHOWN_KEY)}…` : key;
    return text === '' ? shown : `${text}.${shown}`;
  }, '');
}

function withArticle(type: string): string {
  const name = { array: 'list', int: 'whole number' }[type] ?? type;
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}
