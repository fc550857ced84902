import type { Worker } from '@temporalio/worker';

/** What running a worker needs of it. */
export type RunnableWorker = Pick<Worker, 'run' | 'getState' | 'shutdown'>;

/** Adds workers that could not be started with the others; returns soon after the signal aborts. */
export type LateWorkers = (stopped: AbortSignal, add: (worker: RunnableWorker) => void) => Promise<void>;

/**
 * Run workers until all of those that were there first have stopped.
 *
 * Where one fails, the others stop as well and let their calls in flight finish: half a process would look alive while
 * work is left undone.
 *
 * @throws unknown - What the first worker to fail, or the search for late ones, failed with.
 */
export async function runWorkers(workers: readonly RunnableWorker[], late?: LateWorkers): Promise<void> {
  const stopped = new AbortController();
  const all: RunnableWorker[] = [];
  const runs: Promise<void>[] = [];
  let fail: (error: unknown) => void = () => undefined;
  const failure = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const add = (worker: RunnableWorker) => {
    all.push(worker);
    const run = worker.run();
    run.catch(fail);
    runs.push(run);
  };

  for (const worker of workers) add(worker);
  const first = Promise.all(runs);
  const search = late === undefined ? Promise.resolve() : late(stopped.signal, add);
  search.catch(fail);
  try {
    await Promise.race([first, failure]);
  } finally {
    stopped.abort();
    await Promise.allSettled([search]);
    for (const worker of all) if (worker.getState() === 'RUNNING') worker.shutdown();
    await Promise.allSettled(runs);
  }
}
