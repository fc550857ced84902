import type { FleetPlace } from '../../src/contract/search-attributes.js';
import { findEarlierRuns } from '../../src/activities/earlier-runs.js';
import { PROVISION_WORKFLOW_TYPE, retryNowUpdate, stateQuery } from '../../src/contract/messages.js';
import {
  eventually,
  newId,
  provision,
  scenario,
  startProvision,
  type ProvisionBench,
} from '../support/provision-bench.js';
import { ownerTags } from '../../src/model/owner-tags.js';
import { findOrphans } from '../../src/workflows/index.js';
import { resetToStart } from '../support/reset-run.js';
import { advance } from '../support/virtual-time.js';
import { CONTROLLED_PATHS } from './controlled-paths.js';
import { QUEUE_PATHS } from './queue-paths.js';
import { REMOVAL_PATHS } from './removal-paths.js';
import { WATCH_PATHS } from './watch-paths.js';

/** One way that a run can take. Its history is committed and must replay for ever. */
export interface ShippedPath {
  readonly name: string;
  /** Take the path, and return the workflow id of the run. */
  readonly take: (bench: ProvisionBench) => Promise<string>;
  /** Where its run keeps its record; the memo when left out. */
  readonly fleet?: FleetPlace;
}

const ended = (result: Promise<unknown>): Promise<unknown> => result.catch(() => undefined);

/** Run a scenario to its end, whatever that is. */
async function run(
  bench: ProvisionBench,
  prepare: (s: ReturnType<typeof scenario>) => object | void = () => undefined,
): Promise<string> {
  const s = scenario(bench);
  const options = prepare(s) ?? {};
  await ended(provision(bench, { request: s.request, ...options }, s.workflowId));
  return s.workflowId;
}

/** As {@link run}, as a dry run. One service is not visible to the account. */
async function dryRun(
  bench: ProvisionBench,
  prepare: (s: ReturnType<typeof scenario>) => { request?: object } | void = () => undefined,
): Promise<string> {
  const { services } = bench.twin.engine.settings;
  bench.twin.engine.configure({ services: [...services, { ServiceId: 'epsrv-unlisted', listed: false }] });
  try {
    return await run(bench, (s) => {
      const { request = s.request } = prepare(s) ?? {};
      return { request: { ...request, DryRun: true } };
    });
  } finally {
    bench.twin.engine.configure({ services });
  }
}

/** Start a scenario in real time, wait for a phase, do something to it, and let it run out. */
async function interrupted(
  bench: ProvisionBench,
  phase: string,
  prepare: (s: ReturnType<typeof scenario>) => object | void,
  interrupt: (s: ReturnType<typeof scenario>, handle: Awaited<ReturnType<typeof startProvision>>) => Promise<unknown>,
): Promise<string> {
  const s = scenario(bench);
  const options = prepare(s) ?? {};
  const handle = await startProvision(bench, { request: s.request, ...options }, s.workflowId);
  await eventually(`the run is ${phase}`, async () => (await handle.query(stateQuery)).phase === phase);
  await interrupt(s, handle);
  await advance(bench.connection, s.workflowId, 3_600_000).catch(() => undefined);
  await ended(handle.result());
  return s.workflowId;
}

const never = { timeToActive: { afterReads: Infinity } } as const;
const soon = { timeToActive: { afterReads: 3 } } as const;
const DELETE = { onFailure: 'delete', onCancel: 'delete' } as const;

