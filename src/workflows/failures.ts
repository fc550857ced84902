import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { formatMs } from '../model/duration.js';
import type { Difference } from '../model/adoption.js';
import type { ErrorClass } from '../model/error-class.js';
import { problemsText, type Problem } from '../model/request-rules.js';
import type { FailureDetails, FailureType, InvalidInputDetails } from '../contract/result.js';
import type { LastWord, Refusal } from '../activities/index.js';
import type { RunState } from './run-state.js';

/** The failure type that a refusal ends with, once nobody waits for it to pass any more. */
const TYPE_OF_CLASS: Readonly<Record<ErrorClass, FailureType>> = {
  invalid: 'RequestRejected',
  denied: 'AccessDenied',
  quota: 'QuotaExceeded',
  status: 'StatusNotReady',
  conflict: 'StatusNotReady',
  exists: 'EndpointExists',
  tokenReuse: 'IdempotencyConflict',
  unlisted: 'UnlistedRefusal',
  absent: 'UnlistedRefusal',
  // The activity repeats these or returns them as a success; they never arrive as a refusal.
  throttled: 'UnlistedRefusal',
  unknown: 'UnlistedRefusal',
  inFlight: 'UnlistedRefusal',
  dryRunPassed: 'UnlistedRefusal',
};

/** Classes that another day, or another setting outside the request, may turn into a success. */
const MAY_PASS: readonly ErrorClass[] = ['quota', 'status', 'conflict', 'unlisted', 'denied'];

/** The input breaks the contract. */
export function invalidInput(problems: readonly Problem[]): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'InvalidInput' satisfies FailureType,
    nonRetryable: true,
    message: problemsText(problems),
    details: [{ problems } satisfies InvalidInputDetails],
  });
}

/** A definite refusal that ends the run. */
export function refused(run: RunState, refusal: Refusal, mayExist: boolean): ApplicationFailure {
  // A transient state that outlived its longest time was no transient state.
  const type =
    refusal.class === 'status' && refusal.parkAtMostMs !== undefined ? 'RequestRejected' : TYPE_OF_CLASS[refusal.class];
  return failure(run, type, refusal.message, {
    class: refusal.class,
    code: refusal.code,
    ...(refusal.requestId === undefined ? {} : { requestId: refusal.requestId }),
    advice: refusal.advice,
    retryable: type !== 'RequestRejected' && MAY_PASS.includes(refusal.class),
    endpointMayExist: mayExist || refusal.class === 'exists' || refusal.class === 'tokenReuse',
  });
}

/** Our own endpoint exists and is not what is asked for. */
export function differs(run: RunState, endpointId: string, found: readonly Difference[]): ApplicationFailure {
  const fields = found.map(({ field, wanted, found: is }) => `${field} wanted "${wanted}" found "${is}"`).join('; ');
  return failure(run, 'EndpointDiffers', `${endpointId} carries the tags of this workflow id and differs: ${fields}`, {
    class: 'state',
    code: 'EndpointDiffers',
    endpointId,
    advice: `Start the changed request under another workflow id, or delete ${endpointId} first.`,
    retryable: false,
    endpointMayExist: true,
    differences: found,
  });
}

/** The endpoint went away or can never become ready. */
export function deadEnd(
  run: RunState,
  type: 'EndpointDisappeared' | 'FinancialLocked',
  endpointId: string,
  seen: string,
): ApplicationFailure {
  const locked = type === 'FinancialLocked';
  return failure(run, type, `${endpointId} ${seen}`, {
    class: 'state',
    code: type,
    endpointId,
    advice: locked
      ? `Settle the bill of the account; ${endpointId} is kept. Then start the same workflow id again.`
      : 'Find out who deleted it. Start the same workflow id again to have it made anew.',
    retryable: true,
    endpointMayExist: locked || seen.includes('Deleting'),
  });
}

