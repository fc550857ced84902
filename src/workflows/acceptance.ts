import { ActivityFailure, getExternalWorkflowHandle, isCancellation, log, workflowInfo } from '@temporalio/workflow';
import {
  acceptLaneId,
  withdrawAcceptanceSignal,
  type AcceptanceNotice,
  type AcceptRequest,
} from '../contract/accept-lane.js';
import type { RefusedCall } from '../contract/result.js';
import type { VpcEndpoint } from '../model/endpoint.js';
import { ERROR_CLASSES } from '../model/error-class.js';
import type { Provision } from '../activities/index.js';
import { asking } from './activity-policies.js';
import { lastAttemptOf } from './failures.js';
import { now, type RunState } from './run-state.js';

/** One request to the lane, over all attempts. It is made again later where it did not come through. */
const ASK_WITHIN_MS = 60_000;

/** A lane that was terminated has forgotten its requests, so a run asks again after this time, and then ever more rarely. */
const ASK_AGAIN_MS = 600_000;
const NOT_REACHED_MS = 60_000;
const ASK_AGAIN_MAX_MS = 86_400_000;

/** What one run wants of the lane of the service's owner, and what it heard of it. */
export class Acceptance {
  readonly #run: RunState;
  #asked: { readonly request: AcceptRequest; readonly laneId: string } | undefined;
  #askedTimes = 0;
  #isAccepted = false;
  #wasReached = true;
  refusal: RefusedCall | undefined;

  constructor(run: RunState) {
    this.#run = run;
  }

  /** Take in what the lane tells. Anybody can send a signal: one that is not about this endpoint changes nothing. */
  hear(notice: AcceptanceNotice): void {
    if (this.#asked === undefined || !isNoticeOf(notice, this.#asked.request.EndpointId)) {
      log.warn('A signal that tells nothing of a connection that this run asked for is passed over');
      return;
    }
    const { outcome, refusal, nextTryAt } = notice;
    if (outcome === 'accepted') {
      this.#isAccepted = true;
      this.#run.waitsFor(`${notice.EndpointId} to become Connected`);
    }
    if (outcome === 'refused') this.refusal = refusal;
    if (refusal !== undefined) this.#run.refusedBy(refusal);
    if (outcome === 'postponed') {
      const { laneId } = this.#asked;
      this.#run.waitsFor(`${laneId} to accept the connection: ${refusal?.code} to pass`, nextTryAt);
      return;
    }
    this.#asked = undefined;
    this.#run.onChange();
  }

  /** Whether the lane has accepted it: then it is Connected soon. */
  get isAccepted(): boolean {
    return this.#isAccepted;
  }

  /** Somebody else has accepted it all the same. */
  forgetRefusal(): void {
    this.refusal = undefined;
    this.#isAccepted = true;
  }

  /** How long to wait before asking again; `undefined` where nothing was asked, or the answer is there. */
  get askAgainInMs(): number | undefined {
    if (this.#asked === undefined) return undefined;
    if (!this.#wasReached) return NOT_REACHED_MS;
    return Math.min(ASK_AGAIN_MS * 2 ** (this.#askedTimes - 1), ASK_AGAIN_MAX_MS);
  }

  /** Ask the lane, where the input wants that and it has not answered. */
  async ask(provision: Provision, endpoint: VpcEndpoint, withinMs: number): Promise<void> {
    const { accept, request } = provision;
    if (accept === undefined || this.#isAccepted || this.refusal !== undefined) return;
    const { workflowId, runId, taskQueue } = workflowInfo();
    const laneId = acceptLaneId(accept.account, accept.regionId);
    const { EndpointId } = endpoint;
    const asked: AcceptRequest = {
      workflowId,
      runId,
      RegionId: endpoint.ServiceRegionId ?? request.ServiceRegionId ?? request.RegionId,
      ServiceId: endpoint.ServiceId ?? request.ServiceId ?? '',
      EndpointId,
      giveUpAt: now(withinMs),
    };
    this.#asked = { request: asked, laneId };
    this.#askedTimes += 1;
    this.#run.waitsFor(`${laneId} to accept the connection`);
    const call = {
      activityId: this.#run.nextActivityId('ask-to-accept'),
      summary: `ask ${laneId} to accept ${EndpointId}`,
      withinMs: ASK_WITHIN_MS,
    };
    try {
      await asking(provision, call).askToAccept({ taskQueue, lane: accept, request: asked });
      this.#wasReached = true;
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
      this.#wasReached = false;
      // Somebody else may accept it meanwhile, and it is asked for again.
      log.warn('The lane that accepts connections was not reached', {
        lane: laneId,
        reason: lastAttemptOf(error)?.message ?? error.message,
      });
    }
  }

  /** Take back what was asked for and is not answered. Called shielded from cancellations. */
  async withdraw(): Promise<void> {
    if (this.#asked === undefined) return;
    const { laneId, request } = this.#asked;
    this.#asked = undefined;
    const { workflowId, runId, EndpointId } = request;
    try {
      const lane = getExternalWorkflowHandle(laneId);
      await lane.signal(withdrawAcceptanceSignal, { workflowId, runId, EndpointId });
    } catch (error) {
      log.info('The lane that accepts connections has ended', {
        lane: laneId,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }
}

function isNoticeOf(notice: unknown, EndpointId: string): notice is AcceptanceNotice {
  if (typeof notice !== 'object' || notice === null) return false;
  const { EndpointId: told, outcome, refusal } = notice as Partial<AcceptanceNotice>;
  const isWhole = outcome === 'accepted' || isRefusal(refusal);
  return told === EndpointId && isWhole && ['accepted', 'refused', 'postponed'].includes(outcome ?? '');
}

function isRefusal(refusal: unknown): refusal is RefusedCall {
  if (typeof refusal !== 'object' || refusal === null) return false;
  const { class: errorClass, code, message, advice } = refusal as Partial<RefusedCall>;
  return (
    [code, message, advice].every((text) => typeof text === 'string') &&
    errorClass !== undefined &&
    Object.hasOwn(ERROR_CLASSES, errorClass)
  );
}
