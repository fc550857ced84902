import type { IncomingMessage } from 'node:http';
import { startControl } from './control-server.js';
import type { PrivateLinkEngine } from './engine.js';
import type { FaultPlan } from './faults.js';
import { listen, readBody, type HttpAnswer } from './http-listener.js';
import { createInProcessTwin, type InProcessTwin, type TwinOptions } from './in-process.js';
import type { Journal } from './journal.js';
import type { WireParameters } from './parameters.js';
import { invalidParameter, missingParameter, Refusal } from './refusals.js';
import { DEFAULT_ACCOUNT, SignatureVerifier, type SimulatorAccount } from './signature.js';

/** How to start a simulator; everything has a default. */
export interface SimulatorOptions extends TwinOptions {
  /** Port of the API on 127.0.0.1. Default 0: any free one. */
  readonly port?: number;
  /** Default: the one of the official examples, `testid` with `testsecret`. */
  readonly accounts?: readonly SimulatorAccount[];
  /** Open a second port from which the twin is steered; `true`: any free one. Default: none. */
  readonly control?: boolean | number;
  /** Time that signatures are checked against; not touched when the engine's clock is advanced. Default: the real one. */
  readonly signatureNow?: () => number;
}

/** A simulator that runs. */
export interface Simulator {
  /** Base address of the API, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Base address of the control port, where one was asked for. */
  readonly controlUrl?: string;
  readonly engine: PrivateLinkEngine;
  readonly journal: Journal;
  readonly faults: FaultPlan;
  /** Turn the engine's clock forward. */
  advance(ms: number): void;
  /** Stop at once. Calls that wait in a delay get no answer, and those not executed yet never are. */
  close(): Promise<void>;
}

const API_VERSION = '2020-04-15';
const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Start a PrivateLink twin that speaks HTTP on the loopback address.
 *
 * It takes what RPC clients of signature version 1 send: GET or POST, parameters in the query, in a form body or split
 * over both. Whatever comes in, the answer is well formed and the server stays up.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const twin = createInProcessTwin(options);
  const verifier = new SignatureVerifier(options.accounts ?? [DEFAULT_ACCOUNT], options.signatureNow ?? Date.now, () =>
    twin.now(),
  );
  const api = await listen(
    options.port ?? 0,
    (request) => answerRequest(twin, verifier, request),
    () => twin.refuse('', {}, invalidParameter('Format')),
  );
  const { control = false } = options;
  const steering = control === false ? undefined : await startControl(twin, control === true ? 0 : control);
  const { engine, journal, faults } = twin;
  return {
    url: api.url,
    port: api.port,
    ...(steering === undefined ? {} : { controlUrl: steering.url }),
    engine,
    journal,
    faults,
    advance: (ms) => twin.advance(ms),
    close: async () => {
      twin.close();
      await Promise.all([api.close(), steering?.close()]);
    },
  };
}

async function answerRequest(
  twin: InProcessTwin,
  verifier: SignatureVerifier,
  request: IncomingMessage,
): Promise<HttpAnswer | undefined> {
  const body = await readBody(request, MAX_BODY_BYTES);
  const parameters = parametersOf(request, body ?? '');
  try {
    if (body === undefined) throw new Refusal('RequestEntityTooLarge', 'The request body is too large.', 413);
    const action = parameters['Action'] ?? '';
    const { accountId } = checkEnvelope(verifier, request, parameters);
    const answer = await twin.call(action, parameters, accountId);
    return answer === 'noResponse' ? undefined : answer;
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal('InternalError');
    return twin.refuse(parameters['Action'] ?? '', parameters, refusal);
  }
}

/** Check what the gateway checks of every call, whatever its action, and find out who calls. */
function checkEnvelope(
  verifier: SignatureVerifier,
  request: IncomingMessage,
  parameters: WireParameters,
): SimulatorAccount {
  const { method = '', url = '/' } = request;
  if (method !== 'GET' && method !== 'POST') throw new Refusal('UnsupportedHTTPMethod');
  if (url.split('?', 1)[0] !== '/') throw new Refusal('InvalidApi.NotFound');
  for (const name of ['Action', 'Version']) {
    if ((parameters[name] ?? '') === '') throw missingParameter(name);
  }
  if (parameters['Version'] !== API_VERSION) throw new Refusal('InvalidApi.NotFound');
  return verifier.verify(method, parameters);
}

/** Parameters of query and form body together; a name that stands in both counts once, as it is in the body. */
function parametersOf(request: IncomingMessage, body: string): WireParameters {
  const [, query = ''] = /\?(.*)$/s.exec(request.url ?? '') ?? [];
  const type = request.headers['content-type'] ?? '';
  const isForm = type === '' || type.toLowerCase().startsWith('application/x-www-form-urlencoded');
  return Object.fromEntries([...new URLSearchParams(query), ...(isForm ? new URLSearchParams(body) : [])]);
}
