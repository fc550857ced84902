/** Read partitions of a task queue, unless a server is configured otherwise. Each has a share of the rate, and a burst. */
const PARTITIONS = 4;

/** A minute, a second's worth that was saved up, and another one for calls that are delayed. */
const SHARED_BY = 62;

/**
 * The rate to ask the engine for so that no 60 s see more than so many calls.
 *
 * The engine lets a second's worth of calls through at once after a pause, at least one for each partition of the queue.
 * It paces the handing out of a call, which goes out later on a busy machine: one second's worth is kept free for that.
 *
 * @param perMinute - More than {@link PARTITIONS}.
 */
export function callsPerSecond(perMinute: number): number {
  return (perMinute - PARTITIONS) / SHARED_BY;
}
