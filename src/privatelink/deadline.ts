/** Longest timer that Node.js keeps; a longer one fires at once. */
export const MAX_TIMER_MS = 2_147_483_647;

/**
 * Run work under a deadline, and leave no timer behind.
 *
 * @param work - Gets a signal that fires at the deadline. It is not waited for after that.
 * @param late - Makes the error for a deadline that passed first.
 */
export async function withDeadline<T>(
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  late: () => Error,
): Promise<T> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // Rejected first, so that this error wins over the one that the abort causes.
      reject(late());
      abort.abort();
    }, ms);
  });
  try {
    return await Promise.race([work(abort.signal), deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** Check a time limit: whole milliseconds that a timer can hold. @throws RangeError */
export function checkedTimeoutMs(name: string, ms: number): number {
  if (!Number.isInteger(ms) || ms < 1 || ms > MAX_TIMER_MS) {
    throw new RangeError(`${name} must be a whole number of milliseconds from 1 to ${MAX_TIMER_MS}, not ${ms}`);
  }
  return ms;
}
