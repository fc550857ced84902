import { createHash, createHmac } from 'node:crypto';
import type { WireParameters } from '../engine/parameters.js';
import { missingParameter, Refusal } from '../engine/refusals.js';
import { canonicalQuery, unsupportedSignature, type SignatureClaim } from './signature.js';

/** What of a request signature version 3 covers. */
export interface SignableRequest {
  readonly method: string;
  readonly path: string;
  /** Parameters of the query, decoded. Those of a form body are covered by the hash of the body. */
  readonly query: WireParameters;
  /** By lower-case name, as they came; `host` with its port. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
  readonly body: Uint8Array;
}

/** Parts of an `Authorization` header. */
export interface Authorization {
  readonly algorithm: string;
  readonly fields: ReadonlyMap<string, string>;
}

const ALGORITHM = 'ACS3-HMAC-SHA256';

/**
 * Headers that a request must have, and by which name the gateway complains of them. Those of version 1 are documented; that
 * version 3 shares them is inferred.
 */
const MANDATORY_HEADERS: ReadonlyMap<string, string> = new Map([
  ['x-acs-action', 'Action'],
  ['x-acs-version', 'Version'],
  ['x-acs-date', 'Timestamp'],
  ['x-acs-signature-nonce', 'SignatureNonce'],
  ['x-acs-content-sha256', 'x-acs-content-sha256'],
]);

/** Split an `Authorization` header: an algorithm, then `Name=value` parts between commas. */
export function parseAuthorization(header: string): Authorization {
  const [, algorithm = '', rest = ''] = /^\s*(\S*)\s*(.*)$/s.exec(header) ?? [];
  const fields = rest.split(',').map((part): [string, string] => {
    const at = part.indexOf('=');
    return at < 0 ? [part.trim(), ''] : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
  });
  return { algorithm, fields: new Map(fields) };
}

/**
 * The request in the form that is signed.
 *
 * The hash of the body is the one calculated here: a body that is not the signed one does not match, whatever
 * `x-acs-content-sha256` says.
 */
export function canonicalRequest(
  { method, path, query, headers, body }: SignableRequest,
  signedHeaders: readonly string[],
): string {
  const names = [...signedHeaders].sort();
  const lines = names.map((name) => {
    const values = (headers[name] ?? []).map((value) => value.trim());
    return `${name}:${values.sort().join(',')}\n`;
  });
  return [method, path, canonicalQuery(Object.entries(query)), lines.join(''), names.join(';'), sha256(body)].join(
    '\n',
  );
}

/** Text that signature version 3 signs. */
export function stringToSignV3(canonical: string): string {
  return `${ALGORITHM}\n${sha256(Buffer.from(canonical))}`;
}

/** Signature version 3: HMAC-SHA256 in hexadecimal digits. */
export function signatureOfV3(canonical: string, accessKeySecret: string): string {
  return createHmac('sha256', accessKeySecret).update(stringToSignV3(canonical)).digest('hex');
}

/**
 * Read what a request of version 3 says of its signature.
 *
 * @throws Refusal - Something is missing or not signed, or signed in a way that the twin does not know.
 */
export function claimOfV3(request: SignableRequest): SignatureClaim {
  const header = (name: string): string => request.headers[name]?.join(',').trim() ?? '';
  const { algorithm, fields } = authorizationOf(header);
  if (algorithm !== ALGORITHM) throw unsupportedSignature(algorithm);
  for (const [name, complaint] of MANDATORY_HEADERS) {
    if (header(name) === '') throw missingParameter(complaint);
  }
  const accessKeyId = mandatoryField(fields, 'Credential', 'AccessKeyId');
  const signature = mandatoryField(fields, 'Signature', 'Signature');
  const signedHeaders = signedHeadersOf(fields, request);

  return {
    accessKeyId,
    signature,
    nonce: header('x-acs-signature-nonce'),
    timestamp: header('x-acs-date'),
    securityToken: header('x-acs-security-token') || undefined,
    sign: (accessKeySecret) => {
      const canonical = canonicalRequest(request, signedHeaders);
      return { signature: signatureOfV3(canonical, accessKeySecret), mismatch: () => mismatch(canonical) };
    },
  };
}

function authorizationOf(header: (name: string) => string): Authorization {
  const authorization = header('authorization');
  if (authorization !== '') return parseAuthorization(authorization);
  // Clients with a bearer token or an id token sign nothing and send no Authorization.
  for (const name of ['x-acs-bearer-token', 'x-acs-zero-trust-idtoken']) {
    if (header(name) !== '') throw unsupportedSignature(name);
  }
  throw missingParameter('Authorization');
}

function mandatoryField(fields: ReadonlyMap<string, string>, name: string, complaint: string): string {
  const value = fields.get(name) ?? '';
  if (value === '') throw missingParameter(complaint);
  return value;
}

/** The list that the client signed. Documented: every common header that is there must be in it. */
function signedHeadersOf(fields: ReadonlyMap<string, string>, { headers }: SignableRequest): string[] {
  const signed = (fields.get('SignedHeaders') ?? '').split(';').map((name) => name.trim().toLowerCase());
  const common = [...MANDATORY_HEADERS.keys(), 'x-acs-security-token'];
  const unsigned = common.filter((name) => headers[name] !== undefined && !signed.includes(name));
  const absent = signed.filter((name) => headers[name] === undefined);
  if (unsigned.length > 0 || absent.length > 0) throw new Refusal('IncompleteSignature');
  return signed;
}

/** That the canonical request follows the string to sign is inferred; without it nobody could see what differs. */
function mismatch(canonical: string): Refusal {
  const shown = canonical.replace(/^(x-acs-security-token:).*$/m, '$1***');
  return new Refusal(
    'SignatureDoesNotMatch',
    `Specified signature does not match our calculation. server string to sign is:${stringToSignV3(canonical)}, server canonicalString is:${shown}`,
  );
}

function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
