import { activityInfo, Context } from '@temporalio/activity';
import type { Refusal } from './create-endpoint.js';
import { ATTEMPT_LOG_LENGTH, type AttemptRecord, type LastSeen } from '../contract/result.js';

/** An error that has come back at every attempt since a certain time. */
export interface Failing {
  readonly code: string;
  /** When it came first, by the clock of the worker that saw it, ISO 8601. */
  readonly since: string;
  /** Attempts since then that ended with it. */
  readonly times: number;
}

/**
 * What one attempt of an activity leaves to the next. It travels in the heartbeat details, because the history keeps only
 * the last attempt and the worker may be another one.
 */
export interface AttemptMemory {
  /** Number of the attempt that wrote this. */
  readonly attempt: number;
  /**
   * Whether the attempt came to its end. Heartbeats are throttled, so what a killed attempt leaves behind may be older
   * than its call: only the word that goes out with its failure counts.
   */
  readonly settled: boolean;
  /** The last attempts, oldest first. */
  readonly log: readonly AttemptRecord[];
  /** Whether any attempt so far may have been executed by the service without our knowing its answer. */
  readonly mayHaveExecuted: boolean;
  /** Whether a look-up before a create found nothing, and nothing may have been executed since. */
  readonly absenceChecked: boolean;
  /** With which the service said that something exists, while it is looked for. */
  readonly refusal?: Refusal;
  /** Whether a look-up by name found nothing to adopt. */
  readonly nameChecked?: boolean;
  /** Whether an endpoint was seen by any attempt. */
  readonly seen: boolean;
  /** What the last attempt that saw it saw. */
  readonly lastSeen?: LastSeen;
  /** Whether its connection was Connecting or Connected in any look of this wait. */
  readonly wasConnecting?: boolean;
  /** Whether its deletion was accepted, or was seen to be under way. */
  readonly leaving?: boolean;
  /** Ids of the zones that were seen on it while it was being removed. */
  readonly zonesSeen?: readonly string[];
  /** When it was first found absent since then, by the engine's clock, in milliseconds. */
  readonly absentSinceMs?: number;
  /** The error that the last attempts ended with; absent after an attempt that got the answer it asked for. */
  readonly failing?: Failing;
  /** Whether the first look was left to the watcher. */
  readonly leftToWatcher?: boolean;
  /** Statuses that were already warned of. */
  readonly warnedOf: readonly string[];
}

const EMPTY: AttemptMemory = {
  attempt: 0,
  settled: false,
  log: [],
  mayHaveExecuted: false,
  absenceChecked: false,
  seen: false,
  warnedOf: [],
};

/** Interval of the heartbeats of a long attempt; short attempts send none. */
const BEAT_MS = 2_000;

/**
 * The memory of the running activity.
 *
 * An attempt that died without a word may have sent its call, so its successor reads `mayHaveExecuted` as true. Engine
 * timestamps tell whether there was one: attempt numbers start again at 1 when an operator resets an activity.
 */
export class ActivityMemory {
  #current: AttemptMemory;
  readonly #failingBefore: Failing | undefined;
  readonly #startedAtMs = Date.now();

  constructor() {
    const info = activityInfo();
    const before = isMemory(info.heartbeatDetails) ? info.heartbeatDetails : EMPTY;
    const repeated = info.currentAttemptScheduledTimestampMs > info.scheduledTimestampMs;
    const predecessorLost = repeated && !(before.settled && before.attempt === info.attempt - 1);
    this.#failingBefore = before.failing;
    this.#current = {
      ...before,
      attempt: info.attempt,
      settled: false,
      mayHaveExecuted: before.mayHaveExecuted || predecessorLost,
    };
  }

  get current(): AttemptMemory {
    return this.#current;
  }

  /** Change the memory. Nothing is sent for it: only the word that goes out with the end of an attempt is believed. */
  set(change: Partial<AttemptMemory>): void {
    this.#current = { ...this.#current, ...change };
  }

  /** An endpoint is there: whatever absence was noted before no longer counts. */
  sawEndpoint(lastSeen: LastSeen): void {
    this.#forget('absentSinceMs');
    this.answered();
    this.set({ seen: true, lastSeen });
  }

  /** The service gave the answer that was asked for, absence included: whatever failed before is over. */
  answered(): void {
    this.#forget('failing');
  }

  /**
   * An attempt ended with an error. The log keeps the last attempts only, so since when is kept apart from it. What the
   * attempt was answered before that does not count: an attempt of several calls fails as often as its last one does.
   */
  failedWith(code: string): void {
    const failing = this.#failingBefore;
    const before = failing?.code === code ? failing : { since: new Date().toISOString(), times: 0 };
    this.set({ failing: { code, since: before.since, times: before.times + 1 } });
  }

  /**
   * Whether the engine has given this attempt up by now, without a word having come through: its process was frozen, or
   * cut off. Both times are this worker's clock.
   */
  get isOverdue(): boolean {
    return Date.now() - this.#startedAtMs > activityInfo().startToCloseTimeoutMs;
  }

  /**
   * What is left until the deadline over all attempts, in milliseconds: by the engine's clock until this attempt was
   * scheduled, by this worker's clock since it started.
   */
  get leftMs(): number {
    const { scheduledTimestampMs, currentAttemptScheduledTimestampMs, scheduleToCloseTimeoutMs } = activityInfo();
    const usedMs = currentAttemptScheduledTimestampMs - scheduledTimestampMs + Date.now() - this.#startedAtMs;
    return scheduleToCloseTimeoutMs > 0 ? scheduleToCloseTimeoutMs - usedMs : Number.POSITIVE_INFINITY;
  }

  /** Whether this activity warns of a thing for the first time; every further time is silence. */
  isFirstWarning(of: string): boolean {
    if (this.#current.warnedOf.includes(of)) return false;
    this.set({ warnedOf: [...this.#current.warnedOf, of].slice(-ATTEMPT_LOG_LENGTH) });
    return true;
  }

  /** Write one attempt of a call into the log. */
  record(action: string, code: string, requestId: string | undefined): void {
    const entry: AttemptRecord = {
      at: new Date().toISOString(),
      action,
      code,
      ...(requestId === undefined ? {} : { RequestId: requestId }),
    };
    this.#current = { ...this.#current, log: [...this.#current.log, entry].slice(-ATTEMPT_LOG_LENGTH) };
  }

  #forget(name: 'absentSinceMs' | 'failing'): void {
    const kept = Object.entries(this.#current).filter(([field]) => field !== name);
    this.#current = Object.fromEntries(kept) as unknown as AttemptMemory;
  }

  /** Settle this attempt and hand its memory to the next: it goes out together with the failure that follows. */
  handOver(): void {
    this.set({ settled: true });
    Context.current().heartbeat(this.#current);
  }

  /** Run a piece of work with heartbeats, so that the engine notices soon when this worker dies in the middle of it. */
  async whileBeating<Result>(work: () => Promise<Result>): Promise<Result> {
    const context = Context.current();
    const timer = setInterval(() => context.heartbeat(this.#current), BEAT_MS);
    try {
      return await work();
    } finally {
      clearInterval(timer);
    }
  }
}

function isMemory(value: unknown): value is AttemptMemory {
  return typeof value === 'object' && value !== null && 'attempt' in value && 'log' in value;
}
