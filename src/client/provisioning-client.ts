import {
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  type Client,
  type Workflow,
  type WorkflowHandle,
  type WorkflowResultType,
} from '@temporalio/client';
import type { Priority } from '@temporalio/common';
import type { DeprovisionInput, DeprovisionResult } from '../contract/deprovision.js';
import { INPUT_DEFAULTS, type ProvisionInput } from '../contract/input.js';
import type { FindOrphansInput, OrphanReport } from '../contract/orphans.js';
import {
  acceptedUpdate,
  NOT_APPLICABLE,
  PROVISION_WORKFLOW_TYPE,
  WORKFLOW_TASK_TIMEOUT,
  type AcceptedAnswer,
  type ChangeableOptions,
  type DeadlineExtension,
  type ExtendedDeadline,
  type RetryNowAnswer,
} from '../contract/messages.js';
import {
  OUTCOME_MEMO,
  type CancelOutcome,
  type FailureDetails,
  type FailureType,
  type InvalidInputDetails,
  type ProvisionResult,
} from '../contract/result.js';
import { workflowIdProblems } from '../model/request-rules.js';
import { DEFAULT_TASK_QUEUE } from '../contract/task-queues.js';
import { checkInput } from '../schema/check-input.js';
import type { deprovisionVpcEndpoint } from '../workflows/deprovision-vpc-endpoint.js';
import type { provisionVpcEndpoint } from '../workflows/provision-vpc-endpoint.js';
import { answeredSoon, listEnded, provisionAll, type BulkEnd, type BulkOptions, type BulkRequest } from './bulk.js';
import { isDeprovisionResult, startDeprovision, type StartedDeprovision } from './deprovision.js';
import {
  InvalidInputError,
  ProvisionCancelledError,
  ProvisionCutOffError,
  ProvisionFailedError,
  ProvisionNotFoundError,
  RequestConflictError,
  UpdateRefusedError,
} from './errors.js';
import { inputOfRun } from './existing-run.js';
import { listRuns, type FleetFilter, type FleetItem } from './fleet.js';
import { findOrphans, type SweepOptions } from './orphans.js';
import { missingWorkers } from './poller-check.js';
import { priorityProblems } from './priority.js';
import { explainRun, type RunReport } from './run-report.js';
import { changeOptions, extendDeadline, retryNow } from './run-updates.js';
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
  /**
   * Whose work goes first where it queues: Temporal's own priority, which all activities of the run inherit. The engine's
   * default when left out. A run that is joined keeps its own.
   */
  readonly priority?: Priority | undefined;
}

/** A run that was started or joined. */
export interface StartedProvision {
  readonly workflowId: string;
  readonly runId: string;
  /** `started`: by this call; `joined`: it was running; `finished`: the last run of this id ended ready. */
  readonly how: 'started' | 'joined' | 'finished';
}

