import type { BulkEnd, BulkRequest } from '../../client/bulk.js';
import { ProvisionCancelledError } from '../../client/errors.js';
import type { FailureDetails } from '../../contract/result.js';
import type { ExitName } from '../exit-codes.js';
import { reportOf } from '../failure-report.js';
import type { BulkLine } from './bulk-file.js';

/** A request of a bulk, with the line that it stands on. */
export type BulkLineRequest = BulkRequest & { readonly line: BulkLine };

/** What became of one line of a bulk file. Stable: scripts read it, and so does a later bulk. */
export interface ResultLine {
  /** Number of the line in the bulk file. */
  readonly line: number;
  readonly workflowId: string;
  readonly runId?: string;
  /** `refused`: no run was started. */
  readonly outcome: 'ready' | 'dryRunPassed' | 'failed' | 'cancelled' | 'refused';
  /** Of a ready one: whether the endpoint was `created` or `adopted`. */
  readonly how?: 'created' | 'adopted';
  readonly EndpointId?: string;
  readonly EndpointDomain?: string;
  readonly ConnectionStatus?: string;
  readonly failure?: {
    /** As in the JSON of a failed `pvlctl provision`. */
    readonly type: string;
    /** Of the service. */
    readonly code?: string;
    readonly requestId?: string;
    readonly message: string;
    readonly advice?: string;
    readonly retryable?: boolean;
  };
  /** When it was known, ISO 8601, by the clock of this machine. */
  readonly at: string;
  /** Digest of the request. */
  readonly request: string;
}

/** What became of a line, and how a command that had only this one would exit. */
export function resultLine(
  end: BulkEnd<BulkLineRequest>,
  nowMs: number,
): { readonly line: ResultLine; readonly exit: ExitName } {
  const { line, workflowId, digest } = end.request.line;
  const common = {
    line,
    workflowId,
    ...(end.started === undefined ? {} : { runId: end.started.runId }),
  };
  const last = { at: new Date(nowMs).toISOString(), request: digest };
  if ('result' in end) {
    const { outcome, endpoint } = end.result;
    if (outcome === 'dryRunPassed' || endpoint === undefined) {
      return { line: { ...common, outcome: 'dryRunPassed', ...last }, exit: 'ok' };
    }
    const { EndpointId, EndpointDomain, ConnectionStatus } = endpoint;
    const shown = {
      EndpointId,
      ...(EndpointDomain === undefined ? {} : { EndpointDomain }),
      ...(ConnectionStatus === undefined ? {} : { ConnectionStatus }),
    };
    return { line: { ...common, outcome: 'ready', how: outcome, ...shown, ...last }, exit: 'ok' };
  }
  const { error, started } = end;
  const report = reportOf(error);
  const outcome = started === undefined ? 'refused' : report.exit === 'cancelled' ? 'cancelled' : 'failed';
  const details = (report.details ?? {}) as Partial<FailureDetails>;
  const EndpointId = error instanceof ProvisionCancelledError ? error.outcome.endpointId : details.endpointId;
  const failure = {
    type: report.type,
    ...(details.code === undefined ? {} : { code: details.code }),
    ...(details.requestId === undefined ? {} : { requestId: details.requestId }),
    message: report.message,
    ...(report.advice === undefined ? {} : { advice: report.advice }),
    ...(details.retryable === undefined ? {} : { retryable: details.retryable }),
  };
  return {
    line: { ...common, outcome, ...(EndpointId === undefined ? {} : { EndpointId }), failure, ...last },
    exit: report.exit,
  };
}
