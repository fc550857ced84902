import { readEndpoint, type ListedVpcEndpoint } from './endpoint.js';
import { isOfInstallation, workflowIdOf } from './owner-tags.js';

/** One complete scan, each page of which was taken in as it came. */
export interface EndpointScan {
  /** `all`: every endpoint of the region; `creating`: those whose EndpointStatus is Creating. */
  readonly of: 'all' | 'creating';
  /** By whatever clock, as long as it is always the same and never goes back. */
  readonly startedAtMs: number;
  /** Ids of all endpoints on its pages. */
  readonly listed: ReadonlySet<string>;
}

/** A run that is to be told of a change of its endpoint. */
export interface Nudge {
  readonly workflowId: string;
  readonly EndpointId: string;
  /** As listed; absent where the endpoint is listed no more. */
  readonly EndpointStatus?: string;
  readonly ConnectionStatus?: string;
  /** Names the change: one that was told is not told again. */
  readonly change: string;
  /** When the scan began that showed it as it was before; the change came after that. Absent for what was never seen before. */
  readonly unchangedAtMs?: number;
  /** It may be over: whoever is known to wait goes first. */
  readonly isDoubtful: boolean;
}

/** Which runs there were when the watch began: a change that came before it is told to them alone. */
export interface KnownRuns {
  readonly isOpen: (workflowId: string) => boolean;
  /** Made so recently that it may be missing among the open ones; `CreateTime` as listed. */
  readonly mayBeNew: (createTime: string | undefined) => boolean;
}

/** `EndpointStatus` by which scans are filtered where there are many endpoints. */
export const CREATING = 'Creating';

/** It is not Creating any more, and what it has become was not listed. */
const LEFT_CREATING = 'left Creating';
const GONE = 'gone';

/** An endpoint that was on its way counts as gone once so many complete scans in a row have missed it. */
const MISSED_SCANS = 2;

interface Watched {
  readonly workflowId: string;
  readonly firstSeenAtMs: number;
  /** Start of the scan that the rest is known from. */
  asOfMs: number;
  isPending: boolean;
  /** Whether a scan of those that are Creating would list it. */
  isCreating: boolean;
  pendingAsOfMs: number | undefined;
  missedScans: number;
  /** Last change that its run was told of. */
  told: string | undefined;
  /** Change that is being told. */
  telling: string | undefined;
}

/**
 * What a watcher knows of the endpoints of one installation in a region, and who is to be told of what it sees.
 *
 * "Not on its way any more" is all that is told: what it means is for the run to find out, with a look of its own. Scans may
 * overlap and come in in any order; each endpoint is as the scan shows it that began last.
 */
export class WatchedEndpoints {
  readonly #installation: string;
  readonly #runs: KnownRuns;
  readonly #known = new Map<string, Watched>();
  #seesTags = false;

  constructor(installation: string, runs: KnownRuns) {
    this.#installation = installation;
    this.#runs = runs;
  }

  /** Whether any endpoint of the installation was seen. */
  get seesTags(): boolean {
    return this.#seesTags;
  }