/** A run that was started or joined, and how far it has come. */
export interface AcceptedProvision extends StartedProvision {
  readonly accepted: AcceptedAnswer;
}

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
    const started = await this.#startOrJoin(checkedStart(input, options));
    if (started.how !== 'finished') await this.#warnWithoutWorkers([input]);
    return started;
  }

  /**
   * Start a run or join it, and wait until the service holds the endpoint, which takes about a second, while the run goes
   * on. Start and question are one call.
   *
   * Returns also where the run is parked or has ended. Without a worker it waits: bound it with
   * `connection.withDeadline` or `withAbortSignal`; the run is started all the same.
   *
   * @throws Those of {@link start}.
   */
  async startAccepted(input: ProvisionInput, options: StartOptions = {}): Promise<AcceptedProvision> {
    const start = checkedStart(input, options);
    const { workflowId } = start;
    const startWorkflowOperation = new WithStartWorkflowOperation<typeof provisionVpcEndpoint>(
      PROVISION_WORKFLOW_TYPE,
      this.#startOptions(start),
    );
    try {
      const update = await this.#client.workflow.startUpdateWithStart(acceptedUpdate, {
        waitForStage: 'ACCEPTED',
        startWorkflowOperation,
      });
      const { workflowRunId: runId = '' } = update;
      return { workflowId, runId, how: 'started', accepted: await update.result() };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      const joined = await this.#join(start);
      return { ...joined, accepted: await this.accepted(workflowId) };
    }
  }

  /**
   * Wait until the service holds the endpoint of a run, the run is parked, or it has ended: whichever comes first.
   *
   * @throws ProvisionNotFoundError
   */
  async accepted(workflowId: string): Promise<AcceptedAnswer> {
    try {
      return await this.#handle(workflowId).executeUpdate(acceptedUpdate);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      // The run is closed, so what it ended with is there.
      return this.#endOf(workflowId);
    }
  }

  /**
   * End the pause of a parked run: it tries again at once.
   *
   * @throws UpdateRefusedError - It is not parked. @throws ProvisionNotFoundError
   */
  async retryNow(workflowId: string): Promise<RetryNowAnswer> {
    return retryNow(this.#client, workflowId);
  }

  /**
   * Give a wait of a run more time.
   *
   * @throws UpdateRefusedError - The wait is over, or the run has ended. @throws InvalidInputError, ProvisionNotFoundError
   */
  async extendDeadline(workflowId: string, extension: DeadlineExtension): Promise<ExtendedDeadline> {
    return extendDeadline(this.#client, workflowId, extension);
  }

  /**
   * Change options of a run while it is under way; what is left out stays.
   *
   * @returns All of them, as they hold now.
   * @throws UpdateRefusedError - The run has ended. @throws InvalidInputError, ProvisionNotFoundError
   */
  async changeOptions(workflowId: string, change: Partial<ChangeableOptions>): Promise<ChangeableOptions> {
    return changeOptions(this.#client, workflowId, change);
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
   * Start many runs in a sliding window and yield what became of each as it ends: thousands, at the cost of a few calls for
   * each. Stopping early, by `stop` or by leaving the loop, leaves what was started to itself; the same requests again join
   * it.
   *
   * @throws OutageError - The server cannot be used, or answers nothing for 10 minutes.
   *
   * @example
   * for await (const { request, result, error } of client.provisionMany(inputs.map((input) => ({ input })))) ...
   */
  async *provisionMany<Request extends BulkRequest>(
    requests: readonly Request[],
    options: BulkOptions = {},
  ): AsyncGenerator<BulkEnd<Request>, void, undefined> {
    const client = this.#client;
    await this.#warnWithoutWorkers(requests.map(({ input }) => input));
    yield* provisionAll(
      {
        start: (request: Request) =>
          answeredSoon(client, async () => this.#startOrJoin(checkedStart(request.input, request))),
        result: ({ workflowId, runId }) => answeredSoon(client, () => this.#resultOf(this.#handle(workflowId, runId))),
        listEnded: (since) => listEnded(client, since),
        describe: (workflowId) => answeredSoon(client, () => this.#handle(workflowId).describe()),
        warn: this.#onWarning,
      },
      requests,
      options,
    );
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
   * List runs, open ones first. It asks the server page by page, as its items are taken.
   *
   * @example
   * for await (const { workflowId } of client.list({ account: 'prod', phase: 'parked' })) console.log(workflowId);
   */
  list(filter: FleetFilter = {}): AsyncIterable<FleetItem> {
    return listRuns(this.#client, filter);
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
   * Wait for the end of a run. Of a removal, what it ended with is a `DeprovisionResult`: `isDeprovisionResult` tells.
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

  /**
   * Look for endpoints of ours that no run accounts for, and wait for the report. A sweep that is under way is joined.
   *
   * Nothing is changed. To settle an orphan, {@link start} its workflow id with its request, which adopts it, or delete it.
   *
   * @throws InvalidInputError - Before anything is started. @throws ProvisionFailedError, ProvisionCancelledError
   */
  async findOrphans(input: FindOrphansInput, options: SweepOptions = {}): Promise<OrphanReport> {
    return findOrphans(this.#client, this.#taskQueue, input, options, async (handle) => {
      await this.#warnWithoutWorkers([input]);
      return this.#resultOf(handle);
    });
  }

  /**
   * Start the removal of an endpoint, or join the one that is under way. Its workflow id is
   * `deprovisionWorkflowId(EndpointId)`; {@link state}, {@link result}, {@link explain} and {@link cancel} take it, too.
   *
   * @throws InvalidInputError - Before anything is started.
   * @throws RequestConflictError - The removal that is under way is of another region or account.
   */
  async startDeprovision(input: DeprovisionInput): Promise<StartedDeprovision> {
    const started = await startDeprovision(this.#client, this.#taskQueue, input);
    await this.#warnWithoutWorkers([input]);
    return started;
  }

  /**
   * Remove an endpoint and wait until its absence is proven. One that is gone already is a success.
   *
   * @throws ProvisionFailedError, whose details say what remains; ProvisionCancelledError, ProvisionCutOffError, and those of
   *   {@link startDeprovision}.
   */
  async deprovision(input: DeprovisionInput): Promise<DeprovisionResult> {
    const { workflowId, runId } = await this.startDeprovision(input);
    return this.#resultOf(this.#client.workflow.getHandle<typeof deprovisionVpcEndpoint>(workflowId, runId));
  }

  async #startOrJoin(start: CheckedStart): Promise<StartedProvision> {
    const { workflowId } = start;
    try {
      const handle = await this.#client.workflow.start<typeof provisionVpcEndpoint>(
        PROVISION_WORKFLOW_TYPE,
        this.#startOptions(start),
      );
      return { workflowId, runId: handle.firstExecutionRunId, how: 'started' };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      return this.#join(start);
    }
  }

  #startOptions({ input, workflowId, again, priority }: CheckedStart) {
    return {
      workflowId,
      taskQueue: this.#taskQueue,
      args: [input] as [ProvisionInput],
      workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: again ? 'ALLOW_DUPLICATE' : 'ALLOW_DUPLICATE_FAILED_ONLY',
      staticSummary: staticSummary(input),
      ...(priority === undefined ? {} : { priority }),
    } as const;
  }

  /** What `accepted` would have answered at the end of a run. */
  async #endOf(workflowId: string): Promise<AcceptedAnswer> {
    try {
      const result = await this.result(workflowId);
      if (isDeprovisionResult(result)) {
        throw new UpdateRefusedError(workflowId, NOT_APPLICABLE, `The run ${workflowId} is a removal`, undefined);
      }
      const { outcome, endpoint } = result;
      if (outcome === 'dryRunPassed' || endpoint === undefined) return { state: 'ended', outcome: 'dryRunPassed' };
      return { state: 'accepted', EndpointId: endpoint.EndpointId, outcome };
    } catch (error) {
      if (error instanceof ProvisionCancelledError) return { state: 'ended', outcome: 'cancelled' };
      if (error instanceof InvalidInputError) {
        const { message, problems } = error;
        return {
          state: 'ended',
          outcome: 'failed',
          failure: { type: 'InvalidInput', message, details: { problems } },
        };
      }
      if (!(error instanceof ProvisionFailedError)) throw error;
      const { type, message, details } = error;
      return { state: 'ended', outcome: 'failed', failure: { type, message, details } };
    }
  }

  async #join(start: CheckedStart): Promise<StartedProvision> {
    const { input, workflowId, again } = start;
    const { runId, status, type } = await this.#handle(workflowId).describe();
    const theirs = type === PROVISION_WORKFLOW_TYPE ? await inputOfRun(this.#client, workflowId, runId) : undefined;
    // A dry run made nothing, so it is in nobody's way once it has ended.
    if (!again && theirs?.request.DryRun === true && status.name !== 'RUNNING') {
      return this.#startOrJoin({ ...start, again: true });
    }
    const fields = theirs === undefined ? ['(its start is not a provision)'] : differingFields(theirs, input);
    if (fields.length > 0) throw new RequestConflictError(workflowId, fields);
    // A run that ended otherwise was still running when it was found in the way.
    return { workflowId, runId, how: status.name === 'COMPLETED' ? 'finished' : 'joined' };
  }

  async #resultOf<Run extends Workflow>(handle: WorkflowHandle<Run>): Promise<WorkflowResultType<Run>> {
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

  async #warnWithoutWorkers(
    inputs: readonly (Pick<ProvisionInput, 'account' | 'accept'> & Partial<Pick<ProvisionInput, 'request'>>)[],
  ): Promise<void> {
    const accounts = inputs.flatMap(({ account, accept }) => [
      account ?? INPUT_DEFAULTS.account,
      ...(accept ? [accept.account] : []),
    ]);
    const regionIds = inputs.flatMap(({ request }) => (request === undefined ? [] : [request.RegionId]));
    const missing = await missingWorkers(this.#client, this.#taskQueue, accounts, regionIds);
    for (const warning of missing) this.#onWarning(warning);
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

/** What a start is made of. */
interface CheckedStart {
  readonly input: ProvisionInput;
  readonly workflowId: string;
  /** Also after a run that ended ready. */
  readonly again: boolean;
  readonly priority?: Priority | undefined;
}

/** @throws InvalidInputError */
function checkedStart(input: ProvisionInput, options: StartOptions): CheckedStart {
  const checked = checkInput(input);
  if (!checked.ok) throw new InvalidInputError(options.workflowId ?? '(none)', checked.problems);
  const workflowId = options.workflowId ?? provisionWorkflowId(input);
  const { priority } = options;
  const problems = [
    ...(input.ownerTags === false ? [] : workflowIdProblems(workflowId)),
    ...(priority === undefined ? [] : priorityProblems(priority)),
  ];
  if (problems.length > 0) throw new InvalidInputError(workflowId, problems);
  // A dry run tells of the moment: what an earlier one found is of no use.
  return { input, workflowId, again: options.restart === true || input.request.DryRun === true, priority };
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
