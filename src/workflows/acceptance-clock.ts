import { TimeoutFailure, type ActivityFailure } from '@temporalio/workflow';
import type { Provision } from '../activities/index.js';
import { isDeadline } from './failures.js';

/** Each activity costs a few events: one that waited in vain waits longer the next time, by this share of the whole. */
const LONGER_BY = 0.1;

/**
 * What is left of the deadline `accepted`: it stands still while the run is parked, waits on purpose or waits for its turn
 * among the paced creates, and moves when somebody extends it.
 */
export class AcceptanceClock {
  readonly #timeouts: () => Provision['timeouts'];
  #usedMs: number;
  /** What the last piece of work took. */
  #lastMs = 0;
  #queuedMs = 0;

  /** @param leftMs - What an earlier run of the chain left of the deadline. */
  constructor(timeouts: () => Provision['timeouts'], leftMs?: number) {
    this.#timeouts = timeouts;
    this.#usedMs = leftMs === undefined ? 0 : this.limitMs - leftMs;
  }

  /** The whole time. It grows when somebody extends the deadline. */
  get limitMs(): number {
    return this.#timeouts().acceptedMs;
  }

  get leftMs(): number {
    return this.limitMs - this.#usedMs;
  }

  /** Let it run during a piece of work. */
  async running<Result>(work: () => Promise<Result>): Promise<Result> {
    const startedAt = Date.now();
    try {
      const result = await work();
      this.#queuedMs = 0;
      return result;
    } finally {
      this.#lastMs = Date.now() - startedAt;
      this.take(this.#lastMs);
    }
  }

  /** For how long the create call has waited for its turn, as far as that is known; 0 once it is answered. */
  get queuedMs(): number {
    return this.#queuedMs;
  }

  /** How long the next activity of the create call may take. */
  get createMs(): number {
    const longerMs = Math.ceil(this.#queuedMs * LONGER_BY);
    return Math.max(this.leftMs, Math.min(longerMs, this.#queuedAtMostMs - this.#queuedMs));
  }

  /**
   * The last piece of work only waited for its turn: its time is given back.
   *
   * @returns Whether it may wait for another one.
   */
  wasQueued(): boolean {
    this.take(-this.#lastMs);
    this.#queuedMs += this.#lastMs;
    this.#lastMs = 0;
    return this.#queuedMs < this.#queuedAtMostMs;
  }

  get #queuedAtMostMs(): number {
    return this.#timeouts().queuedMs ?? 0;
  }

  take(ms: number): void {
    this.#usedMs += ms;
  }
}

/**
 * Whether no attempt of a create call is known that a paced queue held until its deadline. One that died without a word in
 * the last seconds looks the same.
 */
export function isUntaken(error: unknown, provision: Provision): error is ActivityFailure {
  const { activityTaskQueue, createTaskQueue, timeouts } = provision;
  if (timeouts.queuedMs === undefined || createTaskQueue === activityTaskQueue) return false;
  if (!isDeadline(error) || !(error.cause instanceof TimeoutFailure)) return false;
  const { cause, lastHeartbeatDetails } = error.cause;
  return cause === undefined && (lastHeartbeatDetails === undefined || lastHeartbeatDetails === null);
}
