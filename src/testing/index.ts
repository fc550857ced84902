/** Test your own workflows with ours: a PrivateLink twin in process, and our activities on it. */
export { createTestKit, privateLinkInProcess, type TestKit, type TestKitOptions } from './twin-activities.js';
export { createInProcessTwin, type InProcessTwin, type TwinOptions } from '../simulator/in-process.js';
export type { FaultEffect, FaultRule } from '../simulator/faults.js';
export type { SettingsChange, TimeToActive } from '../simulator/settings.js';
