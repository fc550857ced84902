import type { CancelOutcome, FailureDetails, ProvisionResult } from '../../src/contract/result.js';
import type { Deed, Sequence } from './sequence.js';

/** An endpoint as an answer or the twin's own books show it. */
export interface Seen {
  readonly EndpointId: string;
  readonly EndpointStatus: string;
}

/** What of a call came back to the run; taken from the wire, before our code reads it. */
export interface Answer {
  readonly status: number;
  /** Missing for a success. */
  readonly code?: string;
  readonly requestId?: string;
  readonly endpoints: readonly Seen[];
}

/** One call of a run, in the order of arrival at the twin. */
export interface CallRecord {
  readonly runId: string;
  /** Activity and attempt that sent it. */
  readonly attempt: string;
  readonly action: string;
  /** Virtual milliseconds since the sequence began. */
  readonly atMs: number;
  readonly clientToken?: string;
  readonly does?: Deed;
  /** Missing where the run got no answer. */
  readonly answer?: Answer;
}

/** One endpoint that the twin made. */
export interface Making {
  readonly EndpointId: string;
  /** Run that sent the call, however late the call was executed. */
  readonly runId: string;
  /** How many calls had arrived by then. */
  readonly afterCalls: number;
  readonly clientToken?: string;
  /** Endpoints that were there already. */
  readonly beside: readonly Seen[];
}

/** How a run ended, as whoever started it learns it. */
export type RunEnd =
  | { readonly kind: 'ready'; readonly result: ProvisionResult }
  | {
      readonly kind: 'failed';
      readonly type: string;
      readonly message: string;
      readonly details: Partial<FailureDetails> | undefined;
    }
  | { readonly kind: 'cancelled'; readonly outcome: Partial<CancelOutcome> | undefined }
  | { readonly kind: 'terminated' }
  | { readonly kind: 'other'; readonly what: string };

/** One run of the workflow id. */
export interface RunRecord {
  readonly runId: string;
  readonly end: RunEnd;
  /** Endpoints that the twin had when it ended. */
  readonly endpoints: readonly Seen[];
  readonly historyEvents: number;
  /** Failed or timed out workflow tasks: bugs of ours. */
  readonly failedTasks: readonly string[];
  /** Secrets that its history holds. */
  readonly leaks: readonly string[];
}

/** All that a sequence left behind, seen from outside of our code. */
export interface Observation {
  readonly sequence: Sequence;
  readonly workflowId: string;
  readonly runs: readonly RunRecord[];
  readonly calls: readonly CallRecord[];
  readonly makings: readonly Making[];
  /** Calls that the twin got, by action; those of copies included. */
  readonly actions: readonly string[];
  /** Answers of the engine to starters that came second. */
  readonly secondStarts: readonly ('refused' | 'started')[];
}
