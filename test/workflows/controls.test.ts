import { WorkflowUpdateFailedError, type ApplicationFailure, type WorkflowHandle } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import {
  acceptedUpdate,
  changeOptionsUpdate,
  extendDeadlineUpdate,
  stateQuery,
  type ChangeableOptions,
  type DeadlineExtension,
} from '../../src/contract/messages.js';
import type { provisionVpcEndpoint } from '../../src/workflows/index.js';
import {
  CACHE_MODES,
  eventually,
  failureOf,
  inPhase,
  type ProvisionBench,
  scenario,
  startProvision,
  untilParked,
  useBench,
} from '../support/provision-bench.js';
import { advance } from '../support/virtual-time.js';

type Run = WorkflowHandle<typeof provisionVpcEndpoint>;

const MINUTE_MS = 60_000;
const MANUAL = { ServiceId: 'epsrv-manual', AutoAcceptEnabled: false } as const;
const SOON_ACTIVE = { timeToActive: { afterReads: 3 } } as const;
const NEVER_ACTIVE = { timeToActive: { afterReads: Infinity } } as const;

const extend = (run: Run, extension: DeadlineExtension) =>
  run.executeUpdate(extendDeadlineUpdate, { args: [extension] });
const change = (run: Run, options: Partial<ChangeableOptions>) =>
  run.executeUpdate(changeOptionsUpdate, { args: [options] });

/** Type and message by which an update was refused. */
async function refusalOf(update: Promise<unknown>) {
  const error = await update.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof WorkflowUpdateFailedError)) throw new Error('The update was not refused', { cause: error });
  const { type, message } = error.cause as ApplicationFailure;
  return { type, message };
}

/** The endpoints of a region are Active from now on. */
function activateAll({ twin }: ProvisionBench, RegionId: string): void {
  for (const endpoint of twin.engine.inspect().filter((other) => other.RegionId === RegionId)) {
    twin.engine.setEndpoint(endpoint.EndpointId, { EndpointStatus: 'Active' });
  }
}

/** Events of the history of a run that have to do with updates. */
async function updateEvents(run: Run): Promise<number> {
  const { events } = await run.fetchHistory();
  return (events ?? []).filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes).length;
}

