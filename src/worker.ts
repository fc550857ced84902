import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { createActivities, type Activities } from './activities/index.js';
import { ConfigError, EXIT_CONFIG, loadWorkerConfig, type WorkerConfig } from './config.js';
import type { FleetPlace } from './contract/search-attributes.js';
import { accountTaskQueue, createTaskQueue } from './contract/task-queues.js';
import { checkNamespace, explainConnectionError, TemporalConnectionError } from './temporal/connection-errors.js';
import { VERSION } from './version.js';
import { openAccounts, type CloudAccounts } from './worker/cloud-accounts.js';
import { chooseFleetPlace } from './worker/fleet-place.js';
import { serveHealth } from './worker/health-server.js';
import { createsPerSecond } from './worker/create-pace.js';
import { jsonLogger } from './worker/json-logger.js';
import { runWorkers } from './worker/run-workers.js';

/** A dead worker's workflow tasks go to another one after this time (the default of 10 s doubles the worst case). */
const STICKY_TIMEOUT_MS = 2_000;

/** How often an account without credentials is looked at again: a metadata service may stumble when a machine starts. */
const RECHECK_MS = 60_000;

/** On top of the time of one call: a call in flight is let finish before the worker goes. */
const GRACE_MS = 5_000;

/**
 * Run a worker until it is told to stop (SIGINT, SIGTERM), then let the calls in flight finish.
 *
 * One process polls the workflows, and the activities of each account that it has credentials for. The first line of its
 * log says whether the cloud is real or a twin.
 *
 * @throws TemporalConnectionError - The server cannot be reached, or lacks the namespace.
 */
export async function runWorker(config: WorkerConfig): Promise<void> {
  const logger = jsonLogger(config.logLevel);
  const { cloud, temporal } = config;
  const host = cloud.kind === 'twin' ? cloud.url : (cloud.endpoint ?? `regional endpoints (${cloud.network})`);
  logger.info(`Cloud: ${cloud.kind === 'twin' ? 'TWIN' : 'REAL'}`, {
    host,
    accounts: config.accounts,
    version: VERSION,
  });

  Runtime.install({
    logger,
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(config.metricsAddress === undefined
        ? {}
        : { metrics: { prometheus: { bindAddress: config.metricsAddress } } }),
    },
  });

  const accounts = await openAccounts(cloud, config.accounts, {
    timeoutMs: config.httpTimeoutMs,
    userAgent: `durable-privatelink/${VERSION}`,
  });
  for (const { account, source } of accounts.unusable) {
    logger.error('No credentials: the work of this account is left to other workers until there are some', {
      account,
      source,
    });
  }

  const connection = await connect(config);
  try {
    const fleet = await chooseFleetPlace(connection, temporal.namespace, logger);
    const createAccountWorkers = accountWorkers(config, connection, accounts);
    const [workflows, ...calls] = await Promise.all([
      createWorkflowWorker(config, connection, accounts, fleet),
      ...accounts.usable.map(createAccountWorkers),
    ]);
    const workers = [workflows, ...calls.flat()];
    const health = await startHealth(config, workers, accounts);
    logger.info('Worker started', {
      address: temporal.address,
      namespace: temporal.namespace,
      taskQueues: workers.map((worker) => worker.options.taskQueue),
      ...(health === undefined ? {} : { health: health.url }),
    });
    try {
      await runWorkers(workers, async (stopped, add) => {
        while (accounts.unusable.length > 0) {
          // Ends early, and with an error, when the workers stop.
          const isTime = await pause(RECHECK_MS, true, { signal: stopped }).catch(() => false);
          if (!isTime) return;
          for (const account of await accounts.recheck()) {
            logger.info('Credentials found: the work of this account is polled from now on', { account });
            for (const worker of await createAccountWorkers(account)) {
              workers.push(worker);
              add(worker);
            }
          }
        }
      });
    } finally {
      await health?.close();
    }
    logger.info('Worker stopped');
  } finally {
    // Refused while a worker that never ran still holds it: why it never ran is what counts.
    await connection.close().catch((error: unknown) => {
      logger.warn('The connection stays open', { error });
    });
  }
}

async function connect({ temporal }: WorkerConfig): Promise<NativeConnection> {
  const target = { address: temporal.address, namespace: temporal.namespace, tls: temporal.tls };
  let connection: NativeConnection;
  try {
    connection = await NativeConnection.connect(temporal.connectionOptions);
  } catch (error) {
    throw explainConnectionError(error, target);
  }
  await checkNamespace(connection, target);
  return connection;
}

