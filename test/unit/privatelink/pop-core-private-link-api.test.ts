import { createHmac } from 'node:crypto';
import http from 'node:http';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { staticCredentials, type Credentials, type CredentialsSource } from '../../../src/privatelink/credentials.js';
import { PopCorePrivateLinkApi, type PopCoreOptions } from '../../../src/privatelink/pop-core-private-link-api.js';
import { PrivateLinkError } from '../../../src/privatelink/port.js';
import { answering, startRawServer, type Answering, type RawServer } from './raw-server.js';

const KEYS = {
  accessKeyId: 'LTAI5tExampleKeyId00',
  accessKeySecret: 'ExampleSecret/0123456789+abc',
  securityToken: 'CAISexample+token/with=signs',
} as const;

const CREATED = { RequestId: 'R-1', EndpointId: 'ep-1', EndpointStatus: 'Creating' };
const REF = { RegionId: 'cn-hangzhou', EndpointId: 'ep-1' };
const REQUEST = {
  RegionId: 'cn-hangzhou',
  VpcId: 'vpc-1',
  ServiceId: 'epsrv-1',
  EndpointDescription: "a b*c~d'(é)",
  SecurityGroupId: ['sg-1'],
  Zone: [{ ZoneId: 'cn-hangzhou-b', VSwitchId: 'vsw-1', ip: '10.0.0.5' }],
};

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const step of cleanup.splice(0)) await step();
});

async function serve(...scripts: Answering[]): Promise<RawServer> {
  const server = await startRawServer(...scripts);
  cleanup.push(() => server.close());
  return server;
}

function api(server: { endpoint: string }, options: Partial<PopCoreOptions> = {}): PopCorePrivateLinkApi {
  const made = new PopCorePrivateLinkApi({
    endpoint: server.endpoint,
    credentials: staticCredentials(KEYS),
    timeoutMs: 5_000,
    ...options,
  });
  cleanup.push(() => made.close());
  return made;
}

async function failure(call: Promise<unknown>): Promise<PrivateLinkError> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('value' in outcome) throw new Error(`The call succeeded: ${JSON.stringify(outcome.value)}`);
  expect(outcome.error).toBeInstanceOf(PrivateLinkError);
  return outcome.error as PrivateLinkError;
}

function expectNoSecrets(error: PrivateLinkError, alsoNot: readonly string[] = []): void {
  const seen = [error.message, error.stack, JSON.stringify(error), JSON.stringify(error.answer), String(error.cause)];
  seen.push(inspect(error, { depth: 10, showHidden: true }));
  for (const text of seen) {
    for (const secret of [...Object.values(KEYS), ...alsoNot]) {
      for (const form of [secret, encodeURIComponent(secret), encodeURIComponent(encodeURIComponent(secret))]) {
        expect(text).not.toContain(form);
      }
    }
    expect(text).not.toMatch(/Signature=|SignatureNonce=|Timestamp=/);
  }
}

