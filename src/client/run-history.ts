import { ApplicationFailure, TimeoutFailure, type Client } from '@temporalio/client';
import {
  decodeArrayFromPayloads,
  decodeOptionalFailureToOptionalError,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { AttemptRecord } from '../contract/result.js';

/** One activity of a run, as its history tells it. */
export interface RecordedActivity {
  readonly activityId: string;
  /** Name of its type, such as `createEndpoint`. */
  readonly type: string;
  /** Of a create call: the number of its client token, and the token. */
  readonly epoch?: number;
  readonly clientToken?: string;
  /** ISO 8601, by the server's clock; absent while it is under way. */
  readonly endedAt?: string;
  /** Its last calls, oldest first; empty while it is under way. */
  readonly attempts: readonly AttemptRecord[];
  /** Code of the refusal that a create call came back with. */
  readonly refusedWith?: string;
}

/** How a run ended. */
export interface RecordedEnd {
  readonly kind: 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timedOut' | 'continued';
  readonly result?: unknown;
  readonly failure?: Error;
  /** Of a terminated run: what was given as the reason. */
  readonly reason?: string;
}

/** What is left of one run in the server. */
export interface RunHistory {
  readonly runId: string;
  readonly workflowType: string;
  /** First argument of the run. */
  readonly input: unknown;
  readonly startedAt: string;
  readonly closedAt?: string;
  readonly events: number;
  /** Id of the run that this one continues. */
  readonly continuedFrom?: string;
  readonly activities: readonly RecordedActivity[];
  readonly end?: RecordedEnd;
}

type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];
type Payloads = NonNullable<HistoryEvent['workflowExecutionStartedEventAttributes']>['input'];
type Failure = NonNullable<HistoryEvent['activityTaskFailedEventAttributes']>['failure'];

/** Read the history of one run. Needs no worker. @throws ServiceError or a gRPC error - There is none, or no server. */
export async function readRunHistory(client: Client, workflowId: string, runId: string): Promise<RunHistory> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  return new HistoryReader(client, runId).read(events ?? []);
}

class HistoryReader {
  readonly #client: Client;
  readonly #runId: string;
  readonly #activities = new Map<string, RecordedActivity>();

  constructor(client: Client, runId: string) {
    this.#client = client;
    this.#runId = runId;
  }

  async read(events: readonly HistoryEvent[]): Promise<RunHistory> {
    const [first] = events;
    const last = events.at(-1);
    const started = first?.workflowExecutionStartedEventAttributes;
    for (const event of events) await this.#activity(event);
    const end = last === undefined ? undefined : await this.#end(last);
    return {
      runId: this.#runId,
      workflowType: started?.workflowType?.name ?? '',
      input: await this.#first(started?.input),
      startedAt: timeOf(first),
      events: events.length,
      activities: [...this.#activities.values()],
      ...(started?.continuedExecutionRunId ? { continuedFrom: started.continuedExecutionRunId } : {}),
      ...(end === undefined ? {} : { end, closedAt: timeOf(last) }),
    };
  }

  async #activity(event: HistoryEvent): Promise<void> {
    const {
      activityTaskScheduledEventAttributes: scheduled,
      activityTaskCompletedEventAttributes: completed,
      activityTaskFailedEventAttributes: failed,
      activityTaskTimedOutEventAttributes: timedOut,
      activityTaskCanceledEventAttributes: cancelled,
    } = event;
    if (scheduled) {
      const input = fieldsOf(await this.#first(scheduled.input));
      this.#activities.set(String(event.eventId), {
        activityId: scheduled.activityId ?? '',
        type: scheduled.activityType?.name ?? '',
        attempts: [],
        ...(typeof input['epoch'] === 'number' ? { epoch: input['epoch'] } : {}),
        ...(typeof input['clientToken'] === 'string' ? { clientToken: input['clientToken'] } : {}),
      });
    }
    const ended = completed ?? failed ?? timedOut ?? cancelled;
    const key = String(ended?.scheduledEventId);
    const activity = this.#activities.get(key);
    if (!ended || activity === undefined) return;
    const result = completed ? fieldsOf(await this.#first(completed.result)) : {};
    const code = result['kind'] === 'refused' ? fieldsOf(result['refusal'])['code'] : undefined;
    this.#activities.set(key, {
      ...activity,
      endedAt: timeOf(event),
      attempts: completed
        ? attemptsIn(result['attempts'])
        : await this.#attemptsOf(failed?.failure ?? timedOut?.failure),
      ...(typeof code === 'string' ? { refusedWith: code } : {}),
    });
  }

  async #end(last: HistoryEvent): Promise<RecordedEnd | undefined> {
    const { workflowExecutionCompletedEventAttributes: completed, workflowExecutionFailedEventAttributes: failed } =
      last;
    if (completed) return { kind: 'completed', result: await this.#first(completed.result) };
    if (failed) {
      const failure = await this.#error(failed.failure);
      return { kind: 'failed', ...(failure === undefined ? {} : { failure }) };
    }
    if (last.workflowExecutionCanceledEventAttributes) return { kind: 'cancelled' };
    if (last.workflowExecutionTimedOutEventAttributes) return { kind: 'timedOut' };
    if (last.workflowExecutionContinuedAsNewEventAttributes) return { kind: 'continued' };
    const terminated = last.workflowExecutionTerminatedEventAttributes;
    if (!terminated) return undefined;
    return { kind: 'terminated', ...(terminated.reason ? { reason: terminated.reason } : {}) };
  }

  /** The log that a failed activity left: whole in its last heartbeat, else the end of it in the details of its failure. */
  async #attemptsOf(failure: Failure): Promise<readonly AttemptRecord[]> {
    const error = await this.#error(failure);
    const beat = error instanceof TimeoutFailure ? attemptsIn(fieldsOf(error.lastHeartbeatDetails)['log']) : [];
    if (beat.length > 0) return beat;
    const said = error instanceof TimeoutFailure ? error.cause : error;
    return said instanceof ApplicationFailure ? attemptsIn(fieldsOf(said.details?.[0])['attempts']) : [];
  }

  #error(failure: Failure): Promise<Error | undefined> {
    return decodeOptionalFailureToOptionalError(this.#client.options.loadedDataConverter, failure);
  }

  async #first(payloads: Payloads): Promise<unknown> {
    const [value] = await decodeArrayFromPayloads(this.#client.options.loadedDataConverter, payloads?.payloads);
    return value;
  }
}

/** The entries of a log that are what they should be: it may come from another version. */
export function attemptsIn(log: unknown): readonly AttemptRecord[] {
  if (!Array.isArray(log)) return [];
  return log.filter((entry: unknown): entry is AttemptRecord => {
    const { at, action, code } = fieldsOf(entry);
    return typeof at === 'string' && typeof action === 'string' && typeof code === 'string';
  });
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function timeOf(event: HistoryEvent | undefined): string {
  const { seconds, nanos } = event?.eventTime ?? {};
  return new Date(Number(seconds ?? 0) * 1_000 + Math.floor((nanos ?? 0) / 1e6)).toISOString();
}
