import { Command, CommanderError } from 'commander';
import { EXIT_CONFIG } from '../config.js';
import { inputJsonSchema } from '../schema/check-input.js';
import { VERSION } from '../version.js';
import { reporting, type CommandContext } from './command-context.js';
import { deleteCommand, deleteEndpoint } from './commands/delete.js';
import {
  acceptedCommand,
  changeCommand,
  changeRun,
  extendCommand,
  extendRun,
  retryNowCommand,
  retryRun,
  showAccepted,
} from './commands/controls.js';
import { doctorCommand } from './commands/doctor.js';
import { explain, explainCommand } from './commands/explain.js';
import { list, listCommand } from './commands/list.js';
import { devCommand, schemaCommand, simulatorCommand, workerCommand } from './commands/local.js';
import { orphans, orphansCommand } from './commands/orphans.js';
import { provision, provisionCommand } from './commands/provision.js';
import { awaitResult, cancelCommand, cancelRun, resultCommand, showStatus, statusCommand } from './commands/runs.js';
import { EXIT_CODES, exitCodeTable, type ExitName } from './exit-codes.js';
import type { OutputFormat } from './run-output.js';

const ENVIRONMENT_HELP =
  'The Temporal server is named as for the `temporal` command: TEMPORAL_ADDRESS (localhost:7233), TEMPORAL_NAMESPACE,\n' +
  'TEMPORAL_API_KEY, TEMPORAL_TLS_*, TEMPORAL_PROFILE; PVL_TASK_QUEUE names the task queue of the workers.';

/**
 * Run `pvlctl`.
 *
 * @param args - The arguments behind the name of the command.
 * @returns The exit code.
 */
export async function runProgram(args: readonly string[], context: CommandContext): Promise<number> {
  let exitCode: number = EXIT_CODES.ok.code;
  const program = buildProgram(context, async (output, body) => {
    exitCode = await reporting(context, output, body);
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version, when they were asked for, end this way too.
    return error.exitCode === 0 ? EXIT_CODES.ok.code : EXIT_CODES.usage.code;
  }
}

type Run = (output: OutputFormat, body: () => Promise<ExitName>) => Promise<void>;

/** What only some commands need is loaded by them. */
function buildProgram(context: CommandContext, run: Run): Command {
  const { terminal } = context;
  const program = new Command('pvlctl')
    .description('Provision Alibaba Cloud PrivateLink VPC endpoints as durable Temporal workflows.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.replace(/\n$/, '')),
      writeErr: (text) => terminal.err(text.replace(/\n$/, '')),
      outputError: (text, write) => write(text.replace(/^error: /, 'pvlctl: Usage: ')),
    })
    .showHelpAfterError('(--help shows the usage)')
    .addHelpText('after', () => `\n${exitCodeTable()}\n\n${ENVIRONMENT_HELP}`);

  const commands = [
    provisionCommand(context, (options) => run(options.output, () => provision(context, options))),
    deleteCommand(context, (id, options) => run(options.output, () => deleteEndpoint(context, id, options))),
    statusCommand((id, options) => run(options.output, () => showStatus(context, id, options))),
    resultCommand((id, options) => run(options.output, () => awaitResult(context, id, options))),
    cancelCommand((id, options) => run(options.output, () => cancelRun(context, id, options))),
    listCommand((options) => run(options.output, () => list(context, options))),
    acceptedCommand((id, options) => run(options.output, () => showAccepted(context, id, options))),
    extendCommand((id, options) => run(options.output, () => extendRun(context, id, options))),
    changeCommand((id, options) => run(options.output, () => changeRun(context, id, options))),
    retryNowCommand((id, options) => run(options.output, () => retryRun(context, id, options))),
    explainCommand((code, options) => run(options.output, () => explain(context, code, options))),
    orphansCommand(context, (options) => run(options.output, () => orphans(context, options))),
    doctorCommand((options) =>
      run(options.output, async () => (await import('./doctor/doctor.js')).doctor(context, options)),
    ),
    workerCommand(() => run('text', runWorkerHere)),
    devCommand((options) => run('text', async () => (await import('./commands/dev.js')).dev(context, options))),
    simulatorCommand((options) =>
      run('text', async () => (await import('./commands/simulator.js')).simulate(context, options)),
    ),
    schemaCommand(() =>
      run('text', async () => {
        terminal.out(JSON.stringify(inputJsonSchema(), null, 2));
        return 'ok';
      }),
    ),
  ];
  for (const command of commands) program.addCommand(command.copyInheritedSettings(program));
  return program;
}

async function runWorkerHere(): Promise<ExitName> {
  const { workerProgram } = await import('../worker.js');
  const code = await workerProgram();
  if (code === EXIT_CONFIG) return 'settings';
  return code === 0 ? 'ok' : 'unexpected';
}
