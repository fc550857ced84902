import { askToAccept, createAcceptConnection } from './accept-connection.js';
import { createAwaitEndpoint, createDescribeEndpoint } from './await-endpoint.js';
import { createCreateEndpoint } from './create-endpoint.js';
import type { ActivityDependencies } from './dependencies.js';
import { createFindEndpoint } from './find-endpoint.js';
import { createParseDeprovisionInput } from './parse-deprovision-input.js';
import { createParseInput } from './parse-input.js';
import { createParseFindOrphansInput } from './parse-orphans-input.js';
import { createPreflight } from './preflight.js';
import { createRemoveEndpoint } from './remove-endpoint.js';
import { createScanOrphans } from './scan-orphans.js';
import { createWatchEndpoints } from './watch-endpoints.js';

export type { ActivityDependencies, EarlierRuns, RunRecords } from './dependencies.js';
export { findEarlierRuns } from './earlier-runs.js';
export { SharedLookUps } from './shared-look-ups.js';
export { SharedRunLists } from './shared-run-lists.js';
export { WatchLink, type WatchMode } from './watch-link.js';
export type { WatchOutcome } from './watch-endpoints.js';
export type { AcceptInput, AcceptOutcome, AskInput } from './accept-connection.js';
export type { AwaitInput, AwaitOutcome, DescribeOutcome } from './await-endpoint.js';
export type { FailedCall, LastWord } from './call-failure.js';
export type { CreateInput, CreateOutcome, Refusal } from './create-endpoint.js';
export type { FindInput, FindOutcome } from './find-endpoint.js';
export type { Deprovision, ParsedDeprovision } from './parse-deprovision-input.js';
export type { ParkPolicy, ParsedInput, Provision } from './parse-input.js';
export type { ParsedSweep, Sweep } from './parse-orphans-input.js';
export type { PreflightInput, PreflightOutcome } from './preflight.js';
export type { RemoveInput, RemoveOutcome } from './remove-endpoint.js';
export type { ScanOrphansInput, ScanOrphansOutcome } from './scan-orphans.js';

/** The activities of `provisionVpcEndpoint`, ready for `Worker.create({ activities })`. */
export function createActivities(deps: ActivityDependencies) {
  return {
    parseInput: createParseInput(deps),
    parseDeprovisionInput: createParseDeprovisionInput(deps),
    createEndpoint: createCreateEndpoint(deps),
    findEndpoint: createFindEndpoint(deps),
    awaitEndpoint: createAwaitEndpoint(deps),
    describeEndpoint: createDescribeEndpoint(deps),
    preflight: createPreflight(deps),
    removeEndpoint: createRemoveEndpoint(deps),
    parseFindOrphansInput: createParseFindOrphansInput(deps),
    scanOrphans: createScanOrphans(deps),
    askToAccept,
    watchEndpoints: createWatchEndpoints(deps),
    acceptConnection: createAcceptConnection(deps),
  };
}

/** What workflows see of the activities. */
export type Activities = ReturnType<typeof createActivities>;
