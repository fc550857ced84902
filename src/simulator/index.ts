/**
 * The PrivateLink twin: the API on the wire, with its errors, idempotence, timing and whatever goes wrong.
 *
 * `startSimulator` serves it over HTTP and HTTPS, `createInProcessTwin` runs it without a network, `PrivateLinkEngine` is
 * the state machine alone.
 */
export { startSimulator, type Simulator, type SimulatorOptions } from './wire/http-server.js';
export type { CompanionVSwitch, CompanionWorld } from './wire/companion-calls.js';
export {
  createInProcessTwin,
  type CallOrigin,
  type InProcessTwin,
  type TwinAnswer,
  type TwinOptions,
} from './twin/in-process.js';
export { PrivateLinkEngine, type AnswerBody, type EngineAnswer } from './engine/engine.js';
export type { Caller, EngineCall, EngineSources } from './engine/engine-state.js';
export type { EndpointInspection, ForcedStatuses } from './engine/endpoint.js';
export type { Effect } from './engine/endpoint-store.js';
export { parseFaultRules } from './twin/fault-rules.js';
export { FaultPlan, type ErrorBody, type FaultEffect, type FaultRule, type PlannedFault } from './twin/faults.js';
export {
  Journal,
  type JournalLimits,
  type JournalOutcome,
  type JournalRequest,
  type WireFacts,
} from './twin/journal.js';
export type { WireParameters } from './engine/parameters.js';
export { Refusal } from './engine/refusals.js';
export { parseScenario, ScenarioError, type Scenario } from './twin/scenario.js';
export {
  DEFAULT_SETTINGS,
  NO_LIMITS,
  parseSettingsChange,
  type EngineSettings,
  type Quotas,
  type RateLimits,
  type SettingsChange,
  type TimeToActive,
} from './engine/settings.js';
export { ACTIONS, type ActionDefinition, type AnswerShape, type ParameterShape } from './engine/action-shapes.js';
export { DEFAULT_ACCOUNT, type SimulatorAccount } from './twin/accounts.js';
export { signatureOf, stringToSign } from './wire/signature.js';
export { DEFAULT_SWITCHES, SWITCHES, type SimulatorSwitches, type SwitchDefinition } from './engine/switches.js';
export { DEFAULT_WORLD } from './engine/default-world.js';
export type { Duration } from './engine/times.js';
export {
  parseWorld,
  type SimulatedService,
  type World,
  type WorldAccount,
  type WorldLoadBalancer,
  type WorldSecurityGroup,
  type WorldVpc,
  type WorldVSwitch,
} from './engine/world.js';
