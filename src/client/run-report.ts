import { ApplicationFailure, isGrpcServiceError, type Client } from '@temporalio/client';
import { INPUT_DEFAULTS } from '../contract/input.js';
import { DEPROVISION_WORKFLOW_TYPE, type DeprovisionResult } from '../contract/deprovision.js';
import { PROVISION_WORKFLOW_TYPE, type ProvisionState } from '../contract/messages.js';
import {
  ATTEMPT_LOG_LENGTH,
  type AttemptRecord,
  type CancelOutcome,
  type FailureDetails,
  type InvalidInputDetails,
  type ProvisionResult,
} from '../contract/result.js';
import { ProvisionNotFoundError } from './errors.js';
import { readRunHistory, type RecordedActivity, type RunHistory } from './run-history.js';
import { describeRun, type PendingActivity, type RunView } from './run-view.js';
import { shownRemoval, shownRequest } from './shown-request.js';

/** One call of a run, with the client token that it carried where it was a create call. */
export interface ReportedAttempt extends AttemptRecord {
  /** Id of the activity that made it, such as `create.2` or `wait-active`. */
  readonly activityId: string;
  readonly epoch?: number;
  readonly clientToken?: string;
}

/** Refusals with one code that the run waited to pass. */
export interface ReportedParking {
  readonly code: string;
  readonly times: number;
  /** When the first and the last of them came, by the server's clock, ISO 8601. */
  readonly firstAt: string;
  readonly lastAt: string;
}

/** How a failed run ended. */
export interface ReportedFailure {
  /** One of `FAILURE_TYPES`, unless the run failed through no doing of ours. */
  readonly type: string;
  readonly message: string;
  /** All but the attempts, which are in the report itself. */
  readonly details?: Omit<FailureDetails, 'attempts'> | InvalidInputDetails;
}

/**
 * What happened in a run, for a support ticket. Plain JSON. It holds no key and no token but client tokens, and none of the
 * free texts of the request.
 */
export interface RunReport {
  readonly workflowId: string;
  readonly runId: string;
  /** The engine's word, as in {@link RunView}. */
  readonly status: string;
  /** All runs of the chain, oldest first: a run that was parked for long goes on as another one. */
  readonly runs: readonly {
    readonly runId: string;
    readonly startedAt: string;
    readonly closedAt?: string;
    readonly events: number;
  }[];
  /** Whether there were older runs of the chain which the server does not keep any more, or that were not read. */
  readonly olderRunsMissing: boolean;
  /** Absent, like the values of the request, where the input broke the contract: a field may hold a secret. */
  readonly account?: string;
  readonly region?: string;
  readonly request: Readonly<Record<string, unknown>>;
  /** Parameters of the request whose values are left out. */
  readonly withheld: readonly string[];
  /** Of the first run of the chain, ISO 8601. */
  readonly startedAt: string;
  readonly closedAt?: string;
  readonly endpointId?: string;
  readonly outcome?: (ProvisionResult | DeprovisionResult)['outcome'];
  readonly failure?: ReportedFailure;
  readonly cancelOutcome?: CancelOutcome;
  /** Of a terminated run. */
  readonly terminatedFor?: string;
  /** Activity that was under way when the run was terminated or timed out: what it called last is not known. */
  readonly cutOff?: string;
  /** The last calls, oldest first: at most 20. Times are the worker's clock. */
  readonly attempts: readonly ReportedAttempt[];
  /** One for each code, in the order in which they came first. */
  readonly parked: readonly ReportedParking[];
  /** What an open run says of itself; absent when no worker answers. */
  readonly state?: ProvisionState;
  /** The activity that an open run waits for. */
  readonly pending?: PendingActivity;
}

/** Longest chain that is read. A run is continued after some days of being parked. */
const MAX_RUNS = 20;

/** Types of workflows whose runs can be explained. */
const EXPLAINED: readonly string[] = [PROVISION_WORKFLOW_TYPE, DEPROVISION_WORKFLOW_TYPE];

/** gRPC status of a run that the server does not know. */
const NOT_FOUND = 5;

/**
 * Gather what is known of the last run of a workflow id from its history, from the engine and, while it is open, from the
 * run itself. Works without a worker.
 *
 * @throws ProvisionNotFoundError - The workflow id belongs to a workflow of another type.
 * @throws WorkflowNotFoundError - There is no such run.
 */
