/** The farthest a clock goes forward at once. Ten years: enough for any test, and far from where dates end. */
export const MAX_ADVANCE_MS = 10 * 366 * 24 * 60 * 60_000;

/** The farthest it goes altogether; behind it dates would end. */
const MAX_AHEAD_MS = 1_000 * MAX_ADVANCE_MS;

/** The clock of a twin: another one, turned forward. */
export class TwinClock {
  readonly #base: () => number;
  #aheadMs = 0;

  /** @param base - Milliseconds since 1970. */
  constructor(base: () => number) {
    this.#base = base;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#base() + this.#aheadMs;
  }

  /**
   * Turn the clock forward.
   *
   * @throws RangeError - Back, or farther than {@link MAX_ADVANCE_MS}, or farther than dates go.
   */
  advance(ms: number): void {
    if (!(ms >= 0 && ms <= MAX_ADVANCE_MS)) {
      throw new RangeError(`The clock goes forward by 0 to ${MAX_ADVANCE_MS} ms`);
    }
    if (this.#aheadMs + ms > MAX_AHEAD_MS) throw new RangeError('The clock is at its end');
    this.#aheadMs += ms;
  }

  /** Show what the other clock shows. */
  reset(): void {
    this.#aheadMs = 0;
  }
}
