import RpcClient from '@alicloud/pop-core';
import { afterEach, describe, expect, it } from 'vitest';
import {
  DEFAULT_ACCOUNT,
  startSimulator,
  type FaultEffect,
  type Simulator,
  type SimulatorOptions,
} from '../../../../src/simulator/index.js';
import { REGION, seededRandom } from '../fixture.js';
import { exchange, signedNow } from './wire-client.js';

type Json = Record<string, unknown>;
interface Client {
  request(action: string, parameters: object, options?: object): Promise<Json>;
}
type ClientConstructor = new (config: object) => Client;

const STS = { accessKeyId: 'STS.id', accessKeySecret: 'stssecret', securityToken: 'sts-token', accountId: '2' };
const CREATE = {
  RegionId: REGION,
  VpcId: 'vpc-1',
  ServiceId: 'epsrv-1',
  SecurityGroupId: ['sg-1'],
  Zone: [{ ZoneId: 'cn-huhehaote-b', VSwitchId: 'vsw-1', ip: '10.0.0.5' }],
  EndpointDescription: "a b*c~d'(é)",
  Tag: [{ Key: 'env', Value: 'prod' }],
};

const running: Simulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({
    random: seededRandom(),
    settings: { timeToActive: { afterReads: 1 }, deleteMs: 0, zoneRemovalMs: 0 },
    sleep: () => Promise.resolve(),
    accounts: [DEFAULT_ACCOUNT, STS],
    ...options,
  });
  running.push(simulator);
  return simulator;
}

const startStruck = (effect: FaultEffect, options: SimulatorOptions = {}) =>
  start({ faults: [{ action: 'CreateVpcEndpoint', effect }], ...options });

function createClient(endpoint: string, keys: object = DEFAULT_ACCOUNT, opts: object = { method: 'POST' }): Client {
  const config = {
    endpoint,
    apiVersion: '2020-04-15',
    ...keys,
    opts: { formatParams: false, timeout: 5_000, ...opts },
  };
  return new (RpcClient as unknown as ClientConstructor)(config);
}

async function failureOf(call: Promise<unknown>): Promise<Json> {
  try {
    await call;
  } catch (error) {
    return error as Json;
  }
  throw new Error('the call succeeded');
}