describe('what is sent', () => {
  it('posts everything in the body, signed, to the root of the endpoint', async () => {
    const server = await serve(answering(200, CREATED));
    await api({ endpoint: `${server.endpoint}/` }).createVpcEndpoint(REQUEST);

    const [sent] = server.arrived;
    expect(sent).toMatchObject({ method: 'POST', url: '/' });
    expect(sent?.form).toMatchObject({
      Action: 'CreateVpcEndpoint',
      Version: '2020-04-15',
      AccessKeyId: KEYS.accessKeyId,
      SecurityToken: KEYS.securityToken,
    });
    const { Signature, ...signed } = sent?.form ?? {};
    expect(Signature).toBe(signatureOf(signed));
  });

  it("keeps pop-core's headers and puts our user agent before its own", async () => {
    const server = await serve(answering(200, CREATED));
    await api(server, { userAgent: 'durable-privatelink/0.1' }).createVpcEndpoint(REQUEST);
    expect(server.arrived[0]?.headers).toMatchObject({
      'x-acs-action': 'CreateVpcEndpoint',
      'x-acs-version': '2020-04-15',
      'x-sdk-client': expect.stringContaining('pop-core') as string,
      'user-agent': expect.stringMatching(/^durable-privatelink\/0\.1 AlibabaCloud/) as string,
      'content-type': 'application/x-www-form-urlencoded',
    });
  });

  it('sends names in their own case, lists numbered, and nothing that is undefined or null', async () => {
    const server = await serve(answering(200, CREATED));
    const parameters = { ...REQUEST, ip: '10.0.0.6', EndpointName: undefined, ServiceName: null, Tag: [] };
    await api(server).createVpcEndpoint(parameters as unknown as typeof REQUEST);
    const sent = server.arrived[0]?.form ?? {};
    expect(sent).toMatchObject({
      ip: '10.0.0.6',
      'SecurityGroupId.1': 'sg-1',
      'Zone.1.ZoneId': 'cn-hangzhou-b',
      'Zone.1.VSwitchId': 'vsw-1',
      'Zone.1.ip': '10.0.0.5',
    });
    expect(Object.keys(sent).filter((name) => /^(Ip|EndpointName|ServiceName|Tag.*)$/.test(name))).toEqual([]);
  });

  it.each(['Action', 'Version', 'Timestamp', 'AccessKeyId', 'Signature', 'SecurityToken', 'signaturenonce'])(
    'refuses the protocol parameter %s and sends nothing',
    async (name) => {
      const server = await serve(answering(200, CREATED));
      const error = await failure(api(server).createVpcEndpoint({ ...REQUEST, [name]: 'x' }));
      expect(error).toMatchObject({ code: 'InvalidParameter.NotSent', class: 'invalid', mayHaveExecuted: false });
      expect(server.arrived).toHaveLength(0);
    },
  );

  it('leaves the parameters and options that it was given as they were', async () => {
    const server = await serve(answering(200, CREATED));
    const options = Object.freeze({ endpoint: `${server.endpoint}/`, credentials: staticCredentials(KEYS) });
    const client = new PopCorePrivateLinkApi(options);
    cleanup.push(() => client.close());
    const parameters = Object.freeze({ ...REQUEST });
    await client.createVpcEndpoint(parameters);
    await client.createVpcEndpoint(parameters);
    expect(server.arrived.map((one) => one.headers['x-acs-action'])).toEqual([
      'CreateVpcEndpoint',
      'CreateVpcEndpoint',
    ]);
    expect(parameters).toEqual(REQUEST);
  });

  it("waits 10 s by default, and gives pop-core's two time-outs the same value", async () => {
    const server = await serve(answering(200, CREATED));
    const request = vi.spyOn(http, 'request');
    const client = new PopCorePrivateLinkApi({ endpoint: server.endpoint, credentials: staticCredentials(KEYS) });
    cleanup.push(() => client.close());
    await client.createVpcEndpoint(REQUEST);
    expect(request.mock.calls[0]?.[0]).toMatchObject({ timeout: 10_000 });
  });

  it('keeps no timer once a call is over', async () => {
    const server = await serve(answering(200, CREATED), answering(400, { Code: 'VpcNotFound' }));
    const clear = vi.spyOn(globalThis, 'clearTimeout');
    const set = vi.spyOn(globalThis, 'setTimeout');
    const client = api(server);
    await client.createVpcEndpoint(REQUEST);
    await failure(client.createVpcEndpoint(REQUEST));
    const cleared = new Set(clear.mock.calls.map(([timer]) => timer));
    const ours = set.mock.results
      .map(({ value }) => value as NodeJS.Timeout)
      .filter((_, index) => [5_000, 10_000].includes(set.mock.calls[index]?.[1] ?? 0));
    expect(ours.length).toBeGreaterThanOrEqual(4);
    expect(ours.filter((timer) => timer.hasRef() && !cleared.has(timer))).toEqual([]);
  });

  it.each([
    ['no scheme', 'privatelink.cn-hangzhou.aliyuncs.com'],
    ['another scheme', 'ftp://127.0.0.1'],
    ['plain http to another machine', 'http://privatelink.cn-hangzhou.aliyuncs.com'],
    ['a path', 'https://127.0.0.1/v1'],
    ['a password', 'https://user:hidden@127.0.0.1'],
  ])('refuses an endpoint with %s', (_reason, endpoint) => {
    const credentials = staticCredentials(KEYS);
    expect(() => new PopCorePrivateLinkApi({ endpoint, credentials })).toThrow(RangeError);
    expect(() => new PopCorePrivateLinkApi({ endpoint, credentials })).not.toThrow(/hidden/);
  });

  it.each([{ timeoutMs: 0 }, { timeoutMs: 2 ** 31 }, { credentialsTimeoutMs: 0.5 }, { userAgent: 'a\r\nb' }])(
    'refuses the option %o',
    (option) => {
      const all = { endpoint: 'https://127.0.0.1', credentials: staticCredentials(KEYS), ...option };
      expect(() => new PopCorePrivateLinkApi(all)).toThrow(RangeError);
    },
  );
});

