import { randomUUID } from 'node:crypto';
import { acceptLaneId } from '../../src/contract/accept-lane.js';
import { acceptedUpdate, changeOptionsUpdate, extendDeadlineUpdate } from '../../src/contract/messages.js';
import {
  eventually,
  inPhase,
  type ProvisionBench,
  scenario,
  startProvision,
  untilParked,
} from '../support/provision-bench.js';
import { advance } from '../support/virtual-time.js';
import type { ShippedPath } from './paths.js';

type Scenario = ReturnType<typeof scenario>;
type Run = Awaited<ReturnType<typeof startProvision>>;

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const MANUAL = { ServiceId: 'epsrv-manual' } as const;
const NEVER = { timeToActive: { afterReads: Infinity } } as const;
const SOON = { timeToActive: { afterReads: 3 } } as const;
const QUOTA = { kind: 'code', code: 'QuotaMisMatched' } as const;
const NOT_FOUND = { kind: 'code', code: 'EndpointConnectionNotFound' } as const;

/** Start a run in real time, do something to it, and let it run out. */
async function steered(
  bench: ProvisionBench,
  { input, steer }: { input: (s: Scenario) => object | void; steer: (s: Scenario, run: Run) => Promise<unknown> },
): Promise<string> {
  const s = scenario(bench);
  const options = input(s) ?? {};
  bench.twin.engine.configure(NEVER);
  try {
    const run = await startProvision(bench, { request: s.request, ...options }, s.workflowId);
    await steer(s, run);
    await advance(bench.connection, s.workflowId, HOUR_MS).catch(() => undefined);
    await run.result().catch(() => undefined);
    return s.workflowId;
  } finally {
    bench.twin.engine.configure(SOON);
  }
}

function activate(bench: ProvisionBench, s: Scenario): void {
  for (const { EndpointId } of s.endpoints()) bench.twin.engine.setEndpoint(EndpointId, { EndpointStatus: 'Active' });
}

/** A run whose connection the lane of an account of its own accepts. */
async function accepted(
  bench: ProvisionBench,
  { prepare, steer, of }: { prepare?: (s: Scenario) => unknown; steer?: Steer; of: 'run' | 'lane' },
): Promise<string> {
  const account = `owner-${randomUUID()}`;
  const workflowId = await steered(bench, {
    input: (s) => {
      prepare?.(s);
      return { request: { ...s.request, ...MANUAL }, until: 'Connected', accept: { account } };
    },
    steer: async (s, run) => {
      await inPhase(run, 'waiting');
      await eventually('the endpoint is there', () => s.endpoints().length === 1);
      activate(bench, s);
      // It may end on the way.
      await advance(bench.connection, s.workflowId, MINUTE_MS).catch(() => undefined);
      await eventually('the lane has called', () => s.calls('EnableVpcEndpointConnection') > 0);
      await steer?.(s, run, account);
    },
  });
  if (of === 'run') return workflowId;
  const lane = bench.client.workflow.getHandle(acceptLaneId(account));
  await eventually('the lane has ended', async () => (await lane.describe()).status.name !== 'RUNNING');
  return lane.workflowId;
}

type Steer = (s: Scenario, run: Run, account: string) => Promise<unknown>;

