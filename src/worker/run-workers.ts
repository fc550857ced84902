import type { Worker } from '@temporalio/worker';

/**
 * Run workers until all of them have stopped.
 *
 * Where one fails, the others stop as well and let their calls in flight finish: half a process would look alive while
 * work is left undone.
 *
 * @throws unknown - What the first worker to fail failed with.
 */
export async function runWorkers(workers: readonly Pick<Worker, 'run' | 'getState' | 'shutdown'>[]): Promise<void> {
  const runs = workers.map((worker) => worker.run());
  try {
    await Promise.all(runs);
  } finally {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await Promise.allSettled(runs);
  }
}
