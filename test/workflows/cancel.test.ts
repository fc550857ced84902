import { WorkflowFailedError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { stateQuery } from '../../src/contract/messages.js';
import { OUTCOME_MEMO } from '../../src/contract/result.js';
import { advance } from '../support/virtual-time.js';
import {
  CACHE_MODES,
  eventually,
  inPhase,
  scenario,
  startProvision,
  untilParked,
  useBench,
} from '../support/provision-bench.js';

describe.each(CACHE_MODES)('a cancelled run says what it left behind, $name', ({ cache }) => {
  const bench = useBench(cache);

  /** Wait for the end of a cancelled run, its clock running ahead, and read its memo. */
  async function outcomeOf(handle: Awaited<ReturnType<typeof startProvision>>): Promise<unknown> {
    const ended = handle.result().catch((error: unknown) => error);
    await eventually('the run is cleaning up or closed', async () => {
      const { status } = await handle.describe();
      return status.name !== 'RUNNING' || ['cleaningUp', 'creating'].includes((await handle.query(stateQuery)).phase);
    });
    await advance(bench.connection, handle.workflowId, 600_000).catch(() => undefined);
    expect(await ended).toBeInstanceOf(WorkflowFailedError);
    const { status, memo } = await handle.describe();
    expect(status.name).toBe('CANCELLED');
    return memo?.[OUTCOME_MEMO];
  }

  it('kept, with its id, while it waits', async () => {
    const { workflowId, request, endpoints } = scenario(bench);
    bench.twin.engine.configure({ timeToActive: { afterReads: Infinity } });
    const handle = await startProvision(bench, { request }, workflowId);
    await inPhase(handle, 'waiting');
    bench.twin.engine.configure({ timeToActive: { afterReads: 3 } });
    await handle.cancel();
    expect(await outcomeOf(handle)).toEqual({ outcome: 'kept', endpointId: endpoints()[0]?.EndpointId });
    expect(endpoints()).toHaveLength(1);
  });

  it('nothingCreated while it is parked', async () => {
    const { workflowId, request, fault, endpoints } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'code', code: 'QuotaMisMatched' }, 'always');
    const handle = await startProvision(bench, { request }, workflowId);
    await untilParked(handle);
    await handle.cancel();
    expect(await outcomeOf(handle)).toEqual({ outcome: 'nothingCreated' });
    expect(endpoints()).toEqual([]);
  });

  it('kept, when the answer of the create call under way comes in', async () => {
    const { workflowId, request, fault, endpoints, calls } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'delayMs', ms: 1_500 });
    const handle = await startProvision(bench, { request }, workflowId);
    await eventually('the create call is under way', () => calls('CreateVpcEndpoint') === 1);
    await handle.cancel();
    expect(await outcomeOf(handle)).toEqual({ outcome: 'kept', endpointId: endpoints()[0]?.EndpointId });
  });

  it('kept, found by its tags, when the answer was lost and the repetition backs off', async () => {
    const { workflowId, request, fault, endpoints, calls } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'loseResponse' });
    bench.twin.faults.add({
      action: 'ListVpcEndpoints',
      parameters: { RegionId: request.RegionId },
      nth: 2,
      effect: { kind: 'throttle', timeLeftMs: 60_000 },
    });
    const handle = await startProvision(bench, { request }, workflowId);
    await eventually('the repetition backs off', () => calls('ListVpcEndpoints') === 2);
    await handle.cancel();
    expect(await outcomeOf(handle)).toEqual({ outcome: 'kept', endpointId: endpoints()[0]?.EndpointId });
    expect(endpoints()).toHaveLength(1);
  });

  it('nothingCreated, after patient look-ups, when the lost call had no effect', async () => {
    const { workflowId, request, fault, endpoints, calls } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'resetBefore' }, 'always');
    const handle = await startProvision(bench, { request }, workflowId);
    await eventually('a create call was lost', () => calls('CreateVpcEndpoint') >= 1);
    await handle.cancel();
    expect(await outcomeOf(handle)).toEqual({ outcome: 'nothingCreated' });
    expect(endpoints()).toEqual([]);
  });

  it('unknown, when the look-ups fail too', async () => {
    const { workflowId, request, fault, calls } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'loseResponse' });
    bench.twin.faults.add({
      action: 'ListVpcEndpoints',
      parameters: { RegionId: request.RegionId },
      nth: 2,
      times: 'always',
      effect: { kind: 'code', code: 'NoPermission' },
    });
    const handle = await startProvision(bench, { request }, workflowId);
    await eventually('the repetition is denied its look-up', () => calls('ListVpcEndpoints') === 2);
    await handle.cancel();
    expect(await outcomeOf(handle)).toEqual({ outcome: 'unknown' });
  });

  it('unknown, when tags are off and a call was lost', async () => {
    const { workflowId, request, fault, calls } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'resetBefore' }, 'always');
    const handle = await startProvision(bench, { request, ownerTags: false }, workflowId);
    await eventually('a create call was lost', () => calls('CreateVpcEndpoint') >= 1);
    await handle.cancel();
    expect(await outcomeOf(handle)).toEqual({ outcome: 'unknown' });
  });
});
