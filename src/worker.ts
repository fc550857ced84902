import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { NativeConnection, Runtime, Worker, type Logger, type WorkerOptions } from '@temporalio/worker';
import type { Activities } from './activities/index.js';
import {
  accountWorkers,
  does,
  openWorkerAccounts,
  recheckAccounts,
  sharedOptions,
  workerActivities,
} from './composition.js';
import { ConfigError, EXIT_CONFIG, loadPlugins, loadWorkerConfig, type WorkerConfig } from './config.js';
import { checkNamespace, explainConnectionError, TemporalConnectionError } from './temporal/connection-errors.js';
import { VERSION } from './version.js';
import { HISTOGRAM_BUCKETS } from './worker/call-metrics.js';
import type { CloudAccounts } from './worker/cloud-accounts.js';
import { chooseFleetPlace } from './worker/fleet-place.js';
import { watchFleet } from './worker/fleet-metrics.js';
import { serveHealth } from './worker/health-server.js';
import { LONGEST_TASK } from './worker/isolate-timeout.js';
import { jsonLogger } from './worker/json-logger.js';
import { runWorkers } from './worker/run-workers.js';

/** A dead worker's workflow tasks go to another one after this time (the default of 10 s doubles the worst case). */
const STICKY_TIMEOUT_MS = 2_000;

/** A server that takes the connection and says nothing, as behind a firewall, would be waited for without end. */
const CONNECT_WITHIN_MS = 8_000;

/**
 * Run a worker until it is told to stop (SIGINT, SIGTERM), then let the calls in flight finish.
 *
 * A process polls the workflows, and for each account that it has credentials for the calls and the watch; less where the
 * setting PVL_WORK says so. The first line of its log says whether the cloud is real or a twin, and what the process does.
 *
 * @throws TemporalConnectionError - The server cannot be reached, or lacks the namespace.
 * @throws ConfigError - No account has credentials, and there is no other work; or an address to listen on cannot be had.
 */
