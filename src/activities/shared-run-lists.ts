import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { CallQueue, type CallClock } from './call-queue.js';

/** Lists the runs of a workflow id as visibility knows them, newest first. */
export type ListRuns = (client: Client, workflowId: string) => AsyncIterable<WorkflowExecutionInfo>;

/** Shortest time between the beginnings of two questions. */
const INTERVAL_MS = 500;
/** Ids in one question. */
const MOST_IDS = 100;
/** Runs that an answer may have; with more, each id is asked for by itself. */
const MOST_RUNS = 1_000;

type RunsById = ReadonlyMap<string, readonly WorkflowExecutionInfo[]>;

/** {@link ListRuns} with a question of its own. */
export const listRuns: ListRuns = (client, workflowId) =>
  client.workflow.list({ query: `WorkflowId = ${quoted(workflowId)}` });

/**
 * The questions of one process for the runs of a workflow id, which share calls while they come in a burst.
 *
 * A namespace answers 10 questions to its visibility a second (`frontend.namespaceRPS.visibility`, server 1.32) and not many more on
 * Temporal Cloud, whoever asks: where every run asked by itself, a cluster on PostgreSQL ended 5 runs a second
 * (docs/benchmarks.md). A process asks at most twice a second, for up to 100 runs at once.
 */
export class SharedRunLists {
  readonly #clock: CallClock | undefined;
  readonly #queues = new WeakMap<object, Map<string, CallQueue<string, RunsById>>>();

  constructor(clock?: CallClock) {
    this.#clock = clock;
  }

  /** {@link ListRuns} of this process. */
  async *runsOf(client: Client, workflowId: string): AsyncIterable<WorkflowExecutionInfo> {
    const shared = await this.#queueOf(client).join(workflowId);
    if (shared === undefined) yield* listRuns(client, workflowId);
    else yield* shared.get(workflowId) ?? [];
  }

  #queueOf(client: Client): CallQueue<string, RunsById> {
    const { namespace } = client.options;
    const ofConnection = this.#queues.get(client.connection) ?? new Map<string, CallQueue<string, RunsById>>();
    this.#queues.set(client.connection, ofConnection);
    const known = ofConnection.get(namespace);
    if (known !== undefined) return known;
    const queue = new CallQueue((ids: readonly string[]) => runsById(client, ids), {
      clock: this.#clock,
      intervalMs: INTERVAL_MS,
      most: MOST_IDS,
    });
    ofConnection.set(namespace, queue);
    return queue;
  }
}

/** All runs of these ids, where they are not too many. */
async function runsById(client: Client, ids: readonly string[]): Promise<RunsById | undefined> {
  const byId = new Map<string, WorkflowExecutionInfo[]>();
  let runs = 0;
  const query = `WorkflowId IN (${ids.map(quoted).join(', ')})`;
  for await (const run of client.workflow.list({ query, pageSize: MOST_RUNS })) {
    runs += 1;
    if (runs > MOST_RUNS) return undefined;
    byId.set(run.workflowId, [...(byId.get(run.workflowId) ?? []), run]);
  }
  return byId;
}

/** Of an id that `canBeListed`. */
function quoted(workflowId: string): string {
  return `'${workflowId.replaceAll("'", "\\'")}'`;
}
