import { allHandlersFinished, ApplicationFailure, condition, isCancellation, setHandler } from '@temporalio/workflow';
import { acceptanceSignal } from '../contract/accept-lane.js';
import { changedSignal, type ChangedNotice } from '../contract/watch.js';
import type { ProvisionInput } from '../contract/input.js';
import type { ProvisionResult } from '../contract/result.js';
import type { Provision } from '../activities/index.js';
import { acceptEndpoint, type Accepted, type Progress } from './accept-endpoint.js';
import { Acceptance } from './acceptance.js';
import { parseInput } from './activity-policies.js';
import { continuationOf, continueRun, type Continuation } from './continuation.js';
import { reportDryRun } from './dry-run.js';
import { invalidInput, told } from './failures.js';
import { failedEntry, fleetEntry, startFleetRecord } from './fleet-record.js';
import { notifyAll } from './notify.js';
import { Nudges } from './nudges.js';
import { countCancelled, countFailed, countReady } from './run-metrics.js';
import { RunControls } from './run-controls.js';
import { now, RunState } from './run-state.js';
import { settleCancelled } from './settle-cancelled.js';
import { shielded } from './shielded.js';
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
  const nudges = new Nudges();
  let provision = continued && controls.begin(continued.provision);
  controls.register();
  setHandler(acceptanceSignal, (notice) => acceptance.hear(notice), {
    description: 'What became of the connection that accept/<account> was asked for',
  });
  // Before anything is made: the watcher may be faster than the answer of the create call.
  const hear = (notice: ChangedNotice) => {
    nudges.hear(notice);
    run.onChange();
  };
  setHandler(changedSignal, hear, { description: 'The endpoint has changed: look at it' });

  try {
    const checked = provision ?? controls.begin(await checkedInput(run, input));
    provision = checked;
    run.fleet = startFleetRecord(checked.fleet, fleetEntry(checked), continued?.memory);
    const once = () =>
      provisionOnce(run, checked, { acceptance, nudges }, continued?.progress, (progress) => {
        run.continues();
        return continueRun(input, { provision: checked, memory: run.memory, progress });
      });
    const result = checked.dryRun ? await reportDryRun(run, checked, once) : await once();
    run.enter('ready', 'nothing');
    countReady(checked, result);
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
        countCancelled(target, await settleCancelled(run, target));
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
      countFailed(target, final);
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

async function checkedInput(run: RunState, input: ProvisionInput): Promise<Provision> {
  const parsed = await parseInput(input);
  if (parsed.ok) return parsed.provision;
  run.fleet = startFleetRecord(parsed.fleet, {});
  throw invalidInput(parsed.problems);
}

/** Who tells a run that it may be worth to look. */
interface Hints {
  readonly acceptance: Acceptance;
  readonly nudges: Nudges;
}

async function provisionOnce(
  run: RunState,
  provision: Provision,
  hints: Hints,
  progress: Progress | undefined,
  continueAsNew: (progress: Progress) => Promise<never>,
): Promise<ProvisionResult> {
  const accepted = await acceptEndpoint(run, provision, progress, continueAsNew);
  if (accepted.kind === 'dryRunPassed') {
    return { outcome: 'dryRunPassed', zones: [], times: {}, attempts: run.attempts };
  }
  const { endpoint, zones, ...times } = await untilReady(run, provision, hints, accepted);
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
async function untilReady(
  run: RunState,
  provision: Provision,
  { acceptance, nudges }: Hints,
  { endpoint: { EndpointId }, watched }: Exclude<Accepted, { kind: 'dryRunPassed' }>,
) {
  let activeAt: string | undefined;
  for (;;) {
    const isFirst = activeAt === undefined;
    const active = await waitUntilActive(run, provision, nudges.of(EndpointId), { watched: watched && isFirst });
    activeAt ??= now();
    if (provision.until !== 'Connected') return { ...active, activeAt };
    const connected = await waitUntilConnected(run, provision, active.endpoint, acceptance, nudges.of(EndpointId));
    // Whoever accepted it: the lane must not do so again, should its owner close it later.
    await shielded(() => acceptance.withdraw());
    if (connected !== 'goalChanged') return { ...connected, activeAt, connectedAt: now() };
  }
}
