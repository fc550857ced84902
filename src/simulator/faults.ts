import type { ForcedStatuses } from './endpoint.js';
import type { WireParameters } from './parameters.js';

/** What goes wrong with a call. */
export type FaultEffect =
  /** Refused without execution. Status and message default to those of the code. */
  | {
      readonly kind: 'code';
      readonly code: string;
      readonly message?: string;
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Executed, then the connection is closed without an answer. */
  | { readonly kind: 'loseResponse' }
  /** The connection is closed; nothing is executed. */
  | { readonly kind: 'resetBefore' }
  /** Executed at once, answered later. */
  | { readonly kind: 'delayMs'; readonly ms: number }
  /** Executed when the delay ends, whether or not the client still waits; its ClientToken is in progress until then. */
  | { readonly kind: 'delayBeforeMs'; readonly ms: number }
  /** Executed, then answered with an error of the gateway: JSON with a code, a page of HTML, or nothing. */
  | { readonly kind: 'errorAfter'; readonly status: 500 | 502 | 503; readonly body?: 'json' | 'html' | 'empty' }
  /** Refused with Throttling.User and the header that says how long to wait. */
  | { readonly kind: 'throttle'; readonly timeLeftMs?: number }
  /** Delivered twice, one copy right after the other. The client gets the answer to the first unless told otherwise. */
  | { readonly kind: 'duplicate'; readonly answer?: 'first' | 'second' }
  /** Executed and answered; a copy is executed after so many further calls of its account and region were answered. */
  | { readonly kind: 'duplicateLater'; readonly calls: number }
  /** The connection is closed; the call is executed after so many further calls of its account and region were answered. */
  | { readonly kind: 'executeLater'; readonly calls: number }
  /** Executed as if the time for which ClientTokens are remembered were over for all of its account and region. */
  | { readonly kind: 'forgetTokens' }
  /** The endpoint that the call names is gone before it is executed, or the one that it makes right after. */
  | { readonly kind: 'vanish' }
  /** Executed; the answer shows these statuses, which the endpoint does not have, wherever it shows such statuses. */
  | ({ readonly kind: 'flap' } & ForcedStatuses);

/** Which calls an effect strikes. */
export interface FaultRule {
  /** Name of an action, or `*` for any. */
  readonly action: string;
  /** Wire parameters that the call must have with these values; others do not matter. */
  readonly parameters?: WireParameters;
  /** Strike from the nth matching call on, counted from when the rule was added. Default: the next. */
  readonly nth?: number;
  /** Strike so many calls. Default: 1, or with `forMs` every one. */
  readonly times?: number | 'always';
  /** Strike only for so long from the first strike on, by the engine's clock: what is wrong passes by itself. */
  readonly forMs?: number;
  readonly effect: FaultEffect;
}

interface PlannedRule {
  readonly rule: FaultRule;
  matched: number;
  struck: number;
  firstStruckAtMs?: number;
}

/**
 * The faults still to come, in the order in which they were added.
 *
 * A call is struck by the first rule that matches it and is due; rules behind it wait for the next call. A rule that has
 * struck as often, or for as long, as it may is gone.
 */
export class FaultPlan {
  readonly #now: () => number;
  #rules: PlannedRule[] = [];

  /** @param now - The clock of `forMs`, in milliseconds. */
  constructor(rules: readonly FaultRule[] = [], now: () => number = Date.now) {
    this.#now = now;
    this.add(...rules);
  }

  /** Append rules. */
  add(...rules: readonly FaultRule[]): void {
    this.#rules.push(...rules.map((rule) => ({ rule, matched: 0, struck: 0 })));
  }

  /** Forget every rule. */
  clear(): void {
    this.#rules = [];
  }

  /** Rules that can still strike. */
  get pending(): readonly FaultRule[] {
    return this.#rules.filter((planned) => !this.#hasPassed(planned)).map(({ rule }) => rule);
  }

  /** Take the effect that strikes this call, if any. Each call is asked about once. */
  next(action: string, parameters: WireParameters): FaultEffect | undefined {
    const matching = this.#rules.filter(({ rule }) => matches(rule, action, parameters));
    for (const planned of matching) planned.matched += 1;
    const due = matching.find((planned) => planned.matched >= (planned.rule.nth ?? 1) && !this.#hasPassed(planned));
    if (due === undefined) return undefined;
    due.struck += 1;
    due.firstStruckAtMs ??= this.#now();
    const { forMs, times = forMs === undefined ? 1 : 'always' } = due.rule;
    if (times !== 'always' && due.struck >= times) this.#rules = this.#rules.filter((planned) => planned !== due);
    return due.rule.effect;
  }

  #hasPassed({ rule: { forMs = Infinity }, firstStruckAtMs }: PlannedRule): boolean {
    return firstStruckAtMs !== undefined && this.#now() - firstStruckAtMs >= forMs;
  }
}

/**
 * Read one rule or a list of rules that came as JSON.
 *
 * @throws TypeError - Something in it is missing, unknown or of a wrong type; the message names it.
 */
export function parseFaultRules(value: unknown): FaultRule[] {
  return (Array.isArray(value) ? value : [value]).map(parseRule);
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string' && value !== '';
const isTexts: Check = (value) => isObject(value) && Object.values(value).every((item) => typeof item === 'string');
const isCount: Check = (value) => Number.isInteger(value) && (value as number) >= 1;
const isTime: Check = (value) => typeof value === 'number' && value >= 0 && value <= 2 ** 31 - 1;
const isDuration: Check = (value) => typeof value === 'number' && value > 0 && value < Infinity;
const isStatus: Check = (value) => Number.isInteger(value) && (value as number) >= 200 && (value as number) <= 599;
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

const RULE_FIELDS: Readonly<Record<string, Check>> = {
  action: isText,
  parameters: optional(isTexts),
  nth: optional(isCount),
  times: optional((value) => value === 'always' || isCount(value)),
  forMs: optional(isDuration),
  effect: isObject,
};

const EFFECT_FIELDS: Readonly<Record<FaultEffect['kind'], Readonly<Record<string, Check>>>> = {
  code: {
    code: isText,
    message: optional(isText),
    status: optional(isStatus),
    headers: optional(isTexts),
  },
  loseResponse: {},
  resetBefore: {},
  delayMs: { ms: isTime },
  delayBeforeMs: { ms: isTime },
  errorAfter: { status: oneOf(500, 502, 503), body: optional(oneOf('json', 'html', 'empty')) },
  throttle: { timeLeftMs: optional(isTime) },
  duplicate: { answer: optional(oneOf('first', 'second')) },
  duplicateLater: { calls: isCount },
  executeLater: { calls: isCount },
  forgetTokens: {},
  vanish: {},
  flap: {
    EndpointStatus: optional(isText),
    EndpointBusinessStatus: optional(isText),
    ConnectionStatus: optional(isText),
  },
};

function parseRule(value: unknown): FaultRule {
  const rule = checkFields('fault', value, RULE_FIELDS);
  const { kind, ...rest } = rule['effect'] as Record<string, unknown>;
  if (typeof kind !== 'string' || !Object.hasOwn(EFFECT_FIELDS, kind)) {
    throw new TypeError(`effect.kind is one of ${Object.keys(EFFECT_FIELDS).join(', ')}`);
  }
  checkFields('effect', rest, EFFECT_FIELDS[kind as FaultEffect['kind']]);
  return value as FaultRule;
}

function checkFields(
  name: string,
  value: unknown,
  fields: Readonly<Record<string, Check>>,
): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw new TypeError(`a ${name} is a JSON object`);
  const unknown = Object.keys(value).find((field) => !Object.hasOwn(fields, field));
  if (unknown !== undefined) throw new TypeError(`a ${name} has no ${unknown}`);
  const wrong = Object.entries(fields).find(([field, check]) => !check(value[field]));
  if (wrong !== undefined) throw new TypeError(`${name}.${wrong[0]} is missing or not of its type`);
  return value;
}

function matches({ action, parameters = {} }: FaultRule, calledAction: string, called: WireParameters): boolean {
  return (
    (action === '*' || action === calledAction) &&
    Object.entries(parameters).every(([name, value]) => Object.hasOwn(called, name) && called[name] === value)
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
