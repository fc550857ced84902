import { randomUUID } from 'node:crypto';
import { Connection, WorkflowClient } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { bundleToFile, type BundleFile } from '../support/bundle-workflows.js';
import type * as smoke from '../support/smoke-workflows.js';
import { advance, startedWithSkipping } from '../support/virtual-time.js';

/*
 * Smoke test of the experimental API below the `workflows` lane. When it fails after an update of SDK or CLI, look here
 * first: the other tests of the lane rest on these rules.
 */
describe.each([
  { cache: 'with cached workflows', workerOptions: {} },
  { cache: 'replaying on each task', workerOptions: { maxCachedWorkflows: 0 } },
])('virtual time on the dev server, $cache', ({ workerOptions }) => {
  const taskQueue = `smoke-${randomUUID()}`;
  const minutes = (count: number) => count * 60_000;
  let bundle: BundleFile;
  let connection: Connection;
  let native: NativeConnection;
  let worker: Worker;
  let running: Promise<void>;
  let failuresLeft: number;

  beforeAll(async () => {
    const address = inject('temporalAddress');
    [bundle, connection, native] = await Promise.all([
      bundleToFile(new URL('../support/smoke-workflows.ts', import.meta.url)),
      Connection.connect({ address }),
      NativeConnection.connect({ address }),
    ]);
    const answer = async () => {
      if (failuresLeft-- > 0) throw ApplicationFailure.create({ message: 'not yet', nextRetryDelay: '5m' });
      return 'here it is';
    };
    const workflowBundle = { codePath: bundle.path };
    worker = await Worker.create({
      connection: native,
      taskQueue,
      workflowBundle,
      activities: { answer },
      ...workerOptions,
    });
    running = worker.run();
  });

  afterAll(async () => {
    worker.shutdown();
    await running;
    await Promise.all([native.close(), connection.close(), bundle.remove()]);
  });

  test('a sleep of 30 days ends at once, and the workflow sees 30 days pass', async () => {
    const handle = await startedWithSkipping<typeof smoke.sleepThirtyDays>(connection, 'sleepThirtyDays', {
      taskQueue,
      args: [],
    });
    expect(await handle.result()).toBeGreaterThanOrEqual(minutes(30 * 24 * 60));
  });

  test('the delay that a failed activity asks for is skipped', async () => {
    failuresLeft = 3;
    const handle = await startedWithSkipping<typeof smoke.retryUntilAnswered>(connection, 'retryUntilAnswered', {
      taskQueue,
      args: [],
    });
    const { answer, elapsedMs } = await handle.result();
    expect(answer).toBe('here it is');
    expect(elapsedMs).toBeGreaterThanOrEqual(minutes(15));
  });

  describe('moved by hand', () => {
    const start = () =>
      new WorkflowClient({ connection }).start<typeof smoke.waitForGo>('waitForGo', {
        taskQueue,
        workflowId: `by-hand-${randomUUID()}`,
        args: [],
      });

    test('a wait that has time left can still be signalled', async () => {
      const handle = await start();
      await advance(connection, handle.workflowId, minutes(59));
      await handle.signal('go');
      expect(await handle.result()).toBe('signalled');
    });

    test('a wait whose time is over has timed out', async () => {
      const handle = await start();
      await advance(connection, handle.workflowId, minutes(59));
      await advance(connection, handle.workflowId, minutes(1)).catch((error: unknown) => {
        // The workflow may have ended before the poll for the arrival, which the server reports as a failure.
        expect(String(error)).toContain('ended before');
      });
      expect(await handle.result()).toBe('timedOut');
    });

    test('a clock cannot be moved past the end of its workflow', async () => {
      const handle = await start();
      await expect(advance(connection, handle.workflowId, minutes(600))).rejects.toThrow('Cannot advance');
    });
  });
});
