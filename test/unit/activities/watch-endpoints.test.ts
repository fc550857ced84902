import { ServiceError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWatchEndpoints, type WatchOutcome } from '../../../src/activities/watch-endpoints.js';
import type { WatchReport } from '../../../src/contract/watch.js';
import type { ListedVpcEndpoint } from '../../../src/model/endpoint.js';
import { ownerTags } from '../../../src/model/owner-tags.js';
import { PrivateLinkError, type ListVpcEndpointsQuery, type PrivateLinkApi } from '../../../src/privatelink/port.js';

const INPUT = { account: 'default', RegionId: 'cn-a', activityTaskQueue: 'q', installation: 'here' };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function listed(EndpointId: string, EndpointStatus = 'Creating'): ListedVpcEndpoint {
  const Tags = ownerTags({ installation: 'here', workflowId: `run-of-${EndpointId}` });
  return { EndpointId, EndpointStatus, ConnectionStatus: 'Disconnected', CreateTime: '2020-01-01T00:00:00Z', Tags };
}

/** A region whose list a test sets, and who was told what. */
function region(options: { open?: readonly string[] } = {}) {
  const stage = {
    endpoints: [] as ListedVpcEndpoint[],
    fails: undefined as (() => Error | undefined) | undefined,
    queries: [] as ListVpcEndpointsQuery[],
    told: [] as string[],
    hangs: false,
    refuse: new Map<string, Error>(),
    report: undefined as WatchReport | undefined,
  };
  const api = {
    listVpcEndpoints: async (query: ListVpcEndpointsQuery) => {
      stage.queries.push(query);
      if (stage.hangs) await new Promise(() => undefined);
      const error = stage.fails?.();
      if (error !== undefined) throw error;
      const { EndpointStatus: wanted, NextToken, MaxResults = 50 } = query;
      const all = stage.endpoints.filter(({ EndpointStatus }) => wanted === undefined || EndpointStatus === wanted);
      const from = Number(NextToken ?? 0);
      const more = from + MaxResults < all.length ? { NextToken: String(from + MaxResults) } : {};
      return { RequestId: 'R', Endpoints: all.slice(from, from + MaxResults), TotalCount: all.length, ...more };
    },
  } as Partial<PrivateLinkApi> as PrivateLinkApi;
  const client = {
    withAbortSignal: (_: AbortSignal, work: () => Promise<unknown>) => work(),
    workflow: {
      list: async function* () {
        for (const workflowId of options.open ?? []) yield { workflowId };
      },
      getHandle: (workflowId: string) => ({
        signal: async (_: unknown, { EndpointId, EndpointStatus }: ListedVpcEndpoint) => {
          const error = stage.refuse.get(workflowId);
          if (error !== undefined) throw error;
          stage.told.push(`${workflowId}: ${EndpointId} ${EndpointStatus ?? '-'}`);
        },
      }),
    },
  } as unknown as Client;
  const environment = new MockActivityEnvironment({}, { client, logger: new DefaultLogger('ERROR') });
  environment.on('heartbeat', (report: WatchReport) => {
    stage.report = report;
  });
  const watchEndpoints = createWatchEndpoints({ privateLink: () => api, accountTaskQueue: (queue) => queue });
  let outcome: WatchOutcome | undefined;
  let failure: unknown;
  const ended = environment.run(watchEndpoints, INPUT).then(
    (value) => {
      outcome = value as WatchOutcome;
    },
    (error: unknown) => {
      failure = error;
    },
  );
  return {
    stage,
    environment,
    ended,
    outcome: () => outcome,
    failure: () => failure as Error & { type?: string },
    pass: (ms: number) => vi.advanceTimersByTimeAsync(ms),
  };
}

const refused = (code: string, httpStatus = 400) =>
  new PrivateLinkError({ action: 'ListVpcEndpoints', code, message: 'no', httpStatus });

