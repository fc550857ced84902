import { ActivityFailure, isCancellation, sleep } from '@temporalio/workflow';
import type { RemainingEndpoint } from '../model/remaining-endpoint.js';
import type { Deprovision, DescribeOutcome } from '../activities/index.js';
import { reading } from './activity-policies.js';
import { lastWordOf } from './failures.js';
import type { RunState } from './run-state.js';

/** What is left of an endpoint whose removal did not come to its end. */
export type Remains =
  /** Two looks did not find it. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'endpoint'; readonly endpoint: RemainingEndpoint }
  /** It could not be read. */
  | { readonly kind: 'notKnown' };

const NOT_KNOWN: Remains = { kind: 'notKnown' };

/** One look, over all its attempts. */
const LOOK_WITHIN_MS = 30_000;

/** Two looks at least this far apart prove that an endpoint that was seen is gone. */
const ABSENCE_SPACING_MS = 31_000;

/** One that was never seen may be too new to be found (inferred: reads may lag behind). */
const QUIET_MS = 61_000;

/** Read what is left of an endpoint. Never fails for what the service answers; a cancellation passes through. */
export async function lookAtRemains(run: RunState, deprovision: Deprovision): Promise<Remains> {
  const first = await look(run, deprovision);
  if (first !== 'absent') return first;
  await sleep(run.lastSeen === undefined ? QUIET_MS : ABSENCE_SPACING_MS, {
    summary: 'before the look that proves that the endpoint is gone',
  });
  const second = await look(run, deprovision);
  return second === 'absent' ? { kind: 'nothing' } : second;
}

async function look(run: RunState, deprovision: Deprovision): Promise<Remains | 'absent'> {
  const { account, endpoint } = deprovision;
  const call = {
    activityId: run.nextActivityId('last-look'),
    summary: `what is left of ${endpoint.EndpointId}`,
    withinMs: LOOK_WITHIN_MS,
  };
  try {
    const seen = await reading(deprovision, call).describeEndpoint({ account, endpoint });
    run.addAttempts(seen.attempts);
    return readingOf(run, endpoint.EndpointId, seen);
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    run.learnFrom(lastWordOf(error));
    return NOT_KNOWN;
  }
}

function readingOf(run: RunState, EndpointId: string, seen: DescribeOutcome): Remains | 'absent' {
  // A connection that is not found says nothing of the endpoint itself.
  if (seen.kind === 'absent') return seen.code === 'EndpointConnectionNotFound' ? NOT_KNOWN : 'absent';
  run.lastSeen = seen.lastSeen;
  const { EndpointStatus } = seen.endpoint;
  const zones = seen.zones.map(({ ZoneId, ZoneStatus }) => ({
    ZoneId,
    ...(ZoneStatus === undefined ? {} : { ZoneStatus }),
  }));
  return {
    kind: 'endpoint',
    endpoint: { EndpointId, ...(EndpointStatus === undefined ? {} : { EndpointStatus }), zones },
  };
}
