import { WorkflowFailedError, type ApplicationFailure } from '@temporalio/client';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunRecords } from '../../src/activities/index.js';
import { runsOnServer } from '../../src/activities/runs-on-server.js';
import type { FindOrphansInput, OrphanReport } from '../../src/contract/orphans.js';
import type { FailureDetails } from '../../src/contract/result.js';
import { OWNER_TAG, ownerTags } from '../../src/model/owner-tags.js';
import { findOrphans } from '../../src/workflows/index.js';
import {
  CACHE_MODES,
  failedProvision,
  newId,
  provision,
  scenario,
  startProvision,
  useBench,
  type ProvisionBench,
} from '../support/provision-bench.js';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

describe.each(CACHE_MODES)('a sweep for orphans, $name', ({ cache }) => {
  /** How far the clock of the cloud is behind, while old endpoints are made. */
  let behindMs = 0;
  /** What a test has the server say in place of the truth. */
  let records: Partial<RunRecords> = {};
  const bench = useBench({
    ...cache,
    now: () => Date.now() - behindMs,
    runRecords: {
      retentionMs: () => (records.retentionMs ?? runsOnServer.retentionMs)(),
      isKnown: (id) => (records.isKnown ?? runsOnServer.isKnown)(id),
    },
  });
  afterEach(() => {
    records = {};
    bench.twin.faults.clear();
  });

  /** An endpoint of so many milliseconds ago, in the region of a scenario. The oldest comes first: its service is as old. */
  async function made(
    { request }: ReturnType<typeof scenario>,
    ageMs: number,
    {
      workflowId = newId(),
      installation = 'default',
      Tag = ownerTags({ installation, workflowId }),
      VpcId = 'vpc-1',
    } = {},
  ): Promise<string> {
    behindMs = ageMs;
    try {
      const { EndpointId } = await bench.privateLink.createVpcEndpoint({
        ...request,
        VpcId,
        EndpointName: 'swept',
        Tag: Tag.map(({ Key, Value }) => ({ Key, Value })),
      });
      return EndpointId;
    } finally {
      behindMs = 0;
    }
  }

  const sweep = (s: ReturnType<typeof scenario>, input: Partial<FindOrphansInput> = {}, workflowId = newId()) =>
    bench.skipping.execute(findOrphans, {
      workflowId,
      taskQueue: bench.taskQueue,
      args: [{ RegionId: s.request.RegionId, ...input }],
    });
  const ids = (list: OrphanReport['orphans']) => list.map(({ EndpointId }) => EndpointId);

  it('finds nothing where there is nothing, in one call', async () => {
    const s = scenario(bench);
    expect(await sweep(s)).toMatchObject({
      account: 'default',
      RegionId: s.request.RegionId,
      installation: 'default',
      olderThan: '10m',
      retention: '1d',
      scanned: 0,
      orphans: [],
      unaccounted: [],
      totals: { orphans: 0, unaccounted: 0 },
    });
    expect(s.calls('ListVpcEndpoints')).toBe(1);
  });

  it('finds an endpoint whose workflow id never had a run, and changes nothing', async () => {
    const s = scenario(bench);
    const workflowId = newId();
    const EndpointId = await made(s, 30 * MINUTE, { workflowId });
    const before = bench.twin.journal.requests.length;
    const report = await sweep(s);
    expect(report).toMatchObject({ scanned: 1, accounted: 0, totals: { orphans: 1, unaccounted: 0 } });
    expect(report.orphans).toEqual([
      {
        EndpointId,
        EndpointName: 'swept',
        EndpointStatus: expect.any(String) as string,
        VpcId: 'vpc-1',
        ServiceId: 'epsrv-1',
        CreateTime: expect.stringMatching(/Z$/) as string,
        workflowId,
        reason: 'noRun',
      },
    ]);
    expect(s.endpoints()).toHaveLength(1);
    const actions = bench.twin.journal.requests.slice(before).map(({ action }) => action);
    expect(actions).toEqual(['ListVpcEndpoints']);
  });

  it('accounts for the endpoint of a run, whichever way the run went', async () => {
    const s = scenario(bench);
    const runs = [running, completed, failed, terminated, cancelled];
    for (const run of runs) {
      const workflowId = newId();
      await run(bench, workflowId);
      await made(s, 30 * MINUTE, { workflowId });
    }
    expect(await sweep(s)).toMatchObject({
      scanned: runs.length,
      accounted: runs.length,
      orphans: [],
      unaccounted: [],
    });
  });

  it('leaves the young ones alone, and waits longer where it is told to', async () => {
    const s = scenario(bench);
    const EndpointId = await made(s, 30 * MINUTE);
    await made(s, 9 * MINUTE);
    expect(await sweep(s)).toMatchObject({ tooYoung: 1, totals: { orphans: 1 }, orphans: [{ EndpointId }] });
    expect(await sweep(s, { olderThan: '1h' })).toMatchObject({ olderThan: '1h', tooYoung: 2, orphans: [] });
  });

  it('does not call what is older than the retention an orphan: its run may have been forgotten', async () => {
    const s = scenario(bench);
    const old = await made(s, 2 * DAY);
    const kept = newId();
    await running(bench, kept);
    await made(s, 2 * DAY, { workflowId: kept });
    const report = await sweep(s);
    expect(report).toMatchObject({ scanned: 2, accounted: 1, orphans: [], totals: { orphans: 0, unaccounted: 1 } });
    expect(report.unaccounted).toMatchObject([{ EndpointId: old, reason: 'olderThanRetention' }]);
    records = { retentionMs: async () => 3 * DAY };
    expect(ids((await sweep(s)).orphans)).toEqual([old]);
  });

  it('passes over what is not ours: another installation, no tags at all', async () => {
    const s = scenario(bench);
    await made(s, 30 * MINUTE, { installation: 'another' });
    await made(s, 30 * MINUTE, { Tag: [{ Key: 'team', Value: 'a' }] });
    expect(await sweep(s)).toMatchObject({ scanned: 0, totals: { orphans: 0, unaccounted: 0 } });
  });

  it('reports an endpoint without the workflow tag as unaccounted, and leaves out one that is being deleted', async () => {
    const s = scenario(bench);
    const untagged = await made(s, 30 * MINUTE, { Tag: [{ Key: OWNER_TAG, Value: 'default' }] });
    const leaving = await made(s, 30 * MINUTE);
    bench.twin.engine.setEndpoint(leaving, { EndpointStatus: 'Deleting' });
    const report = await sweep(s);
    expect(report).toMatchObject({ scanned: 2, deleting: 1, orphans: [], totals: { orphans: 0, unaccounted: 1 } });
    expect(report.unaccounted).toMatchObject([{ EndpointId: untagged, reason: 'noWorkflowTag' }]);
  });

  it('reads every page', async () => {
    const s = scenario(bench);
    const many = 1_050;
    const oldest = await made(s, 30 * MINUTE);
    for (let index = 0; index < many; index += 1) await made(s, 20 * MINUTE, { VpcId: `vpc-${index % 2}` });
    const report = await sweep(s);
    expect(s.calls('ListVpcEndpoints')).toBe(2);
    expect(report).toMatchObject({ scanned: many + 1, totals: { orphans: many + 1 }, truncated: true });
    expect(report.orphans).toHaveLength(1_000);
    expect(report.orphans[0]?.EndpointId).toBe(oldest);
  });

  it('is repeated until the list comes: lost, throttled, broken', async () => {
    const s = scenario(bench);
    await made(s, 30 * MINUTE);
    s.fault('ListVpcEndpoints', { kind: 'resetBefore' }, 2);
    s.fault('ListVpcEndpoints', { kind: 'throttle', timeLeftMs: 30_000 }, 2);
    s.fault('ListVpcEndpoints', { kind: 'errorAfter', status: 502, body: 'html' }, 2);
    expect(await sweep(s)).toMatchObject({ totals: { orphans: 1 } });
    expect(s.calls('ListVpcEndpoints')).toBe(7);
  });

  it('is repeated until the server answers, and never takes silence for absence', async () => {
    const s = scenario(bench);
    const [kept, EndpointId] = [newId(), await made(s, 30 * MINUTE)];
    await running(bench, kept);
    await made(s, 30 * MINUTE, { workflowId: kept });
    let asked = 0;
    records = {
      isKnown: async (id) => {
        asked += 1;
        if (asked <= 3) throw new Error('The Temporal server is away');
        return runsOnServer.isKnown(id);
      },
    };
    const report = await sweep(s);
    expect(ids(report.orphans)).toEqual([EndpointId]);
    expect(report.accounted).toBe(1);
    expect(s.calls('ListVpcEndpoints')).toBeGreaterThan(1);
  });

  it('ends as DeadlineExceeded where the server never answers, with what it said', async () => {
    const s = scenario(bench);
    await made(s, 30 * MINUTE);
    records = { isKnown: () => Promise.reject(new Error('The Temporal server is away')) };
    const { type, message, details } = await failureOf(sweep(s, { timeouts: { scanned: '5m' } }));
    expect(type).toBe('DeadlineExceeded');
    expect(message).toBe('The sweep was not done after 5m; last attempt: The Temporal server is away');
    expect(details).toMatchObject({ class: 'deadline', retryable: true, endpointMayExist: false });
  });

  it('ends as AccessDenied with the statement that is missing, without a second call', async () => {
    const s = scenario(bench);
    s.fault('ListVpcEndpoints', { kind: 'code', code: 'NoPermission' }, 'always');
    const { type, message, details } = await failureOf(sweep(s));
    expect(type).toBe('AccessDenied');
    expect(message).toContain('NoPermission');
    expect(details).toMatchObject({
      class: 'denied',
      code: 'NoPermission',
      requestId: expect.any(String) as string,
      endpointMayExist: false,
      denied: { action: 'privatelink:ListVpcEndpoints' },
      attempts: [{ action: 'ListVpcEndpoints', code: 'NoPermission' }],
    });
    expect(s.calls('ListVpcEndpoints')).toBe(1);
  });

  it('ends as RequestRejected where there is no such region', async () => {
    const s = scenario(bench);
    s.fault('ListVpcEndpoints', { kind: 'code', code: 'RegionNotFound' });
    expect(await failureOf(sweep(s))).toMatchObject({ type: 'RequestRejected', details: { code: 'RegionNotFound' } });
  });

  it('ends as InvalidInput with all problems, and calls nothing', async () => {
    const s = scenario(bench);
    const { type, message } = await failureOf(sweep(s, { olderThan: '1m', account: 'a/b' }));
    expect(type).toBe('InvalidInput');
    expect(message).toContain('olderThan: must be at least 10m');
    expect(message).toContain('account: expected');
    expect(s.calls('ListVpcEndpoints')).toBe(0);
  });

  it('shows a person the table of what it found', async () => {
    const s = scenario(bench);
    const workflowId = `${newId()}|x`;
    const EndpointId = await made(s, 30 * MINUTE, { workflowId });
    const id = newId();
    await sweep(s, {}, id);
    const { currentDetails } = await bench.client.workflow
      .getHandle(id)
      .query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(currentDetails).toContain('**1** orphans, **0** unaccounted, of 1 endpoints of `default`');
    expect(currentDetails).toContain(`| ${EndpointId} | vpc-1 |`);
    expect(currentDetails).toContain(workflowId.replace('|', '\\|'));
  });
});

