import { Command, InvalidArgumentError, Option } from 'commander';
import type { FleetFilter, FleetItem } from '../../client/fleet.js';
import { PHASES } from '../../contract/messages.js';
import { ERROR_CLASSES } from '../../model/error-class.js';
import { withSession, type CommandContext, type Session } from '../command-context.js';
import type { ExitName } from '../exit-codes.js';
import { fleetTable } from '../fleet-table.js';
import type { OutputFormat } from '../run-output.js';
import { accountArgument, defaultTaskQueue, examples, outputOption } from './options.js';

/** The options of `pvlctl list`. */
export interface ListOptions {
  readonly account?: string;
  readonly region?: string;
  readonly vpc?: string;
  readonly service?: string;
  readonly endpoint?: string;
  readonly phase?: string;
  readonly failureClass?: string;
  readonly open?: true;
  readonly closed?: true;
  readonly limit: number;
  readonly output: OutputFormat;
}

const DEFAULT_LIMIT = 50;

/** The class of a failure that no code of the service led to. */
const OTHER_CLASSES = ['deadline', 'state'];

/** The command that lists runs. */
export function listCommand(run: (options: ListOptions) => Promise<void>): Command {
  return new Command('list')
    .description('List runs: open ones first, then those that ended last. Options narrow the list down together.')
    .option('--account <account>', 'of this account', accountArgument)
    .option('--region <region>', 'in this region')
    .option('--vpc <vpc>', 'in this VPC')
    .option('--service <service>', 'to this service: what the request names it by, id or name')
    .option('--endpoint <endpoint>', 'of this endpoint')
    .addOption(new Option('--phase <phase>', 'in this phase; open runs, unless it is a last one').choices(PHASES))
    .addOption(
      new Option('--failure-class <class>', 'failed for a code of this class').choices([
        ...Object.keys(ERROR_CLASSES),
        ...OTHER_CLASSES,
      ]),
    )
    .option('--open', 'that run now')
    .addOption(new Option('--closed', 'that have ended').conflicts('open'))
    .option('--limit <number>', 'so many at most', limitArgument, DEFAULT_LIMIT)
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nWith -o json each run is one object on a line of its own.\n' +
        examples(
          'pvlctl list --open',
          'pvlctl list --phase parked --account prod',
          'pvlctl list --failure-class quota -o json | jq -r .workflowId',
          'pvlctl list --endpoint ep-hp33b2e43fays7s8****',
        ),
    )
    .action(run);
}

/** Do what `pvlctl list` does. */
export async function list(context: CommandContext, options: ListOptions): Promise<ExitName> {
  const { terminal } = context;
  return withSession(context, defaultTaskQueue(context.env), async (session): Promise<ExitName> => {
    const items = await firstItems(session, filterOf(options), options.limit + 1);
    const shown = items.slice(0, options.limit);
    if (options.output === 'json') for (const item of shown) terminal.out(JSON.stringify(item));
    else if (shown.length > 0) terminal.out(fleetTable(shown, terminal.now()));
    if (shown.length === 0) terminal.err('No run was found.');
    if (shown.length < items.length) {
      terminal.err(`There are more than these ${shown.length}: narrow the list down, or raise --limit.`);
    }
    return 'ok';
  });
}

/** Each page of the server is a call of its own, which has to be answered soon. */
async function firstItems({ client, soon }: Session, filter: FleetFilter, count: number): Promise<FleetItem[]> {
  const items: FleetItem[] = [];
  const iterator = client.list({ ...filter, limit: count })[Symbol.asyncIterator]();
  for (;;) {
    const next = await soon(() => iterator.next());
    if (next.done === true) return items;
    items.push(next.value);
  }
}

function filterOf(options: ListOptions): FleetFilter {
  const { account, region, vpc, service, endpoint, phase, failureClass, open, closed } = options;
  return {
    ...(account === undefined ? {} : { account }),
    ...(region === undefined ? {} : { RegionId: region }),
    ...(vpc === undefined ? {} : { VpcId: vpc }),
    ...(service === undefined ? {} : { ServiceId: service }),
    ...(endpoint === undefined ? {} : { EndpointId: endpoint }),
    ...(phase === undefined ? {} : { phase }),
    ...(failureClass === undefined ? {} : { failureClass }),
    ...(open === true ? { status: 'open' } : {}),
    ...(closed === true ? { status: 'closed' } : {}),
  };
}

function limitArgument(text: string): number {
  const limit = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= 100_000) return limit;
  throw new InvalidArgumentError('Expected a whole number from 1 to 100000.');
}
