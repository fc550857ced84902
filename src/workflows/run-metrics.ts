import { metricMeter, type ApplicationFailure } from '@temporalio/workflow';
import type { ErrorClass } from '../model/error-class.js';
import type { CancelOutcome, FailureDetails, ProvisionResult } from '../contract/result.js';
import type { Provision } from '../activities/index.js';

/*
 * Metrics of runs. They go out through the engine's sink and not while a history is replayed, and leave nothing in it. Labels
 * take few values: account, region, and names of ours; never an id.
 */

/** Where a run belongs; empty where its input was refused. */
function place(provision: Provision | undefined): { account: string; region: string } {
  return { account: provision?.account ?? '', region: provision?.request.RegionId ?? '' };
}

/** A run ended well. */
export function countReady(provision: Provision, { outcome, times }: ProvisionResult): void {
  countEnd({ ...place(provision), outcome, type: '', class: '' });
  const { acceptedAt, activeAt } = times;
  // One that was found may have been Active long before.
  if (outcome !== 'created' || acceptedAt === undefined || activeAt === undefined) return;
  metricMeter
    .createHistogram(
      'pvl_time_to_active',
      'int',
      'ms',
      'From the answer of the create call until the run knew it Active',
    )
    .record(Math.max(0, Date.parse(activeAt) - Date.parse(acceptedAt)), place(provision));
}

/** A run ended with a typed failure. */
export function countFailed(provision: Provision | undefined, { type, details }: ApplicationFailure): void {
  const [told] = (details ?? []) as [Partial<FailureDetails>?];
  // Of the failures only a wrong input has no class.
  countEnd({ ...place(provision), outcome: 'failed', type: type ?? '', class: told?.class ?? 'invalid' });
  if (told?.endpointMayExist === true) countLeftover(provision, 'failed');
}

/** A run was cancelled. */
export function countCancelled(provision: Provision | undefined, { outcome }: CancelOutcome): void {
  countEnd({ ...place(provision), outcome: 'cancelled', type: '', class: '' });
  if (outcome === 'kept' || outcome === 'unknown') countLeftover(provision, 'cancelled');
}

/** A run pauses because the service refused. */
export function countParked(provision: Provision, errorClass: ErrorClass): void {
  metricMeter
    .createCounter('pvl_parks', 'pauses', 'Pauses of runs that the service refused')
    .add(1, { ...place(provision), class: errorClass });
}

function countEnd(labels: Readonly<Record<'account' | 'region' | 'outcome' | 'type' | 'class', string>>): void {
  metricMeter.createCounter('pvl_runs_ended', 'runs', 'Provisions that have ended').add(1, labels);
}

/** @param after - How the run ended that leaves an endpoint behind, or may do so. */
function countLeftover(provision: Provision | undefined, after: 'failed' | 'cancelled'): void {
  metricMeter
    .createCounter('pvl_leftovers', 'runs', 'Runs that did not end ready, and leave an endpoint or may do so')
    .add(1, { ...place(provision), after });
}
