import type { MetricMeter } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { callMetrics } from '../../../src/worker/call-metrics.js';

/** A meter that remembers what it was told. */
function recorder() {
  const seen: unknown[] = [];
  const instrument = (name: string) => {
    const remember = (value: number, tags: unknown) => void seen.push([name, value, tags]);
    return { add: remember, record: remember };
  };
  const meter = { createCounter: instrument, createHistogram: instrument } as unknown as MetricMeter;
  return { seen, told: callMetrics(meter) };
}

const PLACE = { account: 'prod', RegionId: 'cn-a' };

describe('the metrics of calls', () => {
  it('count a success, and its time in whole milliseconds', () => {
    const { seen, told } = recorder();
    told(PLACE, { action: 'ListVpcEndpoints', durationMs: 12.6 });
    const tags = { account: 'prod', region: 'cn-a', action: 'ListVpcEndpoints' };
    expect(seen).toEqual([
      ['pvl_api_calls', 1, { ...tags, code: 'OK', class: 'ok' }],
      ['pvl_api_call_latency', 13, tags],
    ]);
  });

  it.each([
    ['Throttling.User', 'throttled', 'Throttling.*'],
    ['Never.HeardOf.ep-123', 'unlisted', 'unlisted'],
  ] as const)('count the code %s of class %s as %s', (code, errorClass, label) => {
    const { seen, told } = recorder();
    told(PLACE, { action: 'CreateVpcEndpoint', code, class: errorClass, durationMs: 1 });
    expect(seen[0]).toEqual([
      'pvl_api_calls',
      1,
      { account: 'prod', region: 'cn-a', action: 'CreateVpcEndpoint', code: label, class: errorClass },
    ]);
  });
});
