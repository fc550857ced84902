import { createAwaitEndpoint, createDescribeEndpoint } from './await-endpoint.js';
import { createCreateEndpoint } from './create-endpoint.js';
import type { ActivityDependencies } from './dependencies.js';
import { createFindEndpoint } from './find-endpoint.js';
import { createParseInput } from './parse-input.js';
import { createPreflight } from './preflight.js';
import { createRemoveEndpoint } from './remove-endpoint.js';

export type { ActivityDependencies, EarlierRuns } from './dependencies.js';
export type { AwaitInput, AwaitOutcome, DescribeOutcome } from './await-endpoint.js';
export type { FailedCall, LastWord } from './call-failure.js';
export type { CreateInput, CreateOutcome, Refusal } from './create-endpoint.js';
export type { FindInput, FindOutcome } from './find-endpoint.js';
export type { ParkPolicy, ParsedInput, Provision } from './parse-input.js';
export type { PreflightInput, PreflightOutcome } from './preflight.js';
export type { RemoveInput, RemoveOutcome } from './remove-endpoint.js';

/** The activities of `provisionVpcEndpoint`, ready for `Worker.create({ activities })`. */
export function createActivities(deps: ActivityDependencies) {
  return {
    parseInput: createParseInput(deps),
    createEndpoint: createCreateEndpoint(deps),
    findEndpoint: createFindEndpoint(deps),
    awaitEndpoint: createAwaitEndpoint(deps),
    describeEndpoint: createDescribeEndpoint(deps),
    preflight: createPreflight(deps),
    removeEndpoint: createRemoveEndpoint(deps),
  };
}

/** What workflows see of the activities. */
export type Activities = ReturnType<typeof createActivities>;
