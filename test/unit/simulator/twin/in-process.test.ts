import { describe, expect, it } from 'vitest';
import { createInProcessTwin, type FaultEffect } from '../../../../src/simulator/index.js';
import { bodyOf, createTwin, REGION, START_MS, VALID_CREATE } from '../fixture.js';

const struckBy = (effect: FaultEffect) => createTwin({ faults: [{ action: 'CreateVpcEndpoint', effect }] });
const TOKEN = { ...VALID_CREATE, ClientToken: 't-1' };

describe('a call in process', () => {
  it('is answered as on the wire', async () => {
    const twin = createTwin();
    const answer = await twin.call('CreateVpcEndpoint', VALID_CREATE);
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json;charset=utf-8' } });
    expect(bodyOf(answer)).toMatchObject({ EndpointStatus: 'Creating' });
  });

  const effects: [reason: string, effect: FaultEffect, answer: unknown, made: number][] = [
    [
      'refused without execution by a code',
      { kind: 'code', code: 'QuotaMisMatched' },
      { status: 400, Code: 'QuotaMisMatched', Message: 'The resource you applied for has exceeded the quota.' },
      0,
    ],
    [
      'refused with a message, status and header of choice',
      { kind: 'code', code: 'Throttling.Api', message: 'slow', status: 429, headers: { 'x-hint': '1' } },
      { status: 429, Code: 'Throttling.Api', Message: 'slow' },
      0,
    ],
    ['refused with the status of its code', { kind: 'code', code: 'ServiceUnavailable' }, { status: 503 }, 0],
    ['executed though the answer is lost', { kind: 'loseResponse' }, 'noResponse', 1],
    ['not executed when the connection breaks before', { kind: 'resetBefore' }, 'noResponse', 0],
    ['executed though answered 500', { kind: 'errorAfter', status: 500 }, { status: 500, Code: 'InternalError' }, 1],
    [
      'executed though answered 503',
      { kind: 'errorAfter', status: 503 },
      { status: 503, Code: 'ServiceUnavailable' },
      1,
    ],
    ['throttled', { kind: 'throttle', timeLeftMs: 2_000 }, { status: 400, Code: 'Throttling.User' }, 0],
  ];
  it.each(effects)('is %s', async (_, effect, expected, made) => {
    const twin = struckBy(effect);
    const answer = await twin.call('CreateVpcEndpoint', VALID_CREATE);
    expect(answer === 'noResponse' ? answer : { status: answer.status, ...bodyOf(answer) }).toEqual(
      typeof expected === 'string' ? expected : expect.objectContaining(expected as object),
    );
    expect(twin.journal.endpointsMade()).toHaveLength(made);
    expect(bodyOf(await twin.call('CreateVpcEndpoint', VALID_CREATE))['Code']).toBeUndefined();
  });

  it('that is throttled is told how long to wait, where the rule says so', async () => {
    const header = 'x-ratelimit-user-api';
    const hinted = await struckBy({ kind: 'throttle', timeLeftMs: 1_500 }).call('CreateVpcEndpoint', VALID_CREATE);
    expect(hinted).toMatchObject({
      headers: { [header]: 'Limit:1,Remain:0,TimeLeft:1500,Reset:1', 'x-acs-retry-after': '1500' },
    });
    const plain = await struckBy({ kind: 'throttle' }).call('CreateVpcEndpoint', VALID_CREATE);
    expect(plain).not.toMatchObject({ headers: { [header]: expect.anything() as unknown } });
  });

  it.each([
    ['html', 'text/html', /^<html>/],
    ['empty', undefined, /^$/],
  ] as const)('can be answered 502 with a body that is %s', async (body, type, pattern) => {
    const answer = await struckBy({ kind: 'errorAfter', status: 502, body }).call('CreateVpcEndpoint', VALID_CREATE);
    if (answer === 'noResponse') throw new Error('no answer came');
    expect([answer.status, answer.headers['content-type']]).toEqual([502, type]);
    expect(answer.body).toMatch(pattern);
  });

  it('finds its endpoint by its token after a lost answer', async () => {
    const twin = struckBy({ kind: 'loseResponse' });
    await twin.call('CreateVpcEndpoint', TOKEN);
    const again = bodyOf(await twin.call('CreateVpcEndpoint', TOKEN));
    expect(twin.journal.endpointsMade()).toEqual([again['EndpointId']]);
  });

  it('gets an injected final refusal again under the same token, and not under the next', async () => {
    const twin = struckBy({ kind: 'code', code: 'QuotaMisMatched' });
    await twin.call('CreateVpcEndpoint', TOKEN);
    expect(bodyOf(await twin.call('CreateVpcEndpoint', TOKEN))['Code']).toBe('QuotaMisMatched');
    const next = await twin.call('CreateVpcEndpoint', { ...TOKEN, ClientToken: 't-2' });
    expect(next).toMatchObject({ status: 200 });
  });
});

