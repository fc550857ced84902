import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { startBenchServer } from './bench-server.js';
import { cpuMsOf } from './machine.js';

/** On which server to measure. */
export interface ServerChoice {
  /** A server that is there already; without it a dev server of its own is started. */
  readonly address?: string | undefined;
  /** Processes of that server and of its database, whose processor time counts, with those that they started. */
  readonly serverPids: readonly number[];
}

/** A Temporal server that a benchmark runs on. */
export interface MeasuredServer {
  readonly address: string;
  /** Processor time of the server so far, in milliseconds; `undefined` where it is not known which processes it is. */
  cpuMs(): number | undefined;
  /** End it, if it was started here. */
  close(): Promise<void>;
}

/** Start a server, or take the one that is named. */
export async function openMeasuredServer({ address, serverPids }: ServerChoice): Promise<MeasuredServer> {
  const server = address === undefined ? await startBenchServer() : undefined;
  const pids = server === undefined ? serverPids : [server.pid];
  return {
    address: address ?? server?.address ?? '',
    cpuMs: () => (pids.length === 0 ? undefined : cpuMsOfFamilies(pids)),
    close: async () => server?.stop(),
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
