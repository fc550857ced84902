import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it arrived. */
export interface Arrived {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly form: Readonly<Record<string, string>>;
}

/** Answers one request that arrived whole. */
export type Answering = (response: ServerResponse, arrived: Arrived, request: IncomingMessage) => void;

/** A server without any knowledge of PrivateLink, on a free port of this machine. */
export interface RawServer {
  readonly endpoint: string;
  readonly arrived: readonly Arrived[];
  close(): Promise<void>;
}

/** Answer the n-th request with the n-th script, all later ones with the last. */
export async function startRawServer(...scripts: Answering[]): Promise<RawServer> {
  const arrived: Arrived[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one: Arrived = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        form: Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())),
      };
      arrived.push(one);
      scripts[Math.min(arrived.length, scripts.length) - 1]?.(response, one, request);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** Answer with a body and nothing else. */
export function answering(status: number, body: unknown, headers: Record<string, string> = {}): Answering {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
  };
}
