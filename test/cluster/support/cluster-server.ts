import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chooseFreePort, isPortFree } from '../../../src/temporal/free-port.js';
import type { DevServer, DevServerExit, DevServerOptions } from '../../../src/temporal/dev-server.js';
import {
  dynamicConfigFile,
  dynamicConfiguration,
  environmentHere,
  FRONTEND_OFFSET,
  runOneShot,
  serverPorts,
  serviceOf,
  type ClusterModel,
} from './compose-here.js';
import { dropDatabases, type PostgresqlPlace } from './postgresql.js';
import type { TemporalBinaries } from './temporal-binaries.js';

const PORT_TRIES = 100;
/** A server hands its shards over before it ends, some 3 s. */
const STOP_TIMEOUT_MS = 30_000;
const DATABASES = ['temporal', 'temporal_visibility'];

/** What a server of the cluster is started with; plain data, for the processes of the tests. */
export interface ClusterPlace {
  /** Folder for logs and configuration. */
  readonly folder: string;
  readonly model: ClusterModel;
  readonly binaries: TemporalBinaries;
  readonly postgresql: PostgresqlPlace;
}

/** A server of the cluster, and what it printed last. */
export interface ClusterServer extends DevServer {
  lastLines(): string;
}

/** Files that a test named, and that stand for the databases of now. */
const known = new Set<string>();

/**
 * Start the `temporal` service of docker-compose.yml on this machine, after its `schema` and before its `namespace`.
 *
 * In the place of a dev server: where that would have new state, the databases are made anew; where it would open a file
 * that this process has used, they are kept. One such server at a time.
 *
 * @throws Error - With the server's last lines, or what a one-shot printed.
 */
export async function startClusterServer(
  place: ClusterPlace,
  options: Omit<DevServerOptions, 'binary'>,
): Promise<ClusterServer> {
  for (const name of ['ui', 'namespace', 'extraArgs'] as const) {
    if (options[name] !== undefined && options[name] !== false)
      throw new Error(`A server of the cluster has no ${name}`);
  }
  const { model, binaries, postgresql } = place;
  const isKept = options.dbFilename !== undefined && known.has(options.dbFilename);
  if (!isKept) {
    known.clear();
    await dropDatabases(postgresql, DATABASES);
  }
  const port = options.port ?? (await chooseBasePort()) + FRONTEND_OFFSET;
  const addresses = { postgresqlPort: postgresql.port, frontendPort: port };
  const folders = [binaries.serverFolder, binaries.cliFolder];
  await runOneShot(model, 'schema', addresses, folders);
  if (options.dbFilename !== undefined) known.add(options.dbFilename);

  await mkdir(place.folder, { recursive: true });
  const folder = await mkdtemp(join(place.folder, 'server-'));
  await writeFile(dynamicConfigFile(folder), dynamicConfiguration(model, options.dynamicConfig ?? []));
  const server = spawnServer(place, port, folder, options.logFile ?? join(folder, 'log'));
  try {
    await Promise.race([
      runOneShot(model, 'namespace', addresses, folders),
      server.exited.then(({ code, signal }) => {
        throw new Error(`The server ended before it answered: ${code ?? signal}`);
      }),
    ]);
  } catch (error) {
    await server.kill();
    throw new Error(`The cluster's server is not up; its last lines:\n${server.lastLines()}`, { cause: error });
  }
  return server;
}

/** What the server of the file is started with on this machine. */
export function serverEnvironment(
  { model, postgresql }: ClusterPlace,
  port: number,
  folder: string,
): Record<string, string> {
  return {
    ...environmentHere(serviceOf(model, 'temporal'), { postgresqlPort: postgresql.port, frontendPort: port }),
    ...serverPorts(port - FRONTEND_OFFSET),
    DYNAMIC_CONFIG_FILE_PATH: dynamicConfigFile(folder),
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
  };
}

function spawnServer(place: ClusterPlace, port: number, folder: string, logFile: string): ClusterServer {
  const log = openSync(logFile, 'a');
  const child = spawn(join(place.binaries.serverFolder, 'temporal-server'), ['start'], {
    env: serverEnvironment(place, port, folder),
    cwd: folder,
    stdio: ['ignore', log, log],
    detached: true,
  });
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const exited = once(child, 'exit').then(([code, signal]): DevServerExit => {
    process.off('exit', killWithUs);
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    const overdue = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(overdue);
  };
  return {
    address: `127.0.0.1:${port}`,
    port,
    uiUrl: undefined,
    pid: child.pid ?? -1,
    exited,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    lastLines: () => readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-10).join('\n'),
  };
}

/** A base of which all ports of a server are free. */
export async function chooseBasePort(): Promise<number> {
  for (let tries = 0; tries < PORT_TRIES; tries++) {
    const base = (await chooseFreePort()) - 60;
    const ports = Object.values(serverPorts(base)).map((text) => Number(text.split(':').at(-1)));
    if ((await Promise.all(ports.map((port) => isPortFree(port)))).every(Boolean)) return base;
  }
  throw new Error(`No free ports for a server found in ${PORT_TRIES} tries`);
}
