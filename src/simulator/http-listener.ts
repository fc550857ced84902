import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that listens. */
export interface Listener {
  readonly url: string;
  readonly port: number;
  /** Stop listening and cut every connection. */
  close(): Promise<void>;
}

/** An answer to write, whoever made it. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Only this machine can reach a twin. */
const LOOPBACK = '127.0.0.1';

/** Longer than clients keep idle connections, so that they rarely send on one that is just being closed. */
const KEEP_ALIVE_MS = 60_000;

/**
 * Listen on the loopback address.
 *
 * @param answer - `undefined`, or a rejection, cuts the connection without an answer.
 * @param malformed - Answer to what is not HTTP.
 */
export async function listen(
  port: number,
  answer: (request: IncomingMessage) => Promise<HttpAnswer | undefined>,
  malformed: () => HttpAnswer,
): Promise<Listener> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    answer(request)
      .then((given) => {
        if (given === undefined) request.socket.destroy();
        else write(response, given);
      })
      .catch(() => request.socket.destroy());
  });
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end(rawAnswer(malformed()));
    else socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return { url: `http://${LOOPBACK}:${bound}`, port: bound, close: () => closeServer(server) };
}

/**
 * Read a body, or `undefined` when it is longer than the limit. Rejects when it breaks off.
 *
 * What is too long is read to its end all the same, so that the client gets to read an answer.
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= limitBytes) chunks.push(chunk);
  }
  return length > limitBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

function write(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function rawAnswer({ status, headers, body }: HttpAnswer): string {
  const all = { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Bad Request\r\n${lines.join('')}\r\n${body}`;
}

async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
