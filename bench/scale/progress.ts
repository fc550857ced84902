import { setTimeout as pause } from 'node:timers/promises';

/** Tell people how far it is; the report goes to standard output. */
export function say(text: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
}

/** Do something for each run, so many at a time. */
export async function inFlight(runs: Iterable<number>, atATime: number, act: (run: number) => Promise<unknown>) {
  const queue = [...runs].reverse();
  const worker = async () => {
    for (let run = queue.pop(); run !== undefined; run = queue.pop()) await act(run);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}

/** Whole numbers from one up to, but not including, another. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

/** @throws Error - It did not hold in time. */
export async function until(what: string, withinMs: number, holds: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(`Not within ${Math.round(withinMs / 1_000)} s: ${what}`);
    await pause(1_000);
  }
}

/** Resolves at a moment of `performance.now()`. */
export async function at(momentMs: number): Promise<void> {
  await pause(Math.max(0, momentMs - performance.now()));
}
