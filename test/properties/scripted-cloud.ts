import { createInProcessTwin, type FaultEffect, type InProcessTwin } from '../../src/testing/index.js';
import type { TwinAnswer } from '../../src/simulator/twin/in-process.js';
import type { Answer, CallRecord, Making, Seen } from './observation.js';
import type { Deed, Sequence, Step } from './sequence.js';
import type { Caller } from './stage.js';

/** What no run may keep: every message of a refusal that a sequence provokes repeats these. */
export const PLANTED_SECRETS = ['LTAI5tPlantedInAMessage', 'plantedSignature'] as const;
const [PLANTED_KEY, PLANTED_SIGNATURE] = PLANTED_SECRETS;
const LEAKING_MESSAGE =
  `The call is refused. https://privatelink.aliyuncs.com/?AccessKeyId=${PLANTED_KEY}` +
  `&Signature=${PLANTED_SIGNATURE}%3D&SignatureNonce=17`;

/** From its creation on: two looks or three. */
const TIME_TO_ACTIVE_MS = 15_000;

/** What people do to the run, by the engine that runs it. */
export interface People {
  cancel(): Promise<void>;
  terminate(): Promise<void>;
  secondStart(): Promise<void>;
  /** When a run was started, by the engine's clock, in milliseconds since 1970. */
  startedAtMs(runId: string): Promise<number>;
}

/** A call that the service executes after its sender got its answer, or none. */
interface Copy {
  readonly dueMs: number;
  readonly runId: string;
  readonly action: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * The cloud of one sequence: a twin whose clock is that of the runs, and the steps that its calls meet.
 *
 * Runs of one id follow each other, each with a virtual clock of its own. Here they are one time line: a run begins as
 * long after the end of the one before as the engine says.
 */
export class ScriptedCloud {
  readonly #people: People;
  readonly #steps: Step[];
  readonly #twin: InProcessTwin;
  readonly #epochMs = Date.now();
  /** What to add to a run's clock to get milliseconds since the sequence began. */
  readonly #offsets = new Map<string, number | Promise<number>>();
  readonly #over = new Set<string>();
  readonly #calls: CallRecord[] = [];
  readonly #makings: Making[] = [];
  #copies: Copy[] = [];
  #nowMs = 0;
  #lastClosed: { readonly atMs: number; readonly engineMs: number } | undefined;
  #effectsRead = 0;
  #underWay = 0;
  #idle: (() => void)[] = [];

