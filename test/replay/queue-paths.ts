import { stateQuery } from '../../src/contract/messages.js';
import { createTestKit } from '../../src/testing/index.js';
import { bundleToFile } from '../support/bundle-workflows.js';
import { eventually, openBenchOn, REQUEST, startProvision, type ProvisionBench } from '../support/provision-bench.js';
import { queuedActivities, whilePollingCreates } from '../support/queued-creates.js';
import type { ShippedPath } from './paths.js';

/** What waits for no worker waits in real time: the shortest that a server keeps to. */
const SHORT = { accepted: '1s' };

/** Paths of runs whose create calls wait in a queue of their own. */
export const QUEUE_PATHS: readonly ShippedPath[] = [
  {
    name: 'waited-for-its-turn',
    take: (recorder) =>
      onQueuedBench(recorder, undefined, async (bench, address, activities) => {
        const handle = await startProvision(bench, { request: REQUEST, timeouts: SHORT });
        await eventually('the run waits for its turn', async () =>
          (await handle.query(stateQuery)).waitingFor.startsWith('its turn'),
        );
        await whilePollingCreates({ address, taskQueue: bench.taskQueue }, activities, () => handle.result());
        return handle.workflowId;
      }),
  },
  {
    name: 'its-turn-never-came',
    take: (recorder) =>
      onQueuedBench(recorder, 3_000, async (bench) => {
        const handle = await startProvision(bench, { request: REQUEST, timeouts: SHORT });
        await handle.result().catch(() => undefined);
        return handle.workflowId;
      }),
  },
];

/** Workers of its own: that of the recording has one queue for all calls. */
async function onQueuedBench(
  { connection }: ProvisionBench,
  queuedAtMostMs: number | undefined,
  take: (bench: ProvisionBench, address: string, activities: ReturnType<typeof queuedActivities>) => Promise<string>,
): Promise<string> {
  const { address } = connection.options;
  const kit = createTestKit({ settings: { services: [{ ServiceId: REQUEST.ServiceId }] } });
  const activities = queuedActivities(kit, queuedAtMostMs);
  const bundle = await bundleToFile(new URL('../../src/workflows/index.ts', import.meta.url));
  const bench = await openBenchOn({ address, codePath: bundle.path }, { activities });
  try {
    return await take(bench, address, activities);
  } finally {
    await bench.close();
    await bundle.remove();
  }
}
