import { WorkflowFailedError, type ApplicationFailure, type Client } from '@temporalio/client';
import { provisionVpcEndpoint } from '../src/workflows/index.js';
import type { ProvisionBench } from '../test/support/provision-bench.js';
import { allTrue, claimsText, type Claim } from './claims.js';
import { machineState } from './machine.js';
import { provisionInput } from './request.js';
import { spreadOf, spreadText } from './statistics.js';
import { table } from './table.js';
import { eventsOf, onVirtualTime } from './virtual-lane.js';

/** What a run that was parked all day did, with all its continuations. */
interface Chain {
  readonly creates: number;
  /** Of each run of the chain, oldest first. */
  readonly events: readonly number[];
  /** The same with the events that the virtual clock adds: what the workflow counts here when it decides to go on anew. */
  readonly countedEvents: readonly number[];
}

/**
 * Park runs on a quota that never frees, with the default policy, until each gives up after 24 hours of virtual time.
 *
 * @returns The report, and whether everything in it is as it is claimed.
 */
export async function measureParkedDay(runs: number): Promise<{ readonly text: string; readonly holds: boolean }> {
  const startedAt = performance.now();
  const { chains, calls } = await onVirtualTime({}, async (bench) => {
    const effect = { kind: 'code', code: 'QuotaMisMatched' } as const;
    bench.twin.faults.add({ action: 'CreateVpcEndpoint', times: 'always', effect });
    const ids = Array.from({ length: runs }, (_, run) => `bench/parked/${run}`);
    const firstRunIds = await Promise.all(ids.map((workflowId) => runToItsEnd(bench, workflowId)));
    const measured: Chain[] = [];
    for (const [index, workflowId] of ids.entries()) {
      const creates = bench.twin.journal.requests.filter(
        ({ action, parameters }) =>
          action === 'CreateVpcEndpoint' && parameters['ClientToken']?.startsWith(`${firstRunIds[index]}.`),
      ).length;
      measured.push({ creates, ...(await chainOf(bench.client, workflowId, firstRunIds[index] ?? '')) });
    }
    return { chains: measured, calls: bench.twin.journal.counts };
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  const all = Object.values(calls).reduce((sum, count) => sum + count, 0);
  const of = (read: (chain: Chain) => number) => spreadText(spreadOf(chains.map(read)), 0);
  const text = table([
    [`${runs} runs parked for 24 h`, ''],
    ['calls to the API, all runs', `${all} (${callsText(calls)})`],
    ['calls of a run', (all / runs).toFixed(1)],
    ['calls of a run and hour', (all / runs / 24).toFixed(2)],
    ['creates of a run', of(({ creates }) => creates)],
    ['runs in a chain', of(({ events }) => events.length)],
    ['events of the longest run of a chain', of(({ events }) => Math.max(...events))],
    ['events of a chain', of(({ events }) => events.reduce((sum, count) => sum + count, 0))],
    ['seconds that it took', seconds.toFixed(0)],
  ]);
  const claims: Claim[] = [
    [
      'no run of a chain has more than 1,530 events',
      chains.every((chain) => Math.max(...chain.countedEvents) <= 1_530),
    ],
    ['each run looked for an endpoint of its own once', calls['ListVpcEndpoints'] === runs],
    ['a run made at most 180 create calls', chains.every(({ creates }) => creates <= 180)],
  ];
  const { cores, load, node } = machineState();
  const machine = `  ${cores} cores, load ${load.toFixed(1)}, Node ${node}`;
  return { text: [text, machine, claimsText(claims)].join('\n'), holds: allTrue(claims) };
}

/** @returns The id of the first run of the chain. */
async function runToItsEnd(bench: ProvisionBench, workflowId: string): Promise<string> {
  const handle = await bench.skipping.start(provisionVpcEndpoint, {
    workflowId,
    taskQueue: bench.taskQueue,
    args: [provisionInput()],
  });
  const error: unknown = await handle.result().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const type = error instanceof WorkflowFailedError ? (error.cause as ApplicationFailure).type : undefined;
  if (type !== 'QuotaExceeded') throw new Error(`${workflowId} did not give up for its quota`, { cause: error });
  return handle.firstExecutionRunId;
}

/** Follows a chain from its first run: each closes with the id of the next. */
async function chainOf(client: Client, workflowId: string, firstRunId: string): Promise<Omit<Chain, 'creates'>> {
  const events: number[] = [];
  const countedEvents: number[] = [];
  let runId: string | undefined = firstRunId;
  while (runId !== undefined) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    events.push(eventsOf(history));
    countedEvents.push(history.events?.length ?? 0);
    runId = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
  }
  return { events, countedEvents };
}

function callsText(calls: Readonly<Record<string, number>>): string {
  return Object.entries(calls)
    .map(([action, count]) => `${action} ${count}`)
    .join(', ');
}