describe('calls without a usable answer', () => {
  const silent: Answering = () => undefined;
  const headersOnly: Answering = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"EndpointId":');
  };
  const dripping: Answering = (response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(drip));
  };
  const resetting: Answering = (_response, _arrived, request) => request.socket.destroy();
  const resettingInBody: Answering = (response, _arrived, request) => {
    response.writeHead(200, { 'content-length': '500' }).write('{"EndpointId":"ep-1"', () => request.socket.destroy());
  };

  it.each<[string, Answering, string, number | undefined]>([
    ['an answer that never comes', silent, 'RequestTimeoutError', undefined],
    ['a body that never ends', headersOnly, 'RequestTimeoutError', undefined],
    ['a body that drips for ever', dripping, 'RequestTimeoutError', undefined],
    ['a reset connection', resetting, 'ECONNRESET', undefined],
    ['a connection that breaks in the body', resettingInBody, 'ECONNRESET', undefined],
    ['an HTML 502', answering(502, '<html><h1>502 Bad Gateway</h1></html>'), 'MalformedResponse', undefined],
    ['an empty 503', answering(503, ''), 'MalformedResponse', undefined],
    ['a body that breaks off', answering(200, '{"RequestId":"R'), 'MalformedResponse', undefined],
    ['a body null', answering(200, 'null'), 'MalformedResponse', undefined],
    ['a body that is text', answering(200, '"EndpointId"'), 'MalformedResponse', 200],
    ['a forbidden key', answering(200, '{"__proto__":{"EndpointId":"ep-1"}}'), 'MalformedResponse', undefined],
    ['JSON without code and id', answering(200, { RequestId: 'R-7' }), 'MalformedResponse', 200],
    ['a 500 without code', answering(500, { foo: 1 }), 'MalformedResponse', 500],
    ['a 500 that looks like success', answering(500, CREATED), 'MalformedResponse', 500],
    ['a 500 with a code of success', answering(500, { ...CREATED, Code: 'OK' }), 'MalformedResponse', 500],
  ])('takes %s for unknown, and sends it once', async (_title, script, code, httpStatus) => {
    const server = await serve(script);
    const error = await failure(api(server, { timeoutMs: 150 }).createVpcEndpoint(REQUEST));
    expect(error.code).toBe(code);
    expect(error.class).toBe('unknown');
    expect(error.mayHaveExecuted).toBe(true);
    expect(error.answer.httpStatus).toBe(httpStatus);
    expect(server.arrived).toHaveLength(1);
    expectNoSecrets(error);
  });

  it('lets go of the connection of a call that took too long', async () => {
    let closed = (): void => undefined;
    const gone = new Promise<void>((resolve) => (closed = resolve));
    const server = await serve((response, arrived, request) => {
      response.on('close', closed);
      dripping(response, arrived, request);
    });
    await failure(api(server, { timeoutMs: 50 }).createVpcEndpoint(REQUEST));
    await gone;
  });

  it('ends a call in time that still waits for a free connection', async () => {
    const server = await serve(silent);
    const client = api(server, { timeoutMs: 200 });
    const calls = Array.from({ length: 140 }, () => failure(client.getVpcEndpointAttribute(REF)));
    const codes = (await Promise.all(calls)).map((error) => error.code);
    expect(new Set(codes)).toEqual(new Set(['RequestTimeoutError']));
  });

  it('knows that a refused connection carried nothing', async () => {
    const server = await startRawServer();
    await server.close();
    const error = await failure(api(server).createVpcEndpoint(REQUEST));
    expect(error).toMatchObject({ code: 'ECONNREFUSED', class: 'throttled', mayHaveExecuted: false });
    expectNoSecrets(error);
  });

  it('keeps the RequestId of an answer that only looks like success', async () => {
    const server = await serve(answering(200, { RequestId: 'R-7' }), answering(500, { requestId: 'R-8' }));
    const client = api(server);
    expect((await failure(client.createVpcEndpoint(REQUEST))).requestId).toBe('R-7');
    expect((await failure(client.createVpcEndpoint(REQUEST))).requestId).toBe('R-8');
  });
});

