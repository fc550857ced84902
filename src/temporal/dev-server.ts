import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { chooseFreePort, isPortFree } from './free-port.js';
import { runCommand, type Environment } from './run-command.js';

const HOST = '127.0.0.1';
const DEFAULT_START_TIMEOUT_MS = 60_000;
/** A dev server ends within 0.2 s of SIGTERM; this is for machines under load. */
const STOP_TIMEOUT_MS = 10_000;
const POLL_MS = 25;
const CALL_TIMEOUT_MS = 2_000;
const TAIL_LINES = 15;
const TAIL_BYTES = 8_192;

/**
 * Task queues of one partition. The engine gives each partition a share of the rate of a paced queue, and spreads tasks over them by
 * chance: with the default of four, 1,000 paced creates took 348 s instead of 317 s (docs/scaling.md), and priorities hold only within
 * a partition.
 */
export const ONE_PARTITION: readonly string[] = [
  'matching.numTaskqueueReadPartitions=1',
  'matching.numTaskqueueWritePartitions=1',
];

/**
 * Dynamic configuration that lets timers and retries below 1 s fire on time. By default the server fires none in less
 * than about 1 s, and no more than 20 a second and shard. For tests and demonstrations.
 */
export const FAST_TIMERS: readonly string[] = [
  'history.timerProcessorMaxTimeShift="10ms"',
  'history.timerProcessorMaxPollRPS=1000',
  'history.timerProcessorMaxPollHostRPS=10000',
];

/** Dynamic configuration that lets clients give a workflow a virtual clock (experimental; server 1.32 and later). */
export const VIRTUAL_TIME: readonly string[] = ['frontend.WorkflowTimeSkippingEnabled=true'];

/** Types that a search attribute can have, as the CLI spells them. */
export type SearchAttributeType = 'Text' | 'Keyword' | 'Int' | 'Double' | 'Bool' | 'Datetime' | 'KeywordList';

/** Their numbers in the protocol. */
const TYPE_NUMBERS: Readonly<Record<SearchAttributeType, number>> = {
  Text: 1,
  Keyword: 2,
  Int: 3,
  Double: 4,
  Bool: 5,
  Datetime: 6,
  KeywordList: 7,
};

/** How to start a dev server. */
export interface DevServerOptions {
  /** The Temporal CLI, from `findTemporalBinary`. */
  readonly binary: string;
  /** Environment of the server process. */
  readonly env?: Environment;
  /** gRPC port; a free one is chosen if unset. */
  readonly port?: number;
  /** Serve the web UI, `false` by default. */
  readonly ui?: boolean;
  /** Port of the web UI; a free one is chosen if unset. */
  readonly uiPort?: number;
  /** SQLite file that keeps everything, also over a kill. Without it the state is in memory. */
  readonly dbFilename?: string;
  /** Namespace to create at the start, beside `default`. */
  readonly namespace?: string;
  /** Search attributes to register in the namespace; a file that exists already gets those that it lacks. */
  readonly searchAttributes?: Readonly<Record<string, SearchAttributeType>>;
  /** `KEY=VALUE` with a JSON value; see {@link FAST_TIMERS} and {@link VIRTUAL_TIME}. */
  readonly dynamicConfig?: readonly string[];
  /** Further arguments of `temporal server start-dev`. */
  readonly extraArgs?: readonly string[];
  /** File that the server's output is appended to. */
  readonly logFile?: string;
  readonly startTimeoutMs?: number;
}

/** How the server process ended. */
export interface DevServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A dev server that answers. */
export interface DevServer {
  readonly address: string;
  readonly port: number;
  readonly uiUrl: string | undefined;
  readonly pid: number;
  /** Resolves when the process ended, for whatever reason. */
  readonly exited: Promise<DevServerExit>;
  /** End it with SIGTERM, after 10 s with SIGKILL; resolves when the process is gone. */
  stop(): Promise<void>;
  /** End it with SIGKILL, as a crash would; resolves when the process is gone. */
  kill(): Promise<void>;
}

/** The dev server ended before it answered, or did not answer in time. The message ends with its last output. */
export class DevServerStartError extends Error {
  override readonly name = 'DevServerStartError';
}