/** Every path of this version. A new one is added here and recorded with `npm run record-histories`. */
export const SHIPPED_PATHS: readonly ShippedPath[] = [
  ...CONTROLLED_PATHS,
  ...QUEUE_PATHS,
  ...WATCH_PATHS,
  ...REMOVAL_PATHS,
  { name: 'created', take: (bench) => run(bench) },
  { name: 'created-without-tags', take: (bench) => run(bench, () => ({ ownerTags: false })) },
  {
    name: 'created-and-notified',
    take: (bench) => run(bench, () => ({ notify: [{ workflowId: 'nobody' }] })),
  },
  {
    name: 'dry-run',
    take: async (bench) => {
      const { workflowId, request } = scenario(bench);
      await provision(bench, { request: { ...request, DryRun: true } }, workflowId);
      return workflowId;
    },
  },
  { name: 'dry-run-reported', take: (bench) => dryRun(bench) },
  {
    name: 'dry-run-refused',
    take: (bench) => dryRun(bench, (s) => s.fault('CreateVpcEndpoint', code('QuotaMisMatched'))),
  },
  {
    name: 'dry-run-with-failed-checks',
    take: (bench) => dryRun(bench, (s) => ({ request: { ...s.request, ServiceId: 'epsrv-unlisted' } })),
  },
  {
    name: 'dry-run-with-unknown-checks',
    take: (bench) =>
      dryRun(bench, (s) => {
        s.fault('ListVpcEndpoints', code('NoPermission'), 'always');
        s.fault('ListVpcEndpointServicesByEndUser', { kind: 'resetBefore' }, 'always');
      }),
  },
  {
    name: 'invalid-input',
    take: async (bench) => {
      const workflowId = newId();
      await ended(provision(bench, { request: {} }, workflowId));
      return workflowId;
    },
  },
  { name: 'answer-lost', take: (bench) => run(bench, (s) => s.fault('CreateVpcEndpoint', { kind: 'loseResponse' })) },
  { name: 'rejected', take: (bench) => run(bench, (s) => s.fault('CreateVpcEndpoint', code('VpcNotFound'))) },
  { name: 'exists', take: (bench) => run(bench, (s) => s.fault('CreateVpcEndpoint', code('EndpointExist'))) },
  {
    name: 'parked-for-quota',
    take: (bench) => run(bench, (s) => s.fault('CreateVpcEndpoint', code('QuotaMisMatched'), 3)),
  },
  {
    name: 'parked-for-status-in-vain',
    take: (bench) => run(bench, (s) => s.fault('CreateVpcEndpoint', code('VpcTunnelNotFound'), 'always')),
  },
  {
    name: 'conflict',
    take: (bench) => run(bench, (s) => s.fault('CreateVpcEndpoint', code('EndpointLocked'), 2)),
  },
  {
    name: 'refused-after-an-unknown-outcome',
    take: (bench) =>
      run(bench, (s) => {
        s.fault('CreateVpcEndpoint', { kind: 'resetBefore' });
        s.fault('CreateVpcEndpoint', code('QuotaMisMatched'));
      }),
  },
  {
    name: 'not-accepted-in-time',
    take: (bench) =>
      run(bench, (s) => {
        s.fault('CreateVpcEndpoint', { kind: 'throttle' }, 'always');
        return { timeouts: { accepted: '5m' } };
      }),
  },
  {
    name: 'not-active-in-time',
    take: (bench) => withSettings(bench, never, () => run(bench, () => ({ timeouts: { active: '5m' } }))),
  },
  {
    name: 'found-by-the-last-look',
    take: (bench) =>
      run(bench, (s) => {
        s.fault('GetVpcEndpointAttribute', { kind: 'throttle', timeLeftMs: 250_000 });
        return { timeouts: { active: '30s' } };
      }),
  },
  {
    name: 'adopted-by-run-2',
    take: async (bench) => {
      const { workflowId, request } = scenario(bench);
      await provision(bench, { request }, workflowId);
      await provision(bench, { request }, workflowId);
      return workflowId;
    },
  },
  {
    name: 'differs-from-run-1',
    take: async (bench) => {
      const { workflowId, request } = scenario(bench);
      await provision(bench, { request }, workflowId);
      await ended(provision(bench, { request: { ...request, VpcId: 'vpc-2' } }, workflowId));
      return workflowId;
    },
  },
  {
    name: 'created-after-a-run-in-doubt',
    take: async (bench) => {
      const { workflowId, request } = scenario(bench);
      const first = await bench.client.workflow.start(PROVISION_WORKFLOW_TYPE, {
        workflowId,
        taskQueue: 'nobody-polls-this',
      });
      await first.terminate();
      await eventually('run 1 is listed', async () => (await findEarlierRunsOf(bench, workflowId)) > 0);
      await provision(bench, { request }, workflowId);
      return workflowId;
    },
  },
  {
    name: 'reset-to-its-start',
    take: (bench) =>
      interrupted(
        bench,
        'waiting',
        () => undefined,
        async (_, handle) => {
          await resetToStart(bench.connection, handle.workflowId);
        },
      ),
  },
  {
    name: 'financial-locked',
    take: (bench) =>
      withSettings(bench, never, () =>
        interrupted(
          bench,
          'waiting',
          () => undefined,
          async (s) => {
            const id = s.endpoints()[0]?.EndpointId ?? '';
            bench.twin.engine.setEndpoint(id, { EndpointBusinessStatus: 'FinancialLocked' });
          },
        ),
      ),
  },
  {
    name: 'disappeared',
    take: (bench) =>
      withSettings(bench, never, () =>
        interrupted(
          bench,
          'waiting',
          () => undefined,
          async (s) => {
            await eventually('it was seen', () => s.calls('GetVpcEndpointAttribute') > 0);
            bench.twin.engine.removeEndpoint(s.endpoints()[0]?.EndpointId ?? '');
          },
        ),
      ),
  },
  {
    name: 'cancelled-while-waiting',
    take: (bench) =>
      withSettings(bench, never, () =>
        interrupted(
          bench,
          'waiting',
          () => undefined,
          (_, handle) => handle.cancel(),
        ),
      ),
  },
  {
    name: 'cancelled-while-parked',
    take: (bench) =>
      interrupted(
        bench,
        'parked',
        (s) => s.fault('CreateVpcEndpoint', code('QuotaMisMatched'), 'always'),
        (_, handle) => handle.cancel(),
      ),
  },
  {
    name: 'cancelled-after-an-unknown-outcome',
    take: (bench) =>
      interrupted(
        bench,
        'creating',
        (s) => s.fault('CreateVpcEndpoint', { kind: 'resetBefore' }, 'always'),
        async (s, handle) => {
          await eventually('a call was lost', () => s.calls('CreateVpcEndpoint') > 0);
          await handle.cancel();
        },
      ),
  },
  {
    name: 'woken-while-parked',
    take: (bench) =>
      interrupted(
        bench,
        'parked',
        (s) => s.fault('CreateVpcEndpoint', code('QuotaMisMatched')),
        (_, handle) => handle.executeUpdate(retryNowUpdate),
      ),
  },
  {
    // The last run of a chain: what it was handed over is its second argument.
    name: 'continued-as-new',
    take: (bench) =>
      run(bench, (s) => {
        s.fault('CreateVpcEndpoint', code('QuotaMisMatched'), 140);
        return { retry: { quota: { timeout: '7d' } } };
      }),
  },
  {
    name: 'found-late-after-exists',
    take: async (bench) => {
      bench.twin.engine.configure({ switches: { tokenRetentionMs: 0, listVisibleAfterCalls: 2 } });
      try {
        return await run(bench, (s) => {
          s.fault('CreateVpcEndpoint', { kind: 'loseResponse' });
          s.fault('CreateVpcEndpoint', code('EndpointExist'));
        });
      } finally {
        bench.twin.engine.configure({ switches: { tokenRetentionMs: 86_400_000, listVisibleAfterCalls: 0 } });
      }
    },
  },
  {
    name: 'adopted-by-name',
    take: async (bench) => {
      const s = scenario(bench);
      await bench.privateLink.createVpcEndpoint(s.request);
      await provision(bench, { request: s.request, ifExists: 'adopt' }, s.workflowId);
      return s.workflowId;
    },
  },
  {
    name: 'in-the-way-of-a-run',
    take: async (bench) => {
      const { workflowId, request } = scenario(bench);
      await provision(bench, { request }, workflowId);
      await ended(provision(bench, { request, ifExists: 'fail' }, workflowId));
      return workflowId;
    },
  },
  {
    name: 'connection-lost',
    take: (bench) =>
      withSettings(bench, never, () =>
        interrupted(
          bench,
          'waiting',
          () => undefined,
          async (s) => {
            bench.twin.engine.setEndpoint(s.endpoints()[0]?.EndpointId ?? '', { ConnectionStatus: 'ServiceDeleted' });
          },
        ),
      ),
  },
  {
    name: 'connected',
    take: (bench) => run(bench, () => ({ until: 'Connected' })),
  },
  {
    name: 'connected-after-acceptance',
    take: (bench) =>
      interrupted(bench, 'connecting', manually, async (s) => {
        bench.twin.engine.setEndpoint(s.endpoints()[0]?.EndpointId ?? '', { ConnectionStatus: 'Connected' });
      }),
  },
  {
    name: 'connection-rejected',
    take: (bench) =>
      interrupted(bench, 'connecting', manually, async (s, handle) => {
        const id = s.endpoints()[0]?.EndpointId ?? '';
        bench.twin.engine.setEndpoint(id, { ConnectionStatus: 'Connecting' });
        await advance(bench.connection, handle.workflowId, 600_000);
        bench.twin.engine.setEndpoint(id, { ConnectionStatus: 'Disconnected' });
      }),
  },
  {
    name: 'not-connected-in-time',
    take: (bench) => run(bench, (s) => ({ ...manually(s), timeouts: { connected: '1h' } })),
  },
  {
    name: 'removed-after-a-failure',
    take: (bench) => withSettings(bench, never, () => run(bench, () => ({ ...DELETE, timeouts: { active: '5m' } }))),
  },
  {
    name: 'left-after-a-failure',
    take: (bench) =>
      withSettings(bench, never, () =>
        run(bench, (s) => {
          s.fault('DeleteVpcEndpoint', code('EndpointProtected'), 'always');
          return { ...DELETE, timeouts: { active: '5m' } };
        }),
      ),
  },
  {
    name: 'nothing-found-to-remove-after-a-failure',
    take: (bench) =>
      run(bench, (s) => {
        s.fault('CreateVpcEndpoint', { kind: 'resetBefore' });
        s.fault('CreateVpcEndpoint', code('VpcNotFound'));
        return DELETE;
      }),
  },
  {
    name: 'cancelled-and-removed',
    take: (bench) =>
      withSettings(bench, never, () =>
        interrupted(
          bench,
          'waiting',
          () => DELETE,
          (_, handle) => handle.cancel(),
        ),
      ),
  },
  {
    name: 'cancelled-and-removed-after-an-unknown-outcome',
    take: (bench) =>
      interrupted(
        bench,
        'creating',
        (s) => {
          s.fault('CreateVpcEndpoint', { kind: 'loseResponse' });
          s.fault('ListVpcEndpoints', { kind: 'delayMs', ms: 1 });
          s.fault('ListVpcEndpoints', { kind: 'throttle', timeLeftMs: 60_000 });
          return DELETE;
        },
        async (s, handle) => {
          await eventually('the repetition backs off', () => s.calls('ListVpcEndpoints') === 2);
          await handle.cancel();
        },
      ),
  },
  { name: 'created-with-search-attributes', fleet: 'searchAttributes', take: (bench) => run(bench) },
  { name: 'created-with-memo-record', take: (bench) => run(bench) },
  {
    name: 'parked-with-search-attributes',
    fleet: 'searchAttributes',
    take: (bench) => run(bench, (s) => s.fault('CreateVpcEndpoint', code('QuotaMisMatched'), 3)),
  },
  {
    name: 'cancelled-with-search-attributes',
    fleet: 'searchAttributes',
    take: (bench) =>
      withSettings(bench, never, () =>
        interrupted(
          bench,
          'waiting',
          () => undefined,
          (_, handle) => handle.cancel(),
        ),
      ),
  },
  {
    name: 'continued-as-new-with-memo-record',
    take: (bench) =>
      run(bench, (s) => {
        s.fault('CreateVpcEndpoint', code('QuotaMisMatched'), 140);
        return { retry: { quota: { timeout: '7d' } } };
      }),
  },
  {
    name: 'invalid-input-with-search-attributes',
    fleet: 'searchAttributes',
    take: async (bench) => {
      const workflowId = newId();
      await ended(provision(bench, { request: {} }, workflowId));
      return workflowId;
    },
  },
  { name: 'orphans-found', take: (bench) => sweep(bench, (s) => made(bench, s)) },
  {
    name: 'orphans-denied',
    take: (bench) => sweep(bench, (s) => s.fault('ListVpcEndpoints', code('NoPermission'))),
  },
  {
    name: 'orphans-not-listed-in-time',
    take: (bench) => sweep(bench, (s) => s.fault('ListVpcEndpoints', { kind: 'resetBefore' }, 'always')),
  },
];

