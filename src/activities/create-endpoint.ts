import { activityInfo, ApplicationFailure, CancelledFailure, Context, log } from '@temporalio/activity';
import { readByName, type Difference, type LookUpReading } from '../model/adoption.js';
import { catalogueEntry } from '../model/error-catalogue.js';
import type { EndpointFields, ListedVpcEndpoint } from '../model/endpoint.js';
import type { ErrorClass } from '../model/error-class.js';
import type { AttemptRecord } from '../contract/result.js';
import { PrivateLinkError } from '../privatelink/port.js';
import { ActivityMemory } from './attempt-memory.js';
import { failedCall, orRepeat, readAgain, repeatLater, type FailedCall } from './call-failure.js';
import type { ActivityDependencies, EarlierRuns } from './dependencies.js';
import { findEarlierRuns } from './earlier-runs.js';
import { adoption, differing, listAll, lookUp } from './find-endpoint.js';
import type { Provision } from './parse-input.js';
import { createParameters } from './wire-parameters.js';

/** A definite answer: the service certainly did nothing. */
export interface Refusal extends FailedCall {
  readonly message: string;
  /** Longest time that waiting for this code makes sense. */
  readonly parkAtMostMs?: number;
  /** With `exists`: what the code means where nothing of ours is found. */
  readonly elseClass?: ErrorClass;
}

export interface CreateInput {
  readonly provision: Pick<
    Provision,
    'account' | 'request' | 'extraParameters' | 'owner' | 'dryRun' | 'ifExists' | 'watch'
  >;
  /** Absent in a dry run. */
  readonly clientToken?: string;
  readonly epoch: number;
  /**
   * What is known of an endpoint of ours before the first attempt: `unchecked`, it is looked up; `lookedUp`, patient scans
   * found none; `refused`, the epoch before ended with a definite refusal.
   */
  readonly absence: 'unchecked' | 'lookedUp' | 'refused';
  /**
   * Only look, and say what was found: a run that may have to delete what it makes has to know what was there before, even
   * when it is cancelled in the create call.
   */
  readonly lookOnly?: boolean;
  /** Whether an earlier activity of the same epoch may have sent its call. */
  readonly inDoubt?: boolean;
}

export type CreateOutcome = { readonly attempts: readonly AttemptRecord[] } & (
  | {
      readonly kind: 'created';
      readonly endpoint: EndpointFields;
      readonly requestId: string;
      /** Whether somebody watches the region, and tells the run when the endpoint changes. */
      readonly watched?: true;
    }
  | {
      readonly kind: 'adopted';
      readonly endpoint: ListedVpcEndpoint;
      /** Whether it is certain that this run made it, and no earlier one. */
      readonly madeHere?: boolean;
    }
  | {
      readonly kind: 'differs';
      readonly endpointId: string;
      readonly differences: readonly Difference[];
      /** Found by its name and not by our tags. */
      readonly byName?: boolean;
    }
  | { readonly kind: 'deleting'; readonly endpointId: string }
  | {
      readonly kind: 'inTheWay';
      readonly endpointIds: readonly string[];
      /** `ifExists` is "fail"; or another workflow made it; or several have the name. */
      readonly why: 'notAllowed' | 'anotherWorkflow' | 'ambiguous';
      /** Whether a call of this run may have been executed all the same. */
      readonly afterUnknownOutcome: boolean;
    }
  | {
      readonly kind: 'absenceInDoubt';
      readonly earlier: EarlierRuns;
      /** Whether an attempt of this activity, too, ended without our knowing its outcome. */
      readonly afterUnknownOutcome?: boolean;
    }
  | {
      readonly kind: 'refused';
      readonly refusal: Refusal;
      /** Whether something may exist all the same: an earlier attempt of this epoch, or an earlier run, left it open. */
      readonly afterUnknownOutcome: boolean;
    }
  | { readonly kind: 'dryRunPassed'; readonly requestId?: string }
  /** With `lookOnly`: nothing carries our tags, and no earlier run can have left anything. */
  | { readonly kind: 'absent' }
);

/**
 * Make one endpoint, or find the one that this workflow id made before.
 *
 * Looks up by our tags before a first create and before each attempt whose predecessor may have been executed, and by
 * name where any endpoint of the name may be adopted; only absence creates. Every attempt sends the same client token. A definite refusal is returned, because the workflow
 * decides what follows; whatever may have happened, or was rejected before execution, is thrown and repeated.
 */
