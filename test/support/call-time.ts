import type { CallClock } from '../../src/activities/call-queue.js';

/** The time of a process, which passes when a test says so. */
export function callTime() {
  let nowMs = 0;
  const timers: { atMs: number; then: () => void }[] = [];
  const clock: CallClock = {
    now: () => nowMs,
    after: (delayMs, then) => timers.push({ atMs: nowMs + delayMs, then }),
  };
  return {
    clock,
    /** Let time pass, and what falls due in it happen. */
    pass: async (ms: number) => {
      const untilMs = nowMs + ms;
      for (;;) {
        await settle();
        timers.sort((a, b) => a.atMs - b.atMs);
        const [next] = timers;
        if (next === undefined || next.atMs > untilMs) break;
        timers.shift();
        nowMs = Math.max(nowMs, next.atMs);
        next.then();
      }
      nowMs = untilMs;
      await settle();
    },
  };
}

/** Let every promise that can go on do so. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
