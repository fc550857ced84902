import { setTimeout as pause } from 'node:timers/promises';
import { PrivateLinkEngine, refusalBody, type EngineAnswer, type EngineCall } from './engine.js';
import { FaultPlan, type FaultEffect, type FaultRule } from './faults.js';
import { Journal, type JournalRequest } from './journal.js';
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

type Flap = Extract<FaultEffect, { readonly kind: 'flap' }>;

/** A call that will be executed once so many further calls of its account and region were answered. */
interface UnderWay {
  readonly call: EngineCall;
  readonly fault: FaultEffect['kind'];
  callsLeft: number;
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
  const faults = new FaultPlan(options.faults, now);
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

  const received = (
    { action, parameters, accountId }: Omit<EngineCall, 'accountId'> & { readonly accountId?: string },
    more: Pick<JournalRequest, 'fault' | 'copy'> = {},
  ) =>
    journal.received({
      at: new Date(now()).toISOString(),
      action,
      parameters,
      ...(accountId === undefined ? {} : { accountId }),
      ...more,
    });

  let copies: UnderWay[] = [];

  /** Execute what arrives late, or a second time. */
  const deliverCopy = (call: EngineCall, fault: FaultEffect['kind']): EngineAnswer => {
    const note = received(call, { fault, copy: true });
    const answer = engine.call(call);
    note(outcomeOf(answer));
    return answer;
  };

  /** Let one more answered call pass for the copies that were under way when it came. */
  const deliverDue = (passed: readonly UnderWay[]): void => {
    for (const copy of passed) {
      copy.callsLeft -= 1;
      if (copy.callsLeft === 0) deliverCopy(copy.call, copy.fault);
    }
    copies = copies.filter(({ callsLeft }) => callsLeft > 0);
  };

  const answer = async (call: EngineCall, fault: FaultEffect | undefined): Promise<TwinAnswer | 'noResponse'> => {
    const { parameters } = call;
    const note = received(call, fault === undefined ? {} : { fault: fault.kind });
    const noted = (given: EngineAnswer): EngineAnswer => {
      note(outcomeOf(given));
      return given;
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
        const given = execute();
        return (await passes(fault.ms)) ? jsonAnswer(given) : 'noResponse';
      }
      case 'delayBeforeMs': {
        const release = engine.holdToken(call);
        const alive = await passes(fault.ms).finally(release);
        return alive ? jsonAnswer(execute()) : 'noResponse';
      }
      case 'errorAfter':
        return gatewayError(fault, execute(), optionalText(parameters, 'RegionId'));
      case 'duplicate': {
        const [first, second] = [execute(), deliverCopy(call, fault.kind)];
        return jsonAnswer(fault.answer === 'second' ? second : first);
      }
      case 'duplicateLater':
        copies.push({ call, fault: fault.kind, callsLeft: fault.calls });
        return jsonAnswer(execute());
      case 'executeLater':
        copies.push({ call, fault: fault.kind, callsLeft: fault.calls });
        return 'noResponse';
      case 'forgetTokens':
        engine.forgetTokens(call);
        return jsonAnswer(execute());
      case 'vanish': {
        engine.removeEndpoint(optionalText(parameters, 'EndpointId') ?? '');
        const given = execute();
        if (call.action === 'CreateVpcEndpoint') engine.removeEndpoint(String(given.body['EndpointId']));
        return jsonAnswer(given);
      }
      case 'flap':
        return jsonAnswer(showing(fault, execute()));
    }
  };

  return {
    engine,
    faults,
    journal,
    now,

    call: async (action, parameters, accountId = DEFAULT_ACCOUNT.accountId) => {
      const call: EngineCall = { action, parameters, accountId };
      const passed = copies.filter((copy) => isSamePlace(copy.call, call));
      const given = await answer(call, faults.next(action, parameters));
      deliverDue(passed);
      return given;
    },

    refuse: (action, parameters, refusal) => {
      const given = engine.refuseAtGateway(parameters, refusal);
      received({ action, parameters })(outcomeOf(given));
      return jsonAnswer(given);
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

function isSamePlace(a: EngineCall, b: EngineCall): boolean {
  return (
    a.accountId === b.accountId && optionalText(a.parameters, 'RegionId') === optionalText(b.parameters, 'RegionId')
  );
}

/** The answer with other statuses: in its body and in each listed endpoint, where such a status stands. */
function showing(statuses: Flap, { status, body }: EngineAnswer): EngineAnswer {
  const altered = <Item extends object>(item: Item): Item => ({
    ...item,
    ...Object.fromEntries(Object.entries(statuses).filter(([name]) => Object.hasOwn(item, name))),
  });
  const { Endpoints } = body as { readonly Endpoints?: readonly object[] };
  const listed = Endpoints === undefined ? {} : { Endpoints: Endpoints.map(altered) };
  return { status, body: { ...altered(body), ...listed } };
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
