import { describe, expect, it } from 'vitest';
import { advance } from '../support/virtual-time.js';
import {
  CACHE_MODES,
  endpointsOf,
  failedProvision,
  failureOf,
  inPhase,
  provision,
  scenario,
  startProvision,
  useBench,
} from '../support/provision-bench.js';
import type { FaultEffect } from '../../src/testing/index.js';

describe.each(CACHE_MODES)('the wait, $name', ({ cache }) => {
  const bench = useBench(cache);

  it('waits over hours of virtual time', async () => {
    bench.twin.engine.configure({ timeToActive: { afterReads: 500 } });
    const { request } = scenario(bench);
    const result = await provision(bench, { request, timeouts: { active: '12h' } });
    bench.twin.engine.configure({ timeToActive: { afterReads: 3 } });
    const waitedMs = Date.parse(result.times.activeAt ?? '') - Date.parse(result.times.acceptedAt ?? '');
    expect(waitedMs).toBeGreaterThan(3_600_000);
    expect(result.attempts).toHaveLength(20);
  });

  it('ends as DeadlineExceeded with what was seen last, and keeps the endpoint', async () => {
    bench.twin.engine.configure({ timeToActive: { afterReads: Infinity } });
    const { workflowId, request, endpoints } = scenario(bench);
    const failure = await failedProvision(bench, { request, timeouts: { active: '45m' } }, workflowId);
    bench.twin.engine.configure({ timeToActive: { afterReads: 3 } });
    const [endpoint] = endpoints();
    expect(failure).toMatchObject({
      type: 'DeadlineExceeded',
      details: {
        class: 'deadline',
        endpointId: endpoint?.EndpointId,
        endpointMayExist: true,
        retryable: true,
        lastSeen: { EndpointStatus: 'Creating' },
      },
    });
    expect(failure.message).toMatch(/^ep-\S+ was not Active after 45m: last seen Creating, connection /);
    expect(failure.details.advice).toContain('is kept');
    expect(endpointsOf(bench, workflowId)).toEqual([endpoint?.EndpointId]);
  });

  it('tells at the deadline what was seen last and which looks failed since, when the last look fails too', async () => {
    const { workflowId, request, endpoints, fault } = scenario(bench);
    bench.twin.engine.configure({ timeToActive: { afterReads: Infinity } });
    const handle = await startProvision(bench, { request, timeouts: { active: '10m' } }, workflowId);
    await inPhase(handle, 'waiting');
    bench.twin.engine.configure({ timeToActive: { afterReads: 3 } });
    bench.twin.engine.setEndpoint(endpoints()[0]?.EndpointId ?? '', { EndpointStatus: 'Pending' });
    await advance(bench.connection, workflowId, 120_000);
    fault('GetVpcEndpointAttribute', { kind: 'code', code: 'NoPermission' }, 'always');
    await advance(bench.connection, workflowId, 1_200_000).catch(() => undefined);
    const failure = await failureOf(handle.result());
    expect(failure).toMatchObject({ type: 'DeadlineExceeded', details: { lastSeen: { EndpointStatus: 'Pending' } } });
    expect(failure.message).toContain('last seen Pending');
    // Seven minutes of a look each minute, and before them those that saw it.
    expect(failure.details.attempts.filter(({ code }) => code === 'NoPermission').length).toBeGreaterThan(5);
    expect(failure.details.attempts).toHaveLength(20);
  });

  it('gives the last look the time of a slow call', async () => {
    const { request, fault } = scenario(bench);
    bench.twin.engine.configure({ timeToActive: { afterReads: 0 } });
    fault('GetVpcEndpointAttribute', { kind: 'throttle', timeLeftMs: 60_000 });
    // Longer than a worker may be silent.
    fault('GetVpcEndpointAttribute', { kind: 'delayMs', ms: 7_000 }, 'always');
    const result = await provision(bench, { request, timeouts: { active: '30s' } });
    bench.twin.engine.configure({ timeToActive: { afterReads: 3 } });
    expect(result.endpoint?.EndpointStatus).toBe('Active');
  });

  it('does not call an endpoint ready that goes away before its zones are read', async () => {
    const { request, fault } = scenario(bench);
    fault('ListVpcEndpointZones', { kind: 'code', code: 'EndpointNotFound' }, 'always');
    bench.twin.faults.add({
      action: 'GetVpcEndpointAttribute',
      parameters: { RegionId: request.RegionId },
      nth: 5,
      times: 'always',
      effect: { kind: 'code', code: 'EndpointNotFound' },
    });
    const failure = await failedProvision(bench, { request });
    expect(failure.type).toBe('EndpointDisappeared');
  });

  it.each<{ why: string; effect: FaultEffect; times: number }>([
    { why: 'is throttled', effect: { kind: 'throttle', timeLeftMs: 5_000 }, times: 5 },
    { why: 'gets no answer', effect: { kind: 'loseResponse' }, times: 5 },
    { why: 'gets a page of HTML', effect: { kind: 'errorAfter', status: 502, body: 'html' }, times: 5 },
    { why: 'is denied for a while', effect: { kind: 'code', code: 'NoPermission' }, times: 5 },
    { why: 'gets a code that nobody knows', effect: { kind: 'code', code: 'Strange.Thing' }, times: 5 },
    { why: 'does not find the new endpoint yet', effect: { kind: 'code', code: 'EndpointNotFound' }, times: 3 },
  ])('goes on when a look $why', async ({ effect, times }) => {
    const { request, fault, calls } = scenario(bench);
    fault('GetVpcEndpointAttribute', effect, times);
    const result = await provision(bench, { request });
    expect(result.endpoint?.EndpointStatus).toBe('Active');
    expect(calls('GetVpcEndpointAttribute')).toBeGreaterThan(times);
    expect(calls('CreateVpcEndpoint')).toBe(1);
  });

  it('goes on when only the zones cannot be read at first', async () => {
    const { request, fault } = scenario(bench);
    fault('ListVpcEndpointZones', { kind: 'code', code: 'SystemBusy' }, 2);
    const result = await provision(bench, { request });
    expect(result.zones).toHaveLength(1);
  });

  it('waits for the whole deadline where the service asks for more patience than is left', async () => {
    const { workflowId, request, fault } = scenario(bench);
    fault('GetVpcEndpointAttribute', { kind: 'throttle', timeLeftMs: 280_000 });
    bench.twin.engine.configure({ timeToActive: { afterReads: 0 } });
    const result = await provision(bench, { request, timeouts: { active: '60s' } }, workflowId);
    bench.twin.engine.configure({ timeToActive: { afterReads: 3 } });
    expect(result.endpoint?.EndpointStatus).toBe('Active');
    const { events } = await bench.client.workflow.getHandle(workflowId).fetchHistory();
    const scheduled = (events ?? []).flatMap((event) => event.activityTaskScheduledEventAttributes ?? []);
    expect(scheduled.map(({ activityId }) => activityId)).not.toContain('last-look');
  });

  it.each([
    { why: 'arrears', force: { EndpointBusinessStatus: 'FinancialLocked' }, type: 'FinancialLocked', text: 'arrears' },
    {
      why: 'a service that was deleted',
      force: { EndpointStatus: 'Active', ConnectionStatus: 'ServiceDeleted' },
      type: 'ConnectionLost',
      text: 'its service was deleted',
    },
    { why: 'a deletion', force: { EndpointStatus: 'Deleting' }, type: 'EndpointDisappeared', text: 'is Deleting' },
  ])('ends as $type on $why, and makes nothing anew', async ({ force, type, text }) => {
    const { workflowId, request, endpoints, calls } = scenario(bench);
    bench.twin.engine.configure({ timeToActive: { afterReads: Infinity } });
    const handle = await startProvision(bench, { request }, workflowId);
    await inPhase(handle, 'waiting');
    bench.twin.engine.configure({ timeToActive: { afterReads: 3 } });
    const id = endpoints()[0]?.EndpointId ?? '';
    bench.twin.engine.setEndpoint(id, force);
    await advance(bench.connection, workflowId, 600_000).catch(() => undefined);
    const failure = await failureOf(handle.result());
    expect(failure.type).toBe(type);
    expect(failure.message).toContain(text);
    expect(failure.details).toMatchObject({ endpointId: id, endpointMayExist: true });
    expect(calls('CreateVpcEndpoint')).toBe(1);
  });

  it('ends as EndpointDisappeared when an endpoint that was seen is absent twice', async () => {
    const { workflowId, request, calls } = scenario(bench);
    bench.twin.faults.add({
      action: 'GetVpcEndpointAttribute',
      parameters: { RegionId: request.RegionId },
      nth: 2,
      times: 'always',
      effect: { kind: 'code', code: 'EndpointNotFound' },
    });
    const failure = await failedProvision(bench, { request }, workflowId);
    expect(failure).toMatchObject({ type: 'EndpointDisappeared', details: { endpointMayExist: false } });
    expect(calls('GetVpcEndpointAttribute')).toBe(3);
    expect(calls('CreateVpcEndpoint')).toBe(1);
  });

  it('does not take one absence between two sightings for a disappearance', async () => {
    const { request, calls } = scenario(bench);
    bench.twin.faults.add({
      action: 'GetVpcEndpointAttribute',
      parameters: { RegionId: request.RegionId },
      nth: 2,
      effect: { kind: 'code', code: 'EndpointNotFound' },
    });
    await provision(bench, { request });
    expect(calls('GetVpcEndpointAttribute')).toBe(5);
  });

  it('waits on, and shows the status, when an endpoint has one that is not documented', async () => {
    const { workflowId, request, endpoints } = scenario(bench);
    bench.twin.engine.configure({ timeToActive: { afterReads: Infinity } });
    await failedProvision(bench, { request, timeouts: { active: '1m' } }, workflowId);
    bench.twin.engine.configure({ timeToActive: { afterReads: 3 } });
    bench.twin.engine.setEndpoint(endpoints()[0]?.EndpointId ?? '', { EndpointStatus: 'Hibernating' });
    const failure = await failedProvision(bench, { request, timeouts: { active: '10m' } }, workflowId);
    expect(failure).toMatchObject({
      type: 'DeadlineExceeded',
      details: { lastSeen: { EndpointStatus: 'Hibernating' } },
    });
  });
});
