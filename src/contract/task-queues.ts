export { ACCOUNT_PATTERN, DEFAULT_ACCOUNT } from '../model/account.js';

/** Task queue of the workflows, unless a caller chooses another. */
export const DEFAULT_TASK_QUEUE = 'privatelink';

/** Queue of the activities that call the cloud for one account: only workers with its credentials poll it. */
export function accountTaskQueue(taskQueue: string, account: string): string {
  return `${taskQueue}/${account}`;
}

/**
 * Queue of the create calls of one account. It is apart from the rest because the engine paces it: the service counts the
 * creates of an account, whoever sends them.
 */
export function createTaskQueue(taskQueue: string, account: string): string {
  return `${accountTaskQueue(taskQueue, account)}/create`;
}
