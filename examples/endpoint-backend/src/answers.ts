import { isGrpcServiceError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import {
  InvalidInputError,
  ProvisionFailedError,
  ProvisionNotFoundError,
  RequestConflictError,
  type AcceptedAnswer,
  type FailureDetails,
  type InvalidInputDetails,
  type Problem,
} from 'durable-privatelink';

/** What goes out over HTTP. */
export interface Answer {
  readonly status: number;
  readonly body: object;
}

/** Codes of gRPC: nobody answered in time, or nobody is there. */
const DEADLINE_EXCEEDED = 4;
const UNAVAILABLE = 14;

/** The service holds the endpoint, or will as soon as it can: the run goes on by itself. What has ended is told as such. */
export function acceptedAnswer(workflowId: string, accepted: AcceptedAnswer): Answer {
  switch (accepted.state) {
    case 'accepted':
      return { status: 202, body: { workflowId, state: 'accepted', EndpointId: accepted.EndpointId } };
    case 'parked': {
      const { code, message, nextTryAt } = accepted;
      return { status: 202, body: { workflowId, state: 'parked', code, message, nextTryAt } };
    }
    case 'ended': {
      const { outcome, failure } = accepted;
      if (failure !== undefined) return failureAnswer(workflowId, failure.type, failure.message, failure.details);
      return { status: outcome === 'dryRunPassed' ? 200 : 409, body: { workflowId, state: outcome } };
    }
  }
}

/** What an error means to the caller; `undefined` for one that is a bug of ours. */
export function errorAnswer(error: unknown): Answer | undefined {
  if (error instanceof InvalidInputError) return invalidAnswer(error.problems);
  if (error instanceof RequestConflictError) {
    const { message, fields } = error;
    return { status: 409, body: { error: { type: 'RequestConflict', message, fields } } };
  }
  if (error instanceof ProvisionNotFoundError) return notFoundAnswer();
  if (error instanceof ProvisionFailedError)
    return failureAnswer(error.workflowId, error.type, error.message, error.details);
  if (isUnavailable(error)) {
    return { status: 503, body: { error: { type: 'Unavailable', message: 'Temporal does not answer; try again' } } };
  }
  return undefined;
}

/** Whether an answer did not come in time, or nobody is there to give it. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  // The SDK wraps what the server said, once or twice.
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (isGrpcServiceError(cause) && [DEADLINE_EXCEEDED, UNAVAILABLE].includes(cause.code)) return true;
  }
  return false;
}

export function invalidAnswer(problems: readonly Problem[]): Answer {
  return { status: 400, body: { error: { type: 'InvalidInput', message: 'The request is wrong', problems } } };
}

export function notFoundAnswer(): Answer {
  return { status: 404, body: { error: { type: 'NotFound', message: 'There is no such endpoint' } } };
}

/** The request was understood, and there is no endpoint. `advice` says what to do, `requestId` is for a ticket. */
function failureAnswer(
  workflowId: string,
  type: string,
  message: string,
  details: FailureDetails | InvalidInputDetails,
): Answer {
  if ('problems' in details) return invalidAnswer(details.problems);
  const { code, requestId, endpointId, advice, retryable } = details;
  return {
    status: 422,
    body: { workflowId, state: 'failed', error: { type, message, code, requestId, endpointId, advice, retryable } },
  };
}
