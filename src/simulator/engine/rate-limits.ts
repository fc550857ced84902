/** Why a call may not be made now. */
export interface Throttled {
  readonly limit: number;
  /** Until one more call fits. */
  readonly timeLeftMs: number;
}

/** Counts calls in sliding windows of time. Whether the service slides its windows is inferred. */
export class RateLimits {
  readonly #now: () => number;
  readonly #calls = new Map<string, number[]>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Count a call if it fits, else say for how long it does not. A call that does not fit is not counted. */
  take(key: string, limit: number, windowMs: number): Throttled | undefined {
    if (limit === Infinity) return undefined;
    const now = this.#now();
    const calls = this.#calls.get(key) ?? [];
    const kept = calls.findIndex((atMs) => atMs > now - windowMs);
    calls.splice(0, kept === -1 ? calls.length : kept);
    this.#calls.set(key, calls);
    if (calls.length >= limit) {
      const [oldest = now] = calls.slice(calls.length - Math.max(limit, 1));
      return { limit, timeLeftMs: Math.max(1, oldest + windowMs - now) };
    }
    calls.push(now);
    return undefined;
  }
}
