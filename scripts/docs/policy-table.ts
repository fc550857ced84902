/**
 * What each class of codes does to a run, as one table. Which class parks, ends or is repeated, how long, and as what it ends
 * is asked of the code that decides it; a unit test holds the rest to the activities.
 */
import { REPEAT_AFTER } from '../../src/activities/call-failure.js';
import { INPUT_DEFAULTS, type ParkPolicyInput } from '../../src/contract/input.js';
import { durationMs, formatMs } from '../../src/model/duration.js';
import { ERROR_CLASSES, type ErrorClass, mayHaveExecuted } from '../../src/model/error-class.js';
import { refused } from '../../src/workflows/failures.js';
import { Parking } from '../../src/workflows/parking.js';
import type { RunState } from '../../src/workflows/run-state.js';
import { code } from './markdown.js';

/** One row of the table; every field but the class is Markdown. */
export interface PolicyRow {
  readonly class: ErrorClass;
  readonly actor: string;
  readonly inCreate: string;
  readonly inWait: string;
  readonly token: string;
  readonly endsAs: string;
  readonly deadline: string;
}

/** What an attempt of the create activity does with a class. */
export const ACTIVITY_DOES = {
  repeats: ['throttled', 'unknown', 'inFlight'],
  looksUp: ['exists', 'tokenReuse'],
} as const satisfies Record<string, readonly ErrorClass[]>;

/** Long enough that no deadline cuts a pause short. */
const AMPLE_MS = durationMs('3650d');

/** Every class, in the order in which the code lists them. */
export function policyRows(): readonly PolicyRow[] {
  return (Object.keys(ERROR_CLASSES) as ErrorClass[]).map((errorClass) => ({
    class: errorClass,
    actor: actorOf(errorClass),
    inCreate: createOf(errorClass),
    inWait: waitOf(errorClass),
    token: tokenOf(errorClass),
    endsAs: endOf(errorClass),
    deadline: deadlineOf(errorClass),
  }));
}

function actorOf(errorClass: ErrorClass): string {
  if (isOneOf(ACTIVITY_DOES.repeats, errorClass)) return 'activity';
  return isOneOf(ACTIVITY_DOES.looksUp, errorClass) ? 'activity, then workflow' : 'workflow';
}

function createOf(errorClass: ErrorClass): string {
  const { throttled, unknown, maxHintMs } = REPEAT_AFTER;
  if (errorClass === 'throttled') {
    return `repeats the call, after what the service asks for (at most ${formatMs(maxHintMs)}), else up to ${formatMs(throttled.maximumIntervalMs)}`;
  }
  if (mayHaveExecuted(errorClass)) {
    return `looks by the tags, and repeats the call only on absence, after ${formatMs(unknown.initialIntervalMs)} to ${formatMs(unknown.maximumIntervalMs)}`;
  }
  if (isOneOf(ACTIVITY_DOES.looksUp, errorClass)) return 'looks by the tags, and adopts what is ours; else ends';
  if (errorClass === 'dryRunPassed') return 'a dry run has passed; a real call ends';
  const pauses = pausesOf(errorClass);
  if (pauses === undefined) return 'ends at once';
  const kind = errorClass === 'conflict' ? 'waits' : 'parks';
  return `${kind} ${formatMs(pauses.firstMs)} at first and ${formatMs(pauses.lastMs)} at last, then tries again`;
}

function waitOf(errorClass: ErrorClass): string {
  const { throttled, unknown, conflict, otherMs } = REPEAT_AFTER;
  switch (errorClass) {
    case 'throttled':
      return `repeats, after up to ${formatMs(throttled.maximumIntervalMs)}, or as the service asks`;
    case 'unknown':
    case 'inFlight':
      return `repeats, after ${formatMs(unknown.initialIntervalMs)} to ${formatMs(unknown.maximumIntervalMs)}`;
    case 'conflict':
    case 'status':
      return `repeats, after ${formatMs(conflict.initialIntervalMs)} to ${formatMs(conflict.maximumIntervalMs)}`;
    case 'absent':
      return 'a value: an endpoint that was seen and is absent twice has disappeared';
    default:
      return `repeats every ${formatMs(otherMs)}; code and since when are shown`;
  }
}

function tokenOf(errorClass: ErrorClass): string {
  if (isOneOf(ACTIVITY_DOES.repeats, errorClass)) return 'the same';
  if (pausesOf(errorClass) !== undefined) return 'next epoch';
  return errorClass === 'dryRunPassed' ? 'none is sent' : 'no further call';
}

/** Asked of the workflow's own code, so that the page cannot say anything else. */
function endOf(errorClass: ErrorClass): string {
  if (isOneOf(ACTIVITY_DOES.repeats, errorClass)) return code('DeadlineExceeded');
  const run = { attempts: [] } as unknown as RunState;
  const type = code(refused(run, refusalOf(errorClass), false).type ?? '');
  return errorClass === 'dryRunPassed' ? `${type}, unless it was a dry run` : type;
}

function deadlineOf(errorClass: ErrorClass): string {
  const accepted = `${code('timeouts.accepted')} (${INPUT_DEFAULTS.timeouts.accepted})`;
  if (errorClass === 'conflict' || isOneOf(ACTIVITY_DOES.repeats, errorClass)) return accepted;
  const pauses = pausesOf(errorClass);
  if (pauses === undefined) return 'at once';
  const given = isParkClass(errorClass) ? `${code(`retry.${errorClass}.timeout`)} ` : '';
  return given === '' ? formatMs(pauses.totalMs) : `${given}(${formatMs(pauses.totalMs)})`;
}

/**
 * How long the workflow pauses for a class before each next epoch; `undefined` where it does not. Without jitter, by the
 * defaults of the input.
 */
function pausesOf(errorClass: ErrorClass) {
  const real = Math.random;
  // The middle of what jitter spreads.
  Math.random = () => 0.5;
  try {
    const { quota, status } = INPUT_DEFAULTS.retry;
    const parking = new Parking({ park: { quota: policyOf(quota), status: policyOf(status) }, dryRun: false });
    const first = parking.pauseFor(refusalOf(errorClass), AMPLE_MS);
    if (first === undefined) return undefined;
    let last = first;
    for (let times = 0; times < 20; times += 1) last = parking.pauseFor(refusalOf(errorClass), AMPLE_MS) ?? last;
    return { firstMs: first.delayMs, lastMs: last.delayMs, totalMs: first.givesUpAtMs - first.sinceMs };
  } finally {
    Math.random = real;
  }
}

function policyOf(policy: Required<ParkPolicyInput>) {
  return {
    initialIntervalMs: durationMs(policy.initialInterval),
    backoffCoefficient: policy.backoffCoefficient,
    maximumIntervalMs: durationMs(policy.maximumInterval),
    timeoutMs: durationMs(policy.timeout),
  };
}

function refusalOf(errorClass: ErrorClass) {
  return { class: errorClass, code: '', message: '', advice: '' };
}

function isParkClass(errorClass: ErrorClass): errorClass is keyof typeof INPUT_DEFAULTS.retry {
  return Object.hasOwn(INPUT_DEFAULTS.retry, errorClass);
}

function isOneOf(classes: readonly ErrorClass[], errorClass: ErrorClass): boolean {
  return classes.includes(errorClass);
}
