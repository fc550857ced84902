import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { ACCOUNT_PATTERN, DEFAULT_ACCOUNT, DEFAULT_TASK_QUEUE } from './contract/task-queues.js';
import { durationMs, durationProblem } from './model/duration.js';
import { tagValueProblem } from './model/owner-tags.js';
import { parameterDefinition } from './model/request.js';
import { importPlugins, type TemporalPlugin } from './temporal/import-plugins.js';
import { checkedEndpoint, isLoopback } from './privatelink/endpoint-address.js';

/** Where the Temporal server is, from the standard environment and profile file of Temporal's own tools. */
export interface TemporalConfig {
  readonly connectionOptions: NativeConnectionOptions;
  readonly address: string;
  readonly namespace: string;
  readonly tls: boolean;
  /** Modules whose plugins a connection gets, with all that is built on it: {@link loadPlugins}. */
  readonly plugins: readonly string[];
}

/** Which version of a deployment a worker is, for Temporal's worker versioning. */
export interface DeploymentVersion {
  readonly deploymentName: string;
  readonly buildId: string;
}

/** Which cloud the worker talks to. A twin is on this machine and never sees real credentials. */
export type CloudConfig =
  | { readonly kind: 'twin'; readonly url: string }
  | { readonly kind: 'real'; readonly endpoint: string | undefined; readonly network: 'public' | 'vpc' };

/**
 * Kinds of work that a worker process may leave to others: running workflows; calling the cloud; watching endpoints for
 * the runs that wait.
 */
export const WORK = ['workflows', 'calls', 'watch'] as const;

export type Work = (typeof WORK)[number];

/**
 * When runs wait to be told by a watcher of their region instead of looking for themselves: where many wait at the same time,
 * wherever there is a watcher, or never.
 */
export const WATCH_SETTINGS = ['auto', 'always', 'off'] as const;

export type WatchSetting = (typeof WATCH_SETTINGS)[number];

const LOG_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'] as const;

/** Everything that a worker is told from outside. */
export interface WorkerConfig {
  readonly temporal: TemporalConfig;
  readonly cloud: CloudConfig;
  readonly taskQueue: string;
  readonly accounts: readonly string[];
  readonly installation: string | undefined;
  readonly httpTimeoutMs: number;
  /** Regions that have queues, slots and budgets of their own, for each account. All others share the account's. */
  readonly regions: readonly string[];
  /** Calls of one account in any 60 s, over all workers of the namespace; for each of {@link regions} as much again. */
  readonly createsPerMinute: number;
  readonly writesPerMinute: number;
  readonly readsPerMinute: number;
  readonly watch: WatchSetting;
  /** What this process does. */
  readonly work: readonly Work[];
  readonly maxCachedWorkflows: number;
  /** Absent where workers are not versioned. */
  readonly version: DeploymentVersion | undefined;
  readonly metricsAddress: string | undefined;
  readonly healthAddress: string | undefined;
  readonly logLevel: (typeof LOG_LEVELS)[number];
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
  PVL_WORK: {
    default: WORK.join(','),
    meaning:
      'what this process does, separated by commas: "workflows" runs them, "calls" calls the cloud, "watch" lists for all that wait',
  },
  PVL_REGIONS: {
    default: undefined,
    meaning:
      'regions that have queues, slots and budgets of their own, separated by commas; all others share those of the account. The same for all workers',
  },
  PVL_CREATES_PER_MINUTE: {
    default: '100',
    meaning:
      'create calls of one account in any 60 s, over all workers of a namespace; 10 to 10000. PrivateLink allows 200 for each region, shared with every other tool',
  },
  PVL_WRITES_PER_MINUTE: {
    default: '600',
    meaning:
      'attempts to remove an endpoint or to accept a connection, counted likewise; 10 to 10000. A removal takes four attempts or more, of which one deletes and one removes each zone; PrivateLink allows 200 of each action',
  },
  PVL_READS_PER_MINUTE: {
    default: '600',
    meaning:
      'attempts to look at endpoints, counted likewise; 10 to 100000. An attempt makes one or two calls, look-ups in long lists one for each 1,000 endpoints; PrivateLink allows 1,000 of each action',
  },
  PVL_WATCH: {
    default: 'auto',
    meaning:
      'one watcher lists the endpoints of a region for all that wait: "auto" where many wait at the same time, "always", or "off". The same for all workers',
  },
  PVL_MAX_CACHED_WORKFLOWS: { default: '150', meaning: 'workflows that a worker keeps in memory; 0 to 10000' },
  PVL_PLUGINS: {
    default: undefined,
    meaning:
      "modules, separated by commas, whose export `plugins` is a list of plugins of Temporal's SDK, for a codec or tracing; for pvlctl, too",
  },
  TEMPORAL_DEPLOYMENT_NAME: {
    default: undefined,
    meaning: 'switches worker versioning on, together with the next one: name of the deployment',
  },
  TEMPORAL_WORKER_BUILD_ID: { default: undefined, meaning: 'build id of this worker in its deployment' },
  PVL_METRICS_ADDRESS: { default: undefined, meaning: 'host:port of the Prometheus metrics; off when left out' },
  PVL_HEALTH_ADDRESS: { default: undefined, meaning: 'host:port of the health endpoint; off when left out' },
  PVL_LOG_LEVEL: { default: 'INFO', meaning: 'TRACE, DEBUG, INFO, WARN or ERROR' },
} as const satisfies Record<string, Setting>;

type SettingName = keyof typeof SETTINGS;

const OF_OURS = Object.keys(SETTINGS).filter((name) => name.startsWith('PVL_'));

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
    const plugins = listOf(env.PVL_PLUGINS);
    return { connectionOptions, address, namespace: namespace ?? 'default', tls, plugins };
  } catch (error) {
    const file = env.TEMPORAL_CONFIG_FILE || 'temporal.toml, the profile file of the temporal command';
    throw new ConfigError([`Temporal settings (TEMPORAL_* variables and ${file}): ${temporalProblem(error)}`]);
  }
}

