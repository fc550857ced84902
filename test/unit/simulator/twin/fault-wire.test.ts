import { request, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import {
  DEFAULT_ACCOUNT,
  signatureOf,
  startSimulator,
  type FaultEffect,
  type Simulator,
} from '../../../../src/simulator/index.js';
import { seededRandom, VALID_CREATE } from '../fixture.js';

let simulator: Simulator | undefined;
afterEach(async () => {
  await simulator?.close();
  simulator = undefined;
});

/** What came of a request over a real connection. */
interface Seen {
  readonly status?: number;
  readonly type?: string | undefined;
  /** Chunks of the body, each as it came. */
  readonly chunks: readonly string[];
  /** Code of the error that ended it. */
  readonly broken?: string | undefined;
}

let nonce = 0;

/** Make a signed CreateVpcEndpoint that meets a fault. */
async function createStruckBy(effect: FaultEffect): Promise<Seen & { readonly made: number }> {
  simulator = await startSimulator({
    random: seededRandom(),
    faults: [{ action: 'CreateVpcEndpoint', effect }],
  });
  const parameters = {
    ...VALID_CREATE,
    Action: 'CreateVpcEndpoint',
    Version: '2020-04-15',
    Format: 'JSON',
    Timestamp: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: `nonce-${nonce++}`,
    AccessKeyId: DEFAULT_ACCOUNT.accessKeyId,
  };
  const Signature = signatureOf('GET', parameters, DEFAULT_ACCOUNT.accessKeySecret);
  const seen = await get(`${simulator.url}/?${new URLSearchParams({ ...parameters, Signature }).toString()}`);
  return { ...seen, made: simulator.journal.endpointsMade().length };
}

function get(url: string): Promise<Seen> {
  return new Promise((resolve) => {
    const chunks: string[] = [];
    const ended = (response?: IncomingMessage, error?: NodeJS.ErrnoException) => {
      const head =
        response?.statusCode === undefined
          ? {}
          : { status: response.statusCode, type: response.headers['content-type'] };
      resolve({ ...head, chunks, ...(error === undefined ? {} : { broken: error.code }) });
    };
    const outgoing = request(url, { agent: false }, (response) => {
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => chunks.push(chunk));
      response.once('end', () => ended(response));
      response.once('error', (error) => ended(response, error));
    });
    outgoing.once('error', (error) => ended(undefined, error));
    outgoing.end();
  });
}

describe('over a real connection', () => {
  it('a slow body comes in pieces, and whole', async () => {
    const { status, chunks, made } = await createStruckBy({ kind: 'slowBody', ms: 60 });
    expect([status, made]).toEqual([200, 1]);
    expect(chunks.length).toBeGreaterThan(3);
    expect(JSON.parse(chunks.join(''))).toMatchObject({ EndpointStatus: 'Creating' });
  });

  it('a cut body begins, and breaks', async () => {
    const { status, chunks, broken, made } = await createStruckBy({ kind: 'cutBody', afterBytes: 10 });
    expect([status, chunks.join('').length, broken, made]).toEqual([200, 10, 'ECONNRESET', 1]);
  });

  it('a cut body can have nothing of it', async () => {
    const { status, chunks, broken, made } = await createStruckBy({ kind: 'cutBody', afterBytes: 0 });
    expect([status, chunks, broken, made]).toEqual([200, [], 'ECONNRESET', 1]);
  });

  it.each<[effect: FaultEffect, made: number]>([
    [{ kind: 'resetBefore' }, 0],
    [{ kind: 'loseResponse' }, 1],
  ])('%j breaks without an answer', async (effect, made) => {
    expect(await createStruckBy(effect)).toEqual({ chunks: [], broken: 'ECONNRESET', made });
  });

  it.each<[effect: FaultEffect, status: number, type: string | undefined, body: RegExp, made: number]>([
    [{ kind: 'errorBefore', status: 502, body: 'html' }, 502, 'text/html', /^<html>/, 0],
    [{ kind: 'errorBefore', status: 503, body: 'empty' }, 503, undefined, /^$/, 0],
    [{ kind: 'errorAfter', status: 500 }, 500, 'application/json;charset=utf-8', /"InternalError"/, 1],
    [{ kind: 'throttle', status: 429 }, 429, 'application/json;charset=utf-8', /"Throttling.User"/, 0],
  ])('%j is answered so', async (effect, status, type, body, made) => {
    const seen = await createStruckBy(effect);
    expect(seen).toMatchObject({ status, made });
    expect(seen.type).toBe(type);
    expect(seen.chunks.join('')).toMatch(body);
  });
});
