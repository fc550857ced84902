import { describe, expect, it } from 'vitest';
import { runWorkers } from '../../../src/worker/run-workers.js';

/** A worker that runs until it is told to stop, or until it fails. */
function fakeWorker() {
  let stop: () => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const ending = new Promise<void>((resolve, reject) => {
    stop = resolve;
    fail = reject;
  });
  let state: 'RUNNING' | 'STOPPED' = 'RUNNING';
  return {
    run: () => ending,
    getState: () => state,
    shutdown: () => {
      state = 'STOPPED';
      stop();
    },
    fail: (error: Error) => {
      state = 'STOPPED';
      fail(error);
    },
  };
}

describe('runWorkers', () => {
  it('ends when every worker has stopped', async () => {
    const workers = [fakeWorker(), fakeWorker()];
    const running = runWorkers(workers);
    for (const worker of workers) worker.shutdown();
    await running;
  });

  it('stops the others when one fails, and says why', async () => {
    const [first, second] = [fakeWorker(), fakeWorker()];
    const running = runWorkers([first, second]);
    first.fail(new Error('The poll was refused'));
    await expect(running).rejects.toThrow('The poll was refused');
    expect(second.getState()).toBe('STOPPED');
  });

  it('runs a worker that comes late, and stops it with the others', async () => {
    const [first, late] = [fakeWorker(), fakeWorker()];
    const running = runWorkers([first], async (_, add) => add(late));
    await Promise.resolve();
    first.shutdown();
    await running;
    expect(late.getState()).toBe('STOPPED');
  });

  it('ends the search for late workers when the others stop', async () => {
    const first = fakeWorker();
    let aborted = false;
    const running = runWorkers([first], (stopped) => {
      const ended = new Promise<void>((resolve) => stopped.addEventListener('abort', () => resolve()));
      return ended.then(() => {
        aborted = true;
      });
    });
    first.shutdown();
    await running;
    expect(aborted).toBe(true);
  });

  it('stops all when a late worker fails', async () => {
    const [first, late] = [fakeWorker(), fakeWorker()];
    const running = runWorkers([first], async (_, add) => add(late));
    late.fail(new Error('The poll was refused'));
    await expect(running).rejects.toThrow('The poll was refused');
    expect(first.getState()).toBe('STOPPED');
  });
});
