import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { RefusedCall } from './result.js';
import { accountInRegion } from './task-queues.js';

/** Name under which workers register the workflow that accepts connections, one at a time for each account. */
export const ACCEPT_LANE_WORKFLOW_TYPE = 'acceptVpcEndpointConnections';

/**
 * Workflow id of the lane of an account: it makes one call at a time. A region that has queues of its own has its own lane, which no slow
 * call in another region holds up; the service takes one call at a time in an account, so calls of two lanes may collide and are repeated.
 */
export function acceptLaneId(account: string, regionId?: string): string {
  return `accept/${regionId === undefined ? account : accountInRegion(account, regionId)}`;
}

/** A connection that its run wants to have accepted. Plain JSON. */
export interface AcceptRequest {
  /** Of the run that asks; it hears of the outcome. */
  readonly workflowId: string;
  readonly runId: string;
  /** Of the service. */
  readonly RegionId: string;
  readonly ServiceId: string;
  readonly EndpointId: string;
  /** When the run gives up, ISO 8601: nobody wants it accepted after that. */
  readonly giveUpAt: string;
}

/** The one argument of the lane. */
export interface AcceptLaneInput {
  readonly account: string;
  /** Where the region of the services has a lane of its own. */
  readonly regionId?: string;
  /** Queue of the calls that accept. */
  readonly activityTaskQueue: string;
  /** From an earlier run of the lane. */
  readonly waiting?: readonly WaitingAcceptance[];
}

/** A request in the lane. */
export interface WaitingAcceptance extends AcceptRequest {
  /** When it is tried again, after a refusal that may pass, ISO 8601. */
  readonly dueAt?: string;
  /** How often it was refused. */
  readonly refusedTimes: number;
  readonly lastRefusal?: RefusedCall;
}

/** Have a connection accepted. Asking again for the same endpoint changes nothing. */
export const acceptConnectionSignal = defineSignal<[AcceptRequest]>('acceptConnection');

/** Nobody wants a connection to be accepted any more. */
export const withdrawAcceptanceSignal =
  defineSignal<[Pick<AcceptRequest, 'workflowId' | 'runId' | 'EndpointId'>]>('withdrawAcceptance');

/** Answer of the query `lane`. */
export interface AcceptLaneState {
  readonly account: string;
  /** What is being accepted now. */
  readonly current?: string;
  /** Those that wait, next one first. */
  readonly waiting: readonly WaitingAcceptance[];
}

/** What is in the lane. */
export const laneQuery = defineQuery<AcceptLaneState>('lane');

/** What a run hears of its request. `accepted` is a hint: the run looks for itself. */
export interface AcceptanceNotice {
  readonly EndpointId: string;
  readonly outcome: 'accepted' | 'refused' | 'postponed';
  /** Of `refused`, which ends the run, and of `postponed`. */
  readonly refusal?: RefusedCall;
  /** Of `postponed`, ISO 8601. */
  readonly nextTryAt?: string;
}

/** Tells a run what became of its request. */
export const acceptanceSignal = defineSignal<[AcceptanceNotice]>('acceptance');
