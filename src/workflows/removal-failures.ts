import { ApplicationFailure } from '@temporalio/workflow';
import { formatMs } from '../model/duration.js';
import { OWNER_TAG } from '../model/owner-tags.js';
import { remainsText, type RemainingEndpoint } from '../model/remaining-endpoint.js';
import type { FailureDetails, FailureType } from '../contract/result.js';
import type { Deprovision, FailedCall, RemoveOutcome } from '../activities/index.js';
import { adviceOnRefusal, obstacle, type LastAttempt } from './advice.js';
import { refusalFacts } from './failures.js';
import type { RunState } from './run-state.js';

type Left = Extract<RemoveOutcome, { kind: 'left' }>;

const GO_ON = 'Start the same removal again: it goes on from there.';

/** The removal cannot succeed as it is: somebody else's endpoint, or a definite refusal. */
export function notRemovable(run: RunState, deprovision: Deprovision, left: Left): ApplicationFailure {
  return left.refusal === undefined ? notOwned(run, deprovision, left) : refusedRemoval(run, left.refusal, left);
}

/** The deadline passed. `remains` is absent where it could not be read. */
export function notRemovedInTime(
  run: RunState,
  { account, endpoint: { EndpointId }, timeouts: { deletedMs } }: Deprovision,
  last: LastAttempt | undefined,
  remains: RemainingEndpoint | undefined,
): ApplicationFailure {
  const said = last === undefined ? '' : `; last attempt: ${last.message}`;
  const failed = last?.failed;
  return failure(run, 'DeadlineExceeded', `${EndpointId} was not removed after ${formatMs(deletedMs)}${said}`, {
    class: 'deadline',
    code: 'DeadlineExceeded',
    ...(failed?.requestId === undefined ? {} : { requestId: failed.requestId }),
    advice: adviceAfterDeadline(account, last),
    retryable: true,
    ...(remains === undefined ? {} : { remains }),
  });
}

function notOwned(run: RunState, { endpoint: { EndpointId } }: Deprovision, { reason }: Left): ApplicationFailure {
  return failure(run, 'EndpointNotOwned', reason, {
    class: 'state',
    code: 'EndpointNotOwned',
    advice: `Leave ${EndpointId} to whoever made it. Only ownership "any" removes an endpoint without the right tag ${OWNER_TAG}.`,
    retryable: false,
  });
}

function refusedRemoval(run: RunState, refusal: FailedCall, { reason, remains }: Left): ApplicationFailure {
  const type = typeOf(refusal);
  const retryable = type === 'AccessDenied';
  return failure(run, type, reason, {
    ...refusalFacts(refusal),
    advice: adviceOnRefusal(refusal, retryable),
    retryable,
    ...(remains === undefined ? {} : { remains }),
  });
}

function typeOf({ class: errorClass, code }: FailedCall): FailureType {
  if (/^(?:OperationDenied\.)?EndpointProtected$/.test(code)) return 'EndpointProtected';
  return errorClass === 'denied' ? 'AccessDenied' : 'RequestRejected';
}

function adviceAfterDeadline(account: string, last: LastAttempt | undefined): string {
  if (last === undefined) return `Check that a worker with credentials for account "${account}" runs. ${GO_ON}`;
  if (last.notYet) return `The service takes its time. ${GO_ON}`;
  if (last.failed === undefined) return `Look into the log of the worker for account "${account}". ${GO_ON}`;
  return `${obstacle(last.failed)} ${GO_ON}`;
}

/** What remains is in the message, too: the engine's own command line shows no details. */
function failure(
  run: RunState,
  type: FailureType,
  message: string,
  details: Omit<FailureDetails, 'attempts' | 'lastSeen' | 'endpointId' | 'endpointMayExist'>,
): ApplicationFailure {
  const { remains } = details;
  return ApplicationFailure.create({
    type,
    nonRetryable: true,
    message: remains === undefined ? message : `${message}; remains: ${remainsText(remains)}`,
    details: [
      {
        ...details,
        ...(run.endpointId === undefined ? {} : { endpointId: run.endpointId }),
        endpointMayExist: true,
        ...(run.lastSeen === undefined ? {} : { lastSeen: run.lastSeen }),
        attempts: run.attempts,
      } satisfies FailureDetails,
    ],
  });
}
