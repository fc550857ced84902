import { request, type RequestOptions } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../../../src/simulator/index.js';
import { startControl } from '../../../../src/simulator/wire/control-server.js';
import { ACCOUNT, createTwin, REGION, seededRandom, VALID_CREATE } from '../fixture.js';
import { EVERY_EFFECT } from '../twin/every-effect.js';

let simulator: Simulator | undefined;
afterEach(async () => {
  await simulator?.close();
  simulator = undefined;
});

async function start() {
  const started = await startSimulator({ control: true, random: seededRandom() });
  simulator = started;
  const control = async (method: string, path: string, body?: unknown) => {
    const headers = { 'content-type': 'application/json' };
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`${started.controlUrl ?? ''}${path}`, init);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const create = () => {
    const parameters = { ...VALID_CREATE, ClientToken: 't-1' };
    return started.engine.call({ action: 'CreateVpcEndpoint', parameters, accountId: ACCOUNT }).body[
      'EndpointId'
    ] as string;
  };
  const status = (EndpointId: string) =>
    started.engine.call({
      action: 'GetVpcEndpointAttribute',
      parameters: { RegionId: REGION, EndpointId },
      accountId: ACCOUNT,
    }).body;
  return { ...started, control, create, status };
}

describe('the control port', () => {
  it('is closed unless asked for', async () => {
    simulator = await startSimulator();
    expect(simulator.controlUrl).toBeUndefined();
  });

  it('shows the endpoints with what only the twin knows', async () => {
    const { control, create } = await start();
    const id = create();
    await control('POST', '/clock', { advanceMs: 60_000 });
    expect((await control('GET', '/endpoints')).body).toMatchObject({
      endpoints: [{ EndpointId: id, ClientToken: 't-1', Tags: [], activeAt: expect.any(String) as unknown }],
    });
  });

  it('turns the clock and changes settings', async () => {
    const { control, create, status } = await start();
    const slow = create();
    await control('POST', '/clock', { advanceMs: 60_000 });
    expect(status(slow)['EndpointStatus']).toBe('Active');
    await control('POST', '/settings', { timeToActive: { afterReads: 'Infinity' }, switches: { tokenRetentionMs: 0 } });
    await control('POST', '/clock', { advanceMs: 24 * 60 * 60_000 });
    expect(status(create())['EndpointStatus']).toBe('Creating');
  });

  it('forgets every token', async () => {
    const { control, create, engine } = await start();
    const first = create();
    expect(create()).toBe(first);
    expect(await control('DELETE', '/tokens')).toEqual({ status: 200, body: { ok: true } });
    expect(create()).not.toBe(first);
    expect(engine.inspect()).toHaveLength(2);
  });

  it('adds, shows and clears faults', async () => {
    const { control, faults } = await start();
    const rule = { action: 'CreateVpcEndpoint', effect: { kind: 'loseResponse' } };
    const rules = [rule, { ...rule, id: 'mine' }];
    expect(await control('POST', '/faults', rules)).toEqual({
      status: 200,
      body: { ok: true, ids: ['fault-1', 'mine'] },
    });
    const mine = { ...rule, id: 'mine', matched: 0, struck: 0 };
    expect((await control('GET', '/faults')).body).toEqual({ faults: [{ ...mine, id: 'fault-1' }, mine] });
    expect((await control('GET', '/faults/mine')).body).toEqual(mine);
    expect((await control('DELETE', '/faults/mine')).body).toEqual({ ok: true });
    expect((await control('GET', '/faults/mine')).status).toBe(404);
    expect((await control('DELETE', '/faults/mine')).status).toBe(404);
    expect(faults.pending).toEqual([rule]);
    await control('DELETE', '/faults');
    expect(faults.pending).toEqual([]);
    expect((await control('POST', '/faults', [])).body).toEqual({ ok: true, ids: [] });
  });

  it('adds none of a list of faults of which one is wrong', async () => {
    const { control, faults } = await start();
    const rule = { id: 'x', action: '*', effect: { kind: 'vanish' } };
    expect((await control('POST', '/faults', [rule, { action: '*' }])).body['error']).toBe(
      'faults[1].effect: is missing; expected an object',
    );
    expect((await control('POST', '/faults', [rule, rule])).status).toBe(400);
    expect(faults.pending).toEqual([]);
  });

  it.each(Object.values(EVERY_EFFECT))('can make $action meet $effect.kind', async ({ action, effect }) => {
    const twin = createTwin();
    const listener = await startControl(twin, 0);
    try {
      const response = await fetch(`${listener.url}/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ action, effect }),
      });
      expect(response.status).toBe(200);
    } finally {
      await listener.close();
    }
    const answer = twin.call(action, action === 'CreateVpcEndpoint' ? VALID_CREATE : { RegionId: REGION });
    twin.sleeps[0]?.pass();
    await answer;
    expect(twin.journal.requests[0]).toMatchObject({ action, fault: effect.kind });
  });

  it('lists what it does, and does all that it lists', async () => {
    const { control } = await start();
    const { routes } = (await control('GET', '/')).body as { routes: { method: string; path: string; does: string }[] };
    expect(routes.length).toBeGreaterThan(15);
    for (const { method, path } of routes) {
      const { status } = await control(method, path.replace('*', 'none'));
      expect([200, 400, 404], `${method} ${path}`).toContain(status);
    }
  });

  it('goes back to the start', async () => {
    const { control, create, journal, faults } = await start();
    create();
    await control('POST', '/clock', { advanceMs: 60_000 });
    await control('POST', '/faults', { action: '*', effect: { kind: 'vanish' } });
    expect(await control('POST', '/reset')).toEqual({ status: 200, body: { ok: true } });
    expect((await control('GET', '/endpoints')).body).toEqual({ endpoints: [] });
    expect([journal.effects, faults.pending]).toEqual([[], []]);
  });

  it('shows settings as they are written', async () => {
    const { control } = await start();
    await control('POST', '/settings', { timeToActive: { afterReads: 'Infinity' } });
    const { settings } = (await control('GET', '/settings')).body;
    expect(settings).toMatchObject({ timeToActive: { afterReads: 'Infinity' }, switches: { rememberRefusals: true } });
    expect((await control('POST', '/settings', settings)).status).toBe(200);
  });

  it('tells the time of the twin', async () => {
    const { control } = await start();
    const { now } = (await control('POST', '/clock', { advanceMs: 86_400_000 })).body;
    const later = (await control('GET', '/clock')).body['now'];
    expect(Date.parse(String(later))).toBeGreaterThanOrEqual(Date.parse(String(now)));
    expect(Date.parse(String(later))).toBeGreaterThan(Date.now() + 86_000_000);
  });

  it('forces statuses upon an endpoint and removes it', async () => {
    const { control, create, status } = await start();
    const id = create();
    await control('POST', `/endpoints/${id}`, { EndpointBusinessStatus: 'FinancialLocked' });
    expect(status(id)).toMatchObject({ EndpointBusinessStatus: 'FinancialLocked', EndpointStatus: 'Creating' });
    expect((await control('DELETE', `/endpoints/${id}`)).status).toBe(200);
    expect(status(id).Code).toBe('EndpointNotFound');
    expect((await control('DELETE', `/endpoints/${id}`)).status).toBe(404);
  });

  it('shows the journal', async () => {
    const { control, create, url } = await start();
    const id = create();
    await fetch(url);
    const requests = [{ action: '', code: 'MissingAction' }];
    const effects = [{ kind: 'created', EndpointId: id, ClientToken: 't-1' }];
    const counts = { '': 1 };
    expect((await control('GET', '/journal')).body).toMatchObject({ requests, effects, counts });
    const read = async (path: string) => (await control('GET', `/journal${path}`)).body;
    expect(await read('?code=MissingAction&kind=created')).toMatchObject({ requests, effects, counts });
    expect(await read('?code=none&kind=none')).toEqual({ requests: [], effects: [], counts });
    expect(await read('/requests?limit=1')).toMatchObject({ requests });
    expect(await read(`/effects?EndpointId=${id}`)).toMatchObject({ effects });
    expect(await read('/effects?EndpointId=ep-none')).toEqual({ effects: [] });
    expect(await read('/counts')).toEqual({ counts });
    await control('DELETE', '/journal');
    expect(await read('')).toEqual({ requests: [], effects: [], counts: {} });
  });

  it('shows one endpoint', async () => {
    const { control, create } = await start();
    const id = create();
    expect((await control('GET', `/endpoints/${id}`)).body).toMatchObject({ EndpointId: id });
    expect((await control('GET', '/endpoints/ep-none')).status).toBe(404);
  });

  const refused: [method: string, path: string, body: unknown, status: number, named: string][] = [
    ['GET', '/nothing', undefined, 404, 'GET /'],
    ['GET', '/faults/', undefined, 404, 'GET /'],
    ['GET', '/faults/a/b', undefined, 404, 'GET /'],
    ['PUT', '/faults', {}, 405, 'GET, POST, DELETE'],
    ['GET', '/journal?colour=red', undefined, 400, 'colour'],
    ['GET', '/journal/requests?kind=created', undefined, 400, 'kind'],
    ['GET', '/journal?limit=x', undefined, 400, 'limit'],
    ['POST', '/clock', undefined, 400, 'advanceMs'],
    ['POST', '/faults', { action: 7 }, 400, 'action'],
    ['POST', '/faults', undefined, 400, 'fault'],
    ['POST', '/clock', { advanceMs: '1' }, 400, 'advanceMs'],
    ['POST', '/clock', { advanceMs: -1 }, 400, 'forward'],
    ['POST', '/settings', { speed: 1 }, 400, 'speed'],
    ['POST', '/endpoints/ep-none', { EndpointStatus: 'Active' }, 404, 'ep-none'],
    ['POST', '/endpoints/ep-none', { Bandwidth: 'x' }, 400, 'Bandwidth'],
    ['POST', '/endpoints/ep-none', [], 400, 'object'],
  ];
  it.each(refused)('refuses %s %s with %j', async (method, path, body, status, named) => {
    const { control } = await start();
    const answer = await control(method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.body['error']).toContain(named);
  });

  describe('lets no web page steer it:', () => {
    const post = { method: 'POST', path: '/reset' };
    const type = 'application/json';
    it.each<[reason: string, request: RequestOptions, body: string, status: number]>([
      ['a page of any site', { ...post, headers: { origin: 'https://evil.example' } }, '', 403],
      ['a page without a site', { ...post, headers: { origin: 'null' } }, '', 403],
      ['a page of this machine', { ...post, headers: { origin: 'http://127.0.0.1' } }, '', 403],
      ['an image of a page', { path: '/journal', headers: { 'sec-fetch-site': 'cross-site' } }, '', 403],
      ['a name that leads here', { ...post, headers: { host: 'evil.example' } }, '', 403],
      ['a name that looks right', { ...post, headers: { host: '127.0.0.1.evil.example:80' } }, '', 403],
      ['a form', { ...post, path: '/faults', headers: { 'content-type': 'text/plain' } }, '[]', 415],
      ['a body without a type', { ...post, path: '/faults' }, '[]', 415],
      ['a type that begins alike', { ...post, path: '/faults', headers: { 'content-type': `${type}x` } }, '[]', 415],
    ])('%s', async (_, request, body, status) => {
      const { controlUrl = '', faults } = await start();
      faults.add({ action: '*', effect: { kind: 'vanish' } });
      expect(await send(controlUrl, request, body)).toBe(status);
      expect(faults.pending).toHaveLength(1);
    });

    it.each<[reason: string, request: RequestOptions, body: string]>([
      ['a program that says localhost', { ...post, headers: { host: 'localhost:1' } }, ''],
      ['a program that says [::1]', { ...post, headers: { host: '[::1]:1' } }, ''],
      ['the address bar', { path: '/', headers: { 'sec-fetch-site': 'none' } }, ''],
      ['a charset', { ...post, path: '/faults', headers: { 'content-type': `${type}; charset=utf-8` } }, '[]'],
    ])('but %s gets in', async (_, request, body) => {
      const { controlUrl = '' } = await start();
      expect(await send(controlUrl, request, body)).toBe(200);
    });
  });

  it('refuses what is no JSON, without repeating it', async () => {
    const { controlUrl = '' } = await start();
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${controlUrl}/faults`, { method: 'POST', headers, body: '{"hush' });
    expect([response.status, await response.json()]).toEqual([400, { error: 'the body is not JSON' }]);
  });
});

/** Send a request with headers that `fetch` does not let through. @returns The status. */
async function send(url: string, options: RequestOptions, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, options, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}
