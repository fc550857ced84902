import {
  InvalidInputError,
  ProvisionCancelledError,
  ProvisionCutOffError,
  ProvisionError,
  ProvisionFailedError,
  ProvisionNotFoundError,
  RequestConflictError,
  UpdateRefusedError,
} from '../client/errors.js';
import { ConfigError } from '../config.js';
import type { CancelOutcome, FailureDetails } from '../contract/result.js';
import type { PreflightCheck } from '../model/preflight.js';
import type { DeniedCall } from '../model/ram-statement.js';
import { remainsText } from '../model/remaining-endpoint.js';
import { TemporalConnectionError } from '../temporal/connection-errors.js';
import { checkTable } from './check-table.js';
import { EXIT_OF_FAILURE, type ExitName } from './exit-codes.js';
import { deniedRows } from './failing-call.js';
import { plainText } from './plain-text.js';
import { InputFileError } from './read-input.js';

/** The arguments contradict each other, or the input. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What `pvlctl` says of an error, and how it exits. */
export interface FailureReport {
  readonly exit: ExitName;
  /** A failure type, or a word for an error that is none. Stable: scripts read it. */
  readonly type: string;
  readonly message: string;
  readonly details?: unknown;
  readonly workflowId?: string;
  readonly advice?: string;
  /** What is known of an endpoint that the run left behind. */
  readonly endpoint?: string;
  /** Which call credentials or policy forbade. */
  readonly denied?: DeniedCall;
  /** The report of a dry run. */
  readonly checks?: readonly PreflightCheck[];
}

/** By name: the modules of these errors are loaded only by the commands that start a server. */
const SERVER_ERRORS: ReadonlySet<string> = new Set(['DevServerStartError', 'TemporalBinaryNotFoundError']);

/** Read an error, whoever threw it. */
export function reportOf(error: unknown): FailureReport {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ProvisionError) return { ...provisionReport(error), message, ...idOf(error) };
  if (error instanceof InputFileError) return { exit: 'usage', type: 'InvalidInput', message };
  if (error instanceof UsageError) return { exit: 'usage', type: 'Usage', message };
  if (error instanceof ConfigError) {
    return { exit: 'settings', type: 'Settings', message, details: { problems: error.problems } };
  }
  if (error instanceof TemporalConnectionError) {
    const { problem, target } = error;
    return { exit: 'unreachable', type: 'ServerUnusable', message, details: { problem, target } };
  }
  if (error instanceof Error && SERVER_ERRORS.has(error.name)) {
    return { exit: 'unreachable', type: 'ServerUnusable', message };
  }
  return { exit: 'unexpected', type: 'Unexpected', message };
}

type ErrorReport = Omit<FailureReport, 'message' | 'workflowId'>;

function provisionReport(error: ProvisionError): ErrorReport {
  if (error instanceof InvalidInputError) {
    return { exit: 'usage', type: 'InvalidInput', details: { problems: error.problems } };
  }
  if (error instanceof ProvisionFailedError) return failedReport(error);
  if (error instanceof ProvisionCancelledError) {
    const endpoint = cancelledEndpoint(error.outcome);
    return { exit: 'cancelled', type: 'Cancelled', details: error.outcome, endpoint };
  }
  if (error instanceof ProvisionCutOffError) {
    return { exit: 'cancelled', type: 'CutOff', endpoint: 'id unknown (may exist)' };
  }
  if (error instanceof RequestConflictError) {
    return { exit: 'conflict', type: 'RequestConflict', details: { fields: error.fields } };
  }
  if (error instanceof UpdateRefusedError) {
    return { exit: 'notFound', type: 'UpdateRefused', details: { reason: error.type } };
  }
  if (error instanceof ProvisionNotFoundError) {
    const advice = 'Check the id, TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE.';
    return { exit: 'notFound', type: 'NotFound', advice };
  }
  return { exit: 'unexpected', type: 'Unexpected' };
}

/** A newer worker may fail with a type, and a foreign workflow with details, that this version does not know. */
function failedReport({ type, details: given }: ProvisionFailedError): ErrorReport {
  const details = given as Partial<FailureDetails> | undefined;
  const exits: Readonly<Record<string, ExitName>> = EXIT_OF_FAILURE;
  const endpoint = failedEndpoint(details ?? {});
  const checks = details?.report;
  // A dry run answers one question, whether the request can succeed: what its type says comes second.
  const failed = checks?.some(({ verdict }) => verdict === 'fail') === true;
  return {
    exit: failed ? 'rejected' : (exits[type] ?? 'unexpected'),
    type,
    ...(details === undefined ? {} : { details }),
    ...(details?.advice === undefined ? {} : { advice: details.advice }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(details?.denied === undefined ? {} : { denied: details.denied }),
    ...(checks === undefined ? {} : { checks }),
  };
}

function failedEndpoint(details: Partial<FailureDetails>): string | undefined {
  const { endpointId, endpointMayExist, lastSeen, undo, remains } = details;
  if (remains !== undefined) return remainsText(remains);
  if (undo?.outcome === 'removed') return `${endpointId ?? 'id unknown'} (removed)`;
  if (endpointMayExist !== true) return undefined;
  if (endpointId === undefined) return 'id unknown (may exist)';
  return `${endpointId} (${lastSeen === undefined ? 'may exist' : 'kept'})`;
}

function cancelledEndpoint({ outcome, endpointId }: CancelOutcome): string {
  switch (outcome) {
    case 'nothingCreated':
      return 'none was created';
    case 'kept':
    case 'removed':
      return `${endpointId ?? 'id unknown'} (${outcome})`;
    case 'unknown':
      return `${endpointId ?? 'id unknown'} (may exist)`;
  }
}

function idOf({ workflowId }: ProvisionError): { workflowId?: string } {
  return workflowId === '(none)' ? {} : { workflowId };
}

/** A failure for a person: what, what to do, what is left. A list keeps its lines, anything else is one line. */
export function failureText({ type, message, advice, endpoint, denied, checks }: FailureReport): string {
  const [first = '', ...rest] = message.split('\n');
  const isList = rest.length > 0 && rest.every((line) => /^(?:- | {2})/.test(line));
  const shown = isList ? [first, ...rest].map(plainText).join('\n') : plainText(message);
  // The table has the failed checks of the list, with their advice, and all others.
  const lines = [`pvlctl: ${type}: ${checks === undefined ? shown : plainText(first)}`];
  if (checks !== undefined) lines.push(checkTable(checks));
  else if (advice !== undefined) lines.push(`advice: ${plainText(advice)}`);
  for (const [name, value] of deniedRows(denied)) {
    if (value !== undefined) lines.push(`${name}: ${plainText(value)}`);
  }
  if (endpoint !== undefined) lines.push(`endpoint: ${plainText(endpoint)}`);
  return lines.join('\n');
}

/** A failure for a program: one JSON object. */
export function failureJson({ type, message, details, workflowId }: FailureReport): string {
  return JSON.stringify({ error: { type, message, details }, workflowId });
}
