import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import {
  DEFAULT_ACCOUNT,
  startSimulator,
  type Simulator,
  type SimulatorOptions,
} from '../../../../src/simulator/index.js';
import { REGION, seededRandom, VALID_CREATE } from '../fixture.js';
import { answerTo, callV3, exchange, signedNow } from './wire-client.js';

const running: Simulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ random: seededRandom(), ...options });
  running.push(simulator);
  return simulator;
}

describe('the wire', () => {
  it('takes calls of version 3, with parameters in the query and in a form body', async () => {
    const { url, journal } = await start();
    const { status, headers, json } = await callV3(url, 'ListVpcEndpoints', {
      query: { RegionId: REGION },
      form: 'EndpointName=a+b%2A%7E%C3%A9&MaxResults=7',
    });
    expect([status, json['TotalCount'], json['MaxResults']]).toEqual([200, 0, 7]);
    expect(headers['x-acs-request-id']).toBe(json['RequestId']);
    expect(journal.requests).toMatchObject([
      { action: 'ListVpcEndpoints', parameters: { EndpointName: 'a b*~é' }, accountId: DEFAULT_ACCOUNT.accountId },
    ]);
    expect(JSON.stringify(journal.requests)).not.toContain('testid');
  });

  it('refuses a call of version 3 whose body was changed, or that was signed with another secret', async () => {
    const { url } = await start();
    const changed = { query: { RegionId: REGION }, form: 'MaxResults=7', sentForm: 'MaxResults=8' };
    expect((await callV3(url, 'ListVpcEndpoints', changed)).json['Code']).toBe('SignatureDoesNotMatch');
    expect((await callV3(url, 'ListVpcEndpoints', { secret: 'wrong' })).json['Code']).toBe('SignatureDoesNotMatch');
  });

  it('gives temporary credentials that work until they expire, in both versions', async () => {
    const simulator = await start();
    const { url, journal } = simulator;
    const version = { 'x-acs-version': '2015-04-01' };
    const role = { RoleArn: 'acs:ram::77:role/ops', RoleSessionName: 'run', DurationSeconds: '900' };
    const { json } = await callV3(url, 'AssumeRole', { query: role, headers: version });
    const issued = json['Credentials'] as Record<'AccessKeyId' | 'AccessKeySecret' | 'SecurityToken', string>;
    const { AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret, SecurityToken: securityToken } = issued;
    const identify = () =>
      callV3(url, 'GetCallerIdentity', {
        accessKeyId,
        secret: accessKeySecret,
        headers: { ...version, 'x-acs-security-token': securityToken },
      });
    expect((await identify()).json).toMatchObject({ AccountId: '77', IdentityType: 'AssumedRoleUser' });
    const list = async () => {
      const call = signedNow({ AccessKeyId: accessKeyId, SecurityToken: securityToken }, 'GET', accessKeySecret);
      return (await fetch(`${url}/?${new URLSearchParams(call).toString()}`)).json();
    };
    expect(await list()).toMatchObject({ TotalCount: 0 });

    simulator.advance(900_000);
    expect((await identify()).json).toMatchObject({ Code: 'InvalidSecurityToken.Expired' });
    expect(await list()).toMatchObject({ Code: 'InvalidSecurityToken.Expired' });
    expect(journal.requests.slice(0, 3).map(({ action, accountId, status }) => [action, accountId, status])).toEqual([
      ['AssumeRole', DEFAULT_ACCOUNT.accountId, 200],
      ['GetCallerIdentity', '77', 200],
      ['ListVpcEndpoints', '77', 200],
    ]);
    const kept = JSON.stringify(journal.requests);
    for (const secret of [accessKeyId, accessKeySecret, securityToken]) expect(kept).not.toContain(secret);
  });

  it('answers companion calls of version 1 on the same address, and notes their refusals', async () => {
    const { url, journal } = await start({
      companions: { findVSwitch: (_, regionId, id) => (id === 'vsw-1' ? { ZoneId: `${regionId}-k` } : undefined) },
    });
    const ask = async (VSwitchId: string) => {
      const call = signedNow({ Action: 'DescribeVSwitchAttributes', Version: '2016-04-28', VSwitchId }, 'GET');
      return (await fetch(`${url}/?${new URLSearchParams(call).toString()}`)).json();
    };
    expect(await ask('vsw-1')).toMatchObject({ ZoneId: `${REGION}-k` });
    expect(await ask('vsw-2')).toMatchObject({ Code: 'InvalidVswitchID.NotFound' });
    expect(journal.requests.map(({ code }) => code)).toEqual([undefined, 'InvalidVswitchID.NotFound']);
  });

  it('answers InternalError where the twin itself is broken, and tells its owner what broke', async () => {
    const told: Error[] = [];
    const broken = () => {
      throw new RangeError('a mistake of ours');
    };
    const { url } = await start({ companions: { findVSwitch: broken }, onError: (error) => told.push(error) });
    const call = signedNow({ Action: 'DescribeVSwitchAttributes', Version: '2016-04-28', VSwitchId: 'vsw-1' }, 'GET');
    const answer = await fetch(`${url}/?${new URLSearchParams(call).toString()}`);
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({ Code: 'InternalError' });
    expect(told.map(({ message }) => message)).toEqual(['a mistake of ours']);
  });

  it('knows the vSwitches of its settings, also where they change', async () => {
    const { url, engine } = await start({ settings: { missing: ['vsw-1'] } });
    const ask = async () => {
      const call = { query: { RegionId: REGION, VSwitchId: 'vsw-1' }, headers: { 'x-acs-version': '2016-04-28' } };
      return (await callV3(url, 'DescribeVSwitchAttributes', call)).status;
    };
    expect(await ask()).toBe(404);
    engine.configure({ missing: [] });
    expect(await ask()).toBe(200);
  });

  it('lets only the temporary credentials that made a protected endpoint delete it', async () => {
    const role = (RoleSessionName: string) => ({ RoleArn: 'acs:ram::77:role/ops', RoleSessionName });
    const { url } = await start({ settings: { timeToActive: { afterMs: 0 } } });
    const become = async (name: string) => {
      const { json } = await callV3(url, 'AssumeRole', {
        query: role(name),
        headers: { 'x-acs-version': '2015-04-01' },
      });
      const { AccessKeyId, AccessKeySecret, SecurityToken } = json['Credentials'] as Record<string, string>;
      const headers = { 'x-acs-security-token': SecurityToken ?? '' };
      return { accessKeyId: AccessKeyId ?? '', secret: AccessKeySecret ?? '', headers };
    };
    const maker = await become('maker');
    const create = { ...VALID_CREATE, ProtectedEnabled: 'True' };
    const { json } = await callV3(url, 'CreateVpcEndpoint', { ...maker, query: create });
    const zone = { RegionId: REGION, EndpointId: String(json['EndpointId']), ZoneId: 'cn-huhehaote-b' };
    const remove = async (keys: object) =>
      (await callV3(url, 'RemoveZoneFromVpcEndpoint', { ...keys, query: zone })).json;
    expect(await remove(await become('other'))).toMatchObject({
      Code: expect.stringContaining('EndpointProtected') as unknown,
    });
    expect(await remove(await become('maker'))).not.toHaveProperty('Code');
  });

  it('answers in XML where that is asked for', async () => {
    const { url } = await start();
    const query = (more: Record<string, string>) => new URLSearchParams(signedNow(more, 'GET')).toString();
    const listed = await fetch(`${url}/?${query({ Format: 'XML' })}`);
    expect(listed.headers.get('content-type')).toBe('text/xml;charset=utf-8');
    expect(await listed.text()).toMatch(/<ListVpcEndpointsResponse>.*<TotalCount>0<.*<\/ListVpcEndpointsResponse>$/);
    const refused = await fetch(`${url}/?${query({ Format: 'XML', Timestamp: 'now' })}`);
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('<Error><RequestId>');
  });

  it('gives XML to who asks for nothing where the switch says so', async () => {
    const { url } = await start({ settings: { switches: { absentFormat: 'XML' } } });
    expect(await (await fetch(`${url}/?Action=A`)).text()).toContain('<Code>MissingVersion</Code>');
    expect(await (await fetch(`${url}/?Action=A&Format=JSON`)).json()).toMatchObject({ Code: 'MissingVersion' });
  });

  it('is every host of the cloud, and needs the RegionId from each', async () => {
    const { url } = await start();
    const host = 'privatelink-vpc.cn-hangzhou.aliyuncs.com';
    const { json } = await callV3(url, 'ListVpcEndpoints', { headers: { host } });
    expect(json).toMatchObject({ Code: 'MissingRegionId', HostId: host });
  });

  it('serves HTTP and HTTPS at once', async () => {
    const { url, tlsUrl = '', tlsPort, caFile = '' } = await start({ tls: true });
    expect(tlsUrl).toBe(`https://127.0.0.1:${tlsPort}`);
    const ca = await readFile(caFile, 'utf8');
    const query = { RegionId: REGION };
    expect((await callV3(tlsUrl, 'ListVpcEndpoints', { query, ca })).json).toMatchObject({ TotalCount: 0 });
    expect((await callV3(url, 'ListVpcEndpoints', { query })).json).toMatchObject({ TotalCount: 0 });
    await expect(callV3(tlsUrl, 'ListVpcEndpoints', { query })).rejects.toThrow(/certificate/);
  });

  it('leaves nothing open when it cannot start', async () => {
    const { port } = await start();
    const before = process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length;
    await expect(startSimulator({ tlsPort: port })).rejects.toThrow('EADDRINUSE');
    expect(process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap')).toHaveLength(before);
  });

  it('keeps one connection for a whole run, and many at once', async () => {
    const { url } = await start();
    const ports = new Set<number | undefined>();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let count = 0; count < 20; count += 1) {
      const sent = request(`${url}/?Action=A`, { agent });
      sent.on('response', ({ socket }) => ports.add(socket.localPort));
      expect((await answerTo(sent)).status).toBe(400);
    }
    agent.destroy();
    expect(ports.size).toBe(1);
    const many = Array.from({ length: 300 }, () => answerTo(request(`${url}/?Action=A`, { agent: false })));
    expect(new Set((await Promise.all(many)).map(({ status }) => status))).toEqual(new Set([400]));
  });

  it('takes a parameter of 100,000 characters, and refuses a longer query in good form', async () => {
    const { url } = await start();
    const long = 'é'.repeat(100_000);
    const { status, json } = await callV3(url, 'ListVpcEndpoints', { query: { RegionId: REGION, Unknown: long } });
    expect([status, json['TotalCount']]).toEqual([200, 0]);
    const refused = await answerTo(request(`${url}/?Action=A&B=${'a'.repeat(1_100_000)}`));
    expect(refused.status).toBe(431);
    expect(refused.json).toMatchObject({ Code: 'RequestHeaderTooLarge' });
  });

  it.each([
    [
      'CONNECT',
      'CONNECT privatelink.cn-hangzhou.aliyuncs.com:443 HTTP/1.1\r\nHost: x\r\n\r\n',
      'InvalidParameter.Format',
    ],
    [
      'an Expect header',
      'GET /?Action=A HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nConnection: close\r\n\r\n',
      'MissingVersion',
    ],
    [
      'an Upgrade',
      'GET /?Action=A HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n',
      'MissingVersion',
    ],
    ['no Host', 'GET /?Action=A HTTP/1.1\r\nConnection: close\r\n\r\n', 'MissingVersion'],
    ['an old version of HTTP', 'GET /?Action=A HTTP/1.0\r\n\r\n', 'MissingVersion'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      'InvalidParameter.Format',
    ],
    [
      'a broken chunk',
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      'InvalidParameter.Format',
    ],
    ['bytes', '\u0000\u0001\u00ff\r\n\r\n', 'InvalidParameter.Format'],
  ])('answers %s in good form and stays up', async (_, sent, Code) => {
    const { url, port } = await start();
    const [head = '', body = ''] = (await exchange(port, sent)).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(head.toLowerCase()).toContain('x-acs-request-id: ');
    expect(JSON.parse(body)).toMatchObject({ Code });
    expect((await fetch(`${url}/?Action=A`)).status).toBe(400);
  });
});
