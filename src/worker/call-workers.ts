import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import {
  accountInRegion,
  accountTaskQueue,
  createTaskQueue,
  watchTaskQueue,
  writeTaskQueue,
} from '../contract/task-queues.js';
import { callsPerSecond } from './pace.js';

/** Activities by name, as far as a queue has only some of them. */
type Activity = (...args: never[]) => Promise<unknown>;

/** All activities, of which some have queues of their own. */
export type CallActivities = Readonly<Record<'createEndpoint' | 'removeEndpoint' | 'acceptConnection', Activity>>;

/** How fast calls of one account may go out, over all workers of the namespace, and where that is counted apart. */
export interface CallBudgets {
  /** Regions with queues, slots and budgets of their own. */
  readonly regions: readonly string[];
  readonly createsPerMinute: number;
  readonly writesPerMinute: number;
  readonly readsPerMinute: number;
}

/** What all workers of a process have in common. */
export type SharedOptions = Pick<
  WorkerOptions,
  | 'namespace'
  | 'shutdownGraceTime'
  | 'workerDeploymentOptions'
  | 'dataConverter'
  | 'interceptors'
  | 'maxConcurrentActivityTaskExecutions'
> & {
  readonly connection: NativeConnection;
};

/**
 * An idle queue keeps so many polls open, a busy one as many as it has use for: a process may serve dozens of queues. One
 * for each partition of a paced queue: a poll that waits at one partition for its share of the rate cannot take that of
 * another.
 */
const PACED_POLLERS = { type: 'autoscaling', minimum: 4, initial: 4 } as const;

/** There is one activity for each region of an account. */
const WATCH_POLLERS = { type: 'autoscaling', minimum: 1, initial: 1 } as const;

/**
 * Make the workers of the calls of one account: three queues, paced by the engine over all workers together, and as many
 * again for each region that has its own.
 */
export function createCallWorkers(
  shared: SharedOptions,
  activities: CallActivities,
  { regions, createsPerMinute, writesPerMinute, readsPerMinute }: CallBudgets,
  taskQueue: string,
  account: string,
): Promise<Worker[]> {
  const { createEndpoint, removeEndpoint, acceptConnection } = activities;
  const queues = [account, ...regions.map((regionId) => accountInRegion(account, regionId))].flatMap((whose) => [
    {
      // All activities: runs that older versions started have every call here, and looks before a create are reads.
      taskQueue: accountTaskQueue(taskQueue, whose),
      activities,
      perMinute: readsPerMinute,
    },
    { taskQueue: createTaskQueue(taskQueue, whose), activities: { createEndpoint }, perMinute: createsPerMinute },
    {
      taskQueue: writeTaskQueue(taskQueue, whose),
      activities: { removeEndpoint, acceptConnection },
      perMinute: writesPerMinute,
    },
  ]);
  return Promise.all(
    queues.map(({ perMinute, ...queue }) =>
      Worker.create({
        ...shared,
        ...queue,
        activityTaskPollerBehavior: PACED_POLLERS,
        maxTaskQueueActivitiesPerSecond: callsPerSecond(perMinute),
      }),
    ),
  );
}

/** A watcher that is not heard of for 3 s is replaced: each of its heartbeats is sent, so that two may be late. */
const WATCH_BEAT_MS = 1_000;

/** Make the worker that watches the endpoints of one account: apart from its calls, so that they cannot starve it. */
export function createWatchWorker(
  shared: SharedOptions,
  { watchEndpoints }: Readonly<Record<'watchEndpoints', Activity>>,
  taskQueue: string,
  account: string,
): Promise<Worker> {
  return Worker.create({
    ...shared,
    taskQueue: watchTaskQueue(taskQueue, account),
    activities: { watchEndpoints },
    activityTaskPollerBehavior: WATCH_POLLERS,
    maxHeartbeatThrottleInterval: WATCH_BEAT_MS,
    // Nothing is lost when a watch ends, and every second counts until another worker watches.
    shutdownGraceTime: 0,
  });
}
