import { Client, type Connection } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { listRuns, type FleetFilter, type FleetItem } from '../../src/client/fleet.js';
import { FLEET_MEMO } from '../../src/contract/search-attributes.js';
import type { DeprovisionInput } from '../../src/contract/deprovision.js';
import { deprovisionVpcEndpoint } from '../../src/workflows/index.js';
import {
  CACHE_MODES,
  eventually,
  failedProvision,
  inPhase,
  newId,
  provision,
  type ProvisionBench,
  scenario,
  startProvision,
  untilParked,
  useBench,
} from '../support/provision-bench.js';
import { advance } from '../support/virtual-time.js';

const PLACES = ['searchAttributes', 'memo'] as const;
const never = { timeToActive: { afterReads: Infinity } } as const;
const soon = { timeToActive: { afterReads: 3 } } as const;

/** Types of events that only tests bring about. */
const VIRTUAL = 'workflowExecutionTimeSkippingTransitionedEventAttributes';

describe.each(CACHE_MODES)('$name', ({ cache }) => {
  describe.each(PLACES)('the record of a run in its %s', (fleet) => {
    const bench = useBench({ ...cache, fleet });

    it('names what the run is about, and where it stands in the end', async () => {
      const s = scenario(bench);
      const { endpoint } = await provision(bench, { request: s.request }, s.workflowId);
      const [item, ...others] = await found(bench, { RegionId: s.request.RegionId, phase: 'ready' });
      expect(others).toEqual([]);
      expect(item).toMatchObject({
        workflowId: s.workflowId,
        workflowType: 'provisionVpcEndpoint',
        status: 'COMPLETED',
        account: 'default',
        RegionId: s.request.RegionId,
        VpcId: 'vpc-1',
        ServiceId: 'epsrv-1',
        EndpointId: endpoint?.EndpointId,
        phase: 'ready',
      });
      expect(item).not.toHaveProperty('failureClass');
      expect(Date.parse(item?.closedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(item?.startedAt ?? ''));
    });

    it('costs three events on the good path, each in a workflow task that there is anyway', async () => {
      const s = scenario(bench);
      await provision(bench, { request: s.request }, s.workflowId);
      const events = await eventsOf(bench, s.workflowId);
      expect(events).toHaveLength(21);
      expect(writesIn(events)).toHaveLength(3);
    });

    it('is found by each of its fields, and by no other value of them', async () => {
      const s = scenario(bench);
      const { RegionId } = s.request;
      const request = { ...s.request, VpcId: `vpc-of-${RegionId}`, ServiceId: 'epsrv-1' };
      const { endpoint } = await provision(bench, { request }, s.workflowId);
      const EndpointId = endpoint?.EndpointId ?? '';
      const filters: FleetFilter[] = [
        { EndpointId },
        { VpcId: request.VpcId },
        { RegionId, account: 'default' },
        { RegionId, ServiceId: 'epsrv-1' },
        { RegionId, status: 'closed' },
      ];
      for (const filter of filters) {
        expect(await found(bench, filter)).toMatchObject([{ workflowId: s.workflowId }]);
      }
      const others: FleetFilter[] = [
        { RegionId, EndpointId: 'ep-other' },
        { RegionId, VpcId: 'vpc-1' },
        { RegionId, account: 'other' },
        { RegionId, ServiceId: 'epsrv-2' },
        { RegionId, failureClass: 'quota' },
        { RegionId, status: 'open' },
        { RegionId, phase: 'failed' },
      ];
      for (const filter of others) expect(await list(bench, filter)).toEqual([]);
    });

    it('is the same for a run that adopts an endpoint', async () => {
      const s = scenario(bench);
      const { EndpointId } = await bench.privateLink.createVpcEndpoint(s.request);
      await provision(bench, { request: s.request, ifExists: 'adopt' }, s.workflowId);
      expect(await found(bench, { EndpointId })).toMatchObject([{ workflowId: s.workflowId, phase: 'ready' }]);
    });

    it('is kept by a removal, too', async () => {
      const s = scenario(bench);
      const { RegionId } = s.request;
      const { endpoint: { EndpointId = '' } = {} } = await provision(bench, { request: s.request }, s.workflowId);
      const workflowId = `deprovision/${EndpointId}`;
      const args: [DeprovisionInput] = [{ RegionId, EndpointId }];
      await bench.skipping.execute(deprovisionVpcEndpoint, { workflowId, taskQueue: bench.taskQueue, args });
      expect(await found(bench, { EndpointId, phase: 'removed' })).toMatchObject([
        { workflowId, workflowType: 'deprovisionVpcEndpoint', account: 'default', RegionId },
      ]);
      expect(await list(bench, { EndpointId })).toHaveLength(2);
      expectOneWriteInATask(await eventsOf(bench, workflowId));
    });

    it('has the name of the service where the request gives only that', async () => {
      const s = scenario(bench);
      const { ServiceId, ...rest } = s.request;
      const ServiceName = `com.aliyuncs.privatelink.${s.request.RegionId}.${ServiceId}`;
      await failedProvision(bench, { request: { ...rest, ServiceName } }, s.workflowId).catch(() => undefined);
      expect(await found(bench, { ServiceId: ServiceName })).toMatchObject([{ workflowId: s.workflowId }]);
    });

    it('stays parked through every try: two events however often the run is refused', async () => {
      const s = scenario(bench);
      s.fault('CreateVpcEndpoint', { kind: 'code', code: 'QuotaMisMatched' }, 6);
      await provision(bench, { request: s.request }, s.workflowId);
      const written = writesIn(await eventsOf(bench, s.workflowId)).map(phaseOf);
      expect(written).toEqual(['creating', 'parked', 'waiting', 'ready']);
    });

    it('is found while the run is parked, and no more once it is not', async () => {
      const s = scenario(bench);
      const { RegionId } = s.request;
      s.fault('CreateVpcEndpoint', { kind: 'code', code: 'QuotaMisMatched' });
      const handle = await startProvision(bench, { request: s.request }, s.workflowId);
      await untilParked(handle);
      expect(await found(bench, { RegionId, phase: 'parked' })).toMatchObject([{ status: 'RUNNING' }]);
      await advance(bench.connection, s.workflowId, 3_600_000).catch(() => undefined);
      await handle.result();
      await found(bench, { RegionId, phase: 'ready' });
      expect(await list(bench, { RegionId, phase: 'parked' })).toEqual([]);
    });

    it.each([
      { code: 'VpcNotFound', failureClass: 'invalid' },
      { code: 'NoPermission', failureClass: 'denied' },
      { code: 'QuotaMisMatched', failureClass: 'quota' },
      { code: 'VpcTunnelNotFound', failureClass: 'status' },
      { code: 'EndpointExist', failureClass: 'exists' },
      { code: 'IdempotenceSignatureMismatch', failureClass: 'tokenReuse' },
      { code: 'NobodyKnowsThis', failureClass: 'unlisted' },
      { code: 'EndpointLocked', failureClass: 'conflict', timeouts: { accepted: '20s' } },
    ])('says $failureClass of a run that failed for $code', async ({ code, failureClass, timeouts = {} }) => {
      const s = scenario(bench);
      s.fault('CreateVpcEndpoint', { kind: 'code', code }, 'always');
      const retry = { quota: false, status: false };
      const failure = await failedProvision(bench, { request: s.request, retry, timeouts }, s.workflowId);
      expect(failure.details.class).toBe(failureClass);
      const { RegionId } = s.request;
      expect(await found(bench, { RegionId, failureClass })).toMatchObject([{ phase: 'failed', status: 'FAILED' }]);
      expectOneWriteInATask(await eventsOf(bench, s.workflowId));
    });

    it('says deadline, and keeps the endpoint of the run, when a wait is over', async () => {
      await withSettings(bench, never, async () => {
        const s = scenario(bench);
        const { RegionId } = s.request;
        await failedProvision(bench, { request: s.request, timeouts: { active: '5m' } }, s.workflowId);
        const [{ EndpointId } = {}] = s.endpoints();
        expect(await found(bench, { RegionId, failureClass: 'deadline' })).toMatchObject([{ EndpointId }]);
      });
    });

    it('says state of a run that met a dead end', async () => {
      await withSettings(bench, never, async () => {
        const s = scenario(bench);
        const handle = await startProvision(bench, { request: s.request }, s.workflowId);
        await inPhase(handle, 'waiting');
        bench.twin.engine.setEndpoint(s.endpoints()[0]?.EndpointId ?? '', {
          EndpointBusinessStatus: 'FinancialLocked',
        });
        await advance(bench.connection, s.workflowId, 3_600_000).catch(() => undefined);
        await expect(handle.result()).rejects.toThrow();
        const { RegionId } = s.request;
        expect(await found(bench, { RegionId, failureClass: 'state' })).toMatchObject([{ phase: 'failed' }]);
      });
    });

    it('says invalid of an input that is wrong, and nothing of what is in it', async () => {
      const workflowId = newId();
      await failedProvision(bench, { request: { RegionId: 'cn-huhehaote' } }, workflowId);
      const item = await eventually('it is listed', async () => {
        const items = await list(bench, { failureClass: 'invalid', phase: 'failed' });
        return items.find((one) => one.workflowId === workflowId);
      });
      expect(item).not.toHaveProperty('RegionId');
    });

    it.each([
      {
        phase: 'creating',
        prepare: (s) => s.fault('CreateVpcEndpoint', { kind: 'throttle', timeLeftMs: 600_000 }, 'always'),
      },
      { phase: 'waiting', prepare: () => undefined },
      {
        phase: 'connecting',
        prepare: ({ request }) => ({ request: { ...request, ServiceId: 'epsrv-manual' }, until: 'Connected' }),
        settings: soon,
      },
      {
        phase: 'checking',
        prepare: (s) => {
          s.fault('ListVpcEndpointServicesByEndUser', { kind: 'throttle', timeLeftMs: 20_000 }, 'always');
          return { request: { ...s.request, DryRun: true } };
        },
      },
    ] as readonly Passing[])('is found while the run is $phase', async ({ phase, prepare, settings = never }) => {
      await withSettings(bench, settings, async () => {
        const s = scenario(bench);
        const { RegionId } = s.request;
        const options = prepare(s) as object | undefined;
        const handle = await startProvision(bench, { request: s.request, ...options }, s.workflowId);
        if (phase === 'connecting') {
          await inPhase(handle, 'waiting');
          await advance(bench.connection, s.workflowId, 60_000);
        }
        expect(await found(bench, { RegionId, phase })).toMatchObject([{ status: 'RUNNING' }]);
        await handle.terminate();
        await eventually('it is closed', async () => (await list(bench, { RegionId, status: 'closed' })).length === 1);
        expect(await list(bench, { RegionId, phase })).toEqual([]);
        expect(await list(bench, { RegionId, phase, status: 'closed' })).toMatchObject([{ status: 'TERMINATED' }]);
      });
    });

    it('shows a cancelled run with its endpoint, in one write', async () => {
      await withSettings(bench, never, async () => {
        const s = scenario(bench);
        const { RegionId } = s.request;
        const handle = await startProvision(bench, { request: s.request }, s.workflowId);
        // Listed, not only asked: a query may see events that no workflow task has taken in, and the cancellation join them.
        await found(bench, { RegionId, phase: 'waiting' });
        await handle.cancel();
        await expect(handle.result()).rejects.toThrow();
        const [{ EndpointId } = {}] = s.endpoints();
        expect(await found(bench, { RegionId, phase: 'cancelled' })).toMatchObject([
          { EndpointId, status: 'CANCELLED' },
        ]);
        const events = await eventsOf(bench, s.workflowId);
        expect(writesIn(events).map(phaseOf)).toEqual(['creating', 'waiting', 'cancelled']);
        expectOneWriteInATask(events);
        const { memo } = await handle.describe();
        expect(memo?.['cancelOutcome']).toEqual({ outcome: 'kept', endpointId: EndpointId });
      });
    });

    it('is found while what a cancelled run made is removed', async () => {
      await withSettings(bench, never, async () => {
        const s = scenario(bench);
        const { RegionId } = s.request;
        s.fault('DeleteVpcEndpoint', { kind: 'throttle', timeLeftMs: 600_000 }, 'always');
        const handle = await startProvision(bench, { request: s.request, onCancel: 'delete' }, s.workflowId);
        await inPhase(handle, 'waiting');
        await handle.cancel();
        expect(await found(bench, { RegionId, phase: 'cleaningUp' })).toMatchObject([{ status: 'RUNNING' }]);
        await handle.terminate();
      });
    });

    it('takes what is in a filter for a text, whatever it looks like', async () => {
      const s = scenario(bench);
      const VpcId = `vpc-'"\\' OR PvlVpcId IS NOT NULL OR '1'='1`;
      const { endpoint } = await provision(bench, { request: { ...s.request, VpcId } }, s.workflowId);
      expect(await found(bench, { VpcId, RegionId: s.request.RegionId })).toMatchObject([
        { VpcId, EndpointId: endpoint?.EndpointId },
      ]);
      expect(await list(bench, { VpcId: `' OR '1'='1`, RegionId: s.request.RegionId })).toEqual([]);
    });

    it('is cut where a value is longer than a Keyword may be', async () => {
      const s = scenario(bench);
      const VpcId = `vpc-${'x'.repeat(3_000)}`;
      await provision(bench, { request: { ...s.request, VpcId } }, s.workflowId);
      const [item] = await found(bench, { VpcId, RegionId: s.request.RegionId, phase: 'ready' });
      expect(item?.VpcId).toHaveLength(255);
    });

    it('is left out beyond the limit', async () => {
      const account = `limit-${newId().slice(-12)}`;
      for (let count = 0; count < 3; count += 1) await provision(bench, { request: scenario(bench).request, account });
      await eventually('all are listed', async () => (await list(bench, { account })).length === 3);
      expect(await list(bench, { account, limit: 2 })).toHaveLength(2);
      expect(await list(bench, { account, limit: 0 })).toEqual([]);
    });
  });

  describe('a run that keeps no record', () => {
    const bench = useBench({ ...cache });

    it('is told by the memo alone, where the search attributes are not used', async () => {
      const s = scenario(bench);
      await provision(bench, { request: s.request }, s.workflowId);
      const { memo, typedSearchAttributes } = await bench.client.workflow.getHandle(s.workflowId).describe();
      expect(memo?.[FLEET_MEMO]).toMatchObject({ account: 'default', phase: 'ready' });
      expect(typedSearchAttributes.getAll().filter(({ key }) => key.name.startsWith('Pvl'))).toEqual([]);
    });
  });
});

// With the cache only: to replay 1,500 events for each of 140 tries takes minutes. The committed histories are replayed.
describe.each(PLACES)('a record in the %s', (fleet) => {
  const bench = useBench({ fleet });

  it('goes on in the continuation of a long run', async () => {
    const s = scenario(bench);
    const { RegionId } = s.request;
    s.fault('CreateVpcEndpoint', { kind: 'code', code: 'QuotaMisMatched' }, 140);
    await provision(bench, { request: s.request, retry: { quota: { timeout: '7d' } } }, s.workflowId);
    const [item, ...others] = await found(bench, { RegionId, phase: 'ready' });
    expect(others).toEqual([]);
    expect(item).toMatchObject({ account: 'default', VpcId: 'vpc-1', ServiceId: 'epsrv-1' });
    expect(await list(bench, { RegionId, status: 'all' })).toHaveLength(1);
    const written = writesIn(await eventsOf(bench, s.workflowId)).map(phaseOf);
    // A memo is not handed on by the engine: it is written again.
    expect(written).toEqual([...(fleet === 'memo' ? ['parked'] : []), 'waiting', 'ready']);
  });
});

interface Passing {
  readonly phase: string;
  readonly prepare: (s: ReturnType<typeof scenario>) => unknown;
  readonly settings?: { readonly timeToActive: { readonly afterReads: number } };
}

/** What is found both where the server filters and where it does not know the attributes, once the two agree. */
async function list(bench: ProvisionBench, filter: FleetFilter): Promise<FleetItem[]> {
  const unfiltered = new Client({ connection: withoutAttributes(bench.connection) });
  return eventually(`both ways to list ${JSON.stringify(filter)} agree`, async () => {
    const [byServer, byMemo] = await Promise.all([all(bench.client, filter), all(unfiltered, filter)]);
    return JSON.stringify(byServer) === JSON.stringify(byMemo) && byServer;
  });
}

/** The runs that a filter finds, as soon as there are any: the server's list lags behind. */
async function found(bench: ProvisionBench, filter: FleetFilter): Promise<FleetItem[]> {
  await eventually(`something is listed of ${JSON.stringify(filter)}`, async () => {
    return (await all(bench.client, filter)).length > 0;
  });
  return list(bench, filter);
}

async function all(client: Client, filter: FleetFilter): Promise<FleetItem[]> {
  const items: FleetItem[] = [];
  for await (const item of listRuns(client, filter)) items.push(item);
  return items;
}

/** The same connection, to a server that has no search attributes of ours. */
function withoutAttributes(connection: Connection): Connection {
  const operatorService = { listSearchAttributes: async () => ({ customAttributes: {} }) };
  return new Proxy(connection, {
    get: (target, name) =>
      name === 'operatorService' ? operatorService : (Reflect.get(target, name, target) as unknown),
  });
}

async function eventsOf(bench: ProvisionBench, workflowId: string) {
  const { events } = await bench.client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).filter((event) => event[VIRTUAL] == null);
}

