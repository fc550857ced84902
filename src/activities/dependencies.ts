import type { FleetPlace } from '../contract/search-attributes.js';
import type { ChooseTaskQueue } from '../contract/task-queues.js';
import type { PollSchedule } from '../model/poll-schedule.js';
import type { PrivateLinkApi } from '../privatelink/port.js';
import type { SharedLookUps } from './shared-look-ups.js';
import type { WatchLink } from './watch-link.js';

/** What is known of earlier runs under the same workflow id. */
export interface EarlierRuns {
  /** Whether one of them ended in a way that may have left an endpoint behind. */
  readonly inDoubt: boolean;
  /** When the last such run closed, ISO 8601 by the server's clock. */
  readonly lastClosedAt?: string;
}

/** What the Temporal server knows of runs. Both ask it, and throw where it does not answer. */
export interface RunRecords {
  /** How long closed runs are kept, in milliseconds; 0 where the server does not say. */
  retentionMs(): Promise<number>;
  /** Whether a workflow id has a run, open or closed. */
  isKnown(workflowId: string): Promise<boolean>;
}

/** What the activities are handed by the program that runs them. They read no configuration of their own. */
export interface ActivityDependencies {
  /**
   * The cloud API for one account and region.
   *
   * @throws Error - The worker does not know the account.
   */
  readonly privateLink: (account: string, regionId: string) => PrivateLinkApi;

  /** The look-ups by tag of this process, so that those of a burst share their calls; each goes out by itself when left out. */
  readonly lookUps?: SharedLookUps;

  /** Value of the owner tag; the Temporal namespace when left out. */
  readonly installation?: string;

  /** Queue of the activities of an account, given the queue of the workflow and the region of the endpoint. */
  readonly accountTaskQueue: ChooseTaskQueue;

  /** Queue of its create calls, which may be paced; the same when left out. */
  readonly createTaskQueue?: ChooseTaskQueue;

  /** Queue of its removals and acceptances, likewise. */
  readonly writeTaskQueue?: ChooseTaskQueue;

  /** Queue of the activity that watches; runs that parse their input here look for themselves when left out. */
  readonly watchTaskQueue?: (taskQueue: string, account: string) => string;

  /** The watchers of this process's creates; runs that create here look for themselves when left out. */
  readonly watch?: Pick<WatchLink, 'expect'>;

  /** Calls of ListVpcEndpoints that a watcher may make in a minute; 600 when left out. The service takes 1,000. */
  readonly listsPerMinute?: number;

  /** Regions with queues of their own: each has its own lane that accepts connections. None when left out. */
  readonly ownRegions?: readonly string[];

  /** Longest time that a create call waits for its turn in its queue, in milliseconds; 24 hours when left out. */
  readonly queuedAtMostMs?: number;

  /** Where runs keep what the list of all runs shows; their memo when left out. */
  readonly fleet?: FleetPlace;

  /** Look for earlier runs of a workflow id; by default the server's visibility is asked. */
  readonly findEarlierRuns?: (workflowId: string, runId: string) => Promise<EarlierRuns>;

  /** What is known of runs, for the sweep that looks for orphans; by default the server of the activity is asked. */
  readonly runRecords?: RunRecords;

  readonly pollSchedule?: PollSchedule;
  /** The same for the wait until a connection is accepted. */
  readonly connectionPollSchedule?: PollSchedule;

  /** Numbers in [0, 1) for jitter; `Math.random` when left out. */
  readonly random?: () => number;
}