describe.each(CACHE_MODES)('the update accepted, $name', ({ name, cache }) => {
  const bench = useBench(cache);

  it('tells the endpoint while the run goes on', async () => {
    const { workflowId, request, fault, endpoints } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'delayMs', ms: 300 });
    bench.twin.engine.configure(NEVER_ACTIVE);
    const run = await startProvision(bench, { request }, workflowId);
    const answer = await run.executeUpdate(acceptedUpdate);
    bench.twin.engine.configure(SOON_ACTIVE);
    expect(answer).toEqual({ state: 'accepted', EndpointId: endpoints()[0]?.EndpointId, outcome: 'created' });
    expect((await run.describe()).status.name).toBe('RUNNING');
    expect(await run.executeUpdate(acceptedUpdate)).toEqual(answer);
    await run.cancel();
  });

  it('tells that the run is parked, and after its next try that it is accepted', async () => {
    const { workflowId, request, fault } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'code', code: 'QuotaMisMatched' });
    bench.twin.engine.configure(NEVER_ACTIVE);
    const run = await startProvision(bench, { request }, workflowId);
    const parked = await run.executeUpdate(acceptedUpdate);
    expect(parked).toMatchObject({ state: 'parked', code: 'QuotaMisMatched' });
    const { nextTryAt = '', message = '' } = parked.state === 'parked' ? parked : {};
    expect(nextTryAt).toBe((await untilParked(run)).parked?.nextTryAt);
    expect(message).toContain('RequestId');
    await advance(bench.connection, workflowId, 2 * MINUTE_MS);
    bench.twin.engine.configure(SOON_ACTIVE);
    expect(await run.executeUpdate(acceptedUpdate)).toMatchObject({ state: 'accepted', outcome: 'created' });
    await run.cancel();
  });

  it('tells how the run failed, and keeps it open until it is told', async () => {
    const { workflowId, request, fault } = scenario(bench);
    fault('ListVpcEndpoints', { kind: 'delayMs', ms: 500 });
    fault('CreateVpcEndpoint', { kind: 'code', code: 'VpcNotFound' });
    const run = await startProvision(bench, { request }, workflowId);
    const answer = await run.executeUpdate(acceptedUpdate);
    const failure = await failureOf(run.result());
    expect(answer).toEqual({
      state: 'ended',
      outcome: 'failed',
      failure: { type: 'RequestRejected', message: failure.message, details: failure.details },
    });
  });

  it('tells of a wrong input', async () => {
    const { workflowId } = scenario(bench);
    const run = await startProvision(bench, { request: {} }, workflowId);
    const answer = await run.executeUpdate(acceptedUpdate).catch((error: unknown) => error);
    // It may come after the end of the run, which takes no longer than the update itself.
    if (answer instanceof Error) expect(answer.name).toBe('WorkflowNotFoundError');
    else expect(answer).toMatchObject({ state: 'ended', failure: { type: 'InvalidInput' } });
  });

  it('tells of a cancellation that comes first', async () => {
    const { workflowId, request, fault, calls } = scenario(bench);
    fault('ListVpcEndpoints', { kind: 'delayMs', ms: 1_000 });
    const run = await startProvision(bench, { request }, workflowId);
    await eventually('the look-up is under way', () => calls('ListVpcEndpoints') === 1);
    const asked = run.executeUpdate(acceptedUpdate);
    await eventually('the update is in the history', async () => (await updateEvents(run)) === 1);
    await run.cancel();
    expect(await asked).toEqual({ state: 'ended', outcome: 'cancelled' });
  });

  it('answers by the end while the endpoint is being removed', async () => {
    const { workflowId, request, fault, calls } = scenario(bench);
    bench.twin.engine.configure(NEVER_ACTIVE);
    fault('RemoveZoneFromVpcEndpoint', { kind: 'throttle' }, 3);
    const run = await startProvision(bench, { request, onCancel: 'delete' }, workflowId);
    await inPhase(run, 'waiting');
    bench.twin.engine.configure(SOON_ACTIVE);
    await run.cancel();
    await eventually('the removal has begun', () => calls('RemoveZoneFromVpcEndpoint') > 0);
    const asked = run.executeUpdate(acceptedUpdate);
    await eventually('the update is in the history', async () => (await updateEvents(run)) === 1);
    bench.twin.faults.clear();
    await advance(bench.connection, workflowId, 10 * MINUTE_MS).catch(() => undefined);
    expect(await asked).toEqual({ state: 'ended', outcome: 'cancelled' });
  });

  it('answers a dry run by its end', async () => {
    const { workflowId, request, fault } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'delayMs', ms: 500 });
    const run = await startProvision(bench, { request: { ...request, DryRun: true } }, workflowId);
    expect(await run.executeUpdate(acceptedUpdate)).toEqual({ state: 'ended', outcome: 'dryRunPassed' });
  });

  it('answers all that ask at once, more than the engine has room for', async () => {
    const { workflowId, request, fault } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'delayMs', ms: 1_000 });
    const run = await startProvision(bench, { request }, workflowId);
    const answers = await Promise.all(Array.from({ length: 25 }, () => run.executeUpdate(acceptedUpdate)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ state: 'accepted' });
  });

  // Hundreds of tries, each of which costs a replay where nothing is cached: once is enough.
  it.runIf(name === CACHE_MODES[0].name)('does not hold up a run that goes on as a new one', async () => {
    const { workflowId, request, fault } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'code', code: 'QuotaMisMatched' }, 'always');
    const run = await startProvision(bench, { request, retry: { quota: { maximumInterval: '1m' } } }, workflowId);
    await untilParked(run);
    const { runId } = await run.describe();
    await advance(bench.connection, workflowId, 4 * 3_600_000);
    const asked = await run.executeUpdate(acceptedUpdate);
    expect(asked).toMatchObject({ state: 'parked', code: 'QuotaMisMatched' });
    expect((await run.describe()).runId).not.toBe(runId);
    await run.cancel();
  });
});

