/**
 * The PrivateLink twin: the API on the wire, with its errors, idempotence, timing and whatever goes wrong.
 *
 * `startSimulator` serves it over HTTP, `createInProcessTwin` runs it without a network, `PrivateLinkEngine` is the state
 * machine alone.
 */
export { startSimulator, type Simulator, type SimulatorOptions } from './http-server.js';
export { createInProcessTwin, type InProcessTwin, type TwinAnswer, type TwinOptions } from './in-process.js';
export {
  PrivateLinkEngine,
  type AnswerBody,
  type EngineAnswer,
  type EngineCall,
  type EngineSources,
} from './engine.js';
export type { EndpointInspection, ForcedStatuses } from './endpoint.js';
export type { Effect } from './endpoint-store.js';
export { FaultPlan, parseFaultRules, type FaultEffect, type FaultRule } from './faults.js';
export { Journal, type JournalOutcome, type JournalRequest } from './journal.js';
export type { WireParameters } from './parameters.js';
export { Refusal } from './refusals.js';
export {
  DEFAULT_SETTINGS,
  parseSettingsChange,
  type EngineSettings,
  type SettingsChange,
  type TimeToActive,
} from './settings.js';
export type { SimulatedService } from './services.js';
export { DEFAULT_ACCOUNT, signatureOf, stringToSign, type SimulatorAccount } from './signature.js';
export { DEFAULT_SWITCHES, type SimulatorSwitches } from './switches.js';
