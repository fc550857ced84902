import { describe, expect, it } from 'vitest';
import type { FaultEffect } from '../../../../src/simulator/index.js';
import { bodyOf, createTwin, REGION, START_MS, VALID_CREATE } from '../fixture.js';

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

describe('an endpoint that is stuck', () => {
  it('stays Creating, and only the one that the struck call makes', async () => {
    const twin = createTwin({
      settings: { timeToActive: { afterMs: 1_000 } },
      faults: [{ action: 'CreateVpcEndpoint', effect: { kind: 'stuckCreating' } }],
    });
    const stuck = bodyOf(await twin.call('CreateVpcEndpoint', TOKEN))['EndpointId'];
    const usual = bodyOf(await twin.call('CreateVpcEndpoint', VALID_CREATE))['EndpointId'];
    twin.advance(7 * 24 * 3_600_000);
    expect((await look(twin, stuck))['EndpointStatus']).toBe('Creating');
    expect((await look(twin, usual))['EndpointStatus']).toBe('Active');
    twin.engine.forgetTokens();
    expect(bodyOf(await twin.call('CreateVpcEndpoint', TOKEN))['EndpointId']).not.toBe(stuck);
  });
});

describe('a stale List', () => {
  it('misses what was made since, and shows what became Active since as Creating', async () => {
    const clock = { nowMs: START_MS };
    const twin = createTwin({ now: () => clock.nowMs, settings: { timeToActive: { afterMs: 10_000 } } });
    const old = bodyOf(await twin.call('CreateVpcEndpoint', VALID_CREATE))['EndpointId'];
    clock.nowMs += 12_000;
    const young = bodyOf(await twin.call('CreateVpcEndpoint', VALID_CREATE))['EndpointId'];
    twin.faults.add({ action: 'ListVpcEndpoints', effect: { kind: 'staleList', ms: 5_000 } });
    expect((await list(twin))['Endpoints']).toMatchObject([{ EndpointId: old, EndpointStatus: 'Creating' }]);
    const endpoints = (await list(twin))['Endpoints'] as { EndpointId: string; EndpointStatus: string }[];
    expect(new Map(endpoints.map(({ EndpointId, EndpointStatus }) => [EndpointId, EndpointStatus]))).toEqual(
      new Map([
        [old, 'Active'],
        [young, 'Creating'],
      ]),
    );
  });
});

describe('the clock', () => {
  it('goes forward by a fault before the call is executed', async () => {
    const twin = createTwin({ settings: { timeToActive: { afterMs: 30_000 } } });
    const { EndpointId } = bodyOf(await twin.call('CreateVpcEndpoint', VALID_CREATE));
    twin.faults.add({ action: 'GetVpcEndpointAttribute', effect: { kind: 'advanceMs', ms: 30_000 } });
    expect((await look(twin, EndpointId))['EndpointStatus']).toBe('Active');
    expect(twin.now()).toBe(START_MS + 30_000);
  });
});

describe('an error of the gateway', () => {
  it.each([
    [500, 'json', 'application/json;charset=utf-8', 'InternalError'],
    [503, 'json', 'application/json;charset=utf-8', 'ServiceUnavailable'],
    [429, 'json', 'application/json;charset=utf-8', 'Throttling'],
    [504, 'json', 'application/json;charset=utf-8', 'InternalError'],
    [502, 'html', 'text/html', undefined],
    [200, 'html', 'text/html', undefined],
    [503, 'empty', undefined, undefined],
    [200, 'empty', undefined, undefined],
  ] as const)('before the effect, %s with a body that is %s, makes nothing', async (status, body, type, code) => {
    const twin = struckBy({ kind: 'errorBefore', status, body });
    const answer = await twin.call('CreateVpcEndpoint', TOKEN);
    expect(answer).toMatchObject({ status });
    if (answer === 'noResponse') throw new Error('no answer came');
    expect(answer.headers['content-type']).toBe(type);
    if (body === 'json') expect(bodyOf(answer)['Code']).toBe(code);
    else expect(answer.body).toMatch(body === 'html' ? /^<html>/ : /^$/);
    expect(twin.journal.endpointsMade()).toEqual([]);
    expect(twin.journal.requests).toMatchObject([{ fault: 'errorBefore', status }]);
    expect(twin.journal.requests[0]?.code).toBe(code);
    // No token is used up: the service never saw the call.
    expect(bodyOf(await twin.call('CreateVpcEndpoint', TOKEN))['EndpointStatus']).toBe('Creating');
  });
});

describe('an answer whose body does not come as it should', () => {
  const complete = async () => {
    const answer = await createTwin().call('CreateVpcEndpoint', VALID_CREATE);
    return answer === 'noResponse' ? 0 : Buffer.byteLength(answer.body);
  };

  it('is executed, and cut in half, or where the rule says, but never at its end', async () => {
    const length = await complete();
    for (const [afterBytes, cut] of [
      [undefined, Math.floor(length / 2)],
      [0, 0],
      [7, 7],
      [1_000_000, length - 1],
    ] as const) {
      const twin = struckBy({ kind: 'cutBody', ...(afterBytes === undefined ? {} : { afterBytes }) });
      const answer = await twin.call('CreateVpcEndpoint', VALID_CREATE);
      expect(answer).toMatchObject({ status: 200, cutAfterBytes: cut });
      expect(twin.journal.endpointsMade()).toHaveLength(1);
    }
  });

  it('is executed at once, and told how slowly it comes', async () => {
    const twin = struckBy({ kind: 'slowBody', ms: 9_000 });
    const answer = await twin.call('CreateVpcEndpoint', VALID_CREATE);
    expect(answer).toMatchObject({ status: 200, bodyOverMs: 9_000 });
    expect(twin.journal.endpointsMade()).toEqual([bodyOf(answer)['EndpointId']]);
  });
});

describe('a throttled call', () => {
  it.each([
    [{ kind: 'throttle' }, 400, 'Throttling.User'],
    [{ kind: 'throttle', status: 429 }, 429, 'Throttling.User'],
    [{ kind: 'throttle', code: 'Throttling.Api', status: 503 }, 503, 'Throttling.Api'],
    [{ kind: 'throttle', code: 'Throttling' }, 400, 'Throttling'],
  ] as const)('by %j is answered %s %s, and keeps its token free', async (effect, status, code) => {
    const twin = struckBy(effect);
    const answer = await twin.call('CreateVpcEndpoint', TOKEN);
    expect([answer === 'noResponse' ? answer : answer.status, bodyOf(answer)['Code']]).toEqual([status, code]);
    expect(bodyOf(await twin.call('CreateVpcEndpoint', TOKEN))['EndpointStatus']).toBe('Creating');
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
