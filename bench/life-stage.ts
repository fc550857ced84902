import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createActivities } from '../src/activities/index.js';
import { ProvisioningClient } from '../src/client/index.js';
import type { ProvisionInput } from '../src/contract/input.js';
import { accountTaskQueue, createTaskQueue, DEFAULT_ACCOUNT } from '../src/contract/task-queues.js';
import type { PrivateLinkApi } from '../src/privatelink/port.js';
import { PROVIDER_ACCOUNT_ID } from '../src/simulator/engine/default-world.js';
import {
  createInProcessTwin,
  NO_LIMITS,
  privateLinkInProcess,
  type InProcessTwin,
  type SettingsChange,
} from '../src/testing/index.js';
import { WORKER_SETTINGS } from './bench-worker.js';
import { provisionInput } from './request.js';

/** A service of the twin's world whose owner, another account, accepts connections by hand. */
export const MANUAL_SERVICE = 'epsrv-shared';

/** Where the stages of a benchmark run: one server and one bundle for all. */
export interface StagePlace {
  readonly address: string;
  readonly codePath: string;
}

/** How a stage differs from the defaults. */
export interface StageOptions {
  /** Tells the stages of a server apart: queue, owner of services and ids are made of it. */
  readonly name: string;
  readonly settings: SettingsChange;
  /** What each call to the API takes before the twin gets it. */
  readonly callMs?: number;
}

/** A call that ended, by the clock of `performance.now()`. */
export interface TimedCall {
  readonly action: string;
  readonly RegionId: string;
  readonly beganMs: number;
  readonly endedMs: number;
}

/** Workers as src/worker.ts makes them but for the pace of creates, on a twin of their own, all in this process. */
export interface LifeStage {
  readonly twin: InProcessTwin;
  readonly temporal: Client;
  readonly client: ProvisioningClient;
  /** Account of the owner of {@link MANUAL_SERVICE}, as inputs name it. */
  readonly owner: string;
  /** As the account of the endpoints. */
  readonly privateLink: PrivateLinkApi;
  readonly ownersPrivateLink: PrivateLinkApi;
  readonly calls: readonly TimedCall[];
  /** A complete input in a region that nothing else uses. */
  readonly newInput: () => ProvisionInput;
  close(): Promise<void>;
}

/** Start the workers of a stage. */
export async function openStage({ address, codePath }: StagePlace, options: StageOptions): Promise<LifeStage> {
  const { name, settings, callMs = 0 } = options;
  const twin = createInProcessTwin({ settings: { limits: NO_LIMITS, ...settings } });
  const calls: TimedCall[] = [];
  const apiOf = (accountId?: string) =>
    privateLinkInProcess({
      ...twin,
      call: async (action, parameters) => {
        const beganMs = performance.now();
        if (callMs > 0) await pause(callMs);
        const answer = await twin.call(action, parameters, accountId);
        calls.push({ action, RegionId: parameters['RegionId'] ?? '', beganMs, endedMs: performance.now() });
        return answer;
      },
    });
  const privateLink = apiOf();
  const ownersPrivateLink = apiOf(PROVIDER_ACCOUNT_ID);
  const owner = `owner-${name}`;
  const activities = createActivities({
    privateLink: (account) => (account === owner ? ownersPrivateLink : privateLink),
    accountTaskQueue,
    createTaskQueue,
  });
  const { parseInput, parseDeprovisionInput, createEndpoint } = activities;
  const taskQueue = `bench-${name}`;
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const workers = await Promise.all([
    Worker.create({
      ...WORKER_SETTINGS,
      connection: native,
      taskQueue,
      workflowBundle: { codePath },
      activities: { parseInput, parseDeprovisionInput },
      enableNonLocalActivities: false,
    }),
    ...[DEFAULT_ACCOUNT, owner].map((account) =>
      Worker.create({ connection: native, taskQueue: accountTaskQueue(taskQueue, account), activities }),
    ),
    Worker.create({
      connection: native,
      taskQueue: createTaskQueue(taskQueue, DEFAULT_ACCOUNT),
      activities: { createEndpoint },
    }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  const temporal = new Client({ connection });
  let inputs = 0;
  return {
    twin,
    temporal,
    client: new ProvisioningClient({ client: temporal, taskQueue, onWarning: () => undefined }),
    owner,
    privateLink,
    ownersPrivateLink,
    calls,
    newInput: () => provisionInput(`cn-${name}-${++inputs}`),
    close: async () => {
      twin.close();
      for (const worker of workers) worker.shutdown();
      await running;
      await connection.close();
      await native.close();
    },
  };
}

/** The same input for a service whose owner accepts by hand. */
export function forManualService(input: ProvisionInput): ProvisionInput {
  return { ...input, request: { ...input.request, ServiceId: MANUAL_SERVICE } };
}

/** Wait until something holds. @throws Error - It did not within a minute. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Not within a minute: ${what}`);
    await pause(20);
  }
}

/** Run something on a stage, and close the stage. */
export async function onStage<Result>(
  place: StagePlace,
  options: StageOptions,
  work: (stage: LifeStage) => Promise<Result>,
): Promise<Result> {
  const stage = await openStage(place, options);
  try {
    return await work(stage);
  } finally {
    await stage.close();
  }
}

/** What one part of the benchmark says, and whether everything in it is as it is claimed. */
export interface Part {
  readonly text: string;
  readonly holds: boolean;
}
