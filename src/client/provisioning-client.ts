import { setTimeout as pause } from 'node:timers/promises';
import {
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { INPUT_DEFAULTS, type ProvisionInput } from '../contract/input.js';
import { PROVISION_WORKFLOW_TYPE } from '../contract/messages.js';
import {
  OUTCOME_MEMO,
  type CancelOutcome,
  type FailureDetails,
  type FailureType,
  type InvalidInputDetails,
  type ProvisionResult,
} from '../contract/result.js';
import { workflowIdProblems } from '../model/request-rules.js';
import { accountTaskQueue, DEFAULT_TASK_QUEUE } from '../contract/task-queues.js';
import { checkInput } from '../schema/check-input.js';
import type { provisionVpcEndpoint } from '../workflows/provision-vpc-endpoint.js';
import {
  InvalidInputError,
  ProvisionCancelledError,
  ProvisionCutOffError,
  ProvisionFailedError,
  ProvisionNotFoundError,
  RequestConflictError,
} from './errors.js';
import { inputOfRun } from './existing-run.js';
import { isPolled } from './poller-check.js';
import { explainRun, type RunReport } from './run-report.js';
import { describeRun, type RunView } from './run-view.js';
import { differingFields, provisionWorkflowId } from './workflow-id.js';

/** How to reach the runs. */
export interface ProvisioningClientOptions {
  /** The caller's own Temporal client: its connection, namespace, codecs and interceptors are used as they are. */
  readonly client: Client;
  /** Task queue that the workers poll; `privatelink` when left out. */
  readonly taskQueue?: string | undefined;
  /** Told what is likely wrong but stops nothing, such as that no worker polls. `process.emitWarning` when left out. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

export interface StartOptions {
  /** `provisionWorkflowId(input)` when left out. */
  readonly workflowId?: string | undefined;
  /** Start a new run even if the last one of this id ended ready: it adopts the endpoint if it still exists. */
  readonly restart?: boolean | undefined;
}

/** A run that was started or joined. */
export interface StartedProvision {
  readonly workflowId: string;
  readonly runId: string;
  /** `started`: by this call; `joined`: it was running; `finished`: the last run of this id ended ready. */
  readonly how: 'started' | 'joined' | 'finished';
}

/** From a worker's first poll to its appearance in the list of pollers, and some more. */
const POLLERS_APPEAR_MS = 1_000;

/** Longest summary that is given to the Web UI; the engine takes 400 bytes. */
const SUMMARY_LIMIT = 200;

/**
 * Start provisions and follow them, from any backend service.
 *
 * The same request means the same run: starting it again joins the run that is under way, or returns the result of the
 * one that ended ready; after a failure it starts anew, and the new run finds what the old one left.
 */
export class ProvisioningClient {
  readonly #client: Client;
  readonly #taskQueue: string;
  readonly #onWarning: (message: string) => void;

  constructor(options: ProvisioningClientOptions) {
    this.#client = options.client;
    this.#taskQueue = options.taskQueue ?? DEFAULT_TASK_QUEUE;
    this.#onWarning = options.onWarning ?? ((message) => process.emitWarning(message, 'DurablePrivateLinkWarning'));
  }

  /**
   * Start a run, or join the one of the same request.
   *
   * @throws InvalidInputError - Before anything is started.
   * @throws RequestConflictError - The workflow id belongs to another request.
   */
  async start(input: ProvisionInput, options: StartOptions = {}): Promise<StartedProvision> {
    const checked = checkInput(input);
    if (!checked.ok) throw new InvalidInputError(options.workflowId ?? '(none)', checked.problems);
    const workflowId = options.workflowId ?? provisionWorkflowId(input);
    const problems = input.ownerTags === false ? [] : workflowIdProblems(workflowId);
    if (problems.length > 0) throw new InvalidInputError(workflowId, problems);
    // A dry run tells of the moment: what an earlier one found is of no use.
    const again = options.restart === true || input.request.DryRun === true;
    const started = await this.#startOrJoin(input, workflowId, again);
    if (started.how !== 'finished') await this.#warnWithoutWorkers(input);
    return started;
  }

  /**
   * Start a run or join it, and wait for its end, however long it takes.
   *
   * @throws ProvisionFailedError, ProvisionCancelledError, ProvisionCutOffError, and those of {@link start}.
   */
  async provision(input: ProvisionInput, options: StartOptions = {}): Promise<ProvisionResult> {
    const { workflowId, runId } = await this.start(input, options);
    return this.#resultOf(this.#handle(workflowId, runId));
  }

  /**
   * Say where a run stands: what it tells of itself, and what the engine knows of its pending activity.
   *
   * @throws ProvisionNotFoundError
   */
  async state(workflowId: string): Promise<RunView> {
    return this.#found(workflowId, () => describeRun(this.#client, workflowId));
  }

  /**
   * Tell what happened in the last run of a workflow id, call by call with its RequestIds, for a support ticket. Works
   * without a worker.
   *
   * @throws ProvisionNotFoundError
   */
  async explain(workflowId: string): Promise<RunReport> {
    return this.#found(workflowId, () => explainRun(this.#client, workflowId));
  }

  /**
   * Wait for the end of a run.
   *
   * @throws ProvisionFailedError, ProvisionCancelledError, ProvisionCutOffError, ProvisionNotFoundError, InvalidInputError
   */
  async result(workflowId: string): Promise<ProvisionResult> {
    return this.#resultOf(this.#handle(workflowId));
  }

  /**
   * Ask a run to stop. The endpoint is kept unless its input says `onCancel: "delete"`; what the run left behind is told by {@link result}. A run that is closed
   * already stays as it is.
   *
   * @throws ProvisionNotFoundError
   */
  async cancel(workflowId: string): Promise<void> {
    await this.#found(workflowId, () => this.#handle(workflowId).cancel());
  }

  async #startOrJoin(input: ProvisionInput, workflowId: string, restart: boolean): Promise<StartedProvision> {
    try {
      const handle = await this.#client.workflow.start<typeof provisionVpcEndpoint>(PROVISION_WORKFLOW_TYPE, {
        workflowId,
        taskQueue: this.#taskQueue,
        args: [input],
        workflowIdConflictPolicy: 'FAIL',
        workflowIdReusePolicy: restart ? 'ALLOW_DUPLICATE' : 'ALLOW_DUPLICATE_FAILED_ONLY',
        staticSummary: staticSummary(input),
      });
      return { workflowId, runId: handle.firstExecutionRunId, how: 'started' };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      return this.#join(input, workflowId, restart);
    }
  }

  async #join(input: ProvisionInput, workflowId: string, restart: boolean): Promise<StartedProvision> {
    const { runId, status, type } = await this.#handle(workflowId).describe();
    const theirs = type === PROVISION_WORKFLOW_TYPE ? await inputOfRun(this.#client, workflowId, runId) : undefined;
    // A dry run made nothing, so it is in nobody's way once it has ended.
    if (!restart && theirs?.request.DryRun === true && status.name !== 'RUNNING') {
      return this.#startOrJoin(input, workflowId, true);
    }
    const fields = theirs === undefined ? ['(its start is not a provision)'] : differingFields(theirs, input);
    if (fields.length > 0) throw new RequestConflictError(workflowId, fields);
    // A run that ended otherwise was still running when it was found in the way.
    return { workflowId, runId, how: status.name === 'COMPLETED' ? 'finished' : 'joined' };
  }

  async #resultOf(handle: WorkflowHandle<typeof provisionVpcEndpoint>): Promise<ProvisionResult> {
    const { workflowId } = handle;
    try {
      return await handle.result();
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) throw new ProvisionNotFoundError(workflowId, error);
      if (!(error instanceof WorkflowFailedError)) throw error;
      const { cause } = error;
      if (cause instanceof CancelledFailure) {
        throw new ProvisionCancelledError(workflowId, await this.#cancelOutcome(handle), error);
      }
      if (cause instanceof TerminatedFailure) throw new ProvisionCutOffError(workflowId, 'terminated', error);
      if (cause instanceof TimeoutFailure) throw new ProvisionCutOffError(workflowId, 'timed out by the engine', error);
      throw (cause instanceof ApplicationFailure ? failedError(workflowId, cause, error) : undefined) ?? error;
    }
  }

  async #cancelOutcome(handle: WorkflowHandle): Promise<CancelOutcome> {
    const { memo } = await handle.describe();
    return (memo?.[OUTCOME_MEMO] as CancelOutcome | undefined) ?? { outcome: 'unknown' };
  }

  async #warnWithoutWorkers({ account = INPUT_DEFAULTS.account }: ProvisionInput): Promise<void> {
    const accountQueue = accountTaskQueue(this.#taskQueue, account);
    const look = () =>
      Promise.all([
        isPolled(this.#client, this.#taskQueue, 'workflow'),
        isPolled(this.#client, accountQueue, 'activity'),
      ]);
    let [workflows, activities] = await look();
    if (workflows === false || activities === false) {
      // A worker that has just started is not listed yet.
      await pause(POLLERS_APPEAR_MS);
      [workflows, activities] = await look();
    }
    if (workflows === false) {
      this.#onWarning(`No worker has polled the task queue "${this.#taskQueue}" lately: the run waits for one`);
    } else if (activities === false) {
      this.#onWarning(
        `No worker with credentials for the account "${account}" has polled lately: the run waits for one`,
      );
    }
  }

  #handle(workflowId: string, runId?: string): WorkflowHandle<typeof provisionVpcEndpoint> {
    return this.#client.workflow.getHandle<typeof provisionVpcEndpoint>(workflowId, runId);
  }

  async #found<Result>(workflowId: string, call: () => Promise<Result>): Promise<Result> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) throw new ProvisionNotFoundError(workflowId, error);
      throw error;
    }
  }
}

/** The typed error of a failed run; `undefined` where the failure is not one of ours. */
function failedError(workflowId: string, failure: ApplicationFailure, cause: unknown) {
  const details: unknown = failure.details?.[0];
  if (typeof details !== 'object' || details === null) return undefined;
  if (failure.type === 'InvalidInput') {
    return new InvalidInputError(workflowId, (details as InvalidInputDetails).problems);
  }
  if (!('class' in details && 'code' in details)) return undefined;
  return new ProvisionFailedError(
    workflowId,
    failure.type as FailureType,
    failure.message,
    details as FailureDetails,
    cause,
  );
}

/** One line for the Web UI. */
function staticSummary({ request }: ProvisionInput): string {
  const name = request.EndpointName ?? 'VPC endpoint';
  const service = request.ServiceId ?? request.ServiceName ?? '';
  return `${name} in ${request.VpcId} (${request.RegionId}) for ${service}`.slice(0, SUMMARY_LIMIT);
}
