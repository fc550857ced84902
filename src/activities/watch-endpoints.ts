import { Context, log } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { WatchInput, WatchReport } from '../contract/watch.js';
import {
  CREATING,
  isFilterWorthIt,
  scanIntervalMs,
  WatchedEndpoints,
  type EndpointScan,
} from '../model/watched-endpoints.js';
import { PrivateLinkError, type PrivateLinkApi } from '../privatelink/port.js';
import { REPEAT_AFTER } from './call-failure.js';
import type { ActivityDependencies } from './dependencies.js';
import { LIST_PAGE, pagesOf } from './find-endpoint.js';
import { keptOf } from './kept-endpoints.js';
import { NudgeLanes } from './nudge-lanes.js';
import { knownRuns } from './open-runs.js';
import { WatchMetrics } from './watch-metrics.js';

/** How an activity that watched came to its end. */
export type WatchOutcome =
  /** Nothing was on its way for {@link IDLE_AFTER_MS}. */
  | { readonly kind: 'idle' }
  /** It has watched long enough: another worker may have its turn, or another version. */
  | { readonly kind: 'rotated' };

/** One activity watches so long. */
const ROTATE_AFTER_MS = 3_600_000;

/** The watch ends when nothing has been on its way for so long. */
const IDLE_AFTER_MS = 120_000;

/** Scans of a slow list that overlap, at the most. */
const SCANS_AT_A_TIME = 4;

/** An endpoint that has been on its way for longer counts only where an open run waits for it: it may be stuck for ever. */
const MAY_BE_STUCK_AFTER_MS = 600_000;

/** A refusal may pass, as when keys are changed; it is asked again after so long. */
const REFUSED_AGAIN_AFTER_MS = 5_000;

/** While nothing is on its way, visibility is asked so often whether runs wait for the connections of what is there. */
const ASK_FOR_RUNS_EVERY_MS = 60_000;

/** Where only endpoints that are Creating are asked for, all are listed so often: connections change as well. */
const FULL_SCAN_EVERY_MS = 40_000;

/** A list that gives no complete scan for so long is told loudly, and given up. */
const BLIND_FOR_MS = 120_000;

/** Interval of the heartbeats; the worker of the watch sends each of them. */
const BEAT_MS = 1_000;

/** List calls of a minute, where nobody says otherwise; the service takes 1,000 (privatelink quotas). */
const LISTS_PER_MINUTE = 600;

/**
 * Watch the endpoints of an account in a region, and tell their runs when they change.
 *
 * Lists all endpoints again and again, of one page every 0.7 s; where there are more pages, those that are Creating, and all
 * from time to time. Whoever is not on its way any more is told to its run by signal, once. It keeps nothing: a new attempt,
 * wherever it runs, asks visibility which runs are open, and sees the rest in its first scan. Each heartbeat carries a
 * {@link WatchReport}.
 *
 * @throws ApplicationFailure `WatchRefused` - The list is forbidden or rejected, at the start or for minutes. `WatchBlind` - It has
 *   failed for minutes. All whose endpoints are on their way are told before.
 */
export function createWatchEndpoints(deps: ActivityDependencies) {
  return async function watchEndpoints(input: WatchInput): Promise<WatchOutcome> {
    const watch = new RegionWatch(input, deps.privateLink(input.account, input.RegionId), {
      listsPerMinute: deps.listsPerMinute ?? LISTS_PER_MINUTE,
    });
    return watch.run();
  };
}

class RegionWatch {
  readonly #input: WatchInput;
  readonly #api: PrivateLinkApi;
  readonly #listsPerMinute: number;
  readonly #metrics: WatchMetrics;
  readonly #context = Context.current();
  readonly #signal = this.#context.cancellationSignal;
  readonly #startedAtMs = performance.now();
  readonly #scans = new Set<Promise<void>>();
  readonly #lanes: NudgeLanes;
  #endpoints: WatchedEndpoints | undefined;
  /** What ends the watch. */
  #fatal: ApplicationFailure | undefined;
  #lastScanAtMs: number | undefined;
  #lastFullScanAtMs = Number.NEGATIVE_INFINITY;
  #nothingNewSinceMs = performance.now();
  #askForRunsAtMs = 0;
  #notBeforeMs = 0;
  #failuresInARow = 0;
  #hasEnded = false;
  #tookMs = 0;
  /** Of all endpoints, and of those that are Creating. */
  #pages = { all: 1, creating: 1 };
  #counts = { scans: 0, failedScans: 0 };

