import { mkdir, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import {
  accountCredentials,
  CredentialsUnavailableError,
  defaultChainCredentials,
  fetchCredentials,
  hasCredentials,
  staticCredentials,
} from '../../../src/privatelink/credentials.js';
import { useEmptyHome } from '../../support/empty-home.js';

const SECRET = 'VerySecretValue0123456789';
const home = useEmptyHome();

async function writeHome(file: string, text: string): Promise<void> {
  const target = path.join(home.path, file);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, text);
}

const credentialsFile = (text: string) => writeHome('.alibabacloud/credentials', text);
const cliFile = (configuration: unknown) =>
  writeHome('.aliyun/config.json', typeof configuration === 'string' ? configuration : JSON.stringify(configuration));

const keysOf = (profile: string, id: string) =>
  `[${profile}]\ntype = access_key\naccess_key_id = ${id}\naccess_key_secret = ${SECRET}\n`;

async function failure(getting: Promise<unknown>): Promise<CredentialsUnavailableError> {
  const error = await getting.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CredentialsUnavailableError);
  return error as CredentialsUnavailableError;
}

describe('static credentials', () => {
  it('give what they were made of, and show none of it', async () => {
    const source = staticCredentials({ accessKeyId: 'id', accessKeySecret: SECRET, securityToken: 'token-value' });
    expect(await source.get()).toEqual({ accessKeyId: 'id', accessKeySecret: SECRET, securityToken: 'token-value' });
    expect(`${source.describe()} ${inspect(source, { depth: 9, showHidden: true })}`).not.toMatch(
      /VerySecret|token-value/,
    );
  });

  it.each([
    { accessKeyId: '', accessKeySecret: SECRET },
    { accessKeyId: 'id', accessKeySecret: '' },
  ])('need both a key id and a secret', (credentials) => {
    expect(() => staticCredentials(credentials)).toThrow(RangeError);
  });
});

