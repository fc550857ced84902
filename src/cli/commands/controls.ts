import { Command, Option } from 'commander';
import type { ChangeableOptions, Phase } from '../../contract/messages.js';
import { EXTENDABLE_WAITS, type ExtendableWait } from '../../model/run-changes.js';
import { durationProblem, formatMs } from '../../model/duration.js';
import { withSession, type CommandContext } from '../command-context.js';
import { EXIT_OF_FAILURE, type ExitName } from '../exit-codes.js';
import { UsageError } from '../failure-report.js';
import { interruptible } from '../follow-run.js';
import { acceptedOutput, type OutputFormat } from '../run-output.js';
import { alignedRows, shellArgument } from '../plain-text.js';
import { defaultTaskQueue, examples, outputOption } from './options.js';

/** Options of the commands that change a run. */
export interface ControlOptions {
  readonly output: OutputFormat;
}

export interface ExtendOptions extends ControlOptions {
  readonly by: string;
  readonly wait?: ExtendableWait;
}

export interface ChangeOptions extends ControlOptions {
  readonly until?: ChangeableOptions['until'];
  readonly onCancel?: ChangeableOptions['onCancel'];
  readonly onFailure?: ChangeableOptions['onFailure'];
}

type Action<Options> = (id: string, options: Options) => Promise<void>;

/** Which wait a run is in, by its phase. */
const WAIT_OF_PHASE: Partial<Record<Phase, ExtendableWait>> = {
  checking: 'accepted',
  creating: 'accepted',
  parked: 'parked',
  waiting: 'active',
  connecting: 'connected',
};

/** The command that waits until the service holds the endpoint of a run. */
export function acceptedCommand(run: Action<ControlOptions>): Command {
  return new Command('accepted')
    .description('Wait until the service holds the endpoint of a run, the run is parked, or it has ended.')
    .argument('<id>', 'workflow id')
    .addOption(outputOption())
    .addHelpText('after', examples('pvlctl accepted order-17', 'pvlctl accepted order-17 -o json | jq -r .EndpointId'))
    .action(run);
}

/** The command that gives a wait of a run more time. */
export function extendCommand(run: Action<ExtendOptions>): Command {
  return new Command('extend')
    .description('Give a wait of a run more time.')
    .argument('<id>', 'workflow id')
    .requiredOption('--by <duration>', 'how much longer than before, such as 30m or 2d')
    .addOption(
      new Option('--wait <wait>', 'which wait; the one that the run is in when left out').choices(EXTENDABLE_WAITS),
    )
    .addOption(outputOption())
    .addHelpText(
      'after',
      examples('pvlctl extend order-17 --by 30m', 'pvlctl extend order-17 --wait connected --by 2d'),
    )
    .action(run);
}

/** The command that changes options of a run. */
export function changeCommand(run: Action<ChangeOptions>): Command {
  const keepOrDelete = ['keep', 'delete'] as const;
  return new Command('change')
    .description('Change options of a run while it is under way; what is left out stays.')
    .argument('<id>', 'workflow id')
    .addOption(new Option('--until <goal>', 'when the run is done').choices(['Active', 'Connected']))
    .addOption(
      new Option('--on-cancel <what>', 'what becomes of the endpoint of a cancelled run').choices(keepOrDelete),
    )
    .addOption(new Option('--on-failure <what>', 'the same of a failed run').choices(keepOrDelete))
    .addOption(outputOption())
    .addHelpText(
      'after',
      examples('pvlctl change order-17 --until Connected', 'pvlctl change order-17 --on-cancel delete'),
    )
    .action(run);
}

/** The command that ends the pause of a parked run. */
export function retryNowCommand(run: Action<ControlOptions>): Command {
  return new Command('retry-now')
    .description('End the pause of a parked run: it tries again at once.')
    .argument('<id>', 'workflow id')
    .addOption(outputOption())
    .addHelpText('after', examples('pvlctl retry-now order-17'))
    .action(run);
}

