import { Command } from 'commander';
import { InvalidInputError } from '../../client/errors.js';
import { findInReport, orphansWorkflowId } from '../../client/orphans.js';
import type { ProvisionInput } from '../../contract/input.js';
import type { FindOrphansInput, OrphanedEndpoint, OrphanReport } from '../../contract/orphans.js';
import { DEFAULT_ACCOUNT } from '../../contract/task-queues.js';
import { ORPHAN_REASONS } from '../../model/orphans.js';
import { checkInput } from '../../schema/check-input.js';
import { checkFindOrphansInput } from '../../schema/orphans-input.js';
import { withSession, type CommandContext, type Session } from '../command-context.js';
import type { ExitName } from '../exit-codes.js';
import { failureJson, failureText, UsageError, type FailureReport } from '../failure-report.js';
import { followRun, interruptible } from '../follow-run.js';
import { orphanOutput, placeOptions } from '../orphan-output.js';
import { readInput } from '../read-input.js';
import type { OutputFormat } from '../run-output.js';
import { accountArgument, defaultTaskQueue, examples, outputOption } from './options.js';

/** The options of `pvlctl orphans`. */
export interface OrphansOptions {
  readonly region: string;
  readonly account: string;
  readonly olderThan: string;
  readonly remove?: string;
  readonly adopt?: string;
  readonly file?: string;
  readonly output: OutputFormat;
  readonly taskQueue: string;
}

/** The command that looks for endpoints that no run accounts for, and settles one of them. */
export function orphansCommand({ env }: CommandContext, run: (options: OrphansOptions) => Promise<void>): Command {
  return new Command('orphans')
    .description(
      'Look for endpoints with our owner tag that no run accounts for. Changes nothing, unless --remove or --adopt names one of them.',
    )
    .requiredOption('--region <region>', 'region to look in')
    .option('--account <account>', 'credentials profile on the worker', accountArgument, DEFAULT_ACCOUNT)
    .option('--older-than <duration>', 'least age of an orphan; 10m is the least', '10m')
    .option('--remove <endpoint>', 'look again, and delete this endpoint if it is an orphan')
    .option('--adopt <endpoint>', 'look again, and make this orphan the result of the request in --file')
    .option('-f, --file <file>', 'with --adopt: JSON file with the input, {"request": {...}}; "-" reads standard input')
    .option('--task-queue <queue>', 'task queue that the workers poll', defaultTaskQueue(env))
    .addOption(outputOption())
    .addHelpText(
      'after',
      examples(
        'pvlctl orphans --region cn-hangzhou',
        "pvlctl orphans --region cn-hangzhou -o json | jq -r '.orphans[].EndpointId'",
        'pvlctl orphans --region cn-hangzhou --remove ep-bp1w1dmdqjuz9example',
        'pvlctl orphans --region cn-hangzhou --adopt ep-bp1w1dmdqjuz9example -f request.json',
      ),
    )
    .action(run);
}

/** Do what `pvlctl orphans` does. Nothing is called before the arguments and the input are known to be right. */
export async function orphans(context: CommandContext, options: OrphansOptions): Promise<ExitName> {
  const { remove, adopt, output, taskQueue } = options;
  const where = checkedWhere(options);
  if (remove !== undefined && adopt !== undefined) throw new UsageError('Give --remove or --adopt, not both.');
  if ((adopt === undefined) !== (options.file === undefined)) {
    throw new UsageError(
      '--adopt and --file belong together: the endpoint, and the request that it is to be the result of.',
    );
  }
  const input = options.file === undefined ? undefined : await adoptingInput(context, options.file, where);
  return withSession(context, taskQueue, async (session) => {
    const EndpointId = remove ?? adopt;
    const report = await sweep(context, session, where, EndpointId);
    if (report === undefined) return 'detached';
    if (EndpointId === undefined) {
      context.terminal.out(orphanOutput(report, output));
      return report.totals.orphans > 0 ? 'found' : 'ok';
    }
    const found = findInReport(report, EndpointId);
    if (found?.isOrphan !== true) return tell(context, output, notAnOrphan(report, EndpointId, found?.endpoint));
    if (input === undefined) return removeOrphan(context, session, where, EndpointId, output);
    const { workflowId = '' } = found.endpoint;
    const others = [...report.orphans, ...report.unaccounted].filter(
      (one) => one.workflowId === workflowId && one.EndpointId !== EndpointId,
    );
    if (others.length > 0) return tell(context, output, ambiguous(EndpointId, workflowId, others));
    return adoptOrphan(context, session, input, workflowId, output);
  });
}

