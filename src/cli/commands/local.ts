import { join } from 'node:path';
import { Command, Option } from 'commander';
import { durationArgument, examples, portArgument, seedArgument, timeToActiveOption } from './options.js';

/** The options of `pvlctl dev`. */
export interface DevOptions {
  readonly db: string;
  readonly port?: number;
  readonly uiPort?: number;
  readonly twinPort?: number;
  readonly timeToActive: number;
  readonly searchAttributes: boolean;
}

/** The options of `pvlctl simulator`. */
export interface SimulatorCommandOptions {
  readonly port: number;
  /** `true`: any free port. */
  readonly control?: number | true;
  readonly controlPort?: number;
  readonly scenario?: string;
  readonly world?: string;
  readonly seed?: number;
  readonly timeToActive?: number;
  /** `true`: any free port. */
  readonly https?: number | true;
  readonly caFile?: string;
  readonly switches?: true;
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
    .option('--no-search-attributes', 'register none: runs keep what `pvlctl list` shows in their memo')
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
    .option('--scenario <file>', 'world, settings, faults, accounts and seed to start with, in YAML or JSON')
    .option('--world <file>', 'world to start with, in YAML or JSON, in place of the one of the scenario')
    .option(
      '--seed <number>',
      'seed of ids, of durations that are drawn and of faults that strike by chance',
      seedArgument,
    )
    .addOption(
      new Option(
        '--time-to-active <duration>',
        'when an endpoint becomes Active (default: as the scenario says, or 20s)',
      ).argParser(durationArgument),
    )
    .option('--control [port]', 'open a port that steers the twin; any free one when none is named', portArgument)
    .addOption(
      new Option('--control-port <port>', 'the same as --control <port>').argParser(portArgument).conflicts('control'),
    )
    .option('--https [port]', 'serve HTTPS, too, with a certificate made at the start', portArgument)
    .option('--ca-file <file>', 'where to write the certificate that clients of HTTPS have to trust')
    .option('--switches', 'list every behaviour that is inferred, with its default, and serve nothing')
    .addHelpText(
      'after',
      examples(
        'pvlctl simulator',
        'pvlctl simulator --port 9000 --control 9001 --time-to-active 2s',
        'pvlctl simulator --scenario storm.yaml --seed 7',
        'pvlctl simulator --switches',
      ),
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