  constructor(sequence: Sequence, people: People) {
    const { rememberRefusals, createAnswersActive, listLagMs, getLagMs, tokenRetentionMs } = sequence;
    this.#people = people;
    this.#steps = [...sequence.steps];
    this.#twin = createInProcessTwin({
      now: () => this.#epochMs + this.#nowMs,
      settings: {
        timeToActive: { afterMs: TIME_TO_ACTIVE_MS },
        switches: {
          rememberRefusals,
          createAnswersActive,
          listVisibleAfterMs: listLagMs,
          getVisibleAfterMs: getLagMs,
          tokenRetentionMs,
        },
      },
    });
  }

  /** Calls of runs, in the order of their arrival. */
  get calls(): readonly CallRecord[] {
    return this.#calls;
  }

  /** Endpoints that were made, in order. */
  get makings(): readonly Making[] {
    return this.#makings;
  }

  /** Actions of all calls that the twin's journal knows. */
  get actions(): readonly string[] {
    return this.#twin.journal.requests.map(({ action }) => action);
  }

  /** Endpoints that exist now. */
  endpoints(): readonly Seen[] {
    return this.#twin.engine.inspect().map(({ EndpointId, EndpointStatus }) => ({ EndpointId, EndpointStatus }));
  }

  /** Answer a call of a run, with what the next step on its action does. */
  async call(
    caller: Caller,
    action: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<TwinAnswer | 'noResponse'> {
    this.#underWay += 1;
    try {
      return await this.#answer(caller, action, parameters);
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) for (const wake of this.#idle.splice(0)) wake();
    }
  }

  /** Wait until no call is under way. */
  async settled(): Promise<void> {
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** A run is over: nothing that is left of it calls any more. */
  closed(runId: string, engineMs: number): void {
    this.#over.add(runId);
    const offset = this.#offsets.get(runId);
    const atMs = typeof offset === 'number' ? Math.max(this.#nowMs, engineMs + offset) : this.#nowMs;
    this.#lastClosed = { atMs, engineMs };
  }

  /** Execute every copy that is still on its way. */
  async flush(): Promise<void> {
    await this.#turnTo(Math.max(this.#nowMs, ...this.#copies.map(({ dueMs }) => dueMs)));
  }

  async #answer(
    caller: Caller,
    action: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<TwinAnswer | 'noResponse'> {
    const { runId, attempt } = caller;
    const atMs = caller.atMs + (await this.#offsetOf(caller));
    if (this.#over.has(runId)) throw new Error('The worker of this run is gone');
    await this.#turnTo(atMs);
    const does = this.#take(action);
    const record = {
      runId,
      attempt,
      action,
      atMs: this.#nowMs,
      ...(parameters['ClientToken'] === undefined ? {} : { clientToken: parameters['ClientToken'] }),
      ...(does === undefined ? {} : { does }),
    };
    const index = this.#calls.push(record) - 1;
    const answer = await this.#meet(does, runId, action, parameters);
    this.#noteMakings(runId, parameters['ClientToken']);
    if (answer === 'dies') throw new Error('The worker of this attempt dies');
    if (answer !== 'noResponse') this.#calls[index] = { ...record, answer: readAnswerOf(answer) };
    return answer;
  }

  async #meet(
    does: Deed | undefined,
    runId: string,
    action: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<TwinAnswer | 'noResponse' | 'dies'> {
    const execute = () => this.#twin.call(action, parameters);
    const laterMs = (ms: number) => this.#copies.push({ dueMs: this.#nowMs + ms, runId, action, parameters });
    if (does === undefined) return execute();
    switch (does.kind) {
      case 'pass':
        return execute();
      case 'dieBefore':
        return 'dies';
      case 'dieAfter':
        await execute();
        return 'dies';
      case 'late':
        laterMs(does.ms);
        return 'noResponse';
      case 'twice':
        laterMs(does.ms);
        return execute();
      case 'vanish':
        for (const { EndpointId } of this.endpoints()) this.#twin.engine.removeEndpoint(EndpointId);
        return execute();
      case 'force':
        for (const { EndpointId } of this.endpoints()) this.#twin.engine.setEndpoint(EndpointId, does.statuses);
        return execute();
      case 'deleteByOthers':
        for (const { EndpointId, RegionId, accountId } of this.#twin.engine.inspect()) {
          const call = { action: 'DeleteVpcEndpoint', parameters: { RegionId, EndpointId }, accountId };
          this.#twin.engine.call(call);
        }
        return execute();
      case 'cancel':
        await this.#people.cancel();
        return execute();
      case 'secondStart':
        await this.#people.secondStart();
        return execute();
      case 'terminate':
        await this.#people.terminate();
        this.#over.add(runId);
        return execute();
      default: {
        const effect: FaultEffect = does.kind === 'code' ? { ...does, message: LEAKING_MESSAGE } : does;
        this.#twin.faults.add({ action, effect });
        return execute();
      }
    }
  }

  #take(action: string): Deed | undefined {
    const index = this.#steps.findIndex(({ on }) => on === action);
    return index < 0 ? undefined : this.#steps.splice(index, 1)[0]?.does;
  }

  /** Turn the twin's clock to a time, and execute on the way what is due by then. It never goes back. */
  async #turnTo(atMs: number): Promise<void> {
    const due = this.#copies.filter(({ dueMs }) => dueMs <= atMs).sort((a, b) => a.dueMs - b.dueMs);
    this.#copies = this.#copies.filter((copy) => !due.includes(copy));
    for (const { dueMs, runId, action, parameters } of due) {
      this.#nowMs = Math.max(this.#nowMs, dueMs);
      await this.#twin.call(action, parameters);
      this.#noteMakings(runId, parameters['ClientToken']);
    }
    this.#nowMs = Math.max(this.#nowMs, atMs);
  }

  #noteMakings(runId: string, clientToken: string | undefined): void {
    const { effects } = this.#twin.journal;
    const made = effects.slice(this.#effectsRead).filter(({ kind }) => kind === 'created');
    this.#effectsRead = effects.length;
    for (const { EndpointId } of made) {
      this.#makings.push({
        EndpointId,
        runId,
        afterCalls: this.#calls.length,
        beside: this.endpoints().filter((other) => other.EndpointId !== EndpointId),
        ...(clientToken === undefined ? {} : { clientToken }),
      });
    }
  }

  async #offsetOf({ runId, atMs }: Caller): Promise<number> {
    const known = this.#offsets.get(runId) ?? this.#newOffset(runId, atMs);
    this.#offsets.set(runId, known);
    const offset = await known;
    this.#offsets.set(runId, offset);
    return offset;
  }

  #newOffset(runId: string, firstCallAtMs: number): number | Promise<number> {
    const last = this.#lastClosed;
    if (last === undefined) return -firstCallAtMs;
    return this.#people.startedAtMs(runId).then((startedAtMs) => {
      const gapMs = Math.max(0, startedAtMs - last.engineMs);
      return last.atMs + gapMs - startedAtMs;
    });
  }
}

/** Read an answer from its text, apart from the reader that the runs use. */
function readAnswerOf({ status, body }: TwinAnswer): Answer {
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(body) as Record<string, unknown>;
  } catch {
    return { status, endpoints: [] };
  }
  const { Code: code, RequestId: requestId, Endpoints } = json;
  return {
    status,
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof requestId === 'string' ? { requestId } : {}),
    endpoints: [json, ...(Array.isArray(Endpoints) ? (Endpoints as unknown[]) : [])].flatMap((item) => {
      const { EndpointId, EndpointStatus } = item as Partial<Seen>;
      return EndpointId === undefined ? [] : [{ EndpointId, EndpointStatus: EndpointStatus ?? '' }];
    }),
  };
}
