/** Test your own workflows with ours: a PrivateLink twin in process, and our activities on it. */
export { createTestKit, privateLinkInProcess, type TestKit, type TestKitOptions } from './twin-activities.js';
export { createInProcessTwin, type InProcessTwin, type TwinOptions } from '../simulator/twin/in-process.js';
export type { FaultEffect, FaultRule } from '../simulator/twin/faults.js';
export { NO_LIMITS, type SettingsChange, type TimeToActive } from '../simulator/engine/settings.js';
