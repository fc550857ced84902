import { activityInfo, log } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import {
  BACKSTOP_SCHEDULE,
  CONNECTION_POLL_SCHEDULE,
  DEFAULT_POLL_SCHEDULE,
  pollDelayMs,
} from '../model/poll-schedule.js';
import {
  isAccepted,
  readConnection,
  readEndpoint,
  type Goal,
  type VpcEndpoint,
  type VpcEndpointZone,
} from '../model/endpoint.js';
import { NOT_READY, type AttemptRecord, type LastSeen } from '../contract/result.js';
import { PrivateLinkError, type EndpointRef, type PrivateLinkApi } from '../privatelink/port.js';
import { ActivityMemory } from './attempt-memory.js';
import { nextTry, orRepeat, repeatLater } from './call-failure.js';
import type { ActivityDependencies } from './dependencies.js';
import { sawActive } from './watch-metrics.js';

export interface AwaitInput {
  readonly account: string;
  readonly endpoint: EndpointRef;
  /** What to wait for; `Active` when left out. */
  readonly until?: Goal;
  /** Whether the connection was Connecting or Connected before this wait. */
  readonly wasConnecting?: boolean;
  /** Whether the endpoint was seen before this wait: then it is not missing because it is new. */
  readonly wasSeen?: boolean;
  /** Whether the connection was accepted just now: then it is looked at often. */
  readonly isAccepted?: boolean;
  /** Whether somebody watches the endpoint: then it is looked at rarely, and not at once. */
  readonly watched?: boolean;
}

export type AwaitOutcome = { readonly attempts: readonly AttemptRecord[]; readonly lastSeen?: LastSeen } & (
  | { readonly kind: 'ready'; readonly endpoint: VpcEndpoint; readonly zones: readonly VpcEndpointZone[] }
  | { readonly kind: 'financialLocked' | 'deleting' | 'disappeared' | 'connectionLost' | 'connectionRejected' }
);

/** An endpoint that was never seen may be missing for this long after its creation (inferred: reads may lag behind). */
const GRACE_MS = 300_000;

/** Two looks at least this far apart prove that an endpoint is gone. */
const ABSENCE_SPACING_MS = 30_000;

/**
 * Look once whether an endpoint is ready, and ask the engine to look again when it is not.
 *
 * "Not yet" is a benign, retryable failure with its own delay, so that a waiting run costs no slot, no memory and no
 * history. The deadline is the activity's schedule-to-close time. Ends with a Get of its own; reads the zones with it.
 */
export function createAwaitEndpoint(deps: ActivityDependencies) {
  const random = deps.random ?? Math.random;
  const { pollSchedule = DEFAULT_POLL_SCHEDULE, connectionPollSchedule = CONNECTION_POLL_SCHEDULE } = deps;

  return async function awaitEndpoint(input: AwaitInput): Promise<AwaitOutcome> {
    const mayTakeDays = input.until === 'Connected' && input.isAccepted !== true;
    const schedule = input.watched === true ? BACKSTOP_SCHEDULE : mayTakeDays ? connectionPollSchedule : pollSchedule;
    const api = deps.privateLink(input.account, input.endpoint.RegionId);
    const memory = new ActivityMemory();
    const info = activityInfo();
    const nowMs = info.currentAttemptScheduledTimestampMs;
    const elapsedMs = nowMs - info.scheduledTimestampMs;
    const pollDelay = () => pollDelayMs(schedule, elapsedMs, random());

    return memory.whileBeating(async () => {
      // Not by the number of the attempt: operators set that back.
      if (input.watched === true && memory.current.leftToWatcher !== true) {
        memory.set({ leftToWatcher: true });
        throw notReady(memory, `${input.endpoint.EndpointId} is watched: its run is told when it changes`, pollDelay());
      }
      try {
        const answer = await api.getVpcEndpointAttribute(input.endpoint);
        if (answer.endpoint === undefined) {
          memory.record('GetVpcEndpointAttribute', answer.absentCode ?? 'Absent', answer.RequestId);
          return absent(answer.absentCode);
        }
        return await present(answer.endpoint, answer.RequestId);
      } catch (error) {
        if (!(error instanceof PrivateLinkError)) throw error;
        memory.record(error.answer.action, error.code, error.requestId);
        warnOnce(error.code, 'A look at the endpoint failed; it is repeated until the deadline');
        throw repeatLater(error, memory, random, input.endpoint.RegionId);
      }
    });

    async function present(endpoint: VpcEndpoint, requestId: string): Promise<AwaitOutcome> {
      const status = endpoint.EndpointStatus ?? '(none)';
      memory.record('GetVpcEndpointAttribute', status, requestId);
      const before = memory.current.lastSeen;
      const lastSeen = lastSeenOf(endpoint);
      memory.sawEndpoint(lastSeen);
      const reading = readEndpoint(endpoint);
      switch (reading.kind) {
        case 'ready': {
          if (before !== undefined && before.EndpointStatus !== endpoint.EndpointStatus) {
            const { account, endpoint: ref } = input;
            const lagMs = Date.now() - Date.parse(before.at);
            sawActive({ account, RegionId: ref.RegionId }, input.watched === true ? 'backstop' : 'poll', lagMs);
          }
          const toConnect = input.until === 'Connected';
          // Zones connect after the connection: nobody needs to list them before.
          const early = toConnect ? connectionOf(endpoint, []) : undefined;
          const zones = early === undefined ? await readZones(api, input.endpoint, memory) : [];
          if (zones === undefined) return absent('EndpointNotFound');
          const missing = early ?? (toConnect ? connectionOf(endpoint, zones) : undefined);
          if (missing === undefined) return { kind: 'ready', endpoint, zones, lastSeen, attempts: memory.current.log };
          if (missing === 'rejected') return { kind: 'connectionRejected', lastSeen, attempts: memory.current.log };
          throw notReady(memory, `${input.endpoint.EndpointId}: ${missing} (RequestId ${requestId})`, pollDelay());
        }
        case 'financialLocked':
        case 'deleting':
        case 'connectionLost':
          return { kind: reading.kind, lastSeen, attempts: memory.current.log };
        case 'unknownStatus':
          warnOnce(`status:${status}`, 'The endpoint has a status that is not documented; waiting on');
          break;
        case 'pending':
          break;
      }
      throw notReady(
        memory,
        `${input.endpoint.EndpointId} is ${status}, its connection ${endpoint.ConnectionStatus ?? '(none)'} ` +
          `(RequestId ${requestId})`,
        pollDelay(),
      );
    }

    /** What of its connection is still missing, for a person; `undefined`: nothing. */
    function connectionOf(endpoint: VpcEndpoint, zones: readonly VpcEndpointZone[]): string | undefined {
      const before = input.wasConnecting === true || memory.current.wasConnecting === true;
      const reading = readConnection(endpoint, zones, before);
      if (isAccepted(endpoint)) memory.set({ wasConnecting: true });
      switch (reading.kind) {
        case 'connected':
          return undefined;
        case 'rejected':
          return 'rejected';
        case 'pending':
          return reading.missing;
        case 'unknownStatus':
          warnOnce(`connection:${reading.status}`, 'The connection has a status that is not documented; waiting on');
          return `its connection is ${reading.status}`;
      }
    }

    function absent(code: string | undefined): AwaitOutcome {
      memory.answered();
      const since = memory.current.absentSinceMs;
      // A connection that is not found says nothing of the endpoint itself.
      const mayBeNew =
        code === 'EndpointConnectionNotFound' ||
        (input.wasSeen !== true && !memory.current.seen && elapsedMs < GRACE_MS);
      if (!mayBeNew && since !== undefined && nowMs - since >= ABSENCE_SPACING_MS) {
        return { kind: 'disappeared', attempts: memory.current.log };
      }
      if (!mayBeNew && since === undefined) memory.set({ absentSinceMs: nowMs });
      throw notReady(
        memory,
        `${input.endpoint.EndpointId} is not found ${mayBeNew ? 'yet' : 'any more'}`,
        mayBeNew ? pollDelay() : Math.max(pollDelay(), ABSENCE_SPACING_MS + 1_000),
      );
    }

    function warnOnce(what: string, message: string): void {
      if (memory.isFirstWarning(what)) log.warn(message, { endpointId: input.endpoint.EndpointId, seen: what });
    }
  };
}

