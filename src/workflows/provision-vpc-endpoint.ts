import { ApplicationFailure, CancellationScope, isCancellation, setHandler } from '@temporalio/workflow';
import type { ProvisionInput } from '../contract/input.js';
import { stateQuery } from '../contract/messages.js';
import type { FailureDetails, FailureType, ProvisionResult } from '../contract/result.js';
import type { Provision } from '../activities/index.js';
import { acceptEndpoint } from './accept-endpoint.js';
import { parseInput } from './activity-policies.js';
import { invalidInput } from './failures.js';
import { notifyAll } from './notify.js';
import { now, RunState } from './run-state.js';
import { settleCancelled } from './settle-cancelled.js';
import { waitUntilActive } from './wait-until-active.js';

/**
 * Turn one request into one ready VPC endpoint, or one typed failure, whatever crashes in between.
 *
 * Checks the input, has the service accept the request once, waits until the endpoint is Active, and tells whoever wants
 * to know. Nothing is ever deleted. A later run under the same workflow id is the same request: it finds what exists.
 *
 * @throws ApplicationFailure - Of a type listed in `FAILURE_TYPES`; `details[0]` is a `FailureDetails`.
 */
export async function provisionVpcEndpoint(input: ProvisionInput): Promise<ProvisionResult> {
  const run = new RunState();
  let provision: Provision | undefined;
  setHandler(stateQuery, () => run.snapshot(), { description: 'Where the run stands and what it waits for' });

  try {
    const parsed = await parseInput(input);
    if (!parsed.ok) throw invalidInput(parsed.problems);
    provision = parsed.provision;

    const result = await provisionOnce(run, provision);
    run.enter('ready', 'nothing');
    await shielded(() => notifyAll(parsed.provision, { outcome: 'ready', result }));
    return result;
  } catch (error) {
    if (isCancellation(error)) {
      await shielded(async () => {
        await settleCancelled(run, provision);
        if (provision !== undefined) await notifyAll(provision, { outcome: 'cancelled' });
      });
    } else if (error instanceof ApplicationFailure) {
      run.enter('failed', `nothing: ${error.message}`);
      const failure = {
        type: error.type as FailureType,
        message: error.message,
        details: (error.details?.[0] ?? {}) as FailureDetails,
      };
      const target = provision;
      if (target !== undefined) await shielded(() => notifyAll(target, { outcome: 'failed', failure }));
    }
    throw error;
  }
}

async function provisionOnce(run: RunState, provision: Provision): Promise<ProvisionResult> {
  const accepted = await acceptEndpoint(run, provision);
  if (accepted.kind === 'dryRunPassed') {
    return { outcome: 'dryRunPassed', zones: [], times: {}, attempts: run.attempts };
  }
  const ready = await waitUntilActive(run, provision, accepted.endpoint.EndpointId);
  return {
    outcome: accepted.kind,
    endpoint: ready.endpoint,
    zones: ready.zones,
    create: {
      ClientToken: accepted.clientToken,
      epoch: accepted.epoch,
      ...(accepted.requestId === undefined ? {} : { RequestId: accepted.requestId }),
    },
    times: { activeAt: now(), ...(run.acceptedAt === undefined ? {} : { acceptedAt: run.acceptedAt }) },
    attempts: run.attempts,
  };
}

/** Run something that a cancellation must not cut off. */
function shielded<Result>(work: () => Promise<Result>): Promise<Result> {
  return CancellationScope.nonCancellable(work);
}
