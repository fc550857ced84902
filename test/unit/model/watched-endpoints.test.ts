import { describe, expect, it } from 'vitest';
import type { ListedVpcEndpoint } from '../../../src/model/endpoint.js';
import { ownerTags } from '../../../src/model/owner-tags.js';
import {
  isFilterWorthIt,
  scanIntervalMs,
  WatchedEndpoints,
  type EndpointScan,
  type KnownRuns,
} from '../../../src/model/watched-endpoints.js';

const NOBODY: KnownRuns = { isOpen: () => false, mayBeNew: () => false };
const ALL_OPEN: KnownRuns = { isOpen: () => true, mayBeNew: () => false };

function listed(EndpointId: string, EndpointStatus = 'Creating', fields: Partial<ListedVpcEndpoint> = {}) {
  const Tags = ownerTags({ installation: 'here', workflowId: `run-of-${EndpointId}` });
  return { EndpointId, EndpointStatus, ConnectionStatus: 'Disconnected', Tags, ...fields };
}

/** A scan of one page. */
function takeIn(
  watched: WatchedEndpoints,
  scan: Pick<EndpointScan, 'of' | 'startedAtMs'> & { readonly endpoints: readonly ListedVpcEndpoint[] },
) {
  const { of, startedAtMs, endpoints } = scan;
  const ids = new Set(endpoints.map(({ EndpointId }) => EndpointId));
  return [...watched.see(endpoints, startedAtMs), ...watched.complete({ of, startedAtMs, listed: ids })];
}

/** What is seen, scan by scan; everybody who is to be told is told. */
function watch(runs: KnownRuns = ALL_OPEN) {
  const endpoints = new WatchedEndpoints('here', runs);
  let startedAtMs = 0;
  const scan = (of: 'all' | 'creating', shown: readonly ListedVpcEndpoint[], atMs = (startedAtMs += 10)) => {
    const nudges = takeIn(endpoints, { of, startedAtMs: atMs, endpoints: shown });
    for (const nudge of nudges) endpoints.told(nudge);
    return nudges.map(({ EndpointId, EndpointStatus }) => `${EndpointId} ${EndpointStatus ?? '-'}`);
  };
  return { endpoints, scan };
}