describe('refusals', () => {
  it('carries code, message, RequestId and the HTTP status', async () => {
    const body = { RequestId: 'R-2', HostId: 'h', Code: 'QuotaMisMatched', Message: 'The quota of x is exceeded.' };
    const server = await serve(answering(403, body));
    const error = await failure(api(server).createVpcEndpoint(REQUEST));
    expect(error.name).toBe('PrivateLinkError');
    expect(error).toMatchObject({ code: 'QuotaMisMatched', requestId: 'R-2', class: 'quota' });
    expect(error.answer).toEqual({
      action: 'CreateVpcEndpoint',
      code: 'QuotaMisMatched',
      message: 'The quota of x is exceeded.',
      requestId: 'R-2',
      httpStatus: 403,
    });
    expect(error.message).toContain('QuotaMisMatched');
    expect(error.message).toContain('R-2');
  });

  it('passes on how long a throttled call should wait', async () => {
    const header = { 'X-RateLimit-User-Api': 'Limit:1,Remain:0,TimeLeft:2000,Reset:1234' };
    const server = await serve(answering(400, { Code: 'Throttling.User', Message: 'flow control' }, header));
    const error = await failure(api(server).createVpcEndpoint(REQUEST));
    expect(error).toMatchObject({ class: 'throttled', answer: { retryAfterMs: 2_000 } });
  });

  it.each(['SignatureDoesNotMatch', 'IncompleteSignature'])('replaces the message of %s', async (Code) => {
    const echo: Answering = (response, { form }) => {
      const signed = canonical(form);
      const Message = `Specified signature is not matched with our calculation. server string to sign is:POST&%2F&${encodeURIComponent(signed)}`;
      response.writeHead(400).end(JSON.stringify({ RequestId: 'R-3', Code, Message }));
    };
    const server = await serve(echo);
    const error = await failure(api(server).createVpcEndpoint(REQUEST));
    expect(error).toMatchObject({ code: Code, class: 'denied', requestId: 'R-3' });
    expect(error.message).toContain('repeats the signed request and is left out');
    expect(error.message).not.toMatch(/POST|cn-hangzhou/);
    expectNoSecrets(error);
  });

  it.each<[string, Answering]>([
    [
      'a message',
      (response, { form }) =>
        void response.writeHead(400).end(JSON.stringify({ Code: 'VpcNotFound', Message: `no ${canonical(form)}` })),
    ],
    ['a page of a proxy', (response, { form }) => void response.writeHead(502).end(`<pre>${canonical(form)}</pre>`)],
    [
      'a RequestId',
      (response, { form }) =>
        void response.writeHead(400).end(JSON.stringify({ Code: 'X.Y', RequestId: form['AccessKeyId'] ?? '' })),
    ],
    [
      'details',
      (response, { form }) =>
        void response.writeHead(403).end(
          JSON.stringify({
            Code: 'NoPermission',
            AccessDeniedDetail: { AuthAction: 'a', Token: form['SecurityToken'], Id: form['AccessKeyId'] },
          }),
        ),
    ],
  ])('shows no credential that is echoed in %s', async (_where, script) => {
    const server = await serve(script);
    const error = await failure(api(server).createVpcEndpoint(REQUEST));
    expectNoSecrets(error, [server.arrived[0]?.form['Signature'] ?? '']);
  });

  it('shows no credential when the client itself is printed', () => {
    const client = api({ endpoint: 'https://127.0.0.1' });
    const shown = `${inspect(client, { depth: 10, showHidden: true })} ${JSON.stringify(client)}`;
    for (const secret of Object.values(KEYS)) expect(shown).not.toContain(secret);
  });
});

