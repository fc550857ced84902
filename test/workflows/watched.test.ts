import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { describe, expect, inject, it } from 'vitest';
import { WatchLink } from '../../src/activities/index.js';
import { PROVISION_WORKFLOW_TYPE, stateQuery } from '../../src/contract/messages.js';
import {
  changedSignal,
  WATCH_WORKFLOW_TYPE,
  watchId,
  type ChangedNotice,
  type WatchInput,
  type WatchReport,
} from '../../src/contract/watch.js';
import { createTestKit, NO_LIMITS } from '../../src/testing/index.js';
import { LONGEST_TASK } from '../../src/worker/isolate-timeout.js';
import type { provisionVpcEndpoint } from '../../src/workflows/index.js';
import {
  CACHE_MODES,
  eventually,
  newId,
  REQUEST,
  scenario,
  startProvision,
  useBench,
  type ProvisionBench,
} from '../support/provision-bench.js';
import { advance } from '../support/virtual-time.js';

/** Far away: tests turn the twin's clock. */
const LATER_MS = 3_600_000;

const SETTINGS = {
  limits: NO_LIMITS,
  timeToActive: { afterMs: LATER_MS },
  quotas: { endpointsPerVpc: 100_000, idleEndpoints: 100_000 },
};

const SERVED = { services: [{ ServiceId: REQUEST.ServiceId, Zones: [REQUEST.Zone[0].ZoneId] }] };

/** Says that there is a watcher, whatever became of it since. */
const BELIEVED = { expect: async () => true };

describe.each(CACHE_MODES)('a run that believes to be watched, $name', ({ cache }) => {
  const bench = useBench({ ...cache, settings: SETTINGS, watch: BELIEVED });

  it('looks once after a hint, and ends with 26 events', async () => {
    const s = scenario(bench);
    const { handle, EndpointId } = await waitingRun(bench, s);
    expect(s.calls('GetVpcEndpointAttribute')).toBe(0);
    bench.twin.advance(LATER_MS);
    await handle.signal(changedSignal, { EndpointId, EndpointStatus: 'Active' });
    const result = await handle.result();
    expect(result.endpoint?.EndpointId).toBe(EndpointId);
    expect(s.calls('GetVpcEndpointAttribute')).toBe(1);
    expect(s.calls('CreateVpcEndpoint')).toBe(1);
    expect((await handle.describe()).historyLength).toBe(26);
  });

  it('sees the endpoint by itself within 20 minutes when nobody tells it: the watcher was killed, cancelled or is blind', async () => {
    const s = scenario(bench);
    const { handle, nextLookMs } = await waitingRun(bench, s);
    expect(nextLookMs).toBeGreaterThan(10 * 60_000);
    expect(nextLookMs).toBeLessThan(20 * 60_000);
    bench.twin.advance(LATER_MS);
    await advance(bench.connection, handle.workflowId, 21 * 60_000).catch((error: unknown) => {
      // It ended on the way.
      expect(String(error)).toContain('completed');
    });
    expect((await handle.result()).outcome).toBe('created');
    expect(s.calls('GetVpcEndpointAttribute')).toBe(1);
  });

  it('looks on by itself after a hint that came too early', async () => {
    const s = scenario(bench);
    const { handle, EndpointId } = await waitingRun(bench, s);
    await handle.signal(changedSignal, { EndpointId, EndpointStatus: 'Active' });
    await eventually('it has looked', () => s.calls('GetVpcEndpointAttribute') > 0);
    expect((await handle.query(stateQuery)).phase).toBe('waiting');
    bench.twin.advance(LATER_MS);
    await handle.result();
    expect(s.calls('GetVpcEndpointAttribute')).toBeLessThan(5);
  });

  it('is not led astray by hints of another endpoint, of no shape, or from strangers', async () => {
    const s = scenario(bench);
    const { handle, EndpointId } = await waitingRun(bench, s);
    const strange: unknown[] = [undefined, null, 7, 'x', [], {}, { EndpointId: 7 }, { EndpointId: 'ep-other' }];
    strange.push({ EndpointId, EndpointStatus: { a: 1 } }, { EndpointId: 'x'.repeat(100_000) });
    for (const notice of strange) await handle.signal(changedSignal, notice as ChangedNotice);
    expect((await handle.query(stateQuery)).phase).toBe('waiting');
    expect(s.calls('GetVpcEndpointAttribute')).toBe(0);
    bench.twin.advance(LATER_MS);
    await handle.signal(changedSignal, { EndpointId });
    expect((await handle.result()).outcome).toBe('created');
  });

  it('hears a hint that comes before the create call has answered', async () => {
    const s = scenario(bench);
    s.fault('CreateVpcEndpoint', { kind: 'delayMs', ms: 1_500 });
    const handle = await startProvision(bench, { request: s.request }, s.workflowId);
    const EndpointId = await eventually('it is made', () => s.endpoints()[0]?.EndpointId);
    bench.twin.advance(LATER_MS);
    // Strangers come first, and do not push it out.
    for (let other = 0; other < 40; other += 1) await handle.signal(changedSignal, { EndpointId: `ep-${other}` });
    await handle.signal(changedSignal, { EndpointId, EndpointStatus: 'Active' });
    expect((await handle.result()).endpoint?.EndpointId).toBe(EndpointId);
    expect(s.calls('GetVpcEndpointAttribute')).toBe(1);
  });

  it('waits for its connection by itself, and is quicker when it is told', async () => {
    const s = scenario(bench);
    const handle = await startProvision(bench, { request: s.request, until: 'Connected' }, s.workflowId);
    const { EndpointId } = await endpointOf(s);
    bench.twin.advance(LATER_MS);
    await handle.signal(changedSignal, { EndpointId, EndpointStatus: 'Active', ConnectionStatus: 'Disconnected' });
    const result = await handle.result();
    expect(result.endpoint?.ConnectionStatus).toBe('Connected');
  });
});

