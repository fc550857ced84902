import type { Agent } from 'node:http';
import type { RequestOptions } from 'node:https';
import RpcClient from '@alicloud/pop-core';
import type { Credentials } from './credentials.js';
import { toPlainJson, type Json } from './plain-json.js';
import type { AnswerHeaders } from './throttle-hint.js';

/** Version of the PrivateLink API that is spoken. */
export const API_VERSION = '2020-04-15';

/** One signed call. */
export interface PopCoreCall {
  /** `scheme://host[:port]`. */
  readonly endpoint: string;
  readonly action: string;
  /** Flat: names as on the wire, every value a text. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly credentials: Credentials;
  readonly timeoutMs: number;
  readonly agent: Agent;
  /** Put before pop-core's own product tokens. */
  readonly userAgent?: string | undefined;
  readonly signal: AbortSignal;
}

/** Any answer with a JSON body, whatever its status and code. */
export interface PopCoreAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly json: Json;
}

interface ClientConfig {
  endpoint: string;
  apiVersion: string;
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string;
}

interface Exchange {
  readonly response: { readonly statusCode: number; readonly headers: AnswerHeaders };
}

interface CallOptions {
  method: 'POST';
  formatParams: false;
  timeout: number;
  agent: Agent;
  beforeRequest: (options: RequestOptions) => RequestOptions;
}

interface VerboseClient {
  request(action: string, parameters: Record<string, string>, options: CallOptions): Promise<[unknown, Exchange]>;
}

/**
 * pop-core's client with the parts that its own typings leave out (verbose answers, request options). With `verbose` a
 * success comes with its HTTP status, which pop-core itself never looks at.
 */
const VerboseRpcClient = RpcClient as unknown as new (config: ClientConfig, verbose: true) => VerboseClient;

/**
 * Send one call with @alicloud/pop-core, signed anew (signature version 1, nonce and time of now).
 *
 * The client lives for one call: its credentials are then fixed and known to be there, where a provider that comes back
 * empty would make pop-core send the call unsigned. Connections outlive it in the agent.
 *
 * @returns What came back as JSON; a refusal of the service too.
 * @throws unknown - What pop-core threw for a call without such an answer. It may hold the body and is no `Error` for a
 *   body that is not JSON: for `transport-failure.ts` only.
 */
export async function callPopCore(call: PopCoreCall): Promise<PopCoreAnswer> {
  const { accessKeyId, accessKeySecret, securityToken } = call.credentials;
  const client = new VerboseRpcClient(
    {
      endpoint: call.endpoint,
      apiVersion: API_VERSION,
      accessKeyId,
      accessKeySecret,
      ...(securityToken === undefined ? {} : { securityToken }),
    },
    true,
  );
  try {
    const [json, exchange] = await client.request(
      call.action,
      { ...call.parameters },
      {
        // Upper case: any other spelling puts the signed parameters into the URL, and so into every error message.
        method: 'POST',
        // Else first letters are raised and `ip` becomes `Ip`.
        formatParams: false,
        // One value for both: with a shorter connect timeout a sent call is reported as one that did not connect.
        timeout: call.timeoutMs,
        agent: call.agent,
        // Given as an option, headers would replace pop-core's own; here they are added to.
        beforeRequest: (options) => ({
          ...options,
          signal: call.signal,
          headers: withUserAgent(options.headers, call.userAgent),
        }),
      },
    );
    return answerOf(json, exchange);
  } catch (error) {
    if (isRefusal(error)) return answerOf(error.data, error.entry);
    throw error;
  }
}

function answerOf(json: unknown, exchange: Exchange): PopCoreAnswer {
  const { statusCode, headers } = exchange.response;
  return { status: statusCode, headers, json: toPlainJson(json) };
}

/** pop-core's error for a body with a code: the body in `data`, the status in `entry` and nowhere else. */
function isRefusal(error: unknown): error is { data: unknown; entry: Exchange } {
  return typeof error === 'object' && error !== null && 'data' in error && 'entry' in error;
}

function withUserAgent(headers: RequestOptions['headers'], userAgent: string | undefined): Record<string, string> {
  const merged = { ...(headers as Record<string, string>) };
  if (userAgent !== undefined) merged['user-agent'] = `${userAgent} ${merged['user-agent'] ?? ''}`.trim();
  return merged;
}
