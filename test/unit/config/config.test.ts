import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigError, environment, loadTemporalConfig, loadWorkerConfig, SETTINGS } from '../../../src/config.js';

const SECRET = 'SECRETKEY0123';
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'config-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

type Env = Record<string, string | undefined>;

/** The problems of an environment, and the whole message. */
function refusal(load: () => unknown): ConfigError {
  try {
    load();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return error as ConfigError;
  }
  throw new Error('These settings can be used');
}

async function profileFile(text: string): Promise<string> {
  const file = path.join(folder, 'temporal.toml');
  await writeFile(file, text);
  return file;
}

describe('the settings of a worker', () => {
  it('have defaults: an empty environment is the real cloud and a local server', () => {
    expect(loadWorkerConfig({})).toMatchObject({
      cloud: { kind: 'real', endpoint: undefined, network: 'public' },
      taskQueue: 'privatelink',
      accounts: ['default'],
      installation: undefined,
      httpTimeoutMs: 10_000,
      regions: [],
      createsPerMinute: 100,
      writesPerMinute: 600,
      watch: 'auto',
      readsPerMinute: 600,
      work: ['workflows', 'calls', 'watch'],
      maxCachedWorkflows: 150,
      metricsAddress: undefined,
      healthAddress: undefined,
      logLevel: 'INFO',
      temporal: { address: 'localhost:7233', namespace: 'default', tls: false },
    });
  });

  it('mean the same when they are set to nothing', () => {
    const empty = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, '  ']));
    expect(loadWorkerConfig(empty)).toEqual(loadWorkerConfig({}));
  });

  it.each(Object.entries(SETTINGS))('%s has a meaning for people', (_, { meaning }) => {
    expect(meaning.length).toBeGreaterThan(10);
  });

  const cases: { env: Env; read: object; reason: string }[] = [
    { env: { PVL_TASK_QUEUE: 'mine' }, read: { taskQueue: 'mine' }, reason: 'another queue' },
    {
      env: { PVL_ACCOUNTS: 'default, team-a,,team_b ' },
      read: { accounts: ['default', 'team-a', 'team_b'] },
      reason: 'a list',
    },
    {
      env: { PVL_TWIN_URL: 'http://127.0.0.1:8080' },
      read: { cloud: { kind: 'twin', url: 'http://127.0.0.1:8080' } },
      reason: 'a twin',
    },
    {
      env: { PVL_TWIN_URL: 'http://[::1]:8080' },
      read: { cloud: { kind: 'twin', url: 'http://[::1]:8080' } },
      reason: 'a twin over IPv6',
    },
    {
      env: { PVL_TWIN_URL: 'http://localhost:1' },
      read: { cloud: { kind: 'twin', url: 'http://localhost:1' } },
      reason: 'a twin by name',
    },
    {
      env: { PVL_ENDPOINT: 'https://proxy.example.com' },
      read: { cloud: { kind: 'real', endpoint: 'https://proxy.example.com', network: 'public' } },
      reason: 'the cloud by another address',
    },
    {
      env: { PVL_NETWORK: 'vpc' },
      read: { cloud: { kind: 'real', endpoint: undefined, network: 'vpc' } },
      reason: 'inside a VPC',
    },
    { env: { PVL_INSTALLATION: 'team a' }, read: { installation: 'team a' }, reason: 'an owner' },
    { env: { PVL_HTTP_TIMEOUT: '1s' }, read: { httpTimeoutMs: 1_000 }, reason: 'the shortest' },
    { env: { PVL_HTTP_TIMEOUT: '25000ms' }, read: { httpTimeoutMs: 25_000 }, reason: 'the longest' },
    { env: { PVL_CREATES_PER_MINUTE: '10' }, read: { createsPerMinute: 10 }, reason: 'the slowest pace' },
    { env: { PVL_CREATES_PER_MINUTE: '10000' }, read: { createsPerMinute: 10_000 }, reason: 'the fastest pace' },
    { env: { PVL_WRITES_PER_MINUTE: '10' }, read: { writesPerMinute: 10 }, reason: 'the slowest pace' },
    { env: { PVL_WRITES_PER_MINUTE: '10000' }, read: { writesPerMinute: 10_000 }, reason: 'the fastest pace' },
    { env: { PVL_READS_PER_MINUTE: '10' }, read: { readsPerMinute: 10 }, reason: 'the slowest pace' },
    { env: { PVL_READS_PER_MINUTE: '100000' }, read: { readsPerMinute: 100_000 }, reason: 'the fastest pace' },
    {
      env: { PVL_REGIONS: 'cn-hangzhou, cn-beijing,,cn-hangzhou' },
      read: { regions: ['cn-hangzhou', 'cn-beijing'] },
      reason: 'a list, each once',
    },
    { env: { PVL_WATCH: 'off' }, read: { watch: 'off' }, reason: 'nobody watches' },
    { env: { PVL_WATCH: 'always' }, read: { watch: 'always' }, reason: 'watched from the first endpoint on' },
    { env: { PVL_WORK: 'watch' }, read: { work: ['watch'] }, reason: 'one kind of work' },
    { env: { PVL_WORK: 'calls, workflows' }, read: { work: ['calls', 'workflows'] }, reason: 'two kinds' },
    { env: { PVL_MAX_CACHED_WORKFLOWS: '0' }, read: { maxCachedWorkflows: 0 }, reason: 'no cache' },
    { env: { PVL_MAX_CACHED_WORKFLOWS: '10000' }, read: { maxCachedWorkflows: 10_000 }, reason: 'the largest cache' },
    {
      env: { PVL_PLUGINS: './a.mjs, b,,b' },
      read: { temporal: { plugins: ['./a.mjs', 'b'] } },
      reason: 'a list, each once',
    },
    {
      env: { TEMPORAL_DEPLOYMENT_NAME: 'pvl', TEMPORAL_WORKER_BUILD_ID: '1.2' },
      read: { version: { deploymentName: 'pvl', buildId: '1.2' } },
      reason: 'a version',
    },
    { env: { PVL_METRICS_ADDRESS: '0.0.0.0:9464' }, read: { metricsAddress: '0.0.0.0:9464' }, reason: 'metrics' },
    { env: { PVL_HEALTH_ADDRESS: '[::1]:0' }, read: { healthAddress: '[::1]:0' }, reason: 'a free port' },
    {
      env: { PVL_HEALTH_ADDRESS: 'localhost:65535' },
      read: { healthAddress: 'localhost:65535' },
      reason: 'the last port',
    },
    ...['trace', 'Debug', 'INFO', 'warn', 'ERROR'].map((level) => ({
      env: { PVL_LOG_LEVEL: level },
      read: { logLevel: level.toUpperCase() },
      reason: 'a level in any case',
    })),
    {
      env: { PVL_CACHE_DIR: '/tmp' },
      read: { taskQueue: 'privatelink' },
      reason: 'the set-up has a variable of its own',
    },
    {
      env: { OTHER_SETTING: 'x', NODE_ENV: 'test' },
      read: { taskQueue: 'privatelink' },
      reason: 'what is not ours is left alone',
    },
  ];

  it.each(cases)('$env: $reason', ({ env, read }) => {
    expect(loadWorkerConfig(env)).toMatchObject(read);
  });

  it('are all read: each variable is used by one of the cases above', () => {
    const used = new Set(cases.flatMap(({ env }) => Object.keys(env)));
    expect(Object.keys(SETTINGS).filter((name) => !used.has(name))).toEqual([]);
  });

  it.each([
    { env: { PVL_ACCOUNTS: ' , ' }, reason: 'no account' },
    { env: { PVL_ACCOUNTS: 'a b' }, reason: 'no name of a profile' },
    { env: { PVL_ACCOUNTS: 'default,../x' }, reason: 'one of them is no name' },
    { env: { PVL_TWIN_URL: 'http://192.168.0.1:8080' }, reason: 'a twin is on this machine' },
    { env: { PVL_TWIN_URL: 'https://twin.example.com' }, reason: 'a twin is on this machine' },
    { env: { PVL_TWIN_URL: 'https://127.0.0.1.example.com' }, reason: 'a name that only begins like this machine' },
    { env: { PVL_TWIN_URL: 'localhost:8080' }, reason: 'no scheme' },
    { env: { PVL_TWIN_URL: 'http://127.0.0.1:8080/path' }, reason: 'calls have the path /' },
    { env: { PVL_ENDPOINT: 'http://proxy.example.com' }, reason: 'plain http would show the signature' },
    { env: { PVL_ENDPOINT: 'ftp://x' }, reason: 'no http at all' },
    { env: { PVL_NETWORK: 'private' }, reason: 'no such network' },
    { env: { PVL_INSTALLATION: 'x'.repeat(129) }, reason: 'too long for a tag' },
    { env: { PVL_INSTALLATION: 'bücher' }, reason: 'not ASCII' },
    { env: { PVL_HTTP_TIMEOUT: '10' }, reason: 'no unit' },
    { env: { PVL_HTTP_TIMEOUT: '999ms' }, reason: 'too short' },
    { env: { PVL_HTTP_TIMEOUT: '26s' }, reason: 'too long' },
    { env: { PVL_CREATES_PER_MINUTE: '9' }, reason: 'slower than the bursts of the engine' },
    { env: { PVL_CREATES_PER_MINUTE: '10001' }, reason: 'too fast' },
    { env: { PVL_CREATES_PER_MINUTE: '3.3' }, reason: 'not a whole number' },
    { env: { PVL_WRITES_PER_MINUTE: '9' }, reason: 'slower than the bursts of the engine' },
    { env: { PVL_WRITES_PER_MINUTE: '10001' }, reason: 'too fast' },
    { env: { PVL_READS_PER_MINUTE: '9' }, reason: 'slower than the bursts of the engine' },
    { env: { PVL_READS_PER_MINUTE: '100001' }, reason: 'too fast' },
    { env: { PVL_READS_PER_MINUTE: '0x64' }, reason: 'not written as a whole number' },
    { env: { PVL_REGIONS: 'create' }, reason: 'the name of a queue is no region' },
    { env: { PVL_REGIONS: 'cn-hangzhou,CN-BEIJING' }, reason: 'one of them is no region id' },
    { env: { PVL_REGIONS: `cn-${'x'.repeat(40)}` }, reason: 'longer than any region id' },
    { env: { PVL_WATCH: 'sometimes' }, reason: 'no such mode' },
    { env: { PVL_WORK: ' , ' }, reason: 'no work' },
    { env: { PVL_WORK: 'workflows,dance' }, reason: 'no such work' },
    { env: { PVL_MAX_CACHED_WORKFLOWS: '-1' }, reason: 'negative' },
    { env: { PVL_MAX_CACHED_WORKFLOWS: '10001' }, reason: 'too many' },
    { env: { PVL_MAX_CACHED_WORKFLOWS: '1e3' }, reason: 'not written as a whole number' },
    { env: { PVL_METRICS_ADDRESS: '9464' }, reason: 'no host' },
    { env: { PVL_METRICS_ADDRESS: 'http://localhost:9464' }, reason: 'an address, not a URL' },
    { env: { PVL_HEALTH_ADDRESS: 'localhost' }, reason: 'no port' },
    { env: { PVL_HEALTH_ADDRESS: 'localhost:65536' }, reason: 'no such port' },
    { env: { PVL_LOG_LEVEL: 'loud' }, reason: 'no such level' },
    { env: { PVL_TASKQUEUE: 'x' }, reason: 'a misspelled setting would be passed over in silence' },
  ])('are refused by name: $env, $reason', ({ env }) => {
    const [name = ''] = Object.keys(env);
    const { problems } = refusal(() => loadWorkerConfig(env));
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.filter((problem) => !problem.startsWith(`${name}: `))).toEqual([]);
  });

  it('are refused all at once', () => {
    // Any text is right for a queue; modules are looked for when they are imported; of a version one half is missing.
    const ALONE_FINE = new Set(['PVL_TASK_QUEUE', 'PVL_PLUGINS', 'TEMPORAL_DEPLOYMENT_NAME']);
    const { problems, message, name } = refusal(() =>
      loadWorkerConfig({
        PVL_ACCOUNTS: ',',
        PVL_TWIN_URL: 'http://10.0.0.1',
        PVL_ENDPOINT: 'x',
        PVL_NETWORK: 'x',
        PVL_INSTALLATION: '\u00e9',
        PVL_HTTP_TIMEOUT: 'x',
        PVL_WORK: 'x',
        PVL_WATCH: 'x',
        PVL_REGIONS: 'x',
        PVL_CREATES_PER_MINUTE: 'x',
        PVL_WRITES_PER_MINUTE: 'x',
        PVL_READS_PER_MINUTE: 'x',
        PVL_MAX_CACHED_WORKFLOWS: 'x',
        PVL_METRICS_ADDRESS: 'x',
        PVL_HEALTH_ADDRESS: 'x',
        PVL_LOG_LEVEL: 'x',
        PVL_NO_SUCH: 'x',
        TEMPORAL_DEPLOYMENT_NAME: 'x',
        TEMPORAL_PROFILE: 'no-such-profile',
      }),
    );
    expect(name).toBe('ConfigError');
    const named = new Set(problems.map((problem) => problem.split(/[: ]/)[0]));
    expect([...named].sort()).toEqual(
      [...Object.keys(SETTINGS).filter((setting) => !ALONE_FINE.has(setting)), 'PVL_NO_SUCH', 'Temporal'].sort(),
    );
    for (const problem of problems) expect(message).toContain(`\n- ${problem}`);
  });

  it.each(['TEMPORAL_DEPLOYMENT_NAME', 'TEMPORAL_WORKER_BUILD_ID'])(
    'name the half of a version that is missing beside %s',
    (name) => {
      const { problems } = refusal(() => loadWorkerConfig({ [name]: 'x' }));
      expect(problems).toEqual([
        expect.stringMatching(
          new RegExp(`^(?!${name})TEMPORAL_\\w+: is missing: worker versioning takes TEMPORAL_DEPLOYMENT_NAME and`),
        ),
      ]);
    },
  );

  it('never mean a twin and the cloud at once', () => {
    const env = { PVL_TWIN_URL: 'http://127.0.0.1:1', PVL_ENDPOINT: 'https://privatelink.cn-hangzhou.aliyuncs.com' };
    expect(refusal(() => loadWorkerConfig(env)).problems).toEqual([
      'PVL_ENDPOINT: contradicts PVL_TWIN_URL: set one of them',
    ]);
  });

  it('do not show the password of an address', () => {
    for (const name of ['PVL_TWIN_URL', 'PVL_ENDPOINT']) {
      const { message } = refusal(() => loadWorkerConfig({ [name]: `https://user:${SECRET}@127.0.0.1` }));
      expect(message).toContain(name);
      expect(message).not.toContain(SECRET);
    }
  });

  it('come from the environment of the process when none is given', () => {
    vi.stubEnv('PVL_TASK_QUEUE', 'from-the-process');
    expect(loadWorkerConfig().taskQueue).toBe('from-the-process');
    expect(environment().PVL_TASK_QUEUE).toBe('from-the-process');
  });
});