describe.each(CACHE_MODES)('the update extendDeadline, $name', ({ cache }) => {
  const bench = useBench(cache);
  const activate = (RegionId: string) => activateAll(bench, RegionId);

  it('lets a run wait longer until its endpoint is Active', async () => {
    const { workflowId, request, calls } = scenario(bench);
    bench.twin.engine.configure(NEVER_ACTIVE);
    const run = await startProvision(bench, { request, timeouts: { active: '10m' } }, workflowId);
    const { deadline = '' } = await inPhase(run, 'waiting');
    const { deadline: later = '', ...extended } = await extend(run, { wait: 'active', by: '10m' });
    expect(extended).toEqual({ wait: 'active', withinMs: 20 * MINUTE_MS });
    // A query may be answered from a task that is begun again a moment later.
    expect(Math.abs(Date.parse(later) - Date.parse(deadline) - 10 * MINUTE_MS)).toBeLessThan(10_000);
    expect((await run.query(stateQuery)).deadline).toBe(later);
    await advance(bench.connection, workflowId, 15 * MINUTE_MS);
    expect(await inPhase(run, 'waiting')).toMatchObject({ deadline: later });
    const looks = calls('GetVpcEndpointAttribute');
    bench.twin.engine.configure(SOON_ACTIVE);
    activate(request.RegionId);
    await advance(bench.connection, workflowId, 4 * MINUTE_MS).catch(() => undefined);
    expect(await run.result()).toMatchObject({ outcome: 'created', endpoint: { EndpointStatus: 'Active' } });
    expect(calls('GetVpcEndpointAttribute')).toBeGreaterThan(looks);
    expect(calls('CreateVpcEndpoint')).toBe(1);
  });

  it('names the whole time in the failure, once that too is over', async () => {
    const { workflowId, request } = scenario(bench);
    bench.twin.engine.configure(NEVER_ACTIVE);
    const run = await startProvision(bench, { request, timeouts: { active: '5m' } }, workflowId);
    await inPhase(run, 'waiting');
    await extend(run, { wait: 'active', by: '7m' });
    await extend(run, { wait: 'active', by: '1m' });
    const failed = failureOf(run.result());
    await advance(bench.connection, workflowId, 20 * MINUTE_MS).catch(() => undefined);
    bench.twin.engine.configure(SOON_ACTIVE);
    expect(await failed).toMatchObject({
      type: 'DeadlineExceeded',
      message: expect.stringContaining('after 13m') as string,
    });
  });

  it('lets a run go on sending the same token until it is accepted', async () => {
    const { workflowId, request, fault, calls, tokens, endpoints } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'throttle' }, 'always');
    const run = await startProvision(bench, { request, timeouts: { accepted: '5m' } }, workflowId);
    await eventually('a call was throttled', () => calls('CreateVpcEndpoint') > 0);
    await extend(run, { wait: 'accepted', by: '30m' });
    await advance(bench.connection, workflowId, 8 * MINUTE_MS);
    expect(await inPhase(run, 'creating')).toMatchObject({ epoch: 1 });
    bench.twin.faults.clear();
    await advance(bench.connection, workflowId, 10 * MINUTE_MS).catch(() => undefined);
    expect(await run.result()).toMatchObject({ outcome: 'created' });
    expect(new Set(tokens()).size).toBe(1);
    expect(endpoints()).toHaveLength(1);
  });

  it('finds what a lost call made before the deadline that was extended', async () => {
    const { workflowId, request, fault, endpoints, calls } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'loseResponse' });
    bench.twin.faults.add({
      action: 'ListVpcEndpoints',
      parameters: { RegionId: request.RegionId },
      nth: 2,
      times: 'always',
      effect: { kind: 'throttle' },
    });
    const run = await startProvision(bench, { request, timeouts: { accepted: '3m' } }, workflowId);
    await eventually('the look-up is throttled', () => calls('ListVpcEndpoints') >= 2);
    await extend(run, { wait: 'accepted', by: '30m' });
    await advance(bench.connection, workflowId, 5 * MINUTE_MS);
    bench.twin.faults.clear();
    await advance(bench.connection, workflowId, 20 * MINUTE_MS).catch(() => undefined);
    expect(await run.result()).toMatchObject({ outcome: 'adopted' });
    expect(endpoints()).toHaveLength(1);
    expect(calls('CreateVpcEndpoint')).toBe(1);
  });

  it.each([
    [{ ifExists: 'fail' }, {}],
    [{ ifExists: 'fail' }, { onCancel: 'delete' }],
  ] as const)(
    'knows what a lost call made as its own after the extension: %j, changed to %j',
    async (options, later) => {
      const { workflowId, request, fault, endpoints, calls } = scenario(bench);
      fault('CreateVpcEndpoint', { kind: 'loseResponse' });
      const parameters = { RegionId: request.RegionId };
      bench.twin.faults.add({
        action: 'ListVpcEndpoints',
        parameters,
        nth: 2,
        times: 'always',
        effect: { kind: 'throttle' },
      });
      const run = await startProvision(bench, { request, ...options, timeouts: { accepted: '3m' } }, workflowId);
      await eventually('the look-up is throttled', () => calls('ListVpcEndpoints') >= 2);
      await extend(run, { wait: 'accepted', by: '30m' });
      if ('onCancel' in later) await change(run, later);
      await advance(bench.connection, workflowId, 5 * MINUTE_MS);
      bench.twin.faults.clear();
      await advance(bench.connection, workflowId, 20 * MINUTE_MS).catch(() => undefined);
      expect(await run.result()).toMatchObject({ outcome: 'adopted' });
      expect(endpoints()).toHaveLength(1);
      expect(calls('CreateVpcEndpoint')).toBe(1);
    },
  );

  it('has what a lost call made removed, when the run fails after the extension', async () => {
    const { workflowId, request, fault, endpoints, calls } = scenario(bench);
    bench.twin.engine.configure(NEVER_ACTIVE);
    fault('CreateVpcEndpoint', { kind: 'loseResponse' });
    const parameters = { RegionId: request.RegionId };
    // The look of its own before the create call, then the one after the lost answer.
    bench.twin.faults.add({
      action: 'ListVpcEndpoints',
      parameters,
      nth: 2,
      times: 'always',
      effect: { kind: 'throttle' },
    });
    const timeouts = { accepted: '3m', active: '1m' };
    const run = await startProvision(bench, { request, onFailure: 'delete', timeouts }, workflowId);
    await eventually('the look-up is throttled', () => calls('ListVpcEndpoints') >= 2);
    await extend(run, { wait: 'accepted', by: '30m' });
    await advance(bench.connection, workflowId, 5 * MINUTE_MS);
    bench.twin.faults.clear();
    const failed = failureOf(run.result());
    await advance(bench.connection, workflowId, 60 * MINUTE_MS).catch(() => undefined);
    bench.twin.engine.configure(SOON_ACTIVE);
    expect(await failed).toMatchObject({ type: 'DeadlineExceeded', details: { undo: { outcome: 'removed' } } });
    expect(endpoints()).toEqual([]);
  });

  it('counts when it comes in the last look, and nothing is removed', async () => {
    const { workflowId, request, fault, endpoints } = scenario(bench);
    bench.twin.engine.configure(NEVER_ACTIVE);
    const run = await startProvision(bench, { request, onFailure: 'delete', timeouts: { active: '4s' } }, workflowId);
    await inPhase(run, 'waiting');
    await eventually('the last look is under way', async () => {
      const { raw } = await run.describe();
      const isLast = raw.pendingActivities?.some(({ activityId }) => activityId === 'last-look') === true;
      if (!isLast) fault('GetVpcEndpointAttribute', { kind: 'delayMs', ms: 1_500 });
      return isLast;
    });
    expect(await extend(run, { wait: 'active', by: '10m' })).toMatchObject({ wait: 'active', withinMs: 604_000 });
    bench.twin.faults.clear();
    await eventually('the wait goes on', async () => {
      const { raw } = await run.describe();
      return raw.pendingActivities?.some(({ activityId }) => activityId === 'wait-active.2');
    });
    bench.twin.engine.configure(SOON_ACTIVE);
    activate(request.RegionId);
    await advance(bench.connection, workflowId, MINUTE_MS).catch(() => undefined);
    expect(await run.result()).toMatchObject({ outcome: 'created' });
    expect(endpoints()).toHaveLength(1);
  });

  it('gives time to the refusals that the run is parked for, and to no others', async () => {
    const { workflowId, request, fault } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'code', code: 'QuotaMisMatched' });
    fault('CreateVpcEndpoint', { kind: 'code', code: 'NobodyKnowsThis' }, 'always');
    const run = await startProvision(bench, { request }, workflowId);
    await untilParked(run);
    await extend(run, { wait: 'parked', by: '2d' });
    const failed = failureOf(run.result());
    await advance(bench.connection, workflowId, 60 * MINUTE_MS).catch(() => undefined);
    expect(await failed).toMatchObject({ type: 'UnlistedRefusal' });
  });

  it('is refused for a collision, which is part of another wait', async () => {
    const { workflowId, request, fault } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'code', code: 'EndpointLocked' }, 'always');
    const run = await startProvision(bench, { request }, workflowId);
    const refused = await eventually('it is parked for the collision', async () => {
      const { phase } = await run.query(stateQuery);
      if (phase !== 'parked') return undefined;
      const answer = await refusalOf(extend(run, { wait: 'parked', by: '1h' }));
      return answer.message.includes('collision') && answer;
    });
    expect(refused.type).toBe('NotApplicable');
    await run.cancel();
  });

  it('lets a parked run wait longer for a refusal to pass', async () => {
    const { workflowId, request, fault } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'code', code: 'QuotaMisMatched' }, 'always');
    const retry = { quota: { initialInterval: '1m', maximumInterval: '1m', timeout: '5m' } } as const;
    const run = await startProvision(bench, { request, retry }, workflowId);
    const { parked } = await untilParked(run);
    const { deadline: later = '', wait } = await extend(run, { wait: 'parked', by: '10m' });
    expect(wait).toBe('parked');
    expect(Math.abs(Date.parse(later) - Date.parse(parked?.givesUpAt ?? '') - 10 * MINUTE_MS)).toBeLessThan(10_000);
    await advance(bench.connection, workflowId, 12 * MINUTE_MS);
    expect((await untilParked(run)).parked?.givesUpAt).toBe(later);
    const failed = failureOf(run.result());
    await advance(bench.connection, workflowId, 10 * MINUTE_MS).catch(() => undefined);
    expect(await failed).toMatchObject({ type: 'QuotaExceeded' });
  });

  it.each([
    ['no argument', undefined, 'expected one JSON object'],
    ['an unknown wait', { wait: 'activ', by: '1m' }, 'wait: expected one of'],
    ['no duration', { wait: 'active', by: 5 }, 'by: expected a duration'],
    ['an unknown field', { wait: 'active', by: '1m', till: 'x' }, 'till: is not known'],
  ])('is refused with %s, before it is in the history', async (_, argument, message) => {
    const { workflowId, request } = scenario(bench);
    bench.twin.engine.configure(NEVER_ACTIVE);
    const run = await startProvision(bench, { request }, workflowId);
    await inPhase(run, 'waiting');
    bench.twin.engine.configure(SOON_ACTIVE);
    const refused = await refusalOf(extend(run, argument as unknown as DeadlineExtension));
    expect(refused).toMatchObject({ type: 'InvalidUpdate', message: expect.stringContaining(message) as string });
    expect(await updateEvents(run)).toBe(0);
    await run.cancel();
  });

  it.each([
    [{ wait: 'accepted', by: '1m' }, 'not in this wait'],
    [{ wait: 'parked', by: '1m' }, 'not in this wait'],
    [{ wait: 'connected', by: '1m' }, 'does not wait for its connection'],
  ] as const)('is refused for a wait that is over, or is not to come: %j', async (extension, message) => {
    const { workflowId, request } = scenario(bench);
    bench.twin.engine.configure(NEVER_ACTIVE);
    const run = await startProvision(bench, { request }, workflowId);
    await inPhase(run, 'waiting');
    bench.twin.engine.configure(SOON_ACTIVE);
    const refused = await refusalOf(extend(run, extension));
    expect(refused).toMatchObject({ type: 'NotApplicable', message: expect.stringContaining(message) as string });
    expect(await updateEvents(run)).toBe(0);
    await run.cancel();
  });
});

