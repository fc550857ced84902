import { createActivities, type Activities, type RunRecords } from '../activities/index.js';
import type { FleetPlace } from '../contract/search-attributes.js';
import { flattenParameters } from '../privatelink/parameters.js';
import type { PrivateLinkApi } from '../privatelink/port.js';
import { privateLinkApiOver } from '../privatelink/private-link-api-over.js';
import { noAnswer, readAnswer } from '../privatelink/read-answer.js';
import { createInProcessTwin, type InProcessTwin, type TwinOptions } from '../simulator/twin/in-process.js';
import { NO_LIMITS, type SettingsChange } from '../simulator/engine/settings.js';

/** How to build a test kit. */
export interface TestKitOptions extends TwinOptions {
  /** Value of the owner tag; the namespace of the test server when left out. */
  readonly installation?: string;
  /** Runs that the workflow id had before; none when left out, because the SDK's test server cannot tell. */
  readonly findEarlierRuns?: Parameters<typeof createActivities>[0]['findEarlierRuns'];
  /**
   * What is known of runs, for `findOrphans`; the test server is asked when left out. The SDK's tells no retention, so that
   * nothing is old and young enough to be an orphan.
   */
  readonly runRecords?: RunRecords;
  /** Where runs keep what the list of all runs shows; their memo when left out: test servers know no attributes of ours. */
  readonly fleet?: FleetPlace;
}

/** A twin in this process, and our activities on it. */
export interface TestKit {
  readonly twin: InProcessTwin;
  /** For `Worker.create({ activities })`: everything runs on the task queue of that worker. */
  readonly activities: Activities;
  /** The API of the twin, to look at what a workflow did. */
  readonly privateLink: PrivateLinkApi;
}

/** Everything takes a number of looks, and no time; nobody waits a minute of real time for a limit. */
const IN_READS: SettingsChange = {
  limits: NO_LIMITS,
  timeToActive: { afterReads: 3 },
  deleteMs: 0,
  deleteReads: 1,
  zoneRemovalMs: 0,
  zoneRemovalReads: 1,
};

/**
 * Create a twin and the activities of `provisionVpcEndpoint` on it, for workflow tests without a network.
 *
 * Under time skipping activities see the real clock, so endpoints become Active after a number of looks, 3 by default,
 * and not after a time. Zones and endpoints that are removed are seen going once.
 */
export function createTestKit(options: TestKitOptions = {}): TestKit {
  const {
    installation,
    findEarlierRuns = async () => ({ inDoubt: false }),
    runRecords,
    fleet = 'memo',
    ...twinOptions
  } = options;
  const twin = createInProcessTwin({
    ...twinOptions,
    settings: { ...IN_READS, ...twinOptions.settings },
  });
  const privateLink = privateLinkInProcess(twin);
  const activities = createActivities({
    privateLink: () => privateLink,
    accountTaskQueue: (taskQueue) => taskQueue,
    findEarlierRuns,
    fleet,
    ...(installation === undefined ? {} : { installation }),
    ...(runRecords === undefined ? {} : { runRecords }),
  });
  return { twin, activities, privateLink };
}

/** The API of a twin in this process. Everything but the network and the signature is as over HTTP. */
export function privateLinkInProcess(twin: InProcessTwin): PrivateLinkApi {
  return privateLinkApiOver(async (action, parameters) => {
    const answer = await twin.call(action, flattenParameters(parameters, action));
    if (answer === 'noResponse' || answer.cutAfterBytes !== undefined) throw noAnswer(action, 'ECONNRESET');
    return readAnswer({ action, ...answer });
  });
}