describe('where the Temporal server is', () => {
  it('is said by the standard variables of its own tools', () => {
    const config = loadTemporalConfig({ TEMPORAL_ADDRESS: 'temporal.example.com:7233', TEMPORAL_NAMESPACE: 'orders' });
    expect(config).toMatchObject({
      address: 'temporal.example.com:7233',
      namespace: 'orders',
      tls: false,
      connectionOptions: { address: 'temporal.example.com:7233' },
    });
  });

  it('is reached over TLS as soon as there is an API key', () => {
    expect(loadTemporalConfig({ TEMPORAL_API_KEY: SECRET })).toMatchObject({
      tls: true,
      connectionOptions: { apiKey: SECRET, tls: true },
    });
  });

  it.each([
    { env: { TEMPORAL_TLS: 'true' }, tls: true, reason: 'asked for' },
    { env: { TEMPORAL_TLS: 'false', TEMPORAL_API_KEY: SECRET }, tls: false, reason: 'switched off by name' },
    { env: { TEMPORAL_TLS_SERVER_NAME: 'x' }, tls: true, reason: 'a name for its certificate' },
    {
      env: { TEMPORAL_API_KEY: '', TEMPORAL_ADDRESS: '', TEMPORAL_NAMESPACE: '' },
      tls: false,
      reason: 'set to nothing is not set',
    },
  ])('TLS is $tls with $env: $reason', ({ env, tls }) => {
    expect(loadTemporalConfig(env)).toMatchObject({ tls, address: 'localhost:7233', namespace: 'default' });
  });

  it('takes headers from the variables', () => {
    const config = loadTemporalConfig({ TEMPORAL_GRPC_META_TEAM: 'a' });
    expect(config.connectionOptions).toMatchObject({ metadata: { team: 'a' } });
  });

  it('is read from a profile of the file, and variables win', async () => {
    const TEMPORAL_CONFIG_FILE = await profileFile(
      '[profile.default]\naddress = "one:7233"\n[profile.prod]\naddress = "prod:7233"\nnamespace = "orders"\napi_key = "k"\n',
    );
    expect(loadTemporalConfig({ TEMPORAL_CONFIG_FILE })).toMatchObject({
      address: 'one:7233',
      namespace: 'default',
      tls: false,
    });
    expect(loadTemporalConfig({ TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE: 'prod' })).toMatchObject({
      address: 'prod:7233',
      namespace: 'orders',
      tls: true,
    });
    expect(
      loadTemporalConfig({ TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE: 'prod', TEMPORAL_ADDRESS: 'x:1' }),
    ).toMatchObject({ address: 'x:1' });
  });

  it('looks at no variable beside those that it is given', () => {
    vi.stubEnv('TEMPORAL_ADDRESS', 'of-the-process:7233');
    expect(loadTemporalConfig({}).address).toBe('localhost:7233');
    expect(loadTemporalConfig().address).toBe('of-the-process:7233');
  });

  it.each([
    { text: `[profile.default]\napi_key = "${SECRET}\naddress = "x"\n`, reason: 'a quote that is not closed' },
    { text: `[profile.default]\napi_key = ${SECRET}\n`, reason: 'a text without quotes' },
    { text: `[profile.default]\napi_key = "${SECRET}"\napi_key = "${SECRET}"\n`, reason: 'a key twice' },
    { text: `[profile.default\napi_key = "${SECRET}"\n`, reason: 'a bracket that is not closed' },
    { text: `[profile.default]\naddress = ["${SECRET}"]\n`, reason: 'an address that is no text' },
    { text: `api_key = "${SECRET}"\n`, reason: 'no profile at all' },
    {
      text: `[profile.default]\napi_key = "${SECRET}"\n[profile.default.tls]\nclient_cert_path = "/no/such/file"\n`,
      reason: 'a certificate that is not there',
    },
  ])('is refused with the name of the file and without what it holds: $reason', async ({ text }) => {
    const TEMPORAL_CONFIG_FILE = await profileFile(text);
    for (const load of [loadTemporalConfig, loadWorkerConfig]) {
      const { message, problems } = refusal(() => load({ TEMPORAL_CONFIG_FILE }));
      expect(message).toContain(TEMPORAL_CONFIG_FILE);
      expect(message).not.toContain(SECRET);
      expect(problems).toHaveLength(1);
      expect(problems[0]).not.toContain('\n');
    }
  });

  it('is refused where the profile does not exist, by its name', () => {
    const { message } = refusal(() => loadTemporalConfig({ TEMPORAL_PROFILE: 'no-such', TEMPORAL_API_KEY: SECRET }));
    expect(message).toContain('no-such');
    expect(message).not.toContain(SECRET);
  });
});
