import { optionalInteger, optionalText, type WireParameters } from './parameters.js';
import { invalidParameter } from './refusals.js';

/** One page of a list, in the names of the service. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly wire: { readonly MaxResults: number; readonly TotalCount: number; readonly NextToken?: string };
}

/**
 * Cut the page that a call asks for out of a list in rising order of `sequence`.
 *
 * The token names the last item given, so pages neither repeat nor skip an item while others come and go. Where items have
 * no number of their own, their place in the list stands for it, and then that does not hold.
 */
export function pageOf<Item>(
  items: readonly Item[],
  sequenceOf: (item: Item, index: number) => number,
  parameters: WireParameters,
  maxResults = 1_000,
): Page<Item> {
  const MaxResults = optionalInteger(parameters, 'MaxResults', 1, maxResults) ?? 50;
  const after = sequenceAfter(optionalText(parameters, 'NextToken'));
  const first = firstAfter(items, sequenceOf, after);
  const end = Math.min(first + MaxResults, items.length);
  const page = items.slice(first, end);
  const last = page.at(-1);
  const more = end < items.length && last !== undefined;
  return {
    items: page,
    wire: {
      MaxResults,
      TotalCount: items.length,
      ...(more ? { NextToken: Buffer.from(`after:${sequenceOf(last, end - 1)}`).toString('base64url') } : {}),
    },
  };
}

/** Place of the first item after a number, found by halving; the length of the list where there is none. */
function firstAfter<Item>(
  items: readonly Item[],
  sequenceOf: (item: Item, index: number) => number,
  after: number,
): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && sequenceOf(item, middle) > after) high = middle;
    else low = middle + 1;
  }
  return low;
}

function sequenceAfter(token: string | undefined): number {
  if (token === undefined) return -1;
  const [, sequence] = /^after:(\d{1,15})$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (sequence === undefined) throw invalidParameter('NextToken');
  return Number(sequence);
}
