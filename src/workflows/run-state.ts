import { ApplicationFailure, setCurrentDetails } from '@temporalio/workflow';
import type { EndpointFields } from '../model/endpoint.js';
import type { ErrorClass } from '../model/error-class.js';
import {
  LAST_PHASES,
  NOT_PARKED,
  type AcceptedAnswer,
  type LastError,
  type Parked,
  type Phase,
  type ProvisionState,
  type RetryNowAnswer,
} from '../contract/messages.js';
import { ATTEMPT_LOG_LENGTH, type AttemptRecord, type LastSeen, type RefusedCall } from '../contract/result.js';
import type { LastWord } from '../activities/index.js';
import type { FleetRecord } from './fleet-record.js';

/** By how much callers have extended the wait for refusals of each class to pass, in milliseconds. */
type ParkedExtra = Readonly<Partial<Record<ErrorClass, number>>>;

/** What is known of a run; goes from a run to its continuation. Plain JSON. */
export interface RunMemory {
  readonly epoch: number;
  readonly parkedTimes: number;
  readonly attempts: number;
  readonly log: readonly AttemptRecord[];
  readonly lastError?: LastError;
  readonly parkedExtraMs?: ParkedExtra;
  /** In the list of all runs: the engine hands on the search attributes of a run, and not its memo. */
  readonly listedPhase?: string;
}

/** What is known of a run while it runs: answered to the query `state` and shown as details in the Web UI. */
export class RunState {
  #phase: Phase = 'checking';
  #since = now();
  #waitingFor = 'the check of the input';
  #nextLookAt: string | undefined;
  #deadline: string | undefined;
  #lastError: LastError | undefined;
  #attempts = 0;
  #log: readonly AttemptRecord[] = [];
  #parked: Parked | undefined;
  #parkedTimes = 0;
  #woken = false;
  #ended: Extract<AcceptedAnswer, { state: 'ended' }> | undefined;
  #continues = false;
  #scheduled = new Map<string, number>();

  epoch = 0;
  endpointId: string | undefined;
  lastSeen: LastSeen | undefined;
  /** Whether this run may have made an endpoint whose id it does not know. */
  mayHaveCreated = false;
  acceptedAt: string | undefined;
  /** Whether its connection was ever seen Connecting or Connected. */
  wasAccepted = false;
  /** How the service came to hold the endpoint. */
  acceptedAs: 'created' | 'adopted' | undefined;
  parkedExtraMs: ParkedExtra = {};
  /** Shows the run in the list of all runs. */
  fleet: FleetRecord | undefined;
  /** It is settled how the run ends: no change has an effect any more. */
  isEnding = false;
  /** Told that somebody changed what the run waits for. */
  onChange: () => void = () => undefined;
  /** Whether it is certain that this run made the endpoint, and no other. */
  madeHere = false;
  /** Whether it was proven, before a create call of this run, that no endpoint carried its tags. */
  absenceProven = false;

  constructor(memory?: RunMemory) {
    if (memory === undefined) return;
    this.epoch = memory.epoch;
    this.#parkedTimes = memory.parkedTimes;
    this.#attempts = memory.attempts;
    this.#log = memory.log;
    this.#lastError = memory.lastError;
    this.parkedExtraMs = memory.parkedExtraMs ?? {};
  }

