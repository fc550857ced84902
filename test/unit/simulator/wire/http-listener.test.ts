import { get } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { listen, type HttpAnswer, type Listener } from '../../../../src/simulator/wire/http-listener.js';

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
