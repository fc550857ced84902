import { describe, expect, it } from 'vitest';
import type { FaultEffect } from '../../../src/simulator/index.js';
import { bodyOf, createTwin, REGION, START_MS, VALID_CREATE } from './fixture.js';

const TOKEN = { ...VALID_CREATE, ClientToken: 't-1' };
const OTHER_REGION = { ...VALID_CREATE, RegionId: 'cn-hangzhou' };

const struckBy = (effect: FaultEffect, action = 'CreateVpcEndpoint') => createTwin({ faults: [{ action, effect }] });
type Twin = ReturnType<typeof createTwin>;
const list = async (twin: Twin, RegionId = REGION) => bodyOf(await twin.call('ListVpcEndpoints', { RegionId }));
const look = async (twin: Twin, EndpointId: unknown) =>
  bodyOf(await twin.call('GetVpcEndpointAttribute', { RegionId: REGION, EndpointId: EndpointId as string }));

describe('a call that is delivered twice', () => {
  it.each(['first', 'second'] as const)(
    'makes one endpoint where it has a token, whichever answer comes: %s',
    async (answer) => {
      const twin = struckBy({ kind: 'duplicate', answer });
      const { EndpointId } = bodyOf(await twin.call('CreateVpcEndpoint', TOKEN));
      expect(twin.journal.endpointsMade()).toEqual([EndpointId]);
      expect(twin.journal.requests).toMatchObject([
        { fault: 'duplicate', status: 200 },
        { fault: 'duplicate', status: 200, copy: true },
      ]);
      expect(twin.journal.requests[0]).not.toHaveProperty('copy');
    },
  );

  it('makes two where it has none, and the client hears of the one that it is to hear of', async () => {
    const first = struckBy({ kind: 'duplicate' });
    const { EndpointId: ofFirst } = bodyOf(await first.call('CreateVpcEndpoint', VALID_CREATE));
    expect(first.journal.endpointsMade()).toEqual([ofFirst, expect.any(String)]);
    const second = struckBy({ kind: 'duplicate', answer: 'second' });
    const { EndpointId: ofSecond } = bodyOf(await second.call('CreateVpcEndpoint', VALID_CREATE));
    expect(second.journal.endpointsMade()).toEqual([expect.any(String), ofSecond]);
  });

  it('later, makes one endpoint where it has a token that is remembered, and two where it is forgotten', async () => {
    for (const forgotten of [false, true]) {
      const twin = struckBy({ kind: 'duplicateLater', calls: 2 });
      await twin.call('CreateVpcEndpoint', TOKEN);
      if (forgotten) twin.engine.forgetTokens();
      await list(twin);
      expect(twin.journal.countOf('CreateVpcEndpoint')).toBe(1);
      await list(twin);
      expect(twin.journal.countOf('CreateVpcEndpoint')).toBe(2);
      expect(twin.journal.endpointsMade()).toHaveLength(forgotten ? 2 : 1);
      await list(twin);
      expect(twin.journal.countOf('CreateVpcEndpoint')).toBe(2);
    }
  });
});

describe('a call that is executed later', () => {
  it('gets no answer, and takes effect right after so many calls of its account and region', async () => {
    const twin = struckBy({ kind: 'executeLater', calls: 2 });
    expect(await twin.call('CreateVpcEndpoint', TOKEN)).toBe('noResponse');
    await list(twin, 'cn-hangzhou');
    await twin.call('ListVpcEndpoints', { RegionId: REGION }, '1000000000000002');
    await list(twin);
    expect(twin.journal.endpointsMade()).toEqual([]);
    expect((await list(twin))['TotalCount']).toBe(0);
    expect(twin.journal.endpointsMade()).toHaveLength(1);
    expect((await list(twin))['TotalCount']).toBe(1);
  });

  it('does not hold its token meanwhile: it has not arrived', async () => {
    const twin = struckBy({ kind: 'executeLater', calls: 1 });
    await twin.call('CreateVpcEndpoint', TOKEN);
    const { EndpointId } = bodyOf(await twin.call('CreateVpcEndpoint', TOKEN));
    expect(twin.journal.endpointsMade()).toEqual([EndpointId]);
    expect(twin.journal.requests).toMatchObject([
      { fault: 'executeLater' },
      { status: 200 },
      { copy: true, status: 200 },
    ]);
  });
});