describe('answers', () => {
  it('are plain JSON: no BigNumber, no missing prototype, no lost digit', async () => {
    const text =
      '{"RequestId":"R-1","EndpointId":"ep-1","Bandwidth":1024,"Exact":9007199254740991,"Ratio":0.1234567890123456,"EndpointOwnerId":1234567890123456789}';
    const server = await serve(answering(200, text));
    const created = await api(server).createVpcEndpoint(REQUEST);
    expect(Object.getPrototypeOf(created)).toBe(Object.prototype);
    expect(structuredClone(created)).toEqual(JSON.parse(JSON.stringify(created)));
    expect(created).toEqual({
      RequestId: 'R-1',
      EndpointId: 'ep-1',
      Bandwidth: 1024,
      Exact: 9007199254740991,
      Ratio: 0.1234567890123456,
      EndpointOwnerId: '1234567890123456789',
    });
  });

  it('say that an endpoint or its connection is absent', async () => {
    const server = await serve(
      answering(400, { RequestId: 'R-4', Code: 'EndpointNotFound' }),
      answering(400, { RequestId: 'R-5', Code: 'EndpointConnectionNotFound' }),
    );
    const client = api(server);
    expect(await client.getVpcEndpointAttribute(REF)).toEqual({
      RequestId: 'R-4',
      endpoint: undefined,
      absentCode: 'EndpointNotFound',
    });
    expect(await client.getVpcEndpointAttribute(REF)).toEqual({
      RequestId: 'R-5',
      endpoint: undefined,
      absentCode: 'EndpointConnectionNotFound',
    });
  });
});

