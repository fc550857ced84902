import { NativeConnection, type Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createActivities } from '../../src/activities/index.js';
import { callQueues } from '../../src/contract/task-queues.js';
import type { PrivateLinkApi } from '../../src/privatelink/port.js';
import { createTestKit } from '../../src/testing/index.js';
import { createCallWorkers } from '../../src/worker/call-workers.js';
import { CACHE_MODES, eventually, newId, REQUEST, startProvision, useBench } from '../support/provision-bench.js';

const SICK = 'cn-sick';
const WELL = 'cn-well';
const ACCOUNT = 'default';
/** Calls that a worker has at a time here; there are more sick runs than that. */
const SLOTS = 8;
const SICK_RUNS = 12;

/** What a sick region, or a sick account, does with a call. */
type Illness = (released: Promise<void>) => Promise<never>;

const ILLNESSES: readonly { readonly name: string; readonly illness: Illness }[] = [
  { name: 'does not answer', illness: (released) => released.then(() => Promise.reject(new Error('cut off'))) },
  { name: 'fails every call', illness: () => Promise.reject(new Error('HTTP 503')) },
];

describe.each(ILLNESSES)('a region or an account that $name', ({ illness }) => {
  describe.each(CACHE_MODES)('$name', ({ cache }) => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let sickCalls = 0;
    const kit = createTestKit({ settings: { services: [{ ServiceId: REQUEST.ServiceId }] } });
    const sick = new Proxy<PrivateLinkApi>(kit.privateLink, {
      get: () => () => {
        sickCalls += 1;
        return illness(released);
      },
    });
    const activities = createActivities({
      privateLink: (account, regionId) => (regionId === SICK || account === 'sick' ? sick : kit.privateLink),
      ...callQueues([SICK, WELL]),
      ownRegions: [SICK, WELL],
      findEarlierRuns: async () => ({ inDoubt: false }),
    });
    const bench = useBench({ ...cache, activities });

    let connection: NativeConnection;
    let workers: readonly Worker[] = [];
    let running: Promise<unknown> = Promise.resolve();
    beforeAll(async () => {
      connection = await NativeConnection.connect({ address: inject('temporalAddress') });
      const shared = {
        connection,
        namespace: 'default',
        shutdownGraceTime: 0,
        maxConcurrentActivityTaskExecutions: SLOTS,
      };
      const budgets = {
        regions: [SICK, WELL],
        createsPerMinute: 9_000,
        writesPerMinute: 9_000,
        readsPerMinute: 90_000,
      };
      const made = await Promise.all(
        [ACCOUNT, 'sick'].map((account) => createCallWorkers(shared, activities, budgets, bench.taskQueue, account)),
      );
      workers = made.flat();
      running = Promise.all(workers.map((worker) => worker.run()));
    });
    afterAll(async () => {
      release();
      for (const worker of workers) worker.shutdown();
      await running;
      await connection.close();
    });

    const start = (RegionId: string, account = ACCOUNT) =>
      startProvision(bench, { account, request: { ...REQUEST, RegionId } }, newId());

    /** Start many sick runs, wait until their calls are under way, then one that is well. */
    async function beside(startSick: () => ReturnType<typeof start>) {
      const before = sickCalls;
      const sickRuns = await Promise.all(Array.from({ length: SICK_RUNS }, startSick));
      await eventually('calls of the sick runs are under way', () => sickCalls - before >= SLOTS / 2);
      const { outcome } = await (await start(WELL)).result();
      const stillRunning = await Promise.all(sickRuns.map((run) => run.describe()));
      await Promise.all(sickRuns.map((run) => run.terminate('the test is over')));
      return { outcome, sickStates: stillRunning.map(({ status }) => status.name) };
    }

    it('does not hold up a region with queues of its own', async () => {
      const { outcome, sickStates } = await beside(() => start(SICK));
      expect(outcome).toBe('created');
      expect(new Set(sickStates)).toEqual(new Set(['RUNNING']));
    });

    it('does not hold up another account', async () => {
      const { outcome, sickStates } = await beside(() => start('cn-elsewhere', 'sick'));
      expect(outcome).toBe('created');
      expect(new Set(sickStates)).toEqual(new Set(['RUNNING']));
    });
  });
});
