import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { FailureDetails, FailureType, InvalidInputDetails, ProvisionResult } from './result.js';
import type { ErrorClass } from '../model/error-class.js';

/** Name under which workers register the workflow. */
export const PROVISION_WORKFLOW_TYPE = 'provisionVpcEndpoint';

/** Where a run stands. */
export const PHASES = [
  'checking',
  'creating',
  'parked',
  'waiting',
  'connecting',
  'cleaningUp',
  'ready',
  'failed',
  'cancelled',
] as const;
export type Phase = (typeof PHASES)[number];

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
  readonly failure?: {
    readonly type: FailureType;
    readonly message: string;
    readonly details: FailureDetails | InvalidInputDetails;
  };
}

/**
 * The signal that a notified workflow receives unless its request names another. None is sent before the input is known
 * to be right: not for `InvalidInput`, and not for a run that is cancelled before.
 */
export const vpcEndpointProvisionedSignal = defineSignal<[ProvisionedNotice]>('vpcEndpointProvisioned');
