import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';

/** What figures depend on beside the code. */
export interface MachineState {
  readonly cores: number;
  /** Of one minute. */
  readonly load: number;
  readonly node: string;
}

export function machineState(): MachineState {
  return { cores: availableParallelism(), load: loadavg()[0] ?? 0, node: process.versions.node };
}

/** The same as a line below a table. */
export function machineText(): string {
  const { cores, load, node } = machineState();
  return `  ${cores} cores, load ${load.toFixed(1)}, Node ${node}`;
}

/** Linux counts processor time in ticks of 10 ms. */
const MS_PER_TICK = 10;

/**
 * Processor time that a process has used so far, all its threads together, in milliseconds.
 *
 * @returns `undefined` where the system has no /proc.
 */
export function cpuMsOf(pid: number): number | undefined {
  if (pid === process.pid) {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  }
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the program's name in parentheses, which may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}
