import { afterEach, describe, expect, it } from 'vitest';
import { serveHealth, type Health, type HealthServer } from '../../../src/worker/health-server.js';

let open: HealthServer[] = [];

afterEach(async () => {
  await Promise.all(open.map((server) => server.close()));
  open = [];
});

async function serve(health: () => Health, address = '127.0.0.1:0'): Promise<HealthServer> {
  const server = await serveHealth(address, health);
  open.push(server);
  return server;
}

describe('the health endpoint', () => {
  it.each([
    { healthy: true, status: 200 },
    { healthy: false, status: 503 },
  ])('answers $status when healthy is $healthy, with a JSON body either way', async ({ healthy, status }) => {
    const { url } = await serve(() => ({ healthy, version: '1.2.3', workers: [{ state: 'RUNNING' }] }));
    const response = await fetch(url);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({ healthy, version: '1.2.3', workers: [{ state: 'RUNNING' }] });
  });

  it('asks anew each time', async () => {
    let healthy = true;
    const { url } = await serve(() => ({ healthy }));
    expect((await fetch(url)).status).toBe(200);
    healthy = false;
    expect((await fetch(url)).status).toBe(503);
  });

  it('does not mind a query', async () => {
    const { url } = await serve(() => ({ healthy: true }));
    expect((await fetch(`${url}?from=probe`)).status).toBe(200);
  });

  it.each(['/', '/health', '/healthz/', '/metrics', '//healthz'])('answers 404 to %s', async (path) => {
    const { url } = await serve(() => ({ healthy: true }));
    const response = await fetch(url.replace('/healthz', path));
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('');
  });

  it('takes a free port for port 0 and names it, also over IPv6', async () => {
    const four = await serve(() => ({ healthy: true }));
    expect(four.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*\/healthz$/);
    const six = await serve(() => ({ healthy: true }), '[::1]:0');
    expect(six.url).toMatch(/^http:\/\/\[::1\]:[1-9]\d*\/healthz$/);
    expect((await fetch(six.url)).status).toBe(200);
  });

  it('is refused on a port that is taken', async () => {
    const { url } = await serve(() => ({ healthy: true }));
    await expect(serveHealth(new URL(url).host, () => ({ healthy: true }))).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });

  it('is gone once it is closed, even with a connection open', async () => {
    const server = await serveHealth('127.0.0.1:0', () => ({ healthy: true }));
    await fetch(server.url);
    await server.close();
    await expect(fetch(server.url)).rejects.toThrow();
  });
});