/** Paths of runs that callers steer, and of the lane that accepts connections. */
export const CONTROLLED_PATHS: readonly ShippedPath[] = [
  {
    name: 'asked-for-acceptance',
    take: (bench) =>
      steered(bench, {
        input: () => ({}),
        steer: async (s, run) => {
          await run.executeUpdate(acceptedUpdate);
          activate(bench, s);
        },
      }),
  },
  {
    name: 'asked-for-acceptance-while-parked',
    take: (bench) =>
      steered(bench, {
        input: (s) => s.fault('CreateVpcEndpoint', QUOTA),
        steer: async (_, run) => {
          await run.executeUpdate(acceptedUpdate);
          await untilParked(run);
          await run.cancel();
        },
      }),
  },
  {
    name: 'more-time-to-become-active',
    take: (bench) =>
      steered(bench, {
        input: () => ({ timeouts: { active: '10m' } }),
        steer: async (s, run) => {
          await inPhase(run, 'waiting');
          await run.executeUpdate(extendDeadlineUpdate, { args: [{ wait: 'active', by: '10m' }] });
          await advance(bench.connection, s.workflowId, 15 * MINUTE_MS);
          activate(bench, s);
        },
      }),
  },
  {
    name: 'more-time-to-be-accepted',
    take: (bench) =>
      steered(bench, {
        input: (s) => {
          s.fault('CreateVpcEndpoint', { kind: 'throttle' }, 'always');
          return { timeouts: { accepted: '5m' } };
        },
        steer: async (s, run) => {
          await eventually('a call was throttled', () => s.calls('CreateVpcEndpoint') > 0);
          await run.executeUpdate(extendDeadlineUpdate, { args: [{ wait: 'accepted', by: '30m' }] });
          await advance(bench.connection, s.workflowId, 10 * MINUTE_MS);
          bench.twin.faults.clear();
          await advance(bench.connection, s.workflowId, 10 * MINUTE_MS);
          activate(bench, s);
        },
      }),
  },
  {
    name: 'more-time-to-be-parked',
    take: (bench) =>
      steered(bench, {
        input: (s) => {
          s.fault('CreateVpcEndpoint', QUOTA, 'always');
          return { retry: { quota: { initialInterval: '1m', maximumInterval: '1m', timeout: '3m' } } };
        },
        steer: async (_, run) => {
          await untilParked(run);
          await run.executeUpdate(extendDeadlineUpdate, { args: [{ wait: 'parked', by: '3m' }] });
        },
      }),
  },
  {
    name: 'goal-changed-to-connected',
    take: (bench) =>
      steered(bench, {
        input: () => ({}),
        steer: async (s, run) => {
          await inPhase(run, 'waiting');
          await run.executeUpdate(changeOptionsUpdate, { args: [{ until: 'Connected' }] });
          activate(bench, s);
        },
      }),
  },
  {
    name: 'goal-changed-to-active',
    take: (bench) =>
      steered(bench, {
        input: (s) => ({ request: { ...s.request, ...MANUAL }, until: 'Connected' }),
        steer: async (s, run) => {
          await inPhase(run, 'waiting');
          activate(bench, s);
          await advance(bench.connection, s.workflowId, MINUTE_MS);
          await inPhase(run, 'connecting');
          await run.executeUpdate(changeOptionsUpdate, { args: [{ until: 'Active' }] });
        },
      }),
  },
  { name: 'accepted-by-the-lane', take: (bench) => accepted(bench, { of: 'run' }) },
  { name: 'lane-accepts', take: (bench) => accepted(bench, { of: 'lane' }) },
  {
    name: 'not-accepted-by-the-lane',
    take: (bench) =>
      accepted(bench, {
        of: 'run',
        prepare: (s) => s.fault('EnableVpcEndpointConnection', { kind: 'code', code: 'NoPermission' }),
      }),
  },
  {
    name: 'accepted-by-the-lane-later',
    take: (bench) =>
      accepted(bench, {
        of: 'run',
        prepare: (s) => s.fault('EnableVpcEndpointConnection', NOT_FOUND),
        steer: (_, __, account) => advance(bench.connection, acceptLaneId(account), MINUTE_MS).catch(() => undefined),
      }),
  },
  {
    name: 'lane-accepts-later',
    take: (bench) =>
      accepted(bench, {
        of: 'lane',
        prepare: (s) => s.fault('EnableVpcEndpointConnection', NOT_FOUND),
        steer: (_, __, account) => advance(bench.connection, acceptLaneId(account), MINUTE_MS).catch(() => undefined),
      }),
  },
  {
    name: 'asks-the-lane-again',
    take: (bench) =>
      accepted(bench, {
        of: 'run',
        prepare: (s) => s.fault('EnableVpcEndpointConnection', NOT_FOUND),
        steer: (_, __, account) => bench.client.workflow.getHandle(acceptLaneId(account)).terminate('recorded'),
      }),
  },
  {
    name: 'withdrawn-from-the-lane',
    take: (bench) =>
      accepted(bench, {
        of: 'run',
        prepare: (s) => s.fault('EnableVpcEndpointConnection', NOT_FOUND),
        steer: (_, run) => run.cancel(),
      }),
  },
  {
    name: 'lane-ends-where-all-is-withdrawn',
    take: (bench) =>
      accepted(bench, {
        of: 'lane',
        prepare: (s) => s.fault('EnableVpcEndpointConnection', NOT_FOUND),
        steer: (_, run) => run.cancel(),
      }),
  },
];