describe('the activity that watches', () => {
  it('tells a run within a second that its endpoint is Active, once', async () => {
    const { stage, pass } = region();
    stage.endpoints = [listed('a'), listed('b')];
    await pass(2_000);
    expect(stage.told).toEqual([]);
    stage.endpoints = [listed('a', 'Active'), listed('b')];
    await pass(800);
    expect(stage.told).toEqual(['run-of-a: a Active']);
    await pass(5_000);
    expect(stage.told).toHaveLength(1);
    expect(stage.report).toMatchObject({ installation: 'here', seesTags: true, pending: 1, nudges: 1, failedScans: 0 });
    expect(stage.report?.scanAgeMs).toBeLessThan(2_000);
  });

  it('tells what it finds done at its start to runs that are open', async () => {
    const { stage, pass } = region({ open: ['run-of-b'] });
    stage.endpoints = [listed('a', 'Active'), listed('b', 'Active')];
    await pass(3_000);
    expect(stage.told).toEqual(['run-of-b: b Active']);
  });

  it('counts a run that is over as told, and tells one again that was not reached', async () => {
    const { stage, pass } = region();
    stage.endpoints = [listed('a'), listed('b')];
    await pass(1_000);
    stage.refuse.set('run-of-a', new WorkflowNotFoundError('over', 'run-of-a', undefined));
    stage.refuse.set('run-of-b', new ServiceError('away'));
    stage.endpoints = [listed('a', 'Active'), listed('b', 'Active')];
    await pass(2_500);
    expect(stage.told).toEqual([]);
    stage.refuse.clear();
    await pass(2_500);
    expect(stage.told).toEqual(['run-of-b: b Active']);
  });

  it('asks only for those that are Creating where there are many pages, and keeps to its share of calls', async () => {
    const { stage, pass } = region();
    const old = Array.from({ length: 10_000 }, (_, index) => listed(`old-${index}`, 'Active'));
    const fresh = Array.from({ length: 100 }, (_, index) => `new-${index}`);
    stage.endpoints = [...old, ...fresh.map((id) => listed(id))];
    await pass(10_000);
    stage.queries.length = 0;
    await pass(60_000);
    expect(stage.queries.length).toBeLessThanOrEqual(100);
    expect(stage.queries.filter(({ EndpointStatus }) => EndpointStatus === 'Creating').length).toBeGreaterThan(60);
    expect(stage.told).toEqual([]);
    stage.endpoints = [...old, ...fresh.map((id) => listed(id, 'Active'))];
    await pass(1_000);
    expect(stage.told).toHaveLength(100);
    await pass(50_000);
    expect(stage.told).toHaveLength(100);
  });

  it('goes on where one scan in five fails', async () => {
    const { stage, pass } = region();
    let calls = 0;
    stage.fails = () => ((calls += 1) % 5 === 0 ? refused('ServiceUnavailable', 503) : undefined);
    stage.endpoints = [listed('a')];
    await pass(5_000);
    stage.endpoints = [listed('a', 'Active')];
    await pass(1_500);
    expect(stage.told).toEqual(['run-of-a: a Active']);
    expect(stage.report?.failedScans).toBeGreaterThan(0);
  });

  it('keeps quiet for as long as the service asks for when it is throttled', async () => {
    const { stage, pass } = region();
    const hint = { action: 'ListVpcEndpoints', code: 'Throttling.User', message: 'slow', retryAfterMs: 5_000 };
    stage.fails = () => (stage.queries.length === 1 ? new PrivateLinkError(hint) : undefined);
    await pass(4_900);
    expect(stage.queries).toHaveLength(1);
    await pass(200);
    expect(stage.queries).toHaveLength(2);
  });

  it('bears a refusal for two minutes where it has seen before, and then sends all runs to look for themselves', async () => {
    const { stage, pass, ended, failure } = region();
    stage.endpoints = [listed('a'), listed('b'), listed('c', 'Active')];
    await pass(2_000);
    stage.fails = () => refused('NoPermission');
    await pass(100_000);
    expect(failure()).toBeUndefined();
    expect(stage.report?.scanAgeMs).toBeGreaterThan(15_000);
    await pass(40_000);
    await ended;
    expect(failure()).toMatchObject({ type: 'WatchRefused' });
    expect(stage.told).toEqual(['run-of-a: a -', 'run-of-b: b -']);
  });

  it('ends where the only endpoint on its way is stuck, and nobody waits for it', async () => {
    const open = ['run-of-a'];
    const { stage, pass, ended, outcome } = region({ open });
    stage.endpoints = [listed('a')];
    await pass(1_500_000);
    expect(outcome()).toBeUndefined();
    open.length = 0;
    await pass(200_000);
    await ended;
    expect(outcome()).toEqual({ kind: 'idle' });
  });

  it.each(['NoPermission', 'InvalidParameter'])('ends loudly at its start with %s', async (code) => {
    const { stage, pass, ended, failure } = region();
    stage.fails = () => refused(code);
    await pass(100);
    await ended;
    expect(failure()).toMatchObject({ type: 'WatchRefused' });
    expect(failure().message).toContain(code);
  });

  it.each([
    ['CredentialsUnavailable', 400],
    ['ServiceUnavailable', 503],
  ])('says that it has seen nothing, and ends loudly after two minutes of %s', async (code, status) => {
    const { stage, pass, ended, failure } = region();
    stage.fails = () => refused(code, status);
    await pass(100_000);
    expect(failure()).toBeUndefined();
    expect(stage.report).toMatchObject({ seesTags: false });
    expect(stage.report?.scanAgeMs).toBeUndefined();
    await pass(30_000);
    await ended;
    expect(failure()).toMatchObject({ type: 'WatchBlind' });
  });

  it('says how old its last scan is when it goes blind', async () => {
    const { stage, pass } = region();
    stage.endpoints = [listed('a')];
    await pass(2_000);
    stage.fails = () => refused('ServiceUnavailable', 503);
    await pass(20_000);
    expect(stage.report?.scanAgeMs).toBeGreaterThan(15_000);
  });

  it('goes on while a List hangs, and does not pile up calls', async () => {
    const { stage, environment, ended, pass } = region();
    stage.endpoints = [listed('a')];
    await pass(1_000);
    const before = stage.queries.length;
    stage.hangs = true;
    await pass(30_000);
    expect(stage.queries.length - before).toBe(4);
    expect(stage.report?.scanAgeMs).toBeGreaterThan(15_000);
    environment.cancel();
    await ended;
  });

  it('ends when nothing was on its way for two minutes', async () => {
    const { stage, pass, ended, outcome } = region();
    stage.endpoints = [listed('a')];
    await pass(60_000);
    stage.endpoints = [listed('a', 'Active')];
    await pass(115_000);
    expect(outcome()).toBeUndefined();
    await pass(10_000);
    await ended;
    expect(outcome()).toEqual({ kind: 'idle' });
  });

  it('stays awake for runs that wait for their connection', async () => {
    const open = ['run-of-a'];
    const { stage, pass, ended, outcome } = region({ open });
    stage.endpoints = [listed('a', 'Active')];
    await pass(300_000);
    expect(outcome()).toBeUndefined();
    stage.endpoints = [{ ...listed('a', 'Active'), ConnectionStatus: 'Connecting' }];
    await pass(11_000);
    expect(stage.told).toHaveLength(2);
    open.length = 0;
    await pass(130_000);
    await ended;
    expect(outcome()).toEqual({ kind: 'idle' });
  });

  it('gives others their turn after an hour', async () => {
    const { stage, pass, ended, outcome } = region({ open: ['run-of-a'] });
    stage.endpoints = [listed('a')];
    await pass(3_602_000);
    await ended;
    expect(outcome()).toEqual({ kind: 'rotated' });
  });

  it('ends at once when it is told to', async () => {
    const { environment, pass, ended, failure } = region();
    await pass(1_000);
    environment.cancel();
    await pass(10);
    await ended;
    expect(failure().name).toBe('CancelledFailure');
  });
});
