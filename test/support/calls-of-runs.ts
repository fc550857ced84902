import type { Journal } from '../../src/simulator/twin/journal.js';

/** How many calls runs have made: without the lists of a watcher, which asks for no tags and goes on by itself. */
export function callsOfRuns({ requests }: Pick<Journal, 'requests'>): number {
  return requests.filter(({ action, parameters }) => action !== 'ListVpcEndpoints' || 'Tag.1.Key' in parameters).length;
}
