import { Client, type Connection } from '@temporalio/client';
import { isPolled as isQueuePolled } from '../../client/poller-check.js';
import type { TemporalConfig } from '../../config.js';
import { accountInRegion, pollableCallQueues, watchTaskQueue } from '../../contract/task-queues.js';
import { pass, unknown, warn, type Check } from './check.js';
import { needsServer } from './temporal-server.js';

const CALL_TIMEOUT_MS = 5_000;

/** Whether workers are there. */
export interface WorkersFound {
  readonly checks: readonly Check[];
  /** Accounts whose work somebody does, here or elsewhere. */
  readonly served: ReadonlySet<string>;
}

/** Whose queues are looked at. */
export interface QueuesToCheck {
  readonly taskQueue: string;
  readonly accounts: readonly string[];
  /** Regions that should have queues of their own: PVL_REGIONS, as it is set here. */
  readonly regions: readonly string[];
}

/** Ask whether a worker has polled lately for the workflows, and for the calls and the watch of each account. */
export async function checkWorkers(
  connection: Connection,
  { namespace }: TemporalConfig,
  { taskQueue, accounts, regions }: QueuesToCheck,
): Promise<WorkersFound> {
  const client = new Client({ connection, namespace });
  const polled = (queue: string, kind: 'workflow' | 'activity') =>
    connection.withDeadline(Date.now() + CALL_TIMEOUT_MS, () => isQueuePolled(client, queue, kind));
  const workflows = polled(taskQueue, 'workflow');
  const pollsOf = (queues: readonly string[]): Promise<Poll[]> =>
    Promise.all(queues.map(async (queue) => ({ queue, isPolled: await polled(queue, 'activity') })));
  const ofAccounts = await Promise.all(
    accounts.map(async (account) => ({
      account,
      polls: await pollsOf([...pollableCallQueues(taskQueue, account), watchTaskQueue(taskQueue, account)]),
      regional: await Promise.all(
        regions.map(async (regionId) => {
          const queues = pollableCallQueues(taskQueue, accountInRegion(account, regionId));
          return { regionId, polls: await pollsOf(queues) };
        }),
      ),
    })),
  );
  return {
    checks: [
      pollCheck('workflows', [{ queue: taskQueue, isPolled: await workflows }], 'Start a worker (pvlctl worker)'),
      ...ofAccounts.flatMap(({ account, polls, regional }) => [
        pollCheck(
          accountCheck(account),
          polls,
          `Start a worker of this version that has credentials for the account "${account}" and names it in PVL_ACCOUNTS`,
        ),
        ...regional.map(({ regionId, polls: ofRegion }) =>
          pollCheck(
            `${accountCheck(account)} in ${regionId}`,
            ofRegion,
            `Name ${regionId} in PVL_REGIONS of all workers alike, those of the account "${account}" included`,
          ),
        ),
      ]),
    ],
    served: new Set(
      ofAccounts.filter(({ polls }) => polls.every((poll) => poll.isPolled)).map(({ account }) => account),
    ),
  };
}

/** What is said of workers where no server can be asked. */
export function workersNotAsked(accounts: readonly string[]): WorkersFound {
  return { checks: ['workflows', ...accounts.map(accountCheck)].map(needsServer), served: new Set() };
}

function accountCheck(account: string): string {
  return `account ${account}`;
}

interface Poll {
  readonly queue: string;
  /** `undefined`: the server does not tell. */
  readonly isPolled: boolean | undefined;
}

function pollCheck(check: string, polls: readonly Poll[], whatToStart: string): Check {
  const silent = polls.filter(({ isPolled }) => isPolled === false);
  if (silent.length > 0) {
    return warn(
      check,
      `no worker has polled lately: ${queuesOf(silent)}`,
      `${whatToStart}; until then runs wait for one.`,
    );
  }
  if (polls.every(({ isPolled }) => isPolled)) return pass(check, `a worker polls: ${queuesOf(polls)}`);
  return unknown(
    check,
    `the server does not tell who polls: ${queuesOf(polls)}`,
    'Look into the log of the worker: its line "Worker started" names its task queues.',
  );
}

function queuesOf(polls: readonly Poll[]): string {
  return polls.map(({ queue }) => queue).join(', ');
}
