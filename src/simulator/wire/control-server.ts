import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { InProcessTwin } from '../twin/in-process.js';
import { CONTROL_ROUTES, type ControlRoute } from './control-routes.js';
import { listen, readBody, type HttpAnswer, type Listener } from './http-listener.js';

const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Open the port from which a twin is steered: faults, clock, settings, endpoints and journal, all as JSON.
 *
 * Whatever is wrong with a request is said in `error`, and nothing of it is done. Pages that a browser shows cannot steer
 * a twin: their requests are refused.
 *
 * @param onError - Told of an error in the twin itself, which the caller gets as 500.
 */
export async function startControl(
  twin: InProcessTwin,
  port: number,
  onError: (error: Error) => void = (error) => process.emitWarning(error),
): Promise<Listener> {
  return listen(
    port,
    (request) => answerControl(twin, request, onError),
    () => failure(400, 'not HTTP'),
    undefined,
    onError,
  );
}

async function answerControl(
  twin: InProcessTwin,
  request: IncomingMessage,
  onError: (error: Error) => void,
): Promise<HttpAnswer> {
  const text = await readBody(request, MAX_BODY_BYTES);
  const { method = '', headers, url = '/' } = request;
  const refused = refusalOfCaller(headers);
  if (refused !== undefined) return failure(403, refused);
  if (text === undefined) return failure(413, 'the body is too large');
  if (text !== '' && !isJson(headers)) return failure(415, 'the body is not of the type application/json');

  const [path = '', search = ''] = url.split(/\?(.*)/s);
  const there = CONTROL_ROUTES.filter((route) => idIn(path, route) !== undefined);
  const route = there.find((candidate) => candidate.method === method);
  if (there.length === 0) return failure(404, `there is no ${path}; GET / lists what there is`);
  if (route === undefined) return methodRefused(path, there);
  const id = idIn(path, route) ?? '';
  try {
    const body: unknown = text === '' ? undefined : parseJson(text);
    const answer = route.run({ twin, body, id, query: new URLSearchParams(search) });
    return answer === undefined ? failure(404, `there is nothing with the id ${id}`) : json(200, answer);
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return failure(400, error.message);
    const failed = error instanceof Error ? error : new Error(String(error));
    onError(failed);
    return failure(500, `the twin failed: ${failed.message}`);
  }
}

/**
 * Why a caller is not let in, if it is not.
 *
 * A browser names the page that a request comes from. A page whose name was made to lead to this machine shows in Host.
 */
function refusalOfCaller(headers: IncomingHttpHeaders): string | undefined {
  const site = headers['sec-fetch-site'];
  if (headers.origin !== undefined || (site !== undefined && site !== 'none')) {
    return 'requests of web pages are refused';
  }
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  return ['127.0.0.1', 'localhost', '[::1]'].includes(host.toLowerCase())
    ? undefined
    : 'Host has to be 127.0.0.1 or localhost';
}

/** Pages can send forms and plain text without asking first, but not this. */
function isJson(headers: IncomingHttpHeaders): boolean {
  return /^application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? '');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TypeError('the body is not JSON');
  }
}

/** The id in a path, empty where the route has none, or `undefined` where the path is not of this route. */
function idIn(path: string, { path: pattern }: ControlRoute): string | undefined {
  if (!pattern.endsWith('*')) return path === pattern ? '' : undefined;
  const start = pattern.slice(0, -1);
  const id = path.slice(start.length);
  return path.startsWith(start) && /^[\w.-]+$/.test(id) ? id : undefined;
}

function methodRefused(path: string, there: readonly ControlRoute[]): HttpAnswer {
  const allowed = there.map(({ method }) => method).join(', ');
  const { headers, ...answer } = failure(405, `${path} takes ${allowed}`);
  return { ...answer, headers: { ...headers, allow: allowed } };
}

function failure(status: number, error: string): HttpAnswer {
  return json(status, { error });
}

function json(status: number, value: unknown): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json;charset=utf-8' }, body: JSON.stringify(value) };
}