describe.each(CACHE_MODES)('a run that looks for itself, $name', ({ cache }) => {
  const bench = useBench({ ...cache, settings: SETTINGS, watch: { expect: async () => false } });

  it('looks at once when it is told, not when its next look is due', async () => {
    const s = scenario(bench);
    const handle = await startProvision(bench, { request: s.request }, s.workflowId);
    const { EndpointId } = await endpointOf(s);
    await eventually('its next look is seconds away', async () => {
      await advance(bench.connection, handle.workflowId, 10_000);
      return ((await nextLookMsOf(handle, 'is Creating')) ?? 0) > 5_000;
    });
    bench.twin.advance(LATER_MS);
    await handle.signal(changedSignal, { EndpointId, EndpointStatus: 'Active' });
    expect((await handle.result()).outcome).toBe('created');
    const { events } = await handle.fetchHistory();
    const begun = events?.flatMap(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityId ?? []);
    expect(begun).toEqual(['create.1', 'wait-active', 'wait-active.2']);
  });
});

describe('a run that is told a million times', () => {
  it('ends as it would have', async () => {
    // The server takes 10,000 signals for a run, and refuses the rest of the million. Nobody serves the run while they come,
    // so that all are in its first task.
    const SIGNALS = 3_000;
    const address = inject('temporalAddress');
    const connection = await Connection.connect({ address });
    const taskQueue = newId();
    const handle = await new Client({ connection }).workflow.start<typeof provisionVpcEndpoint>(
      PROVISION_WORKFLOW_TYPE,
      {
        workflowId: newId(),
        taskQueue,
        args: [{ request: REQUEST }],
      },
    );
    let sent = 0;
    const send = async () => {
      for (; sent < SIGNALS; sent += 1) await handle.signal(changedSignal, { EndpointId: `ep-${sent % 100}` });
    };
    await Promise.all(Array.from({ length: 32 }, send));
    const native = await NativeConnection.connect({ address });
    const kit = createTestKit({ settings: SERVED });
    const worker = await Worker.create({
      connection: native,
      taskQueue,
      workflowBundle: { codePath: inject('workflowBundlePath') },
      activities: kit.activities,
      ...LONGEST_TASK,
    });
    const { outcome } = await worker.runUntil(handle.result());
    expect(outcome).toBe('created');
    expect(kit.twin.journal.countOf('CreateVpcEndpoint')).toBe(1);
    await native.close();
    await connection.close();
  }, 180_000);
});

