import { describe, expect, it } from 'vitest';
import { stateQuery } from '../../src/contract/messages.js';
import {
  CACHE_MODES,
  endpointsOf,
  eventually,
  failedProvision,
  provision,
  scenario,
  startProvision,
  useBench,
} from '../support/provision-bench.js';

describe.each(CACHE_MODES)('refusals, $name', ({ cache }) => {
  const bench = useBench(cache);

  it.each([
    { code: 'QuotaExceeded.totalEpPerVpc', times: 20, why: 'a quota frees after hours' },
    { code: 'IncorrectStatus.VpcEndpointService', times: 12, why: 'the service becomes Active' },
    { code: 'EndpointServiceNotSupportedZone', times: 4, why: 'the zone of the service appears' },
    { code: 'ConcurrentCallNotSupported', times: 3, why: 'another change ends' },
    { code: 'NobodyKnows.ThisCode', times: 3, why: 'an unlisted code passes' },
  ])('parks and succeeds with the token of a later epoch when $why', async ({ code, times }) => {
    const { workflowId, request, fault, tokens } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'code', code }, times);
    const result = await provision(bench, { request }, workflowId);
    expect(result.create?.epoch).toBe(times + 1);
    expect(tokens().map((token) => token.split('.')[1])).toEqual(
      Array.from({ length: times + 1 }, (_, index) => String(index + 1)),
    );
    expect(endpointsOf(bench, workflowId)).toEqual([result.endpoint?.EndpointId]);
  });

  it.each([
    { code: 'QuotaMisMatched', type: 'QuotaExceeded', minutes: 180, why: 'a quota never frees' },
    { code: 'VSwitchStatusNotAllowed', type: 'StatusNotReady', minutes: 60, why: 'a status never comes' },
    { code: 'VpcTunnelNotFound', type: 'RequestRejected', minutes: 10, why: 'a quick state never passes' },
    { code: 'NobodyKnows.ThisCode', type: 'UnlistedRefusal', minutes: 2, why: 'an unlisted code stays' },
    { code: 'EndpointLocked', type: 'StatusNotReady', minutes: 3, why: 'a lock stays' },
  ])('ends as $type when $why', async ({ code, type, minutes }) => {
    const { workflowId, request, fault, endpoints } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'code', code }, 'always');
    const limits = { timeouts: { accepted: '3m' }, retry: { quota: { timeout: '3h' } } };
    const failure = await failedProvision(bench, { request, ...limits }, workflowId);
    expect(failure).toMatchObject({
      type,
      details: { code, endpointMayExist: false, retryable: type !== 'RequestRejected' },
    });
    expect(failure.message).toMatch(new RegExp(`^${code}: .*RequestId`));
    expect(failure.details.advice).not.toBe('');
    expect(failure.details.attempts.length).toBeGreaterThan(1);
    expect(endpoints()).toEqual([]);
    const run = await bench.client.workflow.getHandle(workflowId).describe();
    const { events } = await bench.client.workflow.getHandle(workflowId).fetchHistory();
    const skips = (events ?? []).flatMap(
      (event) => event.workflowExecutionTimeSkippingTransitionedEventAttributes ?? [],
    );
    const end = Number(skips.at(-1)?.targetTime?.seconds) * 1_000;
    const lasted = (end - run.startTime.getTime()) / 60_000;
    expect(lasted).toBeGreaterThan(minutes * 0.85);
    expect(lasted).toBeLessThan(minutes * 1.1 + 2);
  });

  it.each([
    { code: 'VpcNotFound', type: 'RequestRejected', retryable: false },
    { code: 'QuotaExceeded.epZonePerEndpoint', type: 'RequestRejected', retryable: false },
    { code: 'EndpointServiceNotAuthorized', type: 'AccessDenied', retryable: true },
    { code: 'NoPermission', type: 'AccessDenied', retryable: true },
  ])('ends at once with $code', async ({ code, type, retryable }) => {
    const { request, fault, calls, endpoints } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'code', code });
    const failure = await failedProvision(bench, { request });
    expect(failure).toMatchObject({ type, details: { code, retryable, endpointMayExist: false } });
    expect(calls('CreateVpcEndpoint')).toBe(1);
    expect(endpoints()).toEqual([]);
  });

  it.each([
    { code: 'EndpointExist', type: 'EndpointExists' },
    { code: 'IdempotenceSignatureMismatch', type: 'IdempotencyConflict' },
  ])('looks up by tag after $code and ends as $type where nothing is ours', async ({ code, type }) => {
    const { request, fault, calls } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'code', code });
    const failure = await failedProvision(bench, { request });
    expect(failure).toMatchObject({ type, details: { code, endpointMayExist: true } });
    expect(calls('ListVpcEndpoints')).toBe(2);
    expect(calls('CreateVpcEndpoint')).toBe(1);
  });

  it.each([
    { code: 'RegionNotFound', type: 'RequestRejected' },
    { code: 'InvalidAccessKeyId.NotFound', type: 'AccessDenied' },
  ])('ends at once with $code, though it is the look-up before the create that hears it', async ({ code, type }) => {
    const { request, fault, calls } = scenario(bench);
    fault('ListVpcEndpoints', { kind: 'code', code }, 'always');
    const failure = await failedProvision(bench, { request });
    expect(failure).toMatchObject({ type, details: { code, endpointMayExist: false } });
    expect(failure.details.attempts).toMatchObject([{ action: 'ListVpcEndpoints', code }]);
    expect(calls('ListVpcEndpoints')).toBe(1);
    expect(calls('CreateVpcEndpoint')).toBe(0);
  });

  it('counts the time that one code may take from that code on, whatever was waited for before', async () => {
    const { request, fault } = scenario(bench);
    // Half an hour until the service is Active; only then its zone begins to appear, for which there are 10 minutes.
    fault('CreateVpcEndpoint', { kind: 'code', code: 'IncorrectStatus.VpcEndpointService' }, 11);
    fault('CreateVpcEndpoint', { kind: 'code', code: 'EndpointServiceNotSupportedZone' }, 4);
    const result = await provision(bench, { request });
    expect(result.create?.epoch).toBe(16);
  });

  it('says that an endpoint may exist where tags are off and a call of any epoch was lost', async () => {
    const { request, fault } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'resetBefore' });
    fault('CreateVpcEndpoint', { kind: 'code', code: 'ConcurrentCallNotSupported' });
    fault('CreateVpcEndpoint', { kind: 'code', code: 'VpcNotFound' });
    const failure = await failedProvision(bench, { request, ownerTags: false });
    expect(failure).toMatchObject({ type: 'RequestRejected', details: { endpointMayExist: true } });
  });

  it.each([
    { code: 'VpcNotFound', type: 'RequestRejected' },
    { code: 'QuotaMisMatched', type: 'QuotaExceeded' },
  ])('ends a dry run at once with $code, and looks for nothing after a lost call of it', async ({ code, type }) => {
    const { request, fault, calls } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'resetBefore' });
    fault('CreateVpcEndpoint', { kind: 'code', code });
    const failure = await failedProvision(bench, { request: { ...request, DryRun: true } });
    expect(failure).toMatchObject({ type, details: { code, endpointMayExist: false } });
    // The checks of its report: one count and one look by our tags.
    expect(calls('ListVpcEndpoints')).toBe(2);
  });

  it.each([{ retry: { quota: false } }, { retry: { quota: { timeout: '10m', initialInterval: '1m' } } }])(
    'follows the caller: $retry.quota',
    async ({ retry }) => {
      const { request, fault, calls } = scenario(bench);
      fault('CreateVpcEndpoint', { kind: 'code', code: 'QuotaMisMatched' }, 'always');
      const failure = await failedProvision(bench, { request, retry });
      expect(failure.type).toBe('QuotaExceeded');
      expect(calls('CreateVpcEndpoint') > 1).toBe(retry.quota !== false);
      expect(calls('CreateVpcEndpoint')).toBeLessThan(8);
    },
  );

  it('says while it is parked what it waits for and when it tries again', async () => {
    const { workflowId, request, fault } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'code', code: 'QuotaMisMatched' });
    const handle = await startProvision(bench, { request }, workflowId);
    const parked = await eventually('the run is parked', async () => {
      const state = await handle.query(stateQuery);
      return state.phase === 'parked' && state;
    });
    expect(parked).toMatchObject({ parkedTimes: 1, lastError: { code: 'QuotaMisMatched', class: 'quota' } });
    expect(parked.waitingFor).toContain('QuotaMisMatched to pass');
    const inMs = Date.parse(parked.nextLookAt ?? '') - Date.parse(parked.since);
    expect(inMs).toBeGreaterThan(45_000);
    expect(inMs).toBeLessThan(75_000);
    await handle.terminate();
  });

  it('looks patiently before the next epoch where a call of the last one may still take effect', async () => {
    const { workflowId, request, fault, calls } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'resetBefore' });
    fault('CreateVpcEndpoint', { kind: 'code', code: 'QuotaMisMatched' });
    const result = await provision(bench, { request }, workflowId);
    expect(result.create?.epoch).toBe(2);
    // Once before the first create, once before its repetition, twice patiently before the next epoch.
    expect(calls('ListVpcEndpoints')).toBe(4);
  });

  it('ends as DeadlineExceeded when the service is throttled for longer than the request allows', async () => {
    const { request, fault, endpoints } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'throttle' }, 'always');
    const failure = await failedProvision(bench, { request, timeouts: { accepted: '20m' } });
    expect(failure.type).toBe('DeadlineExceeded');
    expect(failure.message).toContain('was not accepted after 20m');
    expect(failure.message).toContain('Throttling.User');
    expect(failure.details.attempts.map(({ code }) => code)).toContain('Throttling.User');
    expect(endpoints()).toEqual([]);
  });

  it('goes on after the deadline where the last look finds that the endpoint was accepted', async () => {
    const { workflowId, request, fault, endpoints } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'loseResponse' });
    bench.twin.faults.add({
      action: 'ListVpcEndpoints',
      parameters: { RegionId: request.RegionId },
      nth: 2,
      effect: { kind: 'throttle', timeLeftMs: 30_000 },
    });
    // The repetition would come after the deadline: the engine gives up, and one last look finds the endpoint.
    const result = await provision(bench, { request, timeouts: { accepted: '20s' } }, workflowId);
    expect(result).toMatchObject({ outcome: 'adopted', endpoint: { EndpointId: endpoints()[0]?.EndpointId } });
    expect(endpoints()).toHaveLength(1);
  });
});
