import type { ForcedStatuses } from '../engine/endpoint.js';
import type { WireParameters } from '../engine/parameters.js';
import { seededRandom } from './seeded-random.js';

/** What an error looks like that does not come from the service: JSON with a code, a page of HTML, or nothing. */
export type ErrorBody = 'json' | 'html' | 'empty';

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
  /** Refused with a code of flow control, by default Throttling.User, and with the header that says how long to wait. */
  | {
      readonly kind: 'throttle';
      readonly timeLeftMs?: number;
      readonly code?: 'Throttling' | 'Throttling.User' | 'Throttling.Api';
      /** Default: that of the code, 400. Other services answer 429 or 503. */
      readonly status?: number;
    }
  /** Not executed; answered with an error of the gateway. */
  | { readonly kind: 'errorBefore'; readonly status: number; readonly body?: ErrorBody }
  /** Executed, then answered with an error of the gateway. */
  | { readonly kind: 'errorAfter'; readonly status: number; readonly body?: ErrorBody }
  /** The connection is closed; nothing is executed. */
  | { readonly kind: 'resetBefore' }
  /** Executed, then the connection is closed without an answer. */
  | { readonly kind: 'loseResponse' }
  /** Executed; the connection is closed after so many bytes of the answer's body. Default: half of them. */
  | { readonly kind: 'cutBody'; readonly afterBytes?: number }
  /** Executed; the headers come at once and the body drips over this time. */
  | { readonly kind: 'slowBody'; readonly ms: number }
  /** Executed at once, answered later. */
  | { readonly kind: 'delayMs'; readonly ms: number }
  /** Executed when the delay ends, whether or not the client still waits; its ClientToken is in progress until then. */
  | { readonly kind: 'delayBeforeMs'; readonly ms: number }
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
  /** The endpoint that the call makes stays Creating. Other calls are executed as they are. */
  | { readonly kind: 'stuckCreating' }
  /** A List is answered from the state of so long ago. Other calls are executed as they are. */
  | { readonly kind: 'staleList'; readonly ms: number }
  /** Executed; the answer shows these statuses, which the endpoint does not have, wherever it shows such statuses. */
  | ({ readonly kind: 'flap' } & ForcedStatuses)
  /** The engine's clock goes forward, then the call is executed. */
  | { readonly kind: 'advanceMs'; readonly ms: number };

/** Which calls an effect strikes. */
export interface FaultRule {
  /** Names the rule in the journal and at the control port. Default: a number of its own, such as `fault-3`. */
  readonly id?: string;
  /** Name of an action, or `*` for any. */
  readonly action: string;
  /** Calls of this account only. */
  readonly accountId?: string;
  /** Wire parameters that the call must have with these values; others do not matter. */
  readonly parameters?: WireParameters;
  /** Strike from the nth matching call on, counted from when the rule was added. Default: the next. */
  readonly nth?: number;
  /** Strike only every so many matching calls: the last of each so many, or from `nth` on. */
  readonly everyNth?: number;
  /** Strike a call with this probability, from 0 to 1, drawn from the plan's seed: a run repeats itself. */
  readonly probability?: number;
  /** Strike so many calls. Default: 1, or with `forMs`, `everyNth` or `probability` every one. */
  readonly times?: number | 'always';
  /** Strike only for so long from the first strike on, by the engine's clock: what is wrong passes by itself. */
  readonly forMs?: number;
  readonly effect: FaultEffect;
}

/** A rule of a plan and what it did so far. */
export type PlannedFault = FaultRule & { readonly id: string; readonly matched: number; readonly struck: number };

/** What a call looks like to a plan. */
export interface FaultTarget {
  readonly action: string;
  readonly parameters: WireParameters;
  readonly accountId?: string;
}

/** Seed of draws where none is given: two runs of the same calls are struck alike. */
export const DEFAULT_SEED = 1;

/**
 * The faults still to come, in the order in which they were added.
 *
 * A call is struck by the first rule that matches it and is due; rules behind it wait for the next call. A rule that has
 * struck as often, or for as long, as it may is gone.
 */
export class FaultPlan {
  readonly #now: () => number;
  readonly #seed: number;
  #rules: Planned[] = [];
  #added = 0;

  /**
   * @param now - The clock of `forMs`, in milliseconds.
   * @param seed - Each rule draws from a sequence of its own, so that rules do not disturb each other.
   */
  constructor(rules: readonly FaultRule[] = [], now: () => number = Date.now, seed = DEFAULT_SEED) {
    this.#now = now;
    this.#seed = seed;
    this.add(...rules);
  }

