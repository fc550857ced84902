import { expect } from 'vitest';
import { DEFAULT_WORLD } from '../../src/simulator/engine/default-world.js';
import { ACTIONS, startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/index.js';
import { deviations } from '../support/answer-shape.js';
import type { Client, Drivers } from './clients.js';
import type { Connection, DriverAnswer, Parameter, Parameters } from './driver.js';
import { ACCOUNT_IDS, type Caller, type Step } from './step.js';
import { STORY } from './story.js';

/** Longer than anything takes in the twin, so that a step finds what the one before brought about. */
const SETTLE_MS = 10 * 60_000;
/** A fixed beginning: the times in the answers are the same for all clients. */
const BEGINNING = Date.UTC(2026, 0, 1);

/** Start a twin that gives the same ids, times and chances whoever calls it, with an account for each caller. */
export async function startPredictableTwin(options: SimulatorOptions = {}): Promise<Simulator> {
  const counts = new Map<string, number>();
  const newcomer = { accountId: ACCOUNT_IDS.newcomer, productOpen: false };
  return startSimulator({
    accounts: Object.entries(ACCOUNT_IDS).map(([caller, accountId]) => ({
      accessKeyId: `${caller}-key`,
      accessKeySecret: `${caller}-secret`,
      accountId,
    })),
    settings: { world: { ...DEFAULT_WORLD, accounts: [...DEFAULT_WORLD.accounts, newcomer] } },
    now: () => BEGINNING,
    random: () => 0.5,
    newId: (prefix) => {
      counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
      return `${prefix}-${String(counts.get(prefix)).padStart(20, '0')}`;
    },
    ...options,
  });
}

/** How a caller of {@link startPredictableTwin} reaches it. */
export function connectionOf(twin: Simulator, caller: Caller = 'consumer'): Connection {
  return {
    endpoint: `127.0.0.1:${twin.port}`,
    protocol: 'http',
    accessKeyId: `${caller}-key`,
    accessKeySecret: `${caller}-secret`,
  };
}

/** A step that was played, without what differs from one time to the next. */
export interface PlayedStep {
  readonly name: string;
  readonly answer: Readonly<Record<string, unknown>>;
}

/** Play the story with a client, against a twin of its own, and check every answer. @throws AssertionError */
export async function playStory(drivers: Drivers, client: Client): Promise<readonly PlayedStep[]> {
  const twin = await startPredictableTwin();
  try {
    const played: PlayedStep[] = [];
    const known = new Map<string, string>();
    for (const [index, step] of STORY.entries()) {
      if (step.atOnce !== true) twin.advance(SETTLE_MS);
      const params = fill(step.params, known) as Parameters;
      const answer = await drivers.call(client, step.action, params, connectionOf(twin, step.as));
      const name = `step ${index + 1}, ${step.action} by the ${step.as}`;
      checkArrival(name, twin, params);
      checkAnswer(`${name}, which got ${JSON.stringify(answer)}`, step, answer, known);
      if (answer.ok) checkShape(`${name}: shape`, step, comparedBy(client, answer.body));
      for (const field of step.captures ?? []) known.set(field, captured(name, answer, field));
      played.push({ name, answer: comparable(answer) });
    }
    return played;
  } finally {
    await twin.close();
  }
}

/** What a client was given, as far as it can be compared: types add empty lists of their own to an answer. */
export function comparedBy({ typedAnswers }: Client, given: unknown): unknown {
  return typedAnswers === true ? withoutEmptyLists(given) : given;
}

function withoutEmptyLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptyLists);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => !Array.isArray(field) || field.length > 0);
  return Object.fromEntries(fields.map(([name, field]) => [name, withoutEmptyLists(field)]));
}

/** The answer as another client must have got it, too: each error type of an SDK has other extras. */
function comparable(answer: DriverAnswer): Readonly<Record<string, unknown>> {
  if (!answer.ok) return { code: answer.code };
  const { RequestId, ...body } = answer.body;
  expect(RequestId).toMatch(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
  return body;
}

/** What the SDK made of the parameters must be what was meant, or the story would not test what it says. */
function checkArrival(name: string, twin: Simulator, params: Parameters): void {
  const arrived = twin.journal.requests.at(-1)?.parameters ?? {};
  const meant = numbered(params);
  const relevant = Object.fromEntries(Object.keys(meant).map((key) => [key, lowerBoolean(arrived[key])]));
  expect(relevant, `${name}: the parameters as they arrived`).toEqual(meant);
}

function checkAnswer(name: string, step: Step, answer: DriverAnswer, known: ReadonlyMap<string, string>): void {
  if (step.refusal !== undefined) {
    expect(answer, name).toMatchObject({ ok: false, code: step.refusal });
    return;
  }
  expect(answer, name).toMatchObject({ ok: true, body: fill(step.answers ?? {}, known) });
}

function checkShape(name: string, { action }: Step, body: unknown): void {
  const shape = ACTIONS.get(action)?.answer ?? 'text';
  expect(deviations(body, shape), name).toEqual([]);
}

function captured(name: string, answer: DriverAnswer, field: string): string {
  const value = answer.ok ? answer.body[field] : undefined;
  expect(value, `${name}: ${field}`).toBeTypeOf('string');
  return value as string;
}

/** Put what is known in the place of `$Name`. */
function fill(value: unknown, known: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string' && value.startsWith('$')) {
    const found = known.get(value.slice(1));
    if (found === undefined) throw new Error(`No step captured ${value.slice(1)}`);
    return found;
  }
  if (Array.isArray(value)) return value.map((item: unknown) => fill(item, known));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, fill(field, known)]));
}

/** Parameters as they stand on the wire: `Zone.1.ZoneId`. */
function numbered(params: Parameters): Readonly<Record<string, string>> {
  const entries = (name: string, value: Parameter): [string, string][] => {
    if (Array.isArray(value)) {
      return value.flatMap((item: Parameter, index) => entries(`${name}.${index + 1}`, item));
    }
    if (typeof value === 'object') {
      return Object.entries(value).flatMap(([key, field]) => entries(`${name}.${key}`, field));
    }
    return [[name, String(value)]];
  };
  return Object.fromEntries(Object.entries(params).flatMap(([name, value]) => entries(name, value)));
}

/** Python sends `True`. */
function lowerBoolean(text: string | undefined): string | undefined {
  return text === undefined ? undefined : text.replace(/^(True|False)$/, (word) => word.toLowerCase());
}
