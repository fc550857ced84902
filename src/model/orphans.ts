import type { ListedVpcEndpoint } from './endpoint.js';
import { workflowIdOf } from './owner-tags.js';

/** What becomes of an endpoint that no run accounts for, and why. Codes, because a report has room for many. */
export const ORPHAN_REASONS = {
  noRun: 'Its workflow id has no run, open or closed, although the server would still know one.',
  olderThanRetention: 'Its workflow id has no run, but it is so old that the server may simply have forgotten it.',
  noWorkflowTag: 'It has our owner tag and no workflow tag: nobody can be asked for its run.',
  unreadableCreateTime: 'Its workflow id has no run, and its CreateTime tells no age.',
} as const;

export type OrphanReason = keyof typeof ORPHAN_REASONS;

/** Younger endpoints are never called orphans, however short a time a caller asks for. */
export const MIN_ORPHAN_AGE_MS = 600_000;

/**
 * An endpoint is held to be older than the retention by so much sooner. Its creation and the end of its run are times of two
 * clocks, and a create call that was on its way when its run was terminated is executed after that.
 */
export const RETENTION_MARGIN_MS = 600_000;

/** A CreateTime that is farther ahead is no time: clocks that differ by more make every signed call fail. */
const MAX_AHEAD_MS = 900_000;

/** Times and limits that an endpoint is held against. */
export interface OrphanLimits {
  /** Now, by the clock of the worker. */
  readonly nowMs: number;
  /** At least {@link MIN_ORPHAN_AGE_MS}. */
  readonly olderThanMs: number;
  /** How long the server keeps closed runs; 0 where it does not say. */
  readonly retentionMs: number;
}

/** What an endpoint with our owner tag is, as far as the endpoint itself tells. */
export type OrphanReading =
  | { readonly kind: 'deleting' | 'tooYoung' }
  | { readonly kind: 'unaccounted'; readonly reason: OrphanReason }
  /** The server has to be asked for the runs of the id: `otherwise` is what it is where there are none. */
  | { readonly kind: 'ask'; readonly workflowId: string; readonly otherwise: OrphanReason };

/** Read an endpoint that carries our owner tag. Only `noRun` makes an orphan: all other reasons make it unaccounted. */
export function readForOrphan(
  endpoint: Pick<ListedVpcEndpoint, 'EndpointStatus' | 'CreateTime' | 'Tags'>,
  { nowMs, olderThanMs, retentionMs }: OrphanLimits,
): OrphanReading {
  if (endpoint.EndpointStatus === 'Deleting') return { kind: 'deleting' };
  const createdMs = timeOf(endpoint.CreateTime);
  const ageMs = createdMs === undefined || createdMs > nowMs + MAX_AHEAD_MS ? undefined : nowMs - createdMs;
  if (ageMs !== undefined && ageMs < olderThanMs) return { kind: 'tooYoung' };
  const workflowId = workflowIdOf(endpoint.Tags);
  if (workflowId === undefined) return { kind: 'unaccounted', reason: 'noWorkflowTag' };
  if (ageMs === undefined) return { kind: 'ask', workflowId, otherwise: 'unreadableCreateTime' };
  const isKept = ageMs < retentionMs - RETENTION_MARGIN_MS;
  return { kind: 'ask', workflowId, otherwise: isKept ? 'noRun' : 'olderThanRetention' };
}

/** A time as the service writes it, UTC, in milliseconds; `undefined` for anything else. */
function timeOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z$/.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
