import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { formatMs } from '../model/duration.js';
import type { Goal } from '../model/endpoint.js';
import type { ErrorClass } from '../model/error-class.js';
import { problemsText, type Problem } from '../model/request-rules.js';
import type { ToldFailure } from '../contract/messages.js';
import {
  NOT_READY,
  type FailureDetails,
  type FailureType,
  type InvalidInputDetails,
  type RefusedCall,
} from '../contract/result.js';
import type { CreateOutcome, FailedCall, LastWord, Refusal } from '../activities/index.js';
import { adviceOnDeadline, adviceOnQueue, adviceOnRefusal, type LastAttempt } from './advice.js';
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

/**
 * Check the input of a workflow of ours that anybody can start by hand: an object with a text in each of these fields.
 *
 * @throws ApplicationFailure `InvalidInput`
 */
export function expectTexts(input: unknown, fields: readonly string[]): void {
  const given = (input ?? {}) as Readonly<Record<string, unknown>>;
  if (fields.every((field) => typeof given[field] === 'string')) return;
  const shape = fields.map((field) => `"${field}": ...`).join(', ');
  throw invalidInput([{ path: '', message: `expected one JSON object {${shape}}` }]);
}

/** A failure as it is told to other workflows and to who waits for an answer. */
export function told({ type, message, details }: ApplicationFailure): ToldFailure {
  return { type: type as FailureType, message, details: (details?.[0] ?? {}) as FailureDetails };
}

/** What the details of a failure say of the call that was refused. */
export function refusalFacts({
  class: errorClass,
  code,
  requestId,
  denied,
}: FailedCall): Pick<FailureDetails, 'class' | 'code' | 'requestId' | 'denied'> {
  return {
    class: errorClass,
    code,
    ...(requestId === undefined ? {} : { requestId }),
    ...(denied === undefined ? {} : { denied }),
  };
}

/** A definite refusal that ends the run. */
export function refused(run: RunState, refusal: Refusal, mayExist: boolean): ApplicationFailure {
  const meant = refusal.elseClass ?? refusal.class;
  // A transient state that outlived its longest time was no transient state.
  const type = meant === 'status' && refusal.parkAtMostMs !== undefined ? 'RequestRejected' : TYPE_OF_CLASS[meant];
  const retryable = type !== 'RequestRejected' && MAY_PASS.includes(refusal.class);
  return failure(run, type, refusal.message, {
    ...refusalFacts(refusal),
    advice: adviceOnRefusal(refusal, retryable),
    retryable,
    endpointMayExist: mayExist || meant === 'exists' || meant === 'tokenReuse',
  });
}

/** The lane of the service's owner was refused for good. The endpoint is Active, and not of use. */
export function notAccepted(run: RunState, refusal: RefusedCall, endpointId: string): ApplicationFailure {
  const retryable = MAY_PASS.includes(refusal.class);
  const message = `${endpointId} is Active, and its connection was not accepted: ${refusal.message}`;
  return failure(run, TYPE_OF_CLASS[refusal.class], message, {
    ...refusalFacts(refusal),
    endpointId,
    advice: `${refusal.advice} ${endpointId} is kept: start the same workflow id again to have its connection accepted.`,
    retryable,
    endpointMayExist: true,
  });
}

/** The endpoint that would be adopted is not what is asked for. */
export function differs(run: RunState, outcome: Extract<CreateOutcome, { kind: 'differs' }>): ApplicationFailure {
  const { endpointId, differences, byName = false } = outcome;
  const fields = differences.map(({ field, wanted, found }) => `${field} wanted "${wanted}" found "${found}"`);
  const found = byName ? 'has the EndpointName of the request' : 'carries the tags of this workflow id';
  return failure(run, 'EndpointDiffers', `${endpointId} ${found} and differs: ${fields.join('; ')}`, {
    class: 'state',
    code: 'EndpointDiffers',
    endpointId,
    advice: byName
      ? `Correct the request, or give it an EndpointName that no endpoint of the VPC has.`
      : `Start the changed request under another workflow id, or delete ${endpointId} first.`,
    retryable: false,
    endpointMayExist: true,
    differences,
  });
}

const WHY_IN_THE_WAY: Readonly<Record<InTheWay['why'], { readonly text: string; readonly advice: string }>> = {
  notAllowed: {
    text: 'exists, made by an earlier run of this workflow id, and ifExists is "fail"',
    advice: 'Use it by starting again with ifExists "adoptOwn", or delete it first.',
  },
  anotherWorkflow: {
    text: 'has the EndpointName of the request and carries the tag of another workflow',
    advice: 'Choose another EndpointName, or use the endpoint of that workflow.',
  },
  ambiguous: {
    text: 'have the EndpointName of the request: which one is to be adopted cannot be told',
    advice: 'Leave one endpoint of the name, or choose another EndpointName.',
  },
};

