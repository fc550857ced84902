import { Context, log } from '@temporalio/activity';
import {
  ACCEPT_LANE_WORKFLOW_TYPE,
  acceptConnectionSignal,
  acceptLaneId,
  type AcceptLaneInput,
  type AcceptRequest,
} from '../contract/accept-lane.js';
import { WORKFLOW_TASK_TIMEOUT } from '../contract/messages.js';
import type { AttemptRecord, RefusedCall } from '../contract/result.js';
import { isAccepted } from '../model/endpoint.js';
import { PrivateLinkError, type ConnectionRef, type PrivateLinkApi } from '../privatelink/port.js';
import { ActivityMemory } from './attempt-memory.js';
import { failedCall, readAgain, repeatLater } from './call-failure.js';
import { stopIfGivenUp } from './create-endpoint.js';
import type { ActivityDependencies } from './dependencies.js';

export interface AskInput {
  /** Task queue of the workflows, where a lane is started that does not run. */
  readonly taskQueue: string;
  readonly lane: AcceptLaneInput;
  readonly request: AcceptRequest;
}

/** Put a request into the lane of an account, and start the lane where it does not run. Repeating it changes nothing. */
export async function askToAccept({ taskQueue, lane, request }: AskInput): Promise<void> {
  const { client } = Context.current();
  await client.workflow.signalWithStart(ACCEPT_LANE_WORKFLOW_TYPE, {
    workflowId: acceptLaneId(lane.account, lane.regionId),
    taskQueue,
    args: [lane],
    workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
    signal: acceptConnectionSignal,
    signalArgs: [request],
    staticSummary: `Accepts connections as the owner of their service (${lane.account}), one at a time`,
  });
}

export interface AcceptInput {
  /** Of the owner of the service. */
  readonly account: string;
  readonly connection: ConnectionRef;
}

export type AcceptOutcome = { readonly attempts: readonly AttemptRecord[] } & (
  | { readonly kind: 'accepted'; readonly by: 'thisCall' | 'somebodyElse' }
  /** It cannot be accepted, however often it is tried. */
  | { readonly kind: 'refused'; readonly refusal: RefusedCall }
  /** It may be possible later. */
  | { readonly kind: 'postponed'; readonly refusal: RefusedCall }
);

/** The one collision that is with another call of the account: it is over in seconds, and any other call would meet it. */
const COLLIDES_IN_ACCOUNT = 'ConcurrentCallNotSupported';

/** Codes that also say that the connection is on its way, or there. */
const PERHAPS_ACCEPTED: readonly string[] = ['EndpointConnectionOperationDenied', 'EndpointOperationDenied'];

/**
 * Accept the connection of an endpoint as the owner of its service.
 *
 * Idempotent by state: where the call is refused because the connection changes already, a look says whether somebody
 * accepted it, this activity's own lost call included. Collisions with other calls of the account, throttles and unknown
 * outcomes are repeated until the schedule-to-close time; refusals are returned.
 */
export function createAcceptConnection(deps: ActivityDependencies) {
  const random = deps.random ?? Math.random;
  return async function acceptConnection({ account, connection }: AcceptInput): Promise<AcceptOutcome> {
    const { RegionId } = connection;
    const api = deps.privateLink(account, RegionId);
    const memory = new ActivityMemory();

    return memory.whileBeating(async () => {
      stopIfGivenUp(memory);
      try {
        const { RequestId } = await api.enableVpcEndpointConnection(connection);
        memory.record('EnableVpcEndpointConnection', 'Accepted', RequestId);
        return { kind: 'accepted', by: 'thisCall', attempts: memory.current.log };
      } catch (error) {
        if (!(error instanceof PrivateLinkError)) throw error;
        memory.record('EnableVpcEndpointConnection', error.code, error.requestId);
        return settle(error, api, memory, connection);
      }
    });
  };

  async function settle(
    error: PrivateLinkError,
    api: PrivateLinkApi,
    memory: ActivityMemory,
    connection: ConnectionRef,
  ): Promise<AcceptOutcome> {
    const { RegionId } = connection;
    if (PERHAPS_ACCEPTED.includes(error.code) && (await isAcceptedNow(api, memory, connection))) {
      return { kind: 'accepted', by: 'somebodyElse', attempts: memory.current.log };
    }
    const refusal: RefusedCall = { ...failedCall(error, connection), message: error.message };
    const isCollision = error.code === COLLIDES_IN_ACCOUNT;
    switch (isCollision ? 'throttled' : error.class) {
      case 'throttled':
      case 'unknown':
      case 'inFlight':
        if (!isCollision && memory.isFirstWarning(error.code)) {
          log.warn('A call that accepts a connection failed; it is repeated', { ...connection, code: error.code });
        }
        throw repeatLater(error, memory, random, RegionId);
      // An endpoint or a service that changes must not hold up the others of the account.
      case 'conflict':
      case 'quota':
      case 'status':
      case 'absent':
      case 'unlisted':
        return { kind: 'postponed', refusal, attempts: memory.current.log };
      default:
        return { kind: 'refused', refusal, attempts: memory.current.log };
    }
  }

  async function isAcceptedNow(
    api: PrivateLinkApi,
    memory: ActivityMemory,
    connection: ConnectionRef,
  ): Promise<boolean> {
    try {
      const seen = await api.getVpcEndpointConnection(connection);
      const { ConnectionStatus, RequestId } = seen;
      memory.record('ListVpcEndpointConnections', ConnectionStatus ?? 'Absent', RequestId);
      return ConnectionStatus !== undefined && isAccepted({ ConnectionStatus });
    } catch (error) {
      throw readAgain(error, memory, random, connection.RegionId);
    }
  }
}
