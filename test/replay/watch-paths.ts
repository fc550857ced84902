import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../src/activities/index.js';
import { createActivities } from '../../src/activities/index.js';
import { changedSignal, WATCH_WORKFLOW_TYPE, type ChangedNotice, type WatchInput } from '../../src/contract/watch.js';
import { createTestKit, NO_LIMITS, type TestKit } from '../../src/testing/index.js';
import { bundleToFile } from '../support/bundle-workflows.js';
import {
  eventually,
  newId,
  openBenchOn,
  REQUEST,
  startProvision,
  type ProvisionBench,
} from '../support/provision-bench.js';
import type { ShippedPath } from './paths.js';

const LATER_MS = 3_600_000;
const ACTIVE = { EndpointStatus: 'Active', ConnectionStatus: 'Disconnected' } as const;

/** Paths of runs that are watched, and of the watcher. */
export const WATCH_PATHS: readonly ShippedPath[] = [
  {
    name: 'watched-and-told',
    take: (recorder) =>
      watched(recorder, {}, async ({ become, tell }) => {
        become();
        await tell(ACTIVE);
      }),
  },
  {
    name: 'watched-and-told-too-early',
    take: (recorder) =>
      watched(recorder, {}, async ({ become, tell, looked }) => {
        await tell({ EndpointId: 'ep-of-another' });
        await tell(ACTIVE);
        await looked();
        become();
      }),
  },
  {
    name: 'watched-and-told-of-its-connection',
    take: (recorder) =>
      watched(recorder, { until: 'Connected' }, async ({ become, tell, looked }) => {
        become();
        await tell(ACTIVE);
        await looked();
        await tell({ EndpointStatus: 'Active', ConnectionStatus: 'Connecting' });
      }),
  },
  {
    name: 'watched-and-cancelled',
    take: (recorder) => watched(recorder, {}, ({ cancel }) => cancel()),
  },
  {
    name: 'told-while-it-looks-for-itself',
    take: (recorder) =>
      toldRun(recorder, {}, { isWatched: false }, async ({ become, tell }) => {
        become();
        await tell(ACTIVE);
      }),
  },
  {
    name: 'watcher-idle',
    take: (recorder) => watcher(recorder, async () => ({ kind: 'idle' })),
  },
  {
    name: 'watcher-rotated-then-idle',
    take: (recorder) => {
      let rounds = 0;
      return watcher(recorder, async () => ({ kind: (rounds += 1) < 3 ? 'rotated' : 'idle' }));
    },
  },
  {
    name: 'watcher-refused',
    take: (recorder) =>
      watcher(recorder, async () => {
        throw ApplicationFailure.nonRetryable('NoPermission: no (RequestId R)', 'WatchRefused');
      }),
  },
];

/** What becomes of a run, and what it is told. */
interface ToldRun {
  /** The endpoint is Active. */
  readonly become: () => void;
  readonly tell: (notice: Partial<ChangedNotice>) => Promise<void>;
  /** It has looked for itself. */
  readonly looked: () => Promise<unknown>;
  readonly cancel: () => Promise<unknown>;
}

function watched(recorder: ProvisionBench, options: object, act: (run: ToldRun) => Promise<unknown>): Promise<string> {
  return toldRun(recorder, options, { isWatched: true }, act);
}

function toldRun(
  recorder: ProvisionBench,
  options: object,
  { isWatched }: { isWatched: boolean },
  act: (run: ToldRun) => Promise<unknown>,
): Promise<string> {
  const settings = {
    limits: NO_LIMITS,
    timeToActive: { afterMs: LATER_MS },
    services: [{ ServiceId: REQUEST.ServiceId }],
  };
  const kit = createTestKit({ settings });
  return onBench(recorder, kit, activitiesBeside(kit, isWatched), async (bench) => {
    const handle = await startProvision(bench, { request: REQUEST, ...options });
    const calls = () => kit.twin.journal.countOf('GetVpcEndpointAttribute');
    const { EndpointId } = await eventually('it is made', () => kit.twin.engine.inspect()[0]);
    await eventually('it waits', async () => {
      const { raw } = await handle.describe();
      return raw.pendingActivities?.some(({ lastFailure }) =>
        lastFailure?.message?.includes(isWatched ? 'is watched' : 'is Creating'),
      );
    });
    await act({
      become: () => kit.twin.advance(LATER_MS),
      tell: (notice) => handle.signal(changedSignal, { EndpointId, ...notice }),
      looked: () => eventually('it has looked', () => calls() > 0),
      cancel: () => handle.cancel(),
    });
    await handle.result().catch(() => undefined);
    return handle.workflowId;
  });
}

/** @param isWatched - What they say of a watcher. */
function activitiesBeside({ privateLink }: TestKit, isWatched: boolean): Activities {
  return createActivities({
    privateLink: () => privateLink,
    accountTaskQueue: (taskQueue) => taskQueue,
    findEarlierRuns: async () => ({ inDoubt: false }),
    watchTaskQueue: (taskQueue) => taskQueue,
    watch: { expect: async () => isWatched },
  });
}

function watcher(recorder: ProvisionBench, watchEndpoints: Activities['watchEndpoints']): Promise<string> {
  const kit = createTestKit();
  return onBench(recorder, kit, { ...kit.activities, watchEndpoints }, async (bench) => {
    const input: WatchInput = {
      account: 'default',
      RegionId: REQUEST.RegionId,
      activityTaskQueue: bench.taskQueue,
      installation: 'default',
    };
    const handle = await bench.client.workflow.start(WATCH_WORKFLOW_TYPE, {
      workflowId: newId(),
      taskQueue: bench.taskQueue,
      args: [input],
    });
    await handle.result().catch(() => undefined);
    return handle.workflowId;
  });
}

/** A worker of its own: that of the recording knows no watcher. */
async function onBench(
  { connection }: ProvisionBench,
  kit: TestKit,
  activities: Activities,
  take: (bench: ProvisionBench) => Promise<string>,
): Promise<string> {
  const { address } = connection.options;
  const bundle = await bundleToFile(new URL('../../src/workflows/index.ts', import.meta.url));
  const bench = await openBenchOn({ address, codePath: bundle.path }, { activities });
  try {
    return await take(bench);
  } finally {
    kit.twin.close();
    await bench.close();
    await bundle.remove();
  }
}
