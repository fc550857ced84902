import { createHash } from 'node:crypto';
import { Refusal } from '../engine/refusals.js';

/** What is forgotten together. */
const BATCH_MS = 60_000;

/**
 * Nonces that were used, each for as long as a call with it could still pass the check of its time.
 *
 * Only hashes are kept: a nonce can be as long as its sender likes.
 */
export class NonceLedger {
  readonly #now: () => number;
  /** When each is free again, in batches by that time, rounded up. */
  readonly #used = new Map<number, Map<string, number>>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** How many are kept. */
  get size(): number {
    return [...this.#used.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * Use a nonce.
   *
   * @param freeAtMs - From when on no call with it can pass the check of its time.
   * @throws Refusal - It was used before.
   */
  use(nonce: string, freeAtMs: number): void {
    const now = this.#now();
    const hash = createHash('sha256').update(nonce).digest('base64');
    for (const [endMs, batch] of this.#used) {
      if (endMs <= now) this.#used.delete(endMs);
      else if ((batch.get(hash) ?? now) > now) throw new Refusal('SignatureNonceUsed');
    }
    const endMs = Math.ceil(freeAtMs / BATCH_MS) * BATCH_MS;
    this.#used.set(endMs, (this.#used.get(endMs) ?? new Map<string, number>()).set(hash, freeAtMs));
  }
}
