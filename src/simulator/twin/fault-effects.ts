import type { EngineCall } from '../engine/engine-state.js';
import type { EngineAnswer, PrivateLinkEngine } from '../engine/engine.js';
import { optionalText } from '../engine/parameters.js';
import { Refusal } from '../engine/refusals.js';
import type { ErrorBody, FaultEffect } from './faults.js';
import { jsonAnswer, type TwinAnswer } from './twin-answer.js';

/** A call that a fault strikes, and what can be done with it. Answers are noted in the journal as they are made. */
export interface StruckCall {
  readonly call: EngineCall;
  readonly engine: PrivateLinkEngine;
  /** Execute it. */
  readonly execute: (hints?: Pick<EngineCall, 'view' | 'stuckCreating'>) => EngineAnswer;
  /** Answer without execution. `shown`: what the journal notes of it, where that is not the answer. */
  readonly answerWith: (answer: EngineAnswer, shown?: { readonly status: number }) => EngineAnswer;
  /** Execute a copy of it. */
  readonly executeCopy: () => EngineAnswer;
  /** Execute it once so many further calls of its account and region were answered. */
  readonly executeLater: (calls: number) => void;
  /** Let time pass. @returns `false` when the twin was closed or reset meanwhile. */
  readonly passes: (ms: number) => Promise<boolean>;
  /** Turn the engine's clock forward. */
  readonly advance: (ms: number) => void;
}

type Answer = TwinAnswer | 'noResponse';
type EffectOf<Kind extends FaultEffect['kind']> = Extract<FaultEffect, { readonly kind: Kind }>;

/** What each kind of effect does with a call. */
const EFFECTS: {
  readonly [Kind in FaultEffect['kind']]: (effect: EffectOf<Kind>, struck: StruckCall) => Answer | Promise<Answer>;
} = {
  code: ({ code, message, status, headers }, struck) =>
    jsonAnswer(refuse(struck, new Refusal(code, message, status)), headers),

  throttle: ({ code = 'Throttling.User', status, timeLeftMs }, struck) =>
    jsonAnswer(refuse(struck, new Refusal(code, undefined, status)), rateHeaders(timeLeftMs)),

  errorBefore: ({ status, body = 'json' }, struck) => {
    const given = gatewayRefusal(status, struck);
    return errorAnswer(struck.answerWith(given, body === 'json' ? undefined : { status }), body);
  },

  errorAfter: ({ status, body = 'json' }, struck) => {
    const { RequestId } = struck.execute().body;
    const { body: refused } = gatewayRefusal(status, struck);
    return errorAnswer({ status, body: { ...refused, RequestId } }, body);
  },

  resetBefore: () => 'noResponse',

  loseResponse: (_effect, { execute }) => {
    execute();
    return 'noResponse';
  },

  cutBody: ({ afterBytes }, { execute }) => {
    const given = jsonAnswer(execute());
    const length = Buffer.byteLength(given.body);
    // Never the whole of it: a client that counts would take that for an answer.
    return { ...given, cutAfterBytes: Math.min(afterBytes ?? Math.floor(length / 2), length - 1) };
  },

  slowBody: ({ ms }, { execute }) => ({ ...jsonAnswer(execute()), bodyOverMs: ms }),

  delayMs: async ({ ms }, { execute, passes }) => {
    const given = execute();
    return (await passes(ms)) ? jsonAnswer(given) : 'noResponse';
  },

  delayBeforeMs: async ({ ms }, { call, engine, execute, passes }) => {
    const release = engine.holdToken(call);
    const alive = await passes(ms).finally(release);
    return alive ? jsonAnswer(execute()) : 'noResponse';
  },

  duplicate: ({ answer }, { execute, executeCopy }) => {
    const [first, second] = [execute(), executeCopy()];
    return jsonAnswer(answer === 'second' ? second : first);
  },

  duplicateLater: ({ calls }, { execute, executeLater }) => {
    executeLater(calls);
    return jsonAnswer(execute());
  },

  executeLater: ({ calls }, { executeLater }) => {
    executeLater(calls);
    return 'noResponse';
  },

  forgetTokens: (_effect, { call, engine, execute }) => {
    engine.forgetTokens(call);
    return jsonAnswer(execute());
  },

  vanish: (_effect, { call, engine, execute }) => {
    engine.removeEndpoint(optionalText(call.parameters, 'EndpointId') ?? '');
    const given = execute();
    if (call.action === 'CreateVpcEndpoint') engine.removeEndpoint(String(given.body['EndpointId']));
    return jsonAnswer(given);
  },

  stuckCreating: (_effect, { execute }) => jsonAnswer(execute({ stuckCreating: true })),

  staleList: ({ ms }, { execute }) => jsonAnswer(execute({ view: { staleMs: ms } })),

  flap: (effect, { execute }) => jsonAnswer(showing(effect, execute())),

  advanceMs: ({ ms }, { advance, execute }) => {
    advance(ms);
    return jsonAnswer(execute());
  },
};

/** Answer a call as the fault that strikes it has it. `noResponse`: the connection broke without an answer. */
export async function answerStruck(effect: FaultEffect, struck: StruckCall): Promise<Answer> {
  // The table is right for each kind; the compiler cannot know that of a union.
  const act = EFFECTS[effect.kind] as (of: FaultEffect, call: StruckCall) => Answer | Promise<Answer>;
  return act(effect, struck);
}

/** A refusal by the service: a final one is kept under the call's ClientToken. */
function refuse({ call, engine, answerWith }: StruckCall, refusal: Refusal): EngineAnswer {
  return answerWith(engine.refuse(call, refusal));
}

/** Codes of a gateway's errors. Inferred for all but 500 and 503. */
const CODES_BY_STATUS: ReadonlyMap<number, string> = new Map([
  [429, 'Throttling'],
  [502, 'BadGateway'],
  [503, 'ServiceUnavailable'],
]);

/** An error that is made before, or behind, the service: no token means anything to it. */
function gatewayRefusal(status: number, { call, engine }: StruckCall): EngineAnswer {
  const code = CODES_BY_STATUS.get(status) ?? 'InternalError';
  return engine.refuseAtGateway(call.parameters, new Refusal(code, undefined, status));
}

function errorAnswer(given: EngineAnswer, body: ErrorBody): TwinAnswer {
  const { status } = given;
  if (body === 'json') return jsonAnswer(given);
  if (body === 'empty') return { status, headers: {}, body: '' };
  const page = `<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>`;
  return { status, headers: { 'content-type': 'text/html' }, body: page };
}

/** Without a time no header is sent: the hint is not promised. The newer SDKs read the second header, and only it. */
function rateHeaders(timeLeftMs: number | undefined): Readonly<Record<string, string>> {
  if (timeLeftMs === undefined) return {};
  return {
    'x-ratelimit-user-api': `Limit:1,Remain:0,TimeLeft:${timeLeftMs},Reset:1`,
    'x-acs-retry-after': String(timeLeftMs),
  };
}

/** The answer with other statuses: in its body and in each listed endpoint, where such a status stands. */
function showing(statuses: EffectOf<'flap'>, { status, body }: EngineAnswer): EngineAnswer {
  const altered = <Item extends object>(item: Item): Item => ({
    ...item,
    ...Object.fromEntries(Object.entries(statuses).filter(([name]) => Object.hasOwn(item, name))),
  });
  const { Endpoints } = body as { readonly Endpoints?: readonly object[] };
  const listed = Endpoints === undefined ? {} : { Endpoints: Endpoints.map(altered) };
  return { status, body: { ...altered(body), ...listed } };
}
