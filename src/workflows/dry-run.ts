import { ActivityFailure, ApplicationFailure, isCancellation, patched } from '@temporalio/workflow';
import { formatMs } from '../model/duration.js';
import { catalogueEntry, classifyCode } from '../model/error-catalogue.js';
import {
  addressChecks,
  PREFLIGHT_PARTS,
  unknownChecks,
  type PreflightCheck,
  type PreflightPart,
} from '../model/preflight.js';
import type { FailureDetails, FailureType, ProvisionResult } from '../contract/result.js';
import type { FailedCall, PreflightOutcome, Provision } from '../activities/index.js';
import { reading } from './activity-policies.js';
import { isDeadline, lastAttemptOf, lastWordOf } from './failures.js';
import type { RunState } from './run-state.js';

/** What each look at the cloud may take, over all its attempts. */
const LOOK_WITHIN_MS = 30_000;

/** How the dry run of the service ended. */
type CallEnd =
  | { readonly kind: 'passed'; readonly result: ProvisionResult }
  | { readonly kind: 'failed'; readonly error: ApplicationFailure; readonly details: FailureDetails };

/**
 * Complete a dry run by the checks that the service does not make, into one report.
 *
 * They are made even when the service refused, so that one report says all that is wrong, and none of them fails the run by
 * an error of its own: what cannot be found out in time is unknown.
 *
 * @param callService - The dry run of the service, to its end.
 * @returns The result of the dry run, with the report: nothing in it failed.
 * @throws ApplicationFailure - That of `callService`, or `RequestRejected` where only a check of ours failed; the report is
 *   in its details.
 */
export async function reportDryRun(
  run: RunState,
  provision: Provision,
  callService: () => Promise<ProvisionResult>,
): Promise<ProvisionResult> {
  const call = await endOf(callService);
  if (!patched('dry-run-report')) {
    // A dry run of a version before the report.
    if (call.kind === 'failed') throw call.error;
    return call.result;
  }
  const withinMs = Math.min(LOOK_WITHIN_MS, provision.timeouts.acceptedMs);
  run.enter('checking', 'the checks that the dry run of the service does not make', { withinMs });
  const looks = await Promise.all(PREFLIGHT_PARTS.map((part) => look(provision, part, withinMs)));
  for (const { attempts } of looks) run.addAttempts(attempts);
  const [service = [], quota = [], existing = []] = looks.map(({ checks }) => checks);
  const addresses = addressChecks(provision.request);
  const report = [callCheck(call), ...service, ...quota, ...addresses, ...existing];

  const failed = report.filter(({ verdict }) => verdict === 'fail');
  if (call.kind === 'failed') throw withReport(run, call, report, failed);
  const [first] = failed;
  if (first !== undefined) throw rejected(run, report, failed, first);
  return { ...call.result, report, attempts: run.attempts };
}

async function endOf(callService: () => Promise<ProvisionResult>): Promise<CallEnd> {
  try {
    return { kind: 'passed', result: await callService() };
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ApplicationFailure)) throw error;
    return { kind: 'failed', error, details: error.details?.[0] as FailureDetails };
  }
}

/** The checks of one part; unknown where the look does not succeed in its time, whatever the reason. */
async function look(provision: Provision, part: PreflightPart, withinMs: number): Promise<PreflightOutcome> {
  const { account, request, owner, ifExists } = provision;
  const call = { activityId: `preflight.${part}`, summary: `check of the dry run: ${part}`, withinMs };
  try {
    return await reading(provision, call).preflight({
      part,
      provision: {
        account,
        request,
        ...(owner === undefined ? {} : { owner }),
        ...(ifExists === undefined ? {} : { ifExists }),
      },
    });
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    const said = saidOf(error);
    const why = isDeadline(error) ? `Not found out within ${formatMs(withinMs)}` : 'Not found out';
    const reason = { message: `${why}: ${lastAttemptOf(error)?.message ?? 'no answer came'}`, ...said };
    return { checks: unknownChecks(part, request, reason), attempts: lastWordOf(error).attempts };
  }
}

/** Code and RequestId of the answer that the last attempt failed with, where there was one. */
function saidOf({ cause }: ActivityFailure): { code?: string; requestId?: string } {
  const failed = cause instanceof ApplicationFailure ? cause : cause?.cause;
  const details = failed instanceof ApplicationFailure ? (failed.details?.[0] as Partial<FailedCall> | undefined) : {};
  const { code, requestId } = details ?? {};
  return { ...(code === undefined ? {} : { code }), ...(requestId === undefined ? {} : { requestId }) };
}

/** The check `dryRunCall`. */
function callCheck(call: CallEnd): PreflightCheck {
  if (call.kind === 'passed') {
    const answer = call.result.attempts.findLast(({ action }) => action === 'CreateVpcEndpoint');
    return {
      check: 'dryRunCall',
      verdict: 'pass',
      message: 'The service accepts the request.',
      ...(answer === undefined ? {} : { code: answer.code }),
      ...(answer?.RequestId === undefined ? {} : { requestId: answer.RequestId }),
    };
  }
  const { error, details } = call;
  return {
    check: 'dryRunCall',
    verdict: isUnanswered(details) ? 'unknown' : 'fail',
    message: `${error.message} ${details.advice}`,
    code: details.code,
    ...(details.requestId === undefined ? {} : { requestId: details.requestId }),
  };
}

/** Whether the run gave up before the service said yes or no. */
function isUnanswered({ class: failureClass, code }: FailureDetails): boolean {
  return failureClass === 'deadline' || code === 'ActivityFailed';
}

/** The failure of the service's dry run, with the report. */
function withReport(
  run: RunState,
  { error, details }: Extract<CallEnd, { kind: 'failed' }>,
  report: readonly PreflightCheck[],
  failed: readonly PreflightCheck[],
): ApplicationFailure {
  const message = isUnanswered(details)
    ? [error.message, ...failed.map(checkLine)].join('\n')
    : failureText(report, failed);
  return ApplicationFailure.create({
    type: error.type as FailureType,
    nonRetryable: true,
    message,
    details: [
      {
        ...details,
        // Whatever is in the way, it was not made here.
        endpointMayExist: details.endpointId !== undefined,
        attempts: run.attempts,
        report,
      } satisfies FailureDetails,
    ],
  });
}

/** The service accepts the request, and a check of ours says that a run would fail all the same. */
function rejected(
  run: RunState,
  report: readonly PreflightCheck[],
  failed: readonly PreflightCheck[],
  first: PreflightCheck,
): ApplicationFailure {
  const code = first.code ?? first.check;
  return ApplicationFailure.create({
    type: 'RequestRejected' satisfies FailureType,
    nonRetryable: true,
    message: failureText(report, failed),
    details: [
      {
        class: catalogueEntry(code) === undefined ? 'state' : classifyCode(code),
        code,
        ...(first.requestId === undefined ? {} : { requestId: first.requestId }),
        advice: catalogueEntry(code)?.advice ?? 'Correct what the report names, and run it again.',
        retryable: false,
        endpointMayExist: false,
        report,
        attempts: run.attempts,
      } satisfies FailureDetails,
    ],
  });
}

function failureText(report: readonly PreflightCheck[], failed: readonly PreflightCheck[]): string {
  const checks = report.length === 1 ? 'check' : 'checks';
  return [`The dry run failed ${failed.length} of ${report.length} ${checks}:`, ...failed.map(checkLine)].join('\n');
}

function checkLine({ check, message }: PreflightCheck): string {
  return `- ${check}: ${message}`;
}