type Event = Awaited<ReturnType<typeof eventsOf>>[number];

/** The events by which a run wrote its record. What a cancellation leaves behind is written to the memo apart. */
function writesIn(events: readonly Event[]) {
  return events.flatMap((event) => {
    const upserted =
      event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields ??
      event.workflowPropertiesModifiedEventAttributes?.upsertedMemo?.fields;
    const payload = upserted?.['PvlPhase'] ?? upserted?.[FLEET_MEMO];
    return payload?.data == null
      ? []
      : [{ event, written: JSON.parse(Buffer.from(payload.data).toString()) as unknown }];
  });
}

function phaseOf({ written }: ReturnType<typeof writesIn>[number]): unknown {
  return typeof written === 'string' ? written : (written as { phase?: unknown }).phase;
}

function expectOneWriteInATask(events: readonly Event[]): void {
  const tasks = writesIn(events).map(({ event }) => {
    const attributes =
      event.upsertWorkflowSearchAttributesEventAttributes ?? event.workflowPropertiesModifiedEventAttributes;
    return String(attributes?.workflowTaskCompletedEventId);
  });
  expect(tasks.length).toBeGreaterThan(0);
  expect(new Set(tasks).size).toBe(tasks.length);
}

async function withSettings<Result>(
  bench: ProvisionBench,
  settings: NonNullable<Passing['settings']>,
  act: () => Promise<Result>,
): Promise<Result> {
  bench.twin.engine.configure(settings);
  try {
    return await act();
  } finally {
    bench.twin.engine.configure(soon);
  }
}
