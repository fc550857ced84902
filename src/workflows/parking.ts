import { condition } from '@temporalio/workflow';
import { formatMs } from '../model/duration.js';
import { backoffDelayMs, type Backoff } from '../model/poll-schedule.js';
import type { ErrorClass } from '../model/error-class.js';
import type { ParkPolicy, Provision, Refusal } from '../activities/index.js';
import { now, type RunState } from './run-state.js';

/** Another change collides: it is over in seconds. */
const CONFLICT: Backoff = { initialIntervalMs: 1_000, backoffCoefficient: 2, maximumIntervalMs: 10_000 };

/** A code that nobody knows is given a chance to pass. */
const UNLISTED: ParkPolicy = {
  initialIntervalMs: 5_000,
  backoffCoefficient: 2,
  maximumIntervalMs: 30_000,
  timeoutMs: 120_000,
};

/** Refusals of one class, or of one code in a row. */
interface Series {
  readonly sinceMs: number;
  times: number;
}

/** What is known of the refusals so far; goes from a run to its continuation. Plain JSON. */
export interface ParkingMemory {
  readonly series: readonly (readonly [ErrorClass, Series])[];
  readonly code?: Series & { readonly name: string };
}

/** One pause before the next epoch. */
export interface Pause {
  readonly delayMs: number;
  /** When the wait for this class of refusals began. */
  readonly sinceMs: number;
  /** Refusals of the class so far. */
  readonly refusedTimes: number;
  /** When the run gives up. */
  readonly givesUpAtMs: number;
}

/**
 * How long a run waits for refusals to pass: by the policy of each class, and no longer for one code than that makes
 * sense.
 */
export class Parking {
  readonly #policies: Provision['park'];
  readonly #dryRun: boolean;
  readonly #extraMs: (errorClass: ErrorClass) => number;
  readonly #series: Map<ErrorClass, Series>;
  #code: ParkingMemory['code'];

  /** @param extraMs - By how much callers have extended the wait for refusals of a class so far. */
  constructor(
    { park, dryRun }: Pick<Provision, 'park' | 'dryRun'>,
    memory?: ParkingMemory,
    extraMs: (errorClass: ErrorClass) => number = () => 0,
  ) {
    this.#extraMs = extraMs;
    this.#policies = park;
    this.#dryRun = dryRun;
    this.#series = new Map(memory?.series);
    this.#code = memory?.code;
  }

  get memory(): ParkingMemory {
    return { series: [...this.#series], ...(this.#code === undefined ? {} : { code: this.#code }) };
  }

  /**
   * The pause before the next epoch; `undefined` when the refusal ends the run.
   *
   * @param leftMs - What is left of the time for acceptance: a conflict is part of it.
   */
  pauseFor(refusal: Refusal, leftMs: number): Pause | undefined {
    const nowMs = Date.now();
    if (this.#code?.name !== refusal.code) this.#code = { name: refusal.code, sinceMs: nowMs, times: 0 };
    const series = this.#series.get(refusal.class) ?? { sinceMs: nowMs, times: 0 };
    this.#series.set(refusal.class, series);
    const pause = (delayMs: number, givesUpAtMs: number): Pause => {
      return { delayMs, givesUpAtMs, sinceMs: series.sinceMs, refusedTimes: series.times };
    };
    if (refusal.class === 'conflict') {
      const delayMs = backoffDelayMs(CONFLICT, series.times + 1, Math.random());
      if (delayMs >= leftMs) return undefined;
      series.times += 1;
      return pause(delayMs, nowMs + leftMs);
    }
    const policy = this.#policyOf(refusal);
    if (policy === null) return undefined;
    const { parkAtMostMs = Number.POSITIVE_INFINITY } = refusal;
    const endMs =
      Math.min(series.sinceMs + policy.timeoutMs, this.#code.sinceMs + parkAtMostMs) + this.#extraMs(refusal.class);
    if (endMs <= nowMs) return undefined;
    series.times += 1;
    this.#code.times += 1;
    // A code that may stay for minutes only is tried often in them, however long another one was waited for before.
    const { times } = refusal.parkAtMostMs === undefined ? series : this.#code;
    return pause(Math.min(backoffDelayMs(policy, times, Math.random()), endMs - nowMs), endMs);
  }

  #policyOf({ class: errorClass }: Refusal): ParkPolicy | null {
    switch (errorClass) {
      case 'quota':
      case 'status':
        // A dry run tells of the moment: that a quota is used up is what it was to find out.
        return this.#dryRun ? null : this.#policies[errorClass];
      case 'unlisted':
        return UNLISTED;
      default:
        return null;
    }
  }
}

/** Wait on a durable timer for a refusal to pass, or until somebody asks for another try. */
export async function park(run: RunState, refusal: Refusal, pause: Pause): Promise<void> {
  const { delayMs, sinceMs, refusedTimes, givesUpAtMs } = pause;
  const reason = `${refusal.code} to pass`;
  run.park(`${reason}: ${refusal.advice}`, {
    code: refusal.code,
    since: new Date(sinceMs).toISOString(),
    refusedTimes,
    nextTryAt: now(delayMs),
    givesUpAt: new Date(givesUpAtMs).toISOString(),
  });
  try {
    await condition(() => run.isWoken, delayMs, { summary: `parked ${formatMs(delayMs)} for ${reason}` });
  } finally {
    run.unpark();
  }
}
