import Long from 'long';
import type { Client } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { isPolled, missingWorkers } from '../../../src/client/poller-check.js';

const NOW_MS = Date.parse('2026-01-01T00:00:00Z');

/** A server that lists pollers with these times, in seconds since 1970. */
const server = (pollers: unknown) =>
  ({
    options: { namespace: 'default' },
    workflowService: { describeTaskQueue: async () => ({ pollers }) },
  }) as unknown as Client;

const polledAgo = (seconds: number) => ({ lastAccessTime: { seconds: NOW_MS / 1_000 - seconds } });

describe('whether a worker has polled a task queue lately', () => {
  it.each([
    { pollers: [polledAgo(0)], polled: true, reason: 'just now' },
    { pollers: [polledAgo(89)], polled: true, reason: 'a long poll may have been open for a minute' },
    { pollers: [polledAgo(90)], polled: false, reason: 'the first second that is too old' },
    { pollers: [polledAgo(-30)], polled: true, reason: "the server's clock is ahead" },
    { pollers: [polledAgo(300), polledAgo(1)], polled: true, reason: 'one of two lives' },
    {
      pollers: [{ lastAccessTime: { seconds: Long.fromNumber(NOW_MS / 1_000 - 5) } }],
      polled: true,
      reason: 'the wire has long integers',
    },
    { pollers: [{}], polled: false, reason: 'a poller without a time' },
    { pollers: [{ lastAccessTime: null }], polled: false, reason: 'a poller without a time' },
    { pollers: [], polled: false, reason: 'nobody' },
  ])('$polled: $reason', async ({ pollers, polled }) => {
    expect(await isPolled(server(pollers), 'privatelink', 'workflow', NOW_MS)).toBe(polled);
  });

  it('is unknown where the server does not answer', async () => {
    const client = {
      options: {},
      workflowService: { describeTaskQueue: () => Promise.reject(new Error('no such call')) },
    };
    expect(await isPolled(client as unknown as Client, 'privatelink', 'activity', NOW_MS)).toBeUndefined();
  });
});

describe('the workers that a run would wait for', () => {
  /** A server that lists a poller for these queues, and counts so many tasks in those. */
  const serverWith = (polled: readonly string[], backlogs: Readonly<Record<string, number>> = {}) =>
    ({
      options: { namespace: 'default' },
      workflowService: {
        describeTaskQueue: async ({ taskQueue: { name } }: { taskQueue: { name: string } }) => ({
          pollers: polled.includes(name) ? [{ lastAccessTime: { seconds: Date.now() / 1_000 } }] : [],
          stats: { approximateBacklogCount: Long.fromNumber(backlogs[name] ?? 0) },
        }),
      },
    }) as unknown as Client;
  const SERVED = ['tq', 'tq/a'];

  it('are none where the workflows and the account are served, whatever the region', async () => {
    expect(await missingWorkers(serverWith(SERVED), 'tq', ['a', 'a'], ['cn-hangzhou'])).toEqual([]);
  });

  it('are named by the account where nobody has its credentials', async () => {
    const [warning, ...more] = await missingWorkers(serverWith(['tq']), 'tq', ['a']);
    expect(more).toEqual([]);
    expect(warning).toContain('credentials for the account "a"');
  });

  it('are named by the queue and the setting where calls wait in the queue of a region that nobody polls', async () => {
    const server = serverWith(SERVED, { 'tq/a/cn-hangzhou/create': 3 });
    const [warning, ...more] = await missingWorkers(server, 'tq', ['a'], ['cn-hangzhou', 'cn-hangzhou', 'cn-beijing']);
    expect(more).toEqual([]);
    expect(warning).toContain('"tq/a/cn-hangzhou/create"');
    expect(warning).toContain('do not name cn-hangzhou in PVL_REGIONS');
  });

  it('are there where calls wait in the queue of a region that somebody polls', async () => {
    const queue = 'tq/a/cn-hangzhou/create';
    expect(await missingWorkers(serverWith([...SERVED, queue], { [queue]: 3 }), 'tq', ['a'], ['cn-hangzhou'])).toEqual(
      [],
    );
  });
});
