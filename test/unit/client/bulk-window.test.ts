import { describe, expect, test } from 'vitest';
import { slidingWindow } from '../../../src/client/bulk-window.js';

/** Acts that end when the test says so. */
function controlled() {
  const underWay = new Map<number, (end: string | undefined) => void>();
  const failing = new Map<number, (error: Error) => void>();
  const begun: number[] = [];
  const act = (item: number) => {
    begun.push(item);
    return new Promise<string | undefined>((resolve, reject) => {
      underWay.set(item, resolve);
      failing.set(item, reject);
    });
  };
  return { act, begun, end: (item: number, end?: string) => underWay.get(item)?.(end), fail: failing };
}

const ITEMS = Array.from({ length: 10 }, (_, index) => index);
const oneLane = () => 'all';

describe('slidingWindow', () => {
  test('begins as many as fit, in order, and another one for each end that is taken', async () => {
    const { act, begun, end } = controlled();
    const ends = slidingWindow(ITEMS, act, { size: 3, laneOf: oneLane });
    const first = ends.next();
    expect(begun).toEqual([0, 1, 2]);
    end(1, 'one');
    expect(await first).toEqual({ done: false, value: 'one' });
    // It has been handed over, and is not yet done with.
    expect(begun).toEqual([0, 1, 2]);
    const second = ends.next();
    expect(begun).toEqual([0, 1, 2, 3]);
    end(0, 'zero');
    expect((await second).value).toBe('zero');
  });

  test('begins nothing while nobody takes what has ended', async () => {
    const { act, begun, end } = controlled();
    const ends = slidingWindow(ITEMS, act, { size: 2, laneOf: oneLane });
    const first = ends.next();
    end(0, 'zero');
    end(1, 'one');
    await first;
    await Promise.resolve();
    expect(begun).toEqual([0, 1]);
    await ends.next();
    expect(begun).toEqual([0, 1, 2]);
  });

  test('works through everything, and an item with nothing to tell makes room, too', async () => {
    const ends: string[] = [];
    const act = async (item: number) => (item % 2 === 0 ? undefined : `${item}`);
    for await (const end of slidingWindow(ITEMS, act, { size: 1, laneOf: oneLane })) ends.push(end);
    expect(ends).toEqual(['1', '3', '5', '7', '9']);
  });

  test('a lane that is full holds up no other', async () => {
    const { act, begun, end } = controlled();
    const laneOf = (item: number) => (item < 8 ? 'slow' : 'quick');
    const ends = slidingWindow(ITEMS, act, { size: 2, laneOf });
    const first = ends.next();
    expect(begun).toEqual([0, 1, 8, 9]);
    end(8, 'eight');
    expect((await first).value).toBe('eight');
  });

  test('after a stop it begins nothing, and ends when those under way have ended', async () => {
    const { act, begun, end } = controlled();
    const stop = new AbortController();
    const ends = slidingWindow(ITEMS, act, { size: 2, laneOf: oneLane, stop: stop.signal });
    const first = ends.next();
    stop.abort();
    end(0, 'zero');
    expect((await first).value).toBe('zero');
    const second = ends.next();
    end(1, undefined);
    expect((await second).done).toBe(true);
    expect(begun).toEqual([0, 1]);
  });

  test('an error ends the whole, after what has ended before it', async () => {
    const { act, begun, end, fail } = controlled();
    const ends = slidingWindow(ITEMS, act, { size: 2, laneOf: oneLane });
    const first = ends.next();
    end(0, 'zero');
    fail.get(1)?.(new Error('the server is gone'));
    expect((await first).value).toBe('zero');
    await expect(ends.next()).rejects.toThrow('the server is gone');
    expect(begun).toEqual([0, 1]);
  });
});
