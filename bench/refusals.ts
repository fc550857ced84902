/**
 * `npm run bench:refusals`: what each kind of refusal costs, in calls to the API and in events of the history.
 *
 * The create call is refused once, or five times where the run tries again, and then accepted. Every wait is skipped on a
 * virtual clock, so that only what is counted matters. Exits 1 unless each run ended as its class says, with at most one
 * endpoint, and repetitions inside the activity wrote no event.
 */
import { createHash } from 'node:crypto';
import { WorkflowFailedError, type ApplicationFailure } from '@temporalio/client';
import type { ErrorClass } from '../src/model/error-class.js';
import type { FaultEffect } from '../src/testing/index.js';
import { provisionVpcEndpoint } from '../src/workflows/index.js';
import type { ProvisionBench } from '../test/support/provision-bench.js';
import { allTrue, claimsText, type Claim } from './claims.js';
import { machineState } from './machine.js';
import { provisionInput } from './request.js';
import { table } from './table.js';
import { eventsOf, onVirtualTime } from './virtual-lane.js';

/** How one kind of refusal is brought about. */
interface Case {
  readonly class: ErrorClass | 'none';
  readonly what: string;
  readonly effect?: FaultEffect;
  /** Who tries again: nobody, the engine with the same activity, or the workflow with the next epoch. */
  readonly repeatedBy?: 'activity' | 'workflow';
}

const code = (text: string): Pick<Case, 'what' | 'effect'> => ({ what: text, effect: { kind: 'code', code: text } });

const CASES: readonly Case[] = [
  { class: 'none', what: 'accepted at once' },
  { class: 'invalid', ...code('VpcNotFound') },
  { class: 'denied', ...code('NoPermission') },
  { class: 'quota', ...code('QuotaMisMatched'), repeatedBy: 'workflow' },
  { class: 'status', ...code('VSwitchStatusNotAllowed'), repeatedBy: 'workflow' },
  { class: 'conflict', ...code('ConcurrentCallNotSupported'), repeatedBy: 'workflow' },
  { class: 'unlisted', ...code('Nobody.KnowsThis'), repeatedBy: 'workflow' },
  { class: 'throttled', ...code('Throttling.User'), repeatedBy: 'activity' },
  { class: 'unknown', what: 'connection reset, not executed', effect: { kind: 'resetBefore' }, repeatedBy: 'activity' },
  { class: 'unknown', what: 'executed, answer lost', effect: { kind: 'loseResponse' } },
  { class: 'inFlight', ...code('IdempotenceProcessing'), repeatedBy: 'activity' },
  { class: 'exists', ...code('EndpointExist') },
  { class: 'tokenReuse', ...code('IdempotenceSignatureMismatch') },
];

/** An answer is lost once: the endpoint exists from then on. */
const OFTEN = 5;
const ACTIONS = ['ListVpcEndpoints', 'CreateVpcEndpoint', 'GetVpcEndpointAttribute', 'ListVpcEndpointZones'] as const;

interface Measured {
  readonly case: Case;
  readonly refusedTimes: number;
  /** `created`, `adopted`, or the type of the failure. */
  readonly outcome: string;
  readonly calls: readonly number[];
  readonly endpoints: number;
  readonly events: number;
}

const measured = await onVirtualTime({ settings: { timeToActive: { afterReads: 0 } } }, (bench) =>
  Promise.all(
    CASES.flatMap((refusal) =>
      (refusal.repeatedBy === undefined ? [1] : [1, OFTEN]).map((times) => measure(bench, refusal, times)),
    ),
  ),
);
report(measured);
const claims = claimsOf(measured);
process.stdout.write(`${claimsText(claims)}\n`);
process.exit(allTrue(claims) ? 0 : 1);

async function measure(bench: ProvisionBench, refusal: Case, times: number): Promise<Measured> {
  // A region for each case: faults and calls are told apart by it.
  const RegionId = `cn-${createHash('sha256').update(`${refusal.what} ${times}`).digest('hex').slice(0, 8)}`;
  const { effect } = refusal;
  if (effect !== undefined) {
    bench.twin.faults.add({ action: 'CreateVpcEndpoint', parameters: { RegionId }, times, effect });
  }
  const handle = await bench.skipping.start(provisionVpcEndpoint, {
    workflowId: `bench/${RegionId}`,
    taskQueue: bench.taskQueue,
    args: [provisionInput(RegionId)],
  });
  const outcome = await handle.result().then(
    (result) => result.outcome,
    (error: unknown) => {
      if (!(error instanceof WorkflowFailedError)) throw error;
      return (error.cause as ApplicationFailure).type ?? 'no type';
    },
  );
  const called = bench.twin.journal.requests.filter(({ parameters }) => parameters['RegionId'] === RegionId);
  return {
    case: refusal,
    refusedTimes: effect === undefined ? 0 : times,
    outcome,
    calls: ACTIONS.map((action) => called.filter((call) => call.action === action).length),
    endpoints: bench.twin.engine.inspect().filter((endpoint) => endpoint.RegionId === RegionId).length,
    events: eventsOf(await handle.fetchHistory()),
  };
}

function report(rows: readonly Measured[]): void {
  const heading = ['class', 'the create call', 'times', 'List', 'Create', 'Get', 'ListZones', 'events', 'outcome'];
  const lines = rows.map((row) => [
    row.case.class === 'none' ? '-' : row.case.class,
    row.case.what,
    String(row.refusedTimes),
    ...row.calls.map(String),
    String(row.events),
    row.outcome,
  ]);
  const { cores, load, node } = machineState();
  process.stdout.write(`${table([heading, ...lines])}\n  ${cores} cores, load ${load.toFixed(1)}, Node ${node}\n`);
}

function claimsOf(rows: readonly Measured[]): Claim[] {
  const isReady = ({ outcome }: Measured) => outcome === 'created' || outcome === 'adopted';
  const undisturbed = rows.find((row) => row.case.class === 'none');
  const repeats = rows.filter((row) => row.case.repeatedBy !== undefined);
  const creates = (row: Measured) => row.calls[ACTIONS.indexOf('CreateVpcEndpoint')];
  // A run that parks tells the list of all runs so, once.
  const eventsPerRefusal = (row: Measured) => (row.events - (undisturbed?.events ?? 0) - 1) / row.refusedTimes;
  return [
    [
      'whoever is ready has one endpoint, and whoever failed has none',
      rows.every((row) => row.endpoints === (isReady(row) ? 1 : 0)),
    ],
    ['every refusal that passes ends ready', repeats.every(isReady)],
    [
      'a create call for each refusal that passes and one more; else a single one',
      rows.every((row) => creates(row) === (row.case.repeatedBy === undefined ? 1 : row.refusedTimes + 1)),
    ],
    [
      'what the engine repeats writes no event',
      repeats.every((row) => row.case.repeatedBy === 'workflow' || row.events === undisturbed?.events),
    ],
    [
      'a refusal that the workflow waits for writes 11 events, and the first of a run one more',
      repeats.every((row) => row.case.repeatedBy === 'activity' || eventsPerRefusal(row) === 11),
    ],
  ];
}
