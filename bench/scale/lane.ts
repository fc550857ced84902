import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { workerEnvironment } from '../../src/cli/stack-environment.js';
import { startWorkerProcess } from '../../src/cli/worker-process.js';
import { PROVISION_WORKFLOW_TYPE, WORKFLOW_TASK_TIMEOUT } from '../../src/contract/messages.js';
import type { ProvisionResult } from '../../src/contract/result.js';
import { DEFAULT_ACCOUNT } from '../../src/contract/task-queues.js';
import { watchId } from '../../src/contract/watch.js';
import { forkProgram } from '../forked-program.js';
import type { PlainResult } from '../programs/plain-waiters.js';
import type { PlainWorkerArgument } from '../programs/plain-worker.js';
import type { ScalePlace } from './place.js';
import { startTwin, type TwinProcess } from './twin-process.js';

/**
 * The ways to wait. `watched` and `polled`: our worker program with PVL_WATCH `always` and `off`. `timer`: a loop with a
 * timer in the workflow; `heartbeat`: a loop in an activity that beats; both as people write them without this project.
 */
export const MODES = ['watched', 'polled', 'timer', 'heartbeat'] as const;
export type Mode = (typeof MODES)[number];

/** How a lane differs from another. */
export interface LaneOptions {
  /** Lower case letters, digits and dashes; tells the lanes of a place apart. */
  readonly name: string;
  readonly mode: Mode;
  /** Of the twin, as its control port takes them. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly callMs: number;
  readonly listMs: number;
  /** Endpoints of long ago that the twin holds. */
  readonly old?: number;
  /** Worker processes. */
  readonly workers?: number;
  /** Endpoints that may wait at a time: the heartbeating loop needs a slot for each. */
  readonly slots: number;
  /** Settings of our worker. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How a run of a lane ended. */
export interface EndedRun {
  readonly EndpointId: string;
  /** When the run knew that its endpoint is Active, in milliseconds since 1970. */
  readonly activeAtMs: number;
}

/** A worker of a lane. */
export interface LaneWorker {
  readonly pid: number;
  /** End it, or with `SIGKILL` kill it. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<unknown>;
}

/** One way to wait, with a twin, a region, queues and worker processes of its own. */
export interface Lane {
  readonly mode: Mode;
  readonly twin: TwinProcess;
  readonly workers: LaneWorker[];
  workflowId(run: number): string;
  /** Id of the watcher of its region. */
  readonly watchId: string;
  start(run: number): Promise<void>;
  /** @returns `undefined`: it is still under way after this time. @throws Error - It ended otherwise than it should. */
  ended(run: number, withinMs: number): Promise<EndedRun | undefined>;
  addWorker(): Promise<void>;
  stop(): Promise<void>;
}

const LIB_WORKER = join(import.meta.dirname, '..', '..', 'lib', 'worker.js');
/** The most that the setting takes: while runs are set up, the twin has no limits either. */
const UNPACED = '10000';
/** All that the service allows: nobody else uses the account. */
const ALL_READS = '1000';

/** Start the twin and the workers of a lane. */
export async function openLane(place: ScalePlace, options: LaneOptions): Promise<Lane> {
  const { mode, seed, callMs, listMs, slots } = options;
  const name = `${options.name}-${place.tag}`;
  const RegionId = `cn-${name}`;
  const taskQueue = `scale-${name}`;
  const old = { count: options.old ?? 0, RegionId, installation: place.namespace };
  const twin = await startTwin({ settings: options.settings, seed, callMs, listMs, old });
  const workers: LaneWorker[] = [];
  const isPlain = mode === 'timer' || mode === 'heartbeat';
  const addWorker = async () => {
    workers.push(
      isPlain
        ? await startPlainWorker(place, taskQueue, twin.url, slots)
        : await startOwnWorker(place, mode, taskQueue, twin.url, options.env ?? {}),
    );
  };
  const workflowId = (run: number) => `${taskQueue}/${run}`;
  const lane: Lane = {
    mode,
    twin,
    workers,
    workflowId,
    watchId: watchId(DEFAULT_ACCOUNT, RegionId),
    addWorker,
    start: async (run) => {
      const request = requestOf(RegionId, run);
      const [type, argument] = isPlain
        ? [mode === 'timer' ? 'waitByTimer' : 'waitByHeartbeat', request]
        : // Set up in a quarter of an hour, left waiting, and then Active over another: longer than the default.
          [PROVISION_WORKFLOW_TYPE, { request, timeouts: { active: '3h' } }];
      await place.client.workflow.start(type, {
        workflowId: workflowId(run),
        taskQueue,
        args: [argument],
        ...(isPlain ? {} : { workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT }),
      });
    },
    ended: async (run, withinMs) => {
      const result: unknown = await resultWithin(place, workflowId(run), withinMs);
      return result === undefined ? undefined : isPlain ? endOfPlain(result) : endOfOwn(result);
    },
    stop: async () => {
      await place.client.workflow
        .getHandle(lane.watchId)
        .terminate('The benchmark is over')
        .catch((error: unknown) => {
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        });
      await Promise.all(workers.map((worker) => worker.kill('SIGTERM')));
      await twin.stop();
    },
  };
  for (let started = 0; started < (options.workers ?? 1); started += 1) await addWorker();
  return lane;
}

/** Largest of the resident sizes of some processes, in bytes. */
export function largestRss(pids: readonly number[]): number {
  const sizes = pids.map((pid) => {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kib) * 1_024;
  });
  return Math.max(...sizes);
}

async function startOwnWorker(
  { address, namespace, fromSource }: ScalePlace,
  mode: Mode,
  taskQueue: string,
  twinUrl: string,
  env: Readonly<Record<string, string>>,
): Promise<LaneWorker> {
  const settings = {
    PVL_TASK_QUEUE: taskQueue,
    PVL_CREATES_PER_MINUTE: UNPACED,
    PVL_READS_PER_MINUTE: ALL_READS,
    PVL_WATCH: mode === 'watched' ? 'always' : 'off',
    ...env,
  };
  // The server may be elsewhere; the cloud is a twin here in any case.
  const onLoopback = { temporalAddress: '127.0.0.1:7233', namespace, twinUrl };
  return startWorkerProcess({
    env: { ...workerEnvironment(process.env, onLoopback, settings), TEMPORAL_ADDRESS: address },
    ...(fromSource ? {} : { workerFile: LIB_WORKER }),
  });
}

async function startPlainWorker(place: ScalePlace, taskQueue: string, twinUrl: string, slots: number) {
  const { address, namespace, plainCodePath: codePath } = place;
  const argument: PlainWorkerArgument = { address, namespace, taskQueue, codePath, twinUrl, slots };
  const program = await forkProgram('plain-worker', argument);
  return { pid: program.pid, kill: () => program.stop() };
}

/** Within the quotas of the service: at most 500 endpoints a VPC, and 100 a vSwitch. */
function requestOf(RegionId: string, run: number) {
  return {
    RegionId,
    VpcId: `vpc-bench-${Math.floor(run / 500)}`,
    ServiceId: 'epsrv-bench',
    EndpointName: `bench-${run}`,
    SecurityGroupId: ['sg-bench'],
    Zone: [{ ZoneId: `${RegionId}-b`, VSwitchId: `vsw-bench-${Math.floor(run / 100)}` }],
  };
}

async function resultWithin({ client }: ScalePlace, workflowId: string, withinMs: number): Promise<unknown> {
  const overdue = new AbortController();
  const late = pause(withinMs, undefined, { signal: overdue.signal }).catch(() => undefined);
  try {
    return await Promise.race([client.workflow.getHandle(workflowId).result(), late]);
  } finally {
    overdue.abort();
  }
}

function endOfOwn(result: unknown): EndedRun {
  const { outcome, endpoint, times } = result as ProvisionResult;
  // Adopted: the worker was killed while its create call was under way, and the next attempt found what it had made.
  if (outcome === 'dryRunPassed' || endpoint?.EndpointStatus !== 'Active') {
    throw new Error(`A run ended with ${outcome}, ${endpoint?.EndpointStatus ?? 'no endpoint'}`);
  }
  return { EndpointId: endpoint.EndpointId, activeAtMs: Date.parse(times.activeAt ?? '') };
}

function endOfPlain(result: unknown): EndedRun {
  const { EndpointId, activeAt } = result as PlainResult;
  return { EndpointId, activeAtMs: Date.parse(activeAt) };
}
