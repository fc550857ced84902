import { AsyncResource } from 'node:async_hooks';
import { CancelledFailure } from '@temporalio/common';

/** The time of a process. */
export interface CallClock {
  /** Milliseconds; never goes back. */
  now(): number;
  after(delayMs: number, then: () => void): void;
}

/** That of this process. */
export const PROCESS_CLOCK: CallClock = {
  now: () => performance.now(),
  after: (delayMs, then) => void setTimeout(then, Math.ceil(delayMs)),
};

/**
 * Outside of every activity. The SDK ends a call to the server with the activity in whose context it is made, and a call for
 * many must not end with one of them.
 */
const NOBODY = new AsyncResource('CallQueue');

interface Waiting<Ask, Answer> {
  readonly ask: Ask;
  readonly resolve: (answer: Answer | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Questions of one kind, which share a call while they come in a burst.
 *
 * The first of a quiet time goes out at once, by itself. Those that come within the interval after the last call wait until that is
 * over, and then one call serves all of them. An answer is always one to a call that began after the question.
 */
export class CallQueue<Ask, Answer> {
  readonly #serve: (asks: readonly Ask[]) => Promise<Answer | undefined>;
  readonly #clock: CallClock;
  readonly #intervalMs: number;
  readonly #most: number;
  #waiting = new Set<Waiting<Ask, Answer>>();
  #isTimed = false;
  #beganMs = Number.NEGATIVE_INFINITY;

  /**
   * @param serve - One call for two or more; `undefined` when it serves none of them.
   * @param options - `intervalMs`: shortest time between the beginnings of two calls; `most`: how many one call may serve.
   */
  constructor(
    serve: (asks: readonly Ask[]) => Promise<Answer | undefined>,
    options: { readonly clock?: CallClock | undefined; readonly intervalMs: number; readonly most?: number },
  ) {
    this.#serve = serve;
    this.#clock = options.clock ?? PROCESS_CLOCK;
    this.#intervalMs = options.intervalMs;
    this.#most = options.most ?? Infinity;
  }

  /**
   * Wait for the call that serves a question.
   *
   * @returns `undefined`: it goes out by itself, now.
   * @throws unknown - What the call failed with.
   * @throws CancelledFailure - The signal came. The others that wait are not touched.
   */
  async join(ask: Ask, signal?: AbortSignal): Promise<Answer | undefined> {
    if (!this.#isTimed) {
      const nowMs = this.#clock.now();
      if (this.#beganMs + this.#intervalMs <= nowMs) {
        this.#beganMs = nowMs;
        return undefined;
      }
      this.#setTimer();
    }
    return this.#wait(ask, signal);
  }

  #setTimer(): void {
    this.#isTimed = true;
    this.#clock.after(this.#beganMs + this.#intervalMs - this.#clock.now(), () => {
      NOBODY.runInAsyncScope(() => this.#begin());
    });
  }

  #wait(ask: Ask, signal: AbortSignal | undefined): Promise<Answer | undefined> {
    return new Promise((resolve, reject) => {
      const settled = () => signal?.removeEventListener('abort', leave);
      const waiting: Waiting<Ask, Answer> = {
        ask,
        resolve: (answer) => {
          settled();
          resolve(answer);
        },
        reject: (error) => {
          settled();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      };
      const leave = () => {
        this.#waiting.delete(waiting);
        reject(new CancelledFailure('Cancelled while a question waited for its turn'));
      };
      if (signal?.aborted === true) {
        leave();
        return;
      }
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.add(waiting);
    });
  }

  /** Serve those that wait now. Whoever comes later, while the call runs, waits for the next one. */
  #begin(): void {
    this.#isTimed = false;
    const served = [...this.#waiting].slice(0, this.#most);
    for (const waiting of served) this.#waiting.delete(waiting);
    if (served.length === 0) return;
    this.#beganMs = this.#clock.now();
    if (this.#waiting.size > 0) this.#setTimer();
    const call = served.length === 1 ? Promise.resolve(undefined) : this.#serve(served.map(({ ask }) => ask));
    call.then(
      (answer) => {
        for (const { resolve } of served) resolve(answer);
      },
      (error: unknown) => {
        for (const { reject } of served) reject(error);
      },
    );
  }
}
