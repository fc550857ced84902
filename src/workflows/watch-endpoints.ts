import {
  ActivityFailure,
  ApplicationFailure,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { watchQuery, watchSignal, type WatchInput } from '../contract/watch.js';
import { watching } from './activity-policies.js';
import { expectTexts } from './failures.js';
import { now } from './run-state.js';

/** From so many history events on the watcher goes on as a new run. */
const CONTINUE_AFTER_EVENTS = 1_000;

/** Whoever asked within this time may have an endpoint on its way that no list shows yet. */
const STAYS_AFTER_ASKED_MS = 60_000;

/**
 * Watch the endpoints of an account in a region for the runs that wait for them.
 *
 * One run for each account and region, `watch/<account>/<region>`, started by the runs that make endpoints and ended when
 * none is on its way. It only sees to it that somebody watches: that is the work of one activity, repeated for as long as it
 * is wanted. Nothing depends on it but the time after which a run sees what became of its endpoint.
 *
 * @throws ApplicationFailure `InvalidInput`; `WatchRefused` and `WatchBlind` of the activity.
 */
export async function watchVpcEndpoints(input: WatchInput): Promise<void> {
  let askedAtMs: number | undefined;
  let rounds = 0;
  setHandler(
    watchSignal,
    () => {
      askedAtMs = Date.now();
    },
    { description: 'Endpoints are being made: stay awake' },
  );
  expectTexts(input, ['account', 'RegionId', 'activityTaskQueue', 'installation']);
  const { account, RegionId } = input;
  setHandler(
    watchQuery,
    () => ({
      account,
      RegionId,
      ...(askedAtMs === undefined ? {} : { askedAt: new Date(askedAtMs).toISOString() }),
      rounds,
    }),
    { description: 'Since when the watcher is wanted; what it sees is in the heartbeat details of its activity' },
  );

  for (;;) {
    rounds += 1;
    setCurrentDetails(`- watching ${RegionId} of account ${account} since ${now()}, round ${rounds}`);
    const { kind } = await watchOnce(input);
    const askedAgoMs = Date.now() - (askedAtMs ?? 0);
    if (kind === 'idle' && askedAgoMs > STAYS_AFTER_ASKED_MS) return;
    if (workflowInfo().historyLength >= CONTINUE_AFTER_EVENTS || workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof watchVpcEndpoints>(input);
    }
  }
}

async function watchOnce(input: WatchInput) {
  try {
    return await watching(input).watchEndpoints(input);
  } catch (error) {
    // Its own words at the top: the engine's command line shows nothing else.
    const cause = error instanceof ActivityFailure ? error.cause : undefined;
    if (cause instanceof ApplicationFailure) throw ApplicationFailure.nonRetryable(cause.message, cause.type);
    throw error;
  }
}
