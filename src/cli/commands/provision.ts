import { Command } from 'commander';
import { InvalidInputError } from '../../client/errors.js';
import { isHashedId } from '../../client/workflow-id.js';
import type { ProvisionInput } from '../../contract/input.js';
import { checkInput } from '../../schema/check-input.js';
import { withSession, type CommandContext } from '../command-context.js';
import type { ExitName } from '../exit-codes.js';
import { UsageError } from '../failure-report.js';
import { followRun } from '../follow-run.js';
import { priorityOf, withPriorityOptions, type PriorityOptions } from '../priority-options.js';
import { readInput } from '../read-input.js';
import { startedOutput, whatHappened, type OutputFormat } from '../run-output.js';
import { DEFAULT_WINDOW } from '../../client/bulk.js';
import { accountArgument, defaultTaskQueue, examples, outputOption } from './options.js';
import { provisionBulk, refuseSingleOptions, windowArgument } from './provision-bulk.js';
import { isObject } from '../../schema/schema-problems.js';

/** The options of `pvlctl provision`. */
export interface ProvisionOptions extends PriorityOptions {
  readonly file?: string;
  readonly bulk?: string;
  readonly results?: string;
  readonly window?: number;
  readonly id?: string;
  readonly wait: boolean;
  readonly restart?: true;
  readonly dryRun?: true;
  readonly output: OutputFormat;
  readonly account?: string;
  readonly taskQueue: string;
}

/** The command that starts a run, or joins the one of the same request, and waits for its end. */
export function provisionCommand({ env }: CommandContext, run: (options: ProvisionOptions) => Promise<void>): Command {
  const command = new Command('provision')
    .description(
      'Provision one endpoint: start a run, or join the one of the same request, and wait for its end. With --bulk: many.',
    )
    .option('-f, --file <file>', 'JSON file with the input, {"request": {...}}; "-" reads standard input')
    .option('--bulk <file>', 'file with an input a line, in place of --file; "-" reads standard input')
    .option('--results <file>', 'with --bulk: append the results to this file, and skip what it holds as ready')
    .option(
      '--window <number>',
      `with --bulk: runs under way at once, for each account and region; ${DEFAULT_WINDOW} when left out`,
      windowArgument,
    )
    .option('--id <id>', 'workflow id; derived from the request when left out')
    .option('--no-wait', 'print the ids and return while the run goes on')
    .option('--restart', 'start again even if the last run of the id ended ready; it adopts the endpoint')
    .option('--dry-run', 'check the request and create nothing: one report of what passes, fails or is unknown')
    .option('--account <account>', 'credentials profile on the worker', accountArgument)
    .option('--task-queue <queue>', 'task queue that the workers poll', defaultTaskQueue(env))
    .addOption(outputOption())
    .addHelpText(
      'after',
      examples(
        'pvlctl provision -f examples/endpoint.json',
        'pvlctl provision -f request.json --dry-run',
        'pvlctl provision -f request.json --no-wait -o json | jq -r .workflowId',
        'pvlctl provision --bulk requests.jsonl --results results.jsonl',
        'terraform output -json endpoint | pvlctl provision -f - --id order-17',
      ),
    )
    .action(run);
  return withPriorityOptions(command);
}

/** Do what `pvlctl provision` does. Nothing is called before the input is known to be right. */
export async function provision(context: CommandContext, options: ProvisionOptions): Promise<ExitName> {
  const { bulk, file } = options;
  if (bulk !== undefined) {
    refuseSingleOptions(options);
    return provisionBulk(context, { ...options, bulk, window: options.window ?? DEFAULT_WINDOW });
  }
  if (file === undefined) throw new UsageError('Give the input with --file, or many with --bulk.');
  if (options.results !== undefined || options.window !== undefined) {
    throw new UsageError('--results and --window are for --bulk.');
  }
  return provisionOne(context, { ...options, file });
}

async function provisionOne(context: CommandContext, options: ProvisionOptions & { file: string }): Promise<ExitName> {
  const { terminal } = context;
  if (options.file === '-' && terminal.stdinIsTerminal) {
    terminal.err('Reading the input from the terminal; end it with Ctrl-D.');
  }
  const given = withAccount(await readInput(options.file, terminal.stdin), options.account);
  const raw = options.dryRun === true ? asDryRun(given, (note) => terminal.err(note)) : given;
  const checked = checkInput(raw);
  if (!checked.ok) throw new InvalidInputError(options.id ?? '(none)', checked.problems);
  const { input } = checked;

  return withSession(context, options.taskQueue, async (session) => {
    const started = await session.soon(() =>
      session.client.start(input, {
        workflowId: options.id,
        restart: options.restart === true,
        ...priorityOf(options),
      }),
    );
    terminal.err(whatHappened(started));
    if (options.id === undefined && isHashedId(started.workflowId)) terminal.err(hashNote(input));
    if (!options.wait) {
      terminal.out(startedOutput(started, options.output));
      return 'ok';
    }
    return followRun(context, session, started.workflowId, options.output);
  });
}

/** Two different answers to the question whose account it is would be settled by luck. */
function withAccount(raw: unknown, account: string | undefined): unknown {
  if (account === undefined || !isObject(raw)) return raw;
  if ('account' in raw && raw['account'] !== account) {
    throw new UsageError(`--account says "${account}", and the input names another account: leave one of them out.`);
  }
  return { ...raw, account };
}

/** The same input as a dry run. What is no input at all is left to the check of it. */
function asDryRun(raw: unknown, say: (note: string) => void): unknown {
  if (!isObject(raw) || !isObject(raw['request'])) return raw;
  if (raw['request']['DryRun'] === false)
    say('note: --dry-run wins over "DryRun": false of the input: nothing is created.');
  return { ...raw, request: { ...raw['request'], DryRun: true } };
}

function hashNote({ request }: ProvisionInput): string {
  const reason = request.EndpointName === undefined ? 'it has no EndpointName' : 'its names do not fit into an id';
  return `note: the id is derived from the hash of the request, because ${reason}: any change of it means another endpoint.`;
}