/**
 * Import the plugins of a connection.
 *
 * @throws ConfigError - A module cannot be imported, or has no list of plugins.
 */
export async function loadPlugins({ plugins }: TemporalConfig): Promise<TemporalPlugin[]> {
  try {
    return await importPlugins(plugins, process.cwd());
  } catch (error) {
    throw new ConfigError([`PVL_PLUGINS: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

function listOf(text = ''): readonly string[] {
  const names = text.split(',').map((entry) => entry.trim());
  return [...new Set(names.filter((entry) => entry !== ''))];
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
  for (const name of unknown) refuse(name, `is not a setting; there are ${OF_OURS.join(', ')}`);

  const list = (name: SettingName): readonly string[] => listOf(text(name));
  const whole = (name: SettingName, min: number, max: number): number => {
    const given = text(name) ?? '';
    const value = /^\d{1,6}$/.test(given) ? Number(given) : Number.NaN;
    if (!(value >= min && value <= max)) refuse(name, `expected a whole number from ${min} to ${max}`);
    return value;
  };

  const accounts = list('PVL_ACCOUNTS');
  if (accounts.length === 0) refuse('PVL_ACCOUNTS', 'names no account');
  for (const name of accounts) {
    if (!ACCOUNT_PATTERN.test(name)) refuse('PVL_ACCOUNTS', 'has a name that is not letters, digits, ".", "_" or "-"');
  }

  const regions = list('PVL_REGIONS');
  if (!regions.every(isRegionId)) refuse('PVL_REGIONS', 'has a name that is no region id such as "cn-hangzhou"');

  const work = list('PVL_WORK');
  if (work.length === 0) refuse('PVL_WORK', `names no work; there are ${WORK.join(', ')}`);
  if (!work.every((name) => isOneOf(WORK, name)))
    refuse('PVL_WORK', `has a name that is not one of ${WORK.join(', ')}`);

  const watch = text('PVL_WATCH') ?? '';
  if (!isOneOf(WATCH_SETTINGS, watch)) refuse('PVL_WATCH', `expected ${WATCH_SETTINGS.join(', ')}`);

  const installation = text('PVL_INSTALLATION');
  const tagProblem = installation === undefined ? undefined : tagValueProblem(installation);
  if (tagProblem !== undefined) refuse('PVL_INSTALLATION', `${tagProblem}: it becomes the value of a tag`);

  const httpTimeout = text('PVL_HTTP_TIMEOUT') ?? '';
  const timeoutProblem = durationProblem(httpTimeout);
  const httpTimeoutMs = timeoutProblem === undefined ? durationMs(httpTimeout) : 0;
  if (timeoutProblem !== undefined) refuse('PVL_HTTP_TIMEOUT', timeoutProblem);
  else if (httpTimeoutMs < 1_000 || httpTimeoutMs > 25_000) refuse('PVL_HTTP_TIMEOUT', 'must be between 1s and 25s');

  const deploymentName = text('TEMPORAL_DEPLOYMENT_NAME');
  const buildId = text('TEMPORAL_WORKER_BUILD_ID');
  if ((deploymentName === undefined) !== (buildId === undefined)) {
    const missing = buildId === undefined ? 'TEMPORAL_WORKER_BUILD_ID' : 'TEMPORAL_DEPLOYMENT_NAME';
    refuse(missing, 'is missing: worker versioning takes TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID');
  }

  const address = (name: 'PVL_METRICS_ADDRESS' | 'PVL_HEALTH_ADDRESS'): string | undefined => {
    const value = text(name);
    const port = /^[\w.:[\]-]+:(\d{1,5})$/.exec(value ?? '')?.[1];
    if (value !== undefined && (port === undefined || Number(port) > 65_535)) refuse(name, 'expected host:port');
    return value;
  };

  const logLevel = (text('PVL_LOG_LEVEL') ?? '').toUpperCase();
  if (!isOneOf(LOG_LEVELS, logLevel)) refuse('PVL_LOG_LEVEL', 'expected TRACE, DEBUG, INFO, WARN or ERROR');

  const config = {
    cloud: cloudConfig(text, refuse),
    taskQueue: text('PVL_TASK_QUEUE') ?? DEFAULT_TASK_QUEUE,
    accounts,
    installation,
    httpTimeoutMs,
    regions,
    createsPerMinute: whole('PVL_CREATES_PER_MINUTE', 10, 10_000),
    writesPerMinute: whole('PVL_WRITES_PER_MINUTE', 10, 10_000),
    readsPerMinute: whole('PVL_READS_PER_MINUTE', 10, 100_000),
    watch: isOneOf(WATCH_SETTINGS, watch) ? watch : ('auto' as const),
    work: work.filter((name) => isOneOf(WORK, name)),
    maxCachedWorkflows: whole('PVL_MAX_CACHED_WORKFLOWS', 0, 10_000),
    version: deploymentName === undefined || buildId === undefined ? undefined : { deploymentName, buildId },
    metricsAddress: address('PVL_METRICS_ADDRESS'),
    healthAddress: address('PVL_HEALTH_ADDRESS'),
    logLevel: isOneOf(LOG_LEVELS, logLevel) ? logLevel : ('INFO' as const),
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

function isRegionId(text: string): boolean {
  const { pattern, maxLength = 0 } = parameterDefinition('RegionId');
  return pattern?.test(text) === true && text.length <= maxLength;
}

function isOneOf<Name extends string>(names: readonly Name[], text: string): text is Name {
  return (names as readonly string[]).includes(text);
}
