import { Command, InvalidArgumentError } from 'commander';
import { parameterDefinition } from '../../model/request.js';
import { EXIT_CODES, type ExitName } from '../exit-codes.js';
import type { OutputFormat } from '../run-output.js';
import { accountArgument, examples, outputOption } from './options.js';

/** The options of `pvlctl doctor`. */
export interface DoctorOptions {
  readonly probe?: true;
  readonly region?: string;
  readonly account?: string;
  readonly file?: string;
  readonly output: OutputFormat;
}

/** Exit codes that a failed check can have. */
const EXITS: readonly ExitName[] = ['settings', 'unreachable', 'denied', 'rejected', 'later', 'conflict'];

/** The command that says whether everything that a worker and a client need is there. */
export function doctorCommand(run: (options: DoctorOptions) => Promise<void>): Command {
  return new Command('doctor')
    .description('Check what a worker and a client need: settings, Temporal server, workers, credentials, PrivateLink.')
    .option('--probe', 'also make signed calls to PrivateLink: they read, and with -f one dry run; nothing is created')
    .option('--region <region>', 'region whose address is tried, and that is probed', regionArgument)
    .option('--account <account>', 'look at this account instead of all of PVL_ACCOUNTS', accountArgument)
    .option('-f, --file <file>', 'with --probe: input of `provision` to send as a dry run; "-" reads standard input')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nWithout --probe nothing that is signed is sent to PrivateLink. Exits as the first failed check says, in the\n' +
        `order of the report; warnings, and what is unknown or skipped, do not count:\n${exitLines()}\n` +
        examples(
          'pvlctl doctor',
          'pvlctl doctor --region cn-hangzhou -o json | jq \'.checks[] | select(.verdict != "pass")\'',
          'pvlctl doctor --probe --region cn-hangzhou --account prod',
          'pvlctl doctor --probe -f request.json',
        ),
    )
    .action(run);
}

function regionArgument(text: string): string {
  const { pattern, maxLength = Infinity } = parameterDefinition('RegionId');
  if (pattern?.test(text) === true && text.length <= maxLength) return text;
  throw new InvalidArgumentError('Expected a region id such as "cn-hangzhou".');
}

function exitLines(): string {
  return EXITS.map((name) => `  ${String(EXIT_CODES[name].code).padStart(3)}  ${EXIT_CODES[name].meaning}`).join('\n');
}
