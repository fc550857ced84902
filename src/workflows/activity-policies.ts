import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import { WATCH_ACTIVITY_ID, type WatchInput } from '../contract/watch.js';
import type { Activities, Provision } from '../activities/index.js';

/** What one call of an activity is told beside its policy. */
export interface CallOptions {
  /** Readable id, under which the engine shows it and operators pause or reset it. */
  readonly activityId: string;
  /** One line for the Web UI. */
  readonly summary: string;
  /** Deadline over all attempts, in milliseconds. */
  readonly withinMs: number;
  /** Something is known to wait for it: in a paced queue it goes before looks that may find nothing. */
  readonly isUrgent?: boolean;
}

/** Calls that are waited for go first, whatever the priority of their run: the engine's default is 3. */
const URGENT = { priority: { priorityKey: 2 } } as const;

/** A look that is known to find something: when its worker dies it is repeated sooner. It changes nothing, so too soon does no harm. */
const URGENT_LOOK = {
  ...URGENT,
  heartbeatTimeout: '4s',
  retry: { initialInterval: '1s', backoffCoefficient: 1.5, maximumInterval: '15s' },
} as const;

/** The engine notices within this time that the worker of an attempt is gone. */
const HEARTBEAT_TIMEOUT = '6s';

/** One attempt: several calls of at most 10 s each. */
const ATTEMPT_TIMEOUT = '60s';

/** Checks of the input: on the worker of the workflow, without a round trip through the server. */
export const { parseInput, parseDeprovisionInput } = proxyLocalActivities<
  Pick<Activities, 'parseInput' | 'parseDeprovisionInput'>
>({ startToCloseTimeout: '10s' });

/**
 * The create call. Cancelling waits for the attempt in flight, so that its answer is not lost.
 *
 * Attempts are never counted: deadlines bound them, because deploys and polls use attempts up.
 */
export function creating(provision: Provision, call: CallOptions): Pick<Activities, 'createEndpoint'> {
  return proxyActivities<Pick<Activities, 'createEndpoint'>>({
    ...callOptions(provision, call),
    taskQueue: provision.createTaskQueue ?? provision.activityTaskQueue,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
  });
}

/** Reads. Cancelling leaves them at once: they have no effect to wait for. */
export function reading(
  provision: Pick<Provision, 'activityTaskQueue'>,
  call: CallOptions,
): Pick<Activities, 'findEndpoint' | 'awaitEndpoint' | 'describeEndpoint' | 'preflight'> {
  return proxyActivities<Pick<Activities, 'findEndpoint' | 'awaitEndpoint' | 'describeEndpoint' | 'preflight'>>({
    ...callOptions(provision, call),
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '2s', backoffCoefficient: 1.5, maximumInterval: '15s' },
    ...(call.isUrgent === true ? URGENT_LOOK : {}),
  });
}

/** Removals. Every attempt decides from what it reads, so one that was cut off is simply repeated. */
export function removing(
  { activityTaskQueue, writeTaskQueue = activityTaskQueue }: Pick<Provision, 'activityTaskQueue' | 'writeTaskQueue'>,
  call: CallOptions,
): Pick<Activities, 'removeEndpoint'> {
  return proxyActivities<Pick<Activities, 'removeEndpoint'>>({
    ...callOptions({ activityTaskQueue: writeTaskQueue }, call),
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '15s' },
  });
}

/** Checks of the input of a sweep, likewise. */
export const { parseFindOrphansInput } = proxyLocalActivities<Pick<Activities, 'parseFindOrphansInput'>>({
  startToCloseTimeout: '10s',
});

/** One attempt of a sweep: pages of a list, and thousands of questions to the server. */
const SWEEP_ATTEMPT_TIMEOUT = '10m';

/** Sweeps: reads only, so cancelling leaves them at once. */
export function sweeping(activityTaskQueue: string, call: CallOptions): Pick<Activities, 'scanOrphans'> {
  return proxyActivities<Pick<Activities, 'scanOrphans'>>({
    ...callOptions({ activityTaskQueue }, call),
    startToCloseTimeout: SWEEP_ATTEMPT_TIMEOUT,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '60s' },
  });
}

/** Requests to the lane of an account: a signal, which may be sent again. Cancelling waits for one that is on its way, so that a withdrawal comes after it. */
export function asking(provision: Provision, call: CallOptions): Pick<Activities, 'askToAccept'> {
  return proxyActivities<Pick<Activities, 'askToAccept'>>({
    ...callOptions(provision, call),
    ...URGENT,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
  });
}

/** Acceptances. Idempotent by state, so one that was cut off is repeated. */
export function accepting(activityTaskQueue: string, call: CallOptions): Pick<Activities, 'acceptConnection'> {
  return proxyActivities<Pick<Activities, 'acceptConnection'>>({
    ...callOptions({ activityTaskQueue }, call),
    // Removals share their queue, and come by the hundreds.
    ...URGENT,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '15s' },
  });
}

/** The engine takes the watcher for lost within this time, and another worker watches. */
const WATCH_HEARTBEAT_TIMEOUT = '3s';

/** One attempt watches for an hour, and then says so. */
const WATCH_ATTEMPT_TIMEOUT = '65m';

/** The watch. It has no deadline: whoever watches ends by himself, and is repeated where he did not. */
export function watching({ activityTaskQueue, account, RegionId }: WatchInput): Pick<Activities, 'watchEndpoints'> {
  return proxyActivities<Pick<Activities, 'watchEndpoints'>>({
    taskQueue: activityTaskQueue,
    activityId: WATCH_ACTIVITY_ID,
    summary: `watch the endpoints of ${account} in ${RegionId}`,
    startToCloseTimeout: WATCH_ATTEMPT_TIMEOUT,
    heartbeatTimeout: WATCH_HEARTBEAT_TIMEOUT,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    // Each worker that dies is an attempt, and the activity lives for hours: a pause that grows would grow for ever.
    retry: { initialInterval: '500ms', backoffCoefficient: 1.5, maximumInterval: '1s' },
  });
}

function callOptions(provision: Pick<Provision, 'activityTaskQueue'>, { activityId, summary, withinMs }: CallOptions) {
  return {
    taskQueue: provision.activityTaskQueue,
    activityId,
    summary,
    startToCloseTimeout: ATTEMPT_TIMEOUT,
    heartbeatTimeout: HEARTBEAT_TIMEOUT,
    scheduleToCloseTimeout: withinMs,
  } as const;
}
