import type { StartedDeprovision } from '../client/deprovision.js';
import type { StartedProvision } from '../client/provisioning-client.js';
import type { RunView } from '../client/run-view.js';
import type { VpcEndpointZone } from '../model/endpoint.js';
import type { DeprovisionResult } from '../contract/deprovision.js';
import type { AcceptedAnswer } from '../contract/messages.js';
import type { CancelOutcome, ProvisionResult } from '../contract/result.js';
import { formatMs } from '../model/duration.js';
import { deniedRows, failingText } from './failing-call.js';
import { checkTable } from './check-table.js';
import { alignedRows } from './plain-text.js';

/** Forms in which `pvlctl` prints what it found. */
export const OUTPUT_FORMATS = ['text', 'json'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** What a run ended with. JSON is one object on one line: the result and the workflow id. */
export function resultOutput(
  workflowId: string,
  result: ProvisionResult | DeprovisionResult,
  format: OutputFormat,
): string {
  if (format === 'json') return JSON.stringify({ workflowId, ...result });
  // What a run ended with is told by itself: a removal has no zones, but those that it removed.
  if ('zonesRemoved' in result) return removalOutput(workflowId, result);
  const { outcome, endpoint, zones, times, report } = result;
  const rows = alignedRows([
    ['outcome', outcome === 'dryRunPassed' ? 'dryRunPassed: nothing was created' : outcome],
    ['endpoint', endpoint?.EndpointId],
    ['domain', endpoint?.EndpointDomain],
    ['status', endpoint && statuses(endpoint.EndpointStatus, endpoint.ConnectionStatus)],
    ...zones.map((zone): [string, string] => ['zone', zoneText(zone)]),
    ['time to Active', timeBetween(times.acceptedAt, times.activeAt)],
    ['workflow id', workflowId],
  ]);
  return report === undefined ? rows : `${rows}\n\n${checkTable(report)}`;
}

function removalOutput(
  workflowId: string,
  { outcome, EndpointId, zonesRemoved, lastSeen, times }: DeprovisionResult,
): string {
  return alignedRows([
    ['outcome', outcome === 'absent' ? 'absent: no such endpoint was there, in this region and account' : outcome],
    ['endpoint', EndpointId],
    ['zones removed', zonesRemoved.length === 0 ? undefined : zonesRemoved.join(', ')],
    ['last seen', lastSeen?.EndpointStatus],
    ['time', timeBetween(times.startedAt, times.absentAt)],
    ['workflow id', workflowId],
  ]);
}

/** What `pvlctl accepted` prints. */
export function acceptedOutput(workflowId: string, answer: AcceptedAnswer, format: OutputFormat): string {
  if (format === 'json') return JSON.stringify({ workflowId, ...answer });
  switch (answer.state) {
    case 'accepted':
      return alignedRows([
        ['state', answer.state],
        ['endpoint', answer.EndpointId],
        ['outcome', answer.outcome],
      ]);
    case 'parked':
      return alignedRows([
        ['state', answer.state],
        ['refused', answer.message],
        ['next try', answer.nextTryAt],
      ]);
    case 'ended':
      return alignedRows([
        ['state', answer.state],
        ['outcome', answer.outcome],
        ['failure', answer.failure && `${answer.failure.type}: ${answer.failure.message}`],
      ]);
  }
}

/** What became of the start of a run, for a person. */
export function whatHappened({ how, workflowId, runId }: StartedProvision | StartedDeprovision): string {
  switch (how) {
    case 'started':
      return `Started the run ${workflowId} (run id ${runId}).`;
    case 'joined':
      return `Joined the run ${workflowId}, which is under way (run id ${runId}).`;
    case 'finished':
      return `The run ${workflowId} ended ready before; this is its result (--restart runs it again).`;
  }
}

/** What `--no-wait` prints. */
export function startedOutput(started: StartedProvision | StartedDeprovision, format: OutputFormat): string {
  if (format === 'json') return JSON.stringify(started);
  return alignedRows([
    ['workflow id', started.workflowId],
    ['run id', started.runId],
    ['how', started.how],
  ]);
}

/** Where a run stands. */
export function statusOutput(view: RunView, nowMs: number, format: OutputFormat): string {
  if (format === 'json') return JSON.stringify(view);
  const { state, pending, cancelOutcome } = view;
  const silent = view.status === 'RUNNING' && state === undefined;
  return alignedRows([
    ['workflow id', view.workflowId],
    ['run id', view.runId],
    ['status', silent ? `${view.status}; no worker answered, the run waits for one` : view.status],
    ['phase', state && `${state.phase} since ${state.since}`],
    ['waiting for', view.closedAt === undefined ? state?.waitingFor : undefined],
    ['endpoint', state?.endpointId],
    ['endpoint status', state?.endpointId && statuses(endpointStatus(view), state.connectionStatus)],
    ['attempts', state && String(attemptsOf(view))],
    ['epoch', state && state.epoch > 1 ? String(state.epoch) : undefined],
    ['last answer', pending?.lastFailure],
    ['failing', pending?.failing && failingText(pending.failing)],
    ['what to do', pending?.advice],
    ...deniedRows(pending?.denied),
    ['last error', state?.lastError?.message],
    ['next look', pending?.nextAttemptAt ?? state?.nextLookAt],
    ['deadline', state?.deadline],
    ['left behind', cancelOutcome && leftBehind(cancelOutcome)],
    ['started', view.startedAt],
    ['closed', view.closedAt],
    ['age', view.closedAt === undefined ? elapsed(view, nowMs) : undefined],
  ]);
}

/** One line for a terminal that is drawn again and again: phase, elapsed, attempts, statuses. */
export function progressLine(view: RunView | undefined, nowMs: number, columns: number): string {
  if (view === undefined) return 'waiting for the Temporal server to answer'.slice(0, columns);
  const { state, pending } = view;
  const { endpointId, connectionStatus } = state ?? {};
  const parts =
    state === undefined
      ? [view.status === 'RUNNING' ? 'no worker answers' : view.status.toLowerCase(), elapsed(view, nowMs)]
      : [
          state.phase === 'parked' ? `parked: ${state.lastError?.code ?? state.waitingFor}` : state.phase,
          elapsed(view, nowMs),
          `attempts ${attemptsOf(view)}`,
          endpointId,
          endpointId && [endpointStatus(view), connectionStatus].filter((status) => status !== undefined).join('/'),
          nextLook(pending?.nextAttemptAt ?? state.nextLookAt, nowMs),
        ];
  const line = parts.filter((part) => part !== undefined && part !== '').join(' | ');
  // One column stays free: a full line would wrap, and could not be drawn over.
  return line.slice(0, Math.max(0, columns - 1));
}

/** The wait's own log is newer than what the run knows: it is told only when the wait ends. */
function endpointStatus({ state, pending }: RunView): string | undefined {
  return (
    pending?.attempts.findLast(({ action }) => action === 'GetVpcEndpointAttribute')?.code ?? state?.endpointStatus
  );
}

function attemptsOf({ state, pending }: RunView): number {
  return (state?.attempts ?? 0) + (pending?.attempt ?? 0);
}

function statuses(endpoint: string | undefined, connection: string | undefined): string {
  const known = endpoint ?? '(no status)';
  return connection === undefined ? known : `${known}, connection ${connection}`;
}

function leftBehind({ outcome, endpointId, reason }: CancelOutcome): string {
  return [outcome, endpointId, reason && `(${reason})`].filter((part) => part !== undefined).join(' ');
}

function zoneText({ ZoneId, EniIp, ZoneIpv6Address, EniId, ZoneStatus }: VpcEndpointZone): string {
  return [ZoneId, EniIp, ZoneIpv6Address, EniId, ZoneStatus].filter((part) => part !== undefined).join(' ');
}

function timeBetween(from: string | undefined, to: string | undefined): string | undefined {
  if (from === undefined || to === undefined) return undefined;
  return formatMs(Date.parse(to) - Date.parse(from));
}

function elapsed({ startedAt }: RunView, nowMs: number): string {
  const seconds = Math.floor((nowMs - Date.parse(startedAt)) / 1_000);
  // Below zero where the clocks of server and client differ.
  return seconds < 1 ? '0s' : formatMs(seconds * 1_000);
}

function nextLook(at: string | undefined, nowMs: number): string | undefined {
  const inMs = at === undefined ? 0 : Date.parse(at) - nowMs;
  return inMs < 1_000 ? undefined : `next ${formatMs(inMs)}`;
}