export async function explainRun(client: Client, workflowId: string): Promise<RunReport> {
  const view = await describeRun(client, workflowId);
  const { histories, olderRunsMissing } = await readChain(client, workflowId, view.runId);
  const last = histories.at(-1);
  const first = histories[0];
  if (last === undefined || first === undefined || !EXPLAINED.includes(last.workflowType)) {
    throw new ProvisionNotFoundError(
      workflowId,
      undefined,
      `The workflow id ${workflowId} belongs to a workflow of another type: ${last?.workflowType ?? 'unknown'}`,
    );
  }
  const failure = reportedFailure(last);
  const checked = failure?.type !== 'InvalidInput';
  const isRemoval = last.workflowType === DEPROVISION_WORKFLOW_TYPE;
  const { shown, withheld } = isRemoval ? shownRemoval(last.input, checked) : shownRequest(last.input, checked);
  const result = last.end?.kind === 'completed' ? (last.end.result as Partial<EndedWith> | undefined) : undefined;
  const endpointId =
    result?.endpoint?.EndpointId ?? result?.EndpointId ?? endpointOf(failure) ?? view.state?.endpointId;
  const region = shown['RegionId'];
  const cutOff =
    last.end === undefined ? undefined : last.activities.find(({ endedAt }) => endedAt === undefined)?.activityId;
  return {
    workflowId,
    runId: view.runId,
    status: view.status,
    runs: histories.map(({ runId, startedAt, closedAt, events }) => ({
      runId,
      startedAt,
      ...(closedAt === undefined ? {} : { closedAt }),
      events,
    })),
    olderRunsMissing,
    ...(checked ? { account: accountOf(last.input) } : {}),
    ...(typeof region === 'string' ? { region } : {}),
    request: shown,
    withheld,
    startedAt: first.startedAt,
    ...(last.closedAt === undefined ? {} : { closedAt: last.closedAt }),
    ...(endpointId === undefined ? {} : { endpointId }),
    ...(result?.outcome === undefined ? {} : { outcome: result.outcome }),
    ...(failure === undefined ? {} : { failure }),
    ...(view.cancelOutcome === undefined ? {} : { cancelOutcome: view.cancelOutcome }),
    ...(last.end?.reason === undefined ? {} : { terminatedFor: last.end.reason }),
    ...(cutOff === undefined ? {} : { cutOff }),
    attempts: lastAttempts(histories, view),
    parked: parkings(histories),
    ...(view.closedAt !== undefined || view.state === undefined ? {} : { state: view.state }),
    ...(view.pending === undefined ? {} : { pending: view.pending }),
  };
}

/** What the report takes from a result, whichever of the two it is. */
interface EndedWith extends Pick<ProvisionResult, 'endpoint'>, Pick<DeprovisionResult, 'EndpointId'> {
  readonly outcome: NonNullable<RunReport['outcome']>;
}

/** All runs of a chain, oldest first. */
async function readChain(client: Client, workflowId: string, lastRunId: string) {
  const histories: RunHistory[] = [];
  let runId: string | undefined = lastRunId;
  while (runId !== undefined && histories.length < MAX_RUNS) {
    try {
      const history: RunHistory = await readRunHistory(client, workflowId, runId);
      histories.unshift(history);
      runId = history.continuedFrom;
    } catch (error) {
      // The server forgets runs after a while; what is left of the chain is told all the same.
      if (histories.length === 0 || !isGrpcServiceError(error) || (error.code as number) !== NOT_FOUND) throw error;
      return { histories, olderRunsMissing: true };
    }
  }
  return { histories, olderRunsMissing: runId !== undefined };
}

function lastAttempts(histories: readonly RunHistory[], { pending }: RunView): readonly ReportedAttempt[] {
  const all = histories.flatMap(({ activities }) => activities);
  const open = pending === undefined ? undefined : all.findLast(({ activityId }) => activityId === pending.activityId);
  return all
    .flatMap((activity) => {
      const underWay = activity === open && activity.endedAt === undefined;
      const attempts = underWay ? (pending?.attempts ?? []) : activity.attempts;
      return attempts.map((attempt) => reportedAttempt(attempt, activity));
    })
    .slice(-ATTEMPT_LOG_LENGTH);
}

function reportedAttempt(
  attempt: AttemptRecord,
  { activityId, epoch, clientToken }: RecordedActivity,
): ReportedAttempt {
  const isCreate = attempt.action === 'CreateVpcEndpoint';
  return {
    ...attempt,
    activityId,
    ...(epoch === undefined ? {} : { epoch }),
    ...(isCreate && clientToken !== undefined ? { clientToken } : {}),
  };
}

/** A refusal is waited for where another create call followed it, or where the run is open and may still try again. */
function parkings(histories: readonly RunHistory[]): readonly ReportedParking[] {
  const creates = histories.flatMap(({ activities }) => activities.filter(({ type }) => type === 'createEndpoint'));
  const isOpen = histories.at(-1)?.end === undefined;
  const parked = new Map<string, ReportedParking>();
  for (const [index, { refusedWith: code, endedAt: at }] of creates.entries()) {
    if (code === undefined || at === undefined || (index === creates.length - 1 && !isOpen)) continue;
    const before = parked.get(code);
    parked.set(code, { code, times: (before?.times ?? 0) + 1, firstAt: before?.firstAt ?? at, lastAt: at });
  }
  return [...parked.values()];
}

function reportedFailure({ end }: RunHistory): ReportedFailure | undefined {
  if (end?.kind !== 'failed') return undefined;
  const { failure } = end;
  if (failure === undefined) return { type: 'Unknown', message: 'The run failed without saying why' };
  const { message } = failure;
  if (!(failure instanceof ApplicationFailure)) return { type: failure.name, message };
  const given: unknown = failure.details?.[0];
  const type = failure.type ?? failure.name;
  if (typeof given !== 'object' || given === null) return { type, message };
  const details = Object.fromEntries(Object.entries(given).filter(([name]) => name !== 'attempts'));
  return { type, message, details: details as unknown as NonNullable<ReportedFailure['details']> };
}

function endpointOf(failure: ReportedFailure | undefined): string | undefined {
  const { details } = failure ?? {};
  return details !== undefined && 'endpointId' in details ? details.endpointId : undefined;
}

function accountOf(input: unknown): string {
  const account: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, 'account') : undefined;
  return typeof account === 'string' ? account : INPUT_DEFAULTS.account;
}