describe('forgotten tokens', () => {
  it('make the same call make another endpoint, and a changed one no mismatch', async () => {
    const twin = createTwin();
    await twin.call('CreateVpcEndpoint', TOKEN);
    twin.faults.add({ action: 'CreateVpcEndpoint', effect: { kind: 'forgetTokens' } });
    await twin.call('CreateVpcEndpoint', { ...TOKEN, VpcId: 'vpc-2' });
    expect(twin.journal.endpointsMade()).toHaveLength(2);
    await twin.call('CreateVpcEndpoint', { ...TOKEN, VpcId: 'vpc-2' });
    expect(twin.journal.endpointsMade()).toHaveLength(2);
  });

  it('are those of the account and region of the call, whatever it is', async () => {
    const twin = createTwin();
    await twin.call('CreateVpcEndpoint', TOKEN);
    await twin.call('CreateVpcEndpoint', { ...OTHER_REGION, ClientToken: 't-1' });
    twin.faults.add({ action: 'ListVpcEndpoints', effect: { kind: 'forgetTokens' } });
    await list(twin);
    await twin.call('CreateVpcEndpoint', { ...OTHER_REGION, ClientToken: 't-1' });
    expect(twin.journal.endpointsMade()).toHaveLength(2);
    await twin.call('CreateVpcEndpoint', TOKEN);
    expect(twin.journal.endpointsMade()).toHaveLength(3);
  });

  it('are not those of calls in progress', async () => {
    const twin = struckBy({ kind: 'delayBeforeMs', ms: 9 });
    const pending = twin.call('CreateVpcEndpoint', TOKEN);
    twin.engine.forgetTokens();
    expect(bodyOf(await twin.call('CreateVpcEndpoint', TOKEN))['Code']).toBe('IdempotenceProcessing');
    twin.sleeps[0]?.pass();
    const { EndpointId } = bodyOf(await pending);
    expect(twin.journal.endpointsMade()).toEqual([EndpointId]);
  });
});

describe('an endpoint', () => {
  it('that vanishes is gone before the call that names it is executed', async () => {
    const twin = struckBy({ kind: 'vanish' }, 'GetVpcEndpointAttribute');
    const { EndpointId } = bodyOf(await twin.call('CreateVpcEndpoint', VALID_CREATE));
    expect((await look(twin, EndpointId))['Code']).toBe('EndpointNotFound');
    expect(twin.engine.inspect()).toEqual([]);
    expect(twin.journal.effects.map(({ kind }) => kind)).toEqual(['created', 'removed']);
  });

  it('that vanishes with its creation is named in the answer and then gone', async () => {
    const twin = struckBy({ kind: 'vanish' });
    const { EndpointId } = bodyOf(await twin.call('CreateVpcEndpoint', VALID_CREATE));
    expect(twin.journal.endpointsMade()).toEqual([EndpointId]);
    expect((await look(twin, EndpointId))['Code']).toBe('EndpointNotFound');
  });

  it('that flaps is shown with statuses that it does not have, in one look or list', async () => {
    const twin = createTwin({ settings: { timeToActive: { afterMs: 0 } } });
    const { EndpointId } = bodyOf(await twin.call('CreateVpcEndpoint', VALID_CREATE));
    const effect = { kind: 'flap', EndpointStatus: 'Creating', ConnectionStatus: 'Pending' } as const;
    twin.faults.add({ action: '*', times: 2, effect });
    expect(await look(twin, EndpointId)).toMatchObject({ EndpointStatus: 'Creating', ConnectionStatus: 'Pending' });
    expect((await list(twin))['Endpoints']).toMatchObject([
      { EndpointStatus: 'Creating', ConnectionStatus: 'Pending' },
    ]);
    expect(await look(twin, EndpointId)).toMatchObject({ EndpointStatus: 'Active', ConnectionStatus: 'Connected' });
  });

  it('that flaps is shown nowhere that shows no status', async () => {
    const twin = struckBy({ kind: 'flap', EndpointStatus: 'Creating' }, 'GetVpcEndpointAttribute');
    const answer = await look(twin, 'ep-none');
    expect(answer['Code']).toBe('EndpointNotFound');
    expect(answer).not.toHaveProperty('EndpointStatus');
    expect(answer).not.toHaveProperty('kind');
  });
});

describe('a fault that passes by itself', () => {
  it('strikes for its time from its first strike on, by the clock of the twin', async () => {
    const clock = { nowMs: START_MS };
    const effect: FaultEffect = { kind: 'code', code: 'EndpointLocked' };
    const twin = createTwin({
      now: () => clock.nowMs,
      faults: [{ action: 'CreateVpcEndpoint', forMs: 60_000, effect }],
    });
    const code = async () => bodyOf(await twin.call('CreateVpcEndpoint', VALID_CREATE))['Code'];
    clock.nowMs += 3_600_000;
    expect(await code()).toBe('EndpointLocked');
    clock.nowMs += 30_000;
    twin.advance(29_999);
    expect(await code()).toBe('EndpointLocked');
    expect(twin.faults.pending).toHaveLength(1);
    twin.advance(1);
    expect(twin.faults.pending).toEqual([]);
    expect(await code()).toBeUndefined();
  });

  it('strikes no more often than it may within its time', async () => {
    const effect: FaultEffect = { kind: 'code', code: 'EndpointLocked' };
    const twin = createTwin({ faults: [{ action: 'CreateVpcEndpoint', forMs: 60_000, times: 1, effect }] });
    const code = async () => bodyOf(await twin.call('CreateVpcEndpoint', VALID_CREATE))['Code'];
    expect(await code()).toBe('EndpointLocked');
    expect(await code()).toBeUndefined();
  });
});
