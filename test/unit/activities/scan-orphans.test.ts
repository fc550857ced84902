import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import type { RunRecords } from '../../../src/activities/dependencies.js';
import { runsOnServer } from '../../../src/activities/runs-on-server.js';
import { createScanOrphans, type ScanOrphansOutcome } from '../../../src/activities/scan-orphans.js';
import { MAX_LISTED_ORPHANS } from '../../../src/contract/orphans.js';
import type { ListedVpcEndpoint } from '../../../src/model/endpoint.js';
import { ownerTags } from '../../../src/model/owner-tags.js';
import { PrivateLinkError, type ListVpcEndpointsQuery, type PrivateLinkApi } from '../../../src/privatelink/port.js';

const DAY_MS = 86_400_000;
/** Without the warning of each attempt that fails. */
const QUIET = new DefaultLogger('ERROR');
const SWEEP = { account: 'default', RegionId: 'cn-a', installation: 'here', olderThan: '10m' };

const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

function endpoint(EndpointId: string, fields: Partial<ListedVpcEndpoint> = {}): ListedVpcEndpoint {
  const Tags = ownerTags({ installation: 'here', workflowId: `run-of-${EndpointId}` });
  return { EndpointId, EndpointStatus: 'Active', CreateTime: ago(3_600_000), Tags, ...fields };
}

/** A service that lists these pages. */
function listing(...pages: readonly (readonly ListedVpcEndpoint[])[]) {
  const queries: ListVpcEndpointsQuery[] = [];
  const listVpcEndpoints: PrivateLinkApi['listVpcEndpoints'] = async (query) => {
    queries.push(query);
    const page = Number(query.NextToken ?? 0);
    const more = page + 1 < pages.length ? { NextToken: String(page + 1) } : {};
    return { RequestId: `REQ-${page}`, Endpoints: pages[page] ?? [], ...more };
  };
  return { api: { listVpcEndpoints } as unknown as PrivateLinkApi, queries };
}

const NOBODY: RunRecords = { retentionMs: async () => 3 * DAY_MS, isKnown: async () => false };

function scan(api: PrivateLinkApi, runs: Partial<RunRecords> = {}): Promise<ScanOrphansOutcome> {
  const scanOrphans = createScanOrphans({
    privateLink: () => api,
    accountTaskQueue: (queue) => queue,
    runRecords: { ...NOBODY, ...runs },
    random: () => 0.5,
  });
  const info = { startToCloseTimeoutMs: 600_000, scheduleToCloseTimeoutMs: 1_800_000 };
  return new MockActivityEnvironment(info, { logger: QUIET }).run(scanOrphans, { sweep: SWEEP });
}

async function reportOf(api: PrivateLinkApi, runs: Partial<RunRecords> = {}) {
  const outcome = await scan(api, runs);
  if (outcome.kind !== 'scanned') throw new Error(outcome.kind);
  return outcome.report;
}

