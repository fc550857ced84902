import { isPortFree } from '../../temporal/free-port.js';
import { DEFAULT_ACCOUNT, startSimulator } from '../../simulator/index.js';
import type { CommandContext } from '../command-context.js';
import type { ExitName } from '../exit-codes.js';
import { UsageError } from '../failure-report.js';
import { alignedRows } from '../plain-text.js';
import type { SimulatorCommandOptions } from './local.js';

/** Do what `pvlctl simulator` does, until Ctrl-C. */
export async function simulate({ terminal }: CommandContext, options: SimulatorCommandOptions): Promise<ExitName> {
  const { port, controlPort, timeToActive } = options;
  for (const wanted of [port, controlPort]) {
    if (wanted !== undefined && !(await isPortFree(wanted))) {
      throw new UsageError(`Port ${wanted} is in use by another process; choose another.`);
    }
  }
  const twin = await startSimulator({
    port,
    control: controlPort ?? false,
    settings: { timeToActive: { afterMs: timeToActive } },
  });
  const stopped = new Promise<void>((resolve) => {
    terminal.onSignal(['SIGINT', 'SIGTERM', 'SIGHUP'], () => resolve());
  });
  terminal.out(
    alignedRows([
      ['Twin', twin.url],
      ['Control', twin.controlUrl],
      ['Credentials', `AccessKeyId ${DEFAULT_ACCOUNT.accessKeyId}, secret ${DEFAULT_ACCOUNT.accessKeySecret}`],
      ['For a worker', `PVL_TWIN_URL=${twin.url} pvlctl worker`],
    ]),
  );
  await stopped;
  await twin.close();
  return 'ok';
}
