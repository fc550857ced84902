/** Read partitions of a task queue, unless a server is configured otherwise. Each has a share of the rate, and a burst. */
const PARTITIONS = 4;

/**
 * The rate to ask the engine for so that no 60 s see more than so many calls.
 *
 * The engine lets a second's worth of calls through at once after a pause, at least one for each partition of the queue:
 * 60 seconds can see 61 seconds' worth and one call for each partition.
 *
 * @param perMinute - More than {@link PARTITIONS}.
 */
export function createsPerSecond(perMinute: number): number {
  return (perMinute - PARTITIONS) / 61;
}
