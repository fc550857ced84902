/** Requests as clients sign them, without a client: what is measured is the server. */
import { createHash, randomUUID } from 'node:crypto';
import { signatureOf } from '../src/simulator/index.js';
import { canonicalRequest, signatureOfV3 } from '../src/simulator/wire/signature-v3.js';

/** Account of a twin that was given none. */
const KEY = { id: 'testid', secret: 'testsecret' };
const VERSION = '2020-04-15';

export type SignatureVersion = 'version 1' | 'version 3';

export interface ApiCall {
  readonly Action: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What to send with GET. */
export interface SignedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** @param host - As it stands in the URL, with its port: version 3 signs it. */
export function signedRequest(version: SignatureVersion, host: string, call: ApiCall): SignedRequest {
  return version === 'version 1' ? versionOne(call) : versionThree(host, call);
}

function versionOne({ Action, parameters }: ApiCall): SignedRequest {
  const all = {
    ...parameters,
    Action,
    Version: VERSION,
    Format: 'JSON',
    AccessKeyId: KEY.id,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: randomUUID(),
    Timestamp: wireNow(),
  };
  const Signature = signatureOf('GET', all, KEY.secret);
  return { path: `/?${new URLSearchParams({ ...all, Signature }).toString()}`, headers: {} };
}

function versionThree(host: string, { Action, parameters }: ApiCall): SignedRequest {
  const body = new Uint8Array();
  const headers: Record<string, string> = {
    host,
    'x-acs-action': Action,
    'x-acs-version': VERSION,
    'x-acs-date': wireNow(),
    'x-acs-signature-nonce': randomUUID(),
    'x-acs-content-sha256': createHash('sha256').update(body).digest('hex'),
  };
  const names = Object.keys(headers).sort();
  const listed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  const signable = { method: 'GET', path: '/', query: parameters, headers: listed, body };
  const signature = signatureOfV3(canonicalRequest(signable, names), KEY.secret);
  const authorization = `ACS3-HMAC-SHA256 Credential=${KEY.id},SignedHeaders=${names.join(';')},Signature=${signature}`;
  return { path: `/?${new URLSearchParams(parameters).toString()}`, headers: { ...headers, authorization } };
}

function wireNow(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}
