import { condition, defineSignal, proxyActivities, setHandler, sleep } from '@temporalio/workflow';

/* Workflows that show what the virtual-time server does, apart from the product's own. */

const THIRTY_DAYS_MS = 30 * 86_400_000;

/** What a workflow here asks of the outside. */
export interface SmokeActivities {
  answer(): Promise<string>;
}

/** The signal that {@link waitForGo} waits for. */
export const goSignal = defineSignal('go');

const { answer } = proxyActivities<SmokeActivities>({ startToCloseTimeout: '5s', scheduleToCloseTimeout: '1h' });

/** Sleep for 30 days and return how many milliseconds passed on the workflow's clock. */
export async function sleepThirtyDays(): Promise<number> {
  const start = Date.now();
  await sleep(THIRTY_DAYS_MS);
  return Date.now() - start;
}

/** Run an activity that fails at first, and return its answer and what passed on the workflow's clock. */
export async function retryUntilAnswered(): Promise<{ answer: string; elapsedMs: number }> {
  const start = Date.now();
  return { answer: await answer(), elapsedMs: Date.now() - start };
}

/** Wait at most an hour for {@link goSignal}. */
export async function waitForGo(): Promise<'signalled' | 'timedOut'> {
  let gone = false;
  setHandler(goSignal, () => {
    gone = true;
  });
  return (await condition(() => gone, '1h')) ? 'signalled' : 'timedOut';
}