describe('the official client', () => {
  it.each([
    ['POST', { method: 'POST' }],
    ['GET', { method: 'GET' }],
    ['POST with everything in the query', { method: 'post' }],
  ])('creates, reads, lists and deletes an endpoint by %s', async (_, opts) => {
    const { url, journal } = await start();
    const client = createClient(url, DEFAULT_ACCOUNT, opts);
    const { EndpointId } = await client.request('CreateVpcEndpoint', CREATE);
    const ref = { RegionId: REGION, EndpointId };
    expect(await client.request('GetVpcEndpointAttribute', ref)).toMatchObject({ EndpointStatus: 'Creating' });
    expect(await client.request('GetVpcEndpointAttribute', ref)).toMatchObject({
      EndpointStatus: 'Active',
      EndpointDescription: "a b*c~d'(é)",
    });
    expect(await client.request('ListVpcEndpoints', { RegionId: REGION, Tag: CREATE.Tag })).toMatchObject({
      TotalCount: 1,
      Endpoints: [{ EndpointId, Tags: [{ Key: 'env', Value: 'prod' }] }],
    });
    expect(await client.request('ListVpcEndpointZones', ref)).toMatchObject({
      Zones: [{ ZoneStatus: 'Connected', EniIp: '10.0.0.5' }],
    });
    const zone = { ...ref, ZoneId: CREATE.Zone[0]?.ZoneId };
    expect(Object.keys(await client.request('RemoveZoneFromVpcEndpoint', zone))).toEqual(['RequestId']);
    expect(await client.request('ListVpcEndpointZones', ref)).toMatchObject({ TotalCount: 0, Zones: [] });
    expect(Object.keys(await client.request('DeleteVpcEndpoint', ref))).toEqual(['RequestId']);
    expect(await failureOf(client.request('GetVpcEndpointAttribute', ref))).toMatchObject({ code: 'EndpointNotFound' });
    expect(JSON.stringify(journal.requests)).not.toContain('testid');
  });

  it('gets errors as the service shapes them', async () => {
    const { url } = await start();
    const failure = await failureOf(createClient(url).request('CreateVpcEndpoint', { ...CREATE, SecurityGroupId: [] }));
    expect(failure).toMatchObject({
      code: 'EndpointMustContainSecurityGroup',
      entry: { response: { statusCode: 400 } },
      data: {
        Code: 'EndpointMustContainSecurityGroup',
        Message: 'The specified endpoint must have at least one security group.',
        HostId: `privatelink.${REGION}.aliyuncs.com`,
      },
    });
  });

  it('is refused with a wrong secret, an unknown key or no signature at all', async () => {
    const { url, journal } = await start();
    const attempt = (keys: object) => failureOf(createClient(url, keys).request('CreateVpcEndpoint', CREATE));
    expect(await attempt({ ...DEFAULT_ACCOUNT, accessKeySecret: 'wrong' })).toMatchObject({
      code: 'SignatureDoesNotMatch',
      entry: { response: { statusCode: 400 } },
    });
    expect(await attempt({ ...DEFAULT_ACCOUNT, accessKeyId: 'nobody' })).toMatchObject({
      code: 'InvalidAccessKeyId.NotFound',
      entry: { response: { statusCode: 404 } },
    });
    expect(await attempt({ credentialsProvider: { getCredentials: () => ({}) } })).toMatchObject({
      code: 'MissingAccessKeyId',
    });
    expect(journal.requests.map(({ code, accountId }) => [code, accountId])).toEqual([
      ['SignatureDoesNotMatch', undefined],
      ['InvalidAccessKeyId.NotFound', undefined],
      ['MissingAccessKeyId', undefined],
    ]);
    expect(journal.endpointsMade()).toEqual([]);
  });

  it('is its own account with temporary credentials, and refused with another token', async () => {
    const { url } = await start();
    const list = (keys: object) => createClient(url, keys).request('ListVpcEndpoints', { RegionId: REGION });
    await createClient(url, STS).request('CreateVpcEndpoint', CREATE);
    expect(await list(STS)).toMatchObject({ TotalCount: 1 });
    expect(await list(DEFAULT_ACCOUNT)).toMatchObject({ TotalCount: 0 });
    expect(await failureOf(list({ ...STS, securityToken: 'old' }))).toMatchObject({
      code: 'InvalidSecurityToken.MismatchWithAccessKey',
    });
    expect(await failureOf(list({ ...STS, securityToken: undefined }))).toMatchObject({ code: 'MissingSecurityToken' });
  });

  it('is refused with a clock that is off, but not because the clock of the twin was turned', async () => {
    const turned = await start();
    turned.advance(60 * 60_000);
    await createClient(turned.url).request('CreateVpcEndpoint', CREATE);
    const off = await start({ signatureNow: () => Date.now() + 16 * 60_000 });
    expect(await failureOf(createClient(off.url).request('CreateVpcEndpoint', CREATE))).toMatchObject({
      code: 'InvalidTimeStamp.Expired',
    });
  });

  it.each([
    ['loseResponse', 1],
    ['resetBefore', 0],
  ] as const)('gets no answer to %s, which makes %d endpoints', async (kind, made) => {
    const { url, journal } = await startStruck({ kind });
    const client = createClient(url);
    const request = { ...CREATE, ClientToken: 't' };
    expect(await failureOf(client.request('CreateVpcEndpoint', request))).toMatchObject({ code: 'ECONNRESET' });
    expect(journal.endpointsMade()).toHaveLength(made);
    const { EndpointId } = await client.request('CreateVpcEndpoint', request);
    expect(journal.endpointsMade()).toEqual([EndpointId]);
  });

  it('runs into its timeout while a delayed call is executed all the same', async () => {
    let end: () => void = () => undefined;
    const sleep = () => new Promise<void>((resolve) => (end = resolve));
    const { url, journal } = await startStruck({ kind: 'delayBeforeMs', ms: 60_000 }, { sleep });
    const client = createClient(url, DEFAULT_ACCOUNT, { method: 'POST', timeout: 50 });
    const request = { ...CREATE, ClientToken: 't' };
    expect(await failureOf(client.request('CreateVpcEndpoint', request))).toMatchObject({
      name: 'RequestTimeoutError',
    });
    expect(await failureOf(client.request('CreateVpcEndpoint', request))).toMatchObject({
      code: 'IdempotenceProcessing',
    });
    end();
    const { EndpointId } = await client.request('CreateVpcEndpoint', request);
    expect(journal.endpointsMade()).toEqual([EndpointId]);
  });

  it('is told by a header how long it is throttled', async () => {
    const { url } = await startStruck({ kind: 'throttle', timeLeftMs: 2_000 });
    expect(await failureOf(createClient(url).request('CreateVpcEndpoint', CREATE))).toMatchObject({
      code: 'Throttling.User',
      entry: {
        response: {
          statusCode: 400,
          headers: { 'x-ratelimit-user-api': 'Limit:1,Remain:0,TimeLeft:2000,Reset:1' },
        },
      },
    });
  });

  it('cannot read a 502 of HTML, though its endpoint was made', async () => {
    const { url, journal } = await startStruck({ kind: 'errorAfter', status: 502, body: 'html' });
    expect(await failureOf(createClient(url).request('CreateVpcEndpoint', CREATE))).toMatchObject({
      name: 'SyntaxError',
      text: expect.stringContaining('502') as unknown,
    });
    expect(journal.endpointsMade()).toHaveLength(1);
  });

  it('keeps its connection when a fault brings headers that cannot be written', async () => {
    const told: Error[] = [];
    const onError = (error: Error) => told.push(error);
    const { url } = await startStruck({ kind: 'code', code: 'A', headers: { 'bad name': 'x\n' } }, { onError });
    const client = createClient(url);
    expect(await failureOf(client.request('CreateVpcEndpoint', CREATE))).toMatchObject({ code: 'ECONNRESET' });
    expect(await client.request('CreateVpcEndpoint', CREATE)).toHaveProperty('EndpointId');
    expect(told).toMatchObject([{ code: 'ERR_INVALID_HTTP_TOKEN' }]);
  });
});

