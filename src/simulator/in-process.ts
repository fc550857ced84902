import { setTimeout as pause } from 'node:timers/promises';
import { PrivateLinkEngine, refusalBody, type EngineAnswer, type EngineCall } from './engine.js';
import { FaultPlan, type FaultEffect, type FaultRule } from './faults.js';
import { Journal } from './journal.js';
import { optionalText, type WireParameters } from './parameters.js';
import { Refusal } from './refusals.js';
import type { SettingsChange } from './settings.js';
import { DEFAULT_ACCOUNT } from './signature.js';

/** How to build a twin; everything has a default. */
export interface TwinOptions {
  readonly settings?: SettingsChange;
  readonly faults?: readonly FaultRule[];
  /** Base of the engine's clock, in milliseconds since 1970. */
  readonly now?: () => number;
  readonly random?: () => number;
  readonly newId?: (prefix: string) => string;
  /** How delays pass. Rejects when the signal aborts; nothing of the call is then executed any more. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** How many requests the journal keeps. Default 100,000. */
  readonly keptRequests?: number;
}

/** What a client of the wire gets to see. */
export interface TwinAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A twin without a network: engine, faults and journal as they act together. The HTTP server is a layer on top. */
export interface InProcessTwin {
  readonly engine: PrivateLinkEngine;
  readonly faults: FaultPlan;
  readonly journal: Journal;
  /** Make a call, faults included. `noResponse`: the connection broke without an answer. */
  call(action: string, parameters: WireParameters, accountId?: string): Promise<TwinAnswer | 'noResponse'>;
  /** Answer, and note, a call that the gateway refuses before anything else sees it. */
  refuse(action: string, parameters: WireParameters, refusal: Refusal): TwinAnswer;
  /** The engine's clock. */
  now(): number;
  /** Turn the engine's clock forward. */
  advance(ms: number): void;
  /** End all delays; what waits for its execution is never executed. */
  close(): void;
}

/**
 * Create a twin that is called in process.
 *
 * It behaves as the HTTP server does, but for what belongs to the wire: signatures and malformed requests.
 */
export function createInProcessTwin(options: TwinOptions = {}): InProcessTwin {
  const { now: baseNow = Date.now, random = Math.random, newId, sleep = defaultSleep } = options;
  let advanced = 0;
  const now = () => baseNow() + advanced;
  const journal = new Journal(options.keptRequests);
  const faults = new FaultPlan(options.faults);
  const engine = new PrivateLinkEngine(
    { now, random, ...(newId === undefined ? {} : { newId }) },
    options.settings,
    (effect) => journal.happened(effect),
  );
  const closing = new AbortController();

  /** @returns `false` when the twin was closed meanwhile. */
  const passes = async (ms: number): Promise<boolean> => {
    try {
      await sleep(ms, closing.signal);
    } catch (error) {
      if (!closing.signal.aborted) throw error;
    }
    return !closing.signal.aborted;
  };

  const received = (action: string, parameters: WireParameters, accountId?: string, fault?: FaultEffect) =>
    journal.received({
      at: new Date(now()).toISOString(),
      action,
      parameters,
      ...(accountId === undefined ? {} : { accountId }),
      ...(fault === undefined ? {} : { fault: fault.kind }),
    });

  return {
    engine,
    faults,
    journal,
    now,

    call: async (action, parameters, accountId = DEFAULT_ACCOUNT.accountId) => {
      const call: EngineCall = { action, parameters, accountId };
      const fault = faults.next(action, parameters);
      const note = received(action, parameters, accountId, fault);
      const noted = (answer: EngineAnswer): EngineAnswer => {
        note(outcomeOf(answer));
        return answer;
      };
      const execute = () => noted(engine.call(call));
      if (fault === undefined) return jsonAnswer(execute());

      switch (fault.kind) {
        case 'code': {
          const { code, message, status, headers } = fault;
          return jsonAnswer(noted(engine.refuse(call, new Refusal(code, message, status))), headers);
        }
        case 'throttle':
          return jsonAnswer(noted(engine.refuse(call, new Refusal('Throttling.User'))), rateHeaders(fault.timeLeftMs));
        case 'resetBefore':
          return 'noResponse';
        case 'loseResponse':
          execute();
          return 'noResponse';
        case 'delayMs': {
          const answer = execute();
          return (await passes(fault.ms)) ? jsonAnswer(answer) : 'noResponse';
        }
        case 'delayBeforeMs': {
          const release = engine.holdToken(call);
          const alive = await passes(fault.ms).finally(release);
          return alive ? jsonAnswer(execute()) : 'noResponse';
        }
        case 'errorAfter':
          return gatewayError(fault, execute(), optionalText(parameters, 'RegionId'));
      }
    },

    refuse: (action, parameters, refusal) => {
      const answer = engine.refuseAtGateway(parameters, refusal);
      received(action, parameters)(outcomeOf(answer));
      return jsonAnswer(answer);
    },

    advance: (ms) => {
      if (!(ms >= 0 && ms <= MAX_ADVANCE_MS))
        throw new RangeError(`The clock goes forward by 0 to ${MAX_ADVANCE_MS} ms`);
      advanced += ms;
    },

    close: () => closing.abort(),
  };
}

/** Ten years: enough for any test, and far from where dates end. */
const MAX_ADVANCE_MS = 10 * 366 * 24 * 60 * 60_000;

const CODES_BY_STATUS = { 500: 'InternalError', 502: 'BadGateway', 503: 'ServiceUnavailable' } as const;

async function defaultSleep(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal });
}

function outcomeOf({ status, body }: EngineAnswer) {
  return { requestId: body.RequestId, status, ...(body.Code === undefined ? {} : { code: body.Code }) };
}

function jsonAnswer({ status, body }: EngineAnswer, headers: Readonly<Record<string, string>> = {}): TwinAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json;charset=utf-8', 'x-acs-request-id': body.RequestId, ...headers },
    body: JSON.stringify(body),
  };
}

/** Without a time no header is sent: the hint is not promised. */
function rateHeaders(timeLeftMs: number | undefined): Readonly<Record<string, string>> {
  if (timeLeftMs === undefined) return {};
  return { 'x-ratelimit-user-api': `Limit:1,Remain:0,TimeLeft:${timeLeftMs},Reset:1` };
}

function gatewayError(
  { status, body = 'json' }: Extract<FaultEffect, { kind: 'errorAfter' }>,
  executed: EngineAnswer,
  RegionId: string | undefined,
): TwinAnswer {
  if (body === 'empty') return { status, headers: {}, body: '' };
  if (body === 'html') {
    const page = `<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>`;
    return { status, headers: { 'content-type': 'text/html' }, body: page };
  }
  return jsonAnswer({
    status,
    body: refusalBody(new Refusal(CODES_BY_STATUS[status]), executed.body.RequestId, RegionId),
  });
}
