import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  setHandler,
} from '@temporalio/workflow';
import { acceptanceSignal } from '../contract/accept-lane.js';
import type { ProvisionInput } from '../contract/input.js';
import type { ToldFailure } from '../contract/messages.js';
import type { FailureDetails, FailureType, ProvisionResult } from '../contract/result.js';
import type { Provision } from '../activities/index.js';
import { acceptEndpoint, type Progress } from './accept-endpoint.js';
import { Acceptance } from './acceptance.js';
import { parseInput } from './activity-policies.js';
import { continuationOf, continueRun, type Continuation } from './continuation.js';
import { reportDryRun } from './dry-run.js';
import { invalidInput } from './failures.js';
import { failedEntry, fleetEntry, startFleetRecord } from './fleet-record.js';
import { notifyAll } from './notify.js';
import { RunControls } from './run-controls.js';
import { now, RunState } from './run-state.js';
import { settleCancelled } from './settle-cancelled.js';
import { undoFailed } from './undo.js';
import { waitUntilActive, waitUntilConnected } from './wait-until.js';

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
  const controls = new RunControls(run);
  const acceptance = new Acceptance(run);
  let provision = continued && controls.begin(continued.provision);
  controls.register();
  setHandler(acceptanceSignal, (notice) => acceptance.hear(notice), {
    description: 'What became of the connection that accept/<account> was asked for',
  });

  try {
    const checked = provision ?? controls.begin(await checkedInput(run, input));
    provision = checked;
    run.fleet = startFleetRecord(checked.fleet, fleetEntry(checked), continued?.memory);
    const once = () =>
      provisionOnce(run, checked, acceptance, continued?.progress, (progress) => {
        run.continues();
        return continueRun(input, { provision: checked, memory: run.memory, progress });
      });
    const result = checked.dryRun ? await reportDryRun(run, checked, once) : await once();
    run.enter('ready', 'nothing');
    if (result.outcome === 'dryRunPassed') run.end({ state: 'ended', outcome: result.outcome });
    await shielded(() => notifyAll(checked, { outcome: 'ready', result }));
    await allAnswered();
    return result;
  } catch (error) {
    run.isEnding = true;
    const target = provision;
    if (isCancellation(error)) {
      await shielded(async () => {
        await acceptance.withdraw();
        await settleCancelled(run, target);
        run.end({ state: 'ended', outcome: 'cancelled' });
        if (target !== undefined) await notifyAll(target, { outcome: 'cancelled' });
        await allAnswered();
      });
    } else if (error instanceof ApplicationFailure) {
      await shielded(() => acceptance.withdraw());
      const final = target === undefined ? error : await shielded(() => undoFailed(run, target, error));
      run.fleet?.learn(failedEntry(final));
      run.enter('failed', `nothing: ${final.message}`);
      const failure = told(final);
      run.end({ state: 'ended', outcome: 'failed', failure });
      if (target !== undefined) await shielded(() => notifyAll(target, { outcome: 'failed', failure }));
      await allAnswered();
      throw final;
    }
    throw error;
  }
}

/** Whoever waits for an answer has one by now, and a closed run would take it with it. */
function allAnswered(): Promise<void> {
  return shielded(() => condition(allHandlersFinished));
}

function told({ type, message, details }: ApplicationFailure): ToldFailure {
  return { type: type as FailureType, message, details: (details?.[0] ?? {}) as FailureDetails };
}

async function checkedInput(run: RunState, input: ProvisionInput): Promise<Provision> {
  const parsed = await parseInput(input);
  if (parsed.ok) return parsed.provision;
  run.fleet = startFleetRecord(parsed.fleet, {});
  throw invalidInput(parsed.problems);
}

async function provisionOnce(
  run: RunState,
  provision: Provision,
  acceptance: Acceptance,
  progress: Progress | undefined,
  continueAsNew: (progress: Progress) => Promise<never>,
): Promise<ProvisionResult> {
  const accepted = await acceptEndpoint(run, provision, progress, continueAsNew);
  if (accepted.kind === 'dryRunPassed') {
    return { outcome: 'dryRunPassed', zones: [], times: {}, attempts: run.attempts };
  }
  const { endpoint, zones, ...times } = await untilReady(run, provision, acceptance, accepted.endpoint.EndpointId);
  return {
    outcome: accepted.kind,
    endpoint,
    zones,
    create: {
      ClientToken: accepted.clientToken,
      epoch: accepted.epoch,
      ...(accepted.requestId === undefined ? {} : { RequestId: accepted.requestId }),
    },
    times: { ...times, ...(run.acceptedAt === undefined ? {} : { acceptedAt: run.acceptedAt }) },
    attempts: run.attempts,
  };
}

/** Wait for the goal of the run. Callers may change the goal meanwhile; then the endpoint is looked at anew. */
async function untilReady(run: RunState, provision: Provision, acceptance: Acceptance, endpointId: string) {
  let activeAt: string | undefined;
  for (;;) {
    const active = await waitUntilActive(run, provision, endpointId);
    activeAt ??= now();
    if (provision.until !== 'Connected') return { ...active, activeAt };
    const connected = await waitUntilConnected(run, provision, active.endpoint, acceptance);
    // Whoever accepted it: the lane must not do so again, should its owner close it later.
    await shielded(() => acceptance.withdraw());
    if (connected !== 'goalChanged') return { ...connected, activeAt, connectedAt: now() };
  }
}

/** Run something that a cancellation must not cut off. */
function shielded<Result>(work: () => Promise<Result>): Promise<Result> {
  return CancellationScope.nonCancellable(work);
}
