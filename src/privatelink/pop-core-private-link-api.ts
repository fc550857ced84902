import http from 'node:http';
import https from 'node:https';
import {
  CredentialsUnavailableError,
  DEFAULT_CREDENTIALS_TIMEOUT_MS,
  fetchCredentials,
  type Credentials,
  type CredentialsSource,
} from './credentials.js';
import type { ErrorClass } from '../model/error-class.js';
import { checkedTimeoutMs, withDeadline } from './deadline.js';
import { checkedEndpoint } from './endpoint-address.js';
import { flattenParameters } from './parameters.js';
import type { JsonObject } from './plain-json.js';
import { callPopCore, type PopCoreAnswer } from './pop-core-client.js';
import { PrivateLinkError, type CallParameters, type PrivateLinkApi } from './port.js';
import { privateLinkApiOver } from './private-link-api-over.js';
import { readParsedAnswer } from './read-answer.js';
import { redact } from './redaction.js';
import { readTransportFailure, timedOut } from './transport-failure.js';

/** One HTTP request that was sent, and how it ended. Nothing of the request and of its answer but this is told. */
export interface SentCall {
  readonly action: string;
  /** The service's code, or one of the `transport` codes of the catalogue; absent for a success. */
  readonly code?: string;
  /** Absent for a success. */
  readonly class?: ErrorClass;
  /** Until the last byte of the answer, in milliseconds. */
  readonly durationMs: number;
}

/** How to reach PrivateLink. */
export interface PopCoreOptions {
  /** `https://…`, or `http://…` of a loopback address. See `endpointFor`. */
  readonly endpoint: string;
  readonly credentials: CredentialsSource;
  /** From the first byte to the last of the answer, a repetition with a new signature included. 10 s by default. */
  readonly timeoutMs?: number | undefined;
  /** For fetching credentials before that. 10 s by default. A call takes at most both together. */
  readonly credentialsTimeoutMs?: number | undefined;
  /** Who calls, such as `durable-privatelink/1.0`: printable ASCII. */
  readonly userAgent?: string | undefined;
  /** Told of each HTTP request when it has ended, a repetition with a new signature included. */
  readonly onCall?: ((call: SentCall) => void) | undefined;
}

/** HTTP time-out that leaves a slow create time to answer; pop-core's own 3 s do not. */
export const DEFAULT_TIMEOUT_MS = 10_000;

/** Connections to one host; calls beyond that wait inside their own time. */
const MAX_CONNECTIONS = 128;

/** Idle connections are closed by us before the service does it: a call sent into a closing one is lost, and unknown. */
const IDLE_CONNECTION_MS = 15_000;

/** Refusals that speak of the credentials: a repaired file or a new role session is looked for at the next call. */
const STALE_CREDENTIALS =
  /^(?:InvalidAccessKeyId\b.*|SignatureDoesNotMatch|IncompleteSignature|InvalidSecurityToken\b.*|MissingSecurityToken)$/;

/**
 * PrivateLink over HTTPS, by @alicloud/pop-core.
 *
 * Calls are POST, signed for each attempt with credentials asked for this call; without credentials nothing is sent. It
 * does not repeat calls, with two exceptions that were certainly not executed: `InvalidTimeStamp.Expired` is signed anew
 * once, `InvalidSecurityToken.Expired` is signed once with fresh credentials where there are any.
 *
 * Errors are {@link PrivateLinkError} only and hold no credential. Beware of DEBUG=httpx:* in the environment: it makes
 * a library below print whole requests.
 */
export class PopCorePrivateLinkApi implements PrivateLinkApi {
  readonly #endpoint: string;
  readonly #credentials: CredentialsSource;
  readonly #timeoutMs: number;
  readonly #credentialsTimeoutMs: number;
  readonly #userAgent: string | undefined;
  readonly #onCall: PopCoreOptions['onCall'];
  readonly #agent: http.Agent;
  readonly #api = privateLinkApiOver((action, parameters) => this.#send(action, parameters));

