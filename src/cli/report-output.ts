import type { ReportedAttempt, ReportedFailure, RunReport } from '../client/run-report.js';
import { deniedRows, failingText } from './failing-call.js';
import { alignedRows, alignedTable } from './plain-text.js';
import type { OutputFormat } from './run-output.js';

type Row = readonly [name: string, value: string | undefined];

/** What happened in a run, for a support ticket. JSON is the report on one line. */
export function reportOutput(report: RunReport, format: OutputFormat): string {
  if (format === 'json') return JSON.stringify(report);
  const { attempts, parked } = report;
  const parts = [
    alignedRows([...identity(report), ...ending(report)]),
    attempts.length === 0
      ? 'No call is known.'
      : `The last ${attempts.length} calls (times by the clock of the worker):\n${attemptTable(attempts)}`,
    alignedRows([
      ...parked.map(({ code, times, firstAt, lastAt }): Row => [
        'parked',
        `${times} ${times === 1 ? 'time' : 'times'} for ${code}, ${times === 1 ? `at ${firstAt}` : `from ${firstAt} to ${lastAt}`}`,
      ]),
      ...waiting(report),
    ]),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function identity(report: RunReport): readonly Row[] {
  const { runs } = report;
  const older = report.olderRunsMissing ? ', and older ones that the server does not keep' : '';
  return [
    ['workflow id', report.workflowId],
    ['run id', report.runId],
    ['runs', runs.length > 1 || older !== '' ? `${runs.map(({ runId }) => runId).join(', ')}${older}` : undefined],
    ['status', report.status],
    ['account', report.account],
    ['region', report.region],
    ['request', requestText(report.request)],
    ['not shown', report.withheld.join(', ')],
    ['started', report.startedAt],
    ['closed', report.closedAt],
  ];
}

function ending({ outcome, endpointId, failure, cancelOutcome, terminatedFor, cutOff }: RunReport): readonly Row[] {
  const left = cancelOutcome && [cancelOutcome.outcome, cancelOutcome.endpointId];
  return [
    ['outcome', outcome],
    ['endpoint', endpointId],
    ...(failure === undefined ? [] : failureRows(failure)),
    ['left behind', left?.filter((part) => part !== undefined).join(' ')],
    ['terminated for', terminatedFor],
    ['cut off in', cutOff && `${cutOff}; what it called last is not known`],
  ];
}

function failureRows({ type, message, details }: ReportedFailure): readonly Row[] {
  const rows: readonly Row[] = [
    ['failed as', type],
    ['message', message],
  ];
  if (details === undefined || 'problems' in details) return rows;
  return [
    ...rows,
    ['code', details.code],
    ['class', details.class],
    ['RequestId', details.requestId],
    ['may exist', details.endpointMayExist ? 'yes: an endpoint of this request may exist' : 'no'],
    ['what to do', details.advice],
    ...deniedRows(details.denied),
  ];
}

function waiting({ closedAt, state, pending }: RunReport): readonly Row[] {
  if (closedAt !== undefined) return [];
  return [
    ['waits for', state?.waitingFor ?? `${pending?.activityId ?? 'a worker'} (no worker answered)`],
    ['last answer', pending?.lastFailure],
    ['failing', pending?.failing && failingText(pending.failing)],
    ['what to do', pending?.advice],
    ...deniedRows(pending?.denied),
    ['next try', pending?.nextAttemptAt ?? state?.nextLookAt],
    ['deadline', state?.deadline],
  ];
}

/** Parameters in one line; lists of objects by their values. */
function requestText(request: Readonly<Record<string, unknown>>): string {
  return Object.entries(request)
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(', ');
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map((item: unknown) => valueText(item)).join(' + ');
  if (typeof value === 'object' && value !== null) return Object.values(value).map(valueText).join('/');
  return String(value);
}

function attemptTable(attempts: readonly ReportedAttempt[]): string {
  const head = ['time', 'action', 'answer', 'RequestId', 'epoch', 'client token'];
  const rows = attempts.map(({ at, action, code, RequestId, epoch, clientToken }) => [
    at,
    action,
    code,
    RequestId,
    epoch === undefined ? undefined : String(epoch),
    clientToken,
  ]);
  return alignedTable([head, ...rows]);
}
