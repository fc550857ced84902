import { Command } from 'commander';
import { InvalidInputError } from '../../client/errors.js';
import type { DeprovisionInput } from '../../contract/deprovision.js';
import { checkDeprovisionInput } from '../../schema/deprovision-input.js';
import { withSession, type CommandContext } from '../command-context.js';
import type { ExitName } from '../exit-codes.js';
import { followRun } from '../follow-run.js';
import { startedOutput, whatHappened, type OutputFormat } from '../run-output.js';
import { accountArgument, defaultTaskQueue, examples, outputOption } from './options.js';

/** The options of `pvlctl delete`. */
export interface DeleteOptions {
  readonly region: string;
  readonly account?: string;
  readonly anyOwner?: true;
  readonly timeout?: string;
  readonly wait: boolean;
  readonly output: OutputFormat;
  readonly taskQueue: string;
}

/** The command that removes an endpoint. */
export function deleteCommand(
  { env }: CommandContext,
  run: (endpointId: string, options: DeleteOptions) => Promise<void>,
): Command {
  return new Command('delete')
    .description(
      'Remove one endpoint: its zones, then itself, and prove that it is gone. One that is gone is a success.',
    )
    .argument('<endpoint-id>', 'id of the endpoint, such as ep-hp33b2e43fays7s8')
    .requiredOption('--region <region>', 'region of the endpoint')
    .option('--account <account>', 'credentials profile on the worker', accountArgument)
    .option('--any-owner', 'remove it even if it does not carry the owner tag of this installation')
    .option('--timeout <duration>', 'for the whole removal; 30m when left out')
    .option('--no-wait', 'print the ids and return while the run goes on')
    .option('--task-queue <queue>', 'task queue that the workers poll', defaultTaskQueue(env))
    .addOption(outputOption())
    .addHelpText(
      'after',
      examples(
        'pvlctl delete ep-hp33b2e43fays7s8 --region cn-huhehaote',
        'pvlctl delete ep-hp33b2e43fays7s8 --region cn-huhehaote --any-owner --timeout 2h',
        'pvlctl delete ep-hp33b2e43fays7s8 --region cn-huhehaote -o json | jq -r .outcome',
      ),
    )
    .action(run);
}

/** Do what `pvlctl delete` does. Nothing is called before the arguments are known to be right. */
export async function deleteEndpoint(
  context: CommandContext,
  endpointId: string,
  options: DeleteOptions,
): Promise<ExitName> {
  const { terminal } = context;
  const checked = checkDeprovisionInput(inputOf(endpointId, options));
  if (!checked.ok) throw new InvalidInputError('(none)', checked.problems);
  return withSession(context, options.taskQueue, async (session) => {
    const started = await session.soon(() => session.client.startDeprovision(checked.input));
    terminal.err(whatHappened(started));
    if (!options.wait) {
      terminal.out(startedOutput(started, options.output));
      return 'ok';
    }
    return followRun(context, session, started.workflowId, options.output);
  });
}

function inputOf(EndpointId: string, { region, account, anyOwner, timeout }: DeleteOptions): DeprovisionInput {
  return {
    RegionId: region,
    EndpointId,
    ...(account === undefined ? {} : { account }),
    ...(anyOwner === true ? { ownership: 'any' } : {}),
    ...(timeout === undefined ? {} : { timeouts: { deleted: timeout } }),
  };
}