function checkedWhere({
  region: RegionId,
  account,
  olderThan,
}: OrphansOptions): Required<Omit<FindOrphansInput, 'timeouts'>> {
  const where = { RegionId, account, olderThan };
  const checked = checkFindOrphansInput(where);
  if (!checked.ok) throw new InvalidInputError('(none)', checked.problems);
  return where;
}

/** The request that an orphan is to be the result of. What would make another endpoint, or none, is refused. */
async function adoptingInput(
  { terminal }: CommandContext,
  file: string,
  where: { readonly RegionId: string; readonly account: string },
): Promise<ProvisionInput> {
  const checked = checkInput(await readInput(file, terminal.stdin));
  if (!checked.ok) throw new InvalidInputError('(none)', checked.problems);
  const { account = where.account } = checked.input;
  const input = { ...checked.input, account };
  const refuse = (problem: string) => {
    throw new UsageError(`The input cannot adopt an orphan: ${problem}`);
  };
  if (account !== where.account) refuse(`its account is "${account}", and "${where.account}" was to be looked at.`);
  if (input.request.RegionId !== where.RegionId) refuse(`its RegionId is not ${where.RegionId}.`);
  if (input.request.DryRun === true) refuse('a dry run adopts nothing.');
  if (input.ownerTags === false) refuse('with ownerTags false nothing is looked up, and another endpoint is made.');
  if (input.ifExists === 'fail') refuse('ifExists is "fail".');
  return input;
}

/**
 * Run a sweep. For one endpoint it has an id of its own, so that it is not an older one that is joined.
 *
 * @returns `undefined` where Ctrl-C ended the waiting.
 */
async function sweep(
  { terminal }: CommandContext,
  session: Session,
  where: FindOrphansInput,
  EndpointId: string | undefined,
): Promise<OrphanReport | undefined> {
  const id = orphansWorkflowId(where);
  const workflowId = EndpointId === undefined ? id : `${id}/${EndpointId}`;
  terminal.err(`Looking for orphans in ${where.RegionId} (${workflowId}).`);
  const report = await interruptible(terminal, session, () => session.client.findOrphans(where, { workflowId }));
  if (report === undefined) terminal.err('Detached. The sweep goes on; the same command joins it.');
  return report;
}

async function removeOrphan(
  context: CommandContext,
  session: Session,
  { RegionId, account }: { readonly RegionId: string; readonly account: string },
  EndpointId: string,
  output: OutputFormat,
): Promise<ExitName> {
  const { workflowId } = await session.soon(() =>
    session.client.startDeprovision({ RegionId, EndpointId, account, ownership: 'own' }),
  );
  context.terminal.err(`${EndpointId} is an orphan; it is removed by the run ${workflowId}.`);
  return followRun(context, session, workflowId, output);
}

async function adoptOrphan(
  context: CommandContext,
  session: Session,
  input: ProvisionInput,
  workflowId: string,
  output: OutputFormat,
): Promise<ExitName> {
  const started = await session.soon(() => session.client.start(input, { workflowId }));
  context.terminal.err(`The workflow id of its tag is run again: ${workflowId} (run id ${started.runId}).`);
  return followRun(context, session, workflowId, output);
}

function notAnOrphan(report: OrphanReport, EndpointId: string, seen: OrphanedEndpoint | undefined): FailureReport {
  const { RegionId, olderThan, installation } = report;
  if (seen !== undefined) {
    return {
      exit: 'conflict',
      type: 'NotAnOrphan',
      message: `${EndpointId} is unaccounted, which is less than an orphan: ${ORPHAN_REASONS[seen.reason]}`,
      advice: `Make sure that nobody needs it, then: pvlctl delete ${EndpointId} ${placeOptions(report)}`,
    };
  }
  const notListed = report.truncated === true ? ', or it is not among the oldest, which alone are listed' : '';
  return {
    exit: 'conflict',
    type: 'NotAnOrphan',
    message:
      `${EndpointId} is no orphan of ${installation} in ${RegionId}: it has a run, is younger than ${olderThan}, is being ` +
      `deleted, has not our owner tag, or does not exist${notListed}.`,
    advice: `See the whole report: pvlctl orphans ${placeOptions(report)}`,
  };
}

function ambiguous(EndpointId: string, workflowId: string, others: readonly OrphanedEndpoint[]): FailureReport {
  const ids = others.map((one) => one.EndpointId).join(', ');
  return {
    exit: 'conflict',
    type: 'NotAnOrphan',
    message: `${EndpointId} is not the only endpoint with the tag of ${workflowId}, which a run would choose from; also: ${ids}.`,
    advice: 'Remove those that are not to be adopted first.',
  };
}

/** Say why nothing was done. */
function tell({ terminal }: CommandContext, output: OutputFormat, report: FailureReport): ExitName {
  if (output === 'json') terminal.out(failureJson(report));
  terminal.err(failureText(report));
  return report.exit;
}
