import type { IncomingMessage } from 'node:http';
import type { Caller } from '../engine/engine-state.js';
import type { PrivateLinkEngine } from '../engine/engine.js';
import { invalidParameter, missingParameter, Refusal } from '../engine/refusals.js';
import { WorldView } from '../engine/world-view.js';
import { DEFAULT_ACCOUNT, type SimulatorAccount } from '../twin/accounts.js';
import type { FaultPlan } from '../twin/faults.js';
import { createInProcessTwin, type InProcessTwin, type TwinOptions } from '../twin/in-process.js';
import type { Journal, WireFacts } from '../twin/journal.js';
import { jsonAnswer, type TwinAnswer } from '../twin/twin-answer.js';
import { answerCompanion, companionWorldOf, findCompanion, type CompanionWorld } from './companion-calls.js';
import { startControl } from './control-server.js';
import { CredentialStore } from './credentials.js';
import { listen, readBytes, type HttpAnswer, type HttpProblem, type Listener } from './http-listener.js';
import { SignatureVerifier } from './signature-verifier.js';
import { makeTls, type TwinTls } from './tls.js';
import { formAnswer } from './wire-answer.js';
import { readWireRequest, type WireRequest } from './wire-request.js';

/** How to start a simulator; everything has a default. */
export interface SimulatorOptions extends TwinOptions {
  /** Port of the API on 127.0.0.1. Default 0: any free one. */
  readonly port?: number;
  /** Serve HTTPS, too, with a certificate made at start. Default: only where `tlsPort` is given. */
  readonly tls?: boolean;
  /** Port of HTTPS on 127.0.0.1. Default 0: any free one. */
  readonly tlsPort?: number;
  /** Where to write the certificate that clients of HTTPS must trust. Default: a temporary folder, removed at the end. */
  readonly caFile?: string;
  /** Default: the one of the official examples, `testid` with `testsecret`. */
  readonly accounts?: readonly SimulatorAccount[];
  /** What calls of other products on the same address are answered from. Default: the world of the settings. */
  readonly companions?: CompanionWorld;
  /** Open a second port from which the twin is steered; `true`: any free one. Default: none. */
  readonly control?: boolean | number;
  /** Time that signatures are checked against; not touched when the engine's clock is advanced. Default: the real one. */
  readonly signatureNow?: () => number;
  /** Told of an error in the twin itself, which its client gets as InternalError. Default: a warning of the process. */
  readonly onError?: (error: Error) => void;
}

