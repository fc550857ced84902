/**
 * How long something takes: always so many milliseconds, evenly drawn between two bounds, or drawn from a lognormal
 * distribution with that median and 95th percentile. No page of PrivateLink gives a duration.
 */
export type Duration =
  number | readonly [min: number, max: number] | { readonly medianMs: number; readonly p95Ms: number };

/** 95th percentile of the standard normal distribution. */
const P95 = 1.6449;

/** Nothing takes longer than ten years: what is later than the last day that dates have cannot be told. */
export const MAX_DURATION_MS = 10 * 366 * 24 * 60 * 60_000;

/** Draw a duration, whole milliseconds. The same numbers of the random source give the same duration. */
export function drawMs(duration: Duration, random: () => number): number {
  if (typeof duration === 'number') return duration;
  if (!('medianMs' in duration)) {
    const [min, max] = duration;
    return Math.round(min + (max - min) * random());
  }
  const { medianMs, p95Ms } = duration;
  if (medianMs === 0) return 0;
  const sigma = Math.log(p95Ms / medianMs) / P95;
  return Math.min(MAX_DURATION_MS, Math.round(medianMs * Math.exp(sigma * normal(random))));
}

/**
 * Read a duration that came as JSON.
 *
 * @throws TypeError - It is none; the message names it.
 */
export function parseDuration(value: unknown, name: string): Duration {
  if (isTime(value)) return value;
  if (Array.isArray(value)) {
    const [min, max] = value as unknown[];
    if (value.length === 2 && isTime(min) && isTime(max) && min <= max) return [min, max];
    throw new TypeError(`${name} is a number of milliseconds, or two in rising order, up to ${MAX_DURATION_MS}`);
  }
  if (typeof value === 'object' && value !== null) {
    const { medianMs, p95Ms, ...rest } = value as Record<string, unknown>;
    const unknown = Object.keys(rest)[0];
    if (unknown !== undefined) throw new TypeError(`${name} has no ${unknown}`);
    if (isTime(medianMs) && isTime(p95Ms) && medianMs <= p95Ms) return { medianMs, p95Ms };
    throw new TypeError(`${name} takes medianMs and p95Ms, in rising order, up to ${MAX_DURATION_MS}`);
  }
  throw new TypeError(`${name} is not a number from 0 to ${MAX_DURATION_MS}`);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MAX_DURATION_MS;
}

/** A number of the standard normal distribution, by the method of Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
