/** What callers exchange with `provisionVpcEndpoint`. Safe to import in workflow code and outside of it. */
export { INPUT_DEFAULTS, type NotifyTarget, type ParkPolicyInput, type ProvisionInput } from './input.js';
export {
  NOT_PARKED,
  PHASES,
  PROVISION_WORKFLOW_TYPE,
  retryNowUpdate,
  stateQuery,
  vpcEndpointProvisionedSignal,
  type LastError,
  type Parked,
  type Phase,
  type ProvisionedNotice,
  type ProvisionState,
  type RetryNowAnswer,
} from './messages.js';
export {
  FAILURE_TYPES,
  OUTCOME_MEMO,
  type AttemptRecord,
  type CancelOutcome,
  type FailureDetails,
  type FailureType,
  type InvalidInputDetails,
  type LastSeen,
  type ProvisionResult,
  type UndoOutcome,
} from './result.js';
export { accountTaskQueue, createTaskQueue, DEFAULT_ACCOUNT, DEFAULT_TASK_QUEUE } from './task-queues.js';
export type { Difference } from '../model/adoption.js';
export type { DurationText } from '../model/duration.js';
export type { ErrorClass } from '../model/error-class.js';
export type { EndpointFields, VpcEndpoint, VpcEndpointZone } from '../model/endpoint.js';
export type { CreateVpcEndpointRequest, RequestedZone } from '../model/request.js';
export type { CheckName, CheckVerdict, PreflightCheck } from '../model/preflight.js';
export type { DeniedCall, RamStatement } from '../model/ram-statement.js';
export type { Problem } from '../model/request-rules.js';
