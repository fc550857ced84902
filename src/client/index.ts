/** Start and follow provisions from a backend service. */
export {
  ProvisioningClient,
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
} from './errors.js';
export { isHashedId, provisionWorkflowId } from './workflow-id.js';
export type { ReportedAttempt, ReportedFailure, ReportedParking, RunReport } from './run-report.js';
export type { PendingActivity, RunView } from './run-view.js';
export type { NotifyTarget, ParkPolicyInput, ProvisionInput } from '../contract/input.js';
export type { Phase, ProvisionedNotice, ProvisionState } from '../contract/messages.js';
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
export type { Problem } from '../model/request-rules.js';
