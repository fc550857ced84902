import type { IncomingMessage } from 'node:http';
import { parseFaultRules } from './faults.js';
import { listen, readBody, type HttpAnswer, type Listener } from './http-listener.js';
import type { ForcedStatuses } from './endpoint.js';
import type { InProcessTwin } from './in-process.js';
import { parseSettingsChange } from './settings.js';

/** Do what a route stands for. @returns The answer's JSON, or `undefined` where the endpoint does not exist. */
type Route = (twin: InProcessTwin, body: unknown, id: string) => unknown;

const DONE = { ok: true };
const MAX_BODY_BYTES = 1024 * 1024;

/** Routes by method and path; `*` stands for the id of an endpoint. */
const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['GET /journal', ({ journal: { requests, effects, counts } }) => ({ requests, effects, counts })],
  ['GET /endpoints', ({ engine }) => ({ endpoints: engine.inspect() })],
  ['POST /endpoints/*', ({ engine }, body, id) => (engine.setEndpoint(id, parseStatuses(body)) ? DONE : undefined)],
  ['DELETE /endpoints/*', ({ engine }, _body, id) => (engine.removeEndpoint(id) ? DONE : undefined)],
  ['GET /faults', ({ faults }) => ({ faults: faults.pending })],
  [
    'POST /faults',
    ({ faults }, body) => {
      faults.add(...parseFaultRules(body));
      return DONE;
    },
  ],
  [
    'DELETE /faults',
    ({ faults }) => {
      faults.clear();
      return DONE;
    },
  ],
  [
    'DELETE /tokens',
    ({ engine }) => {
      engine.forgetTokens();
      return DONE;
    },
  ],
  [
    'POST /clock',
    (twin, body) => {
      const { advanceMs } = (body ?? {}) as { advanceMs?: unknown };
      if (typeof advanceMs !== 'number') throw new TypeError('advanceMs is not a number');
      twin.advance(advanceMs);
      return { now: new Date(twin.now()).toISOString() };
    },
  ],
  [
    'POST /settings',
    ({ engine }, body) => {
      engine.configure(parseSettingsChange(body));
      return DONE;
    },
  ],
]);

/**
 * Open the port from which a twin is steered: faults, clock, settings and endpoints, all as JSON.
 *
 * Whatever is wrong with a request is said in `error`, and nothing of it is done.
 */
export async function startControl(twin: InProcessTwin, port: number): Promise<Listener> {
  return listen(
    port,
    (request) => answerControl(twin, request),
    () => json(400, { error: 'not HTTP' }),
  );
}

async function answerControl(twin: InProcessTwin, request: IncomingMessage): Promise<HttpAnswer> {
  const text = await readBody(request, MAX_BODY_BYTES);
  const [path, id] = splitPath(request.url ?? '/');
  const route = ROUTES.get(`${request.method ?? ''} ${path}`);
  if (route === undefined) return json(404, { error: `there are ${[...ROUTES.keys()].join(', ')}` });
  if (text === undefined) return json(413, { error: 'the body is too large' });
  try {
    const answer = route(twin, text === '' ? undefined : JSON.parse(text), id);
    return answer === undefined ? json(404, { error: `there is no endpoint ${id}` }) : json(200, answer);
  } catch (error) {
    return json(400, { error: error instanceof Error ? error.message : 'malformed' });
  }
}

function splitPath(url: string): [path: string, id: string] {
  const path = url.split('?', 1)[0] ?? '';
  const [, id] = /^\/endpoints\/([\w-]+)$/.exec(path) ?? [];
  return id === undefined ? [path, ''] : ['/endpoints/*', id];
}

function parseStatuses(body: unknown): ForcedStatuses {
  const names = ['EndpointStatus', 'EndpointBusinessStatus', 'ConnectionStatus'];
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new TypeError('the body is not an object');
  for (const [name, value] of Object.entries(body)) {
    if (!names.includes(name)) throw new TypeError(`only ${names.join(', ')} can be forced, not ${name}`);
    if (typeof value !== 'string' || value === '') throw new TypeError(`${name} is not a text`);
  }
  return body;
}

function json(status: number, value: unknown): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json;charset=utf-8' }, body: JSON.stringify(value) };
}
