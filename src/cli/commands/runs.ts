import { Command } from 'commander';
import { withSession, type CommandContext, type Session } from '../command-context.js';
import type { ExitName } from '../exit-codes.js';
import { followRun } from '../follow-run.js';
import { shellArgument } from '../plain-text.js';
import { statusOutput, type OutputFormat } from '../run-output.js';
import { defaultTaskQueue, examples, outputOption } from './options.js';

/** Options of the commands that are given the id of a run. */
export interface RunOptions {
  readonly output: OutputFormat;
  readonly wait?: true;
}

type RunAction = (id: string, options: RunOptions) => Promise<void>;

/** The command that says where a run stands. */
export function statusCommand(run: RunAction): Command {
  return new Command('status')
    .description('Say where a run stands, and return.')
    .argument('<id>', 'workflow id')
    .addOption(outputOption())
    .addHelpText('after', examples('pvlctl status order-17', 'pvlctl status order-17 -o json | jq .state.phase'))
    .action(run);
}

/** The command that waits for the end of a run. */
export function resultCommand(run: RunAction): Command {
  return new Command('result')
    .description('Wait for the end of a run; output and exit code are those of `provision`.')
    .argument('<id>', 'workflow id')
    .addOption(outputOption())
    .addHelpText(
      'after',
      examples('pvlctl result order-17', 'pvlctl result order-17 -o json | jq -r .endpoint.EndpointId'),
    )
    .action(run);
}

/** The command that asks a run to stop. */
export function cancelCommand(run: RunAction): Command {
  return new Command('cancel')
    .description('Ask a run to stop. The endpoint is kept, unless the input of the run says onCancel "delete".')
    .argument('<id>', 'workflow id')
    .option('--wait', 'wait for the end; output and exit code are those of `result`: 9 when it was cancelled')
    .addOption(outputOption())
    .addHelpText('after', examples('pvlctl cancel order-17', 'pvlctl cancel order-17 --wait'))
    .action(run);
}

/** Do what `pvlctl status` does. */
export async function showStatus(context: CommandContext, id: string, { output }: RunOptions): Promise<ExitName> {
  const { terminal } = context;
  return session(context, async ({ client, soon }) => {
    const view = await soon(() => client.state(id));
    terminal.out(statusOutput(view, terminal.now(), output));
    if (view.status !== 'RUNNING') terminal.err(`What it ended with: pvlctl result ${shellArgument(id)}`);
    return 'ok';
  });
}

/** Do what `pvlctl result` does. */
export async function awaitResult(context: CommandContext, id: string, { output }: RunOptions): Promise<ExitName> {
  return session(context, (open) => followRun(context, open, id, output));
}

/** Do what `pvlctl cancel` does. */
export async function cancelRun(context: CommandContext, id: string, options: RunOptions): Promise<ExitName> {
  const { terminal } = context;
  return session(context, async (open) => {
    // The engine accepts a request to cancel what is closed, and does nothing.
    const { status } = await open.soon(() => open.client.state(id));
    const isClosed = status !== 'RUNNING';
    if (isClosed) terminal.err(`The run ${id} has ended: ${status}. There is nothing to cancel.`);
    else await open.soon(() => open.client.cancel(id));
    if (options.wait === true) return followRun(context, open, id, options.output);
    if (isClosed) return 'notFound';
    const asked = { workflowId: id, cancelRequested: true };
    terminal.out(
      options.output === 'json'
        ? JSON.stringify(asked)
        : `The run ${id} was asked to stop. What it leaves behind: pvlctl result ${shellArgument(id)}`,
    );
    return 'ok';
  });
}

function session(context: CommandContext, act: (session: Session) => Promise<ExitName>): Promise<ExitName> {
  return withSession(context, defaultTaskQueue(context.env), act);
}
