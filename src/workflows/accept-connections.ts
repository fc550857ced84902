import {
  ActivityFailure,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  acceptanceSignal,
  acceptConnectionSignal,
  laneQuery,
  withdrawAcceptanceSignal,
  type AcceptanceNotice,
  type AcceptLaneInput,
  type AcceptRequest,
  type WaitingAcceptance,
} from '../contract/accept-lane.js';
import type { RefusedCall } from '../contract/result.js';
import { backoffDelayMs, type Backoff } from '../model/poll-schedule.js';
import type { AcceptOutcome } from '../activities/index.js';
import { accepting } from './activity-policies.js';
import { expectTexts, isDeadline, lastAttemptOf } from './failures.js';
import { now } from './run-state.js';

/** One connection, over all attempts: one that does not come through must not hold up the others. */
const ACCEPT_WITHIN_MS = 120_000;

/** The first request comes with the start. */
const FIRST_REQUEST_MS = 1_000;

/** Characters of a refusal that are kept for whoever looks at the lane. */
const KEPT_MESSAGE = 200;

/** Pauses of a connection that cannot be accepted yet. */
const POSTPONED: Backoff = { initialIntervalMs: 10_000, backoffCoefficient: 2, maximumIntervalMs: 300_000 };

/** A code that nobody knows is given about two minutes to pass. */
const UNLISTED_TIMES = 5;

/** From so many history events on the lane goes on as a new run. */
const CONTINUE_AFTER_EVENTS = 2_000;

/**
 * Accept connections as the owner of their services, one call at a time: the service does not take two at once in one
 * account (page of EnableVpcEndpointConnection).
 *
 * One run for each account, `accept/<account>`, started by the first request and ended when none is left. Each run that
 * asked is told what became of its request.
 *
 * @throws ApplicationFailure `InvalidInput` - Somebody started it by hand, and not as runs do.
 */
export async function acceptVpcEndpointConnections(input: AcceptLaneInput): Promise<void> {
  // A lane that cannot work must not stay: the requests of its account would wait in it.
  expectTexts(input, ['account', 'activityTaskQueue']);
  const lane = new AcceptLane(input);
  setHandler(acceptConnectionSignal, (request) => lane.add(request), { description: 'Have a connection accepted' });
  setHandler(withdrawAcceptanceSignal, (request) => lane.withdraw(request), {
    description: 'Nobody wants it to be accepted any more',
  });
  setHandler(laneQuery, () => lane.snapshot(), { description: 'What is being accepted, and what waits' });
  // The signal that started this run is there; a lane that was started without one ends.
  await condition(() => lane.hasWaiting, FIRST_REQUEST_MS);
  while (lane.hasWaiting) {
    if (workflowInfo().historyLength >= CONTINUE_AFTER_EVENTS || workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof acceptVpcEndpointConnections>(lane.continuation);
    }
    const next = lane.take();
    if (next === undefined) await lane.untilNextIsDue();
    else await lane.accept(next);
  }
}

class AcceptLane {
  readonly #input: AcceptLaneInput;
  #waiting: readonly WaitingAcceptance[];
  /** What is being accepted now; gone once it is withdrawn. */
  #current: WaitingAcceptance | undefined;

