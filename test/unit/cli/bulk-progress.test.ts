import { describe, expect, test } from 'vitest';
import { BulkProgress } from '../../../src/cli/bulk/bulk-progress.js';

const MINUTE_MS = 60_000;

describe('BulkProgress', () => {
  test('counts what was started and what has ended, those of earlier times included', () => {
    const progress = new BulkProgress(1_500, 300, 0);
    for (let run = 0; run < 7; run += 1) progress.started(`order-${run}`);
    progress.ended('order-0', 'ready', 1);
    progress.ended('order-1', 'failed', 1);
    // Refused: it was never started.
    progress.ended('order-9', 'refused', 1);
    expect(progress.line(1)).toBe('301 of 1,500 ready, 2 failed, 5 under way, 1,192 not started');
    expect(progress).toMatchObject({ inFlight: 5, notStarted: 1_192 });
  });

  test('tells the phases of its own runs only', () => {
    const progress = new BulkProgress(10, 0, 0);
    for (let run = 0; run < 4; run += 1) progress.started(`order-${run}`);
    progress.looked([
      { workflowId: 'order-0', phase: 'creating' },
      { workflowId: 'order-1', phase: 'waiting' },
      { workflowId: 'order-2', phase: 'waiting' },
      { workflowId: 'order-3' },
      { workflowId: 'of-somebody-else', phase: 'parked' },
    ]);
    expect(progress.line(1)).toBe('0 of 10 ready, 4 under way (2 waiting, 1 creating), 6 not started');
  });

  test('tells rate and expected end by the last five minutes', () => {
    const progress = new BulkProgress(1_000, 0, 0);
    const endOf = (run: number, nowMs: number) => {
      progress.started(`order-${run}`);
      progress.ended(`order-${run}`, 'ready', nowMs);
    };
    for (let run = 0; run < 100; run += 1) endOf(run, MINUTE_MS);
    expect(progress.line(MINUTE_MS)).toContain('100 a minute, done in about 9m');
    // The service got slower: what was before the last five minutes does not count.
    for (let run = 100; run < 150; run += 1) endOf(run, 10 * MINUTE_MS);
    expect(progress.line(10 * MINUTE_MS)).toContain('10 a minute, done in about 1h 25m');
    expect(progress.line(60 * MINUTE_MS)).toBe('150 of 1,000 ready, 850 not started');
  });

  test('tells no rate before it means something, and no end where nothing is left', () => {
    const progress = new BulkProgress(2, 0, 0);
    progress.started('order-0');
    progress.ended('order-0', 'ready', 5_000);
    expect(progress.line(5_000)).toBe('1 of 2 ready, 1 not started');
    progress.ended('order-1', 'cancelled', 30_000);
    expect(progress.line(30_000)).toBe('1 of 2 ready, 1 failed, 4.0 a minute');
  });
});
