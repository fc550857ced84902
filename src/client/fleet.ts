import { isGrpcServiceError, ServiceError, type Client, type WorkflowExecutionInfo } from '@temporalio/client';
import { DEPROVISION_WORKFLOW_TYPE } from '../contract/deprovision.js';
import { LAST_PHASES, PROVISION_WORKFLOW_TYPE, type Phase } from '../contract/messages.js';
import {
  areAllRegistered,
  FLEET_ATTRIBUTES,
  FLEET_FIELDS,
  FLEET_MEMO,
  keyword,
  type FleetEntry,
  type FleetField,
} from '../contract/search-attributes.js';

/** Which runs to list. Every field that is given has to be equal; what is left out does not count. */
export interface FleetFilter extends FleetEntry {
  /**
   * `open`: those that run now. When left out: all of them, but with a phase that a run only passes through those that are
   * in it now.
   */
  readonly status?: 'open' | 'closed' | 'all' | undefined;
  /** At most so many; all when left out. */
  readonly limit?: number | undefined;
}

/** One run, as the list of all runs shows it. What it has not written is absent. */
export interface FleetItem extends FleetEntry {
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  /** The engine's word: RUNNING, COMPLETED, FAILED, CANCELLED, TERMINATED, TIMED_OUT. */
  readonly status: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly closedAt?: string;
}

const WORKFLOW_TYPES = [PROVISION_WORKFLOW_TYPE, DEPROVISION_WORKFLOW_TYPE] as const;

/** The last phase of a run that wrote none, such as that of an older version, as the engine tells it. */
function phaseByStatus({ type, status }: WorkflowExecutionInfo): Phase | undefined {
  switch (status.name) {
    case 'COMPLETED':
      return type === PROVISION_WORKFLOW_TYPE ? 'ready' : 'removed';
    case 'FAILED':
      return 'failed';
    case 'CANCELLED':
      return 'cancelled';
    default:
      return undefined;
  }
}

/** Items of a page of the server, where nothing else is said. */
const PAGE = 1_000;

/**
 * List runs, open ones first, then those that closed last.
 *
 * Where all search attributes are registered the server filters. Elsewhere every run of ours is read, and filtered here by
 * what its memo says. Either way a run is found that wrote into the other place. The server's list lags behind by a second
 * or so.
 */
export async function* listRuns(client: Client, filter: FleetFilter = {}): AsyncGenerator<FleetItem, void, undefined> {
  const { limit = Infinity } = filter;
  if (limit <= 0) return;
  const query = fleetQuery(filter, await canFilter(client));
  let count = 0;
  for await (const run of client.workflow.list({ query, pageSize: pageSize(filter) })) {
    const item = fleetItem(run);
    if (!FLEET_FIELDS.every((field) => isWanted(item, field, filter))) continue;
    yield item;
    count += 1;
    if (count >= limit) return;
  }
}

/**
 * The visibility query of a filter. It may find more than is wanted, and never less.
 *
 * @param withAttributes - Whether all search attributes are registered.
 */
export function fleetQuery(filter: FleetFilter, withAttributes: boolean): string {
  const { phase, status = isPassing(phase) ? 'open' : 'all' } = filter;
  const terms = [
    `WorkflowType IN (${WORKFLOW_TYPES.map(quoted).join(', ')})`,
    // Its last run is in the list.
    `ExecutionStatus != 'ContinuedAsNew'`,
    ...(status === 'all' ? [] : [`ExecutionStatus ${status === 'open' ? '=' : '!='} 'Running'`]),
  ];
  const wanted = FLEET_FIELDS.flatMap((field) => {
    const value = filter[field];
    if (value === undefined || !canBeAsked(value)) return [];
    return [`${FLEET_ATTRIBUTES[field]} = ${quoted(keyword(value))}`];
  });
  if (withAttributes && wanted.length > 0) {
    // Runs from before the registration say in their memo what they are about, and no attribute of theirs has a value.
    terms.push(`(PvlPhase IS NULL OR (${wanted.join(' AND ')}))`);
  }
  return terms.join(' AND ');
}

/** Whether a run goes on after this phase. */
function isPassing(phase: string | undefined): boolean {
  return phase !== undefined && !LAST_PHASES.some((last) => last === phase);
}

/**
 * Whether every server finds a text by its quoted form. One with other characters is not found on SQLite, because the
 * server writes them there as MySQL would.
 */
function canBeAsked(text: string): boolean {
  return /^[^"\\\p{Cc}]*$/u.test(text);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}

/** A server that does not tell, or not whom it does not trust with that, is asked for everything. */
async function canFilter(client: Client): Promise<boolean> {
  const { namespace } = client.options;
  try {
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
    return areAllRegistered(customAttributes);
  } catch (error) {
    if (error instanceof ServiceError || isGrpcServiceError(error)) return false;
    throw error;
  }
}

function pageSize(filter: FleetFilter): number {
  const isFiltered = FLEET_FIELDS.some((field) => filter[field] !== undefined);
  return isFiltered ? PAGE : Math.min(filter.limit ?? PAGE, PAGE);
}

function isWanted(item: FleetItem, field: FleetField, filter: FleetFilter): boolean {
  const wanted = filter[field];
  return wanted === undefined || item[field] === keyword(wanted);
}

function fleetItem(run: WorkflowExecutionInfo): FleetItem {
  const { workflowId, runId, type, status, startTime, closeTime } = run;
  const phase = phaseByStatus(run);
  return {
    workflowId,
    runId,
    workflowType: type,
    status: status.name,
    ...(phase === undefined ? {} : { phase }),
    ...entryOf(run),
    startedAt: startTime.toISOString(),
    ...(closeTime === undefined ? {} : { closedAt: closeTime.toISOString() }),
  };
}

/** What a run wrote, wherever. */
function entryOf({ memo, typedSearchAttributes }: WorkflowExecutionInfo): FleetEntry {
  const written = memo?.[FLEET_MEMO];
  const inMemo = (typeof written === 'object' && written !== null ? written : {}) as FleetEntry;
  const fields = FLEET_FIELDS.map((field) => {
    const key = { name: FLEET_ATTRIBUTES[field], type: 'KEYWORD' } as const;
    return [field, typedSearchAttributes.get(key) ?? inMemo[field]] as const;
  });
  return Object.fromEntries(fields.filter(([, value]) => typeof value === 'string'));
}
