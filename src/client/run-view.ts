import { ApplicationFailure, isGrpcServiceError, type Client } from '@temporalio/client';
import {
  decodeArrayFromPayloads,
  decodeOptionalFailureToOptionalError,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import { stateQuery, type ProvisionState } from '../contract/messages.js';
import { OUTCOME_MEMO, type AttemptRecord, type CancelOutcome } from '../contract/result.js';
import type { DeniedCall } from '../model/ram-statement.js';
import { attemptsIn } from './run-history.js';

/** The activity that a run waits for, as the engine knows it. Needs no worker. */
export interface PendingActivity {
  readonly activityId: string;
  /** Attempts so far, the running one included. */
  readonly attempt: number;
  readonly lastFailure?: string;
  /** ISO 8601. */
  readonly nextAttemptAt?: string;
  /** The last attempts, oldest first. */
  readonly attempts: readonly AttemptRecord[];
  /** Where the last attempts all ended with one error: its code, since when, and how often. */
  readonly failing?: { readonly code: string; readonly since: string; readonly times: number };
  /** What to do about that, in one sentence. */
  readonly advice?: string;
  /** Where credentials or policy forbid the call: what is missing, and whose turn it is. */
  readonly denied?: DeniedCall;
}

/** Where a run stands. */
export interface RunView {
  readonly workflowId: string;
  readonly runId: string;
  /** The engine's word: RUNNING, COMPLETED, FAILED, CANCELLED, TERMINATED, TIMED_OUT. */
  readonly status: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly closedAt?: string;
  /** What the run says of itself; absent when no worker answers. */
  readonly state?: ProvisionState;
  /** While it waits for an activity. */
  readonly pending?: PendingActivity;
  /** After a cancellation. */
  readonly cancelOutcome?: CancelOutcome;
  readonly historyLength: number;
}

/** A query waits for a worker; without one it would wait for ever. */
const QUERY_TIMEOUT_MS = 3_000;

/** Ask the engine, and the run itself when a worker answers in time. */
export async function describeRun(client: Client, workflowId: string): Promise<RunView> {
  const handle = client.workflow.getHandle(workflowId);
  const description = await handle.describe();
  const [state, pending] = await Promise.all([
    queryState(client, workflowId, description.runId),
    pendingActivity(client, description.raw.pendingActivities ?? []),
  ]);
  const cancelOutcome = description.memo?.[OUTCOME_MEMO] as CancelOutcome | undefined;
  return {
    workflowId,
    runId: description.runId,
    status: description.status.name,
    startedAt: description.startTime.toISOString(),
    historyLength: description.historyLength,
    ...(description.closeTime === undefined ? {} : { closedAt: description.closeTime.toISOString() }),
    ...(state === undefined ? {} : { state }),
    ...(pending === undefined ? {} : { pending }),
    ...(cancelOutcome === undefined ? {} : { cancelOutcome }),
  };
}

async function queryState(client: Client, workflowId: string, runId: string): Promise<ProvisionState | undefined> {
  try {
    return await client.connection.withDeadline(Date.now() + QUERY_TIMEOUT_MS, () =>
      client.workflow.getHandle(workflowId, runId).query(stateQuery),
    );
  } catch (error) {
    // No worker, or one that does not know the workflow: what the engine tells is still of use.
    if (isGrpcServiceError(error) || (error instanceof Error && /query/i.test(error.message))) return undefined;
    throw error;
  }
}

type RawPending = NonNullable<
  Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['describe']>>['raw']['pendingActivities']
>[number];

async function pendingActivity(client: Client, all: readonly RawPending[]): Promise<PendingActivity | undefined> {
  const [raw] = all;
  if (raw === undefined) return undefined;
  const converter = client.options.loadedDataConverter;
  const [memory] = await decodeArrayFromPayloads(converter, raw.heartbeatDetails?.payloads);
  const { log, failing } = (memory ?? {}) as Beat;
  const failure = await decodeOptionalFailureToOptionalError(converter, raw.lastFailure);
  const [details] = failure instanceof ApplicationFailure ? (failure.details ?? []) : [];
  const { advice, denied } = (details ?? {}) as Pick<PendingActivity, 'advice' | 'denied'>;
  const next = raw.nextAttemptScheduleTime?.seconds;
  return {
    activityId: raw.activityId ?? '',
    attempt: raw.attempt ?? 1,
    attempts: attemptsIn(log),
    ...(failure === undefined || failure.message === '' ? {} : { lastFailure: failure.message }),
    ...(next === undefined || next === null ? {} : { nextAttemptAt: new Date(Number(next) * 1_000).toISOString() }),
    ...(failing === undefined ? {} : { failing }),
    ...(failing === undefined || advice === undefined ? {} : { advice }),
    ...(failing === undefined || denied === undefined ? {} : { denied }),
  };
}

/** The part of an activity's heartbeat that is shown. */
interface Beat {
  readonly log?: unknown;
  readonly failing?: NonNullable<PendingActivity['failing']>;
}
