import type { OrphanedEndpoint, OrphanReport } from '../contract/orphans.js';
import { DEFAULT_ACCOUNT } from '../contract/task-queues.js';
import { ORPHAN_REASONS } from '../model/orphans.js';
import { alignedRows, alignedTable, shellArgument } from './plain-text.js';
import type { OutputFormat } from './run-output.js';

const COLUMNS = ['ENDPOINT', 'STATUS', 'CREATED', 'VPC', 'SERVICE', 'NAME', 'WORKFLOW ID'] as const;

/** What a sweep found. JSON is one object on one line: the report. */
export function orphanOutput(report: OrphanReport, format: OutputFormat): string {
  if (format === 'json') return JSON.stringify(report);
  const { orphans, unaccounted } = report;
  const parts = [summary(report)];
  if (orphans.length > 0) {
    parts.push(table(orphans));
    parts.push(['What settles each of them:', ...orphans.map((one) => settlement(report, one))].join('\n'));
  }
  for (const [reason, meaning] of Object.entries(ORPHAN_REASONS)) {
    const these = unaccounted.filter((one) => one.reason === reason);
    if (these.length > 0) parts.push(`Unaccounted: ${meaning}\n${table(these)}`);
  }
  if (unaccounted.length > 0) parts.push(`When it is certain that nobody needs one: ${deletion(report)}`);
  return parts.join('\n\n');
}

/** The options that name where a sweep looked. */
export function placeOptions({ RegionId, account }: Pick<OrphanReport, 'RegionId' | 'account'>): string {
  return `--region ${RegionId}${account === DEFAULT_ACCOUNT ? '' : ` --account ${account}`}`;
}

function summary(report: OrphanReport): string {
  const { totals, orphans, unaccounted, olderThan, retention } = report;
  const listed = (total: number, list: readonly unknown[]) =>
    list.length < total ? `${total}; the ${list.length} oldest are listed` : String(total);
  return alignedRows([
    ['looked at', `account ${report.account} in ${report.RegionId}, at ${report.scannedAt}`],
    ['endpoints', `${report.scanned} with the owner tag of ${report.installation}`],
    ['with a run', String(report.accounted)],
    ['too young', `${report.tooYoung} younger than ${olderThan}`],
    ['leaving', `${report.deleting} being deleted`],
    ['orphans', listed(totals.orphans, orphans)],
    ['unaccounted', listed(totals.unaccounted, unaccounted)],
    ['retention', `${retention} of closed runs`],
  ]);
}

function settlement(report: OrphanReport, { EndpointId }: OrphanedEndpoint): string {
  const command = `pvlctl orphans ${placeOptions(report)}`;
  return `  ${command} --adopt ${shellArgument(EndpointId)} -f request.json\n  ${command} --remove ${shellArgument(EndpointId)}`;
}

function deletion(report: OrphanReport): string {
  return `pvlctl delete ENDPOINT_ID ${placeOptions(report)}`;
}

function table(endpoints: readonly OrphanedEndpoint[]): string {
  const cells = endpoints.map((one) => [
    one.EndpointId,
    one.EndpointStatus,
    one.CreateTime,
    one.VpcId,
    one.ServiceId,
    one.EndpointName,
    one.workflowId,
  ]);
  return alignedTable([COLUMNS, ...cells]);
}
