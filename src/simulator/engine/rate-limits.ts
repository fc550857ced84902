/** Why a call may not be made now. */
export interface Throttled {
  readonly limit: number;
  /** Until one more call fits. */
  readonly timeLeftMs: number;
}

/** So many windows may be there before those that nothing happens in are looked for. */
const WINDOWS_BEFORE_SWEEP = 1_000;

/**
 * Counts calls in windows of time: the last so many milliseconds, or windows that begin at whole multiples of their length.
 * Which of them the service has is inferred.
 */
export class RateLimits {
  readonly #now: () => number;
  readonly #windows = new Map<string, { readonly windowMs: number; readonly calls: number[] }>();
  #sweepAt = WINDOWS_BEFORE_SWEEP;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Count a call if it fits, else say for how long it does not. A call that does not fit is not counted. */
  take(key: string, limit: number, windowMs: number, kind: 'sliding' | 'fixed'): Throttled | undefined {
    if (limit === Infinity) return undefined;
    const now = this.#now();
    const { calls } = this.#windowOf(key, windowMs);
    const beganAtMs = kind === 'fixed' ? Math.floor(now / windowMs) * windowMs : undefined;
    const kept = calls.findIndex((atMs) => (beganAtMs === undefined ? atMs > now - windowMs : atMs >= beganAtMs));
    calls.splice(0, kept === -1 ? calls.length : kept);
    if (calls.length >= limit) {
      const [oldest = now] = calls.slice(calls.length - Math.max(limit, 1));
      const freeAtMs = (beganAtMs ?? oldest) + windowMs;
      return { limit, timeLeftMs: Math.max(1, freeAtMs - now) };
    }
    calls.push(now);
    return undefined;
  }

  #windowOf(key: string, windowMs: number) {
    const known = this.#windows.get(key);
    if (known?.windowMs === windowMs) return known;
    if (this.#windows.size >= this.#sweepAt) this.#sweep();
    const added = { windowMs, calls: [] };
    this.#windows.set(key, added);
    return added;
  }

  /** Clients can name whatever region they like: windows without calls are dropped, or they would pile up. */
  #sweep(): void {
    for (const [key, { windowMs, calls }] of this.#windows) {
      if ((calls.at(-1) ?? -Infinity) <= this.#now() - windowMs) this.#windows.delete(key);
    }
    this.#sweepAt = Math.max(WINDOWS_BEFORE_SWEEP, 2 * this.#windows.size);
  }
}
