import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { DurationText } from '../model/duration.js';
import type { Goal } from '../model/endpoint.js';
import type { ErrorClass } from '../model/error-class.js';
import type { ExtendableWait } from '../model/run-changes.js';
import type { FailureDetails, FailureType, InvalidInputDetails, ProvisionResult } from './result.js';

/** Name under which workers register the workflow. */
export const PROVISION_WORKFLOW_TYPE = 'provisionVpcEndpoint';

/**
 * How long a worker may take for one workflow task of ours. When it dies in the middle of one, the run stands still until
 * this time is over: the engine's default of 10 s was the longest lag after a kill (docs/benchmarks.md).
 */
export const WORKFLOW_TASK_TIMEOUT = '5s';

/** Where a run stands. */
export const PHASES = [
  'checking',
  'creating',
  'parked',
  'waiting',
  'connecting',
  'removing',
  'cleaningUp',
  'ready',
  'removed',
  'failed',
  'cancelled',
] as const;
export type Phase = (typeof PHASES)[number];

/** A run in one of them is over. */
export const LAST_PHASES: readonly Phase[] = ['ready', 'removed', 'failed', 'cancelled'];

/** Answer of the query `state`. Times are the engine's clock, ISO 8601. */
export interface ProvisionState {
  readonly phase: Phase;
  /** When this phase began. */
  readonly since: string;
  /** One sentence: what the run is doing or waiting for. */
  readonly waitingFor: string;
  /** Number of the current create epoch; 0 before the first. */
  readonly epoch: number;
  readonly endpointId?: string;
  readonly endpointStatus?: string;
  readonly connectionStatus?: string;
  /** Calls that the run knows of. Retries of a pending activity are shown by the engine. */
  readonly attempts: number;
  readonly lastError?: LastError;
  /** When the run acts again by itself, where the workflow decides that. */
  readonly nextLookAt?: string;
  /** When the current wait gives up. */
  readonly deadline?: string;
  /** How often the run was parked. */
  readonly parkedTimes: number;
  /** While it is parked. */
  readonly parked?: Parked;
}

/** What a parked run waits for. Times are the engine's clock, ISO 8601. */
export interface Parked {
  /** Code of the refusal that has to pass. */
  readonly code: string;
  /** When this wait began: the first refusal of its class. */
  readonly since: string;
  /** How often the request was refused since then. */
  readonly refusedTimes: number;
  readonly nextTryAt: string;
  /** When the run gives up and fails. */
  readonly givesUpAt: string;
}

export interface LastError {
  readonly at: string;
  readonly class: ErrorClass;
  readonly code: string;
  readonly requestId?: string;
  readonly message: string;
}

/** Where a run stands, answered from its own memory. */
export const stateQuery = defineQuery<ProvisionState>('state');

/** What a run answers that was told to try again. */
export interface RetryNowAnswer {
  /** Code of the refusal that it was waiting to pass. */
  readonly code: string;
  /** Number of the create epoch that follows. */
  readonly epoch: number;
}

/** Type of the failure by which `retryNow` is refused while the run is not parked. */
export const NOT_PARKED = 'NotParked';

/**
 * End the pause of a parked run: it tries again at once. Refused as {@link NOT_PARKED} while it is not parked. Many runs that
 * are woken together still keep to the pace of their account.
 */
export const retryNowUpdate = defineUpdate<RetryNowAnswer>('retryNow');

/** How a run failed, as it is told to others. */
export interface ToldFailure {
  readonly type: FailureType;
  readonly message: string;
  readonly details: FailureDetails | InvalidInputDetails;
}

/** What the update `accepted` answers: the first of these that holds. */
export type AcceptedAnswer =
  /** The service holds the endpoint of this run. It is on its way to its goal, and may still fail on it. */
  | { readonly state: 'accepted'; readonly EndpointId: string; readonly outcome: 'created' | 'adopted' }
  /** The service refused with `code`; the run tries again at `nextTryAt` (ISO 8601) by itself. Ask again after that. */
  | { readonly state: 'parked'; readonly code: string; readonly message: string; readonly nextTryAt: string }
  /** The run is over. */
  | {
      readonly state: 'ended';
      readonly outcome: 'failed' | 'cancelled' | 'dryRunPassed';
      /** Of a failed run. */
      readonly failure?: ToldFailure;
    };

/**
 * Wait until the service has accepted the request, which takes about a second, while the run goes on. Made for
 * update-with-start. Answers also where the run is parked and where it ends: nobody waits for days.
 */
export const acceptedUpdate = defineUpdate<AcceptedAnswer>('accepted');

/** What `extendDeadline` is told. */
export interface DeadlineExtension {
  /** `accepted`, `active`, `connected`: the wait of `timeouts`; `parked`: the pause of a parked run. */
  readonly wait: ExtendableWait;
  /** How much longer than before. */
  readonly by: DurationText;
}

/** What `extendDeadline` answers. */
export interface ExtendedDeadline {
  readonly wait: ExtendableWait;
  /** The whole time of the wait from now on, in milliseconds; absent with `parked`. */
  readonly withinMs?: number;
  /** When the run gives up now, ISO 8601; absent where the wait has not begun, or stands still. */
  readonly deadline?: string;
}

/** Type of the failure by which an update is refused whose argument is wrong. */
export const INVALID_UPDATE = 'InvalidUpdate';

/** Type of the failure by which an update is refused that comes too early, or too late. */
export const NOT_APPLICABLE = 'NotApplicable';

/**
 * Give a wait more time. Refused as {@link INVALID_UPDATE} or, once the wait is over or the run has ended, as
 * {@link NOT_APPLICABLE}; neither leaves an event.
 */
export const extendDeadlineUpdate = defineUpdate<ExtendedDeadline, [DeadlineExtension]>('extendDeadline');

/** Options of a run that can be changed while it runs. */
export interface ChangeableOptions {
  readonly until: Goal;
  readonly onFailure: 'keep' | 'delete';
  readonly onCancel: 'keep' | 'delete';
}

/** Change options of a run; what is left out stays. Answers all of them. Refused like {@link extendDeadlineUpdate}. */
export const changeOptionsUpdate = defineUpdate<ChangeableOptions, [Partial<ChangeableOptions>]>('changeOptions');

/** Name of the activity that waits, and the id under which the engine shows it. */
export const WAIT_ACTIVITY_ID = 'wait-active';

/** The same, for the wait until the connection and the zones are Connected. */
export const CONNECT_ACTIVITY_ID = 'wait-connected';

/** What a notified workflow receives, whatever the outcome. */
export interface ProvisionedNotice {
  readonly workflowId: string;
  readonly runId: string;
  readonly outcome: 'ready' | 'failed' | 'cancelled';
  readonly result?: ProvisionResult;
  readonly failure?: ToldFailure;
}

/**
 * The signal that a notified workflow receives unless its request names another. None is sent before the input is known
 * to be right: not for `InvalidInput`, and not for a run that is cancelled before.
 */
export const vpcEndpointProvisionedSignal = defineSignal<[ProvisionedNotice]>('vpcEndpointProvisioned');