/** A deadline of ours passed. */
export function deadlineExceeded(
  run: RunState,
  wanted: 'accepted' | 'Active',
  afterMs: number,
  account: string,
  lastAttempt: string | undefined,
): ApplicationFailure {
  const { endpointId, lastSeen } = run;
  const seen =
    lastSeen === undefined
      ? 'no endpoint was seen'
      : `last seen ${lastSeen.EndpointStatus ?? '(no status)'}, connection ${lastSeen.ConnectionStatus ?? '(none)'}`;
  const last = lastAttempt === undefined ? '' : `; last attempt: ${lastAttempt}`;
  const subject = endpointId ?? 'the endpoint';
  return failure(run, 'DeadlineExceeded', `${subject} was not ${wanted} after ${formatMs(afterMs)}: ${seen}${last}`, {
    class: 'deadline',
    code: 'DeadlineExceeded',
    advice:
      endpointId === undefined
        ? `Check that a worker with credentials for account "${account}" runs. Start the same workflow id again: it finds what exists.`
        : `${endpointId} is kept. Start the same workflow id again to go on waiting for it, or delete it.`,
    retryable: true,
    endpointMayExist: endpointId !== undefined || run.mayHaveCreated,
  });
}

/** Whether an activity ended because its schedule-to-close time passed: the engine has two shapes for it. */
export function isDeadline(error: unknown): error is ActivityFailure {
  return (
    error instanceof ActivityFailure &&
    (error.retryState === 'TIMEOUT' ||
      (error.cause instanceof TimeoutFailure && error.cause.timeoutType === 'SCHEDULE_TO_CLOSE') ||
      (error.cause instanceof TimeoutFailure && error.cause.timeoutType === 'SCHEDULE_TO_START'))
  );
}

/** What the last attempt of a failed activity said. */
export function lastAttemptOf(error: ActivityFailure): string | undefined {
  if (error.cause instanceof ApplicationFailure) return error.cause.message;
  if (error.cause instanceof TimeoutFailure) return error.cause.cause?.message;
  return error.cause?.message;
}

/**
 * What the last attempt of a failed activity left in the details of its failure, or, where the deadline cut it off, in
 * its last heartbeat. The server drops the details of a failure that is too large.
 */
export function lastWordOf({ cause }: ActivityFailure): LastWord {
  const beat = cause instanceof TimeoutFailure ? (cause.lastHeartbeatDetails as Beat | undefined) : undefined;
  const failed = cause instanceof TimeoutFailure ? cause.cause : cause;
  const said =
    failed instanceof ApplicationFailure ? (failed.details?.[0] as Partial<LastWord> | undefined) : undefined;
  const lastSeen = beat?.lastSeen ?? said?.lastSeen;
  return { attempts: beat?.log ?? said?.attempts ?? [], ...(lastSeen === undefined ? {} : { lastSeen }) };
}

/** The part of an activity's memory that a failure tells of. */
interface Beat {
  readonly log?: LastWord['attempts'];
  readonly lastSeen?: LastWord['lastSeen'];
}

/** Any other end of an activity: a bug of ours, or an operator's doing. */
export function unexpected(run: RunState, error: ActivityFailure): ApplicationFailure {
  const message = lastAttemptOf(error) ?? error.message;
  return failure(run, 'UnlistedRefusal', `Activity ${error.activityId ?? error.activityType} failed: ${message}`, {
    class: 'unlisted',
    code: 'ActivityFailed',
    advice: 'Report this with the history of the run; start the same workflow id again.',
    retryable: true,
    endpointMayExist: run.endpointId !== undefined || run.mayHaveCreated,
  });
}

function failure(
  run: RunState,
  type: FailureType,
  message: string,
  details: Omit<FailureDetails, 'attempts' | 'lastSeen'>,
): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    nonRetryable: true,
    message,
    details: [
      {
        ...details,
        ...(details.endpointId === undefined && run.endpointId !== undefined ? { endpointId: run.endpointId } : {}),
        ...(run.lastSeen === undefined ? {} : { lastSeen: run.lastSeen }),
        attempts: run.attempts,
      } satisfies FailureDetails,
    ],
  });
}