  constructor(input: WatchInput, api: PrivateLinkApi, { listsPerMinute }: { readonly listsPerMinute: number }) {
    this.#input = input;
    this.#api = api;
    this.#listsPerMinute = listsPerMinute;
    this.#metrics = new WatchMetrics(input);
    this.#lanes = new NudgeLanes(
      (nudge) => this.#endpoints?.told(nudge),
      (nudge) => this.#endpoints?.notTold(nudge),
      this.#metrics,
    );
  }

  async run(): Promise<WatchOutcome> {
    this.#signal.addEventListener('abort', () => this.#wake(), { once: true });
    const beat = setInterval(() => this.#context.heartbeat(this.#report), BEAT_MS);
    try {
      this.#endpoints = new WatchedEndpoints(this.#input.installation, await knownRuns());
      this.#context.heartbeat(this.#report);
      return await this.#watch();
    } finally {
      clearInterval(beat);
      // What a slow list still brings is for whoever watches next.
      this.#hasEnded = true;
      await this.#lanes.drained();
    }
  }

  async #watch(): Promise<WatchOutcome> {
    for (;;) {
      if (this.#signal.aborted) throw new CancelledFailure('The watch was told to end');
      if (this.#fatal !== undefined) {
        await this.#lanes.emptied();
        throw this.#fatal;
      }
      const nowMs = performance.now();
      const isBlind = this.#lastScanAtMs === undefined || this.#failuresInARow > 0;
      const isIdle = !isBlind && this.#isLongQuiet(nowMs) && nowMs > this.#askForRunsAtMs;
      if (isIdle && !(await this.#isAwaited())) return { kind: 'idle' };
      if (nowMs - this.#startedAtMs > ROTATE_AFTER_MS) return { kind: 'rotated' };
      if (this.#scans.size < SCANS_AT_A_TIME && nowMs >= this.#notBeforeMs) this.#beginScan(nowMs);
      await this.#untilNext(nowMs);
    }
  }

  #isLongQuiet(nowMs: number): boolean {
    return nowMs - this.#nothingNewSinceMs > IDLE_AFTER_MS;
  }

  /** Whether runs wait for connections, which may take days. Visibility is asked again in a while. */
  async #isAwaited(): Promise<boolean> {
    const isAwaited = this.#endpoints?.isAwaited(await knownRuns()) === true;
    this.#askForRunsAtMs = performance.now() + ASK_FOR_RUNS_EVERY_MS;
    return isAwaited;
  }

  get #isFiltered(): boolean {
    return isFilterWorthIt(this.#pages.all, Math.ceil((this.#endpoints?.pending ?? 0) / LIST_PAGE));
  }

  #beginScan(nowMs: number): void {
    const isDue = nowMs - this.#lastFullScanAtMs >= FULL_SCAN_EVERY_MS;
    const of = this.#isFiltered && !isDue ? 'creating' : 'all';
    if (of === 'all') this.#lastFullScanAtMs = nowMs;
    const scan = this.#scan(of, nowMs).finally(() => this.#scans.delete(scan));
    this.#scans.add(scan);
  }

  async #untilNext(nowMs: number): Promise<void> {
    const isFiltered = this.#isFiltered;
    const intervalMs = scanIntervalMs({
      pages: isFiltered ? this.#pages.creating : this.#pages.all,
      isFiltered,
      pending: this.#endpoints?.pending ?? 0,
      isLongQuiet: this.#isLongQuiet(nowMs),
      tookMs: this.#tookMs,
      listsPerMinute: this.#listsPerMinute,
    });
    const wantedMs = Math.max(nowMs + intervalMs, this.#notBeforeMs);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, wantedMs - performance.now()));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Begin the next scan now. */
  #wake: () => void = () => undefined;

  async #scan(of: EndpointScan['of'], startedAtMs: number): Promise<void> {
    try {
      const { listed, pages } = await this.#list(of);
      if (this.#hasEnded) return;
      const tookMs = performance.now() - startedAtMs;
      this.#tookMs = tookMs;
      this.#pages = { ...this.#pages, [of]: pages };
      this.#counts.scans += 1;
      this.#failuresInARow = 0;
      this.#lastScanAtMs = Math.max(this.#lastScanAtMs ?? 0, startedAtMs);
      const nudges = this.#endpoints?.complete({ of, startedAtMs, listed }) ?? [];
      const pending = this.#endpoints?.pending ?? 0;
      const hasNew = this.#endpoints?.hasPendingSince(startedAtMs - MAY_BE_STUCK_AFTER_MS) === true;
      if (hasNew || nudges.length > 0) this.#nothingNewSinceMs = performance.now();
      this.#metrics.scanned({ of, tookMs, pending });
      this.#lanes.add(nudges);
    } catch (error) {
      if (!this.#hasEnded) this.#scanFailed(error);
    }
  }

  /** All pages, each taken in as it comes: kept are ids only, because ten pages of ten thousand endpoints are a lot to hold. */
  async #list(of: EndpointScan['of']) {
    const { RegionId } = this.#input;
    const listed = new Set<string>();
    let pages = 0;
    let pageStartedAtMs = performance.now();
    for await (const page of pagesOf(this.#api, {
      RegionId,
      ...(of === 'creating' ? { EndpointStatus: CREATING } : {}),
    })) {
      pages += 1;
      const kept = keptOf(page.Endpoints);
      for (const { EndpointId } of kept) listed.add(EndpointId);
      if (!this.#hasEnded) this.#lanes.add(this.#endpoints?.see(kept, pageStartedAtMs) ?? []);
      pageStartedAtMs = performance.now();
    }
    return { listed, pages };
  }

  #scanFailed(error: unknown): void {
    this.#counts.failedScans += 1;
    this.#failuresInARow += 1;
    const told = error instanceof PrivateLinkError ? error : undefined;
    const code = told?.code ?? 'Unexpected';
    const message = error instanceof Error ? error.message : String(error);
    this.#metrics.failed(told?.class ?? 'unexpected');
    const nowMs = performance.now();
    const isRefused = told === undefined || told.class === 'denied' || told.class === 'invalid';
    const isFirst = this.#lastScanAtMs === undefined && code !== CREDENTIALS_UNAVAILABLE;
    if (isRefused && isFirst) this.#end('WatchRefused', message);
    if (nowMs - (this.#lastScanAtMs ?? this.#startedAtMs) > BLIND_FOR_MS) {
      this.#end(isRefused && code !== CREDENTIALS_UNAVAILABLE ? 'WatchRefused' : 'WatchBlind', message);
    }
    if (this.#failuresInARow === 1) log.warn('A scan of the watch failed; it is repeated', { ...this.#where, code });
    // A first failure is repeated at once, throttles after what the service asks for.
    if (told?.class === 'throttled') {
      const hintMs = told.answer.retryAfterMs ?? REPEAT_AFTER.throttled.initialIntervalMs;
      this.#notBeforeMs = nowMs + Math.min(hintMs, REPEAT_AFTER.maxHintMs);
    } else if (isRefused) {
      this.#notBeforeMs = nowMs + REFUSED_AGAIN_AFTER_MS;
    } else if (this.#failuresInARow === 1) {
      this.#wake();
    }
  }

  #end(type: 'WatchRefused' | 'WatchBlind', message: string): void {
    if (this.#fatal !== undefined) return;
    this.#fatal = ApplicationFailure.nonRetryable(message, type);
    // Whoever relies on this watch looks for himself from now on.
    this.#lanes.add(this.#endpoints?.abandoned() ?? []);
    this.#wake();
  }

  /** Whoever asks while a watcher takes over learns that there was one. Only of the attempt that saw last, however many saw nothing since. */
  get #before(): Pick<WatchReport, 'before'> {
    const said = this.#context.info.heartbeatDetails as WatchReport | undefined;
    const before = said?.scanAgeMs === undefined ? said?.before : said;
    return before === undefined ? {} : { before };
  }

  get #where() {
    const { account, RegionId } = this.#input;
    return { account, RegionId };
  }

  get #report(): WatchReport {
    const { scans, failedScans } = this.#counts;
    const lastScanAtMs = this.#lastScanAtMs;
    return {
      installation: this.#input.installation,
      ...(lastScanAtMs === undefined ? this.#before : { scanAgeMs: Math.round(performance.now() - lastScanAtMs) }),
      seesTags: this.#endpoints?.seesTags ?? false,
      pending: this.#endpoints?.pending ?? 0,
      scans,
      failedScans,
      nudges: this.#lanes.delivered,
    };
  }
}

/** No keys now: they may be there the next time, and nothing was asked of the service. */
const CREDENTIALS_UNAVAILABLE = 'CredentialsUnavailable';
