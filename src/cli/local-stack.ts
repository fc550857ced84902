import { join } from 'node:path';
import { environment } from '../config.js';
import { SEARCH_ATTRIBUTES } from '../contract/search-attributes.js';
import { startSimulator, type Simulator, type TimeToActive } from '../simulator/index.js';
import { ONE_PARTITION, startDevServer, type DevServer, type DevServerOptions } from '../temporal/dev-server.js';
import { findTemporalBinary } from '../temporal/find-binary.js';
import type { Environment } from '../temporal/run-command.js';
import { cleanEnvironment, workerEnvironment } from './stack-environment.js';
import { exitText, startWorkerProcess, type ProcessExit, type WorkerProcess } from './worker-process.js';

/** What a local stack is made of; everything but `log` has a default. */
export interface LocalStackOptions {
  /** The Temporal CLI; found or installed when left out. */
  readonly binary?: string | undefined;
  /** SQLite file of the dev server. Without it a restart of the server forgets everything. */
  readonly dbFilename?: string | undefined;
  /** Ports; free ones are chosen for what is left out. `control` steers the twin. */
  readonly ports?: {
    readonly temporal?: number | undefined;
    readonly ui?: number | undefined;
    readonly twin?: number | undefined;
    readonly control?: number | undefined;
  };
  /** Serve the Web UI; off when left out. */
  readonly ui?: boolean;
  /** When an endpoint of the twin becomes Active; the twin's own default when left out. */
  readonly timeToActive?: TimeToActive | undefined;
  readonly taskQueue?: string | undefined;
  readonly installation?: string | undefined;
  /** Settings of the worker itself, such as `PVL_LOG_LEVEL`; nothing that leads it elsewhere. */
  readonly workerEnv?: Environment;
  /** The worker program; see `startWorkerProcess`. */
  readonly workerFile?: string | undefined;
  /** Folder for `worker.log` and `temporal.log`; no files when left out. */
  readonly logDirectory?: string | undefined;
  /** `KEY=VALUE` of the server's dynamic configuration. */
  readonly dynamicConfig?: readonly string[];
  /** Starts the server: a dev server when left out. */
  readonly startServer?: (options: DevServerOptions) => Promise<DevServer>;
  /** Register the search attributes of runs; on when left out. A file that has them keeps them. */
  readonly searchAttributes?: boolean | undefined;
  /** Told, in one line or a few, what happens. */
  readonly log: (text: string) => void;
  /** Told when a child died by itself; its last lines went to `log` before. */
  readonly onDeath?: (child: 'worker' | 'server', exit: ProcessExit) => void;
}

/** The dev server of a stack. After a restart it is another process on the same ports and file. */
export interface StackServer {
  readonly pid: number;
  /** End it as a crash would. */
  kill(): Promise<void>;
  /** Start it again, after a stop if it runs. The worker finds it by itself. */
  restart(): Promise<void>;
}

/** The worker of a stack. After a restart it is another process. */
export interface StackWorker {
  readonly pid: number;
  /** End of the process of now. */
  readonly exited: Promise<ProcessExit>;
  readonly logFile: string | undefined;
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<ProcessExit>;
  /** Start another and wait until it polls, after a stop if one runs. */
  restart(): Promise<void>;
}

/** A Temporal server, a twin and a worker on this machine. */
export interface LocalStack {
  readonly temporal: { readonly address: string; readonly uiUrl: string | undefined; readonly namespace: string };
  readonly twin: Simulator;
  readonly worker: StackWorker;
  readonly server: StackServer;
  /** End the worker, then the twin and the server. */
  stop(): Promise<void>;
}

const NAMESPACE = 'default';

