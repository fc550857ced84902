import { ActivityFailure, ApplicationFailure, isCancellation, setCurrentDetails } from '@temporalio/workflow';
import type { FindOrphansInput, OrphanedEndpoint, OrphanReport } from '../contract/orphans.js';
import type { AttemptRecord, FailureDetails, FailureType } from '../contract/result.js';
import { formatMs } from '../model/duration.js';
import type { Refusal, ScanOrphansOutcome, Sweep } from '../activities/index.js';
import { parseFindOrphansInput, sweeping } from './activity-policies.js';
import { invalidInput, isDeadline, lastAttemptOf, lastWordOf, refusalFacts } from './failures.js';

/** Rows of the table in the Web UI. */
const SHOWN_ORPHANS = 20;

/**
 * Look for endpoints of ours in one region of one account that no run accounts for, and report them. Made for a Schedule.
 *
 * It reads and never changes anything: what it finds is settled one by one, by who reads the report.
 *
 * @throws ApplicationFailure - `InvalidInput`, `AccessDenied`, `RequestRejected` or `DeadlineExceeded`; what cannot be found
 *   out fails the sweep and never makes an orphan.
 */
export async function findOrphans(input: FindOrphansInput): Promise<OrphanReport> {
  const parsed = await parseFindOrphansInput(input);
  if (!parsed.ok) throw invalidInput(parsed.problems);
  const { sweep } = parsed;
  setCurrentDetails(`Reading the endpoints of ${sweep.account} in ${sweep.RegionId}.`);
  const outcome = await scan(sweep);
  if (outcome.kind === 'refused') throw refusedSweep(outcome.refusal, outcome.attempts);
  setCurrentDetails(reportText(outcome.report));
  return outcome.report;
}

async function scan(sweep: Sweep): Promise<ScanOrphansOutcome> {
  const { account, RegionId, installation, olderThan, activityTaskQueue, withinMs } = sweep;
  const summary = `look for orphans of ${installation} in ${RegionId}`;
  try {
    return await sweeping(activityTaskQueue, { activityId: 'scan', summary, withinMs }).scanOrphans({
      sweep: { account, RegionId, installation, olderThan },
    });
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    throw unfinished(sweep, error);
  }
}

/** The service does not let the endpoints be listed. */
function refusedSweep(refusal: Refusal, attempts: readonly AttemptRecord[]): ApplicationFailure {
  const isDenied = refusal.class === 'denied';
  return failure(isDenied ? 'AccessDenied' : 'RequestRejected', refusal.message, {
    ...refusalFacts(refusal),
    advice: refusal.advice,
    retryable: isDenied,
    attempts,
  });
}

/** The deadline passed, or an operator ended the activity. */
function unfinished({ account, withinMs }: Sweep, error: ActivityFailure): ApplicationFailure {
  const last = lastAttemptOf(error);
  const said = last === undefined ? '' : `; last attempt: ${last.message}`;
  const { attempts } = lastWordOf(error);
  if (!isDeadline(error)) {
    return failure('UnlistedRefusal', `The sweep failed${said}`, {
      class: 'unlisted',
      code: 'ActivityFailed',
      advice: 'Report this with the history of the run; start the sweep again.',
      retryable: true,
      attempts,
    });
  }
  return failure('DeadlineExceeded', `The sweep was not done after ${formatMs(withinMs)}${said}`, {
    class: 'deadline',
    code: 'DeadlineExceeded',
    ...(last?.failed?.requestId === undefined ? {} : { requestId: last.failed.requestId }),
    advice:
      last === undefined
        ? `Check that a worker with credentials for account "${account}" runs. Then start the sweep again.`
        : 'Nothing is known of orphans before a sweep comes to its end. Start it again.',
    retryable: true,
    attempts,
  });
}

function failure(
  type: FailureType,
  message: string,
  details: Omit<FailureDetails, 'endpointMayExist'>,
): ApplicationFailure {
  // A sweep makes no endpoint.
  const first = { ...details, endpointMayExist: false } satisfies FailureDetails;
  return ApplicationFailure.create({ type, nonRetryable: true, message, details: [first] });
}

/** The report for a person, as markdown. */
function reportText(report: OrphanReport): string {
  const { totals, scanned, accounted, tooYoung, deleting, installation, retention } = report;
  const shown = report.orphans.slice(0, SHOWN_ORPHANS);
  const rest = totals.orphans - shown.length;
  return [
    `**${totals.orphans}** orphans, **${totals.unaccounted}** unaccounted, of ${scanned} endpoints of \`${installation}\`: ` +
      `${accounted} have a run, ${tooYoung} are too young, ${deleting} are being deleted. Retention: ${retention}.`,
    ...(shown.length === 0
      ? []
      : ['', '| orphan | VPC | created | workflow id |', '| --- | --- | --- | --- |', ...shown.map(row)]),
    ...(rest > 0 ? ['', `And ${rest} more.`] : []),
  ].join('\n');
}

function row({ EndpointId, VpcId = '', CreateTime = '', workflowId = '' }: OrphanedEndpoint): string {
  return `| ${[EndpointId, VpcId, CreateTime, workflowId].map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
}
