import type { Step } from './step.js';
import { CHANGES, DELETION, ENDPOINT, TAGS } from './story-endpoint.js';
import { CONNECTION, OPENING, SERVICE } from './story-service.js';

/** A service and an endpoint from their creation to their end: every action succeeds at least once. */
export const STORY: readonly Step[] = [
  ...OPENING,
  ...SERVICE,
  ...ENDPOINT,
  ...CHANGES,
  ...TAGS,
  ...CONNECTION,
  ...DELETION,
];
