import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Caller, EngineCall } from '../engine/engine-state.js';
import { PrivateLinkEngine, type EngineAnswer } from '../engine/engine.js';
import { optionalText, type WireParameters } from '../engine/parameters.js';
import type { Refusal } from '../engine/refusals.js';
import type { SettingsChange } from '../engine/settings.js';
import { DEFAULT_ACCOUNT } from './accounts.js';
import { answerStruck, type StruckCall } from './fault-effects.js';
import { FaultPlan, type FaultRule } from './faults.js';
import { Journal, type JournalLimits, type JournalRequest, type WireFacts } from './journal.js';
import { seededRandom } from './seeded-random.js';
import { jsonAnswer, type TwinAnswer } from './twin-answer.js';
import { TwinClock } from './twin-clock.js';

export type { TwinAnswer } from './twin-answer.js';

/** How to build a twin; everything has a default. */
export interface TwinOptions extends JournalLimits {
  readonly settings?: SettingsChange;
  readonly faults?: readonly FaultRule[];
  /** Base of the engine's clock, in milliseconds since 1970. */
  readonly now?: () => number;
  /** Seed of ids, of durations that are drawn and of faults that strike by chance: all the same for the same calls. */
  readonly seed?: number;
  /** In place of numbers drawn from the seed. */
  readonly random?: () => number;
  readonly newId?: (prefix: string) => string;
  /** How delays pass. Rejects when the signal aborts; nothing of the call is then executed any more. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Where a call comes from, beyond its account. */
export interface CallOrigin extends WireFacts {
  readonly caller?: Caller;
}

/** A twin without a network: engine, faults and journal as they act together. The HTTP server is a layer on top. */
export interface InProcessTwin {
  /** After a reset it is another one. */
  readonly engine: PrivateLinkEngine;
  readonly faults: FaultPlan;
  readonly journal: Journal;
  /**
   * Make a call, faults included. `noResponse`: the connection broke without an answer.
   *
   * @param origin - Who calls, for the engine; how the call came in, for the journal.
   */
  call(
    action: string,
    parameters: WireParameters,
    accountId?: string,
    origin?: CallOrigin,
  ): Promise<TwinAnswer | 'noResponse'>;
  /** Answer, and note, a call that the gateway refuses before anything else sees it. */
  refuse(action: string, parameters: WireParameters, refusal: Refusal, wire?: WireFacts): TwinAnswer;
  /** The engine's clock. */
  now(): number;
  /** Turn the engine's clock forward. */
  advance(ms: number): void;
  /** Go back to the start: state, settings, faults, journal and clock. What is under way gets no answer. */
  reset(): void;
  /** End all delays; what waits for its execution is never executed. */
  close(): void;
}

/** A call that will be executed once so many further calls of its account and region were answered. */
interface UnderWay {
  readonly call: EngineCall;
  readonly deliver: () => void;
  callsLeft: number;
}

/**
 * Create a twin that is called in process.
 *
 * It behaves as the HTTP server does, but for what belongs to the wire: signatures and malformed requests.
 */
export function createInProcessTwin(options: TwinOptions = {}): InProcessTwin {
  const { sleep = defaultSleep } = options;
  const clock = new TwinClock(options.now ?? Date.now);
  const now = () => clock.now();
  const journal = new Journal(options);
  const faults = new FaultPlan(options.faults, now, options.seed);
  const newEngine = () =>
    new PrivateLinkEngine(
      {
        now,
        random: options.random ?? (options.seed === undefined ? Math.random : seededRandom(options.seed)),
        ...(options.newId === undefined ? {} : { newId: options.newId }),
      },
      options.settings,
      (effect) => journal.happened(effect),
    );
  let engine = newEngine();
  let ending = newEnding();
  let underWay: UnderWay[] = [];

  const passes = async (ms: number, { signal }: AbortController): Promise<boolean> => {
    try {
      await sleep(ms, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    return !signal.aborted;
  };

  const received = (
    { action, parameters, accountId }: Omit<EngineCall, 'accountId'> & { readonly accountId?: string },
    more: Pick<JournalRequest, 'fault' | 'faultId' | 'copy' | 'wire'>,
  ) =>
    journal.received({
      at: new Date(now()).toISOString(),
      action,
      parameters,
      ...(accountId === undefined ? {} : { accountId }),
      ...more,
    });

  const answer = async (call: EngineCall, wire: Pick<JournalRequest, 'wire'>): Promise<TwinAnswer | 'noResponse'> => {
    const struckBy = faults.strike(call);
    const fault = struckBy === undefined ? {} : { fault: struckBy.effect.kind, faultId: struckBy.id };
    const note = received(call, { ...fault, ...wire });
    const answerWith: StruckCall['answerWith'] = (given, shown) => {
      note(shown ?? outcomeOf(given));
      return given;
    };
    const execute: StruckCall['execute'] = (hints = {}) => answerWith(engine.call({ ...call, ...hints }));
    if (struckBy === undefined) return jsonAnswer(execute());

    const executeCopy = () => {
      const noteCopy = received(call, { ...fault, copy: true });
      const given = engine.call(call);
      noteCopy(outcomeOf(given));
      return given;
    };
    const until = ending;
    return answerStruck(struckBy.effect, {
      call,
      engine,
      execute,
      answerWith,
      executeCopy,
      executeLater: (calls) => underWay.push({ call, deliver: executeCopy, callsLeft: calls }),
      passes: (ms) => passes(ms, until),
      advance: (ms) => clock.advance(ms),
    });
  };

  /** Let one more answered call pass for the copies that were under way when it came. */
  const deliverDue = (passed: readonly UnderWay[]): void => {
    for (const copy of passed) {
      copy.callsLeft -= 1;
      if (copy.callsLeft === 0 && underWay.includes(copy)) copy.deliver();
    }
    underWay = underWay.filter(({ callsLeft }) => callsLeft > 0);
  };

  return {
    get engine() {
      return engine;
    },
    faults,
    journal,
    now,

    call: async (action, parameters, accountId = DEFAULT_ACCOUNT.accountId, origin) => {
      const caller = origin?.caller;
      const call: EngineCall = { action, parameters, accountId, ...(caller === undefined ? {} : { caller }) };
      const passed = underWay.filter((copy) => isSamePlace(copy.call, call));
      const given = await answer(call, origin === undefined ? {} : { wire: origin });
      deliverDue(passed);
      return given;
    },

    refuse: (action, parameters, refusal, wire) => {
      const given = engine.refuseAtGateway(parameters, refusal);
      received({ action, parameters }, wire === undefined ? {} : { wire })(outcomeOf(given));
      return jsonAnswer(given);
    },

    advance: (ms) => clock.advance(ms),

    reset: () => {
      ending.abort();
      ending = newEnding();
      underWay = [];
      clock.reset();
      journal.clear();
      faults.restart(options.faults ?? []);
      engine = newEngine();
    },

    close: () => ending.abort(),
  };
}

/** Thousands of delays may wait for it. */
function newEnding(): AbortController {
  const ending = new AbortController();
  setMaxListeners(0, ending.signal);
  return ending;
}

async function defaultSleep(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal });
}

function outcomeOf({ status, body }: EngineAnswer) {
  return { requestId: body.RequestId, status, ...(body.Code === undefined ? {} : { code: body.Code }) };
}

function isSamePlace(a: EngineCall, b: EngineCall): boolean {
  return (
    a.accountId === b.accountId && optionalText(a.parameters, 'RegionId') === optionalText(b.parameters, 'RegionId')
  );
}
