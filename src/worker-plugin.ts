import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SimplePlugin } from '@temporalio/plugin';
import {
  Runtime,
  type BundleOptions,
  type NativeConnection,
  type Worker,
  type WorkerOptions,
} from '@temporalio/worker';
import type { Activities } from './activities/index.js';
import { accountWorkers, openWorkerAccounts, recheckAccounts, sharedOptions, workerActivities } from './composition.js';
import { environment, loadWorkerConfig, type WorkerConfig } from './config.js';
import { chooseFleetPlace } from './worker/fleet-place.js';
import { runWorkers } from './worker/run-workers.js';

export { HISTOGRAM_BUCKETS } from './worker/call-metrics.js';

const OURS = fileURLToPath(new URL(`./workflows/index${extname(import.meta.url)}`, import.meta.url));
const JOINED = fileURLToPath(new URL(`./workflows/joined${extname(import.meta.url)}`, import.meta.url));

/** What src/workflows/joined.ts calls the workflows of the team. */
const OF_THE_TEAM = 'durable-privatelink-workflows-of-the-team';

/** Activities that run beside the workflows. */
type CheckActivities = Pick<Activities, 'parseInput' | 'parseDeprovisionInput' | 'parseFindOrphansInput'>;

/** The worker that the plugin was given to, as far as the workers of the calls are like it. */
interface Host {
  readonly connection: NativeConnection;
  readonly options: Pick<WorkerOptions, 'dataConverter' | 'interceptors' | 'workerDeploymentOptions'>;
}

/** The part of a webpack configuration that says where modules are. */
interface Resolving {
  readonly resolve?: { readonly alias?: unknown } | undefined;
}

/**
 * Adds our workflows and activities to a worker that somebody already runs.
 *
 * Its task queue serves provisions from then on, beside its own workflows. While it runs, workers of the calls and of the
 * watch run in the same process, on queues of their own that begin with its name; they stop when it does.
 *
 * Give it to `bundleWorkflowCode` as well where the bundle is made beforehand. One plugin is for one worker.
 */
export class ProvisioningPlugin extends SimplePlugin {
  readonly #config: WorkerConfig;
  readonly #activities: Promise<CheckActivities>;
  #serve: (activities: CheckActivities) => void = () => undefined;
  #host: Host | undefined;

  /**
   * @param settings - The settings of our worker program (docs/settings.md); those of the process when left out. What they say
   *   of the Temporal server and the task queue does not count: that is the worker's.
   * @throws ConfigError - Lists every setting that cannot be used.
   */
  constructor(settings: Readonly<Record<string, string | undefined>> = environment()) {
    super({ name: 'durable-privatelink' });
    this.#config = loadWorkerConfig(settings);
    this.#activities = new Promise((resolve) => {
      this.#serve = resolve;
    });
  }

  override configureWorker(options: WorkerOptions): WorkerOptions {
    if (options.connection === undefined) {
      throw new TypeError('ProvisioningPlugin: give the worker a connection, which the workers of the calls share');
    }
    if (this.#host !== undefined) throw new TypeError('ProvisioningPlugin: one plugin is for one worker');
    const { dataConverter, interceptors, workerDeploymentOptions } = options;
    this.#host = {
      connection: options.connection,
      options: {
        ...(dataConverter === undefined ? {} : { dataConverter }),
        ...(interceptors === undefined ? {} : { interceptors }),
        ...(workerDeploymentOptions === undefined ? {} : { workerDeploymentOptions }),
      },
    };
    const added = this.#checks();
    const taken = Object.keys(added).filter((name) => Object.hasOwn(options.activities ?? {}, name));
    if (taken.length > 0) {
      throw new TypeError(`ProvisioningPlugin: the worker has activities of the same names: ${taken.join(', ')}`);
    }
    return super.configureWorker({
      ...options,
      ...(options.workflowBundle === undefined ? { workflowsPath: options.workflowsPath ?? OURS } : {}),
      activities: { ...options.activities, ...added },
    });
  }

  override configureBundler(options: BundleOptions): BundleOptions {
    const { workflowsPath } = options;
    if (workflowsPath === OURS) return options;
    const hook = (options.webpackConfigHook ?? ((config: unknown) => config)) as (config: Resolving) => Resolving;
    return {
      ...options,
      workflowsPath: JOINED,
      webpackConfigHook: (given: Resolving) => {
        const config = hook(given);
        const alias = { ...(config.resolve?.alias as object | undefined), [OF_THE_TEAM]: workflowsPath };
        return { ...config, resolve: { ...config.resolve, alias } };
      },
    };
  }

  override async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    const host = this.#host;
    if (host === undefined) throw new TypeError('ProvisioningPlugin: was not given to this worker when it was made');
    const { namespace, taskQueue } = worker.options;
    const { logger } = Runtime.instance();
    const config = { ...this.#config, taskQueue, temporal: { ...this.#config.temporal, namespace } };
    const accounts = await openWorkerAccounts(config, logger);
    const fleet = await chooseFleetPlace(host.connection, namespace, logger);
    const activities = workerActivities(config, accounts, fleet);
    const shared = { ...sharedOptions(config, host.connection), ...host.options };
    const create = accountWorkers(config, shared, activities);
    const beside = (await Promise.all(accounts.usable.map(create))).flat();
    this.#serve(activities);
    const itself = {
      run: () => next(worker),
      getState: () => worker.getState(),
      shutdown: () => worker.shutdown(),
    };
    await runWorkers([itself], async (stopped, add) => {
      for (const other of beside) add(other);
      await recheckAccounts(accounts, create, { logger, stopped, add });
    });
  }

  /** They wait for what only a running worker knows. */
  #checks(): CheckActivities {
    const promise = this.#activities;
    return {
      parseInput: async (...args) => (await promise).parseInput(...args),
      parseDeprovisionInput: async (...args) => (await promise).parseDeprovisionInput(...args),
      parseFindOrphansInput: async (...args) => (await promise).parseFindOrphansInput(...args),
    };
  }
}
