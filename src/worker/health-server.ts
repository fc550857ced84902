import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the health endpoint says. */
export interface Health {
  readonly healthy: boolean;
  readonly [field: string]: unknown;
}

/** A running health endpoint. */
export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serve `GET /healthz`: 200 while the worker polls, 503 when it does not, a JSON body either way.
 *
 * It says nothing of the Temporal server: restarting a worker does not bring that back.
 *
 * @param address - `host:port`; port 0 takes a free one.
 */
export async function serveHealth(address: string, health: () => Health): Promise<HealthServer> {
  const split = address.lastIndexOf(':');
  const host = address.slice(0, split).replace(/^\[(.*)\]$/, '$1');
  const server = createServer((request, response) => {
    if (request.url?.split('?')[0] !== '/healthz') {
      response.writeHead(404).end();
      return;
    }
    const state = health();
    response.writeHead(state.healthy ? 200 : 503, { 'content-type': 'application/json' }).end(JSON.stringify(state));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(Number(address.slice(split + 1)), host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}/healthz`, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
