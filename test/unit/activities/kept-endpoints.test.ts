import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { keptOf } from '../../../src/activities/kept-endpoints.js';
import { parseJsonBigint } from '../../support/json-bigint.js';

const MEBIBYTE = 1_024 * 1_024;

describe('what a watch keeps of a page', () => {
  const endpoint = {
    EndpointId: 'ep-0123456789abcdef',
    EndpointStatus: 'Active',
    ConnectionStatus: 'Disconnected',
    EndpointBusinessStatus: 'FinancialLocked',
    CreateTime: '2026-11-23T22:15:59Z',
    Tags: [{ Key: 'durable-privatelink-workflow', Value: 'a/b' }],
  };

  it('is all that tells whom to tell what, and nothing else', () => {
    expect(keptOf([{ ...endpoint, EndpointDomain: 'x' }])).toEqual([endpoint]);
    expect(keptOf([{ EndpointId: 'ep-1' }])).toEqual([{ EndpointId: 'ep-1' }]);
  });

  it('does not hold the body that it was cut out of', () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const heapAfter = (keep: (page: (typeof endpoint)[]) => unknown) => {
      const kept: unknown[] = [];
      collectGarbage();
      const before = process.memoryUsage().heapUsed;
      for (let page = 0; page < 60; page += 1) {
        const body = JSON.stringify([{ ...endpoint, EndpointDescription: `${page}`.repeat(MEBIBYTE) }]);
        kept.push(keep(parseJsonBigint(body) as (typeof endpoint)[]));
      }
      collectGarbage();
      expect(kept).toHaveLength(60);
      return process.memoryUsage().heapUsed - before;
    };
    expect(heapAfter((page) => page.map(({ EndpointId }) => EndpointId))).toBeGreaterThan(30 * MEBIBYTE);
    expect(heapAfter((page) => keptOf(page))).toBeLessThan(10 * MEBIBYTE);
  });
});
