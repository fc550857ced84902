/** Task queue of the workflows, unless a caller chooses another. */
export const DEFAULT_TASK_QUEUE = 'privatelink';

/** Name of an account: a credentials profile that a worker knows. Part of queue names and workflow ids. */
export const ACCOUNT_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The account that is meant when none is named. */
export const DEFAULT_ACCOUNT = 'default';

/** Queue of the activities that call the cloud for one account: only workers with its credentials poll it. */
export function accountTaskQueue(taskQueue: string, account: string): string {
  return `${taskQueue}/${account}`;
}
