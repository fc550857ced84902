import { join } from 'node:path';
import { Command } from 'commander';
import { examples, portArgument, timeToActiveOption } from './options.js';

/** The options of `pvlctl dev`. */
export interface DevOptions {
  readonly db: string;
  readonly port?: number;
  readonly uiPort?: number;
  readonly twinPort?: number;
  readonly timeToActive: number;
}

/** The options of `pvlctl simulator`. */
export interface SimulatorCommandOptions {
  readonly port: number;
  readonly controlPort?: number;
  readonly timeToActive: number;
}

/** Ports that people expect: `pvlctl dev` takes them when they are free. */
export const USUAL_PORTS = { port: 7233, uiPort: 8233, twinPort: 8480 } as const;

/** The command that starts a whole local stack. */
export function devCommand(run: (options: DevOptions) => Promise<void>): Command {
  return new Command('dev')
    .description('Start a local stack: a Temporal dev server with Web UI, the PrivateLink twin and a worker.')
    .option('--db <file>', 'SQLite file of the dev server; logs lie beside it', join('.pvl', 'temporal.db'))
    .option('--port <port>', `port of Temporal; ${USUAL_PORTS.port} if it is free, else any`, portArgument)
    .option('--ui-port <port>', `port of the Web UI; ${USUAL_PORTS.uiPort} if it is free, else any`, portArgument)
    .option('--twin-port <port>', `port of the twin; ${USUAL_PORTS.twinPort} if it is free, else any`, portArgument)
    .addOption(timeToActiveOption())
    .addHelpText(
      'after',
      '\nIt works on its twin only: cloud credentials of the environment are ignored.\n' +
        examples('pvlctl dev', 'pvlctl dev --time-to-active 5m --db /tmp/pvl/temporal.db'),
    )
    .action(run);
}

/** The command that serves the twin alone. */
export function simulatorCommand(run: (options: SimulatorCommandOptions) => Promise<void>): Command {
  return new Command('simulator')
    .description('Serve the PrivateLink twin alone, on this machine: the API on the wire, for any client of it.')
    .option('--port <port>', 'port of the API', portArgument, USUAL_PORTS.twinPort)
    .option('--control-port <port>', 'port that steers the twin; none when left out', portArgument)
    .addOption(timeToActiveOption())
    .addHelpText(
      'after',
      examples('pvlctl simulator', 'pvlctl simulator --port 9000 --control-port 9001 --time-to-active 2s'),
    )
    .action(run);
}

/** The command that runs a worker. */
export function workerCommand(run: () => Promise<void>): Command {
  return new Command('worker')
    .description('Run a worker until it is told to stop; its settings come from the environment.')
    .addHelpText(
      'after',
      '\nThe settings PVL_* and TEMPORAL_* are listed in docs/settings.md. The first line of the log says whether the\n' +
        'cloud is a TWIN or REAL.\n' +
        examples(
          'pvlctl worker',
          'PVL_TWIN_URL=http://127.0.0.1:8480 pvlctl worker',
          'PVL_ACCOUNTS=default,prod pvlctl worker',
        ),
    )
    .action(run);
}

/** The command that prints the JSON Schema of the input. */
export function schemaCommand(run: () => Promise<void>): Command {
  return new Command('schema')
    .description('Print the JSON Schema of the input of `provision`.')
    .addHelpText('after', examples('pvlctl schema > provision.schema.json', 'pvlctl schema | jq .properties.request'))
    .action(run);
}
