import type { DurationText } from '../model/duration.js';
import type { OrphanReason } from '../model/orphans.js';

/** Name under which workers register the workflow. */
export const FIND_ORPHANS_WORKFLOW_TYPE = 'findOrphans';

/** The one argument of `findOrphans`, as plain JSON: where to look. */
export interface FindOrphansInput {
  readonly RegionId: string;
  /** Credentials profile on the worker; `default` when left out. */
  readonly account?: string;
  /** Only endpoints of at least this age are looked into; `10m`, which is the least, when left out. */
  readonly olderThan?: DurationText;
  readonly timeouts?: {
    /** For the whole sweep, over all its attempts; `30m` when left out. */
    readonly scanned?: DurationText;
  };
}

/** Names of the top-level fields. */
export const FIND_ORPHANS_FIELDS = [
  'RegionId',
  'account',
  'olderThan',
  'timeouts',
] as const satisfies readonly (keyof FindOrphansInput)[];

/** What a left-out field means. */
export const FIND_ORPHANS_DEFAULTS = { olderThan: '10m', timeouts: { scanned: '30m' } } as const;

/** An endpoint with our owner tag that no run accounts for. */
export interface OrphanedEndpoint {
  readonly EndpointId: string;
  readonly EndpointName?: string;
  readonly EndpointStatus?: string;
  readonly VpcId?: string;
  readonly ServiceId?: string;
  /** As the service told it. */
  readonly CreateTime?: string;
  /** Of its tag. */
  readonly workflowId?: string;
  /** A key of `ORPHAN_REASONS`; `noRun` for every orphan. */
  readonly reason: OrphanReason;
}

/**
 * What a sweep found. Each endpoint that it saw is counted once: `scanned` is the sum of `accounted`, `tooYoung`, `deleting` and
 * both totals.
 */
export interface OrphanReport {
  /** When the scan began, by the clock of the worker, ISO 8601. */
  readonly scannedAt: string;
  readonly account: string;
  readonly RegionId: string;
  /** Value of the owner tag that was looked for. */
  readonly installation: string;
  readonly olderThan: DurationText;
  /** How long the namespace keeps closed runs, such as `3d`; `unknown` where the server does not say. */
  readonly retention: string;
  /** Endpoints with the owner tag. */
  readonly scanned: number;
  /** Endpoints whose workflow id has a run, open or closed. */
  readonly accounted: number;
  readonly tooYoung: number;
  readonly deleting: number;
  /** Oldest first, at most {@link MAX_LISTED_ORPHANS}. */
  readonly orphans: readonly OrphanedEndpoint[];
  /** The same for those whose run may have been forgotten, and those that tell too little. Never removed by a sweep's word. */
  readonly unaccounted: readonly OrphanedEndpoint[];
  readonly totals: { readonly orphans: number; readonly unaccounted: number };
  /** Where one of the lists is shorter than its total. */
  readonly truncated?: true;
}

/** Longest list of a report: two of this length stay below what the engine takes as one payload. */
export const MAX_LISTED_ORPHANS = 1_000;
