import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stateQuery, vpcEndpointProvisionedSignal, type ProvisionedNotice } from '../../src/contract/messages.js';
import { advance } from '../support/virtual-time.js';
import {
  CACHE_MODES,
  endpointsOf,
  eventually,
  failedProvision,
  newId,
  provision,
  scenario,
  startProvision,
  useBench,
} from '../support/provision-bench.js';

describe.each(CACHE_MODES)('one request becomes one ready endpoint, $name', ({ cache }) => {
  const bench = useBench(cache);

  it('creates an endpoint, waits until it is Active, and returns its last Get and its zones', async () => {
    const { workflowId, request, calls, tokens } = scenario(bench);
    const result = await provision(bench, { request }, workflowId);

    expect(result.outcome).toBe('created');
    expect(result.endpoint).toMatchObject({ EndpointStatus: 'Active', EndpointName: 'orders', VpcId: 'vpc-1' });
    expect(result.zones).toMatchObject([{ ZoneId: 'cn-huhehaote-b', VSwitchId: 'vsw-1' }]);
    expect(result.create).toMatchObject({ epoch: 1, RequestId: expect.any(String) as string });
    expect(Date.parse(result.times.activeAt ?? '')).toBeGreaterThan(Date.parse(result.times.acceptedAt ?? ''));
    expect(endpointsOf(bench, workflowId)).toEqual([result.endpoint?.EndpointId]);
    expect(tokens()).toEqual([result.create?.ClientToken]);
    expect(calls('GetVpcEndpointAttribute')).toBe(4);
    expect(result.attempts.map(({ code }) => code)).toEqual([
      '0 found',
      'Accepted',
      'Creating',
      'Creating',
      'Creating',
      'Active',
      '1 found',
    ]);
    expect(result.attempts.every(({ RequestId }) => RequestId !== undefined)).toBe(true);
  });

  it('sends exactly what the caller wrote, the two tags of ours, and the token', async () => {
    const { workflowId, request } = scenario(bench);
    const rich = {
      ...request,
      EndpointDescription: "a b*c~d'(é)",
      ProtectedEnabled: true,
      Tag: [{ Key: 'team', Value: '' }],
      Zone: [{ ZoneId: 'cn-huhehaote-b', VSwitchId: 'vsw-1', ip: '10.0.0.5' }],
    };
    await provision(bench, { request: rich, extraParameters: { NewThing: 7 } }, workflowId);
    const sent = bench.twin.journal.requests.find(({ parameters }) => parameters['Tag.3.Value'] === workflowId);
    expect(sent?.parameters).toEqual({
      RegionId: request.RegionId,
      VpcId: 'vpc-1',
      ServiceId: 'epsrv-1',
      EndpointName: 'orders',
      EndpointDescription: "a b*c~d'(é)",
      ProtectedEnabled: 'true',
      'SecurityGroupId.1': 'sg-1',
      'Zone.1.ZoneId': 'cn-huhehaote-b',
      'Zone.1.VSwitchId': 'vsw-1',
      'Zone.1.ip': '10.0.0.5',
      'Tag.1.Key': 'team',
      'Tag.1.Value': '',
      'Tag.2.Key': 'durable-privatelink-owner',
      'Tag.2.Value': 'default',
      'Tag.3.Key': 'durable-privatelink-workflow',
      'Tag.3.Value': workflowId,
      NewThing: '7',
      ClientToken: expect.stringMatching(/^[0-9a-f-]{36}\.1$/) as string,
    });
  });

  it("makes its tokens from the caller's ClientToken", async () => {
    const { workflowId, request, tokens } = scenario(bench);
    const result = await provision(bench, { request: { ...request, ClientToken: 'order-17' } }, workflowId);
    expect(result.create?.ClientToken).toBe('order-17.1');
    expect(tokens()).toEqual(['order-17.1']);
  });

  it('creates without a look-up and without tags when ownerTags is false', async () => {
    const { request, calls, endpoints } = scenario(bench);
    const result = await provision(bench, { request, ownerTags: false });
    expect(calls('ListVpcEndpoints')).toBe(0);
    expect(endpoints()).toMatchObject([{ EndpointId: result.endpoint?.EndpointId, Tags: [] }]);
  });

  it('passes a dry run without making anything', async () => {
    const { request, endpoints, calls } = scenario(bench);
    const result = await provision(bench, { request: { ...request, DryRun: true } });
    expect(result).toMatchObject({ outcome: 'dryRunPassed', zones: [] });
    expect(result.endpoint).toBeUndefined();
    expect(endpoints()).toEqual([]);
    expect(calls('CreateVpcEndpoint')).toBe(1);
  });

  it('writes the same history whatever the number of polls', async () => {
    const lengths: number[] = [];
    for (const afterReads of [1, 20]) {
      bench.twin.engine.configure({ timeToActive: { afterReads } });
      const { workflowId, request } = scenario(bench);
      await provision(bench, { request }, workflowId);
      const { events } = await bench.client.workflow.getHandle(workflowId).fetchHistory();
      // One event for each skip belongs to virtual time, not to the run.
      const skips = (events ?? []).filter((event) => event.workflowExecutionTimeSkippingTransitionedEventAttributes);
      lengths.push((events ?? []).length - skips.length);
    }
    bench.twin.engine.configure({ timeToActive: { afterReads: 3 } });
    expect(lengths).toEqual([21, 21]);
  });

  it('answers the query state while it waits, and again when it is done', async () => {
    const { workflowId, request, endpoints } = scenario(bench);
    bench.twin.engine.configure({ timeToActive: { afterReads: Infinity } });
    const handle = await startProvision(bench, { request }, workflowId);
    bench.twin.engine.configure({ timeToActive: { afterReads: 3 } });
    const waiting = await eventually('the run waits', async () => {
      const state = await handle.query(stateQuery);
      return state.phase === 'waiting' && state;
    });
    const [endpoint] = endpoints();
    expect(waiting).toMatchObject({ phase: 'waiting', epoch: 1, endpointId: endpoint?.EndpointId, parkedTimes: 0 });
    expect(Date.parse(waiting.deadline ?? '') - Date.parse(waiting.since)).toBeGreaterThan(29 * 60_000);
    bench.twin.engine.setEndpoint(endpoint?.EndpointId ?? '', { EndpointStatus: 'Active' });
    await advance(bench.connection, workflowId, 60_000).catch(() => undefined);
    await handle.result();
    expect(await handle.query(stateQuery)).toMatchObject({ phase: 'ready', endpointStatus: 'Active' });
  });

  it.each([
    { outcome: 'ready', input: {}, why: 'the run ended ready' },
    { outcome: 'failed', input: { VpcId: 'vpc-missing' }, why: 'the run failed' },
  ])('signals those who asked for it: $why', async ({ outcome, input }) => {
    bench.twin.engine.configure({ missing: ['vpc-missing'] });
    const { request } = scenario(bench);
    const listener = `listener/${newId()}`;
    const notify = [{ workflowId: listener }, { workflowId: 'nobody' }];
    // Any workflow hears signals; the history of one that nobody works for shows what it was sent.
    const heard = await bench.client.workflow.start('listens', {
      taskQueue: 'nobody-polls-this',
      workflowId: listener,
    });
    const run = { request: { ...request, ...input }, notify };
    await (outcome === 'ready' ? provision(bench, run) : failedProvision(bench, run));
    const { events } = await heard.fetchHistory();
    const signals = (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => signal ?? []);
    await heard.terminate();
    expect(signals.map(({ signalName }) => signalName)).toEqual([vpcEndpointProvisionedSignal.name]);
    const payload = signals[0]?.input?.payloads?.[0]?.data ?? new Uint8Array();
    const notice = JSON.parse(Buffer.from(payload).toString()) as ProvisionedNotice;
    expect(notice.outcome).toBe(outcome);
    expect(notice.result?.endpoint?.EndpointStatus ?? notice.failure?.type).toBe(
      outcome === 'ready' ? 'Active' : 'RequestRejected',
    );
  });

  it.each([
    { input: undefined, problem: 'input: expected one JSON object {"request": {...}}, got nothing' },
    { input: { RegionId: 'cn-a' }, problem: 'input: wrap these in "request": RegionId' },
    {
      input: { request: { RegionId: 'cn-a', VpcID: 'v' } },
      problem: 'request.VpcID: is not known; did you mean "VpcId"?',
    },
    { input: { request: {}, accept: { account: 'team-b' } }, problem: 'accept: needs until "Connected"' },
  ])('fails at once with every problem and without a call: $problem', async ({ input, problem }) => {
    const before = bench.twin.journal.requests.length;
    const failure = await failedProvision(bench, input);
    expect(failure.type).toBe('InvalidInput');
    expect(failure.message).toContain(problem);
    expect(bench.twin.journal.requests.length).toBe(before);
  });

  it('calls nothing that deploy/ram-policy.json does not allow', async () => {
    const { request } = scenario(bench);
    await provision(bench, { request });
    await provision(bench, { request: { ...request, DryRun: true } });
    bench.twin.engine.configure({ timeToActive: { afterReads: Infinity } });
    const removed = { request: scenario(bench).request, onFailure: 'delete', timeouts: { active: '5m' } };
    await failedProvision(bench, removed);
    bench.twin.engine.configure({ timeToActive: { afterReads: 3 } });
    const policy = JSON.parse(readFileSync(new URL('../../deploy/ram-policy.json', import.meta.url), 'utf8')) as {
      Statement: { Action: string[] }[];
    };
    const allowed = policy.Statement.flatMap(({ Action }) => Action);
    const called = Object.keys(bench.twin.journal.counts).map((action) => `privatelink:${action}`);
    expect(called.length).toBeGreaterThan(3);
    expect(called.filter((action) => !allowed.includes(action))).toEqual([]);
    expect(allowed.filter((action) => !called.includes(action))).toEqual([]);
  });

  it('refuses a workflow id that cannot be the value of a tag', async () => {
    const { request } = scenario(bench);
    const failure = await failedProvision(bench, { request }, 'x'.repeat(129));
    expect(failure).toMatchObject({
      type: 'InvalidInput',
      message: expect.stringContaining('129 characters') as string,
    });
  });
});