/**
 * Start a Temporal dev server as a process of its own and wait until it serves the namespace.
 *
 * It has its own process group: Ctrl-C in the terminal reaches only the caller, who ends its workers first and then the
 * server. It is killed when the caller's process exits, but outlives a caller that a signal ends without being handled.
 *
 * @throws DevServerStartError
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const port = options.port ?? (await chooseFreePort());
  const uiPort = options.ui === true ? (options.uiPort ?? (await chooseFreePort())) : undefined;
  for (const wanted of [port, uiPort]) {
    if (wanted !== undefined && !(await isPortFree(wanted, HOST))) {
      throw new DevServerStartError(`Port ${wanted} of ${HOST} is in use by another process; choose another port.`);
    }
  }
  const newsFlag = uiPort !== undefined && (await knowsNewsFlag(options));
  const child = spawnServer(options, devServerArguments(options, { port, uiPort, newsFlag }));
  const address = `${HOST}:${port}`;
  const server: DevServer = {
    address,
    port,
    uiUrl: uiPort === undefined ? undefined : `http://${HOST}:${uiPort}`,
    pid: child.pid,
    exited: child.exited,
    stop: () => child.end('SIGTERM'),
    kill: () => child.end('SIGKILL'),
  };
  try {
    await waitUntilServing(server, child, options);
    if (options.dbFilename !== undefined) await registerMissing(server.address, options);
  } catch (error) {
    await server.kill();
    throw error;
  }
  return server;
}

/** The arguments of `temporal` for a dev server with these options and ports. */
export function devServerArguments(
  options: DevServerOptions,
  { port, uiPort, newsFlag }: { port: number; uiPort: number | undefined; newsFlag: boolean },
): string[] {
  const args = ['server', 'start-dev', '--ip', HOST, '--port', String(port)];
  args.push(...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]));
  if (newsFlag) args.push('--ui-disable-news-fetch');
  if (options.dbFilename !== undefined) {
    args.push('--db-filename', options.dbFilename);
    // Two to four times faster than the defaults; a crash of the process, not of the machine, still loses nothing.
    args.push('--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1');
  }
  if (options.namespace !== undefined && options.namespace !== 'default') args.push('--namespace', options.namespace);
  for (const [name, type] of Object.entries(options.searchAttributes ?? {})) {
    args.push('--search-attribute', `${name}=${type}`);
  }
  for (const entry of options.dynamicConfig ?? []) args.push('--dynamic-config-value', entry);
  return [...args, ...(options.extraArgs ?? [])];
}

interface ServerProcess {
  readonly pid: number;
  readonly exited: Promise<DevServerExit>;
  hasExited(): boolean;
  end(signal: NodeJS.Signals): Promise<void>;
  lastOutput(): string;
}

function spawnServer({ binary, env, logFile }: DevServerOptions, args: readonly string[]): ServerProcess {
  const log = logFile === undefined ? undefined : openLog(logFile);
  const child = spawn(binary, args, {
    stdio: ['ignore', log?.file ?? 'pipe', log?.file ?? 'pipe'],
    detached: true,
    ...(env === undefined ? {} : { env: { ...env } }),
  });
  const output = log ?? collectOutput(child);
  let ended = false;
  const exited = new Promise<DevServerExit>((resolve) => {
    const end = (exit: DevServerExit, words?: string) => {
      ended = true;
      process.off('exit', killWithUs);
      output.close(words);
      resolve(exit);
    };
    // Not 'exit', which may come before the last output was read.
    child.once('close', (code, signal) => end({ code, signal }));
    child.once('error', (error) => end({ code: null, signal: null }, error.message));
  });
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  return {
    pid: child.pid ?? -1,
    exited,
    hasExited: () => ended,
    lastOutput: () => output.tail(),
    async end(signal) {
      child.kill(signal);
      const overdue = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(overdue);
    },
  };
}

interface Output {
  tail(): string;
  /** Let go of what is open; `words` are added to the tail. */
  close(words?: string): void;
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}

