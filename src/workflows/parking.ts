import { sleep } from '@temporalio/workflow';
import { formatMs } from '../model/duration.js';
import { backoffDelayMs, type Backoff } from '../model/poll-schedule.js';
import type { ErrorClass } from '../model/error-class.js';
import type { ParkPolicy, Provision, Refusal } from '../activities/index.js';
import type { RunState } from './run-state.js';

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

/**
 * How long a run waits for refusals to pass: by the policy of each class, and no longer for one code than that makes
 * sense.
 */
export class Parking {
  readonly #policies: Provision['park'];
  readonly #dryRun: boolean;
  readonly #series = new Map<ErrorClass, Series>();
  #code: (Series & { readonly name: string }) | undefined;

  constructor({ park, dryRun }: Pick<Provision, 'park' | 'dryRun'>) {
    this.#policies = park;
    this.#dryRun = dryRun;
  }

  /**
   * How long to wait before the next epoch; `undefined` when the refusal ends the run.
   *
   * @param leftMs - What is left of the time for acceptance: a conflict is part of it.
   */
  delayMs(refusal: Refusal, leftMs: number): number | undefined {
    const nowMs = Date.now();
    if (this.#code?.name !== refusal.code) this.#code = { name: refusal.code, sinceMs: nowMs, times: 0 };
    const series = this.#series.get(refusal.class) ?? { sinceMs: nowMs, times: 0 };
    this.#series.set(refusal.class, series);
    if (refusal.class === 'conflict') {
      const delayMs = backoffDelayMs(CONFLICT, series.times + 1, Math.random());
      if (delayMs >= leftMs) return undefined;
      series.times += 1;
      return delayMs;
    }
    const policy = this.#policyOf(refusal);
    if (policy === null) return undefined;
    const { parkAtMostMs = Number.POSITIVE_INFINITY } = refusal;
    const endMs = Math.min(series.sinceMs + policy.timeoutMs, this.#code.sinceMs + parkAtMostMs);
    if (endMs <= nowMs) return undefined;
    series.times += 1;
    this.#code.times += 1;
    // A code that may stay for minutes only is tried often in them, however long another one was waited for before.
    const { times } = refusal.parkAtMostMs === undefined ? series : this.#code;
    return Math.min(backoffDelayMs(policy, times, Math.random()), endMs - nowMs);
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

/** Wait on a durable timer for a refusal to pass. */
export async function park(run: RunState, refusal: Refusal, delayMs: number): Promise<void> {
  const reason = `${refusal.code} to pass`;
  run.parkedTimes += 1;
  run.enter('parked', `${reason}: ${refusal.advice}`, { nextLookMs: delayMs });
  await sleep(delayMs, { summary: `parked ${formatMs(delayMs)} for ${reason}` });
}
