import { randomUUID } from 'node:crypto';
import { activityInfo } from '@temporalio/activity';
import { Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createActivities } from '../../src/activities/index.js';
import { flattenParameters } from '../../src/privatelink/parameters.js';
import { privateLinkApiOver } from '../../src/privatelink/private-link-api-over.js';
import { noAnswer, readAnswer } from '../../src/privatelink/read-answer.js';
import type { TwinAnswer } from '../../src/simulator/twin/in-process.js';
import { SkippingWorkflowClient } from '../support/virtual-time.js';

/** Which run makes a call, and when by its own clock. */
export interface Caller {
  readonly runId: string;
  /** Activity id and attempt. */
  readonly attempt: string;
  /** Virtual time of the attempt, in milliseconds since 1970. */
  readonly atMs: number;
}

/** The cloud as one sequence has it: answers the calls of one region. */
export type RegionalCloud = (
  caller: Caller,
  action: string,
  parameters: Readonly<Record<string, string>>,
) => Promise<TwinAnswer | 'noResponse'>;

/** One worker on a server with virtual time. Each sequence has a region, and so a cloud, of its own. */
export interface Stage {
  readonly client: SkippingWorkflowClient;
  readonly taskQueue: string;
  /** Name of a region whose calls go to a cloud, until it is taken away. */
  addRegion(cloud: RegionalCloud): { readonly RegionId: string; remove(): void };
  close(): Promise<void>;
}

/** Sparser than that of production: each look costs the server time, and steps count looks. */
const POLL_SCHEDULE = { minMs: 15_000, maxMs: 300_000, share: 1, jitter: 0.2 };

/** Open a stage. The activities are those of production, on clouds in this process. */
export async function openStage({ address, codePath }: { address: string; codePath: string }): Promise<Stage> {
  const clouds = new Map<string, RegionalCloud>();
  const activities = createActivities({
    accountTaskQueue: (queue) => queue,
    pollSchedule: POLL_SCHEDULE,
    // Not drawn, so that a sequence goes the same way when it is tried again.
    random: () => 0.5,
    privateLink: (_account, RegionId) =>
      privateLinkApiOver(async (action, parameters) => {
        const cloud = clouds.get(RegionId);
        if (cloud === undefined) throw new Error(`The sequence of ${RegionId} is over`);
        const answer = await cloud(caller(), action, flattenParameters(parameters, action));
        if (answer === 'noResponse') throw noAnswer(action, 'ECONNRESET');
        return readAnswer({ action, ...answer });
      }),
  });
  const taskQueue = `properties-${randomUUID()}`;
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowBundle: { codePath },
    activities,
    maxCachedWorkflows: 200,
  });
  const running = worker.run();
  let regions = 0;
  return {
    client: new SkippingWorkflowClient({ connection }),
    taskQueue,
    addRegion: (cloud) => {
      regions += 1;
      const RegionId = `cn-property-${regions}`;
      clouds.set(RegionId, cloud);
      return { RegionId, remove: () => clouds.delete(RegionId) };
    },
    close: async () => {
      worker.shutdown();
      await running;
      await native.close();
      await connection.close();
    },
  };
}

function caller(): Caller {
  const { workflowExecution, activityId, attempt, currentAttemptScheduledTimestampMs: atMs } = activityInfo();
  return { runId: workflowExecution?.runId ?? '', attempt: `${activityId}#${attempt}`, atMs };
}
