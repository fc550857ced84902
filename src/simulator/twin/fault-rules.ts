import {
  COUNT,
  either,
  isObject,
  numberBetween,
  OBJECT,
  oneOf,
  optional,
  problemOf,
  TEXT,
  TEXTS,
  TIMER,
  wholeBetween,
  type Check,
  type FieldChecks,
} from './checks.js';
import type { FaultEffect, FaultRule } from './faults.js';
import { MAX_ADVANCE_MS } from './twin-clock.js';

/** An answer with one of these statuses has no body: clients would take what follows for the next answer. */
const WITHOUT_BODY: readonly unknown[] = [204, 205, 304];
const ANY_STATUS = wholeBetween(200, 599);
const STATUS: Check = {
  expected: `${ANY_STATUS.expected}, but none of ${WITHOUT_BODY.join(', ')}, which carry no body`,
  holds: (value) => ANY_STATUS.holds(value) && !WITHOUT_BODY.includes(value),
};
const BODY = optional(oneOf('json', 'html', 'empty'));
const DURATION: Check = {
  expected: 'a number above 0',
  holds: (value) => typeof value === 'number' && value > 0 && value < Infinity,
};
/** What cannot be a header would only break the connection; how long the body is, is not for a rule to say. */
const HEADERS: Check = {
  expected: 'an object of header names and texts, without content-length and transfer-encoding',
  holds: (value) =>
    isObject(value) &&
    Object.entries(value).every(
      ([name, text]) =>
        /^[\w!#$%&'*+.^`|~-]+$/.test(name) &&
        !/^(?:content-length|transfer-encoding)$/i.test(name) &&
        typeof text === 'string' &&
        /^[\t\x20-\x7e]*$/.test(text),
    ),
};

const RULE_FIELDS: FieldChecks = {
  id: optional({
    expected: '1 to 64 letters, digits, ".", "_" or "-"',
    holds: (value) => typeof value === 'string' && /^[\w.-]{1,64}$/.test(value),
  }),
  action: TEXT,
  accountId: optional(TEXT),
  parameters: optional(TEXTS),
  nth: optional(COUNT),
  everyNth: optional(COUNT),
  probability: optional(numberBetween(0, 1)),
  times: optional(either(COUNT, oneOf('always'))),
  forMs: optional(DURATION),
  effect: OBJECT,
};

const EFFECT_FIELDS: Readonly<Record<FaultEffect['kind'], FieldChecks>> = {
  code: { code: TEXT, message: optional(TEXT), status: optional(STATUS), headers: optional(HEADERS) },
  throttle: {
    timeLeftMs: optional(wholeBetween(0, 2 ** 31 - 1)),
    code: optional(oneOf('Throttling', 'Throttling.User', 'Throttling.Api')),
    status: optional(STATUS),
  },
  errorBefore: { status: STATUS, body: BODY },
  errorAfter: { status: STATUS, body: BODY },
  resetBefore: {},
  loseResponse: {},
  cutBody: { afterBytes: optional(wholeBetween(0, 2 ** 31 - 1)) },
  slowBody: { ms: TIMER },
  delayMs: { ms: TIMER },
  delayBeforeMs: { ms: TIMER },
  duplicate: { answer: optional(oneOf('first', 'second')) },
  duplicateLater: { calls: COUNT },
  executeLater: { calls: COUNT },
  forgetTokens: {},
  vanish: {},
  stuckCreating: {},
  staleList: { ms: TIMER },
  flap: {
    EndpointStatus: optional(TEXT),
    EndpointBusinessStatus: optional(TEXT),
    ConnectionStatus: optional(TEXT),
  },
  advanceMs: { ms: numberBetween(0, MAX_ADVANCE_MS) },
};

/** Every kind of effect there is. */
export const EFFECT_KINDS = Object.keys(EFFECT_FIELDS) as readonly FaultEffect['kind'][];

/**
 * Read one rule or a list of rules that came as JSON.
 *
 * @throws TypeError - Something in it is missing, unknown or of a wrong type; the message names its path.
 */
export function parseFaultRules(value: unknown): FaultRule[] {
  const rules: readonly unknown[] = Array.isArray(value) ? value : [value];
  for (const [index, rule] of rules.entries()) {
    const problem = faultRuleProblem(Array.isArray(value) ? `faults[${index}]` : 'fault', rule);
    if (problem !== undefined) throw new TypeError(problem);
  }
  return rules as FaultRule[];
}

/** Say what is wrong with a rule, as `path: problem`; `undefined` where nothing is. */
export function faultRuleProblem(path: string, value: unknown): string | undefined {
  const problem = problemOf(path, value, RULE_FIELDS);
  if (problem !== undefined) return problem;
  const { kind, ...fields } = (value as { effect: Record<string, unknown> }).effect;
  if (typeof kind !== 'string' || !Object.hasOwn(EFFECT_FIELDS, kind)) {
    return `${path}.effect.kind: expected one of ${EFFECT_KINDS.join(', ')}`;
  }
  return problemOf(`${path}.effect`, fields, EFFECT_FIELDS[kind as FaultEffect['kind']]);
}
