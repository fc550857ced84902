import type { MetricMeter } from '@temporalio/common';
import { catalogueEntry } from '../model/error-catalogue.js';
import type { SentCall } from '../privatelink/pop-core-private-link-api.js';
import type { CallPlace } from './cloud-accounts.js';

/** Code of a success, and of all codes that the catalogue does not know: a label takes a bounded number of values. */
const OK = 'OK';
const UNLISTED = 'unlisted';

/**
 * Count the calls of a worker by what they asked and what they were answered.
 *
 * Labels: account, region, action, code (as in the error catalogue, "OK" for a success) and class ("ok").
 */
export function callMetrics(meter: MetricMeter): (place: CallPlace, call: SentCall) => void {
  const calls = meter.createCounter('pvl_api_calls', 'calls', 'HTTP requests to PrivateLink that have ended');
  const latency = meter.createHistogram('pvl_api_call_latency', 'int', 'ms', 'Time of an HTTP request to PrivateLink');
  return ({ account, RegionId }, { action, code, class: errorClass = 'ok', durationMs }) => {
    const tags = { account, region: RegionId, action };
    const listed = code === undefined ? OK : (catalogueEntry(code)?.code ?? UNLISTED);
    calls.add(1, { ...tags, code: listed, class: errorClass });
    latency.record(Math.round(durationMs), tags);
  };
}

/** Upper bounds of the buckets of our histograms, in milliseconds: those of the SDK end at 10 s. */
export const HISTOGRAM_BUCKETS: Record<string, number[]> = {
  pvl_api_call_latency: [10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000],
  pvl_watch_scan_latency: [10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000],
  pvl_detect_lag: [100, 250, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000, 20_000, 60_000, 300_000, 1_200_000],
  pvl_time_to_active: [1, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1_800, 3_600].map((s) => s * 1_000),
};