  /**
   * Append rules.
   *
   * @throws TypeError - An id is in use. No rule is then added.
   */
  add(...rules: readonly FaultRule[]): void {
    const used = new Set(this.#rules.map(({ id }) => id));
    for (const { id } of rules) {
      if (id !== undefined && used.has(id)) throw new TypeError(`there is a fault ${id} already`);
      if (id !== undefined) used.add(id);
    }
    const planned = rules.map((rule) => {
      this.#added += 1;
      const draw = seededRandom(this.#seed + Math.imul(this.#added, 0x9e3779b9));
      return new Planned(rule.id ?? this.#freeId(used), rule, draw);
    });
    this.#rules.push(...planned);
  }

  /** Forget every rule. */
  clear(): void {
    this.#rules = [];
  }

  /** Forget every rule and start anew with these, as if the plan were just made. */
  restart(rules: readonly FaultRule[]): void {
    this.clear();
    this.#added = 0;
    this.add(...rules);
  }

  /** Forget one rule. @returns `false` where there is none of this id. */
  remove(id: string): boolean {
    const found = this.find(id) !== undefined;
    this.#rules = this.#rules.filter((planned) => planned.id !== id);
    return found;
  }

  /** Rules that can still strike. */
  get pending(): readonly FaultRule[] {
    return this.#current().map(({ rule }) => rule);
  }

  /** Rules that can still strike, with their ids and what they did. */
  list(): readonly PlannedFault[] {
    return this.#current().map(({ id, rule, matched, struck }) => ({ ...rule, id, matched, struck }));
  }

  /** A rule that can still strike, by its id. */
  find(id: string): PlannedFault | undefined {
    return this.list().find((planned) => planned.id === id);
  }

  /** Take the effect that strikes this call, if any. Each call is asked about once. */
  strike(call: FaultTarget): { readonly id: string; readonly effect: FaultEffect } | undefined {
    this.#rules = this.#current();
    // Every rule counts and draws for every call that it matches, whichever rule strikes.
    const due = this.#rules.filter((planned) => planned.isDueFor(call))[0];
    if (due === undefined) return undefined;
    due.strike(this.#now());
    if (due.isSpent) this.remove(due.id);
    return { id: due.id, effect: due.rule.effect };
  }

  #current(): Planned[] {
    const nowMs = this.#now();
    return this.#rules.filter((planned) => !planned.hasPassed(nowMs));
  }

  #freeId(used: Set<string>): string {
    let number = this.#added;
    while (used.has(`fault-${number}`)) number += 1;
    used.add(`fault-${number}`);
    return `fault-${number}`;
  }
}

/** A rule and how far it got. */
class Planned {
  readonly id: string;
  readonly rule: FaultRule;
  readonly #draw: () => number;
  #firstStruckAtMs: number | undefined;
  matched = 0;
  struck = 0;

  constructor(id: string, rule: FaultRule, draw: () => number) {
    this.id = id;
    this.rule = rule;
    this.#draw = draw;
  }

  /** Count a call if the rule matches it. @returns Whether the rule is to strike it. */
  isDueFor(call: FaultTarget): boolean {
    if (!matches(this.rule, call)) return false;
    this.matched += 1;
    const { everyNth, nth = everyNth ?? 1, probability } = this.rule;
    const drawn = probability === undefined || this.#draw() < probability;
    const turn = everyNth === undefined || (this.matched - nth) % everyNth === 0;
    return this.matched >= nth && turn && drawn;
  }

  strike(nowMs: number): void {
    this.struck += 1;
    this.#firstStruckAtMs ??= nowMs;
  }

  get isSpent(): boolean {
    const { forMs, everyNth, probability } = this.rule;
    const repeats = forMs !== undefined || everyNth !== undefined || probability !== undefined;
    const { times = repeats ? 'always' : 1 } = this.rule;
    return times !== 'always' && this.struck >= times;
  }

  hasPassed(nowMs: number): boolean {
    const { forMs = Infinity } = this.rule;
    return this.#firstStruckAtMs !== undefined && nowMs - this.#firstStruckAtMs >= forMs;
  }
}

function matches({ action, accountId, parameters = {} }: FaultRule, call: FaultTarget): boolean {
  return (
    (action === '*' || action === call.action) &&
    (accountId === undefined || accountId === call.accountId) &&
    Object.entries(parameters).every(
      ([name, value]) => Object.hasOwn(call.parameters, name) && call.parameters[name] === value,
    )
  );
}
