import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Lane } from './lanes.js';
import { cpuMsOf } from './machine.js';
import type { MeasuredServer } from './measured-server.js';

/** What one round of one lane cost. Processor times are milliseconds per workflow, absent where they cannot be read. */
export interface Round {
  readonly perSecond: number;
  readonly serverCpuMs?: number;
  readonly workerCpuMs?: number;
  readonly twinCpuMs?: number;
  /** Of this process: starting the workflows and waiting for their results. */
  readonly clientCpuMs?: number;
}

/** How much work a round is. */
export interface RoundSize {
  readonly workflows: number;
  /** Started and not yet done at any time: the next starts when one is done. */
  readonly inFlight: number;
}

/** Run so many workflows of a lane to their ends, and check each result. */
export async function runRound(
  client: Client,
  lane: Lane,
  server: MeasuredServer,
  { workflows, inFlight }: RoundSize,
): Promise<Round> {
  const id = `bench/${lane.name}/${randomUUID().slice(0, 8)}`;
  const cpu = () => ({
    server: server.cpuMs(),
    worker: cpuMsOf(lane.workerPid),
    twin: lane.twinPid === undefined ? undefined : cpuMsOf(lane.twinPid),
    client: cpuMsOf(process.pid),
  });
  const before = cpu();
  const startedAt = performance.now();
  let next = 0;
  const worker = async () => {
    while (next < workflows) {
      next += 1;
      const result: unknown = await client.workflow.execute(lane.workflowType, {
        workflowId: `${id}/${next}`,
        taskQueue: lane.taskQueue,
        args: [...lane.args],
      });
      lane.check(result);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  const seconds = (performance.now() - startedAt) / 1_000;
  const after = cpu();
  const each = (name: keyof typeof before) => {
    const [from, to] = [before[name], after[name]];
    return from === undefined || to === undefined ? undefined : (to - from) / workflows;
  };
  return withoutUndefined({
    perSecond: workflows / seconds,
    serverCpuMs: each('server'),
    workerCpuMs: each('worker'),
    twinCpuMs: each('twin'),
    clientCpuMs: each('client'),
  });
}

type Cpu = Omit<Round, 'perSecond'>;

function withoutUndefined({
  perSecond,
  ...cpu
}: { perSecond: number } & { [Name in keyof Cpu]-?: number | undefined }): Round {
  const known = Object.entries(cpu).filter(([, value]) => value !== undefined);
  return { perSecond, ...(Object.fromEntries(known) as Cpu) };
}
