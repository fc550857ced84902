import { defineQuery, defineSignal } from '@temporalio/workflow';

/** Name under which workers register the workflow that watches the endpoints of a region. */
export const WATCH_WORKFLOW_TYPE = 'watchVpcEndpoints';

/** Workflow id of the watcher of an account and region: there is one of it, so that their endpoints are listed once for all. */
export function watchId(account: string, RegionId: string): string {
  return `watch/${account}/${RegionId}`;
}

/** The one argument of the watcher. */
export interface WatchInput {
  readonly account: string;
  readonly RegionId: string;
  /** Queue of the activity that lists. */
  readonly activityTaskQueue: string;
  /** Value of the owner tag of the endpoints that are watched. */
  readonly installation: string;
}

/** Somebody makes endpoints in the region: the watcher stays awake for them. Starts it where it does not run. */
export const watchSignal = defineSignal('watch');

/** Name of the activity that watches, and the id under which the engine shows it. */
export const WATCH_ACTIVITY_ID = 'watch';

/** What the watcher says of itself with every heartbeat. Plain JSON, no times: whoever reads it has another clock. */
export interface WatchReport {
  readonly installation: string;
  /** Since the last complete scan began, in milliseconds; absent before the first. */
  readonly scanAgeMs?: number;
  /** Whether it has seen an endpoint with the owner tag: a list without tags tells it nothing. */
  readonly seesTags: boolean;
  /** Endpoints of ours that are on their way, in the last scan. */
  readonly pending: number;
  /** What the attempt before this one said last, until this one has seen for itself; absent after a start from nothing. */
  readonly before?: WatchReport;
  readonly scans: number;
  readonly failedScans: number;
  readonly nudges: number;
}

/** Answer of the query `watch`. */
export interface WatchState {
  readonly account: string;
  readonly RegionId: string;
  /** When somebody asked last, ISO 8601 by the engine's clock. */
  readonly askedAt?: string;
  /** How many activities have watched so far: each does so for minutes. */
  readonly rounds: number;
}

/** Since when the watcher is wanted. What it sees is in the heartbeat details of its activity. */
export const watchQuery = defineQuery<WatchState>('watch');

/** What a run hears of its endpoint. A hint, whoever sends it: the run looks for itself. */
export interface ChangedNotice {
  readonly EndpointId: string;
  /** As listed; absent where the endpoint is not listed any more. */
  readonly EndpointStatus?: string;
  readonly ConnectionStatus?: string;
}

/** Tells a run that its endpoint has changed. */
export const changedSignal = defineSignal<[ChangedNotice]>('changed');
