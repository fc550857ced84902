/** What callers exchange with `provisionVpcEndpoint`. Safe to import in workflow code and outside of it. */
export {
  ACCEPT_LANE_WORKFLOW_TYPE,
  acceptConnectionSignal,
  acceptLaneId,
  laneQuery,
  withdrawAcceptanceSignal,
  type AcceptanceNotice,
  type AcceptLaneInput,
  type AcceptLaneState,
  type AcceptRequest,
  type WaitingAcceptance,
} from './accept-lane.js';
export { INPUT_DEFAULTS, type NotifyTarget, type ParkPolicyInput, type ProvisionInput } from './input.js';
export {
  acceptedUpdate,
  changeOptionsUpdate,
  extendDeadlineUpdate,
  INVALID_UPDATE,
  NOT_APPLICABLE,
  NOT_PARKED,
  PHASES,
  PROVISION_WORKFLOW_TYPE,
  retryNowUpdate,
  stateQuery,
  vpcEndpointProvisionedSignal,
  type AcceptedAnswer,
  type ChangeableOptions,
  type DeadlineExtension,
  type ExtendedDeadline,
  type LastError,
  type Parked,
  type Phase,
  type ProvisionedNotice,
  type ProvisionState,
  type RetryNowAnswer,
  type ToldFailure,
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
  type RefusedCall,
  type UndoOutcome,
} from './result.js';
export {
  FIND_ORPHANS_DEFAULTS,
  FIND_ORPHANS_WORKFLOW_TYPE,
  MAX_LISTED_ORPHANS,
  type FindOrphansInput,
  type OrphanedEndpoint,
  type OrphanReport,
} from './orphans.js';
export {
  accountInRegion,
  accountTaskQueue,
  callQueues,
  createTaskQueue,
  DEFAULT_ACCOUNT,
  DEFAULT_TASK_QUEUE,
  watchTaskQueue,
  writeTaskQueue,
  type CallQueues,
  type ChooseTaskQueue,
} from './task-queues.js';
export {
  DEPROVISION_DEFAULTS,
  DEPROVISION_WORKFLOW_TYPE,
  vpcEndpointDeprovisionedSignal,
  type DeprovisionedNotice,
  type DeprovisionInput,
  type DeprovisionResult,
} from './deprovision.js';
export {
  changedSignal,
  WATCH_ACTIVITY_ID,
  WATCH_WORKFLOW_TYPE,
  watchId,
  watchQuery,
  watchSignal,
  type ChangedNotice,
  type WatchInput,
  type WatchReport,
  type WatchState,
} from './watch.js';
export type { Difference } from '../model/adoption.js';
export type { DurationText } from '../model/duration.js';
export type { ErrorClass } from '../model/error-class.js';
export type { EndpointFields, VpcEndpoint, VpcEndpointZone } from '../model/endpoint.js';
export { ORPHAN_REASONS, type OrphanReason } from '../model/orphans.js';
export type { CreateVpcEndpointRequest, RequestedZone } from '../model/request.js';
export type { CheckName, CheckVerdict, PreflightCheck } from '../model/preflight.js';
export type { DeniedCall, RamStatement } from '../model/ram-statement.js';
export type { RemainingEndpoint } from '../model/remaining-endpoint.js';
export type { Problem } from '../model/request-rules.js';
