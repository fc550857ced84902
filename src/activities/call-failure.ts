import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { backoffDelayMs, clamp, fullJitterDelayMs } from '../model/poll-schedule.js';
import type { AttemptRecord, LastSeen } from '../contract/result.js';
import type { PrivateLinkError } from '../privatelink/port.js';
import type { ActivityMemory } from './attempt-memory.js';

/** What the last attempt before a deadline tells the workflow: first entry of the details of its failure. */
export interface LastWord {
  readonly lastSeen?: LastSeen;
  /** Its last calls. Mutable state keeps 2 KiB of a failure without a warning: the whole log is in the heartbeat details. */
  readonly attempts: readonly AttemptRecord[];
}

/** First entry of the details of an attempt that is to be repeated: what the engine shows as its last failure. */
export interface RepeatedCall extends LastWord {
  readonly class: string;
  readonly code: string;
  readonly requestId?: string;
}

const THROTTLED = { initialIntervalMs: 1_000, backoffCoefficient: 2, maximumIntervalMs: 60_000 };
const UNKNOWN = { initialIntervalMs: 1_000, backoffCoefficient: 2, maximumIntervalMs: 30_000 };
/** Keys and policies get repaired by people. */
const REPAIRED_BY_PEOPLE_MS = 60_000;

/** Longest wait that a hint of the service may ask for. */
const MAX_HINT_MS = 300_000;

/** What an attempt leaves in its failure. */
export function lastWord({ current: { log, lastSeen } }: ActivityMemory): LastWord {
  return { attempts: log.slice(-3), ...(lastSeen === undefined ? {} : { lastSeen }) };
}

/**
 * Settle an attempt whose call failed, and turn it into a failure that makes the engine repeat it, after a delay that
 * suits the error.
 *
 * It carries code and RequestId in its message, because the engine's own command line shows nothing else of it.
 */
export function repeatLater(error: PrivateLinkError, memory: ActivityMemory, random: () => number): ApplicationFailure {
  memory.handOver();
  const expected = error.class === 'throttled' || error.class === 'inFlight';
  return ApplicationFailure.create({
    type: error.class,
    message: error.message,
    nextRetryDelay: delayMs(error, random),
    ...(expected ? { category: ApplicationFailureCategory.BENIGN } : {}),
    details: [
      {
        class: error.class,
        code: error.code,
        ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
        ...lastWord(memory),
      } satisfies RepeatedCall,
    ],
  });
}

function delayMs(error: PrivateLinkError, random: () => number): number {
  const { attempt } = activityInfo();
  const hint = error.answer.retryAfterMs;
  switch (error.class) {
    case 'throttled':
      return hint === undefined
        ? fullJitterDelayMs(THROTTLED, attempt, random())
        : Math.round(clamp(hint, 1, MAX_HINT_MS) + 1_000 * random());
    case 'unknown':
    case 'inFlight':
      return backoffDelayMs(UNKNOWN, attempt, random());
    default:
      return Math.round(REPAIRED_BY_PEOPLE_MS * (0.8 + 0.4 * random()));
  }
}