describe('a scan for orphans', () => {
  it('asks for our owner tag, and believes no endpoint that comes without it', async () => {
    const theirs = ownerTags({ installation: 'elsewhere', workflowId: 'run-1' });
    const { api, queries } = listing([endpoint('ep-1'), endpoint('ep-2', { Tags: theirs }), { EndpointId: 'ep-3' }]);
    const report = await reportOf(api);
    expect(queries).toEqual([
      { RegionId: 'cn-a', Tag: [{ Key: 'durable-privatelink-owner', Value: 'here' }], MaxResults: 1_000 },
    ]);
    expect(report).toMatchObject({ scanned: 1, totals: { orphans: 1, unaccounted: 0 } });
    expect(report.orphans.map(({ EndpointId }) => EndpointId)).toEqual(['ep-1']);
  });

  it('counts an endpoint on two pages once, as it was listed last', async () => {
    const { api } = listing(
      [endpoint('ep-1'), endpoint('ep-2')],
      [endpoint('ep-2', { EndpointStatus: 'Deleting' }), endpoint('ep-3')],
    );
    const report = await reportOf(api);
    expect(report).toMatchObject({ scanned: 3, deleting: 1 });
    expect(report.orphans.map(({ EndpointId }) => EndpointId)).toEqual(['ep-1', 'ep-3']);
  });

  it('asks for the run of an id once, of many at a time but not of all', async () => {
    const endpoints = Array.from({ length: 200 }, (_, index) => endpoint(`ep-${index}`));
    const twins = endpoints.map((one) => ({ ...one, EndpointId: `${one.EndpointId}-second` }));
    const asked: string[] = [];
    let [open, most] = [0, 0];
    const isKnown = async (id: string) => {
      asked.push(id);
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return id.endsWith('7');
    };
    const report = await reportOf(listing(endpoints, twins).api, { isKnown });
    expect(new Set(asked).size).toBe(200);
    expect(asked).toHaveLength(200);
    expect(most).toBe(16);
    expect(report).toMatchObject({ scanned: 400, accounted: 40, totals: { orphans: 360 } });
  });

  it('does not ask for a run where no answer would matter', async () => {
    const { api } = listing([
      endpoint('ep-young', { CreateTime: ago(0) }),
      endpoint('ep-leaving', { EndpointStatus: 'Deleting' }),
      endpoint('ep-untagged', { Tags: [{ Key: 'durable-privatelink-owner', Value: 'here' }] }),
    ]);
    const isKnown = () => Promise.reject(new Error('asked'));
    const report = await reportOf(api, { isKnown });
    expect(report).toMatchObject({ scanned: 3, tooYoung: 1, deleting: 1, totals: { orphans: 0, unaccounted: 1 } });
    expect(report.unaccounted[0]).toMatchObject({ EndpointId: 'ep-untagged', reason: 'noWorkflowTag' });
  });

  it('tells of each what a person needs, and nothing that is not there', async () => {
    const full = { EndpointName: 'orders', VpcId: 'vpc-1', ServiceId: 'epsrv-1', CreateTime: ago(40 * DAY_MS) };
    const { api } = listing([endpoint('ep-1', full), endpoint('ep-2', { CreateTime: 'soon' })]);
    const { unaccounted, orphans } = await reportOf(api);
    expect(orphans).toEqual([]);
    expect(unaccounted).toEqual([
      {
        EndpointId: 'ep-1',
        EndpointStatus: 'Active',
        workflowId: 'run-of-ep-1',
        ...full,
        reason: 'olderThanRetention',
      },
      {
        EndpointId: 'ep-2',
        EndpointStatus: 'Active',
        workflowId: 'run-of-ep-2',
        CreateTime: 'soon',
        reason: 'unreadableCreateTime',
      },
    ]);
  });

  it('says that the retention is unknown where the server does not tell it, and calls nothing an orphan', async () => {
    const report = await reportOf(listing([endpoint('ep-1')]).api, { retentionMs: async () => 0 });
    expect(report).toMatchObject({ retention: 'unknown', totals: { orphans: 0, unaccounted: 1 } });
  });

  it('keeps the oldest of more than a report has room for, gives the totals, and stays below the limit of a payload', async () => {
    const widest = {
      EndpointName: '端'.repeat(128),
      VpcId: 'vpc-hp356stwkxg3fn2xe1234',
      ServiceId: 'epsrv-hp3xdsq46ael67lo1234',
    };
    const many = (kind: string, ageMs: number) =>
      Array.from({ length: MAX_LISTED_ORPHANS + 50 }, (_, index) =>
        endpoint(`ep-hp33b2e43fays7s8${kind}${index}`, {
          ...widest,
          CreateTime: ago(ageMs - index * 1_000),
          Tags: ownerTags({ installation: 'here', workflowId: `${kind}${index}`.padEnd(128, '"') }),
        }),
      );
    const report = await reportOf(listing(many('new', DAY_MS).reverse(), many('old', 40 * DAY_MS)).api);
    expect(report).toMatchObject({ truncated: true, totals: { orphans: 1_050, unaccounted: 1_050 } });
    expect(report.orphans).toHaveLength(MAX_LISTED_ORPHANS);
    expect(report.orphans[0]?.workflowId).toMatch(/^new0"/);
    expect(report.unaccounted.at(-1)?.workflowId).toMatch(/^old999"/);
    expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThan(2 * 1_024 * 1_024);
  });

  it.each([
    { code: 'NoPermission', failureClass: 'denied' },
    { code: 'RegionNotFound', failureClass: 'invalid' },
  ])('hands a refusal to the workflow: $code', async ({ code, failureClass }) => {
    const outcome = await scan(failing(code));
    expect(outcome).toMatchObject({ kind: 'refused', refusal: { class: failureClass, code, requestId: 'REQ-1' } });
    expect(outcome.attempts.at(-1)).toMatchObject({ action: 'ListVpcEndpoints', code, RequestId: 'REQ-1' });
  });

  it.each(['Throttling.User', 'ServiceUnavailable', 'SomethingNew'])('is repeated after %s', async (code) => {
    await expect(scan(failing(code))).rejects.toMatchObject({
      nonRetryable: false,
      message: expect.stringMatching(code) as string,
    });
  });

  it('is repeated where the server does not answer, and asks no further', async () => {
    let asked = 0;
    const isKnown = async () => {
      asked += 1;
      if (asked === 20) throw ApplicationFailure.create({ type: 'ServerNotAnswering', message: 'later' });
      return false;
    };
    const endpoints = Array.from({ length: 500 }, (_, index) => endpoint(`ep-${index}`));
    await expect(scan(listing(endpoints).api, { isKnown })).rejects.toThrow('later');
    expect(asked).toBeLessThan(100);
    const retentionMs = () => Promise.reject(new Error('no namespace'));
    await expect(scan(listing(endpoints).api, { retentionMs })).rejects.toThrow('no namespace');
  });
});

function failing(code: string): PrivateLinkApi {
  const answer = { action: 'ListVpcEndpoints', code, message: 'no', requestId: 'REQ-1' };
  return {
    listVpcEndpoints: () => Promise.reject(new PrivateLinkError(answer)),
  } as unknown as PrivateLinkApi;
}

describe('what the Temporal server knows of runs', () => {
  const grpc = (code: number, details: string) => Object.assign(new Error(details), { code, details, metadata: {} });

  function asked<Answer>(answers: { describe?: () => Promise<unknown>; seconds?: number }, ask: () => Promise<Answer>) {
    const { describe: describeWorkflowExecution, seconds } = answers;
    const workflowService = {
      describeWorkflowExecution,
      describeNamespace: async () => ({
        config: seconds === undefined ? {} : { workflowExecutionRetentionTtl: { seconds } },
      }),
    };
    const client = {
      options: { namespace: 'default' },
      workflowService,
      withAbortSignal: (_signal: AbortSignal, call: () => Promise<unknown>) => call(),
    } as unknown as Client;
    return new MockActivityEnvironment({}, { client, logger: QUIET }).run(ask);
  }
  const isKnown = (describe: () => Promise<unknown>) => asked({ describe }, () => runsOnServer.isKnown('order-17'));

  it('is a run where it describes one, and none where it finds none', async () => {
    expect(await isKnown(async () => ({}))).toBe(true);
    expect(await isKnown(() => Promise.reject(grpc(5, 'workflow not found for ID: namespace-17')))).toBe(false);
  });

  it.each([
    { reason: 'the namespace is not found', error: grpc(5, 'Namespace default is not found.') },
    { reason: 'it may not be asked', error: grpc(7, 'Request unauthorized.') },
    { reason: 'it is away', error: grpc(14, 'connection refused') },
    { reason: 'anything else', error: new Error('not found') },
  ])('is not known where $reason', async ({ error }) => {
    await expect(isKnown(() => Promise.reject(error))).rejects.toMatchObject({
      type: 'ServerNotAnswering',
      nonRetryable: false,
      message: `The Temporal server did not say whether order-17 has a run: ${error.message}`,
    });
  });

  it('is kept for as long as its namespace says', async () => {
    const retentionMs = () => runsOnServer.retentionMs();
    expect(await asked({ seconds: 259_200 }, retentionMs)).toBe(3 * DAY_MS);
    expect(await asked({}, retentionMs)).toBe(0);
  });
});