describe('the server', () => {
  it('listens on the loopback address only', async () => {
    const { url, port } = await start();
    expect(url).toBe(`http://127.0.0.1:${port}`);
  });

  it('merges query and form body, with spaces as plus signs and names that stand in both', async () => {
    const { url } = await start();
    const all = signedNow({ EndpointName: 'a b*~é' });
    const { Action, Version, Signature, AccessKeyId, ...body } = all;
    const query = new URLSearchParams({ Action, Version, Signature, AccessKeyId, RegionId: all.RegionId });
    const response = await fetch(`${url}/?${query.toString()}`, { method: 'POST', body: new URLSearchParams(body) });
    expect(await response.json()).toMatchObject({ TotalCount: 0 });
    expect(response.status).toBe(200);
  });

  it('refuses a request that was sent before', async () => {
    const { url } = await start();
    const query = new URLSearchParams(signedNow({}, 'GET')).toString();
    expect((await fetch(`${url}/?${query}`)).status).toBe(200);
    expect(await (await fetch(`${url}/?${query}`)).json()).toMatchObject({ Code: 'SignatureNonceUsed' });
  });

  const envelopes: [reason: string, path: string, init: RequestInit, status: number, code: string][] = [
    ['nothing', '/', {}, 400, 'MissingAction'],
    ['no version', '/?Action=ListVpcEndpoints', {}, 400, 'MissingVersion'],
    ['another version', '/?Action=A&Version=2016-04-28', {}, 404, 'InvalidApi.NotFound'],
    ['another path', '/api?Action=A&Version=2020-04-15', {}, 404, 'InvalidApi.NotFound'],
    ['another method', '/?Action=A', { method: 'PUT', body: 'x' }, 400, 'UnsupportedHTTPMethod'],
    ['no signature', '/?Action=A&Version=2020-04-15', {}, 400, 'MissingAccessKeyId'],
    ['broken percent signs', '/?Action=%E0%A4%A&%=%', {}, 400, 'MissingVersion'],
    ['a body of 2 MiB', '/', { method: 'POST', body: 'a'.repeat(2 ** 21) }, 413, 'RequestEntityTooLarge'],
  ];
  it.each(envelopes)('refuses %s in good form', async (_, path, init, status, code) => {
    const { url } = await start();
    const response = await fetch(url + path, init);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      Code: code,
      RequestId: expect.any(String) as unknown,
      HostId: expect.any(String) as unknown,
      Message: expect.any(String) as unknown,
      Recommend: expect.any(String) as unknown,
    });
  });

  it('answers what is not HTTP with a well-formed 400', async () => {
    const { port } = await start();
    const [head = '', body = ''] = (await exchange(port, 'EHLO privatelink\r\n\r\n')).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(body)).toMatchObject({ Code: 'InvalidParameter.Format' });
  });

  it('closes although a client holds its connection and a call is delayed', async () => {
    const sleep = (_ms: number, signal: AbortSignal) =>
      new Promise<void>((_, stop) => signal.addEventListener('abort', () => stop(new Error('stopped'))));
    const simulator = await startStruck({ kind: 'delayBeforeMs', ms: 60_000 }, { sleep });
    const pending = failureOf(createClient(simulator.url).request('CreateVpcEndpoint', CREATE));
    while (simulator.journal.requests.length === 0) await new Promise(setImmediate);
    await simulator.close();
    expect(await pending).toMatchObject({ code: 'ECONNRESET' });
    expect(simulator.journal.endpointsMade()).toEqual([]);
  });
});
