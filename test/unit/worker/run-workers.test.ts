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
});
