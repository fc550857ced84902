/**
 * A length of time as callers write it: a whole positive number and one unit, such as `500ms`, `30s`, `10m`, `24h`, `7d`.
 * Every duration of the contract, of the command line and of the configuration has this one form.
 */
export type DurationText = string;

/** What a {@link DurationText} looks like. */
export const DURATION_PATTERN = /^[1-9]\d*(ms|s|m|h|d)$/;

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Longest accepted duration, about ten years: beyond it a deadline says nothing, and timers of the engine end near there. */
export const MAX_DURATION_MS = 3_650 * UNIT_MS.d;

/** Say what is wrong with a duration, or `undefined` when nothing is. */
export function durationProblem(value: unknown): string | undefined {
  const wanted = 'a duration such as "30s", "10m" or "24h" (a whole number and one of ms, s, m, h, d)';
  if (typeof value !== 'string' || !DURATION_PATTERN.test(value)) {
    return `expected ${wanted}`;
  }
  return toMs(value) > MAX_DURATION_MS ? 'is longer than the longest accepted duration, 3650d' : undefined;
}

/**
 * Read a duration in milliseconds.
 *
 * @throws RangeError - The text is not a duration; callers check first with {@link durationProblem}.
 */
export function durationMs(value: DurationText): number {
  const problem = durationProblem(value);
  if (problem !== undefined) {
    throw new RangeError(`"${value}": ${problem}`);
  }
  return toMs(value);
}

/** Write milliseconds for a reader: the two largest units, such as `2h 5m`, `42s`, `350ms`. */
export function formatMs(ms: number): string {
  if (Math.round(ms) < 1_000) return `${Math.max(0, Math.round(ms))}ms`;
  let seconds = Math.round(ms / 1_000);
  const parts: string[] = [];
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.slice(0, 2).join(' ');
}

function toMs(value: string): number {
  const unit = /[a-z]+$/.exec(value)?.[0] as keyof typeof UNIT_MS;
  return Number.parseInt(value, 10) * UNIT_MS[unit];
}
