import type { FleetItem } from '../client/fleet.js';
import { formatMs } from '../model/duration.js';
import { alignedTable } from './plain-text.js';

const HEADINGS = ['WORKFLOW ID', 'PHASE', 'ENDPOINT', 'REGION', 'SERVICE', 'AGE'] as const;

/** Runs as a table, one on a line under headings. What a run has not told is a dash. */
export function fleetTable(items: readonly FleetItem[], nowMs: number): string {
  return alignedTable([HEADINGS, ...items.map((item) => cells(item, nowMs))]);
}

function cells(item: FleetItem, nowMs: number): readonly (string | undefined)[] {
  const age = formatMs(Math.max(0, nowMs - Date.parse(item.startedAt)));
  return [item.workflowId, standing(item), item.EndpointId, item.RegionId, item.ServiceId, age];
}

/** The phase; of a failed run with its class, and of one that was cut off with the engine's word. */
function standing({ phase = '-', failureClass, status }: FleetItem): string {
  if (failureClass !== undefined) return `${phase} (${failureClass})`;
  return status === 'TERMINATED' || status === 'TIMED_OUT' ? `${phase} (${status})` : phase;
}