describe.each(CACHE_MODES)('the update changeOptions, $name', ({ cache }) => {
  const bench = useBench({ ...cache, settings: { services: [MANUAL], connectMs: 0 } });
  const activate = (RegionId: string) => activateAll(bench, RegionId);

  it('makes a run that would be done when Active wait for its connection', async () => {
    const { workflowId, request } = scenario(bench);
    bench.twin.engine.configure(NEVER_ACTIVE);
    const run = await startProvision(bench, { request: { ...request, ServiceId: MANUAL.ServiceId } }, workflowId);
    await inPhase(run, 'waiting');
    expect(await change(run, { until: 'Connected' })).toEqual({
      until: 'Connected',
      onFailure: 'keep',
      onCancel: 'keep',
    });
    bench.twin.engine.configure(SOON_ACTIVE);
    activate(request.RegionId);
    await advance(bench.connection, workflowId, 5 * MINUTE_MS);
    expect(await inPhase(run, 'connecting')).toMatchObject({ endpointStatus: 'Active' });
    expect((await run.describe()).status.name).toBe('RUNNING');
    await run.cancel();
  });

  it('lets a run that waits for its connection be done at once', async () => {
    const { workflowId, request, calls } = scenario(bench);
    const input = { request: { ...request, ServiceId: MANUAL.ServiceId }, until: 'Connected' } as const;
    const run = await startProvision(bench, input, workflowId);
    await advance(bench.connection, workflowId, 5 * MINUTE_MS);
    await inPhase(run, 'connecting');
    const looks = calls('GetVpcEndpointAttribute');
    await change(run, { until: 'Active' });
    const result = await run.result();
    expect(result).toMatchObject({ endpoint: { EndpointStatus: 'Active', ConnectionStatus: 'Disconnected' } });
    expect(result.times.connectedAt).toBeUndefined();
    expect(result.times.activeAt).toBeDefined();
    // Law 7: the wait ends with a look of its own.
    expect(calls('GetVpcEndpointAttribute')).toBe(looks + 1);
  });

  it('has an endpoint deleted by a cancellation that comes later', async () => {
    const { workflowId, request, endpoints, calls } = scenario(bench);
    bench.twin.engine.configure(NEVER_ACTIVE);
    const run = await startProvision(bench, { request }, workflowId);
    await inPhase(run, 'waiting');
    bench.twin.engine.configure(SOON_ACTIVE);
    await change(run, { onCancel: 'delete' });
    await run.cancel();
    const ended = run.result().catch((error: unknown) => error);
    await eventually('the removal has begun', () => calls('RemoveZoneFromVpcEndpoint') > 0);
    await advance(bench.connection, workflowId, 10 * MINUTE_MS).catch(() => undefined);
    await ended;
    expect((await run.describe()).memo).toMatchObject({ cancelOutcome: { outcome: 'removed' } });
    expect(endpoints()).toEqual([]);
  });

  it.each([
    [{}, 'expected one JSON object'],
    [{ until: 'active' }, 'until: expected one of'],
    [{ onCancle: 'delete' }, 'did you mean "onCancel"?'],
    [{ accept: false }, 'accept: is not known'],
  ])('is refused with %j, before it is in the history', async (options, message) => {
    const { workflowId, request } = scenario(bench);
    bench.twin.engine.configure(NEVER_ACTIVE);
    const run = await startProvision(bench, { request }, workflowId);
    await inPhase(run, 'waiting');
    bench.twin.engine.configure(SOON_ACTIVE);
    const refused = await refusalOf(change(run, options as Partial<ChangeableOptions>));
    expect(refused).toMatchObject({ type: 'InvalidUpdate', message: expect.stringContaining(message) as string });
    expect(await updateEvents(run)).toBe(0);
    await run.cancel();
  });

  it('is refused while the run cleans up', async () => {
    const { workflowId, request, fault, calls } = scenario(bench);
    fault('RemoveZoneFromVpcEndpoint', { kind: 'throttle' }, 'always');
    const run = await startProvision(bench, { request, onCancel: 'delete', until: 'Connected' }, workflowId);
    await eventually('the endpoint is there', () => calls('GetVpcEndpointAttribute') > 0);
    await run.cancel();
    await eventually('a removal is throttled', () => calls('RemoveZoneFromVpcEndpoint') > 0);
    expect(await refusalOf(change(run, { onCancel: 'keep' }))).toMatchObject({ type: 'NotApplicable' });
    await run.terminate();
  });
});
