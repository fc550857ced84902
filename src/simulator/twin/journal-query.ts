import type { Effect } from '../engine/endpoint-store.js';
import type { Journal, JournalRequest } from './journal.js';

/** Filters of requests and effects, as they stand in a query. */
type Filters<Item> = Readonly<Record<string, (item: Item, value: string) => boolean>>;

const REQUEST_FILTERS: Filters<JournalRequest> = {
  action: ({ action }, value) => action === value,
  account: ({ accountId }, value) => accountId === value,
  region: ({ parameters }, value) => parameters['RegionId'] === value,
  EndpointId: ({ parameters }, value) => parameters['EndpointId'] === value,
  ServiceId: ({ parameters }, value) => parameters['ServiceId'] === value,
  code: ({ code }, value) => code === value,
  status: ({ status }, value) => String(status) === value,
  fault: ({ fault, faultId }, value) => fault === value || faultId === value,
  since: ({ at }, value) => isSince(at, value),
};

const EFFECT_FILTERS: Filters<Effect> = {
  kind: ({ kind }, value) => kind === value,
  action: ({ action }, value) => action === value,
  account: ({ accountId }, value) => accountId === value,
  region: ({ RegionId }, value) => RegionId === value,
  EndpointId: ({ EndpointId }, value) => EndpointId === value,
  ServiceId: ({ ServiceId }, value) => ServiceId === value,
  since: ({ at }, value) => isSince(at, value),
};

/** The lists of a journal. */
export type JournalPart = 'requests' | 'effects';

const FILTER_NAMES: Readonly<Record<JournalPart, readonly string[]>> = {
  requests: Object.keys(REQUEST_FILTERS),
  effects: Object.keys(EFFECT_FILTERS),
};

/**
 * Items of the asked parts that all filters of a query hold for: the last `limit` of each part, in their order. A filter
 * that only one of two parts has leaves the other alone.
 *
 * @throws TypeError - The query has something else in it.
 */
export function queryJournal(
  { requests, effects }: Journal,
  query: URLSearchParams,
  parts: readonly JournalPart[],
): { readonly requests?: readonly JournalRequest[]; readonly effects?: readonly Effect[] } {
  const names = new Set([...parts.flatMap((part) => FILTER_NAMES[part]), 'limit']);
  for (const [name, value] of query) checkFilter(name, value, [...names]);
  return {
    ...(parts.includes('requests') ? { requests: select(requests, query, REQUEST_FILTERS) } : {}),
    ...(parts.includes('effects') ? { effects: select(effects, query, EFFECT_FILTERS) } : {}),
  };
}

function select<Item>(items: readonly Item[], query: URLSearchParams, filters: Filters<Item>): readonly Item[] {
  const wanted = [...query].flatMap(([name, value]) => {
    const filter = Object.hasOwn(filters, name) ? filters[name] : undefined;
    return filter === undefined ? [] : [{ filter, value }];
  });
  const found = items.filter((item) => wanted.every(({ filter, value }) => filter(item, value)));
  const limit = query.get('limit');
  return limit === null ? found : found.slice(Math.max(0, found.length - Number(limit)));
}

function checkFilter(name: string, value: string, names: readonly string[]): void {
  if (!names.includes(name)) throw new TypeError(`there is no filter ${name}, but ${names.join(', ')}`);
  if (name === 'limit' && !/^\d{1,9}$/.test(value)) throw new TypeError('limit is not a whole number from 0 up');
  if (name === 'since' && Number.isNaN(Date.parse(value))) {
    throw new TypeError('since is not a time such as 2026-01-01T00:00:00Z');
  }
}

function isSince(at: string, value: string): boolean {
  return Date.parse(at) >= Date.parse(value);
}
