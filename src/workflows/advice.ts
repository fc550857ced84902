import type { FailedCall, Refusal } from '../activities/index.js';

/** What the last attempt of an activity said before it was given up. */
export interface LastAttempt {
  readonly message: string;
  /** Whether it got its answer, and the answer was "not yet". */
  readonly notYet: boolean;
  /** The call that failed, where one did. */
  readonly failed?: FailedCall;
}

const AGAIN = 'Then start the same workflow id again';

/** How the catalogue begins where the run itself does what is to be done: no advice once the run is over. */
const DONE_BY_THE_RUN = /^Nothing to do\b/;

/** What to do about a refusal that ended a run. The catalogue speaks of the code alone; here nobody tries again. */
export function adviceOnRefusal(refusal: Pick<Refusal, 'class' | 'advice'>, retryable: boolean): string {
  switch (refusal.class) {
    case 'throttled':
    case 'unknown':
    case 'inFlight':
    case 'dryRunPassed':
    case 'absent':
      return 'This is no answer that CreateVpcEndpoint should give: open a ticket with the RequestId.';
    case 'conflict':
      return `Find the change that holds it, and let it end. ${AGAIN}.`;
    case 'unlisted':
      return refusal.advice;
    default:
      return retryable ? `${refusal.advice} ${AGAIN}.` : refusal.advice;
  }
}

/** What to do after a deadline: it depends on what stood in the way last. */
export function adviceOnDeadline(
  account: string,
  endpointId: string | undefined,
  last: LastAttempt | undefined,
): string {
  const again =
    endpointId === undefined
      ? `${AGAIN}: it finds what exists.`
      : `${AGAIN} to go on waiting for ${endpointId}, which is kept.`;
  if (last === undefined) return `Check that a worker with credentials for account "${account}" runs. ${again}`;
  if (last.notYet) {
    const subject = endpointId ?? 'The endpoint';
    return `${subject} is kept. Start the same workflow id again to go on waiting for it, or delete it.`;
  }
  const remedy =
    last.failed === undefined ? `Look into the log of the worker for account "${account}".` : obstacle(last.failed);
  return `${remedy} ${again}`;
}

/** What to do about a create call that no worker took. */
export function adviceOnQueue(account: string): string {
  const worker = `Check that a worker with credentials for account "${account}" polls this queue (PVL_ACCOUNTS, PVL_REGIONS, PVL_WORK)`;
  return `${worker}, and that its pace (PVL_CREATES_PER_MINUTE) is enough for all that wait. ${AGAIN}: it finds what exists.`;
}

/** What to do about a call that failed until a deadline. */
export function obstacle({ class: errorClass, advice }: FailedCall): string {
  if (!DONE_BY_THE_RUN.test(advice)) return advice;
  return errorClass === 'throttled'
    ? 'Have the other tools of the account call less, or ask for a higher limit: every try was throttled.'
    : 'Check the network between the worker and PrivateLink: no clear answer came.';
}
