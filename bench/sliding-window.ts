/**
 * The most that any window of a length holds, wherever it begins.
 *
 * @param times - Milliseconds, in any order.
 * @param windowMs - Two times that are this far apart are not in one window.
 */
export function peakInWindow(times: readonly number[], windowMs: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  let peak = 0;
  let first = 0;
  for (const [last, time] of sorted.entries()) {
    while (time - (sorted[first] ?? time) >= windowMs) first += 1;
    peak = Math.max(peak, last - first + 1);
  }
  return peak;
}
