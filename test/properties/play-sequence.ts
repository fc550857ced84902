import { randomUUID } from 'node:crypto';
import {
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  type WorkflowHandle,
} from '@temporalio/client';
import type { ProvisionInput } from '../../src/contract/input.js';
import { OUTCOME_MEMO, type CancelOutcome, type FailureDetails } from '../../src/contract/result.js';
import type { provisionVpcEndpoint } from '../../src/workflows/index.js';
import { eventually, REQUEST } from '../support/provision-bench.js';
import { ScriptedCloud, PLANTED_SECRETS } from './scripted-cloud.js';
import type { Observation, RunEnd, RunRecord } from './observation.js';
import type { Sequence } from './sequence.js';
import type { Stage } from './stage.js';

/** A run that has not ended by then, in real time, does not end. */
const LONGEST_RUN_MS = 240_000;

/** What `retry` and `timeouts` of a sequence mean in a request. */
const QUICK = { initialInterval: '1s', maximumInterval: '10s', timeout: '30s' } as const;
const RETRY = {
  default: {},
  quick: { retry: { quota: QUICK, status: QUICK } },
  never: { retry: { quota: false, status: false } },
} as const;
const TIMEOUTS = { default: {}, short: { timeouts: { accepted: '5m', active: '10m' } } } as const;

/** Play one sequence through the real workflow, and tell what it left behind. */
export async function playSequence(stage: Stage, sequence: Sequence): Promise<Observation> {
  const workflowId = `property/${randomUUID()}`;
  const handle = () => stage.client.getHandle<typeof provisionVpcEndpoint>(workflowId);
  const start = (RegionId: string) =>
    stage.client.start<typeof provisionVpcEndpoint>('provisionVpcEndpoint', {
      workflowId,
      taskQueue: stage.taskQueue,
      args: [inputOf(sequence, RegionId)],
    });
  const secondStarts: ('refused' | 'started')[] = [];
  const cloud = new ScriptedCloud(sequence, {
    cancel: async () => {
      await handle().cancel();
    },
    terminate: async () => {
      await handle().terminate('a step of the sequence');
    },
    secondStart: async () => {
      try {
        await start(region.RegionId);
        secondStarts.push('started');
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        secondStarts.push('refused');
      }
    },
    startedAtMs: async (runId) => {
      const { startTime } = await stage.client.getHandle(workflowId, runId).describe();
      return startTime.getTime();
    },
  });
  const region = stage.addRegion((caller, action, parameters) => cloud.call(caller, action, parameters));
  const runs: RunRecord[] = [];
  try {
    for (let round = 0; round <= sequence.reruns; round += 1) {
      const { firstExecutionRunId: runId } = await start(region.RegionId);
      const end = await endOf(stage, workflowId, runId);
      await cloud.settled();
      const endpoints = cloud.endpoints();
      const { events, closedAtMs } = await historyOf(stage, workflowId, runId);
      cloud.closed(runId, closedAtMs);
      runs.push({ runId, end, endpoints, ...judged(events) });
      if (end.kind === 'other') break;
      if (round < sequence.reruns) await listedAsClosed(stage, workflowId, runId);
    }
    await cloud.flush();
  } finally {
    region.remove();
  }
  const { calls, makings, actions } = cloud;
  return { sequence, workflowId, runs, calls, makings, actions, secondStarts };
}

function inputOf(sequence: Sequence, RegionId: string): ProvisionInput {
  const { ownerTags, ownToken, retry, timeouts } = sequence;
  return {
    request: { ...REQUEST, RegionId, ...(ownToken ? { ClientToken: 'callers-own' } : {}) },
    ...(ownerTags ? {} : { ownerTags }),
    ...RETRY[retry],
    ...TIMEOUTS[timeouts],
  };
}

async function endOf(stage: Stage, workflowId: string, runId: string): Promise<RunEnd> {
  const handle = stage.client.getHandle<typeof provisionVpcEndpoint>(workflowId, runId);
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), LONGEST_RUN_MS);
  try {
    const result = await stage.client.withAbortSignal(patience.signal, () => handle.result());
    return { kind: 'ready', result };
  } catch (error) {
    if (patience.signal.aborted) {
      await handle.terminate('it does not end');
      return { kind: 'other', what: `it had not ended after ${LONGEST_RUN_MS} ms` };
    }
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    if (cause instanceof TerminatedFailure) return { kind: 'terminated' };
    if (cause instanceof CancelledFailure) {
      const { memo } = await handle.describe();
      return { kind: 'cancelled', outcome: memo?.[OUTCOME_MEMO] as Partial<CancelOutcome> | undefined };
    }
    if (!(cause instanceof ApplicationFailure)) return { kind: 'other', what: String(cause) };
    const details = cause.details?.[0] as Partial<FailureDetails> | undefined;
    return { kind: 'failed', type: cause.type ?? '', message: cause.message, details };
  } finally {
    clearTimeout(timer);
  }
}

type Events = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>;

async function historyOf(stage: Stage, workflowId: string, runId: string) {
  const { events } = await stage.client.getHandle(workflowId, runId).fetchHistory();
  const closed = events?.at(-1)?.eventTime;
  return { events: events ?? [], closedAtMs: Number(closed?.seconds ?? 0) * 1_000 + (closed?.nanos ?? 0) / 1e6 };
}

/**
 * Causes of a failed workflow task that are no bug, by their numbers in the engine's API: something new came in while a
 * task ended the run (1), its worker lost its sticky queue (13), the run was terminated during a task (17).
 */
const NOBODYS_FAULT: readonly number[] = [1, 13, 17];

function judged(events: Events): Pick<RunRecord, 'historyEvents' | 'failedTasks' | 'leaks'> {
  const text = JSON.stringify(events, (_name, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString() : value,
  );
  return {
    historyEvents: events.length,
    failedTasks: events.flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
      !failed || NOBODYS_FAULT.includes(Number(failed.cause))
        ? []
        : [failed.failure?.message ?? `cause ${failed.cause}`],
    ),
    leaks: PLANTED_SECRETS.filter((secret) => text.includes(secret)),
  };
}

/** Visibility lags: a run that nobody sees yet is a risk that the docs name. */
async function listedAsClosed(stage: Stage, workflowId: string, runId: string): Promise<void> {
  await eventually('the server lists the run as closed', async () => {
    for await (const run of stage.client.list({ query: `WorkflowId = '${workflowId}'` })) {
      if (run.runId === runId && run.status.name !== 'RUNNING') return true;
    }
    return false;
  });
}