describe('the endpoints of a watched region', () => {
  it('tell their run once when they are not on their way any more', () => {
    const { endpoints, scan } = watch();
    expect(scan('all', [listed('a'), listed('b')])).toEqual([]);
    expect(endpoints.pending).toBe(2);
    expect(scan('all', [listed('a', 'Active'), listed('b')])).toEqual(['a Active']);
    expect(scan('all', [listed('a', 'Active'), listed('b')])).toEqual([]);
    expect(endpoints.pending).toBe(1);
  });

  it.each(['Active', 'Deleting', 'Something.New'])('tell of %s', (status) => {
    const { scan } = watch();
    scan('all', [listed('a')]);
    expect(scan('all', [listed('a', status)])).toEqual([`a ${status}`]);
  });

  it('tell of each change of the connection, and of arrears', () => {
    const { scan } = watch();
    scan('all', [listed('a', 'Active')]);
    for (const ConnectionStatus of ['Connecting', 'Connected', 'Disconnected', 'Connected', 'ServiceDeleted']) {
      expect(scan('all', [listed('a', 'Active', { ConnectionStatus })])).toHaveLength(1);
      expect(scan('all', [listed('a', 'Active', { ConnectionStatus })])).toHaveLength(0);
    }
    const locked = listed('a', 'Creating', { EndpointBusinessStatus: 'FinancialLocked' });
    expect(scan('all', [locked])).toHaveLength(1);
  });

  it('are told again where telling failed, and not while it is under way', () => {
    const endpoints = new WatchedEndpoints('here', ALL_OPEN);
    takeIn(endpoints, { of: 'all', startedAtMs: 1, endpoints: [listed('a')] });
    const active = [listed('a', 'Active')];
    const [nudge] = takeIn(endpoints, { of: 'all', startedAtMs: 2, endpoints: active });
    expect(nudge?.unchangedAtMs).toBe(1);
    expect(takeIn(endpoints, { of: 'all', startedAtMs: 3, endpoints: active })).toEqual([]);
    if (nudge !== undefined) endpoints.notTold(nudge);
    expect(takeIn(endpoints, { of: 'all', startedAtMs: 4, endpoints: active })).toHaveLength(1);
  });

  it('of others, of other installations and without tags are left alone', () => {
    const { endpoints, scan } = watch();
    const strangers = [
      listed('a', 'Active', { Tags: [] }),
      { EndpointId: 'b', EndpointStatus: 'Active' },
      listed('c', 'Active', { Tags: ownerTags({ installation: 'elsewhere', workflowId: 'x' }) }),
      listed('d', 'Active', { Tags: ownerTags({ installation: 'here', workflowId: 'x' }).slice(0, 1) }),
    ];
    expect(scan('all', strangers)).toEqual([]);
    expect(endpoints.seesTags).toBe(false);
    expect(endpoints.pending).toBe(0);
  });

  it('that were ready before the watch are told to open runs and to those that may be new, and to nobody else', () => {
    const runs: KnownRuns = {
      isOpen: (id) => id === 'run-of-open',
      mayBeNew: (createTime) => createTime === 'just now',
    };
    const { scan } = watch(runs);
    const old = Array.from({ length: 9_000 }, (_, index) =>
      listed(`old-${index}`, 'Active', { CreateTime: 'long ago' }),
    );
    const shown = [...old, listed('open', 'Active'), listed('new', 'Active', { CreateTime: 'just now' })];
    expect(scan('all', shown)).toEqual(['open Active', 'new Active']);
    expect(scan('all', shown)).toEqual([]);
  });

  it('are told of what they become after the watch began, whether or not their run was known', () => {
    const { scan } = watch(NOBODY);
    scan('all', [listed('a')]);
    expect(scan('all', [listed('a', 'Active')])).toEqual(['a Active']);
  });

  it('among many: one that is Creating no more is told at once, and not again when it is listed', () => {
    const { endpoints, scan } = watch();
    scan('all', [listed('a'), listed('b')]);
    expect(scan('creating', [listed('b')])).toEqual(['a -']);
    expect(endpoints.pending).toBe(1);
    expect(scan('all', [listed('a', 'Active'), listed('b')])).toEqual([]);
    expect(scan('all', [listed('a', 'Active', { ConnectionStatus: 'Connected' }), listed('b')])).toEqual(['a Active']);
  });

  it('among many: are told again that they left Creating where telling failed', () => {
    const endpoints = new WatchedEndpoints('here', ALL_OPEN);
    takeIn(endpoints, { of: 'all', startedAtMs: 1, endpoints: [listed('a')] });
    const [nudge] = takeIn(endpoints, { of: 'creating', startedAtMs: 2, endpoints: [] });
    if (nudge !== undefined) endpoints.notTold(nudge);
    expect(takeIn(endpoints, { of: 'creating', startedAtMs: 3, endpoints: [] })).toHaveLength(1);
  });

  it('that are on their way are all told when nobody watches any more', () => {
    const { endpoints, scan } = watch();
    scan('all', [listed('a'), listed('b', 'Active'), listed('c')]);
    expect(endpoints.abandoned().map(({ EndpointId }) => EndpointId)).toEqual(['a', 'c']);
  });

  it('that have been on their way for long count no more as new', () => {
    const { endpoints, scan } = watch();
    scan('all', [listed('a')], 10);
    expect(endpoints.hasPendingSince(5)).toBe(true);
    expect(endpoints.hasPendingSince(10)).toBe(false);
  });

  it('among many: a Pending one is not missing among those that are Creating', () => {
    const { scan } = watch();
    scan('all', [listed('a', 'Pending')]);
    expect(scan('creating', [])).toEqual([]);
  });

  it('are told page by page, and only once', () => {
    const endpoints = new WatchedEndpoints('here', ALL_OPEN);
    takeIn(endpoints, { of: 'all', startedAtMs: 1, endpoints: [listed('a'), listed('b')] });
    const pages = [[listed('a', 'Active')], [listed('b', 'Active')]];
    expect(pages.map((page, index) => endpoints.see(page, 10 + index).length)).toEqual([1, 1]);
    expect(takeIn(endpoints, { of: 'all', startedAtMs: 10, endpoints: pages.flat() })).toEqual([]);
  });

  it('that are listed no more are told once two complete scans have missed them', () => {
    const { endpoints, scan } = watch();
    scan('all', [listed('a'), listed('b', 'Active')]);
    expect(scan('all', [])).toEqual([]);
    expect(scan('all', [])).toEqual(['a -']);
    expect(scan('all', [])).toEqual([]);
    expect(endpoints.pending).toBe(0);
  });

  it('are as the scan shows them that began last, in whatever order scans come in', () => {
    const { endpoints, scan } = watch();
    scan('all', [listed('a')], 10);
    expect(scan('all', [listed('a', 'Active')], 30)).toEqual(['a Active']);
    expect(scan('all', [listed('a')], 20)).toEqual([]);
    expect(endpoints.pending).toBe(0);
    expect(scan('creating', [], 25)).toEqual([]);
    expect(scan('all', [listed('a', 'Active')], 40)).toEqual([]);
  });

  it('are told again what they become when a List went back to an older state', () => {
    const { scan } = watch();
    scan('all', [listed('a')]);
    expect(scan('all', [listed('a', 'Active')])).toEqual(['a Active']);
    expect(scan('all', [listed('a')])).toEqual([]);
    expect(scan('all', [listed('a', 'Active')])).toEqual(['a Active']);
  });
});

