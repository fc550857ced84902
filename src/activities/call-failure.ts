import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { ErrorClass } from '../model/error-class.js';
import { backoffDelayMs, clamp, delayWithin, fullJitterDelayMs } from '../model/poll-schedule.js';
import { adviceOnDenied, deniedCall, type DeniedCall, type TouchedResources } from '../model/ram-statement.js';
import type { AttemptRecord, LastSeen } from '../contract/result.js';
import { PrivateLinkError } from '../privatelink/port.js';
import type { ActivityMemory, Failing } from './attempt-memory.js';

/** A call that failed, and what to do about it. */
export interface FailedCall {
  readonly class: ErrorClass;
  readonly code: string;
  readonly requestId?: string;
  /** One sentence. */
  readonly advice: string;
  /** Where credentials or policy forbade the call. */
  readonly denied?: DeniedCall;
}

/** What the last attempt before a deadline tells the workflow: first entry of the details of its failure. */
export interface LastWord {
  readonly lastSeen?: LastSeen;
  /** Its last calls, oldest first. */
  readonly attempts: readonly AttemptRecord[];
}

/** First entry of the details of an attempt that is to be repeated: what the engine shows as its last failure. */
export interface RepeatedCall extends LastWord, FailedCall {
  /** Since when it has failed so. */
  readonly failing?: Failing;
}

/** Pauses of an attempt that is repeated, by what stood in its way. All are spread by jitter. */
export const REPEAT_AFTER = {
  /** Where the service gives no hint. */
  throttled: { initialIntervalMs: 1_000, backoffCoefficient: 2, maximumIntervalMs: 60_000 },
  unknown: { initialIntervalMs: 1_000, backoffCoefficient: 2, maximumIntervalMs: 30_000 },
  /** Another change is over in seconds. */
  conflict: { initialIntervalMs: 1_000, backoffCoefficient: 2, maximumIntervalMs: 10_000 },
  /** Anything else: keys and policies get repaired by people. */
  otherMs: 60_000,
  /** Longest wait that a hint of the service may ask for. */
  maxHintMs: 300_000,
} as const;

/** Last calls that a failure tells of which is followed by another attempt; the whole log is in the heartbeat details. */
const ATTEMPTS_IN_STATE = 3;

/** What an attempt leaves in its failure, and when the next one comes. */
export function nextTry(memory: ActivityMemory, wantedDelayMs: number): { nextRetryDelay: number; word: LastWord } {
  const { log, lastSeen } = memory.current;
  const nextRetryDelay = delayWithin(wantedDelayMs, memory.leftMs);
  // Mutable state keeps 2 KiB of a failure; only the failure that ends the activity goes into the history as it is.
  const isLast = nextRetryDelay >= memory.leftMs;
  const attempts = isLast ? log : log.slice(-ATTEMPTS_IN_STATE);
  return { nextRetryDelay, word: { attempts, ...(lastSeen === undefined ? {} : { lastSeen }) } };
}

/** What is told of a call that failed; `touched` says which resources a policy would have to name. */
export function failedCall(error: PrivateLinkError, touched: TouchedResources): FailedCall {
  const { action, accessDeniedDetail: detail } = error.answer;
  const denied = deniedCall({ action, code: error.code, detail }, touched);
  return {
    class: error.class,
    code: error.code,
    ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
    advice: denied === undefined ? error.advice : adviceOnDenied(denied, error.advice),
    ...(denied === undefined ? {} : { denied }),
  };
}

/**
 * Settle an attempt whose call failed, and turn it into a failure that makes the engine repeat it, after a delay that
 * suits the error.
 *
 * It carries code and RequestId in its message, because the engine's own command line shows nothing else of it.
 *
 * @param RegionId - Where the call went; a statement that would allow it names any region when it is left out.
 */
export function repeatLater(
  error: PrivateLinkError,
  memory: ActivityMemory,
  random: () => number,
  RegionId = '*',
): ApplicationFailure {
  memory.failedWith(error.code);
  memory.handOver();
  const { failing } = memory.current;
  const { nextRetryDelay, word } = nextTry(memory, delayMs(error, failing?.times ?? 1, random));
  const expected = ['throttled', 'inFlight', 'conflict'].includes(error.class);
  return ApplicationFailure.create({
    type: error.class,
    message: error.message,
    nextRetryDelay,
    ...(expected ? { category: ApplicationFailureCategory.BENIGN } : {}),
    details: [
      {
        ...failedCall(error, { RegionId }),
        ...(failing === undefined ? {} : { failing }),
        ...word,
      } satisfies RepeatedCall,
    ],
  });
}

/** @param times - How often in a row it has failed so. */
function delayMs(error: PrivateLinkError, times: number, random: () => number): number {
  const hint = error.answer.retryAfterMs;
  switch (error.class) {
    case 'throttled':
      return hint === undefined
        ? fullJitterDelayMs(REPEAT_AFTER.throttled, times, random())
        : Math.round(clamp(hint, 1, REPEAT_AFTER.maxHintMs) + 1_000 * random());
    case 'unknown':
    case 'inFlight':
      return backoffDelayMs(REPEAT_AFTER.unknown, times, random());
    case 'conflict':
    case 'status':
      return backoffDelayMs(REPEAT_AFTER.conflict, times, random());
    default:
      return Math.round(REPEAT_AFTER.otherMs * (0.8 + 0.4 * random()));
  }
}

/** Run reads that nothing depends on but their answers; when one fails, have the whole attempt repeated. */
export async function orRepeat<Result>(
  memory: ActivityMemory,
  random: () => number,
  read: () => Promise<Result>,
  RegionId?: string,
): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    throw readAgain(error, memory, random, RegionId);
  }
}

/** What to throw for a read that failed, to have the whole attempt repeated. */
export function readAgain(error: unknown, memory: ActivityMemory, random: () => number, RegionId?: string): unknown {
  if (!(error instanceof PrivateLinkError)) return error;
  memory.record(error.answer.action, error.code, error.requestId);
  return repeatLater(error, memory, random, RegionId);
}