function collectOutput(child: ChildProcess): Output {
  let text = '';
  const add = (chunk: Buffer | string) => {
    text = (text + chunk.toString()).slice(-TAIL_BYTES);
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  return { tail: () => lastLines(text), close: (words = '') => add(words) };
}

/** Give the server the file itself, so that its output goes on when its parent is gone. */
function openLog(path: string): Output & { readonly file: number } {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a+');
  const start = fstatSync(file).size;
  const read = () => {
    const { size } = fstatSync(file);
    const from = Math.max(start, size - TAIL_BYTES);
    const buffer = Buffer.alloc(size - from);
    readSync(file, buffer, 0, buffer.length, from);
    return buffer.toString();
  };
  let kept: string | undefined;
  return {
    file,
    tail: () => lastLines(kept ?? read()),
    close(words = '') {
      kept = read() + words;
      closeSync(file);
    },
  };
}

/** A gRPC call of its own, since the port opens before the services behind it answer. */
async function waitUntilServing(server: DevServer, child: ServerProcess, options: DevServerOptions): Promise<void> {
  const timeoutMs = options.startTimeoutMs ?? DEFAULT_START_TIMEOUT_MS;
  const deadline = Date.now() + timeoutMs;
  const namespace = options.namespace ?? 'default';
  let lastProblem = 'its port is closed';
  while (Date.now() < deadline) {
    if (child.hasExited()) throw exitedEarly(options, await child.exited, child);
    if (await accepts(server.port)) {
      try {
        await describeNamespace(server.address, namespace);
        if (!child.hasExited()) return;
      } catch (error) {
        lastProblem = (error as Error).message;
      }
    }
    await Promise.race([delay(POLL_MS), child.exited]);
  }
  throw new DevServerStartError(
    `The Temporal dev server at ${server.address} did not serve namespace ${namespace} within ${timeoutMs / 1_000} s: ` +
      `${lastProblem}.${quoted(child)}`,
  );
}

function exitedEarly({ binary }: DevServerOptions, { code, signal }: DevServerExit, child: ServerProcess): Error {
  const how = code === null ? (signal ?? 'it could not be started') : `exit code ${code}`;
  return new DevServerStartError(
    `The Temporal dev server (${binary}) ended before it answered: ${how}.${quoted(child)}`,
  );
}

function quoted(child: ServerProcess): string {
  const output = child.lastOutput();
  return output === '' ? ' It printed nothing.' : ` Its last output:\n${output.replace(/^/gm, '  ')}`;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: HOST });
    const end = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

async function describeNamespace(address: string, namespace: string): Promise<void> {
  await asked(address, (connection) => connection.workflowService.describeNamespace({ namespace }));
}

/** The CLI registers search attributes in a namespace that it creates, and passes over one that the file has already. */
async function registerMissing(
  address: string,
  { namespace = 'default', searchAttributes = {} }: DevServerOptions,
): Promise<void> {
  const { customAttributes } = await asked(address, ({ operatorService }) =>
    operatorService.listSearchAttributes({ namespace }),
  );
  const missing = Object.entries(searchAttributes).filter(([name]) => customAttributes[name] == null);
  if (missing.length === 0) return;
  const types = Object.fromEntries(missing.map(([name, type]) => [name, TYPE_NUMBERS[type]]));
  await asked(address, ({ operatorService }) =>
    operatorService.addSearchAttributes({ namespace, searchAttributes: types }),
  );
}

/** Make a call on a connection of its own. */
async function asked<Answer>(address: string, call: (connection: Connection) => Promise<Answer>): Promise<Answer> {
  const connection = await Connection.connect({ address, connectTimeout: CALL_TIMEOUT_MS });
  try {
    return await connection.withDeadline(Date.now() + CALL_TIMEOUT_MS, () => call(connection));
  } finally {
    await connection.close();
  }
}

/** Older CLIs end with an error on a flag they do not know. */
async function knowsNewsFlag({ binary, env = {} }: DevServerOptions): Promise<boolean> {
  const { stdout } = await runCommand(binary, ['server', 'start-dev', '--help'], { env, timeoutMs: 30_000 });
  return stdout.includes('--ui-disable-news-fetch');
}