  /** @throws RangeError - An option is refused; nothing of the credentials is quoted. */
  constructor(options: PopCoreOptions) {
    this.#endpoint = checkedEndpoint(options.endpoint);
    this.#credentials = options.credentials;
    this.#timeoutMs = checkedTimeoutMs('timeoutMs', options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    this.#credentialsTimeoutMs = checkedTimeoutMs(
      'credentialsTimeoutMs',
      options.credentialsTimeoutMs ?? DEFAULT_CREDENTIALS_TIMEOUT_MS,
    );
    if (options.userAgent !== undefined && !/^[\x20-\x7e]{1,200}$/.test(options.userAgent)) {
      throw new RangeError('userAgent must be 1 to 200 printable ASCII characters');
    }
    this.#userAgent = options.userAgent;
    this.#onCall = options.onCall;
    const pool = { keepAlive: true, maxSockets: MAX_CONNECTIONS, timeout: IDLE_CONNECTION_MS };
    this.#agent = this.#endpoint.startsWith('https:') ? new https.Agent(pool) : new http.Agent(pool);
  }

  createVpcEndpoint(...call: Parameters<PrivateLinkApi['createVpcEndpoint']>) {
    return this.#api.createVpcEndpoint(...call);
  }

  getVpcEndpointAttribute(...call: Parameters<PrivateLinkApi['getVpcEndpointAttribute']>) {
    return this.#api.getVpcEndpointAttribute(...call);
  }

  listVpcEndpoints(...call: Parameters<PrivateLinkApi['listVpcEndpoints']>) {
    return this.#api.listVpcEndpoints(...call);
  }

  listVpcEndpointServicesByEndUser(...call: Parameters<PrivateLinkApi['listVpcEndpointServicesByEndUser']>) {
    return this.#api.listVpcEndpointServicesByEndUser(...call);
  }

  listVpcEndpointZones(...call: Parameters<PrivateLinkApi['listVpcEndpointZones']>) {
    return this.#api.listVpcEndpointZones(...call);
  }

  deleteVpcEndpoint(...call: Parameters<PrivateLinkApi['deleteVpcEndpoint']>) {
    return this.#api.deleteVpcEndpoint(...call);
  }

  removeZoneFromVpcEndpoint(...call: Parameters<PrivateLinkApi['removeZoneFromVpcEndpoint']>) {
    return this.#api.removeZoneFromVpcEndpoint(...call);
  }

  enableVpcEndpointConnection(...call: Parameters<PrivateLinkApi['enableVpcEndpointConnection']>) {
    return this.#api.enableVpcEndpointConnection(...call);
  }

  getVpcEndpointConnection(...call: Parameters<PrivateLinkApi['getVpcEndpointConnection']>) {
    return this.#api.getVpcEndpointConnection(...call);
  }

  /** Close the connections. Calls still under way end as unknown. */
  close(): void {
    this.#agent.destroy();
  }

  async #send(action: string, parameters: CallParameters): Promise<JsonObject> {
    const flat = flattenParameters(parameters, action);
    const credentials = await this.#credentialsFor(action, this.#credentialsTimeoutMs);
    const endsAt = performance.now() + this.#timeoutMs;
    try {
      return await this.#sendTold(action, flat, credentials, this.#timeoutMs);
    } catch (error) {
      if (!(error instanceof PrivateLinkError)) throw error;
      if (STALE_CREDENTIALS.test(error.code)) this.#credentials.refresh?.();
      const next = await this.#credentialsForRepetition(error, credentials, endsAt);
      const remainingMs = Math.floor(endsAt - performance.now());
      if (next === undefined || remainingMs < 1) throw error;
      return await this.#sendTold(action, flat, next, remainingMs);
    }
  }

  /** Credentials to sign a refused call with once more, or `undefined` where that would change nothing. */
  async #credentialsForRepetition(
    refusal: PrivateLinkError,
    used: Credentials,
    endsAt: number,
  ): Promise<Credentials | undefined> {
    if (refusal.code === 'InvalidTimeStamp.Expired') return used;
    if (refusal.code !== 'InvalidSecurityToken.Expired' || this.#credentials.refresh === undefined) return undefined;
    const remainingMs = Math.max(1, Math.floor(endsAt - performance.now()));
    try {
      const fresh = await this.#credentialsFor(refusal.answer.action, remainingMs);
      return fresh.securityToken === used.securityToken ? undefined : fresh;
    } catch {
      // What the service said tells more than that there was nothing newer.
      return undefined;
    }
  }

  async #credentialsFor(action: string, timeoutMs: number): Promise<Credentials> {
    try {
      return await fetchCredentials(this.#credentials, timeoutMs);
    } catch (error) {
      const reason = error instanceof CredentialsUnavailableError ? redact(error.message) : 'No credentials';
      throw new PrivateLinkError({ action, code: 'CredentialsUnavailable', message: `${reason}. Nothing was sent.` });
    }
  }

  async #sendTold(
    action: string,
    parameters: Readonly<Record<string, string>>,
    credentials: Credentials,
    timeoutMs: number,
  ): Promise<JsonObject> {
    const startedAt = performance.now();
    const ended = () => ({ action, durationMs: performance.now() - startedAt });
    try {
      const answer = await this.#sendSigned(action, parameters, credentials, timeoutMs);
      this.#onCall?.(ended());
      return answer;
    } catch (error) {
      if (error instanceof PrivateLinkError) this.#onCall?.({ ...ended(), code: error.code, class: error.class });
      throw error;
    }
  }

  async #sendSigned(
    action: string,
    parameters: Readonly<Record<string, string>>,
    credentials: Credentials,
    timeoutMs: number,
  ): Promise<JsonObject> {
    const { accessKeyId, accessKeySecret, securityToken } = credentials;
    const secrets = [accessKeyId, accessKeySecret, ...(securityToken === undefined ? [] : [securityToken])];
    let answer: PopCoreAnswer;
    try {
      answer = await withDeadline(
        timeoutMs,
        (signal) =>
          callPopCore({
            endpoint: this.#endpoint,
            action,
            parameters,
            credentials,
            timeoutMs,
            agent: this.#agent,
            userAgent: this.#userAgent,
            signal,
          }),
        () => timedOut(action),
      );
    } catch (error) {
      throw error instanceof PrivateLinkError ? error : readTransportFailure(action, error, secrets);
    }
    return readParsedAnswer({ action, ...answer, secrets });
  }
}
