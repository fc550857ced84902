import { afterEach, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../../src/simulator/index.js';
import { ACCOUNT, REGION, seededRandom, VALID_CREATE } from './fixture.js';

let simulator: Simulator | undefined;
afterEach(async () => {
  await simulator?.close();
  simulator = undefined;
});

async function start() {
  const started = await startSimulator({ control: true, random: seededRandom() });
  simulator = started;
  const control = async (method: string, path: string, body?: unknown) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
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
    expect(await control('POST', '/faults', [rule, rule])).toEqual({ status: 200, body: { ok: true } });
    expect((await control('GET', '/faults')).body).toEqual({ faults: [rule, rule] });
    await control('DELETE', '/faults');
    expect(faults.pending).toEqual([]);
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
    expect((await control('GET', '/journal')).body).toMatchObject({
      requests: [{ action: '', code: 'MissingAction' }],
      effects: [{ kind: 'created', EndpointId: id, ClientToken: 't-1' }],
      counts: { '': 1 },
    });
  });

  const refused: [method: string, path: string, body: unknown, status: number, named: string][] = [
    ['GET', '/nothing', undefined, 404, '/journal'],
    ['PUT', '/faults', {}, 404, '/journal'],
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
});
