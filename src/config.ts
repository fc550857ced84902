import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { ACCOUNT_PATTERN, DEFAULT_ACCOUNT, DEFAULT_TASK_QUEUE } from './contract/task-queues.js';
import { durationMs, durationProblem } from './model/duration.js';
import { tagValueProblem } from './model/owner-tags.js';
import { checkedEndpoint, isLoopback } from './privatelink/endpoint-address.js';

/** Where the Temporal server is, from the standard environment and profile file of Temporal's own tools. */
export interface TemporalConfig {
  readonly connectionOptions: NativeConnectionOptions;
  readonly address: string;
  readonly namespace: string;
  readonly tls: boolean;
}

/** Which cloud the worker talks to. A twin is on this machine and never sees real credentials. */
export type CloudConfig =
  | { readonly kind: 'twin'; readonly url: string }
  | { readonly kind: 'real'; readonly endpoint: string | undefined; readonly network: 'public' | 'vpc' };

/** Everything that a worker is told from outside. */
export interface WorkerConfig {
  readonly temporal: TemporalConfig;
  readonly cloud: CloudConfig;
  readonly taskQueue: string;
  readonly accounts: readonly string[];
  readonly installation: string | undefined;
  readonly httpTimeoutMs: number;
  /** Create calls of one account in any 60 s, over all workers of the namespace. */
  readonly createsPerMinute: number;
  readonly maxCachedWorkflows: number;
  readonly metricsAddress: string | undefined;
  readonly healthAddress: string | undefined;
  readonly logLevel: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
}

/** One setting: its default, what it means, and how a text is read. */
interface Setting {
  readonly default: string | undefined;
  readonly meaning: string;
}

/** Every variable of ours. `PVL_CACHE_DIR`, `TEMPORAL_CLI_PATH` and `TEMPORAL_TEST_SERVER_PATH` are of the set-up. */
export const SETTINGS = {
  PVL_TASK_QUEUE: { default: DEFAULT_TASK_QUEUE, meaning: 'task queue of the workflows' },
  PVL_ACCOUNTS: {
    default: DEFAULT_ACCOUNT,
    meaning: 'accounts to work for, separated by commas; "default" is the credential chain, others are profiles',
  },
  PVL_TWIN_URL: {
    default: undefined,
    meaning: 'address of a twin on this machine; the cloud and its credentials are then left alone',
  },
  PVL_ENDPOINT: { default: undefined, meaning: 'address of PrivateLink instead of the regional ones' },
  PVL_NETWORK: { default: 'public', meaning: 'regional addresses: "public" or "vpc"' },
  PVL_INSTALLATION: { default: undefined, meaning: 'value of the owner tag; the namespace when left out' },
  PVL_HTTP_TIMEOUT: { default: '10s', meaning: 'time for one call to the cloud' },
  PVL_CREATES_PER_MINUTE: {
    default: '100',
    meaning:
      'create calls of one account in any 60 s, over all workers of a namespace; 10 to 10000. PrivateLink allows 200 for each region, shared with every other tool',
  },
  PVL_MAX_CACHED_WORKFLOWS: { default: '150', meaning: 'workflows that a worker keeps in memory; 0 to 10000' },
  PVL_METRICS_ADDRESS: { default: undefined, meaning: 'host:port of the Prometheus metrics; off when left out' },
  PVL_HEALTH_ADDRESS: { default: undefined, meaning: 'host:port of the health endpoint; off when left out' },
  PVL_LOG_LEVEL: { default: 'INFO', meaning: 'TRACE, DEBUG, INFO, WARN or ERROR' },
} as const satisfies Record<string, Setting>;

type SettingName = keyof typeof SETTINGS;

/** Settings that cannot be used: all of them at once, each by name. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`These settings cannot be used:${problems.map((problem) => `\n- ${problem}`).join('')}`);
    this.problems = problems;
  }
}

/** Exit code of a program whose settings cannot be used (EX_CONFIG of sysexits.h). */
export const EXIT_CONFIG = 78;

/** The environment, for the few places that hand it on: the finder of the Temporal binaries and child processes. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/**
 * Read where the Temporal server is. Same variables and profile file as the `temporal` command.
 *
 * @throws ConfigError
 */
export function loadTemporalConfig(env: Readonly<Record<string, string | undefined>> = process.env): TemporalConfig {
  try {
    // An empty variable is one that is not set (an empty key would switch TLS on); empty metadata removes a header.
    const overrideEnvVars = Object.fromEntries(
      Object.entries(env).filter(
        (entry): entry is [string, string] =>
          entry[1] !== undefined && (entry[1] !== '' || entry[0].startsWith('TEMPORAL_GRPC_META_')),
      ),
    );
    const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars });
    const address: unknown = connectionOptions.address ?? 'localhost:7233';
    if (typeof address !== 'string') throw new TypeError('the address is no text');
    const tls =
      connectionOptions.tls !== undefined && connectionOptions.tls !== false && connectionOptions.tls !== null;
    return { connectionOptions, address, namespace: namespace ?? 'default', tls };
  } catch (error) {
    const file = env.TEMPORAL_CONFIG_FILE || 'temporal.toml, the profile file of the temporal command';
    throw new ConfigError([`Temporal settings (TEMPORAL_* variables and ${file}): ${temporalProblem(error)}`]);
  }
}