/** Do what `pvlctl accepted` does. Ctrl-C ends the waiting, never the run. */
export async function showAccepted(context: CommandContext, id: string, { output }: ControlOptions): Promise<ExitName> {
  const { terminal } = context;
  return withSession<ExitName>(context, defaultTaskQueue(context.env), async (session) => {
    const answer = await interruptible(terminal, session, () => session.client.accepted(id));
    if (answer === undefined) {
      terminal.err(`Detached. The run goes on.\n  ask again: pvlctl accepted ${shellArgument(id)}`);
      return 'detached';
    }
    terminal.out(acceptedOutput(id, answer, output));
    switch (answer.state) {
      case 'accepted':
        return 'ok';
      case 'parked':
        terminal.err(`The run tries again by itself. At once: pvlctl retry-now ${shellArgument(id)}`);
        return 'later';
      case 'ended':
        terminal.err(`What it ended with: pvlctl result ${shellArgument(id)}`);
        if (answer.outcome === 'dryRunPassed') return 'ok';
        return answer.failure === undefined ? 'cancelled' : EXIT_OF_FAILURE[answer.failure.type];
    }
  });
}

/** Do what `pvlctl extend` does. */
export async function extendRun(context: CommandContext, id: string, options: ExtendOptions): Promise<ExitName> {
  const { by, output } = options;
  const problem = durationProblem(by);
  if (problem !== undefined) throw new UsageError(`--by: ${problem}`);
  return withSession<ExitName>(context, defaultTaskQueue(context.env), async ({ client, soon }) => {
    const wait = options.wait ?? (await soon(async () => currentWait((await client.state(id)).state?.phase)));
    if (wait === undefined) throw new UsageError('The run is in no wait that is known: name one with --wait.');
    const extended = await soon(() => client.extendDeadline(id, { wait, by }));
    const { withinMs, deadline } = extended;
    context.terminal.out(
      output === 'json'
        ? JSON.stringify({ workflowId: id, ...extended })
        : alignedRows([
            ['wait', wait],
            ['in all', withinMs === undefined ? undefined : formatMs(withinMs)],
            ['gives up', deadline],
          ]),
    );
    return 'ok';
  });
}

/** Do what `pvlctl change` does. */
export async function changeRun(context: CommandContext, id: string, options: ChangeOptions): Promise<ExitName> {
  const { output, until, onCancel, onFailure } = options;
  const change = {
    ...(until === undefined ? {} : { until }),
    ...(onCancel === undefined ? {} : { onCancel }),
    ...(onFailure === undefined ? {} : { onFailure }),
  };
  if (Object.keys(change).length === 0)
    throw new UsageError('Nothing to change: give --until, --on-cancel or --on-failure.');
  return withSession<ExitName>(context, defaultTaskQueue(context.env), async ({ client, soon }) => {
    const now = await soon(() => client.changeOptions(id, change));
    context.terminal.out(
      output === 'json'
        ? JSON.stringify({ workflowId: id, ...now })
        : alignedRows([
            ['until', now.until],
            ['on cancel', now.onCancel],
            ['on failure', now.onFailure],
          ]),
    );
    return 'ok';
  });
}

/** Do what `pvlctl retry-now` does. */
export async function retryRun(context: CommandContext, id: string, { output }: ControlOptions): Promise<ExitName> {
  return withSession<ExitName>(context, defaultTaskQueue(context.env), async ({ client, soon }) => {
    const woken = await soon(() => client.retryNow(id));
    context.terminal.out(
      output === 'json'
        ? JSON.stringify({ workflowId: id, ...woken })
        : `The run ${id} tries again now (epoch ${woken.epoch}); it was refused with ${woken.code}.`,
    );
    return 'ok';
  });
}

function currentWait(phase: Phase | undefined): ExtendableWait | undefined {
  return phase === undefined ? undefined : WAIT_OF_PHASE[phase];
}
