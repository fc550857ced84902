/** Start and follow provisions from a backend service. */
export {
  ProvisioningClient,
  type AcceptedProvision,
  type ProvisioningClientOptions,
  type StartedProvision,
  type StartOptions,
} from './provisioning-client.js';
export {
  InvalidInputError,
  ProvisionCancelledError,
  ProvisionCutOffError,
  ProvisionError,
  ProvisionFailedError,
  ProvisionNotFoundError,
  RequestConflictError,
  UpdateRefusedError,
} from './errors.js';
export { deprovisionWorkflowId, isDeprovisionResult, type StartedDeprovision } from './deprovision.js';
export { orphansWorkflowId, type SweepOptions } from './orphans.js';
export { DEFAULT_WINDOW, type BulkEnd, type BulkOptions, type BulkRequest } from './bulk.js';
export { OutageError } from './bulk-patience.js';
export type { FleetFilter, FleetItem } from './fleet.js';
export { isHashedId, provisionWorkflowId } from './workflow-id.js';
export type { ReportedAttempt, ReportedFailure, ReportedParking, RunReport } from './run-report.js';
export type { PendingActivity, RunView } from './run-view.js';
export type { NotifyTarget, ParkPolicyInput, ProvisionInput } from '../contract/input.js';
export type { DeprovisionedNotice, DeprovisionInput, DeprovisionResult } from '../contract/deprovision.js';
export type { FindOrphansInput, OrphanedEndpoint, OrphanReport } from '../contract/orphans.js';
export { ORPHAN_REASONS, type OrphanReason } from '../model/orphans.js';
export type {
  AcceptedAnswer,
  ChangeableOptions,
  DeadlineExtension,
  ExtendedDeadline,
  Phase,
  ProvisionedNotice,
  ProvisionState,
  RetryNowAnswer,
  ToldFailure,
} from '../contract/messages.js';
export type {
  AttemptRecord,
  CancelOutcome,
  FailureDetails,
  FailureType,
  InvalidInputDetails,
  LastSeen,
  ProvisionResult,
} from '../contract/result.js';
export type { CheckName, CheckVerdict, PreflightCheck } from '../model/preflight.js';
export type { CreateVpcEndpointRequest } from '../model/request.js';
export type { VpcEndpoint, VpcEndpointZone } from '../model/endpoint.js';
export type { RemainingEndpoint } from '../model/remaining-endpoint.js';
export type { Problem } from '../model/request-rules.js';
