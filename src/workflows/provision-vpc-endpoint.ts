import { ApplicationFailure, CancellationScope, isCancellation, setHandler } from '@temporalio/workflow';
import type { ProvisionInput } from '../contract/input.js';
import { retryNowUpdate, stateQuery } from '../contract/messages.js';
import type { FailureDetails, FailureType, ProvisionResult } from '../contract/result.js';
import type { Provision } from '../activities/index.js';
import { acceptEndpoint, type Progress } from './accept-endpoint.js';
import { parseInput } from './activity-policies.js';
import { continuationOf, continueRun, type Continuation } from './continuation.js';
import { reportDryRun } from './dry-run.js';
import { invalidInput } from './failures.js';
import { notifyAll } from './notify.js';
import { now, RunState } from './run-state.js';
import { settleCancelled } from './settle-cancelled.js';
import { undoFailed } from './undo.js';
import { waitUntil } from './wait-until.js';

/**
 * Turn one request into one ready VPC endpoint, or one typed failure, whatever crashes in between.
 *
 * Checks the input, has the service accept the request once, waits until the endpoint is Active, or Connected where that is
 * asked for, and tells whoever wants to know. Nothing is deleted unless the request asks for it. A later run under the same workflow id is the same request: it finds what exists.
 *
 * @param continuation - Only from the run of which this one is the continuation.
 * @throws ApplicationFailure - Of a type listed in `FAILURE_TYPES`; `details[0]` is a `FailureDetails`.
 */
export async function provisionVpcEndpoint(
  input: ProvisionInput,
  continuation?: Continuation,
): Promise<ProvisionResult> {
  const continued = continuationOf(continuation);
  const run = new RunState(continued?.memory);
  let provision = continued?.provision;
  setHandler(retryNowUpdate, () => run.wake(), {
    validator: () => run.expectParked(),
    description: 'End the pause of a parked run',
  });
  setHandler(stateQuery, () => run.snapshot(), { description: 'Where the run stands and what it waits for' });

  try {
    const checked = continued?.provision ?? (await checkedInput(input));
    provision = checked;
    const once = () =>
      provisionOnce(run, checked, continued?.progress, (progress) =>
        continueRun(input, { provision: checked, memory: run.memory, progress }),
      );
    const result = checked.dryRun ? await reportDryRun(run, checked, once) : await once();
    run.enter('ready', 'nothing');
    await shielded(() => notifyAll(checked, { outcome: 'ready', result }));
    return result;
  } catch (error) {
    if (isCancellation(error)) {
      await shielded(async () => {
        await settleCancelled(run, provision);
        if (provision !== undefined) await notifyAll(provision, { outcome: 'cancelled' });
      });
    } else if (error instanceof ApplicationFailure) {
      const target = provision;
      const final = target === undefined ? error : await shielded(() => undoFailed(run, target, error));
      run.enter('failed', `nothing: ${final.message}`);
      const failure = {
        type: final.type as FailureType,
        message: final.message,
        details: (final.details?.[0] ?? {}) as FailureDetails,
      };
      if (target !== undefined) await shielded(() => notifyAll(target, { outcome: 'failed', failure }));
      throw final;
    }
    throw error;
  }
}

async function checkedInput(input: ProvisionInput): Promise<Provision> {
  const parsed = await parseInput(input);
  if (!parsed.ok) throw invalidInput(parsed.problems);
  return parsed.provision;
}

async function provisionOnce(
  run: RunState,
  provision: Provision,
  progress: Progress | undefined,
  continueAsNew: (progress: Progress) => Promise<never>,
): Promise<ProvisionResult> {
  const accepted = await acceptEndpoint(run, provision, progress, continueAsNew);
  if (accepted.kind === 'dryRunPassed') {
    return { outcome: 'dryRunPassed', zones: [], times: {}, attempts: run.attempts };
  }
  const { EndpointId } = accepted.endpoint;
  const active = await waitUntil(run, provision, EndpointId, 'Active');
  const activeAt = now();
  const isDone = provision.until !== 'Connected';
  const ready = isDone ? active : await waitUntil(run, provision, EndpointId, 'Connected');
  return {
    outcome: accepted.kind,
    endpoint: ready.endpoint,
    zones: ready.zones,
    create: {
      ClientToken: accepted.clientToken,
      epoch: accepted.epoch,
      ...(accepted.requestId === undefined ? {} : { RequestId: accepted.requestId }),
    },
    times: {
      activeAt,
      ...(isDone ? {} : { connectedAt: now() }),
      ...(run.acceptedAt === undefined ? {} : { acceptedAt: run.acceptedAt }),
    },
    attempts: run.attempts,
  };
}

/** Run something that a cancellation must not cut off. */
function shielded<Result>(work: () => Promise<Result>): Promise<Result> {
  return CancellationScope.nonCancellable(work);
}