  constructor(input: AcceptLaneInput) {
    this.#input = input;
    this.#waiting = input.waiting ?? [];
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  get continuation(): AcceptLaneInput {
    return { ...this.#input, waiting: this.#waiting };
  }

  /** A run that asks again is in the lane already; a later run takes the place of an earlier one. */
  add(told: AcceptRequest): void {
    if (!isRequest(told)) {
      log.warn('A signal that is no request to accept a connection is passed over');
      return;
    }
    // Nothing else of it: whoever sends signals could otherwise say how it stands in the lane.
    const { workflowId, runId, RegionId, ServiceId, EndpointId, giveUpAt } = told;
    const request: AcceptRequest = { workflowId, runId, RegionId, ServiceId, EndpointId, giveUpAt };
    if (this.#current !== undefined && isSame(this.#current, request)) {
      this.#current = { ...this.#current, ...request };
      return;
    }
    const before = this.#waiting.find(({ EndpointId }) => EndpointId === request.EndpointId);
    if (before !== undefined && isSame(before, request)) {
      // It keeps its turn. Its deadline may have been extended.
      this.#waiting = this.#waiting.map((other) => (other === before ? { ...before, ...request } : other));
      return;
    }
    const others = this.#waiting.filter((other) => other !== before);
    this.#waiting = [...others, { ...request, refusedTimes: 0 }];
    this.#show();
  }

  withdraw(request: Pick<AcceptRequest, 'workflowId' | 'runId' | 'EndpointId'>): void {
    // Anybody can send a signal.
    if (typeof (request as unknown) !== 'object' || (request as unknown) === null) return;
    this.#waiting = this.#waiting.filter((other) => !isSame(other, request));
    if (this.#current !== undefined && isSame(this.#current, request)) this.#current = undefined;
    this.#show();
  }

  snapshot() {
    const { account } = this.#input;
    const current = this.#current?.EndpointId;
    return { account, ...(current === undefined ? {} : { current }), waiting: this.#waiting };
  }

  /** The first that is due. Those that nobody waits for any more are dropped. */
  take(): WaitingAcceptance | undefined {
    const nowMs = Date.now();
    this.#waiting = this.#waiting.filter(({ giveUpAt }) => Date.parse(giveUpAt) > nowMs);
    const next = this.#waiting.find(({ dueAt }) => dueAt === undefined || Date.parse(dueAt) <= nowMs);
    this.#waiting = this.#waiting.filter((other) => other !== next);
    return next;
  }

  /** Wait for the first that is postponed, or for a new one. */
  async untilNextIsDue(): Promise<void> {
    const before = this.#waiting;
    const dueMs = before.map(({ dueAt = '', giveUpAt }) => Math.min(Date.parse(dueAt), Date.parse(giveUpAt)));
    if (dueMs.length === 0) return;
    const delayMs = Math.max(1, Math.min(...dueMs) - Date.now());
    await condition(() => this.#waiting !== before, delayMs, { summary: 'until a postponed connection is due' });
  }

  async accept(next: WaitingAcceptance): Promise<void> {
    this.#current = next;
    this.#show();
    const outcome = await this.#call(next);
    const asked = this.#endCurrent();
    if (asked === undefined) return;
    const { EndpointId } = asked;
    if (outcome.kind === 'accepted') {
      await tell(asked, { EndpointId, outcome: 'accepted' });
    } else if (outcome.kind === 'refused' || isUnlistedForGood(asked, outcome.refusal)) {
      await tell(asked, { EndpointId, outcome: 'refused', refusal: outcome.refusal });
    } else {
      await this.#postpone(asked, outcome.refusal);
    }
    this.#show();
  }

  async #call({ RegionId, ServiceId, EndpointId }: WaitingAcceptance): Promise<AcceptOutcome> {
    const { account, activityTaskQueue } = this.#input;
    const call = {
      activityId: `accept.${EndpointId}`,
      summary: `accept ${EndpointId} for ${ServiceId}`,
      withinMs: ACCEPT_WITHIN_MS,
    };
    try {
      const connection = { RegionId, ServiceId, EndpointId };
      return await accepting(activityTaskQueue, call).acceptConnection({ account, connection });
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
      return { kind: 'postponed', refusal: withoutAnswer(account, error), attempts: [] };
    }
  }

  async #postpone(next: WaitingAcceptance, refusal: RefusedCall): Promise<void> {
    const refusedTimes = next.refusedTimes + 1;
    const nextTryAt = now(backoffDelayMs(POSTPONED, refusedTimes, Math.random()));
    const { EndpointId } = next;
    const isNews = next.lastRefusal?.code !== refusal.code || isPowerOfTwo(refusedTimes);
    // A later run may have asked for the same endpoint meanwhile.
    if (!this.#waiting.some((other) => other.EndpointId === EndpointId)) {
      // Without the statement of a denial: a lane may hold thousands, and all of it goes to its continuation.
      const { class: errorClass, code, advice } = refusal;
      const lastRefusal = { class: errorClass, code, message: refusal.message.slice(0, KEPT_MESSAGE), advice };
      this.#waiting = [...this.#waiting, { ...next, refusedTimes, dueAt: nextTryAt, lastRefusal }];
    }
    if (isNews && !(await tell(next, { EndpointId, outcome: 'postponed', refusal, nextTryAt }))) {
      this.#waiting = this.#waiting.filter((other) => !isSame(other, next));
    }
  }

  /** @returns What was being accepted; `undefined` where it was withdrawn meanwhile. */
  #endCurrent(): WaitingAcceptance | undefined {
    const current = this.#current;
    this.#current = undefined;
    return current;
  }

  #show(): void {
    const lines = [
      `- accepting: ${this.#current === undefined ? 'nothing' : `\`${this.#current.EndpointId}\``}`,
      `- waiting: ${this.#waiting.length}`,
      ...this.#waiting
        .filter(({ lastRefusal }) => lastRefusal !== undefined)
        .slice(0, 20)
        .map(
          ({ EndpointId, dueAt = '', lastRefusal }) =>
            `- \`${EndpointId}\` until ${dueAt}: \`${lastRefusal?.message}\``,
        ),
    ];
    setCurrentDetails(lines.join('\n'));
  }
}

/** Each notice is an event in the history of a run, which may wait for months: ever fewer of them. */
function isPowerOfTwo(times: number): boolean {
  return Number.isInteger(Math.log2(times));
}

/** Tell the run that asked. @returns `false`: it has ended meanwhile. */
async function tell({ workflowId, runId }: AcceptRequest, notice: AcceptanceNotice): Promise<boolean> {
  try {
    await getExternalWorkflowHandle(workflowId, runId).signal(acceptanceSignal, notice);
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.info('The run that asked for a connection is over', {
      asked: workflowId,
      EndpointId: notice.EndpointId,
      reason: error instanceof Error ? error.message : String(error),
    });
    return false;
  }
}

/** Anybody can send a signal. */
function isRequest(request: unknown): request is AcceptRequest {
  if (typeof request !== 'object' || request === null) return false;
  const fields = request as Partial<Record<keyof AcceptRequest, unknown>>;
  const { workflowId, runId, RegionId, ServiceId, EndpointId, giveUpAt } = fields;
  const texts = [workflowId, runId, RegionId, ServiceId, EndpointId, giveUpAt];
  return texts.every((text) => typeof text === 'string' && text !== '') && !Number.isNaN(Date.parse(String(giveUpAt)));
}

function isSame(
  a: Pick<AcceptRequest, 'workflowId' | 'runId' | 'EndpointId'>,
  b: Pick<AcceptRequest, 'workflowId' | 'runId' | 'EndpointId'>,
): boolean {
  return a.EndpointId === b.EndpointId && a.workflowId === b.workflowId && a.runId === b.runId;
}

function isUnlistedForGood({ refusedTimes }: WaitingAcceptance, { class: errorClass }: RefusedCall): boolean {
  return errorClass === 'unlisted' && refusedTimes + 1 >= UNLISTED_TIMES;
}

/** What is told of a call that got no definite answer in its time. */
function withoutAnswer(account: string, error: ActivityFailure): RefusedCall {
  const last = lastAttemptOf(error);
  if (last?.failed !== undefined) return { ...last.failed, message: last.message };
  return {
    class: 'unknown',
    code: isDeadline(error) ? 'DeadlineExceeded' : 'ActivityFailed',
    message: last?.message ?? `No worker with credentials for account "${account}" answered`,
    advice: `Check that a worker with credentials for account "${account}" runs.`,
  };
}
