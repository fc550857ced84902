import { Command } from 'commander';
import { formatMs } from '../../model/duration.js';
import { adviceFor, catalogueEntry, ERROR_CATALOGUE } from '../../model/error-catalogue.js';
import { ERROR_CLASSES } from '../../model/error-class.js';
import { nearestName } from '../../model/nearest-name.js';
import type { CommandContext } from '../command-context.js';
import type { ExitName } from '../exit-codes.js';
import { alignedRows } from '../plain-text.js';
import type { OutputFormat } from '../run-output.js';
import { examples, outputOption } from './options.js';

/** Options of `pvlctl explain`. */
export interface ExplainOptions {
  readonly output: OutputFormat;
}

/** The command that says what an error code means. */
export function explainCommand(run: (code: string, options: ExplainOptions) => Promise<void>): Command {
  return new Command('explain')
    .description('Say what an error code of the service means, who acts on it, and what to do.')
    .argument('<code>', 'a code as the service spells it')
    .addOption(outputOption())
    .addHelpText(
      'after',
      examples('pvlctl explain QuotaExceeded.totalEpPerVpc', 'pvlctl explain EndpointExist -o json | jq -r .advice'),
    )
    .action(run);
}

/** Do what `pvlctl explain` does: print one row of the catalogue. A code that is not in it is explained as unlisted. */
export async function explain({ terminal }: CommandContext, code: string, options: ExplainOptions): Promise<ExitName> {
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
