/** Read partitions of a task queue, unless a server is configured otherwise. Each has a share of the rate, and a burst. */
const PARTITIONS = 4;

/**
 * The rate to ask the engine for so that no 60 s see more than so many calls.
 *
 * The engine lets a second's worth of calls through at once after a pause, at least one for each partition of the queue.
 * It paces the handing out of a call, which goes out up to seconds later on a busy machine, so four seconds' worth more
 * are kept free: with none, 202 calls were seen in 60 s where 200 were allowed (docs/benchmarks.md).
 *
 * @param perMinute - More than {@link PARTITIONS}.
 */
export function createsPerSecond(perMinute: number): number {
  return (perMinute - PARTITIONS) / 65;
}
