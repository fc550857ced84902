import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket, type TlsOptions } from 'node:tls';

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
  /** The headers go out at once, and the body drips over this time. */
  readonly bodyOverMs?: number;
  /** The connection breaks after so many bytes of the body, and before its last. */
  readonly cutAfterBytes?: number;
}

/** What can be wrong with a request before it is one. */
export type HttpProblem = 'notHttp' | 'headersTooLarge' | 'timeout';

/** Only this machine can reach a twin. */
const LOOPBACK = '127.0.0.1';

/** Longer than clients keep idle connections, so that they rarely send on one that is just being closed. */
const KEEP_ALIVE_MS = 60_000;

/** Of request line and headers. As much as a body may have: clients put every parameter in the query. */
const MAX_HEADER_BYTES = 1024 * 1024;

/** Pieces in which a body drips. */
const DRIPS = 20;

/**
 * Listen on the loopback address.
 *
 * @param answer - `undefined`, or a rejection, cuts the connection without an answer; `onError` is told of a rejection.
 * @param malformed - Answer to what is no HTTP request.
 * @param tls - Key and certificate: listen for HTTPS.
 * @param onError - Told of what broke an answer on our side. A client that goes before its request is whole is no error.
 */
export async function listen(
  port: number,
  answer: (request: IncomingMessage) => Promise<HttpAnswer | undefined>,
  malformed: (problem: HttpProblem) => HttpAnswer,
  tls?: TlsOptions,
  onError: (error: Error) => void = (error) => process.emitWarning(error),
): Promise<Listener> {
  // Without the last, Node itself answers a request that names no host, and with nothing.
  const settings = { keepAliveTimeout: KEEP_ALIVE_MS, maxHeaderSize: MAX_HEADER_BYTES, requireHostHeader: false };
  const server = tls === undefined ? createServer(settings) : createTlsServer({ ...settings, ...tls });
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request)
      .then((given) => {
        if (given === undefined) reset(request.socket);
        else write(response, given);
      })
      .catch((error: unknown) => {
        if (request.complete) onError(error instanceof Error ? error : new Error(String(error)));
        reset(request.socket);
      });
  };
  server.on('request', onRequest);
  // An Expect header that Node does not know is none of our business, and CONNECT is no request for an API.
  server.on('checkExpectation', onRequest);
  server.on('connect', (_request, socket) => socket.end(rawAnswer(malformed('notHttp'))));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (socket.writable) socket.end(rawAnswer(malformed(problemOf(error))));
    else socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  const scheme = tls === undefined ? 'http' : 'https';
  return { url: `${scheme}://${LOOPBACK}:${bound}`, port: bound, close: () => closeServer(server) };
}

/** Read a body as text. See {@link readBytes}. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<string | undefined> {
  return (await readBytes(request, limitBytes))?.toString('utf8');
}

/**
 * Read a body, or `undefined` when it is longer than the limit. Rejects when it breaks off.
 *
 * What is too long is read to its end all the same, so that the client gets to read an answer.
 */
export async function readBytes(request: IncomingMessage, limitBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= limitBytes) chunks.push(chunk);
  }
  return length > limitBytes ? undefined : Buffer.concat(chunks);
}

function write(response: ServerResponse, { status, headers, body, bodyOverMs, cutAfterBytes }: HttpAnswer): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': bytes.length });
  if (cutAfterBytes !== undefined) cut(response, bytes.subarray(0, Math.min(cutAfterBytes, bytes.length - 1)));
  else if (bodyOverMs !== undefined) drip(response, bytes, bodyOverMs);
  else response.end(bytes);
}

/** Break a connection with a reset, as far as its kind allows: over TLS it is closed without a word. */
function reset(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}

/** Send the headers and these bytes, then break the connection. */
function cut(response: ServerResponse, bytes: Buffer): void {
  response.flushHeaders();
  if (bytes.length > 0) response.write(bytes);
  response.socket?.destroySoon();
}

function drip(response: ServerResponse, bytes: Buffer, overMs: number): void {
  response.flushHeaders();
  const size = Math.max(1, Math.ceil(bytes.length / DRIPS));
  let sent = 0;
  const timer = setInterval(
    () => {
      response.write(bytes.subarray(sent, sent + size));
      sent += size;
      if (sent >= bytes.length) response.end();
    },
    overMs / Math.ceil(bytes.length / size),
  );
  // Also when the client goes, or the server is closed.
  response.once('close', () => clearInterval(timer));
}

function problemOf({ code }: NodeJS.ErrnoException): HttpProblem {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headersTooLarge';
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'timeout' : 'notHttp';
}

function rawAnswer({ status, headers, body }: HttpAnswer): string {
  const all = { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}\r\n${lines.join('')}\r\n${body}`;
}

async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
