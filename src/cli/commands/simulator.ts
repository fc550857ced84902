import { isPortFree } from '../../temporal/free-port.js';
import { DEFAULT_ACCOUNT, startSimulator, type SimulatorAccount } from '../../simulator/index.js';
import type { CommandContext } from '../command-context.js';
import type { ExitName } from '../exit-codes.js';
import { UsageError } from '../failure-report.js';
import { alignedRows } from '../plain-text.js';
import type { SimulatorCommandOptions } from './local.js';
import { switchList } from './simulator-switches.js';
import { readStart } from './simulator-start.js';

/** Do what `pvlctl simulator` does, until Ctrl-C. */
export async function simulate({ terminal }: CommandContext, options: SimulatorCommandOptions): Promise<ExitName> {
  if (options.switches === true) {
    terminal.out(switchList());
    return 'ok';
  }
  const { port, controlPort, control = controlPort ?? false, https, caFile } = options;
  if (caFile !== undefined && https === undefined) throw new UsageError('--ca-file goes with --https.');
  const start = await readStart(options, terminal.stdin);
  for (const wanted of [port, control, https]) {
    if (typeof wanted === 'number' && !(await isPortFree(wanted))) {
      throw new UsageError(`Port ${wanted} is in use by another process; choose another.`);
    }
  }
  const twin = await startSimulator({
    ...start,
    port,
    control,
    ...(https === undefined ? {} : { tls: true, tlsPort: https === true ? 0 : https }),
    ...(caFile === undefined ? {} : { caFile }),
  });
  const stopped = new Promise<void>((resolve) => {
    terminal.onSignal(['SIGINT', 'SIGTERM', 'SIGHUP'], () => resolve());
  });
  terminal.out(
    alignedRows([
      ['Twin', twin.url],
      ['HTTPS', twin.tlsUrl],
      ['CA file', twin.caFile],
      ['Control', twin.controlUrl],
      ['Credentials', credentials(start.accounts)],
      ['For a worker', `PVL_TWIN_URL=${twin.url} pvlctl worker`],
    ]),
  );
  await stopped;
  await twin.close();
  return 'ok';
}

/** Everybody knows the keys of the examples; those of a scenario are not printed. */
function credentials(accounts: readonly SimulatorAccount[] | undefined): string {
  if (accounts !== undefined) return accounts.length === 0 ? 'none' : 'those of the scenario';
  return `AccessKeyId ${DEFAULT_ACCOUNT.accessKeyId}, secret ${DEFAULT_ACCOUNT.accessKeySecret}`;
}