export function createCreateEndpoint(deps: ActivityDependencies) {
  const random = deps.random ?? Math.random;
  return async function createEndpoint(input: CreateInput): Promise<CreateOutcome> {
    const { account, request, owner, dryRun, ifExists } = input.provision;
    const api = deps.privateLink(account, request.RegionId);
    const memory = new ActivityMemory();
    const attempts = () => memory.current.log;

    return memory.whileBeating(async () => {
      const mayHaveExecuted = input.inDoubt === true || memory.current.mayHaveExecuted;
      const inDoubt = !dryRun && input.lookOnly !== true && mayHaveExecuted;
      const { refusal } = memory.current;
      if (refusal !== undefined) return lookAfter(refusal, inDoubt);
      const unchecked = input.absence === 'unchecked' && !memory.current.absenceChecked;
      if (owner !== undefined && !dryRun && (inDoubt || unchecked)) {
        const found = await lookUp(api, request, owner, memory, deps.lookUps).catch((error: unknown) => {
          // What may have been sent is looked for until the deadline: keys get repaired.
          if (inDoubt) throw readAgain(error, memory, random);
          return refusedLookUp(error);
        });
        if (found.kind === 'refused') return { ...found, attempts: attempts() };
        const outcome = await settled(found, inDoubt);
        if (outcome !== undefined) return { ...outcome, attempts: attempts() };
        if (unchecked) {
          const earlier = await earlierRuns();
          if (earlier.inDoubt) {
            return { kind: 'absenceInDoubt', earlier, afterUnknownOutcome: inDoubt, attempts: attempts() };
          }
          memory.set({ absenceChecked: true });
          if (input.lookOnly === true) return { kind: 'absent', attempts: attempts() };
        }
      }

      if (!dryRun && !memory.current.nameChecked) {
        const outcome = await adoptByName(inDoubt).catch((error: unknown) => {
          if (inDoubt) throw readAgain(error, memory, random);
          return refusedLookUp(error);
        });
        if (outcome !== undefined) return { ...outcome, attempts: attempts() };
        memory.set({ nameChecked: true });
      }

      const watched = dryRun ? undefined : expectWatch();
      stopIfGivenUp(memory);
      memory.set({ mayHaveExecuted: true });
      try {
        const endpoint = await api.createVpcEndpoint(createParameters(input.provision, input.clientToken));
        memory.record('CreateVpcEndpoint', 'Accepted', endpoint.RequestId);
        const isWatched = (await watched) === true;
        return {
          kind: 'created',
          endpoint,
          requestId: endpoint.RequestId,
          ...(isWatched ? { watched: true } : {}),
          attempts: attempts(),
        };
      } catch (error) {
        if (!(error instanceof PrivateLinkError)) throw error;
        memory.record('CreateVpcEndpoint', error.code, error.requestId);
        switch (error.class) {
          case 'dryRunPassed': {
            // An answer to a question that was not asked.
            if (!dryRun) break;
            const id = error.requestId === undefined ? {} : { requestId: error.requestId };
            return { kind: 'dryRunPassed', ...id, attempts: attempts() };
          }
          case 'unknown':
          case 'inFlight':
            throw repeatLater(error, memory, random);
          case 'throttled':
            if (memory.isFirstWarning('throttled')) {
              log.warn('Throttled; the call is repeated until the deadline', { code: error.code });
            }
            memory.set({ mayHaveExecuted: inDoubt });
            throw repeatLater(error, memory, random);
          case 'exists':
          case 'tokenReuse':
            memory.set({ mayHaveExecuted: inDoubt });
            // A dry run makes nothing, so nothing that exists is its own: its report says what there is.
            if (dryRun) break;
            return lookAfter(refusalOf(error, request), inDoubt);
          default:
            break;
        }
        return {
          kind: 'refused',
          refusal: refusalOf(error, request),
          afterUnknownOutcome: inDoubt,
          attempts: attempts(),
        };
      }
    });

    /**
     * Look for what the service says to exist. A look that fails is repeated by another attempt, which does not send the
     * refused call again.
     */
    async function lookAfter(refusal: Refusal, inDoubt: boolean): Promise<CreateOutcome> {
      memory.set({ refusal });
      if (owner !== undefined) {
        const found = await orRepeat(memory, random, () => lookUp(api, request, owner, memory, deps.lookUps));
        const outcome = await settled(found, inDoubt);
        if (outcome !== undefined) return { ...outcome, attempts: attempts() };
      }
      if (refusal.class === 'exists') {
        const outcome = await orRepeat(memory, random, () => adoptByName(inDoubt));
        if (outcome !== undefined) return { ...outcome, attempts: attempts() };
      }
      return { kind: 'refused', refusal, afterUnknownOutcome: inDoubt, attempts: attempts() };
    }

    /**
     * What a look-up by our tags settles, by the rules of `ifExists`.
     *
     * @param mayBeThisRun - Whether a call of this run may have made what was found.
     */
    async function settled(found: LookUpReading, mayBeThisRun: boolean) {
      const outcome = adoption(found, mayBeThisRun || memory.current.absenceChecked);
      if (outcome?.kind !== 'adopted') return outcome;
      if (mayBeThisRun && (await isMadeHere())) return { ...outcome, madeHere: true } as const;
      if (ifExists !== 'fail' || (mayBeThisRun && memory.current.absenceChecked)) return outcome;
      const endpointIds = [outcome.endpoint.EndpointId];
      return { kind: 'inTheWay', why: 'notAllowed', endpointIds, afterUnknownOutcome: mayBeThisRun } as const;
    }

    /** Whether what a call of this run may have made cannot be an earlier run's, which a List may show late. */
    async function isMadeHere(): Promise<boolean> {
      if (input.absence !== 'unchecked') return true;
      return !(await earlierRuns()).inDoubt;
    }

    /** A look-up that failed before anything was sent: what is wrong for it is wrong for the create call, and ends it. */
    async function refusedLookUp(error: unknown) {
      if (!endsCreate(error)) throw readAgain(error, memory, random);
      memory.record(error.answer.action, error.code, error.requestId);
      const earlier = await earlierRuns();
      return { kind: 'refused', refusal: refusalOf(error, request), afterUnknownOutcome: earlier.inDoubt } as const;
    }

    /** Goes on beside the create call, so that a watcher that has to be started is there sooner. */
    function expectWatch(): Promise<boolean> | undefined {
      const { watch } = input.provision;
      if (watch === undefined || owner === undefined) return undefined;
      const { taskQueue, activityTaskQueue } = watch;
      const { installation } = owner;
      return deps.watch?.expect({
        taskQueue,
        isRepeated: attempts().some(({ action }) => action === 'CreateVpcEndpoint'),
        watch: { account, RegionId: request.RegionId, activityTaskQueue, installation },
      });
    }

    async function adoptByName(inDoubt: boolean) {
      const { EndpointName } = request;
      if (ifExists !== 'adopt' || EndpointName === undefined) return undefined;
      const { RegionId, VpcId } = request;
      const listed = await listAll(api, { RegionId, VpcId, EndpointName }, memory);
      const reading = readByName(request, EndpointName, owner, listed);
      switch (reading.kind) {
        case 'absent':
          return undefined;
        case 'fits':
          return { kind: 'adopted', endpoint: reading.endpoint } as const;
        case 'differs':
          return { ...differing(reading), byName: true } as const;
        case 'anotherWorkflow':
        case 'ambiguous':
          return {
            kind: 'inTheWay',
            why: reading.kind,
            endpointIds: reading.endpointIds,
            afterUnknownOutcome: inDoubt,
          } as const;
      }
    }

    async function earlierRuns(): Promise<EarlierRuns> {
      const execution = activityInfo().workflowExecution;
      if (execution === undefined) return { inDoubt: true };
      try {
        return await (deps.findEarlierRuns ?? findEarlierRuns)(execution.workflowId, execution.runId);
      } catch (error) {
        // The server did not tell. Nothing was sent, and the next attempt asks again.
        memory.handOver();
        throw error;
      }
    }
  };
}

/** Whether a refusal ends a create at once, whichever of its calls it answers. */
function endsCreate(error: unknown): error is PrivateLinkError {
  return error instanceof PrivateLinkError && (error.class === 'invalid' || error.class === 'denied');
}

/**
 * Nothing is sent any more once the run or the worker gives up, or the engine gave up on this attempt: whoever waits for
 * a late effect counts on a frozen process not to send its call when it wakes up.
 */
export function stopIfGivenUp(memory: ActivityMemory): void {
  if (Context.current().cancellationSignal.aborted) throw new CancelledFailure('Cancelled before the call was sent');
  if (memory.isOverdue) {
    throw ApplicationFailure.retryable('This attempt is older than it may be: nothing was sent', 'Overdue');
  }
}

function refusalOf(error: PrivateLinkError, request: Provision['request']): Refusal {
  const { parkAtMostMs, elseClass } = catalogueEntry(error.code) ?? {};
  return {
    ...failedCall(error, request),
    message: error.message,
    ...(parkAtMostMs === undefined ? {} : { parkAtMostMs }),
    ...(elseClass === undefined ? {} : { elseClass }),
  };
}