describe('credentials', () => {
  const FRESH = { ...KEYS, securityToken: 'CAISfresh+token' };

  /** Hands out the first credentials until it is refreshed, then the second. */
  function renewable(first: Credentials, second: Credentials): CredentialsSource & { gets: number } {
    let current = first;
    const source = {
      gets: 0,
      describe: () => 'a renewable source',
      get: async () => {
        source.gets += 1;
        return current;
      },
      refresh: () => {
        current = second;
      },
    };
    return source;
  }

  it.each<[string, () => Promise<unknown>]>([
    ['nothing', () => Promise.resolve(undefined)],
    ['empty texts', () => Promise.resolve({ accessKeyId: '', accessKeySecret: '' })],
    ['a key id without secret', () => Promise.resolve({ accessKeyId: KEYS.accessKeyId })],
    ['an error that quotes a secret', () => Promise.reject(new Error(`config: ${KEYS.accessKeySecret}`))],
    ['nothing in time', () => new Promise(() => undefined)],
  ])('sends nothing when the source gives %s', async (_title, get) => {
    const server = await serve(answering(200, CREATED));
    const credentials = { describe: () => 'a broken source', get: get as CredentialsSource['get'] };
    const error = await failure(api(server, { credentials, credentialsTimeoutMs: 50 }).createVpcEndpoint(REQUEST));
    expect(error).toMatchObject({ code: 'CredentialsUnavailable', class: 'throttled', mayHaveExecuted: false });
    expect(error.message).toContain('a broken source');
    expect(server.arrived).toHaveLength(0);
    expectNoSecrets(error);
  });

  it('are asked for at each call', async () => {
    const server = await serve(answering(200, CREATED));
    const credentials = renewable(KEYS, FRESH);
    const client = api(server, { credentials });
    await client.createVpcEndpoint(REQUEST);
    await client.createVpcEndpoint(REQUEST);
    expect(credentials.gets).toBe(2);
  });

  it('signs a call anew once when its time was refused', async () => {
    const expired = answering(400, { RequestId: 'R-6', Code: 'InvalidTimeStamp.Expired', Message: 'expired' });
    const server = await serve(expired, answering(200, CREATED), expired);
    const client = api(server);
    expect(await client.createVpcEndpoint(REQUEST)).toMatchObject({ EndpointId: 'ep-1' });
    const [first, second] = server.arrived;
    expect(second?.form['SignatureNonce']).not.toBe(first?.form['SignatureNonce']);

    const error = await failure(client.createVpcEndpoint(REQUEST));
    expect(error).toMatchObject({ code: 'InvalidTimeStamp.Expired', class: 'denied' });
    expect(server.arrived).toHaveLength(4);
  });

  it('signs a call once with fresh credentials when its security token has expired', async () => {
    const expired = answering(400, { Code: 'InvalidSecurityToken.Expired', Message: 'expired' });
    const server = await serve(expired, answering(200, CREATED));
    await api(server, { credentials: renewable(KEYS, FRESH) }).createVpcEndpoint(REQUEST);
    expect(server.arrived.map((one) => one.form['SecurityToken'])).toEqual([KEYS.securityToken, FRESH.securityToken]);
  });

  it.each<[string, CredentialsSource]>([
    ['the same token comes back', renewable(KEYS, KEYS)],
    ['the source has no other', staticCredentials(KEYS)],
  ])('does not repeat a call with an expired token when %s', async (_title, credentials) => {
    const server = await serve(answering(400, { Code: 'InvalidSecurityToken.Expired', Message: 'expired' }));
    const error = await failure(api(server, { credentials }).createVpcEndpoint(REQUEST));
    expect(error.code).toBe('InvalidSecurityToken.Expired');
    expect(server.arrived).toHaveLength(1);
  });

  it.each([
    'InvalidAccessKeyId.NotFound',
    'SignatureDoesNotMatch',
    'IncompleteSignature',
    'InvalidSecurityToken.Malformed',
  ])('are looked for anew at the call after %s, which is not repeated', async (Code) => {
    const server = await serve(answering(400, { Code, Message: 'no' }), answering(200, CREATED));
    const client = api(server, { credentials: renewable(KEYS, FRESH) });
    expect((await failure(client.createVpcEndpoint(REQUEST))).class).toBe('denied');
    expect(server.arrived).toHaveLength(1);
    await client.createVpcEndpoint(REQUEST);
    expect(server.arrived[1]?.form['SecurityToken']).toBe(FRESH.securityToken);
  });

  it.each(['Throttling.User', 'SystemBusy', 'VpcNotFound', 'IdempotenceProcessing'])(
    'repeats nothing of itself after %s',
    async (Code) => {
      const server = await serve(answering(400, { Code, Message: 'no' }));
      await failure(api(server).createVpcEndpoint(REQUEST));
      expect(server.arrived).toHaveLength(1);
    },
  );
});

function percent(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function canonical(form: Readonly<Record<string, string>>): string {
  return Object.keys(form)
    .sort()
    .map((name) => `${percent(name)}=${percent(form[name] ?? '')}`)
    .join('&');
}

/** Signature version 1, as its description says and not as pop-core does it. */
function signatureOf(form: Readonly<Record<string, string>>): string {
  const toSign = `POST&%2F&${percent(canonical(form))}`;
  return createHmac('sha1', `${KEYS.accessKeySecret}&`).update(toSign).digest('base64');
}
