import { problemsText, type Problem } from '../model/request-rules.js';
import type { AttemptRecord, CancelOutcome, FailureDetails, FailureType } from '../contract/result.js';

/** What the errors of the client have in common. */
export class ProvisionError extends Error {
  override readonly name: string = 'ProvisionError';
  readonly workflowId: string;

  constructor(workflowId: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.workflowId = workflowId;
  }
}

/** The input breaks the contract. No workflow was started, or the one that was started called nothing. */
export class InvalidInputError extends ProvisionError {
  override readonly name = 'InvalidInputError';
  readonly problems: readonly Problem[];

  constructor(workflowId: string, problems: readonly Problem[]) {
    super(workflowId, problemsText(problems));
    this.problems = problems;
  }
}

/** The run ended with a typed failure. */
export class ProvisionFailedError extends ProvisionError {
  override readonly name = 'ProvisionFailedError';
  readonly type: FailureType;
  readonly details: FailureDetails;

  constructor(workflowId: string, type: FailureType, message: string, details: FailureDetails, cause: unknown) {
    super(workflowId, message, { cause });
    this.type = type;
    this.details = details;
  }

  get class(): FailureDetails['class'] {
    return this.details.class;
  }

  /** The service's code. */
  get code(): string {
    return this.details.code;
  }

  get requestId(): string | undefined {
    return this.details.requestId;
  }

  get endpointId(): string | undefined {
    return this.details.endpointId;
  }

  /** One sentence on what to do. */
  get advice(): string {
    return this.details.advice;
  }

  /** Whether the same request may succeed when it is started again unchanged. */
  get retryable(): boolean {
    return this.details.retryable;
  }

  /** Which call credentials or policy forbade, and what is missing. */
  get denied(): FailureDetails['denied'] {
    return this.details.denied;
  }

  get attempts(): readonly AttemptRecord[] {
    return this.details.attempts;
  }
}

/** The run was cancelled. */
export class ProvisionCancelledError extends ProvisionError {
  override readonly name = 'ProvisionCancelledError';
  /** What it left behind. */
  readonly outcome: CancelOutcome;

  constructor(workflowId: string, outcome: CancelOutcome, cause: unknown) {
    const id = outcome.endpointId === undefined ? '' : ` (${outcome.endpointId})`;
    const why = outcome.reason === undefined ? '' : `: ${outcome.reason}`;
    super(workflowId, `The run ${workflowId} was cancelled; endpoint: ${outcome.outcome}${id}${why}`, { cause });
    this.outcome = outcome;
  }
}

/** The run was terminated or cut off by the engine: it could say nothing of what it left behind. */
export class ProvisionCutOffError extends ProvisionError {
  override readonly name = 'ProvisionCutOffError';

  constructor(workflowId: string, reason: string, cause: unknown) {
    super(
      workflowId,
      `The run ${workflowId} was ${reason}. An endpoint may exist: start the same workflow id again, it finds what exists.`,
      { cause },
    );
  }
}

/** The run refused to change: it left no event. */
export class UpdateRefusedError extends ProvisionError {
  override readonly name = 'UpdateRefusedError';
  /** `NotParked`, `NotApplicable` (too early, too late, or not for this run) or `InvalidUpdate`. */
  readonly type: string;

  constructor(workflowId: string, type: string, message: string, cause: unknown) {
    super(workflowId, message, { cause });
    this.type = type;
  }
}

/** The workflow id belongs to another request. */
export class RequestConflictError extends ProvisionError {
  override readonly name = 'RequestConflictError';
  /** Fields in which the two differ. */
  readonly fields: readonly string[];

  constructor(workflowId: string, fields: readonly string[]) {
    const isDryRunInTheWay = fields.length === 1 && fields[0] === 'request.DryRun';
    super(
      workflowId,
      isDryRunInTheWay
        ? `Under the workflow id ${workflowId} a run is under way that is a dry run where this one is none, or the reverse. Wait for its end, or give this one an id of its own.`
        : `The workflow id ${workflowId} belongs to another request, which differs in ${fields.join(', ')}. Give this one an id of its own.`,
    );
    this.fields = fields;
  }
}

/** There is no run under this workflow id, or it is older than the server keeps histories. */
export class ProvisionNotFoundError extends ProvisionError {
  override readonly name = 'ProvisionNotFoundError';

  constructor(workflowId: string, cause: unknown, message = `There is no run of the workflow id ${workflowId}`) {
    super(workflowId, message, { cause });
  }
}