/** Look for orphans in the region of a scenario. */
async function sweep(bench: ProvisionBench, prepare: (s: ReturnType<typeof scenario>) => unknown): Promise<string> {
  const s = scenario(bench);
  await prepare(s);
  await ended(
    bench.skipping.execute(findOrphans, {
      workflowId: s.workflowId,
      taskQueue: bench.taskQueue,
      args: [{ RegionId: s.request.RegionId, timeouts: { scanned: '5m' } }],
    }),
  );
  return s.workflowId;
}

/** An endpoint with our tags that no run made. */
async function made(bench: ProvisionBench, { request }: ReturnType<typeof scenario>): Promise<void> {
  const listed = ownerTags({ installation: 'default', workflowId: newId() });
  const Tag = listed.map(({ Key, Value }) => ({ Key, Value }));
  await bench.privateLink.createVpcEndpoint({ ...request, Tag });
}

/** A service whose owner accepts by hand. */
function manually({ request }: ReturnType<typeof scenario>) {
  return { request: { ...request, ServiceId: 'epsrv-manual' }, until: 'Connected' };
}

function code(name: string) {
  return { kind: 'code', code: name } as const;
}

async function withSettings(
  bench: ProvisionBench,
  settings: typeof never,
  take: () => Promise<string>,
): Promise<string> {
  bench.twin.engine.configure(settings);
  try {
    return await take();
  } finally {
    bench.twin.engine.configure(soon);
  }
}

async function findEarlierRunsOf(bench: ProvisionBench, workflowId: string): Promise<number> {
  const { count } = await bench.client.workflow.count(`WorkflowId = '${workflowId}'`);
  return count;
}

/** What the worker of the recording needs beside the default kit. */
export const RECORDING_OPTIONS = {
  findEarlierRuns,
  // An endpoint that was just made is old enough for a sweep.
  now: () => Date.now() - 3_600_000,
} as const;
