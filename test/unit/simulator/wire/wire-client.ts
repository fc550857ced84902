import { createHash, randomUUID } from 'node:crypto';
import { request as httpRequest, type ClientRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { signatureOf } from '../../../../src/simulator/index.js';
import { canonicalRequest, signatureOfV3 } from '../../../../src/simulator/wire/signature-v3.js';
import { REGION } from '../fixture.js';

/** An answer. */
export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Body, where it is JSON. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** What a call of version 3 can have. */
export interface CallV3 {
  readonly query?: Readonly<Record<string, string>>;
  readonly form?: string;
  /** In place of the form that is signed. */
  readonly sentForm?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly accessKeyId?: string;
  readonly secret?: string;
  readonly ca?: string;
}

/** What comes back for a request. */
export function answerTo(sent: ClientRequest, body = ''): Promise<Received> {
  return new Promise((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (response) => {
      let text = '';
      response.on('data', (data: Buffer) => (text += data.toString()));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0, headers } = response;
        resolve({ status: statusCode, headers, json: JSON.parse(text) as Record<string, unknown> });
      });
    });
    sent.end(body);
  });
}

/** Everything that comes back for these bytes until the server closes. */
export function exchange(port: number, sent: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(sent, 'latin1')));
    socket.on('data', (data: Buffer) => (text += data.toString()));
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}

/** Parameters of a call of version 1, signed now. */
export function signedNow(parameters: Readonly<Record<string, string>>, method = 'POST', secret = 'testsecret') {
  const all = {
    Action: 'ListVpcEndpoints',
    Version: '2020-04-15',
    RegionId: REGION,
    AccessKeyId: 'testid',
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: randomUUID(),
    Timestamp: secondsNow(),
    ...parameters,
  };
  return { ...all, Signature: signatureOf(method, all, secret) };
}

function secondsNow(): string {
  return new Date().toISOString().replace(/\.\d+Z/, 'Z');
}

/** Send a call of version 3, as a client for this host would. */
export async function callV3(
  url: string,
  action: string,
  { query = {}, form = '', secret = 'testsecret', ...more }: CallV3 = {},
): Promise<Received> {
  const headers: Record<string, string> = {
    host: new URL(url).host,
    'x-acs-action': action,
    'x-acs-version': '2020-04-15',
    'x-acs-date': secondsNow(),
    'x-acs-signature-nonce': randomUUID(),
    'x-acs-content-sha256': createHash('sha256').update(form).digest('hex'),
    ...(form === '' ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    ...more.headers,
  };
  const distinct = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  const signedHeaders = Object.keys(headers);
  const given = { method: 'POST', path: '/', query, headers: distinct, body: Buffer.from(form) };
  const signature = signatureOfV3(canonicalRequest(given, signedHeaders), secret);
  const key = more.accessKeyId ?? 'testid';
  const authorization = `ACS3-HMAC-SHA256 Credential=${key},SignedHeaders=${signedHeaders.join(';')},Signature=${signature}`;
  const search = new URLSearchParams(query).toString();
  const options = { method: 'POST', headers: { ...headers, authorization }, ...(more.ca ? { ca: more.ca } : {}) };
  const send = url.startsWith('https') ? httpsRequest : httpRequest;
  return answerTo(send(`${url}/?${search}`, options), more.sentForm ?? form);
}