/** A simulator that runs. */
export interface Simulator {
  /** Base address of the API, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** The same over HTTPS, where that was asked for. */
  readonly tlsUrl?: string;
  readonly tlsPort?: number;
  /** Certificate that clients of HTTPS must trust, PEM. */
  readonly caFile?: string;
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

/** What requests are answered from. */
interface Gateway {
  readonly twin: InProcessTwin;
  readonly verifier: SignatureVerifier;
  readonly credentials: CredentialStore;
  readonly world: CompanionWorld;
  onError(error: Error): void;
}

/**
 * Start a PrivateLink twin that speaks HTTP, and HTTPS where asked for, on the loopback address.
 *
 * It takes what RPC clients of both signature versions send: GET or POST, parameters in the query, in a form body or split
 * over both, for whatever host of the cloud. Whatever comes in, the answer is well formed and the server stays up.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const twin = createInProcessTwin(options);
  const credentials = new CredentialStore(options.accounts ?? [DEFAULT_ACCOUNT], () => twin.now());
  const verifier = new SignatureVerifier(
    credentials,
    options.signatureNow ?? Date.now,
    () => twin.engine.settings.switches.expiredTokenStatus,
  );
  const world = options.companions ?? companionWorldOf(() => new WorldView(twin.engine.settings));
  const { onError = (error: Error) => process.emitWarning(error) } = options;
  const gateway: Gateway = { twin, verifier, credentials, world, onError };

  // What fails on the way closes what is open already.
  const opened: { close(): Promise<void> }[] = [];
  const open = async <Opened extends { close(): Promise<void> }>(opening: Promise<Opened>): Promise<Opened> => {
    const one = await opening;
    opened.push(one);
    return one;
  };
  const close = async () => {
    twin.close();
    await Promise.all(opened.map((one) => one.close()));
  };
  try {
    const api = await open(serve(gateway, options.port ?? 0));
    const { tls = options.tlsPort !== undefined, control = false } = options;
    const secure = tls ? await open(makeTls(options.caFile)) : undefined;
    const tlsApi = secure === undefined ? undefined : await open(serve(gateway, options.tlsPort ?? 0, secure));
    const steering =
      control === false ? undefined : await open(startControl(twin, control === true ? 0 : control, onError));
    const { journal, faults } = twin;
    return {
      url: api.url,
      port: api.port,
      ...(tlsApi === undefined ? {} : { tlsUrl: tlsApi.url, tlsPort: tlsApi.port }),
      ...(secure === undefined ? {} : { caFile: secure.caFile }),
      ...(steering === undefined ? {} : { controlUrl: steering.url }),
      get engine() {
        return twin.engine;
      },
      journal,
      faults,
      advance: (ms) => twin.advance(ms),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function serve(gateway: Gateway, port: number, tls?: TwinTls): Promise<Listener> {
  return listen(
    port,
    (message) => answerRequest(gateway, message),
    (problem) => gateway.twin.refuse('', {}, refusalOf(problem)),
    tls?.options,
    (error) => gateway.onError(error),
  );
}

async function answerRequest(gateway: Gateway, message: IncomingMessage): Promise<HttpAnswer | undefined> {
  const { twin } = gateway;
  const body = await readBytes(message, MAX_BODY_BYTES);
  const request = readWireRequest(message, body ?? Buffer.alloc(0));
  const wire: WireFacts = { method: request.method, headers: message.headers };
  const answer = await answerOf(gateway, request, wire, body === undefined).catch((error: unknown) => {
    if (error instanceof Refusal) return twin.refuse(request.action, request.parameters, error, wire);
    gateway.onError(error instanceof Error ? error : new Error(String(error)));
    return twin.refuse(request.action, request.parameters, new Refusal('InternalError'), wire);
  });
  if (answer === 'noResponse') return undefined;
  return formAnswer(answer, request, twin.engine.settings.switches.absentFormat);
}

/** @throws Refusal - As the gateway would refuse the call, whatever its action. */
async function answerOf(
  gateway: Gateway,
  request: WireRequest,
  wire: WireFacts,
  isTooLarge: boolean,
): Promise<TwinAnswer | 'noResponse'> {
  const { action, apiVersion, method, parameters } = request;
  if (isTooLarge) throw new Refusal('RequestEntityTooLarge');
  if (method !== 'GET' && method !== 'POST') throw new Refusal('UnsupportedHTTPMethod');
  if (request.path !== '/') throw new Refusal('InvalidApi.NotFound');
  if (action === '') throw missingParameter('Action');
  if (apiVersion === '') throw missingParameter('Version');
  const companion = findCompanion(apiVersion, action);
  if (apiVersion !== API_VERSION && companion === undefined) throw new Refusal('InvalidApi.NotFound');
  const caller = gateway.verifier.verify(request.claim());
  const { accountId } = caller;
  if (companion === undefined) {
    return gateway.twin.call(action, parameters, accountId, { ...wire, caller: principalOf(caller) });
  }
  const { twin, world, credentials } = gateway;
  const note = twin.journal.received({ at: new Date(twin.now()).toISOString(), action, parameters, accountId, wire });
  const answer = answerCompanion(companion, { parameters, caller, host: request.host }, { world, credentials });
  const { RequestId: requestId, Code: code } = answer.body;
  note({ requestId, status: answer.status, ...(answer.status < 400 || code === undefined ? {} : { code }) });
  return jsonAnswer(answer);
}

/** Sessions of one role are told apart by their name, everything else by its key. */
function principalOf({ arn, accessKeyId, securityToken }: SimulatorAccount): Caller {
  return { principal: arn ?? accessKeyId, sts: securityToken !== undefined };
}

/** Codes for what is no request yet are inferred. */
function refusalOf(problem: HttpProblem): Refusal {
  switch (problem) {
    case 'notHttp':
      return invalidParameter('Format');
    case 'headersTooLarge':
      return new Refusal('RequestHeaderTooLarge');
    case 'timeout':
      return new Refusal('RequestTimeout');
  }
}
