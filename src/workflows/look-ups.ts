import { ActivityFailure, isCancellation, sleep } from '@temporalio/workflow';
import type { FindOutcome, Provision } from '../activities/index.js';
import type { AcceptanceClock } from './acceptance-clock.js';
import { reading } from './activity-policies.js';
import type { LastAttempt } from './advice.js';
import { deadlineExceeded, isDeadline, lastAttemptOf, lastWordOf, unexpected } from './failures.js';
import type { RunState } from './run-state.js';

/** After the last send, absence counts only from this time on (inferred: a late create or a stale List). */
const QUIET_MS = 60_000;

/** Two complete scans at least this far apart prove absence. */
const SCAN_SPACING_MS = 30_000;

/** One scan that nothing waits for but the end of a run, over all its attempts. */
const SCAN_WITHIN_MS = 60_000;

/** One complete scan by our tags, under a readable activity id. */
export type Look = (activityId: string) => Promise<FindOutcome>;

/** One complete scan by our tags. */
export function scan(provision: Provision, activityId: string, withinMs = SCAN_WITHIN_MS): Promise<FindOutcome> {
  const summary = 'look for an endpoint with the tags of this workflow id';
  return reading(provision, { activityId, summary, withinMs, isUrgent: true }).findEndpoint({ provision });
}

/**
 * Scan until an endpoint of this workflow id is found, or its absence is beyond doubt.
 *
 * @param lastSendMs - When the last create call of the id may have been sent, by the engine's clock.
 */
export async function scanPatiently(
  run: RunState,
  look: Look,
  lastSendMs: number,
  phase: 'creating' | 'cleaningUp' = 'creating',
): Promise<FindOutcome> {
  const quietMs = Math.min(QUIET_MS, Math.max(0, lastSendMs + QUIET_MS - Date.now()));
  const pauses = [quietMs, SCAN_SPACING_MS];
  for (const [index, pauseMs] of pauses.entries()) {
    run.enter(phase, 'certainty that no earlier attempt left an endpoint behind', { nextLookMs: pauseMs });
    if (pauseMs > 0) await sleep(pauseMs, { summary: 'before the next look for an endpoint of this workflow id' });
    const found = await look(`find.${run.epoch}.${index + 1}`);
    if (found.kind !== 'absent') return found;
    run.addAttempts(found.attempts ?? []);
  }
  return { kind: 'absent' };
}

/** What an earlier run made may go away: it is as good as gone. */
export function passingOver(look: Look): Look {
  return async (activityId) => {
    const found = await look(activityId);
    return found.kind === 'deleting' ? { kind: 'absent', attempts: found.attempts } : found;
  };
}

/** Scans on the way to acceptance: repeated until the time for that is over, like the create call itself. */
export function lookInTime(run: RunState, provision: Provision, clock: AcceptanceClock): Look {
  const late = (lastAttempt?: LastAttempt) =>
    deadlineExceeded(run, 'accepted', clock.limitMs, provision.account, lastAttempt);
  return async (activityId) => {
    for (;;) {
      if (clock.leftMs <= 0) throw late();
      const { limitMs } = clock;
      try {
        return await clock.running(() => scan(provision, activityId, clock.leftMs));
      } catch (error) {
        if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
        run.learnFrom(lastWordOf(error));
        if (!isDeadline(error)) throw unexpected(run, error);
        // Somebody gave it more time meanwhile.
        if (clock.limitMs <= limitMs) throw late(lastAttemptOf(error));
      }
    }
  };
}

/** What exists after a deadline is better than a failure; a scan that fails too changes nothing. */
export async function lastScan(run: RunState, provision: Provision): Promise<FindOutcome | undefined> {
  try {
    const found = await scan(provision, `find.${run.epoch}.last`);
    if (found.kind === 'absent') run.addAttempts(found.attempts ?? []);
    return found;
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    run.learnFrom(lastWordOf(error));
    return undefined;
  }
}
