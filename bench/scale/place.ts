import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { bundleToFile } from '../../test/support/bundle-workflows.js';
import { startBenchServer } from '../bench-server.js';
import { cpuMsOf } from '../machine.js';

/** Where to measure. */
export interface PlaceOptions {
  /** A server that is there already; without it a dev server of its own is started. */
  readonly address?: string | undefined;
  readonly namespace: string;
  /** Processes of that server and of its database, whose processor time counts, with those that they started. */
  readonly serverPids: readonly number[];
  /** Take the worker from its sources instead of the compiled program. */
  readonly fromSource: boolean;
}

/** A Temporal server, and what is needed to work on it. */
export interface ScalePlace {
  readonly address: string;
  readonly namespace: string;
  readonly fromSource: boolean;
  readonly client: Client;
  /** Bundle of the workflows of bench/programs/plain-waiters.ts. */
  readonly plainCodePath: string;
  /** Tells what this benchmark starts from whatever else there is on the server. */
  readonly tag: string;
  /** Processor time of the server so far, in milliseconds; `undefined` where it is not known which processes it is. */
  serverCpuMs(): number | undefined;
  close(): Promise<void>;
}

/** Start a server, or connect to the one that is named. */
export async function openPlace(options: PlaceOptions): Promise<ScalePlace> {
  const server = options.address === undefined ? await startBenchServer() : undefined;
  const address = options.address ?? server?.address ?? '';
  const { namespace, fromSource } = options;
  const pids = server === undefined ? options.serverPids : [server.pid];
  const connection = await Connection.connect({ address });
  const bundle = await bundleToFile(new URL('../programs/plain-waiters.ts', import.meta.url));
  return {
    address,
    namespace,
    fromSource,
    client: new Client({ connection, namespace }),
    plainCodePath: bundle.path,
    tag: Date.now().toString(36),
    serverCpuMs: () => (pids.length === 0 ? undefined : cpuMsOfFamilies(pids)),
    close: async () => {
      await bundle.remove();
      await connection.close();
      await server?.stop();
    },
  };
}

/** Processor time of these processes and of all that they started and that are still there: a database has many. */
function cpuMsOfFamilies(pids: readonly number[]): number | undefined {
  if (!existsSync('/proc')) return undefined;
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), parentOf(name)] as const),
  );
  const family = new Set(pids);
  for (let before = 0; before !== family.size;) {
    before = family.size;
    for (const [pid, parent] of parents) if (family.has(parent)) family.add(pid);
  }
  const times = [...family].map((pid) => cpuMsOf(pid));
  return times.some((ms) => ms !== undefined) ? times.reduce<number>((sum, ms) => sum + (ms ?? 0), 0) : undefined;
}

/** 0 where it has just ended. */
function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
