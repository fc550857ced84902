import type { ForcedStatuses } from '../engine/endpoint.js';
import { parseSettingsChange } from '../engine/settings.js';
import { isObject } from '../twin/checks.js';
import { parseFaultRules } from '../twin/fault-rules.js';
import type { InProcessTwin } from '../twin/in-process.js';
import { queryJournal } from '../twin/journal-query.js';

/** A request to the control port that was let in. */
export interface ControlRequest {
  readonly twin: InProcessTwin;
  /** The body's JSON; `undefined` where there is none. */
  readonly body: unknown;
  /** The last part of a path that ends with an id. */
  readonly id: string;
  readonly query: URLSearchParams;
}

/** One thing that the control port does. */
export interface ControlRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `*` stands for an id. */
  readonly path: string;
  readonly does: string;
  /**
   * @returns The answer's JSON, or `undefined` where there is nothing of this id.
   * @throws TypeError, RangeError - Something is wrong with the request; nothing of it was done.
   */
  readonly run: (request: ControlRequest) => unknown;
}

const DONE = { ok: true };

/** Everything that the control port does. */
export const CONTROL_ROUTES: readonly ControlRoute[] = [
  {
    method: 'GET',
    path: '/',
    does: 'list these routes',
    run: () => ({ routes: CONTROL_ROUTES.map(({ method, path, does }) => ({ method, path, does })) }),
  },
  {
    method: 'GET',
    path: '/journal',
    does: 'what was asked, what happened and counts; filters: those of both parts',
    run: ({ twin: { journal }, query }) => ({
      ...queryJournal(journal, query, ['requests', 'effects']),
      counts: journal.counts,
    }),
  },
  {
    method: 'GET',
    path: '/journal/requests',
    does: 'requests; filters: action, account, region, EndpointId, ServiceId, code, status, fault (kind or id), since, limit',
    run: ({ twin: { journal }, query }) => queryJournal(journal, query, ['requests']),
  },
  {
    method: 'GET',
    path: '/journal/effects',
    does: 'effects; filters: kind, action, account, region, EndpointId, ServiceId, since, limit',
    run: ({ twin: { journal }, query }) => queryJournal(journal, query, ['effects']),
  },
  {
    method: 'GET',
    path: '/journal/counts',
    does: 'how many requests named each action',
    run: ({ twin }) => ({ counts: twin.journal.counts }),
  },
  {
    method: 'DELETE',
    path: '/journal',
    does: 'empty the journal',
    run: ({ twin }) => done(() => twin.journal.clear()),
  },
  { method: 'GET', path: '/faults', does: 'faults still to come', run: ({ twin }) => ({ faults: twin.faults.list() }) },
  {
    method: 'POST',
    path: '/faults',
    does: 'add a fault, or a list of them',
    run: addFaults,
  },
  { method: 'DELETE', path: '/faults', does: 'forget all faults', run: ({ twin }) => done(() => twin.faults.clear()) },
  { method: 'GET', path: '/faults/*', does: 'one fault', run: ({ twin, id }) => twin.faults.find(id) },
  {
    method: 'DELETE',
    path: '/faults/*',
    does: 'forget one fault',
    run: ({ twin, id }) => (twin.faults.remove(id) ? DONE : undefined),
  },
  {
    method: 'GET',
    path: '/clock',
    does: 'the time of the twin',
    run: ({ twin }) => ({ now: new Date(twin.now()).toISOString() }),
  },
  { method: 'POST', path: '/clock', does: 'turn the clock forward by advanceMs', run: advanceClock },
  {
    method: 'GET',
    path: '/settings',
    does: 'settings',
    run: ({ twin }) => ({ settings: inJson(twin.engine.settings) }),
  },
  {
    method: 'POST',
    path: '/settings',
    does: 'change settings; what exists keeps what held when it was made',
    run: ({ twin, body }) => done(() => twin.engine.configure(parseSettingsChange(body))),
  },
  {
    method: 'GET',
    path: '/endpoints',
    does: 'endpoints that exist',
    run: ({ twin }) => ({ endpoints: twin.engine.inspect() }),
  },
  {
    method: 'GET',
    path: '/endpoints/*',
    does: 'one endpoint',
    run: ({ twin, id }) => twin.engine.inspect().find(({ EndpointId }) => EndpointId === id),
  },
  {
    method: 'POST',
    path: '/endpoints/*',
    does: 'force EndpointStatus, EndpointBusinessStatus or ConnectionStatus',
    run: ({ twin, body, id }) => (twin.engine.setEndpoint(id, parseStatuses(body)) ? DONE : undefined),
  },
  {
    method: 'DELETE',
    path: '/endpoints/*',
    does: 'let an endpoint vanish',
    run: ({ twin, id }) => (twin.engine.removeEndpoint(id) ? DONE : undefined),
  },
  {
    method: 'DELETE',
    path: '/tokens',
    does: 'forget the answers under all ClientTokens',
    run: ({ twin }) => done(() => twin.engine.forgetTokens()),
  },
  {
    method: 'POST',
    path: '/reset',
    does: 'go back to the start: state, settings, faults, journal and clock',
    run: ({ twin }) => done(() => twin.reset()),
  },
];

function done(act: () => void): typeof DONE {
  act();
  return DONE;
}

function addFaults({ twin: { faults }, body }: ControlRequest): unknown {
  const rules = parseFaultRules(body);
  faults.add(...rules);
  const added = rules.length === 0 ? [] : faults.list().slice(-rules.length);
  return { ...DONE, ids: added.map(({ id }) => id) };
}

function advanceClock({ twin, body }: ControlRequest): unknown {
  if (!isObject(body) || typeof body['advanceMs'] !== 'number') throw new TypeError('advanceMs is not a number');
  twin.advance(body['advanceMs']);
  return { now: new Date(twin.now()).toISOString() };
}

function parseStatuses(body: unknown): ForcedStatuses {
  const names = ['EndpointStatus', 'EndpointBusinessStatus', 'ConnectionStatus'];
  if (!isObject(body)) throw new TypeError('the body is not an object');
  for (const [name, value] of Object.entries(body)) {
    if (!names.includes(name)) throw new TypeError(`only ${names.join(', ')} can be forced, not ${name}`);
    if (typeof value !== 'string' || value === '') throw new TypeError(`${name} is not a text`);
  }
  return body;
}

/** As settings are written: JSON has no Infinity. */
function inJson(settings: unknown): unknown {
  return JSON.parse(JSON.stringify(settings, (_name, value: unknown) => (value === Infinity ? 'Infinity' : value)));
}
