import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { checkClock, checkCloudAddress } from '../../../../src/cli/doctor/cloud-address.js';
import type { CloudConfig } from '../../../../src/config.js';
import { chooseFreePort } from '../../../../src/temporal/free-port.js';
import { startRawServer, type Answering, type RawServer } from '../../privatelink/raw-server.js';

const SERVICE_MS = Date.parse('2026-01-01T12:00:00.000Z');
const MINUTE_MS = 60_000;
const dated =
  (date: string | undefined): Answering =>
  (response) => {
    response.sendDate = false;
    if (date !== undefined) response.setHeader('date', date);
    response.statusCode = 404;
    response.end('{"Code":"InvalidApi.NotFound"}');
  };
const AT_SERVICE_TIME = dated(new Date(SERVICE_MS).toUTCString());

const servers: RawServer[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serving(...scripts: Answering[]): Promise<RawServer> {
  const server = await startRawServer(...scripts);
  servers.push(server);
  return server;
}

const twin = (url: string): CloudConfig => ({ kind: 'twin', url });
const real = (endpoint?: string): CloudConfig => ({ kind: 'real', endpoint, network: 'public' });

function examine(cloud: CloudConfig, options: { regionId?: string; timeoutMs?: number } = {}) {
  const { regionId, timeoutMs = 5_000 } = options;
  return checkCloudAddress(cloud, { regionId, timeoutMs, now: () => SERVICE_MS });
}

describe('the clock of this machine', () => {
  test.each([
    { offMs: 0, verdict: 'pass', seen: 'agrees' },
    { offMs: 999, verdict: 'pass', seen: 'agrees' },
    { offMs: 59_999, verdict: 'pass', seen: 'ahead of' },
    { offMs: MINUTE_MS, verdict: 'warn', seen: '1m ahead of' },
    { offMs: -MINUTE_MS, verdict: 'warn', seen: '1m behind' },
    { offMs: 15 * MINUTE_MS - 1, verdict: 'warn', seen: 'ahead of' },
    { offMs: 15 * MINUTE_MS, verdict: 'fail', seen: '15m ahead of' },
    { offMs: -3 * 60 * MINUTE_MS, verdict: 'fail', seen: '3h behind' },
  ])('$offMs ms off: $verdict', ({ offMs, verdict, seen }) => {
    const check = checkClock(new Date(SERVICE_MS).toUTCString(), SERVICE_MS + offMs);
    expect(check.verdict).toBe(verdict);
    expect(check.seen).toContain(seen);
  });

  test.each([undefined, '', 'yesterday'])('is unknown against the Date %j', (date) => {
    expect(checkClock(date, SERVICE_MS)).toMatchObject({ check: 'clock', verdict: 'unknown' });
  });

  test('is held against the answer of the address itself', async () => {
    const late = await serving(dated(new Date(SERVICE_MS - 20 * MINUTE_MS).toUTCString()));
    expect(await examine(twin(late.endpoint))).toMatchObject([
      { check: 'cloud', verdict: 'pass' },
      { check: 'address', verdict: 'pass' },
      { check: 'clock', verdict: 'fail', exit: 'denied' },
    ]);
    const silent = await serving(dated(undefined));
    expect((await examine(twin(silent.endpoint))).at(-1)).toMatchObject({ verdict: 'unknown' });
  });
});

describe('the address of PrivateLink', () => {
  test('is asked without anything that authenticates', async () => {
    const server = await serving(AT_SERVICE_TIME);
    const checks = await examine(twin(server.endpoint));
    expect(checks.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass']);
    expect(checks[1]?.seen).toContain(`${server.endpoint} answered HTTP 404`);
    expect(server.arrived).toHaveLength(1);
    expect(server.arrived[0]).toMatchObject({ method: 'GET', url: '/', form: {} });
    expect(Object.keys(server.arrived[0]?.headers ?? {}).sort()).toEqual(['connection', 'host']);
  });

  test('is asked directly, whatever proxies the environment names', async () => {
    const proxy = await serving(AT_SERVICE_TIME);
    const server = await serving(AT_SERVICE_TIME);
    for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY']) vi.stubEnv(name, proxy.endpoint);
    await examine(real(server.endpoint));
    expect(server.arrived).toHaveLength(1);
    expect(proxy.arrived).toEqual([]);
  });

  test('says TWIN or REAL', async () => {
    const server = await serving(AT_SERVICE_TIME);
    expect((await examine(twin(server.endpoint)))[0]?.seen).toMatch(/^TWIN/);
    expect((await examine(real(server.endpoint)))[0]?.seen).toMatch(/^REAL/);
  });

  test('is that of a region: without one nothing is asked', async () => {
    expect(await examine(real())).toMatchObject([
      { check: 'cloud', verdict: 'pass' },
      { check: 'address', verdict: 'skipped' },
      { check: 'clock', verdict: 'skipped' },
    ]);
  });

  test.each([
    { name: 'twin', cloud: twin, advice: /pvlctl simulator.*PVL_TWIN_URL/ },
    { name: 'cloud', cloud: real, advice: /directly.*proxies/ },
  ])('of a $name where nothing listens fails', async ({ cloud, advice }) => {
    const [, address, clock] = await examine(cloud(`http://127.0.0.1:${await chooseFreePort()}`));
    expect(address).toMatchObject({
      verdict: 'fail',
      exit: 'unreachable',
      advice: expect.stringMatching(advice) as string,
    });
    expect(clock).toMatchObject({ verdict: 'unknown' });
  });

  test('that does not answer in time fails', async () => {
    const hanging: IncomingMessage[] = [];
    const server = await serving((_response, _arrived, request) => hanging.push(request));
    const [, address] = await examine(real(server.endpoint), { timeoutMs: 50 });
    expect(address).toMatchObject({
      verdict: 'fail',
      seen: expect.stringContaining('no answer within 50ms') as string,
    });
  });

  test('whose name nobody knows fails with the name', async () => {
    const [, address] = await examine(real('https://privatelink.invalid'));
    expect(address?.verdict).toBe('fail');
    expect(address?.seen).toMatch(/the name privatelink\.invalid cannot be resolved/);
  });

  test('that speaks no TLS fails with the reason', async () => {
    const server = await serving(AT_SERVICE_TIME);
    const [, address] = await examine(real(server.endpoint.replace('http:', 'https:')));
    expect(address?.seen).toMatch(/the TLS handshake failed \(\w+\)/);
  });
});
