import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { INPUT_DEFAULTS, type ProvisionInput } from '../contract/input.js';
import { PROVISION_WORKFLOW_TYPE } from '../contract/messages.js';
import type { ProvisionResult } from '../contract/result.js';
import { EndWatch, type EndCalls, type EndedRun } from './bulk-ends.js';
import { isAboutServer, isLate, isPassing, OutageError, Patience, type BulkClock } from './bulk-patience.js';
import { slidingWindow } from './bulk-window.js';
import type { StartedProvision, StartOptions } from './provisioning-client.js';

/** One of many requests. */
export interface BulkRequest extends StartOptions {
  readonly input: ProvisionInput;
}

/** How to start many runs. */
export interface BulkOptions {
  /** Runs under way at once, for each account and region; {@link DEFAULT_WINDOW} when left out. */
  readonly window?: number | undefined;
  /** Stop starting. What was started goes on by itself, and is not waited for. */
  readonly stop?: AbortSignal | undefined;
  /** How long the server may fail to answer anything; 10 minutes when left out. */
  readonly patienceMs?: number | undefined;
  /** Told when a run was started, joined or found to be finished. */
  readonly onStarted?: ((started: StartedProvision) => void) | undefined;
}

/** What became of one of many requests. */
export type BulkEnd<Request extends BulkRequest> = {
  readonly request: Request;
} & (
  | { readonly started: StartedProvision; readonly result: ProvisionResult }
  /** `started` is absent where there was no start: the error says why, such as a `RequestConflictError`. */
  | { readonly started?: StartedProvision; readonly error: Error }
);

/** The calls that a bulk is made of, each of which is answered soon. */
export interface BulkCalls<Request> extends EndCalls {
  readonly start: (request: Request) => Promise<StartedProvision>;
  /** @throws An error that says that the deadline is over, while the run goes on. */
  readonly result: (started: StartedProvision) => Promise<ProvisionResult>;
  /** Told of a server that does not list runs. */
  readonly warn: (message: string) => void;
}

/**
 * As many as can be on their way at the limit of the service: 200 creates a minute are 3.3 a second, and an endpoint that
 * takes a minute to become Active leaves 200 under way.
 */
export const DEFAULT_WINDOW = 200;

const PATIENCE_MS = 600_000;

/** Each run is asked by itself after this time, in case the list did not show its end. */
const ASK_WITHOUT_HINT_MS = 300_000;

/** A run that had not ended, although the list said so, is asked again after this time, and then ever more rarely. */
const ASK_AGAIN_MS = 15_000;

const SYSTEM_CLOCK: BulkClock = {
  now: Date.now,
  sleep: async (ms, signal) => {
    await pause(ms, undefined, { signal }).catch(() => undefined);
  },
};

/**
 * Start many runs in a sliding window, wait for their ends, and yield what became of each as it ends.
 *
 * Each is started as a single one: a running run of the same request is joined, one that ended ready gives its result, one
 * that failed starts anew. A server that does not answer is waited for.
 *
 * @throws OutageError - The server cannot be used. What was started goes on.
 */
export async function* provisionAll<Request extends BulkRequest>(
  calls: BulkCalls<Request>,
  requests: readonly Request[],
  options: BulkOptions = {},
  clock: BulkClock = SYSTEM_CLOCK,
): AsyncGenerator<BulkEnd<Request>, void, undefined> {
  const over = new AbortController();
  const stopped = AbortSignal.any([over.signal, ...(options.stop === undefined ? [] : [options.stop])]);
  // Every pause of every run listens to it.
  setMaxListeners(0, stopped);
  const patience = new Patience(clock, options.patienceMs ?? PATIENCE_MS);
  const ends = new EndWatch(calls, clock, patience);
  const watching = ends.run(stopped, () => {
    calls.warn('The server does not list runs to this client: each is asked by itself, every 10 s');
  });

  const one = async (request: Request): Promise<BulkEnd<Request> | undefined> => {
    let started: StartedProvision | undefined;
    try {
      started = await patience.call(stopped, () => calls.start(request));
      if (started === undefined) return undefined;
      options.onStarted?.(started);
      const result = await resultOf(calls, ends, patience, started, stopped);
      return result === undefined ? undefined : { request, started, result };
    } catch (error) {
      if (error instanceof OutageError) throw error;
      if (isAboutServer(error)) throw new OutageError(error);
      return {
        request,
        ...(started === undefined ? {} : { started }),
        error: error instanceof Error ? error : new Error(String(error)),
      };
    }
  };
  try {
    const size = options.window ?? DEFAULT_WINDOW;
    yield* slidingWindow(requests, one, { size, laneOf, stop: stopped });
  } finally {
    over.abort();
    await watching;
  }
}

/**
 * Wait for the end of a run.
 *
 * @returns `undefined`: it goes on, and the waiting was stopped.
 * @throws OutageError
 */
async function resultOf<Request>(
  calls: BulkCalls<Request>,
  ends: EndWatch,
  patience: Patience,
  started: StartedProvision,
  stop: AbortSignal,
): Promise<ProvisionResult | undefined> {
  let withinMs = started.how === 'finished' ? 0 : ASK_WITHOUT_HINT_MS;
  while (!stop.aborted) {
    const hint = withinMs === 0 ? 'ended' : await ends.ended(started.workflowId, withinMs);
    if (hint === 'stopped') return undefined;
    try {
      const result = await calls.result(started);
      patience.answered();
      return result;
    } catch (error) {
      if (!isPassing(error)) {
        patience.answered();
        throw error;
      }
      // Late, it goes on or the server does not answer: which of them, the watch finds out.
      if (!isLate(error)) patience.failed(error);
    }
    withinMs = hint === 'ended' ? ASK_AGAIN_MS : Math.min(2 * withinMs, ASK_WITHOUT_HINT_MS);
  }
  return undefined;
}

/** One account and region never waits for another. */
function laneOf({ input }: BulkRequest): string {
  return `${input.account ?? INPUT_DEFAULTS.account}/${input.request.RegionId}`;
}

/** A call of a bulk that takes longer is made again. */
const CALL_TIMEOUT_MS = 10_000;

/** Make a call with a deadline of its own. */
export function answeredSoon<Answer>(client: Client, call: () => Promise<Answer>): Promise<Answer> {
  return client.connection.withDeadline(Date.now() + CALL_TIMEOUT_MS, call);
}

/** Page by page, each of which is answered soon. */
export async function* listEnded(client: Client, since: Date): AsyncGenerator<EndedRun, void, undefined> {
  const query = `WorkflowType = '${PROVISION_WORKFLOW_TYPE}' AND ExecutionStatus != 'ContinuedAsNew' AND CloseTime >= '${since.toISOString()}'`;
  const runs = client.workflow.list({ query, pageSize: 1_000 })[Symbol.asyncIterator]();
  for (;;) {
    const next = await answeredSoon(client, () => runs.next());
    if (next.done === true) return;
    const { workflowId, closeTime } = next.value;
    if (closeTime !== undefined) yield { workflowId, closedAt: closeTime };
  }
}
