import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { CreateVpcEndpointRequest } from '../../src/model/request.js';
import type { Credentials } from '../../src/privatelink/credentials.js';
import { withDeadline } from '../../src/privatelink/deadline.js';
import { flattenParameters } from '../../src/privatelink/parameters.js';
import { isJsonObject, type Json, type JsonObject } from '../../src/privatelink/plain-json.js';
import { callPopCore } from '../../src/privatelink/pop-core-client.js';
import type { CallParameters } from '../../src/privatelink/port.js';
import { requestIdOf } from '../../src/privatelink/read-answer.js';
import { redact } from '../../src/privatelink/redaction.js';
import { readTransportFailure } from '../../src/privatelink/transport-failure.js';

/** One call and what came of it, without anything that authenticates. */
export interface Answer {
  readonly action: string;
  /** Absent where no answer with a JSON body came; `code` then says why not. */
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
  /** Of a refusal. */
  readonly code?: string;
  readonly requestId?: string;
  /** The clock of this machine, in the middle between call and answer. */
  readonly localMs: number;
}

/** What a measurement works with. */
export interface Lab {
  /** What to ask for: no ClientToken, no DryRun, and with {@link mark} among its tags. */
  readonly request: CreateVpcEndpointRequest;
  /** A tag that only endpoints of this recording carry. */
  readonly mark: { readonly Key: string; readonly Value: string };
  /** Everything that was answered so far. */
  readonly answers: readonly Answer[];
  /** Ids of the endpoints that were made, in the order of their making. */
  readonly made: string[];
  /** Create calls, dry runs left out, whose answer was lost: they may have made an endpoint without telling its id. */
  readonly doubts: Answer[];
  /** A ClientToken that was never used. */
  readonly newToken: () => string;
  readonly call: (action: string, parameters: CallParameters) => Promise<Answer>;
  /** Milliseconds since some moment; runs on while the program sleeps. */
  readonly elapsedMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Fires when somebody asked to stop: what was made is then removed. */
  readonly stopped: AbortSignal;
}

/** Where the calls of a lab go. */
export interface LabTarget {
  readonly endpoint: string;
  readonly credentials: Credentials;
  readonly timeoutMs: number;
  readonly now: () => number;
}

/**
 * Send one signed call, once. Never throws for what comes back: a refusal, and no answer at all, are findings.
 *
 * @throws PrivateLinkError - A parameter that cannot be sent.
 */
export async function sendCall(
  { endpoint, credentials, timeoutMs, now }: LabTarget,
  action: string,
  parameters: CallParameters,
): Promise<Answer> {
  const { accessKeyId, accessKeySecret, securityToken } = credentials;
  const secrets = [accessKeyId, accessKeySecret, ...(securityToken === undefined ? [] : [securityToken])];
  const flat = flattenParameters(parameters, action);
  const agent = endpoint.startsWith('https:') ? new HttpsAgent() : new HttpAgent();
  const startedAt = now();
  try {
    const { status, headers, json } = await withDeadline(
      timeoutMs,
      (signal) =>
        callPopCore({
          endpoint,
          action,
          parameters: flat,
          credentials,
          timeoutMs,
          agent,
          signal,
        }),
      () => Object.assign(new Error('too late'), { name: 'RequestTimeoutError' }),
    );
    const body = isJsonObject(json) ? json : {};
    const code = body['Code'];
    const requestId = requestIdOf(body);
    return {
      action,
      status,
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), redact(String(value), secrets)]),
      ),
      body: withoutSecrets(body, secrets) as JsonObject,
      ...(typeof code === 'string' && code !== '' ? { code: redact(code, secrets) } : {}),
      ...(requestId === undefined ? {} : { requestId }),
      localMs: (startedAt + now()) / 2,
    };
  } catch (error) {
    const { code } = readTransportFailure(action, error, secrets);
    return { action, headers: {}, body: {}, code, localMs: (startedAt + now()) / 2 };
  } finally {
    agent.destroy();
  }
}

/** Texts are redacted; of what RAM says about the caller, and of the query of a link, only the names are kept. */
function withoutSecrets(json: Json, secrets: readonly string[]): Json {
  if (typeof json === 'string') return redact(json, secrets);
  if (Array.isArray(json)) return (json as readonly Json[]).map((item) => withoutSecrets(item, secrets));
  if (!isJsonObject(json)) return json;
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => {
      if (name === 'AccessDeniedDetail' && isJsonObject(value)) return [name, Object.keys(value)];
      if (name === 'Recommend' && typeof value === 'string') return [name, linkWithoutValues(value, secrets)];
      return [name, withoutSecrets(value, secrets)];
    }),
  );
}

function linkWithoutValues(link: string, secrets: readonly string[]): string {
  if (!URL.canParse(link)) return redact(link, secrets);
  const { origin, pathname, searchParams } = new URL(link);
  return redact(`${origin}${pathname} with ${[...searchParams.keys()].join(', ')}`, secrets);
}
