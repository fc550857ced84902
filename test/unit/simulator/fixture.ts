import {
  createInProcessTwin,
  NO_LIMITS,
  PrivateLinkEngine,
  type Effect,
  type EngineAnswer,
  type InProcessTwin,
  type SettingsChange,
  type TwinAnswer,
  type TwinOptions,
  type WireParameters,
} from '../../../src/simulator/index.js';

export const REGION = 'cn-huhehaote';
export const ACCOUNT = '1000000000000001';
export const START_MS = Date.UTC(2026, 0, 1);

/** A CreateVpcEndpoint that breaks no rule. */
export const VALID_CREATE: WireParameters = {
  RegionId: REGION,
  VpcId: 'vpc-1',
  ServiceId: 'epsrv-1',
  'SecurityGroupId.1': 'sg-1',
  'Zone.1.ZoneId': 'cn-huhehaote-b',
  'Zone.1.VSwitchId': 'vsw-1',
};

/** Random numbers that are the same in every run (mulberry32). */
export function seededRandom(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An engine whose clock is a field. */
export function createEngine(settings: SettingsChange = {}) {
  const clock = { nowMs: START_MS };
  const effects: Effect[] = [];
  const engine = new PrivateLinkEngine(
    { now: () => clock.nowMs, random: seededRandom() },
    { limits: NO_LIMITS, ...settings },
    (effect) => effects.push(effect),
  );
  const call = (action: string, parameters: WireParameters, accountId = ACCOUNT): EngineAnswer =>
    engine.call({ action, parameters: { RegionId: REGION, ...parameters }, accountId });
  const create = (parameters: WireParameters = {}, accountId = ACCOUNT): EngineAnswer =>
    call('CreateVpcEndpoint', { ...VALID_CREATE, ...parameters }, accountId);
  const describe = (EndpointId: string, accountId = ACCOUNT): EngineAnswer =>
    call('GetVpcEndpointAttribute', { EndpointId }, accountId);
  return { engine, clock, effects, call, create, describe };
}

/** Text of a field of an answer. */
export function text({ body }: EngineAnswer, field: string): string {
  const value = body[field];
  if (typeof value !== 'string') throw new Error(`${field} is not a text in ${JSON.stringify(body)}`);
  return value;
}

export interface RecordedSleep {
  readonly ms: number;
  readonly pass: () => void;
}

/** An in-process twin on a clock of its own, whose delays end when the test says so. */
export function createTwin(options: TwinOptions = {}): InProcessTwin & { readonly sleeps: RecordedSleep[] } {
  const sleeps: RecordedSleep[] = [];
  const sleep = (ms: number, signal: AbortSignal) =>
    new Promise<void>((pass, stop) => {
      sleeps.push({ ms, pass });
      signal.addEventListener('abort', () => stop(new Error('stopped')));
    });
  return {
    sleeps,
    ...createInProcessTwin({
      now: () => START_MS,
      random: seededRandom(),
      sleep,
      ...options,
      settings: { limits: NO_LIMITS, ...options.settings },
    }),
  };
}

/** Body of an answer that must have come. */
export function bodyOf(answer: TwinAnswer | 'noResponse'): Readonly<Record<string, unknown>> {
  if (answer === 'noResponse') throw new Error('no answer came');
  return JSON.parse(answer.body) as Record<string, unknown>;
}
