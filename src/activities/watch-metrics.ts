import { metricMeter } from '@temporalio/activity';
import type { MetricTags } from '@temporalio/common';

/** At most: the service does not say when an endpoint became Active. */
const DETECT_LAG = {
  name: 'pvl_detect_lag',
  description: 'From the last look that showed an endpoint on its way until its run knew it to be Active',
} as const;

/** A run saw for itself that its endpoint is Active, `lagMs` after it was last seen on its way. */
export function sawActive(
  { account, RegionId }: { readonly account: string; readonly RegionId: string },
  by: 'poll' | 'backstop',
  lagMs: number,
): void {
  const lag = metricMeter.createHistogram(DETECT_LAG.name, 'int', 'ms', DETECT_LAG.description);
  lag.record(Math.max(0, Math.round(lagMs)), { account, region: RegionId, by });
}

/** What the watcher tells the metrics of its worker. Labels: account, region, and a few values of our own; never an id. */
export class WatchMetrics {
  readonly #tags: MetricTags;
  readonly #ticks = metricMeter.createCounter('pvl_watch_ticks', 'scans', 'Complete scans of the watcher');
  readonly #scanTime = metricMeter.createHistogram('pvl_watch_scan_latency', 'int', 'ms', 'Time of a complete scan');
  readonly #lag = metricMeter.createHistogram(DETECT_LAG.name, 'int', 'ms', DETECT_LAG.description);
  readonly #nudges = metricMeter.createCounter('pvl_watch_nudges', 'signals', 'Runs that were told of a change');
  readonly #failures = metricMeter.createCounter(
    'pvl_watch_failures',
    'scans',
    'Scans that failed, by class of their error',
  );
  readonly #pending = metricMeter.createGauge('pvl_watch_pending', 'int', 'endpoints', 'Endpoints on their way');

  constructor({ account, RegionId }: { readonly account: string; readonly RegionId: string }) {
    this.#tags = { account, region: RegionId };
  }

  scanned({ of, tookMs, pending }: { of: 'all' | 'creating'; tookMs: number; pending: number }): void {
    this.#ticks.add(1, { ...this.#tags, of });
    this.#scanTime.record(Math.round(tookMs), { ...this.#tags, of });
    this.#pending.set(pending, this.#tags);
  }

  /** @param lagMs - At most so long was the run not told; absent where it was never seen on its way. */
  nudged(outcome: 'delivered' | 'closed' | 'failed', lagMs?: number): void {
    this.#nudges.add(1, { ...this.#tags, outcome });
    if (lagMs !== undefined) this.#lag.record(Math.round(lagMs), { ...this.#tags, by: 'watcher' });
  }

  failed(errorClass: string): void {
    this.#failures.add(1, { ...this.#tags, class: errorClass });
  }
}
