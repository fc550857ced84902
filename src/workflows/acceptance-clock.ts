import type { Provision } from '../activities/index.js';

/**
 * What is left of the deadline `accepted`: it stands still while the run is parked or waits on purpose, and moves when
 * somebody extends it.
 */
export class AcceptanceClock {
  readonly #timeouts: () => Provision['timeouts'];
  #usedMs: number;

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
      return await work();
    } finally {
      this.take(Date.now() - startedAt);
    }
  }

  take(ms: number): void {
    this.#usedMs += ms;
  }
}
