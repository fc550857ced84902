import type { IncomingMessage } from 'node:http';
import type { WireParameters } from '../engine/parameters.js';
import { claimOfV3, type SignableRequest } from './signature-v3.js';
import { claimOfV1, type SignatureClaim } from './signature.js';

/** A request as RPC clients send it, taken apart. */
export interface WireRequest extends SignableRequest {
  /** Of query and form body together; a name that stands in both counts once, as it is in the body. */
  readonly parameters: WireParameters;
  /** Empty where the request names none. */
  readonly action: string;
  readonly apiVersion: string;
  /** Host and port that the client meant to reach. */
  readonly host: string;
  /** `JSON` or `XML`, where the request asks for one of them. */
  readonly format: AnswerFormat | undefined;
  /** Read what the request says of its signature. @throws Refusal - As the gateway would refuse it. */
  claim(): SignatureClaim;
}

export type AnswerFormat = 'JSON' | 'XML';

/** Take a request apart. Never throws: what is wrong with it is for others to say. */
export function readWireRequest(message: IncomingMessage, body: Buffer): WireRequest {
  const [path, search] = splitUrl(message.url ?? '/');
  const query = formParameters(search);
  const parameters = isForm(message) ? { ...query, ...formParameters(body.toString('utf8')) } : query;
  const headers = message.headersDistinct;
  const header = (name: string): string => headers[name]?.[0] ?? '';
  const { method = '' } = message;
  const request: SignableRequest = { method, path, query, headers, body };
  const isV3 = isVersion3(parameters, header);
  return {
    ...request,
    parameters,
    action: isV3 ? header('x-acs-action') : (parameters['Action'] ?? ''),
    apiVersion: isV3 ? header('x-acs-version') : (parameters['Version'] ?? ''),
    host: header('host'),
    format: formatOf(parameters['Format'] ?? '') ?? (isV3 ? formatOfAccept(header('accept')) : undefined),
    claim: () => (isV3 ? claimOfV3(request) : claimOfV1(method, parameters)),
  };
}

/** Path and query. Clients that take the twin for a proxy send a whole address. */
function splitUrl(url: string): [path: string, search: string] {
  // Node gives the bytes as Latin 1; those of clients that do not encode everything are UTF-8.
  const text = Buffer.from(url, 'latin1')
    .toString('utf8')
    .replace(/^https?:\/\/[^/?]*/i, '');
  const at = text.indexOf('?');
  return at < 0 ? [text || '/', ''] : [text.slice(0, at) || '/', text.slice(at + 1)];
}

function formParameters(text: string): WireParameters {
  return Object.fromEntries(new URLSearchParams(text));
}

/**
 * Whether the body holds parameters, whatever the method: clients send forms with GET, too.
 *
 * Other bodies, JSON among them, are not read: RPC actions take their parameters from query and form alone. Inferred.
 */
function isForm({ headers }: IncomingMessage): boolean {
  const type = headers['content-type'] ?? '';
  return type === '' || type.toLowerCase().startsWith('application/x-www-form-urlencoded');
}

/**
 * Whether a request speaks version 3, by what only that has: its Authorization header, or, where none came with it, its
 * other headers without any parameter of version 1. Clients of version 1 send `x-acs-action` and `x-acs-version`, too.
 */
function isVersion3(parameters: WireParameters, header: (name: string) => string): boolean {
  if (/^\s*ACS3-/i.test(header('authorization'))) return true;
  const speaksV1 = ['Action', 'Signature', 'SignatureMethod', 'AccessKeyId'].some((name) => name in parameters);
  return !speaksV1 && ['authorization', 'x-acs-date', 'x-acs-signature-nonce'].some((name) => header(name) !== '');
}

function formatOf(text: string): AnswerFormat | undefined {
  const upper = text.toUpperCase();
  return upper === 'JSON' || upper === 'XML' ? upper : undefined;
}

/** Inferred: official clients of version 3 always ask for JSON, by this header. */
function formatOfAccept(accept: string): AnswerFormat | undefined {
  if (/\bjson\b/i.test(accept)) return 'JSON';
  return /\/xml\b/i.test(accept) ? 'XML' : undefined;
}
