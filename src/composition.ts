/* What a worker is put together from, for the program and for the plugin of a worker that somebody else runs. */
import { setTimeout as pause } from 'node:timers/promises';
import { Runtime, type Logger, type NativeConnection, type Worker, type WorkerOptions } from '@temporalio/worker';
import {
  createActivities,
  findEarlierRuns,
  SharedLookUps,
  SharedRunLists,
  WatchLink,
  type Activities,
} from './activities/index.js';
import type { Work, WorkerConfig } from './config.js';
import type { FleetPlace } from './contract/search-attributes.js';
import { callQueues, watchTaskQueue } from './contract/task-queues.js';
import { VERSION } from './version.js';
import { callMetrics } from './worker/call-metrics.js';
import { createCallWorkers, createWatchWorker, type CallBudgets, type SharedOptions } from './worker/call-workers.js';
import { openAccounts, type CloudAccounts } from './worker/cloud-accounts.js';

/** How often an account without credentials is looked at again: a metadata service may stumble when a machine starts. */
const RECHECK_MS = 60_000;

/** On top of the time of one call: a call in flight is let finish before the worker goes. */
const GRACE_MS = 5_000;

type CallConfig = CallBudgets & Pick<WorkerConfig, 'taskQueue' | 'work'>;

/** Open the accounts that a worker works for; says which of them have no credentials. */
export async function openWorkerAccounts(config: WorkerConfig, logger: Pick<Logger, 'error'>): Promise<CloudAccounts> {
  // Without work for the cloud nobody looks at credentials.
  const accounts = await openAccounts(config.cloud, does(config, 'calls', 'watch') ? config.accounts : [], {
    timeoutMs: config.httpTimeoutMs,
    userAgent: `durable-privatelink/${VERSION}`,
    onCall: callMetrics(Runtime.instance().metricMeter),
  });
  for (const { account, source } of accounts.unusable) {
    logger.error('No credentials: the work of this account is left to other workers until there are some', {
      account,
      source,
    });
  }
  return accounts;
}

/** Look again for credentials of accounts that have none, and add their workers, until the signal aborts. */
export async function recheckAccounts(
  accounts: CloudAccounts,
  create: (account: string) => Promise<Worker[]>,
  { logger, stopped, add }: { logger: Pick<Logger, 'info'>; stopped: AbortSignal; add: (worker: Worker) => void },
): Promise<void> {
  while (accounts.unusable.length > 0) {
    // Ends early, and with an error, when the workers stop.
    const isTime = await pause(RECHECK_MS, true, { signal: stopped }).catch(() => false);
    if (!isTime) return;
    for (const account of await accounts.recheck()) {
      logger.info('Credentials found: the work of this account is polled from now on', { account });
      for (const worker of await create(account)) add(worker);
    }
  }
}

/** Makes the workers of one account: of its calls and of its watch, as far as this process does that work. */
export function accountWorkers(config: CallConfig, shared: SharedOptions, activities: Activities) {
  const { taskQueue } = config;
  return async (account: string): Promise<Worker[]> => {
    const created = await Promise.all([
      ...(does(config, 'calls') ? [createCallWorkers(shared, activities, config, taskQueue, account)] : []),
      ...(does(config, 'watch') ? [createWatchWorker(shared, activities, taskQueue, account)] : []),
    ]);
    return created.flat();
  };
}

/** Whether this process does any of these kinds of work. */
export function does({ work }: Pick<WorkerConfig, 'work'>, ...kinds: readonly Work[]): boolean {
  return kinds.some((kind) => work.includes(kind));
}

/** @param fleet - Matters only to the checks of inputs, which run beside the workflows. */
export function workerActivities(
  { installation, regions, watch, readsPerMinute }: WorkerConfig,
  { privateLink }: CloudAccounts,
  fleet: FleetPlace | undefined,
): Activities {
  const runLists = new SharedRunLists();
  return createActivities({
    privateLink,
    // One of each for all queues that are served with what this returns: their questions share calls.
    lookUps: new SharedLookUps(),
    findEarlierRuns: (workflowId, runId) =>
      findEarlierRuns(workflowId, runId, (client, id) => runLists.runsOf(client, id)),
    ...callQueues(regions),
    ownRegions: regions,
    ...(watch === 'off' ? {} : { watch: new WatchLink(watch), watchTaskQueue }),
    listsPerMinute: readsPerMinute,
    ...(fleet === undefined ? {} : { fleet }),
    ...(installation === undefined ? {} : { installation }),
  });
}

/** What all workers of a process have in common. */
export function sharedOptions(config: WorkerConfig, connection: NativeConnection) {
  return {
    connection,
    namespace: config.temporal.namespace,
    shutdownGraceTime: config.httpTimeoutMs + GRACE_MS,
    // Runs go on with the newest version: their code replays the histories of older ones.
    ...(config.version === undefined
      ? {}
      : {
          workerDeploymentOptions: {
            useWorkerVersioning: true,
            version: config.version,
            defaultVersioningBehavior: 'AUTO_UPGRADE',
          } as const,
        }),
  } satisfies Partial<WorkerOptions>;
}