export async function runWorker(config: WorkerConfig): Promise<void> {
  const logger = jsonLogger(config.logLevel);
  const { cloud, temporal } = config;
  const host = cloud.kind === 'twin' ? cloud.url : (cloud.endpoint ?? `regional endpoints (${cloud.network})`);
  logger.info(`Cloud: ${cloud.kind === 'twin' ? 'TWIN' : 'REAL'}`, {
    host,
    accounts: config.accounts,
    work: config.work,
    ...(config.regions.length === 0 ? {} : { regions: config.regions }),
    version: VERSION,
  });

  installRuntime(config, logger);

  const accounts = await openWorkerAccounts(config, logger);
  if (accounts.usable.length === 0 && !does(config, 'workflows')) {
    throw new ConfigError(['PVL_WORK: leaves nothing to do, as no account has credentials']);
  }

  const connection = await connect(config);
  try {
    const fleet = does(config, 'workflows')
      ? await chooseFleetPlace(connection, temporal.namespace, logger)
      : undefined;
    const activities = workerActivities(config, accounts, fleet);
    const createAccountWorkers = accountWorkers(config, sharedOptions(config, connection), activities);
    const created = await Promise.all([
      ...(does(config, 'workflows') ? [createWorkflowWorker(config, connection, activities)] : []),
      ...accounts.usable.map(createAccountWorkers),
    ]);
    const workers = created.flat();
    const health = await startHealth(config, workers, accounts);
    logger.info('Worker started', {
      address: temporal.address,
      namespace: temporal.namespace,
      taskQueues: workers.map((worker) => worker.options.taskQueue),
      // A version that is not current gets no work: docs/upgrades.md.
      ...(config.version === undefined ? {} : { deployment: config.version }),
      ...(health === undefined ? {} : { health: health.url }),
    });
    const countRuns = async (stopped: AbortSignal) => {
      if (config.metricsAddress === undefined || fleet !== 'searchAttributes') return;
      await watchFleet(connection, temporal.namespace, { meter: Runtime.instance().metricMeter, logger, stopped });
    };
    try {
      await runWorkers(workers, async (stopped, add) => {
        const addLate = (worker: Worker) => {
          workers.push(worker);
          add(worker);
        };
        await Promise.all([
          recheckAccounts(accounts, createAccountWorkers, { logger, stopped, add: addLate }),
          countRuns(stopped),
        ]);
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

function installRuntime({ metricsAddress }: WorkerConfig, logger: Logger): void {
  try {
    Runtime.install({
      logger,
      telemetryOptions: {
        logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
        ...(metricsAddress === undefined
          ? {}
          : {
              metrics: {
                prometheus: { bindAddress: metricsAddress, histogramBucketOverrides: HISTOGRAM_BUCKETS },
              },
            }),
      },
    });
  } catch (error) {
    // All that tells it from other failures of the runtime is its text.
    if (!(error instanceof Error) || !error.message.includes('prometheus')) throw error;
    throw new ConfigError([`PVL_METRICS_ADDRESS: cannot listen on ${metricsAddress ?? ''}: ${error.message}`]);
  }
}

async function connect({ temporal }: WorkerConfig): Promise<NativeConnection> {
  const target = { address: temporal.address, namespace: temporal.namespace, tls: temporal.tls };
  const plugins = await loadPlugins(temporal);
  const connecting = NativeConnection.connect({ ...temporal.connectionOptions, plugins });
  const decided = new AbortController();
  const late = pause(CONNECT_WITHIN_MS, undefined, { signal: decided.signal }).then(() => {
    // Nobody uses it any more, should it come at last.
    void connecting.then((connection) => connection.close()).catch(() => undefined);
    throw new Error(`Not connected before the deadline of ${CONNECT_WITHIN_MS} ms`);
  });
  let connection: NativeConnection;
  try {
    connection = await Promise.race([connecting, late]);
  } catch (error) {
    throw explainConnectionError(error, target);
  } finally {
    decided.abort();
  }
  await checkNamespace(connection, target);
  return connection;
}

/** Polls the workflows. Only the local check of the input runs here; calls to the cloud have queues of their own. */
function createWorkflowWorker(
  config: WorkerConfig,
  connection: NativeConnection,
  { parseInput, parseDeprovisionInput, parseFindOrphansInput }: Activities,
): Promise<Worker> {
  return Worker.create({
    ...sharedOptions(config, connection),
    ...workflowCode(config.temporal.plugins.length > 0),
    taskQueue: config.taskQueue,
    activities: { parseInput, parseDeprovisionInput, parseFindOrphansInput },
    enableNonLocalActivities: false,
    maxCachedWorkflows: config.maxCachedWorkflows,
    stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT_MS,
    ...LONGEST_TASK,
  });
}

/**
 * The bundle that the build made; where there is none, or it was made by another version of the SDK than the one that is
 * installed here, or plugins may have something to add, the modules that it was made of, bundled now.
 */
function workflowCode(hasPlugins: boolean): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> {
  const codePath = fileURLToPath(new URL('./workflow-bundle.js', import.meta.url));
  if (
    !hasPlugins &&
    existsSync(codePath) &&
    bundledBy(new URL('./workflow-bundle.json', import.meta.url)) === sdkVersion()
  ) {
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

async function startHealth({ healthAddress, work }: WorkerConfig, workers: readonly Worker[], accounts: CloudAccounts) {
  if (healthAddress === undefined) return undefined;
  const health = () => {
    const states = workers.map((worker) => ({ taskQueue: worker.options.taskQueue, state: worker.getState() }));
    return {
      healthy: states.every(({ state }) => state === 'RUNNING' || state === 'INITIALIZED'),
      version: VERSION,
      work,
      workers: states,
      // Not unhealthy: the workflows are served, and a restart helps only once there are credentials.
      accountsWithoutCredentials: accounts.unusable.map(({ account }) => account),
    };
  };
  return serveHealth(healthAddress, health).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`PVL_HEALTH_ADDRESS: cannot listen on ${healthAddress}: ${reason}`]);
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