  /** Endpoints that are on their way. */
  get pending(): number {
    let count = 0;
    for (const { isPending } of this.#known.values()) if (isPending) count += 1;
    return count;
  }

  /** Whether any that is on its way was first seen after a time: others may be stuck, with nobody waiting for them. */
  hasPendingSince(firstSeenAfterMs: number): boolean {
    for (const { isPending, firstSeenAtMs } of this.#known.values()) {
      if (isPending && firstSeenAtMs > firstSeenAfterMs) return true;
    }
    return false;
  }

  /** Whether any endpoint has an open run. */
  isAwaited({ isOpen }: KnownRuns): boolean {
    for (const { workflowId } of this.#known.values()) if (isOpen(workflowId)) return true;
    return false;
  }

  /** Nobody watches any more: all whose endpoint is on its way are to look for themselves. */
  abandoned(): readonly Nudge[] {
    return [...this.#known]
      .filter(([, { isPending, telling }]) => isPending && telling === undefined)
      .map(([EndpointId, watched]) => this.#nudge({ EndpointId }, watched, LEFT_CREATING, false));
  }

  /**
   * Take in one page of a scan that goes on; what is missing shows when the scan is complete.
   *
   * @returns Who is to be told; tell {@link told} or {@link notTold} of each.
   */
  see(endpoints: readonly ListedVpcEndpoint[], startedAtMs: number): readonly Nudge[] {
    return endpoints.flatMap((endpoint) => this.#seen(endpoint, startedAtMs) ?? []);
  }

  /** A scan is complete. @returns As {@link see}, of what it lacks. */
  complete(scan: EndpointScan): readonly Nudge[] {
    const { listed } = scan;
    const nudges: Nudge[] = [];
    for (const [EndpointId, watched] of this.#known) {
      if (listed.has(EndpointId) || watched.asOfMs >= scan.startedAtMs) continue;
      const nudge = this.#missed(EndpointId, watched, scan);
      if (nudge !== undefined) nudges.push(nudge);
    }
    return nudges;
  }

  /** Its run knows, or is over. */
  told({ EndpointId, change }: Nudge): void {
    const watched = this.#known.get(EndpointId);
    if (watched?.telling !== change) return;
    watched.telling = undefined;
    watched.told = change;
    if (change === GONE) this.#known.delete(EndpointId);
  }

  /** It could not be told: the next scan tells it again. */
  notTold({ EndpointId, change }: Nudge): void {
    const watched = this.#known.get(EndpointId);
    if (watched?.telling !== change) return;
    watched.telling = undefined;
    // Only a scan of all would show it otherwise.
    if (change === LEFT_CREATING) Object.assign(watched, { isCreating: true, isPending: true });
  }

  #seen(endpoint: ListedVpcEndpoint, startedAtMs: number): Nudge | undefined {
    const { Tags } = endpoint;
    const workflowId = isOfInstallation(Tags, this.#installation) ? workflowIdOf(Tags) : undefined;
    if (workflowId === undefined) return undefined;
    this.#seesTags = true;
    const before = this.#known.get(endpoint.EndpointId);
    if (before !== undefined && before.asOfMs > startedAtMs) return undefined;
    const watched = before ?? newlySeen(workflowId, startedAtMs);
    this.#known.set(endpoint.EndpointId, watched);
    watched.asOfMs = startedAtMs;
    watched.missedScans = 0;
    watched.isPending = readEndpoint(endpoint).kind === 'pending';
    watched.isCreating = endpoint.EndpointStatus === CREATING;
    if (watched.isPending) {
      watched.pendingAsOfMs = startedAtMs;
      // Should it leave this state again, that is news again.
      watched.told = undefined;
      return undefined;
    }
    const change = changeOf(endpoint);
    // Its run was told when it left Creating, and has looked since.
    if (watched.told === LEFT_CREATING) watched.told = change;
    if (watched.told === change || watched.telling !== undefined) return undefined;
    const isOpen = this.#runs.isOpen(workflowId);
    if (before === undefined && !isOpen && !this.#runs.mayBeNew(endpoint.CreateTime)) {
      watched.told = change;
      return undefined;
    }
    return this.#nudge(endpoint, watched, change, before === undefined && !isOpen);
  }

  #missed(EndpointId: string, watched: Watched, scan: EndpointScan): Nudge | undefined {
    if (scan.of === 'creating') {
      if (!watched.isCreating) return undefined;
      watched.isPending = false;
      watched.isCreating = false;
      watched.asOfMs = scan.startedAtMs;
      if (watched.telling !== undefined) return undefined;
      return this.#nudge({ EndpointId }, watched, LEFT_CREATING, false);
    }
    watched.asOfMs = scan.startedAtMs;
    watched.missedScans += 1;
    if (watched.missedScans < MISSED_SCANS || watched.telling !== undefined) return undefined;
    if (!watched.isPending) {
      this.#known.delete(EndpointId);
      return undefined;
    }
    return this.#nudge({ EndpointId }, watched, GONE, false);
  }

  #nudge(
    { EndpointId, EndpointStatus, ConnectionStatus }: ListedVpcEndpoint,
    watched: Watched,
    change: string,
    isDoubtful: boolean,
  ): Nudge {
    watched.telling = change;
    const { workflowId, pendingAsOfMs } = watched;
    return {
      workflowId,
      EndpointId,
      change,
      isDoubtful,
      ...(EndpointStatus === undefined ? {} : { EndpointStatus }),
      ...(ConnectionStatus === undefined ? {} : { ConnectionStatus }),
      ...(pendingAsOfMs === undefined ? {} : { unchangedAtMs: pendingAsOfMs }),
    };
  }
}

function newlySeen(workflowId: string, firstSeenAtMs: number): Watched {
  return {
    workflowId,
    firstSeenAtMs,
    asOfMs: Number.NEGATIVE_INFINITY,
    isPending: false,
    isCreating: false,
    pendingAsOfMs: undefined,
    missedScans: 0,
    told: undefined,
    telling: undefined,
  };
}

function changeOf({ EndpointStatus, ConnectionStatus, EndpointBusinessStatus }: ListedVpcEndpoint): string {
  return [EndpointStatus, ConnectionStatus, EndpointBusinessStatus].map((status) => status ?? '').join('/');
}

/** What a scan costs and finds, as far as its pace depends on it. */
export interface ScanLoad {
  /** Pages of the scan that is repeated. */
  readonly pages: number;
  /** Whether only endpoints that are Creating are asked for. */
  readonly isFiltered: boolean;
  readonly pending: number;
  /** Whether nothing has been on its way for long. */
  readonly isLongQuiet: boolean;
  /** What the last such scan took. */
  readonly tookMs: number;
  /** Calls of ListVpcEndpoints that the watcher may make in a minute. */
  readonly listsPerMinute: number;
}

/** From the start of a scan of all endpoints to the end of the next; and between their starts at the least. */
const FULL_CYCLE_MS = 700;
const MIN_INTERVAL_MS = 400;

/** The same where so many wait: a list costs one call however many it is for, and what they do next takes longer. */
const MANY_WAIT = 200;
const CYCLE_FOR_MANY_MS = 450;
const MIN_INTERVAL_FOR_MANY_MS = 200;

/** For each page, between the starts of two scans: reading one takes the process some 40 ms, in which it does nothing else. */
const PER_PAGE_MS = 120;

/** Between the starts of two scans of those that are Creating, where few are; beside them all are listed from time to time. */
const FILTERED_INTERVAL_MS = 740;

/** While nothing is on its way; and where that has been so for long, and runs wait for connections. */
const QUIET_INTERVAL_MS = 2_000;
const LONG_QUIET_INTERVAL_MS = 10_000;

/**
 * Whether to ask only for endpoints that are Creating.
 *
 * That saves pages, but what left that list is known only when its last page is in, while a list of all shows it on its own page.
 * With ten pages a scan of those that are Creating takes as long as the pause between two: it has to save half of the pages.
 *
 * @param allPages - Of a list of all endpoints.
 * @param creatingPages - Of a list of those that are Creating.
 */
export function isFilterWorthIt(allPages: number, creatingPages: number): boolean {
  return allPages > (creatingPages <= 1 ? 1 : 2 * creatingPages);
}

/** Time from the start of one scan to the start of the next, in milliseconds. */
export function scanIntervalMs({ pages, isFiltered, pending, isLongQuiet, tookMs, listsPerMinute }: ScanLoad): number {
  // Slow lists overlap: what they show is as old as they are slow.
  const full =
    pending < MANY_WAIT
      ? Math.max(MIN_INTERVAL_MS, FULL_CYCLE_MS - tookMs)
      : Math.max(MIN_INTERVAL_FOR_MANY_MS, CYCLE_FOR_MANY_MS - tookMs);
  const quiet = isLongQuiet ? LONG_QUIET_INTERVAL_MS : QUIET_INTERVAL_MS;
  const wanted = pending === 0 ? quiet : isFiltered && pending < MANY_WAIT ? FILTERED_INTERVAL_MS : full;
  return Math.max(wanted, pages * PER_PAGE_MS, Math.ceil((pages * 60_000) / listsPerMinute));
}
