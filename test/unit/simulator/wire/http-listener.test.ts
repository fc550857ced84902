import { get } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { listen, readBody, type HttpAnswer, type Listener } from '../../../../src/simulator/wire/http-listener.js';

const listening: Listener[] = [];
afterEach(async () => {
  await Promise.all(listening.splice(0).map((listener) => listener.close()));
});

async function serve(answer: Partial<HttpAnswer>): Promise<Listener> {
  const given = { status: 200, headers: {}, body: '', ...answer };
  const listener = await listen(
    0,
    () => Promise.resolve(given),
    () => given,
  );
  listening.push(listener);
  return listener;
}

const BODY = 'hello '.repeat(50);

interface Arrival {
  readonly pieces: readonly string[];
  readonly contentLength: string | undefined;
  readonly complete: boolean;
}

function receive(url: string, onHeaders: () => void = () => undefined): Promise<Arrival> {
  return new Promise((resolve, reject) => {
    const sent = get(url, { agent: false }, (response) => {
      const pieces: string[] = [];
      onHeaders();
      response.on('data', (data: Buffer) => pieces.push(data.toString()));
      // A body that breaks off is an error of the response; that it did is told by `complete`.
      response.on('error', () => undefined);
      response.on('close', () => {
        resolve({ pieces, contentLength: response.headers['content-length'], complete: response.complete });
      });
    });
    sent.on('error', reject);
  });
}

describe('a body', () => {
  it('that drips arrives whole, in pieces', async () => {
    const { url } = await serve({ body: BODY, bodyOverMs: 40 });
    const { pieces, contentLength, complete } = await receive(url);
    expect([contentLength, complete]).toEqual([String(BODY.length), true]);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join('')).toBe(BODY);
  });

  it('that drips ends with the server', async () => {
    const listener = await serve({ body: 'hello', bodyOverMs: 3_600_000 });
    const { complete } = await receive(listener.url, () => void listener.close());
    expect(complete).toBe(false);
  });

  it.each([
    [3, 'hel'],
    [0, ''],
    [99, 'hell'],
  ])('that is cut after %d bytes breaks off after %j', async (cutAfterBytes, text) => {
    const { url } = await serve({ body: 'hello', cutAfterBytes });
    const { pieces, contentLength, complete } = await receive(url);
    expect([pieces.join(''), contentLength, complete]).toEqual([text, '5', false]);
  });
});

describe('a mistake of ours', () => {
  it('is told, and breaks the connection', async () => {
    const told: string[] = [];
    const listener = await listen(
      0,
      () => Promise.resolve({ status: 42, headers: {}, body: '' }),
      () => ({ status: 400, headers: {}, body: '' }),
      undefined,
      (error) => told.push(error.message),
    );
    listening.push(listener);
    await expect(receive(listener.url)).rejects.toThrow();
    expect(told).toEqual([expect.stringContaining('42')]);
  });

  it('is not a client that goes before its request is whole', async () => {
    const told: string[] = [];
    let broken: () => void = () => undefined;
    const brokeOff = new Promise<void>((resolve) => (broken = resolve));
    const listener = await listen(
      0,
      async (request) => {
        await readBody(request, 100).finally(broken);
        return { status: 200, headers: {}, body: '' };
      },
      () => ({ status: 400, headers: {}, body: '' }),
      undefined,
      (error) => told.push(error.message),
    );
    listening.push(listener);
    const socket = connect(listener.port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nabc', () => socket.destroy());
    await brokeOff;
    await listener.close();
    expect(told).toEqual([]);
  });
});
