import { asyncLocalStorage } from '@temporalio/activity';

/**
 * The clock of the run whose activity asks: the moment for which the engine scheduled its attempt. Elsewhere the real one.
 *
 * For a twin in the process of the worker: it then lives through the virtual hours of whoever calls it, so that "the quota
 * frees after 3 hours" is 3 hours of the run. Give each run a region of its own, since each brings its own clock.
 */
export function runClock(): number {
  return asyncLocalStorage.getStore()?.info.currentAttemptScheduledTimestampMs ?? Date.now();
}