describe('a delayed call', () => {
  it('with delayMs is executed at once and answered later', async () => {
    const twin = struckBy({ kind: 'delayMs', ms: 4_000 });
    const pending = twin.call('CreateVpcEndpoint', TOKEN);
    expect(twin.sleeps.map(({ ms }) => ms)).toEqual([4_000]);
    const [made] = twin.journal.endpointsMade();
    expect(bodyOf(await twin.call('CreateVpcEndpoint', TOKEN))['EndpointId']).toBe(made);
    twin.sleeps[0]?.pass();
    expect(bodyOf(await pending)['EndpointId']).toBe(made);
  });

  it('with delayBeforeMs is executed when the delay ends, its token in progress until then', async () => {
    const twin = struckBy({ kind: 'delayBeforeMs', ms: 4_000 });
    const pending = twin.call('CreateVpcEndpoint', TOKEN);
    expect(twin.journal.endpointsMade()).toEqual([]);
    expect(bodyOf(await twin.call('CreateVpcEndpoint', TOKEN))['Code']).toBe('IdempotenceProcessing');
    twin.sleeps[0]?.pass();
    const made = bodyOf(await pending)['EndpointId'];
    expect(twin.journal.endpointsMade()).toEqual([made]);
    expect(bodyOf(await twin.call('CreateVpcEndpoint', TOKEN))['EndpointId']).toBe(made);
  });

  it('without a token makes one endpoint each', async () => {
    const twin = struckBy({ kind: 'delayBeforeMs', ms: 4_000 });
    const pending = twin.call('CreateVpcEndpoint', VALID_CREATE);
    await twin.call('CreateVpcEndpoint', VALID_CREATE);
    twin.sleeps[0]?.pass();
    await pending;
    expect(twin.journal.endpointsMade()).toHaveLength(2);
  });

  it('is never executed once the twin is closed', async () => {
    const twin = struckBy({ kind: 'delayBeforeMs', ms: 4_000 });
    const pending = twin.call('CreateVpcEndpoint', TOKEN);
    twin.close();
    expect(await pending).toBe('noResponse');
    expect(twin.journal.endpointsMade()).toEqual([]);
  });
});

describe('the clock of a twin', () => {
  it('can be turned forward, and not back', async () => {
    const twin = createTwin({ settings: { timeToActive: { afterMs: 30_000 } } });
    const { EndpointId } = bodyOf(await twin.call('CreateVpcEndpoint', VALID_CREATE)) as { EndpointId: string };
    const status = async () =>
      bodyOf(await twin.call('GetVpcEndpointAttribute', { RegionId: REGION, EndpointId }))['EndpointStatus'];
    expect(await status()).toBe('Creating');
    twin.advance(30_000);
    expect(await status()).toBe('Active');
    for (const ms of [-1, NaN, Infinity, 1e15]) expect(() => twin.advance(ms)).toThrow(RangeError);
  });
});

describe('a twin with a seed', () => {
  const faults = [{ action: '*', probability: 0.5, effect: { kind: 'resetBefore' } }] as const;
  const play = async (twin: ReturnType<typeof createInProcessTwin>) => {
    const seen: unknown[] = [];
    for (let call = 0; call < 20; call += 1) {
      const answer = await twin.call('CreateVpcEndpoint', VALID_CREATE);
      seen.push(answer === 'noResponse' ? answer : answer.body);
    }
    return seen;
  };

  it('answers the same calls alike, ids and faults included', async () => {
    const start = (seed: number) => createInProcessTwin({ seed, now: () => START_MS, faults });
    const seen = await play(start(7));
    expect(await play(start(7))).toEqual(seen);
    expect(await play(start(8))).not.toEqual(seen);
    expect(new Set(seen).has('noResponse')).toBe(true);
  });

  it('answers alike after a reset', async () => {
    const twin = createInProcessTwin({ seed: 7, now: () => START_MS, faults });
    const seen = await play(twin);
    twin.reset();
    expect(await play(twin)).toEqual(seen);
  });
});

describe('a reset', () => {
  it('takes back state, settings, faults, journal and clock', async () => {
    const faults = [{ action: 'CreateVpcEndpoint', effect: { kind: 'code', code: 'SystemBusy' } }] as const;
    const twin = createInProcessTwin({ now: () => START_MS, faults });
    await twin.call('CreateVpcEndpoint', TOKEN);
    await twin.call('CreateVpcEndpoint', TOKEN);
    twin.engine.configure({ missing: ['vpc-1'] });
    twin.faults.add({ action: '*', effect: { kind: 'resetBefore' } });
    twin.advance(3_600_000);
    twin.reset();
    expect([twin.now(), twin.engine.inspect(), twin.engine.settings.missing]).toEqual([START_MS, [], []]);
    expect([twin.journal.requests, twin.journal.effects, twin.journal.counts]).toEqual([[], [], {}]);
    expect(twin.faults.pending).toEqual(faults);
    expect(bodyOf(await twin.call('CreateVpcEndpoint', TOKEN))['Code']).toBe('SystemBusy');
    expect(bodyOf(await twin.call('CreateVpcEndpoint', TOKEN))['EndpointStatus']).toBe('Creating');
  });

  it('ends what is under way: it gets no answer and has no effect afterwards', async () => {
    const twin = createTwin();
    twin.faults.add({ action: 'CreateVpcEndpoint', effect: { kind: 'delayBeforeMs', ms: 9 } });
    twin.faults.add({ action: 'ListVpcEndpoints', effect: { kind: 'executeLater', calls: 1 } });
    const pending = twin.call('CreateVpcEndpoint', TOKEN);
    await twin.call('ListVpcEndpoints', { RegionId: REGION });
    twin.reset();
    expect(await pending).toBe('noResponse');
    await twin.call('ListVpcEndpoints', { RegionId: REGION });
    expect(twin.journal.requests.map(({ action, copy }) => [action, copy])).toEqual([['ListVpcEndpoints', undefined]]);
    expect(twin.journal.effects).toEqual([]);
  });
});
