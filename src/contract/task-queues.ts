export { ACCOUNT_PATTERN, DEFAULT_ACCOUNT } from '../model/account.js';

/** Task queue of the workflows, unless a caller chooses another. */
export const DEFAULT_TASK_QUEUE = 'privatelink';

/**
 * Queue of the reads of one account, and of whatever runs of older versions scheduled for it: only workers with its
 * credentials poll it.
 */
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

/** Queue of the other calls of one account that change something: removals and acceptances. Paced likewise. */
export function writeTaskQueue(taskQueue: string, account: string): string {
  return `${accountTaskQueue(taskQueue, account)}/write`;
}

/** Queue of the activities that watch the endpoints of one account, in all its regions. */
export function watchTaskQueue(taskQueue: string, account: string): string {
  return `${accountTaskQueue(taskQueue, account)}/watch`;
}

/**
 * What stands for the account in the names of queues where a region has its own: `<account>/<region>`. An account's name
 * holds no "/".
 */
export function accountInRegion(account: string, regionId: string): string {
  return `${account}/${regionId}`;
}

/** All queues of calls that are polled for an account, or for one of its regions. */
export function pollableCallQueues(taskQueue: string, whose: string): readonly string[] {
  return [accountTaskQueue, createTaskQueue, writeTaskQueue].map((queueOf) => queueOf(taskQueue, whose));
}

/** Chooses the queue of one kind of calls, given the queue of the workflow. */
export type ChooseTaskQueue = (taskQueue: string, account: string, regionId: string) => string;

/** The queues of the calls to the cloud, by what the calls do. */
export interface CallQueues {
  readonly accountTaskQueue: ChooseTaskQueue;
  readonly createTaskQueue: ChooseTaskQueue;
  readonly writeTaskQueue: ChooseTaskQueue;
}

/** The queues where these regions have their own, and all others share those of the account. */
export function callQueues(ownRegions: readonly string[] = []): CallQueues {
  const whose = (account: string, regionId: string) =>
    ownRegions.includes(regionId) ? accountInRegion(account, regionId) : account;
  return {
    accountTaskQueue: (taskQueue, account, regionId) => accountTaskQueue(taskQueue, whose(account, regionId)),
    createTaskQueue: (taskQueue, account, regionId) => createTaskQueue(taskQueue, whose(account, regionId)),
    writeTaskQueue: (taskQueue, account, regionId) => writeTaskQueue(taskQueue, whose(account, regionId)),
  };
}
