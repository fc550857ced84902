import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadWorkerConfig } from '../../../src/config.js';
import { ignoredVariables, workerEnvironment } from '../../../src/cli/stack-environment.js';

const HERE = { temporalAddress: '127.0.0.1:7233', namespace: 'default', twinUrl: 'http://127.0.0.1:8480' };

const FOREIGN = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: 'id',
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret',
  ALIBABA_CLOUD_SECURITY_TOKEN: 'token',
  ALIBABACLOUD_ACCESS_KEY_ID: 'id',
  ALICLOUD_ACCESS_KEY: 'key',
  PVL_ENDPOINT: 'https://privatelink.cn-hangzhou.aliyuncs.com',
  PVL_TWIN_URL: 'http://127.0.0.1:1',
  TEMPORAL_ADDRESS: 'prod.example.com:7233',
  TEMPORAL_API_KEY: 'key',
  TEMPORAL_TLS: 'true',
  TEMPORAL_PROFILE: 'prod',
};

describe('the worker of a local stack', () => {
  test('is told of its own server and its own twin, whatever the surroundings say', () => {
    const config = loadWorkerConfig(workerEnvironment({ ...FOREIGN, PATH: '/bin' }, HERE, {}));
    expect(config.temporal).toMatchObject({ address: '127.0.0.1:7233', namespace: 'default', tls: false });
    expect(config.temporal.connectionOptions.apiKey).toBeUndefined();
    expect(config.cloud).toEqual({ kind: 'twin', url: 'http://127.0.0.1:8480' });
  });

  test.each(Object.keys(FOREIGN))('never sees the value that the surroundings have for %s', (name) => {
    const value = FOREIGN[name as keyof typeof FOREIGN];
    expect(workerEnvironment(FOREIGN, HERE, {})[name]).not.toBe(value);
  });

  test('reads no profile file of Temporal', () => {
    const { TEMPORAL_CONFIG_FILE = '' } = workerEnvironment({}, HERE, {});
    expect(TEMPORAL_CONFIG_FILE).not.toBe('');
    expect(existsSync(TEMPORAL_CONFIG_FILE)).toBe(false);
  });

  test('keeps the rest: where programs are, and settings of the worker itself', () => {
    const env = { PATH: '/bin', PVL_LOG_LEVEL: 'DEBUG', PVL_ACCOUNTS: 'default,other' };
    expect(workerEnvironment(env, HERE, { PVL_TASK_QUEUE: 'mine' })).toMatchObject({ ...env, PVL_TASK_QUEUE: 'mine' });
  });

  test.each(['ALIBABA_CLOUD_ACCESS_KEY_ID', 'PVL_ENDPOINT', 'PVL_TWIN_URL', 'TEMPORAL_ADDRESS'])(
    'is not given %s by its starter either',
    (name) => {
      expect(() => workerEnvironment({}, HERE, { [name]: 'x' })).toThrow(name);
    },
  );

  test.each([
    { ...HERE, temporalAddress: 'temporal.example.com:7233' },
    { ...HERE, twinUrl: 'https://privatelink.cn-hangzhou.aliyuncs.com' },
    { ...HERE, twinUrl: 'http://127.0.0.1.example.com' },
  ])('is refused any other machine: $temporalAddress, $twinUrl', (addresses) => {
    expect(() => workerEnvironment({}, addresses, {})).toThrow('not a loopback address');
  });

  test('what is ignored is named, and binaries of the set-up are not ignored', () => {
    expect(ignoredVariables({ ALICLOUD_ACCESS_KEY: 'key', TEMPORAL_CLI_PATH: '/bin/temporal', PATH: '/bin' })).toEqual([
      'ALICLOUD_ACCESS_KEY',
    ]);
  });
});
