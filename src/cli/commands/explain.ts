import { Command } from 'commander';
import { ProvisionNotFoundError } from '../../client/errors.js';
import { formatMs } from '../../model/duration.js';
import { adviceFor, catalogueEntry, ERROR_CATALOGUE } from '../../model/error-catalogue.js';
import { ERROR_CLASSES } from '../../model/error-class.js';
import { nearestName } from '../../model/nearest-name.js';
import { TemporalConnectionError } from '../../temporal/connection-errors.js';
import { withSession, type CommandContext } from '../command-context.js';
import type { ExitName } from '../exit-codes.js';
import { alignedRows } from '../plain-text.js';
import { reportOutput } from '../report-output.js';
import type { OutputFormat } from '../run-output.js';
import { defaultTaskQueue, examples, outputOption } from './options.js';

/** Options of `pvlctl explain`. */
export interface ExplainOptions {
  readonly output: OutputFormat;
  /** The argument is a workflow id, whatever it looks like. */
  readonly id?: true;
}

/** What a code looks like that the catalogue does not list. Most workflow ids have a digit, a slash or a hyphen. */
const CODE_SHAPE = /^[A-Z][A-Za-z]*(?:\.[A-Za-z][A-Za-z0-9]*)*$/;

/** The command that says what an error code means, or what happened in a run. */
export function explainCommand(run: (subject: string, options: ExplainOptions) => Promise<void>): Command {
  return new Command('explain')
    .description(
      'Say what an error code of the service means and what to do, or tell what happened in a run, call by call with its RequestIds, ready for a support ticket.',
    )
    .argument(
      '<code-or-id>',
      'a code as the service spells it; anything that is no known code is taken for a workflow id',
    )
    .option('--id', 'the argument is a workflow id, even if it looks like a code')
    .addOption(outputOption())
    .addHelpText(
      'after',
      examples(
        'pvlctl explain QuotaExceeded.totalEpPerVpc',
        'pvlctl explain EndpointExist -o json | jq -r .advice',
        'pvlctl explain order-17 > ticket.txt',
        "pvlctl explain order-17 -o json | jq -r '.attempts[].RequestId'",
      ),
    )
    .action(run);
}

/**
 * Do what `pvlctl explain` does: print one row of the catalogue, or the report of a run.
 *
 * A word that is shaped like a code but not listed is looked for among the runs first, and explained as an unlisted code
 * where there is no such run.
 *
 * @throws The errors of `ProvisioningClient.explain`.
 */
export async function explain(context: CommandContext, subject: string, options: ExplainOptions): Promise<ExitName> {
  const { terminal } = context;
  if (options.id !== true && catalogueEntry(subject) !== undefined) return explainCode(context, subject, options);
  try {
    return await explainRun(context, subject, options);
  } catch (error) {
    if (options.id === true || !CODE_SHAPE.test(subject)) throw error;
    if (error instanceof TemporalConnectionError) terminal.err(`No run was looked for: ${error.message}`);
    else if (!(error instanceof ProvisionNotFoundError)) throw error;
    return explainCode(context, subject, options);
  }
}

async function explainRun(context: CommandContext, id: string, { output }: ExplainOptions): Promise<ExitName> {
  return withSession<ExitName>(context, defaultTaskQueue(context.env), async ({ client, soon }) => {
    context.terminal.out(reportOutput(await soon(() => client.explain(id)), output));
    return 'ok';
  });
}

function explainCode({ terminal }: CommandContext, code: string, options: ExplainOptions): ExitName {
  const entry = catalogueEntry(code);
  const errorClass = entry?.class ?? 'unlisted';
  const near = entry === undefined ? nearestName(code, exactCodes()) : undefined;
  const explained = {
    code,
    class: errorClass,
    classMeaning: ERROR_CLASSES[errorClass],
    meaning: entry?.meaning ?? 'This version does not know the code.',
    advice: adviceFor(code),
    ...(entry === undefined ? {} : { source: entry.source }),
    ...(entry?.parkAtMostMs === undefined ? {} : { parkedAtMost: formatMs(entry.parkAtMostMs) }),
    ...(near === undefined ? {} : { didYouMean: near }),
  };
  terminal.out(
    options.output === 'json'
      ? JSON.stringify(explained)
      : alignedRows([
          ['code', explained.code],
          ['meaning', explained.meaning],
          ['class', `${explained.class}: ${explained.classMeaning}`],
          ['what to do', explained.advice],
          ['parked at most', explained.parkedAtMost],
          ['documented by', explained.source],
          ['did you mean', explained.didYouMean],
        ]),
  );
  return 'ok';
}

function exactCodes(): string[] {
  return ERROR_CATALOGUE.map((entry) => entry.code).filter((code) => !code.endsWith('*'));
}
