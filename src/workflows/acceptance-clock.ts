/** What is left of the deadline `accepted`: it stands still while the run is parked or waits on purpose. */
export class AcceptanceClock {
  #leftMs: number;

  constructor(leftMs: number) {
    this.#leftMs = leftMs;
  }

  get leftMs(): number {
    return this.#leftMs;
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
    this.#leftMs -= ms;
  }
}
