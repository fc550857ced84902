/** What a call under a ClientToken meets. */
export type TokenReading<Answer> =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'processing' }
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'remembered'; readonly answer: Answer };

interface Entry<Answer> {
  readonly fingerprint: string;
  readonly untilMs: number;
  /** Missing while the first copy is in progress. */
  readonly answer?: Answer;
}

/** Which calls were made under which ClientToken, and what they were answered. Times are the engine's. */
export class TokenLedger<Answer> {
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry<Answer>>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Other parameters are a mismatch even while the first copy is in progress. */
  read(token: string, fingerprint: string): TokenReading<Answer> {
    const entry = this.#live(token);
    if (entry === undefined) return { kind: 'fresh' };
    if (entry.fingerprint !== fingerprint) return { kind: 'mismatch' };
    return entry.answer === undefined ? { kind: 'processing' } : { kind: 'remembered', answer: entry.answer };
  }

  /** Keep an answer for a time; what was kept under the token before is replaced. */
  remember(token: string, fingerprint: string, answer: Answer, retentionMs: number): void {
    this.#forgetExpired();
    this.#entries.delete(token);
    this.#entries.set(token, { fingerprint, answer, untilMs: this.#now() + retentionMs });
  }

  /**
   * Mark a token as in progress until a time or until the returned function is called. A token that means something
   * already stays as it is.
   */
  hold(token: string, fingerprint: string, untilMs: number): () => void {
    if (this.#live(token) !== undefined) return () => undefined;
    const entry: Entry<Answer> = { fingerprint, untilMs };
    this.#entries.set(token, entry);
    return () => {
      if (this.#entries.get(token) === entry) this.#entries.delete(token);
    };
  }

  /** Forget the answers under all tokens that begin so; what is in progress stays. */
  forget(prefix: string): void {
    for (const [token, entry] of this.#entries) {
      if (entry.answer !== undefined && token.startsWith(prefix)) this.#entries.delete(token);
    }
  }

  #live(token: string): Entry<Answer> | undefined {
    const entry = this.#entries.get(token);
    if (entry !== undefined && entry.untilMs <= this.#now()) {
      this.#entries.delete(token);
      return undefined;
    }
    return entry;
  }

  /** Entries stand in the order in which they expire, but for holds and changed retentions, which `#live` deals with. */
  #forgetExpired(): void {
    for (const [token, entry] of this.#entries) {
      if (entry.untilMs > this.#now()) return;
      this.#entries.delete(token);
    }
  }
}
