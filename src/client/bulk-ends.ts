import { OutageError, type BulkClock, type Patience } from './bulk-patience.js';

/** A run that has ended, as the list of all runs tells it. */
export interface EndedRun {
  readonly workflowId: string;
  readonly closedAt: Date;
}

/** What is asked to learn of ends. */
export interface EndCalls {
  /** Runs of ours that closed since then. */
  readonly listEnded: (since: Date) => AsyncIterable<EndedRun>;
  /** About one run, whether or not it goes on. */
  readonly describe: (workflowId: string) => Promise<unknown>;
}

/** How often the list is asked. */
const LOOK_EVERY_MS = 5_000;

/** The list may show an end this much later than a newer one. What is later than that is found when its wait is over. */
const LIST_LAG_MS = 20_000;

/** Where to begin: the clock of the server may be this far behind. */
const FIRST_LOOK_BACK_MS = 600_000;

/** Without a list each run has to be asked. */
const BLIND_WAIT_MS = 10_000;

/** What ended a wait. */
export type Hint = 'ended' | 'time' | 'stopped';

interface Waiter {
  readonly workflowId: string;
  readonly dueMs: number;
  readonly tell: (hint: Hint) => void;
  readonly fail: (error: Error) => void;
}

/**
 * Tells which runs have ended, by one question at a time for all of them.
 *
 * It asks the list of all runs for those that closed since the last look. What it tells is a hint, never proof: the list
 * lags behind, and what it shows may be an earlier run of the same workflow id. Where the list is refused, it is not asked
 * again, and every wait is short. It asks about one of the runs instead: a poll for an end ends at its deadline alike where the
 * run goes on and where the server is gone.
 */
export class EndWatch {
  readonly #calls: EndCalls;
  readonly #clock: BulkClock;
  readonly #patience: Patience;
  readonly #waiters = new Set<Waiter>();
  #isBlind = false;
  #end: OutageError | 'stopped' | undefined;

  constructor(calls: EndCalls, clock: BulkClock, patience: Patience) {
    this.#calls = calls;
    this.#clock = clock;
    this.#patience = patience;
  }

  /**
   * Wait until a run has ended, as far as the list knows, or for so long. Needs {@link run}.
   *
   * @throws OutageError
   */
  async ended(workflowId: string, withinMs: number): Promise<Hint> {
    if (this.#end === 'stopped') return 'stopped';
    if (this.#end !== undefined) throw this.#end;
    const dueMs = this.#clock.now() + (this.#isBlind ? Math.min(withinMs, BLIND_WAIT_MS) : withinMs);
    return new Promise((tell, fail) => this.#waiters.add({ workflowId, dueMs, tell, fail }));
  }

  /**
   * Look every 5 s until the signal aborts, or the server answers nothing any more: then every wait ends.
   *
   * @param onRefused - Told once, where the server refuses the list.
   */
  async run(stop: AbortSignal, onRefused: (error: unknown) => void): Promise<void> {
    let since = this.#clock.now() - FIRST_LOOK_BACK_MS;
    while (!stop.aborted) {
      try {
        if (this.#isBlind) {
          await this.#ask(stop);
        } else {
          const newest = await this.#patience.call(stop, () => this.#look(new Date(since)));
          since = Math.max(since, (newest ?? 0) - LIST_LAG_MS);
        }
      } catch (error) {
        if (error instanceof OutageError) {
          this.#end = error;
          this.#settle(all, ({ fail }) => fail(error));
          return;
        }
        if (!this.#isBlind) {
          this.#isBlind = true;
          onRefused(error);
          this.#settle(all, ({ tell }) => tell('time'));
        }
      }
      const now = this.#clock.now();
      this.#settle(
        ({ dueMs }) => dueMs <= now,
        ({ tell }) => tell('time'),
      );
      await this.#clock.sleep(LOOK_EVERY_MS, stop);
    }
    this.#end = 'stopped';
    this.#settle(all, ({ tell }) => tell('stopped'));
  }

  /** @returns When the newest of them closed, by the clock of the server. */
  async #look(since: Date): Promise<number> {
    const found = new Set<string>();
    let newest = 0;
    for await (const { workflowId, closedAt } of this.#calls.listEnded(since)) {
      found.add(workflowId);
      newest = Math.max(newest, closedAt.getTime());
    }
    this.#settle(
      ({ workflowId }) => found.has(workflowId),
      ({ tell }) => tell('ended'),
    );
    return newest;
  }

  /** Ask about a run, if only to hear whether the server answers. */
  async #ask(stop: AbortSignal): Promise<void> {
    const [waiter] = this.#waiters;
    if (waiter !== undefined) await this.#patience.call(stop, () => this.#calls.describe(waiter.workflowId));
  }

  #settle(isMeant: (waiter: Waiter) => boolean, settle: (waiter: Waiter) => void): void {
    for (const waiter of this.#waiters) {
      if (!isMeant(waiter)) continue;
      this.#waiters.delete(waiter);
      settle(waiter);
    }
  }
}

const all = () => true;
