import { proxyActivities } from '@temporalio/workflow';

const { nothing } = proxyActivities<{ nothing: () => Promise<void> }>({ startToCloseTimeout: '10s' });

/** The least that does anything: one activity, which does nothing. */
export async function emptyWorkflow(): Promise<void> {
  await nothing();
}
