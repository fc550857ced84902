/** The worker of the two plain ways to wait, with the same HTTP client that our own worker has. */
import { activityInfo, heartbeat, sleep } from '@temporalio/activity';
import { Worker } from '@temporalio/worker';
import { DEFAULT_ACCOUNT } from '../../src/contract/task-queues.js';
import { openAccounts } from '../../src/worker/cloud-accounts.js';
import { serve, WORKER_SETTINGS } from '../bench-worker.js';
import { programArgument } from '../forked-program.js';
import type { PlainActivities } from './plain-waiters.js';

/** Where and what to serve. */
export interface PlainWorkerArgument {
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly codePath: string;
  readonly twinUrl: string;
  /** Activities at a time. The default of 100 would let no more endpoints be looked at by the loop in the activity. */
  readonly slots: number;
}

const LOOK_MS = 5_000;

const { address, namespace, taskQueue, codePath, twinUrl, slots } = programArgument() as PlainWorkerArgument;
const { privateLink } = await openAccounts({ kind: 'twin', url: twinUrl }, [DEFAULT_ACCOUNT], {
  timeoutMs: 10_000,
  userAgent: 'plain-worker',
});

const activities: PlainActivities = {
  createEndpoint: async (request) => {
    const ClientToken = activityInfo().workflowExecution?.runId ?? '';
    const api = privateLink(DEFAULT_ACCOUNT, request.RegionId);
    const { EndpointId } = await api.createVpcEndpoint({ ...request, ClientToken });
    return EndpointId;
  },
  endpointStatus,
  untilActive: async (ref) => {
    while ((await endpointStatus(ref)) !== 'Active') {
      heartbeat();
      await sleep(LOOK_MS);
    }
  },
};

await serve(address, async (connection) => [
  await Worker.create({
    ...WORKER_SETTINGS,
    connection,
    namespace,
    taskQueue,
    workflowBundle: { codePath },
    activities,
    maxConcurrentActivityTaskExecutions: slots,
    // What loops for hours is not let finish.
    shutdownGraceTime: 0,
  }),
]);

async function endpointStatus(ref: Parameters<PlainActivities['endpointStatus']>[0]): Promise<string> {
  const { endpoint } = await privateLink(DEFAULT_ACCOUNT, ref.RegionId).getVpcEndpointAttribute(ref);
  return endpoint?.EndpointStatus ?? 'absent';
}