describe('asking only for endpoints that are Creating', () => {
  it.each([
    { all: 1, creating: 0, worthIt: false },
    { all: 1, creating: 1, worthIt: false },
    { all: 2, creating: 0, worthIt: true },
    { all: 2, creating: 1, worthIt: true },
    { all: 4, creating: 2, worthIt: false },
    { all: 5, creating: 2, worthIt: true },
    { all: 11, creating: 9, worthIt: false },
    { all: 11, creating: 5, worthIt: true },
  ])('saves enough of $all pages with $creating: $worthIt', ({ all, creating, worthIt }) => {
    expect(isFilterWorthIt(all, creating)).toBe(worthIt);
  });
});

describe('the pace of the scans', () => {
  const load = { pages: 1, isFiltered: false, pending: 5, isLongQuiet: false, tookMs: 0, listsPerMinute: 600 };

  it('is quick while something is on its way, and slow otherwise', () => {
    expect(scanIntervalMs(load)).toBe(700);
    expect(scanIntervalMs({ ...load, isFiltered: true })).toBe(740);
    expect(scanIntervalMs({ ...load, pending: 0 })).toBe(2_000);
    expect(scanIntervalMs({ ...load, pending: 0, isLongQuiet: true })).toBe(10_000);
  });

  it('is quicker where the list is slow, within bounds', () => {
    expect(scanIntervalMs({ ...load, tookMs: 200 })).toBe(500);
    expect(scanIntervalMs({ ...load, tookMs: 5_000 })).toBe(400);
  });

  it('is quicker where many wait', () => {
    expect(scanIntervalMs({ ...load, pending: 1_000 })).toBe(450);
    expect(scanIntervalMs({ ...load, pending: 1_000, tookMs: 300 })).toBe(200);
    expect(scanIntervalMs({ ...load, pending: 1_000, isFiltered: true })).toBe(450);
  });

  it('keeps to the share of calls however many pages there are', () => {
    expect(scanIntervalMs({ ...load, isFiltered: true, pages: 10 })).toBe(1_200);
    expect(scanIntervalMs({ ...load, isFiltered: true, pages: 10, listsPerMinute: 400 })).toBe(1_500);
    expect(scanIntervalMs({ ...load, isFiltered: true, pages: 10, listsPerMinute: 100 })).toBe(6_000);
  });

  it('lets 10,000 old endpoints and 100 that wait take less than a tenth of the 1,000 calls of a minute', () => {
    const filtered = 60_000 / scanIntervalMs({ ...load, isFiltered: true });
    const full = (60_000 / 40_000) * 11;
    expect(filtered + full).toBeLessThan(100);
  });
});
