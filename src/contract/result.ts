import type { Difference } from '../model/adoption.js';
import type { ErrorClass } from '../model/error-class.js';
import type { PreflightCheck } from '../model/preflight.js';
import type { DeniedCall } from '../model/ram-statement.js';
import type { RemainingEndpoint } from '../model/remaining-endpoint.js';
import type { Problem } from '../model/request-rules.js';
import type { VpcEndpoint, VpcEndpointZone } from '../model/endpoint.js';

/** One attempt of a call, for a support ticket. Times are the worker's clock, ISO 8601. */
export interface AttemptRecord {
  readonly at: string;
  readonly action: string;
  /** The service's code, or what it said: an `EndpointStatus`, `Absent`, `Accepted`. */
  readonly code: string;
  readonly RequestId?: string;
}

/** Type of the failure by which a look asks the engine to look again: the endpoint is there, or may come, and is not ready. */
export const NOT_READY = 'NotReady';

/** Attempts that a log keeps: the last ones. */
export const ATTEMPT_LOG_LENGTH = 20;

/** What a run ended with, when it ended well. */
export interface ProvisionResult {
  readonly outcome: 'created' | 'adopted' | 'dryRunPassed';
  /** All fields of the last GetVpcEndpointAttribute; absent after a dry run. */
  readonly endpoint?: VpcEndpoint;
  readonly zones: readonly VpcEndpointZone[];
  /** How it was created; `RequestId` is absent where an endpoint of an earlier attempt was adopted, all after a dry run. */
  readonly create?: { readonly RequestId?: string; readonly ClientToken: string; readonly epoch: number };
  /** When the run knew it, by the engine's clock, ISO 8601. */
  readonly times: { readonly acceptedAt?: string; readonly activeAt?: string; readonly connectedAt?: string };
  /** Of a dry run: every check that was made, none of which failed. */
  readonly report?: readonly PreflightCheck[];
  /** The last attempts, oldest first. */
  readonly attempts: readonly AttemptRecord[];
}

/** What was last seen of an endpoint. */
export interface LastSeen {
  readonly at: string;
  readonly EndpointStatus?: string;
  readonly ConnectionStatus?: string;
  readonly EndpointBusinessStatus?: string;
}

/** Types of a failed run: a closed list, stable for ever. */
export const FAILURE_TYPES = {
  InvalidInput: 'The input breaks the contract. Nothing was called.',
  RequestRejected: 'The service refused the request; the same request cannot succeed.',
  AccessDenied: 'Credentials or policy forbid the call.',
  QuotaExceeded: 'A quota stayed used up for as long as the request allowed.',
  StatusNotReady: 'Another resource did not reach the right state for as long as the request allowed.',
  UnlistedRefusal: 'The service kept answering with a code that this version does not know.',
  EndpointExists: 'An endpoint that this run did not make is in the way, and the request does not let it be adopted.',
  EndpointDiffers: 'The endpoint that would be adopted is not what the request asks for.',
  IdempotencyConflict: 'The client token was used before with other parameters.',
  EndpointDisappeared: 'The endpoint was deleted by somebody else while the run waited.',
  FinancialLocked: 'The endpoint is locked for arrears.',
  ConnectionLost: 'The service behind the endpoint was deleted; the endpoint can never be connected again.',
  ConnectionRejected: 'The owner of the service rejected the connection, or closed it.',
  EndpointNotOwned: 'The endpoint that was to be removed is not of this installation. Nothing was touched.',
  EndpointProtected: 'The endpoint is protected: only who created it can remove it.',
  DeadlineExceeded: 'A deadline passed.',
} as const;

export type FailureType = keyof typeof FAILURE_TYPES;

/** A call that the service refused, as it is told beyond the activity that made it. */
export interface RefusedCall {
  readonly class: ErrorClass;
  readonly code: string;
  /** Code, message and RequestId of the service. */
  readonly message: string;
  readonly requestId?: string;
  /** One sentence on what to do. */
  readonly advice: string;
  /** Where credentials or policy forbade it. */
  readonly denied?: DeniedCall;
}

/** Details of every failure but `InvalidInput`: the first entry of `details`. */
export interface FailureDetails {
  readonly class: ErrorClass | 'deadline' | 'state';
  /** The service's code, or the failure type where no answer of the service led to it. */
  readonly code: string;
  readonly requestId?: string;
  readonly endpointId?: string;
  /** `false` only where it is certain that this request left no endpoint behind. */
  readonly endpointMayExist: boolean;
  readonly lastSeen?: LastSeen;
  /** One sentence on what to do. */
  readonly advice: string;
  /** Whether the same request may succeed when it is started again unchanged. */
  readonly retryable: boolean;
  readonly attempts: readonly AttemptRecord[];
  /** With `EndpointDiffers`. */
  readonly differences?: readonly Difference[];
  /** With `AccessDenied`, and where the last attempt before a deadline was denied: what is missing, and whose turn it is. */
  readonly denied?: DeniedCall;
  /** Of a dry run: every check that was made, those that failed among them. */
  readonly report?: readonly PreflightCheck[];
  /** With `onFailure: "delete"`, where the run made an endpoint or may have made one. */
  readonly undo?: UndoOutcome;
  /** Of a removal: what is left of the endpoint; absent where it could not be read, or is not of this installation. */
  readonly remains?: RemainingEndpoint;
}

/** What became of the endpoint of a failed run that was asked to delete it. */
export interface UndoOutcome {
  /**
   * `removed`: its absence is proven. `left`: it exists, or may exist; somebody has to see to it. `nothingFound`: patient
   * looks by our tags found no endpoint.
   */
  readonly outcome: 'removed' | 'left' | 'nothingFound';
  /** Absent where it is not known. */
  readonly endpointId?: string;
  /** Why it is left: one sentence, with code and RequestId where a call was refused. */
  readonly reason?: string;
  /** The last calls of the removal, oldest first. */
  readonly attempts: readonly AttemptRecord[];
}

/** Details of `InvalidInput`: the first entry of `details`. */
export interface InvalidInputDetails {
  readonly problems: readonly Problem[];
}

/** What a cancelled run left behind, written to its memo under {@link OUTCOME_MEMO} before it closes. */
export interface CancelOutcome {
  readonly outcome: 'nothingCreated' | 'removed' | 'kept' | 'unknown';
  readonly endpointId?: string;
  /** With `kept`: why it was not deleted, although `onCancel` asks for it; of a cancelled removal: what is left of it. */
  readonly reason?: string;
}

/** Memo field of a {@link CancelOutcome}. */
export const OUTCOME_MEMO = 'cancelOutcome';