/** Polls the workflows. Only the local check of the input runs here; calls to the cloud have queues of their own. */
function createWorkflowWorker(
  config: WorkerConfig,
  connection: NativeConnection,
  accounts: CloudAccounts,
  fleet: FleetPlace,
): Promise<Worker> {
  const { parseInput, parseDeprovisionInput, parseFindOrphansInput } = workerActivities(config, accounts, fleet);
  return Worker.create({
    ...sharedOptions(config, connection),
    ...workflowCode(),
    taskQueue: config.taskQueue,
    activities: { parseInput, parseDeprovisionInput, parseFindOrphansInput },
    enableNonLocalActivities: false,
    maxCachedWorkflows: config.maxCachedWorkflows,
    stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT_MS,
  });
}

/**
 * Makes the two workers of one account: its create calls are apart from the rest, because the engine paces them, over all
 * workers together.
 */
function accountWorkers(config: WorkerConfig, connection: NativeConnection, accounts: CloudAccounts) {
  const activities = workerActivities(config, accounts);
  const { createEndpoint } = activities;
  return (account: string): Promise<Worker[]> =>
    Promise.all([
      Worker.create({
        ...sharedOptions(config, connection),
        taskQueue: accountTaskQueue(config.taskQueue, account),
        // Runs that older versions started have their create calls here.
        activities,
      }),
      Worker.create({
        ...sharedOptions(config, connection),
        taskQueue: createTaskQueue(config.taskQueue, account),
        activities: { createEndpoint },
        maxTaskQueueActivitiesPerSecond: createsPerSecond(config.createsPerMinute),
      }),
    ]);
}

/** @param fleet - Matters only to the checks of inputs, which run beside the workflows. */
function workerActivities(
  { installation }: WorkerConfig,
  { privateLink }: CloudAccounts,
  fleet?: FleetPlace,
): Activities {
  return createActivities({
    privateLink,
    accountTaskQueue,
    createTaskQueue,
    ...(fleet === undefined ? {} : { fleet }),
    ...(installation === undefined ? {} : { installation }),
  });
}

function sharedOptions(config: WorkerConfig, connection: NativeConnection) {
  return {
    connection,
    namespace: config.temporal.namespace,
    shutdownGraceTime: config.httpTimeoutMs + GRACE_MS,
  } satisfies Partial<WorkerOptions>;
}

/**
 * The bundle that the build made; where there is none, or it was made by another version of the SDK than the one that is
 * installed here, the modules that it was made of, bundled now.
 */
function workflowCode(): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> {
  const codePath = fileURLToPath(new URL('./workflow-bundle.js', import.meta.url));
  if (existsSync(codePath) && bundledBy(new URL('./workflow-bundle.json', import.meta.url)) === sdkVersion()) {
    return { workflowBundle: { codePath } };
  }
  return { workflowsPath: fileURLToPath(new URL(`./workflows/index${extname(import.meta.url)}`, import.meta.url)) };
}

function bundledBy(file: URL): string {
  return (JSON.parse(readFileSync(file, 'utf8')) as { sdk: string }).sdk;
}

function sdkVersion(): string {
  return (createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string }).version;
}

async function startHealth({ healthAddress }: WorkerConfig, workers: readonly Worker[], accounts: CloudAccounts) {
  if (healthAddress === undefined) return undefined;
  return serveHealth(healthAddress, () => {
    const states = workers.map((worker) => ({ taskQueue: worker.options.taskQueue, state: worker.getState() }));
    return {
      healthy: states.every(({ state }) => state === 'RUNNING' || state === 'INITIALIZED'),
      version: VERSION,
      workers: states,
      // Not unhealthy: the workflows are served, and a restart helps only once there are credentials.
      accountsWithoutCredentials: accounts.unusable.map(({ account }) => account),
    };
  });
}

/**
 * Run a worker as a program: settings from the environment, exit code 0 after a stop, 78 when the settings or the server
 * they name cannot be used.
 */
export async function workerProgram(): Promise<number> {
  try {
    await runWorker(loadWorkerConfig());
    return 0;
  } catch (error) {
    if (error instanceof ConfigError || error instanceof TemporalConnectionError) {
      process.stderr.write(`pvlctl worker: ${error.message}\n`);
      return EXIT_CONFIG;
    }
    process.stderr.write(`pvlctl worker: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  // A worker that failed to start keeps the process alive; the code is all that is left to say. No top-level await: it
  // would keep CommonJS programs from requiring this module.
  void workerProgram().then((code) => process.exit(code));
}