  /** What a continuation of this run has to know, as long as no endpoint is known. */
  get memory(): RunMemory {
    return {
      epoch: this.epoch,
      parkedTimes: this.#parkedTimes,
      attempts: this.#attempts,
      log: this.#log,
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
      ...(Object.keys(this.parkedExtraMs).length === 0 ? {} : { parkedExtraMs: this.parkedExtraMs }),
      ...(this.fleet?.phase === undefined ? {} : { listedPhase: this.fleet.phase }),
    };
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** When the current wait gives up, ISO 8601; `undefined` where it stands still, or there is none. */
  get deadline(): string | undefined {
    return this.#parked?.givesUpAt ?? this.#deadline;
  }

  get isParked(): boolean {
    return this.#parked !== undefined && this.#phase === 'parked';
  }

  get hasEnded(): boolean {
    return this.isEnding || LAST_PHASES.includes(this.#phase);
  }

  /**
   * What the update `accepted` answers now; `undefined` while it has to wait.
   *
   * The end comes first: an endpoint that was removed again is not told as accepted.
   */
  get acceptedAnswer(): AcceptedAnswer | undefined {
    if (this.#ended !== undefined) return this.#ended;
    // What becomes of the endpoint is about to be known.
    if (this.#phase === 'cleaningUp') return undefined;
    if (this.acceptedAs !== undefined && this.endpointId !== undefined) {
      return { state: 'accepted', EndpointId: this.endpointId, outcome: this.acceptedAs };
    }
    if (!this.isParked && !this.#continues) return undefined;
    const code = this.#parked?.code ?? this.#lastError?.code ?? '';
    const nextTryAt = this.#parked?.nextTryAt ?? now();
    return { state: 'parked', code, message: this.#lastError?.message ?? code, nextTryAt };
  }

  /** The run goes on as another one: whoever waits for an answer gets the last one that was known. */
  continues(): void {
    this.#continues = true;
  }

  /** Nothing changes any more. */
  end(ended: Extract<AcceptedAnswer, { state: 'ended' }>): void {
    this.#ended = ended;
  }

  /** Class of the refusal that a parked run waits to pass. */
  get parkedFor(): ErrorClass | undefined {
    return this.isParked ? this.#lastError?.class : undefined;
  }

  /** Give refusals of a class more time to pass. */
  extendParking(errorClass: ErrorClass, byMs: number): void {
    this.parkedExtraMs = { ...this.parkedExtraMs, [errorClass]: (this.parkedExtraMs[errorClass] ?? 0) + byMs };
  }

  /** Move the deadline of the current wait, as it is shown. */
  postponeDeadline(byMs: number): void {
    if (this.#parked !== undefined) {
      const givesUpAtMs = Date.parse(this.#parked.givesUpAt) + byMs;
      this.#parked = { ...this.#parked, givesUpAt: new Date(givesUpAtMs).toISOString() };
    } else if (this.#deadline !== undefined) {
      this.#deadline = new Date(Date.parse(this.#deadline) + byMs).toISOString();
    }
    this.show();
  }

  /** A readable activity id: the name, and from the second time on the name with a number. */
  nextActivityId(name: string): string {
    const times = (this.#scheduled.get(name) ?? 0) + 1;
    this.#scheduled.set(name, times);
    return times === 1 ? name : `${name}.${times}`;
  }

  /** The last attempts, oldest first. */
  get attempts(): readonly AttemptRecord[] {
    return this.#log;
  }

  /** Move to a phase, and say what it waits for. */
  enter(phase: Phase, waitingFor: string, when: { nextLookMs?: number; withinMs?: number } = {}): void {
    if (phase !== this.#phase) this.#since = now();
    this.#phase = phase;
    this.#waitingFor = waitingFor;
    this.#nextLookAt = when.nextLookMs === undefined ? undefined : now(when.nextLookMs);
    this.#deadline = when.withinMs === undefined ? undefined : now(when.withinMs);
    this.show();
    if (LAST_PHASES.includes(phase)) this.fleet?.end(phase);
    else this.fleet?.enter(phase);
  }

  /** Say more exactly what the current phase waits for. */
  waitsFor(what: string, nextLookAt?: string): void {
    this.#waitingFor = what;
    this.#nextLookAt = nextLookAt;
    this.show();
  }

  /** The run waits for a refusal to pass. */
  park(waitingFor: string, parked: Parked): void {
    this.#parkedTimes += 1;
    this.#parked = parked;
    this.#woken = false;
    this.enter('parked', waitingFor);
  }

  /** The pause is over. */
  unpark(): void {
    this.#parked = undefined;
  }

  /** Whether somebody asked for another try since the run was parked. */
  get isWoken(): boolean {
    return this.#woken;
  }

  /** @throws ApplicationFailure - The run is not parked. */
  expectParked(): void {
    if (!this.isParked) {
      throw ApplicationFailure.nonRetryable(
        `Nothing to wake: the run is not parked (phase ${this.#phase})`,
        NOT_PARKED,
      );
    }
  }

  /** End the pause of a parked run. */
  wake(): RetryNowAnswer {
    this.#woken = true;
    return { code: this.#parked?.code ?? '', epoch: this.epoch + 1 };
  }

  /** Take over the log of an activity. */
  addAttempts(attempts: readonly AttemptRecord[]): void {
    this.#attempts += attempts.length;
    this.#log = [...this.#log, ...attempts].slice(-ATTEMPT_LOG_LENGTH);
  }

  /** The endpoint is known from now on. */
  sawEndpoint(endpoint: Pick<EndpointFields, 'EndpointId' | 'EndpointStatus' | 'ConnectionStatus'>): void {
    const { EndpointId, EndpointStatus, ConnectionStatus } = endpoint;
    this.endpointId = EndpointId;
    this.fleet?.learn({ EndpointId });
    this.lastSeen = {
      at: now(),
      ...(EndpointStatus === undefined ? {} : { EndpointStatus }),
      ...(ConnectionStatus === undefined ? {} : { ConnectionStatus }),
    };
  }

  /** Take over what the last attempt of a failed activity told. */
  learnFrom({ attempts, lastSeen }: LastWord): void {
    this.addAttempts(attempts);
    if (lastSeen !== undefined) this.lastSeen = lastSeen;
  }

  refusedBy(refusal: RefusedCall): void {
    this.#lastError = {
      at: now(),
      class: refusal.class,
      code: refusal.code,
      message: refusal.message,
      ...(refusal.requestId === undefined ? {} : { requestId: refusal.requestId }),
    };
  }

  snapshot(): ProvisionState {
    return withoutUndefined({
      phase: this.#phase,
      since: this.#since,
      waitingFor: this.#waitingFor,
      epoch: this.epoch,
      endpointId: this.endpointId,
      endpointStatus: this.lastSeen?.EndpointStatus,
      connectionStatus: this.lastSeen?.ConnectionStatus,
      attempts: this.#attempts,
      lastError: this.#lastError,
      nextLookAt: this.#parked?.nextTryAt ?? stillToCome(this.#nextLookAt),
      deadline: this.deadline,
      parkedTimes: this.#parkedTimes,
      parked: this.#parked,
    });
  }

  /** The same for a person, as markdown in the engine's "current details". */
  private show(): void {
    const parked = this.#parked;
    const lines: [string, string | undefined][] = [
      ['phase', `**${this.#phase}** since ${this.#since}`],
      ['waiting for', this.#waitingFor],
      ['endpoint', this.endpointId === undefined ? undefined : `\`${this.endpointId}\``],
      ['create epoch', this.epoch === 0 ? undefined : String(this.epoch)],
      ['parked', this.#parkedTimes === 0 ? undefined : `${this.#parkedTimes} times`],
      ['refused', parked && `${parked.refusedTimes} times since ${parked.since}`],
      [parked ? 'next try' : 'next look', parked?.nextTryAt ?? this.#nextLookAt],
      [parked ? 'gives up' : 'deadline', this.deadline],
      ['last error', this.#lastError === undefined ? undefined : `\`${this.#lastError.message}\``],
    ];
    setCurrentDetails(lines.flatMap(([name, text]) => (text === undefined ? [] : [`- ${name}: ${text}`])).join('\n'));
  }
}

/** The engine's time, `offsetMs` from now, ISO 8601. */
export function now(offsetMs = 0): string {
  return new Date(Date.now() + offsetMs).toISOString();
}

/** Others may act at a time that was told once, and not tell of the next. */
function stillToCome(at: string | undefined): string | undefined {
  return at === undefined || Date.parse(at) <= Date.now() ? undefined : at;
}

/** The same object without the fields that have no value: `undefined` does not survive JSON. */
function withoutUndefined<Fields extends object>(fields: Fields): WithoutUndefined<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as WithoutUndefined<Fields>;
}

type WithoutUndefined<Fields> = {
  [Key in keyof Fields as undefined extends Fields[Key] ? never : Key]: Fields[Key];
} & { [Key in keyof Fields as undefined extends Fields[Key] ? Key : never]?: Exclude<Fields[Key], undefined> };