describe('the default chain', () => {
  it('reads the environment, security token included', async () => {
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_ID', 'id-of-environment');
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_SECRET', SECRET);
    vi.stubEnv('ALIBABA_CLOUD_SECURITY_TOKEN', 'token');
    expect(await defaultChainCredentials().get()).toEqual({
      accessKeyId: 'id-of-environment',
      accessKeySecret: SECRET,
      securityToken: 'token',
    });
  });

  it('asks every source again after all of them failed', async () => {
    const source = defaultChainCredentials();
    await failure(source.get());
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_ID', 'id-that-came-later');
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_SECRET', SECRET);
    expect(await source.get()).toMatchObject({ accessKeyId: 'id-that-came-later' });
  });

  it('serves calls that ask at the same time, whichever source has the credentials', async () => {
    await credentialsFile(keysOf('default', 'id-of-file'));
    const source = defaultChainCredentials();
    const got = await Promise.all([source.get(), source.get(), source.get()]);
    expect(got.map(({ accessKeyId }) => accessKeyId)).toEqual(['id-of-file', 'id-of-file', 'id-of-file']);
  });

  it('reads a repaired file after a refresh', async () => {
    await credentialsFile(keysOf('default', 'id-before'));
    const source = defaultChainCredentials();
    await source.get();
    await credentialsFile(keysOf('default', 'id-after'));
    expect(await source.get()).toMatchObject({ accessKeyId: 'id-before' });
    source.refresh?.();
    expect(await source.get()).toMatchObject({ accessKeyId: 'id-after' });
  });

  it.each([
    { reason: 'near their end are renewed', leftMs: 60_000, fetches: 2 },
    { reason: 'with time left are kept', leftMs: 3_600_000, fetches: 1 },
  ])('gives temporary credentials: those $reason', async ({ leftMs, fetches }) => {
    let served = 0;
    const server = http.createServer((_request, response) => {
      served += 1;
      const Expiration = `${new Date(Date.now() + leftMs).toISOString().slice(0, 19)}Z`;
      response.end(
        JSON.stringify({ AccessKeyId: `id-${served}`, AccessKeySecret: SECRET, SecurityToken: 'token', Expiration }),
      );
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    vi.stubEnv('ALIBABA_CLOUD_CREDENTIALS_URI', `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const source = defaultChainCredentials();
    await source.get();
    expect(await source.get()).toMatchObject({ accessKeyId: `id-${fetches}`, securityToken: 'token' });
    expect(served).toBe(fetches);
    server.close();
    server.closeAllConnections();
  });

  it('quotes neither files nor answers in its error', async () => {
    await cliFile(`{"profiles": [{"name": "default", "access_key_secret": "${SECRET}"`);
    const error = await failure(defaultChainCredentials().get());
    expect(`${error.stack ?? ''} ${inspect(error, { depth: 9, showHidden: true })}`).not.toContain(SECRET);
    expect(error.message).toContain('the default credential chain');
  });
});

describe('the credentials of an account', () => {
  const cliProfile = (name: string, id: string) => ({
    name,
    mode: 'AK',
    access_key_id: id,
    access_key_secret: SECRET,
  });

  it('are the chain for the account "default"', async () => {
    await credentialsFile(keysOf('default', 'id-of-default') + keysOf('prod', 'id-of-prod'));
    expect(await accountCredentials('default').get()).toMatchObject({ accessKeyId: 'id-of-default' });
  });

  it('are the profile of its name in the credentials file, whatever the environment says', async () => {
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_ID', 'id-of-environment');
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_SECRET', SECRET);
    await credentialsFile(keysOf('default', 'id-of-default') + keysOf('prod', 'id-of-prod'));
    expect(await accountCredentials('prod').get()).toMatchObject({ accessKeyId: 'id-of-prod' });
  });

  it.each([
    { reason: 'there is no credentials file', file: undefined },
    { reason: 'the credentials file has no such profile', file: keysOf('other', 'id-of-other') },
  ])('are the CLI profile of its name where $reason', async ({ file }) => {
    if (file !== undefined) await credentialsFile(file);
    await cliFile({ current: 'x', profiles: [cliProfile('x', 'id-of-x'), cliProfile('prod', 'id-of-cli')] });
    expect(await accountCredentials('prod').get()).toMatchObject({ accessKeyId: 'id-of-cli' });
  });

  it.each<[string, string | undefined, unknown]>([
    ['a profile of the credentials file without keys', '[prod]\ntype = access_key\n', undefined],
    ['a profile of the credentials file with half a key', '[prod]\ntype = access_key\naccess_key_id = x\n', undefined],
    ['a CLI profile without keys', undefined, { profiles: [{ name: 'prod', mode: 'AK' }] }],
    [
      'a chained CLI profile whose source has no keys',
      undefined,
      {
        profiles: [
          { name: 'prod', mode: 'ChainableRamRoleArn', source_profile: 'base', ram_role_arn: 'acs:ram::1:role/r' },
          { name: 'base', mode: 'AK' },
        ],
      },
    ],
  ])('are never filled up from the environment: %s', async (_title, file, cli) => {
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_ID', 'id-of-environment');
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_SECRET', SECRET);
    if (file !== undefined) await credentialsFile(file);
    if (cli !== undefined) await cliFile(cli);
    await failure(accountCredentials('prod').get());
  });

  it('are not looked for in the CLI when the profile of the credentials file is there and broken', async () => {
    await credentialsFile('[prod]\ntype = access_key\n');
    await cliFile({ profiles: [cliProfile('prod', 'id-of-somebody-else')] });
    await failure(accountCredentials('prod').get());
  });

  it.each(['', '../x', 'a b', '__proto__', 'a\nb', 'x'.repeat(65)])('refuse the account name %j', (account) => {
    expect(() => accountCredentials(account)).toThrow(RangeError);
  });
});

describe('asking for credentials', () => {
  it('says whether a source has any', async () => {
    await credentialsFile(keysOf('prod', 'id-of-prod'));
    expect(await hasCredentials(accountCredentials('prod'))).toBe(true);
    expect(await hasCredentials(accountCredentials('absent'))).toBe(false);
    expect(await hasCredentials({ describe: () => 'x', get: () => new Promise(() => undefined) }, 20)).toBe(false);
  });

  it('does not wait again for a source that hung', async () => {
    const refresh = vi.fn();
    const source = { describe: () => 'a slow source', get: () => new Promise<never>(() => undefined), refresh };
    expect((await failure(fetchCredentials(source, 20))).message).toContain('20 ms');
    expect(refresh).toHaveBeenCalledOnce();
  });
});