describe('the watcher of a region', () => {
  // Nothing that it knows of a watcher counts longer than for one create.
  let nowMs = 0;
  const link = new WatchLink('always', () => (nowMs += 10_000));
  const bench = useBench({ settings: SETTINGS, watch: link });

  it('tells every run when its endpoint is Active, at one look for each', async () => {
    const s = scenario(bench);
    await seeing(bench, s);
    const before = s.calls('GetVpcEndpointAttribute');
    const handles = await startMany(bench, s, 30);
    await eventually('all are waiting', () => s.endpoints().length === 31);
    bench.twin.advance(LATER_MS);
    const results = await Promise.all(handles.map((handle) => handle.result()));
    expect(new Set(results.map(({ endpoint }) => endpoint?.EndpointId)).size).toBe(30);
    expect(s.calls('CreateVpcEndpoint')).toBe(31);
    // One each; and the first run looked for itself until it was told.
    expect(s.calls('GetVpcEndpointAttribute') - before).toBeLessThan(34);
    // Its heartbeats come every few seconds.
    await eventually('it says so', async () => (await reportOf(bench.client, s.request.RegionId)).nudges >= 30);
  });

  it('goes on with every run when it is terminated, because the next create starts it again', async () => {
    const s = scenario(bench);
    await seeing(bench, s);
    const watcher = bench.client.workflow.getHandle(watchId('default', s.request.RegionId));
    const before = (await watcher.describe()).runId;
    const [handle] = await startMany(bench, s, 1);
    await watcher.terminate('a test');
    const again = await bench.client.workflow.signalWithStart(WATCH_WORKFLOW_TYPE, {
      workflowId: watcher.workflowId,
      taskQueue: bench.taskQueue,
      args: [watchInput(bench, s)],
      signal: 'watch',
    });
    expect(again.signaledRunId).not.toBe(before);
    await eventually('it sees', async () => (await reportOf(bench.client, s.request.RegionId)).seesTags);
    bench.twin.advance(LATER_MS);
    expect((await handle?.result())?.outcome).toBe('created');
  });

  it('may run twice by mistake', async () => {
    const s = scenario(bench);
    await seeing(bench, s);
    await bench.client.workflow.start(WATCH_WORKFLOW_TYPE, {
      workflowId: newId(),
      taskQueue: bench.taskQueue,
      args: [watchInput(bench, s)],
    });
    const handles = await startMany(bench, s, 5);
    await eventually('all are waiting', () => s.endpoints().length === 6);
    bench.twin.advance(LATER_MS);
    await Promise.all(handles.map((handle) => handle.result()));
    expect(s.calls('CreateVpcEndpoint')).toBe(6);
  });

  it.each([
    ['fails for one List of five', { probability: 0.2, times: 'always', effect: { kind: 'errorBefore', status: 503 } }],
    ['is shown what was 2 s ago', { times: 'always', effect: { kind: 'staleList', ms: 2_000 } }],
  ] as const)('works where it %s', async (_, fault) => {
    const s = scenario(bench);
    await seeing(bench, s);
    const { RegionId } = s.request;
    bench.twin.faults.add({ action: 'ListVpcEndpoints', parameters: { RegionId }, ...fault });
    const handles = await startMany(bench, s, 10);
    await eventually('all are waiting', () => s.endpoints().length === 11);
    bench.twin.advance(LATER_MS);
    await Promise.all(handles.map((handle) => handle.result()));
    expect(s.calls('CreateVpcEndpoint')).toBe(11);
  });

  it('is not relied upon where a List shows no tags: runs look for themselves', async () => {
    const s = scenario(bench);
    const first = await startProvision(bench, { request: s.request }, s.workflowId);
    await eventually('it scans', async () => (await reportOf(bench.client, s.request.RegionId)).scans > 0);
    // Endpoints of others, none of which has a tag.
    for (const { EndpointId } of s.endpoints()) {
      await bench.twin.call('UntagResources', {
        RegionId: s.request.RegionId,
        ResourceType: 'vpcendpoint',
        'ResourceId.1': EndpointId,
        All: 'true',
      });
    }
    await first.terminate('its tags are gone');
    expect((await reportOf(bench.client, s.request.RegionId)).pending).toBeLessThanOrEqual(1);
  });
});

/** A run that waits, and its endpoint. */
async function waitingRun(bench: ProvisionBench, s: ReturnType<typeof scenario>) {
  const handle = await startProvision(bench, { request: s.request }, s.workflowId);
  const { EndpointId } = await endpointOf(s);
  const nextLookMs = await eventually('it is left to the watcher', () => nextLookMsOf(handle, 'is watched'));
  return { handle, EndpointId, nextLookMs };
}

/** The pause after the last look; `undefined` where that said something else, or nothing yet. */
async function nextLookMsOf(handle: WorkflowHandle, says: string): Promise<number | undefined> {
  const { raw } = await handle.describe();
  const waiting = raw.pendingActivities?.find(({ lastFailure }) => lastFailure?.message?.includes(says));
  const delay = waiting?.lastFailure?.applicationFailureInfo?.nextRetryDelay?.seconds;
  return delay == null ? undefined : Number(delay) * 1_000;
}

function endpointOf(s: ReturnType<typeof scenario>) {
  return eventually('it is made', () => s.endpoints()[0]);
}

/** Start the watcher of a region by a first run, and wait until it sees what is made. */
async function seeing(bench: ProvisionBench, s: ReturnType<typeof scenario>): Promise<void> {
  await startProvision(bench, { request: { ...s.request, EndpointName: 'first' } });
  await eventually('it sees', async () => (await reportOf(bench.client, s.request.RegionId)).seesTags);
}

async function startMany(bench: ProvisionBench, s: ReturnType<typeof scenario>, count: number) {
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      startProvision(bench, { request: { ...s.request, EndpointName: `n-${index}` } }),
    ),
  );
}

function watchInput(bench: ProvisionBench, s: ReturnType<typeof scenario>): WatchInput {
  return {
    account: 'default',
    RegionId: s.request.RegionId,
    activityTaskQueue: bench.taskQueue,
    installation: 'default',
  };
}

async function reportOf(client: Client, RegionId: string): Promise<WatchReport> {
  const none = { installation: '', seesTags: false, pending: 0, scans: 0, failedScans: 0, nudges: 0 };
  try {
    const { raw } = await client.workflow.getHandle(watchId('default', RegionId)).describe();
    const data = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads?.[0]?.data;
    return data == null ? none : (JSON.parse(Buffer.from(data).toString()) as WatchReport);
  } catch {
    return none;
  }
}