/** The first line of a message and its place in the file: the rest quotes the file, and the file holds keys. */
function temporalProblem(error: unknown): string {
  if (!(error instanceof Error)) return 'cannot be read';
  const line: unknown = Reflect.get(error, 'line');
  const [first = ''] = error.message.split('\n');
  return typeof line === 'number' ? `${first} (line ${line})` : first;
}

/**
 * Read everything that a worker is told from outside, once.
 *
 * @throws ConfigError - Lists every setting that cannot be used.
 */
export function loadWorkerConfig(env: Readonly<Record<string, string | undefined>> = process.env): WorkerConfig {
  const problems: string[] = [];
  const text = (name: SettingName): string | undefined => {
    const given = env[name]?.trim();
    return given === undefined || given === '' ? SETTINGS[name].default : given;
  };
  const refuse = (name: string, problem: string) => {
    problems.push(`${name}: ${problem}`);
  };
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith('PVL_') && !(name in SETTINGS) && name !== 'PVL_CACHE_DIR',
  );
  for (const name of unknown) refuse(name, `is not a setting; there are ${Object.keys(SETTINGS).join(', ')}`);

  const accounts = (text('PVL_ACCOUNTS') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (accounts.length === 0) refuse('PVL_ACCOUNTS', 'names no account');
  for (const name of accounts) {
    if (!ACCOUNT_PATTERN.test(name)) refuse('PVL_ACCOUNTS', 'has a name that is not letters, digits, ".", "_" or "-"');
  }

  const installation = text('PVL_INSTALLATION');
  const tagProblem = installation === undefined ? undefined : tagValueProblem(installation);
  if (tagProblem !== undefined) refuse('PVL_INSTALLATION', `${tagProblem}: it becomes the value of a tag`);

  const httpTimeout = text('PVL_HTTP_TIMEOUT') ?? '';
  const timeoutProblem = durationProblem(httpTimeout);
  const httpTimeoutMs = timeoutProblem === undefined ? durationMs(httpTimeout) : 0;
  if (timeoutProblem !== undefined) refuse('PVL_HTTP_TIMEOUT', timeoutProblem);
  else if (httpTimeoutMs < 1_000 || httpTimeoutMs > 25_000) refuse('PVL_HTTP_TIMEOUT', 'must be between 1s and 25s');

  const cached = text('PVL_MAX_CACHED_WORKFLOWS') ?? '';
  if (!/^\d{1,5}$/.test(cached) || Number(cached) > 10_000) {
    refuse('PVL_MAX_CACHED_WORKFLOWS', 'expected a whole number from 0 to 10000');
  }

  const creates = text('PVL_CREATES_PER_MINUTE') ?? '';
  if (!/^\d{2,5}$/.test(creates) || Number(creates) < 10 || Number(creates) > 10_000) {
    refuse('PVL_CREATES_PER_MINUTE', 'expected a whole number from 10 to 10000');
  }

  const address = (name: 'PVL_METRICS_ADDRESS' | 'PVL_HEALTH_ADDRESS'): string | undefined => {
    const value = text(name);
    const port = /^[\w.:[\]-]+:(\d{1,5})$/.exec(value ?? '')?.[1];
    if (value !== undefined && (port === undefined || Number(port) > 65_535)) refuse(name, 'expected host:port');
    return value;
  };

  const logLevel = (text('PVL_LOG_LEVEL') ?? '').toUpperCase();
  if (!isLogLevel(logLevel)) refuse('PVL_LOG_LEVEL', 'expected TRACE, DEBUG, INFO, WARN or ERROR');

  const config = {
    cloud: cloudConfig(text, refuse),
    taskQueue: text('PVL_TASK_QUEUE') ?? DEFAULT_TASK_QUEUE,
    accounts,
    installation,
    httpTimeoutMs,
    createsPerMinute: Number(creates),
    maxCachedWorkflows: Number(cached),
    metricsAddress: address('PVL_METRICS_ADDRESS'),
    healthAddress: address('PVL_HEALTH_ADDRESS'),
    logLevel: isLogLevel(logLevel) ? logLevel : ('INFO' as const),
  };
  let temporal: TemporalConfig | undefined;
  try {
    temporal = loadTemporalConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems);
  }
  if (temporal === undefined || problems.length > 0) throw new ConfigError(problems);
  return { ...config, temporal };
}

function cloudConfig(
  text: (name: SettingName) => string | undefined,
  refuse: (name: string, problem: string) => void,
): CloudConfig {
  const twin = text('PVL_TWIN_URL');
  const endpoint = text('PVL_ENDPOINT');
  const network = text('PVL_NETWORK');
  for (const [name, value] of [
    ['PVL_TWIN_URL', twin],
    ['PVL_ENDPOINT', endpoint],
  ] as const) {
    if (value === undefined) continue;
    try {
      checkedEndpoint(value);
    } catch (error) {
      refuse(name, error instanceof Error ? error.message : String(error));
    }
  }
  if (network !== 'public' && network !== 'vpc') refuse('PVL_NETWORK', 'expected "public" or "vpc"');
  if (twin !== undefined) {
    if (endpoint !== undefined) refuse('PVL_ENDPOINT', 'contradicts PVL_TWIN_URL: set one of them');
    if (!isLoopback(twin)) refuse('PVL_TWIN_URL', 'must be a loopback address: a twin runs on this machine');
    return { kind: 'twin', url: twin };
  }
  return { kind: 'real', endpoint, network: network === 'vpc' ? 'vpc' : 'public' };
}

function isLogLevel(text: string): text is WorkerConfig['logLevel'] {
  return ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'].includes(text);
}