async function running(bench: ProvisionBench, workflowId: string): Promise<void> {
  // Nobody polls this queue.
  await startProvision({ ...bench, taskQueue: newId() }, {}, workflowId);
}

async function completed(bench: ProvisionBench, workflowId: string): Promise<void> {
  const { request } = scenario(bench);
  await provision(bench, { request: { ...request, DryRun: true } }, workflowId);
}

async function failed(bench: ProvisionBench, workflowId: string): Promise<void> {
  await failedProvision(bench, {}, workflowId);
}

async function terminated(bench: ProvisionBench, workflowId: string): Promise<void> {
  await running(bench, workflowId);
  await bench.client.workflow.getHandle(workflowId).terminate();
}

async function cancelled(bench: ProvisionBench, workflowId: string): Promise<void> {
  const { request } = scenario(bench);
  const handle = await startProvision(bench, { request, timeouts: { active: '1h' } }, workflowId);
  await handle.cancel();
  await handle.result().catch(() => undefined);
}

async function failureOf(result: Promise<unknown>) {
  const error: unknown = await result.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof WorkflowFailedError)) throw new Error('The sweep did not fail', { cause: error });
  const { type, message, details } = error.cause as ApplicationFailure;
  return { type, message, details: details?.[0] as FailureDetails };
}
