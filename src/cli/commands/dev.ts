import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isPortFree } from '../../temporal/free-port.js';
import type { CommandContext } from '../command-context.js';
import type { ExitName } from '../exit-codes.js';
import { UsageError } from '../failure-report.js';
import { startLocalStack, type LocalStack } from '../local-stack.js';
import { alignedRows } from '../plain-text.js';
import { ignoredVariables } from '../stack-environment.js';
import { USUAL_PORTS, type DevOptions } from './local.js';

/** A worker that ends sooner than this after its start would only end again. */
const SHORTEST_LIFE_MS = 10_000;

/** Do what `pvlctl dev` does: until Ctrl-C, or until the server ends. */
export async function dev({ terminal, env }: CommandContext, options: DevOptions): Promise<ExitName> {
  const ignored = ignoredVariables(env);
  if (ignored.length > 0) terminal.err(`Ignored, because this stack is a local one: ${ignored.join(', ')}`);
  const db = resolve(options.db);
  mkdirSync(dirname(db), { recursive: true });

  let end: (exit: ExitName) => void = () => undefined;
  const ended = new Promise<ExitName>((resolvePromise) => {
    end = resolvePromise;
  });
  const ignoreSignals = terminal.onSignal(['SIGINT', 'SIGTERM', 'SIGHUP'], () => end('ok'));
  let stack: LocalStack | undefined;
  let workerStartedAt = terminal.now();
  const replaceWorker = async () => {
    if (stack === undefined || terminal.now() - workerStartedAt < SHORTEST_LIFE_MS) {
      end('unexpected');
      return;
    }
    terminal.err('Starting another worker.');
    await stack.worker.restart();
    workerStartedAt = terminal.now();
    terminal.err(`Worker started (pid ${stack.worker.pid}).`);
  };
  try {
    const starting = startLocalStack({
      dbFilename: db,
      logDirectory: dirname(db),
      ports: await choosePorts(options),
      ui: true,
      timeToActive: { afterMs: options.timeToActive },
      searchAttributes: options.searchAttributes,
      log: (text) => terminal.err(text),
      onDeath: (child) => {
        if (child === 'server') end('unexpected');
        else replaceWorker().catch(() => end('unexpected'));
      },
    });
    stack = await Promise.race([starting, ended.then(() => undefined)]);
    if (stack === undefined) {
      // Interrupted while it starts: what is there already is killed when this process exits.
      starting.catch(() => undefined);
      return await ended;
    }
    terminal.out(description(stack, db));
    const exit = await ended;
    terminal.err('Stopping...');
    return exit;
  } finally {
    await stack?.stop();
    ignoreSignals();
  }
}

async function choosePorts({ port, uiPort, twinPort }: DevOptions) {
  return {
    temporal: port ?? (await usualPort('port')),
    ui: uiPort ?? (await usualPort('uiPort')),
    twin: await twinPortOf(twinPort),
  };
}

async function usualPort(name: keyof typeof USUAL_PORTS): Promise<number | undefined> {
  return (await isPortFree(USUAL_PORTS[name])) ? USUAL_PORTS[name] : undefined;
}

async function twinPortOf(asked: number | undefined): Promise<number | undefined> {
  if (asked === undefined) return usualPort('twinPort');
  if (await isPortFree(asked)) return asked;
  throw new UsageError(`--twin-port: port ${asked} is in use by another process; choose another.`);
}

function description({ temporal, twin, worker }: LocalStack, db: string): string {
  const rows = alignedRows([
    ['Temporal', `${temporal.address}, namespace ${temporal.namespace}, kept in ${db}`],
    ['Web UI', temporal.uiUrl],
    ['Twin', `${twin.url}; it forgets its endpoints when this stack stops`],
    ['Twin control', twin.controlUrl],
    ['Worker', `pid ${worker.pid}, log ${worker.logFile ?? 'none'}`],
  ]);
  const input = JSON.stringify({
    request: {
      RegionId: 'cn-huhehaote',
      VpcId: 'vpc-1',
      ServiceId: 'epsrv-1',
      EndpointName: 'first',
      SecurityGroupId: ['sg-1'],
      Zone: [{ ZoneId: 'cn-huhehaote-b', VSwitchId: 'vsw-1' }],
    },
  });
  return [
    rows,
    '',
    'Try, in another terminal:',
    `  echo '${input}' |`,
    `    TEMPORAL_ADDRESS=${temporal.address} pvlctl provision -f -`,
    '',
    'Ctrl-C stops all of it.',
  ].join('\n');
}