type InTheWay = Extract<CreateOutcome, { kind: 'inTheWay' }>;

/** Something exists that may not be adopted. Nothing was created. */
export function inTheWay(run: RunState, { endpointIds, why, afterUnknownOutcome }: InTheWay): ApplicationFailure {
  const { text, advice } = WHY_IN_THE_WAY[why];
  const [endpointId] = endpointIds;
  return failure(run, 'EndpointExists', `${endpointIds.join(', ')} ${text}`, {
    class: 'state',
    code: 'EndpointExists',
    ...(endpointIds.length === 1 && endpointId !== undefined ? { endpointId } : {}),
    advice,
    retryable: false,
    endpointMayExist: why === 'notAllowed' || afterUnknownOutcome,
  });
}

/** The endpoint went away or can never become ready. */
export function deadEnd(run: RunState, type: DeadEnd, endpointId: string, seen: string): ApplicationFailure {
  const isGone = type === 'EndpointDisappeared' && !seen.includes('Deleting');
  return failure(run, type, `${endpointId} ${seen}`, {
    class: 'state',
    code: type,
    endpointId,
    advice: DEAD_END_ADVICE[type](endpointId),
    // What is adopted again by the next run is as dead as before.
    retryable: type !== 'ConnectionLost',
    endpointMayExist: !isGone,
  });
}

type DeadEnd = 'EndpointDisappeared' | 'FinancialLocked' | 'ConnectionLost' | 'ConnectionRejected';

const DEAD_END_ADVICE: Readonly<Record<DeadEnd, (endpointId: string) => string>> = {
  EndpointDisappeared: () => 'Find out who deleted it. Start the same workflow id again to have it made anew.',
  FinancialLocked: (endpointId) =>
    `Settle the bill of the account; ${endpointId} is kept. Then start the same workflow id again.`,
  ConnectionRejected: (endpointId) =>
    `Ask the owner of the service to accept ${endpointId}, which is kept. Then start the same workflow id again.`,
  ConnectionLost: (endpointId) =>
    `Ask the owner of the service for another one, and delete ${endpointId}: it is kept, and of no use.`,
};

/** A deadline of ours passed. */
export function deadlineExceeded(
  run: RunState,
  wanted: 'accepted' | Goal,
  afterMs: number,
  account: string,
  lastAttempt: LastAttempt | undefined,
): ApplicationFailure {
  const { endpointId, lastSeen } = run;
  const seen =
    lastSeen === undefined
      ? 'no endpoint was seen'
      : `last seen ${lastSeen.EndpointStatus ?? '(no status)'}, connection ${lastSeen.ConnectionStatus ?? '(none)'}`;
  const last = lastAttempt === undefined ? '' : `; last attempt: ${lastAttempt.message}`;
  const failed = lastAttempt?.failed;
  const subject = endpointId ?? 'the endpoint';
  return failure(run, 'DeadlineExceeded', `${subject} was not ${wanted} after ${formatMs(afterMs)}: ${seen}${last}`, {
    class: 'deadline',
    code: 'DeadlineExceeded',
    ...(failed?.requestId === undefined ? {} : { requestId: failed.requestId }),
    advice: adviceOnDeadline(account, endpointId, lastAttempt),
    ...(failed?.denied === undefined ? {} : { denied: failed.denied }),
    retryable: true,
    endpointMayExist: endpointId !== undefined || run.mayHaveCreated,
  });
}

/** No worker took the create call from its paced queue, although the run waited far longer than for an answer. */
export function neverTaken(run: RunState, queuedMs: number, account: string, taskQueue = ''): ApplicationFailure {
  const waited = `no worker took its create call from the task queue "${taskQueue}" for ${formatMs(queuedMs)}`;
  return failure(run, 'DeadlineExceeded', `the endpoint was not accepted: ${waited}`, {
    class: 'deadline',
    code: 'DeadlineExceeded',
    advice: adviceOnQueue(account),
    retryable: true,
    endpointMayExist: run.mayHaveCreated,
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

/** What the last attempt of a failed activity said; `undefined` where there was none, or none that ended. */
export function lastAttemptOf({ cause }: ActivityFailure): LastAttempt | undefined {
  const said = cause instanceof TimeoutFailure ? cause.cause : cause;
  if (said === undefined) return undefined;
  if (!(said instanceof ApplicationFailure)) return { message: said.message, notYet: false };
  const details = said.details?.[0] as Partial<FailedCall> | undefined;
  const failed = details?.class === undefined || details.advice === undefined ? {} : { failed: details as FailedCall };
  return { message: said.message, notYet: said.type === NOT_READY, ...failed };
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
  const message = lastAttemptOf(error)?.message ?? error.message;
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
