import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { defaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import type { FailureDetails, ProvisionResult } from '../../../src/contract/result.js';

/** An input that keeps the contract. */
export const INPUT = {
  request: {
    RegionId: 'cn-hangzhou',
    VpcId: 'vpc-1',
    ServiceId: 'epsrv-1',
    EndpointName: 'orders',
    SecurityGroupId: ['sg-1'],
  },
} as const;

export const RESULT: ProvisionResult = {
  outcome: 'created',
  endpoint: { EndpointId: 'ep-1', EndpointStatus: 'Active' },
  zones: [],
  create: { RequestId: 'REQ-1', ClientToken: 'token.1', epoch: 1 },
  times: {},
  attempts: [],
};

export const DETAILS: FailureDetails = {
  class: 'quota',
  code: 'QuotaMisMatched',
  requestId: 'REQ-7',
  endpointId: 'ep-7',
  endpointMayExist: true,
  advice: 'Ask for a higher quota.',
  retryable: true,
  attempts: [
    { at: '2026-01-01T00:00:00.000Z', action: 'CreateVpcEndpoint', code: 'QuotaMisMatched', RequestId: 'REQ-7' },
  ],
};

/** A run that the fake server knows. */
export interface FakeRun {
  readonly runId?: string;
  readonly type?: string;
  readonly status?: string;
  /** First argument of its start. */
  readonly input?: unknown;
  readonly memo?: Record<string, unknown>;
  /** What its end is; thrown when it is an error. */
  readonly end?: unknown;
  readonly query?: () => Promise<unknown>;
  readonly pending?: readonly unknown[];
  readonly closeTime?: Date;
}

/** A worker's last poll, in seconds before now; nothing for a server that cannot tell. */
export interface FakePollers {
  readonly workflow?: readonly number[] | Error;
  readonly activity?: readonly number[] | Error;
}

/** What the client asked the fake server for. */
export interface Asked {
  readonly starts: WorkflowStartOptions[];
  readonly types: string[];
  readonly cancelled: string[];
  readonly resultsOf: (string | undefined)[];
  readonly queues: { name: string; kind: number }[];
}

const payload = (value: unknown) => defaultPayloadConverter.toPayload(value);

/** Ids of runs, and that of one just started. */
export const RUN_ID = 'run-theirs';
export const STARTED_ID = 'run-started';

/**
 * The small part of Temporal's Client that we use, answering from memory. `runs` are in the way of a start with their id,
 * as the server sees it.
 */
export function fakeClient(runs: Readonly<Record<string, FakeRun>> = {}, pollers: FakePollers = {}) {
  const asked: Asked = { starts: [], types: [], cancelled: [], resultsOf: [], queues: [] };
  const found = (workflowId: string): FakeRun => {
    const run = runs[workflowId];
    if (run === undefined) throw new WorkflowNotFoundError('no such run', workflowId, undefined);
    return run;
  };
  const client = {
    options: {
      namespace: 'default',
      loadedDataConverter: {
        payloadConverter: defaultPayloadConverter,
        failureConverter: defaultFailureConverter,
        payloadCodecs: [],
      },
    },
    connection: { withDeadline: (_deadline: number, call: () => Promise<unknown>) => call() },
    workflow: {
      start: async (type: string, options: WorkflowStartOptions) => {
        asked.types.push(type);
        asked.starts.push(options);
        const { status = 'RUNNING' } = runs[options.workflowId] ?? {};
        const mayFollow = status !== 'RUNNING' && options.workflowIdReusePolicy === 'ALLOW_DUPLICATE';
        if (runs[options.workflowId] !== undefined && !mayFollow) {
          throw new WorkflowExecutionAlreadyStartedError('already started', options.workflowId, type);
        }
        return { workflowId: options.workflowId, firstExecutionRunId: STARTED_ID };
      },
      getHandle: (workflowId: string, runId?: string) => ({
        workflowId,
        describe: async () => {
          const run = found(workflowId);
          return {
            workflowId,
            runId: run.runId ?? RUN_ID,
            type: run.type ?? 'provisionVpcEndpoint',
            status: { name: run.status ?? 'RUNNING' },
            memo: run.memo,
            startTime: new Date('2026-01-01T00:00:00Z'),
            closeTime: run.closeTime,
            historyLength: 12,
            raw: { pendingActivities: run.pending },
          };
        },
        result: async () => {
          asked.resultsOf.push(runId);
          const { end = RESULT } = runId === STARTED_ID ? {} : found(workflowId);
          if (end instanceof Error) throw end;
          return end;
        },
        cancel: async () => {
          found(workflowId);
          asked.cancelled.push(workflowId);
        },
        query: async () => found(workflowId).query?.(),
      }),
    },
    workflowService: {
      getWorkflowExecutionHistory: async ({ execution }: { execution: { workflowId: string } }) => {
        const { input } = found(execution.workflowId);
        const payloads = input === undefined ? undefined : [payload(input)];
        return { history: { events: [{ workflowExecutionStartedEventAttributes: { input: { payloads } } }] } };
      },
      describeTaskQueue: async (request: { taskQueue: { name: string }; taskQueueType: number }) => {
        asked.queues.push({ name: request.taskQueue.name, kind: request.taskQueueType });
        const ages = request.taskQueueType === 1 ? (pollers.workflow ?? [1]) : (pollers.activity ?? [1]);
        if (ages instanceof Error) throw ages;
        return { pollers: ages.map((age) => ({ lastAccessTime: { seconds: Math.floor(Date.now() / 1_000) - age } })) };
      },
    },
  };
  return { client: client as unknown as Client, asked };
}

/** A payload as the server hands out heartbeat details. */
export const payloadsOf = (...values: unknown[]) => ({ payloads: values.map(payload) });
