import { mkdir, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openAccounts, TWIN_CREDENTIALS, type Cloud } from '../../../src/worker/cloud-accounts.js';
import { useEmptyHome } from '../../support/empty-home.js';

const OPTIONS = { timeoutMs: 5_000, userAgent: 'test' };
const REAL: Cloud = { kind: 'real', endpoint: undefined, network: 'public' };
const REAL_KEY = 'LTAIrealaccesskeyid';
const REAL_SECRET = 'VerySecretValue0123456789';
const home = useEmptyHome();

function credentialsInTheEnvironment(): void {
  vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_ID', REAL_KEY);
  vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_SECRET', REAL_SECRET);
  vi.stubEnv('ALIBABA_CLOUD_SECURITY_TOKEN', 'token-of-the-environment');
}

/** A twin that answers Get and remembers what it was sent, headers included. */
async function listeningTwin() {
  const seen: string[] = [];
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push(`${request.url ?? ''} ${JSON.stringify(request.headers)} ${body}`);
      response.setHeader('content-type', 'application/json');
      response.end('{"RequestId":"REQ-1","EndpointId":"ep-1","EndpointStatus":"Active"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close };
}

describe('the accounts of a worker with a twin', () => {
  it('are all usable, without any credentials of their own', async () => {
    const accounts = await openAccounts({ kind: 'twin', url: 'http://127.0.0.1:1' }, ['default', 'team-a'], OPTIONS);
    expect(accounts.usable).toEqual(['default', 'team-a']);
    expect(accounts.unusable).toEqual([]);
  });

  it('never send the credentials of the environment, even when they are set', async () => {
    credentialsInTheEnvironment();
    const twin = await listeningTwin();
    try {
      const accounts = await openAccounts({ kind: 'twin', url: twin.url }, ['default'], OPTIONS);
      const ref = { RegionId: 'cn-hangzhou', EndpointId: 'ep-1' };
      await accounts.privateLink('default', ref.RegionId).getVpcEndpointAttribute(ref);
    } finally {
      await twin.close();
    }
    expect(twin.seen).toHaveLength(1);
    const [sent = ''] = twin.seen;
    expect(sent).toContain(`AccessKeyId=${TWIN_CREDENTIALS.accessKeyId}`);
    for (const secret of [REAL_KEY, REAL_SECRET, 'token-of-the-environment', 'SecurityToken'])
      expect(sent).not.toContain(secret);
  });

  it('share no connections between regions, although there is one twin', async () => {
    const accounts = await openAccounts({ kind: 'twin', url: 'http://127.0.0.1:1' }, ['default'], OPTIONS);
    const one = accounts.privateLink('default', 'cn-hangzhou');
    expect(accounts.privateLink('default', 'cn-hangzhou')).toBe(one);
    expect(accounts.privateLink('default', 'cn-beijing')).not.toBe(one);
  });
});

describe('the accounts of a worker with the cloud', () => {
  it('are usable where credentials are found, and the others say where they were looked for', async () => {
    await mkdir(path.join(home.path, '.alibabacloud'));
    await writeFile(
      path.join(home.path, '.alibabacloud/credentials'),
      `[team-a]\ntype = access_key\naccess_key_id = ${REAL_KEY}\naccess_key_secret = ${REAL_SECRET}\n`,
    );
    const accounts = await openAccounts(REAL, ['default', 'team-a', 'team-b'], OPTIONS);
    expect(accounts.usable).toEqual(['team-a']);
    expect(accounts.unusable).toEqual([
      { account: 'default', source: 'the default credential chain' },
      { account: 'team-b', source: 'the profile "team-b"' },
    ]);
    expect(JSON.stringify(accounts.unusable)).not.toMatch(new RegExp(`${REAL_KEY}|${REAL_SECRET}`));
  });

  it('read the environment for the default account', async () => {
    credentialsInTheEnvironment();
    const accounts = await openAccounts(REAL, ['default', 'team-b'], OPTIONS);
    expect(accounts.usable).toEqual(['default']);
    expect(accounts.unusable.map(({ account }) => account)).toEqual(['team-b']);
  });

  it('share an adapter for each account and region, and no further', async () => {
    const accounts = await openAccounts(REAL, ['default', 'team-b'], OPTIONS);
    const one = accounts.privateLink('default', 'cn-hangzhou');
    expect(accounts.privateLink('default', 'cn-hangzhou')).toBe(one);
    expect(accounts.privateLink('default', 'cn-beijing')).not.toBe(one);
    expect(accounts.privateLink('team-b', 'cn-hangzhou')).not.toBe(one);
  });

  it('share no connections between regions where one address stands for all', async () => {
    const cloud: Cloud = { kind: 'real', endpoint: 'https://proxy.example.com', network: 'public' };
    const accounts = await openAccounts(cloud, ['default'], OPTIONS);
    expect(accounts.privateLink('default', 'cn-hangzhou')).not.toBe(accounts.privateLink('default', 'cn-beijing'));
  });

  it('are those that were named, and no others', async () => {
    const accounts = await openAccounts(REAL, ['default'], OPTIONS);
    expect(() => accounts.privateLink('team-a', 'cn-hangzhou')).toThrow(/does not know the account "team-a"/);
    expect(() => accounts.privateLink('constructor', 'cn-hangzhou')).toThrow(/does not know/);
  });

  it('never reach a host that a region id could name', async () => {
    const accounts = await openAccounts(REAL, ['default'], OPTIONS);
    for (const regionId of ['evil.com/', 'x@evil.com', 'cn-hangzhou.evil.com#', '']) {
      expect(() => accounts.privateLink('default', regionId)).toThrow(RangeError);
    }
  });
});

describe('accounts whose credentials come late', () => {
  it('are unusable at first, and usable once a look finds them', async () => {
    const accounts = await openAccounts(REAL, ['default'], OPTIONS);
    expect(accounts.usable).toEqual([]);
    expect(accounts.unusable).toMatchObject([{ account: 'default' }]);
    expect(await accounts.recheck()).toEqual([]);
    credentialsInTheEnvironment();
    expect(await accounts.recheck()).toEqual(['default']);
    expect(accounts.usable).toEqual(['default']);
    expect(accounts.unusable).toEqual([]);
    expect(await accounts.recheck()).toEqual([]);
  });
});
