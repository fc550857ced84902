import { InvalidInputError } from '../../client/errors.js';
import type { ProvisionInput } from '../../contract/input.js';
import { DEFAULT_ACCOUNT } from '../../contract/task-queues.js';
import { checkInput } from '../../schema/check-input.js';
import type { CommandContext } from '../command-context.js';
import type { DoctorOptions } from '../commands/doctor.js';
import type { ExitName } from '../exit-codes.js';
import { UsageError } from '../failure-report.js';
import { readInput } from '../read-input.js';
import { diagnose, type ProbePlan } from './diagnose.js';
import { exitOf, reportJson, reportText } from './report.js';

/** Do what `pvlctl doctor` does. */
export async function doctor(context: CommandContext, options: DoctorOptions): Promise<ExitName> {
  const { terminal, env } = context;
  const groups = await diagnose({
    env,
    nodeVersion: process.versions.node,
    now: () => terminal.now(),
    account: options.account,
    regionId: options.region,
    probe: await probePlan(context, options),
  });
  terminal.out(options.output === 'json' ? reportJson(groups) : reportText(groups));
  return exitOf(groups);
}

/** @throws UsageError - The options contradict each other, or the file. */
async function probePlan({ terminal }: CommandContext, options: DoctorOptions): Promise<ProbePlan | undefined> {
  const { probe, region, account, file } = options;
  if (probe !== true) {
    if (file === undefined) return undefined;
    throw new UsageError('-f sends a dry run, which is signed: add --probe, or leave -f out.');
  }
  if (file === undefined) {
    if (region !== undefined) return { regionId: region, dryRun: undefined };
    throw new UsageError('--probe needs --region, or -f with a request that names one.');
  }
  const input = checkedInput(await readInput(file, terminal.stdin));
  const { RegionId } = input.request;
  if (region !== undefined && region !== RegionId) {
    throw new UsageError(`--region says "${region}", and the request names "${RegionId}": leave --region out.`);
  }
  const named = input.account;
  if (account !== undefined && named !== undefined && account !== named) {
    throw new UsageError(`--account says "${account}", and the input names "${named}": leave one of them out.`);
  }
  return { regionId: RegionId, dryRun: { input, account: account ?? named ?? DEFAULT_ACCOUNT } };
}

function checkedInput(raw: unknown): ProvisionInput {
  const checked = checkInput(raw);
  if (!checked.ok) throw new InvalidInputError('(none)', checked.problems);
  return checked.input;
}
