import { Refusal } from '../engine/refusals.js';

/** Nonces that were used, each for as long as a call with it could still pass the check of its time. */
export class NonceLedger {
  readonly #keptMs: number;
  readonly #now: () => number;
  /** When each was used, oldest first. */
  readonly #used = new Map<string, number>();

  constructor(keptMs: number, now: () => number) {
    this.#keptMs = keptMs;
    this.#now = now;
  }

  /** Use a nonce. @throws Refusal - It was used before. */
  use(nonce: string): void {
    const now = this.#now();
    for (const [old, usedAt] of this.#used) {
      if (usedAt + this.#keptMs > now) break;
      this.#used.delete(old);
    }
    if (this.#used.has(nonce)) throw new Refusal('SignatureNonceUsed');
    this.#used.set(nonce, now);
  }
}