/**
 * Start a local stack: nothing in it can reach a real cloud or another machine.
 *
 * Credentials and addresses of the environment are ignored; see `ignoredVariables`. What was started is stopped again
 * when the rest cannot be.
 *
 * @throws TemporalBinaryNotFoundError, DevServerStartError, WorkerStartError, and the error of a twin whose port is taken.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { log, ports = {}, timeToActive, logDirectory, startServer = startDevServer } = options;
  const env = environment();
  const binary = options.binary ?? (await findAndTell(log));
  const inLogs = (name: string) => (logDirectory === undefined ? undefined : join(logDirectory, name));
  const logFile = inLogs('worker.log');

  const twin = await startSimulator({
    port: ports.twin ?? 0,
    control: ports.control ?? true,
    ...(timeToActive === undefined ? {} : { settings: { timeToActive } }),
  });
  let server: DevServer | undefined;
  let worker: WorkerProcess | undefined;
  /** Ends that we bring about are no deaths. */
  const expected = new Set<number>();

  const launchServer = async (again?: DevServer): Promise<DevServer> => {
    const serverOptions = { ...devServerOptions(options, binary, env), ...samePorts(again) };
    const serverLog = inLogs('temporal.log');
    const launched = await startServer(
      serverLog === undefined ? serverOptions : { ...serverOptions, logFile: serverLog },
    );
    void launched.exited.then((exit) => {
      if (expected.has(launched.pid)) return;
      const where = serverLog === undefined ? '' : ` Its output: ${serverLog}`;
      log(`The Temporal server ended by itself: ${exitText(exit)}.${where}`);
      options.onDeath?.('server', exit);
    });
    return launched;
  };

  const launchWorker = async (address: string): Promise<WorkerProcess> => {
    const addresses = { temporalAddress: address, namespace: NAMESPACE, twinUrl: twin.url };
    const launched = await startWorkerProcess({
      env: workerEnvironment(env, addresses, workerSettings(options)),
      logFile,
      workerFile: options.workerFile,
    });
    void launched.exited.then((exit) => {
      if (expected.has(launched.pid)) return;
      log(
        `The worker (pid ${launched.pid}) ended by itself: ${exitText(exit)}. Its last lines:\n${launched.lastLines()}`,
      );
      options.onDeath?.('worker', exit);
    });
    return launched;
  };

  const endWorker = async (of: WorkerProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<ProcessExit> => {
    expected.add(of.pid);
    return of.kill(signal);
  };
  const endServer = async (of: DevServer, how: 'stop' | 'kill'): Promise<void> => {
    expected.add(of.pid);
    await of[how]();
  };
  const stop = async () => {
    if (worker !== undefined) await endWorker(worker, 'SIGTERM');
    await Promise.all([twin.close(), server === undefined ? undefined : endServer(server, 'stop')]);
  };

  try {
    let runningServer = await launchServer();
    server = runningServer;
    let runningWorker = await launchWorker(runningServer.address);
    worker = runningWorker;
    const { address, uiUrl } = runningServer;
    return {
      temporal: { address, uiUrl, namespace: NAMESPACE },
      twin,
      server: {
        get pid() {
          return runningServer.pid;
        },
        kill: () => endServer(runningServer, 'kill'),
        restart: async () => {
          await endServer(runningServer, 'stop');
          server = runningServer = await launchServer(runningServer);
        },
      },
      worker: {
        get pid() {
          return runningWorker.pid;
        },
        get exited() {
          return runningWorker.exited;
        },
        logFile,
        kill: (signal) => endWorker(runningWorker, signal),
        restart: async () => {
          await endWorker(runningWorker, 'SIGTERM');
          worker = runningWorker = await launchWorker(address);
        },
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function findAndTell(log: (line: string) => void): Promise<string> {
  const { path, description } = await findTemporalBinary('temporal', { env: environment(), log });
  log(description);
  return path;
}

function devServerOptions(
  { dbFilename, ports = {}, ui = false, dynamicConfig = [], searchAttributes = true }: LocalStackOptions,
  binary: string,
  env: Environment,
): DevServerOptions {
  return {
    binary,
    env: cleanEnvironment(env),
    ui,
    ...(ports.temporal === undefined ? {} : { port: ports.temporal }),
    ...(ports.ui === undefined ? {} : { uiPort: ports.ui }),
    ...(dbFilename === undefined ? {} : { dbFilename }),
    dynamicConfig: [...ONE_PARTITION, ...dynamicConfig],
    ...(searchAttributes ? { searchAttributes: SEARCH_ATTRIBUTES } : {}),
  };
}

function samePorts(again: DevServer | undefined): Pick<DevServerOptions, 'port' | 'uiPort'> {
  if (again === undefined) return {};
  return { port: again.port, ...(again.uiUrl === undefined ? {} : { uiPort: Number(new URL(again.uiUrl).port) }) };
}

function workerSettings({ workerEnv = {}, taskQueue, installation }: LocalStackOptions): Environment {
  return {
    ...workerEnv,
    ...(taskQueue === undefined ? {} : { PVL_TASK_QUEUE: taskQueue }),
    ...(installation === undefined ? {} : { PVL_INSTALLATION: installation }),
  };
}