export type DescribeOutcome = { readonly attempts: readonly AttemptRecord[] } & (
  | {
      readonly kind: 'absent';
      /** With which the service said so. Absent in the histories of older versions. */
      readonly code?: string;
    }
  | {
      readonly kind: 'present';
      readonly endpoint: VpcEndpoint;
      readonly zones: readonly VpcEndpointZone[];
      readonly lastSeen: LastSeen;
    }
);

/** Read an endpoint and its zones once. Absence is a value. */
export function createDescribeEndpoint(deps: ActivityDependencies) {
  const random = deps.random ?? Math.random;
  return async function describeEndpoint(input: AwaitInput): Promise<DescribeOutcome> {
    const api = deps.privateLink(input.account, input.endpoint.RegionId);
    const memory = new ActivityMemory();
    return memory.whileBeating(() => orRepeat(memory, random, look, input.endpoint.RegionId));

    async function look(): Promise<DescribeOutcome> {
      const { endpoint, absentCode: code, RequestId } = await api.getVpcEndpointAttribute(input.endpoint);
      memory.record('GetVpcEndpointAttribute', endpoint?.EndpointStatus ?? 'Absent', RequestId);
      const zones = endpoint && (await readZones(api, input.endpoint, memory));
      if (endpoint === undefined || zones === undefined) {
        return { kind: 'absent', ...(code === undefined ? {} : { code }), attempts: memory.current.log };
      }
      return { kind: 'present', endpoint, zones, lastSeen: lastSeenOf(endpoint), attempts: memory.current.log };
    }
  };
}

/** `undefined` where the endpoint went away since it was read. */
async function readZones(api: PrivateLinkApi, ref: EndpointRef, memory: ActivityMemory) {
  const { RequestId, zones } = await api.listVpcEndpointZones(ref);
  memory.record('ListVpcEndpointZones', zones === undefined ? 'Absent' : `${zones.length} found`, RequestId);
  return zones;
}

/** What of an endpoint is told to people, read just now. */
export function lastSeenOf(endpoint: VpcEndpoint): LastSeen {
  const { EndpointStatus, ConnectionStatus, EndpointBusinessStatus } = endpoint;
  return {
    at: new Date().toISOString(),
    ...(EndpointStatus === undefined ? {} : { EndpointStatus }),
    ...(ConnectionStatus === undefined ? {} : { ConnectionStatus }),
    ...(EndpointBusinessStatus === undefined ? {} : { EndpointBusinessStatus }),
  };
}

/** Settle an attempt that saw nothing wrong, and have the engine repeat it after a delay. */
export function notReady(memory: ActivityMemory, message: string, delayMs: number): ApplicationFailure {
  memory.handOver();
  const { nextRetryDelay, word } = nextTry(memory, delayMs);
  return ApplicationFailure.create({
    type: NOT_READY,
    message,
    nextRetryDelay,
    category: ApplicationFailureCategory.BENIGN,
    details: [word],
  });
}
