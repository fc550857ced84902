import { Context, log } from '@temporalio/activity';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { optionalTsToMs } from '@temporalio/common/lib/time.js';
import {
  WATCH_ACTIVITY_ID,
  WATCH_WORKFLOW_TYPE,
  watchId,
  watchSignal,
  type WatchInput,
  type WatchReport,
} from '../contract/watch.js';
import { WORKFLOW_TASK_TIMEOUT } from '../contract/messages.js';

/** `auto`: only where many wait at the same time; `always`: wherever a watcher is live. */
export type WatchMode = 'auto' | 'always';

/** Whom a process tells that endpoints of a region are on their way. */
export interface WatchedRegion {
  readonly watch: WatchInput;
  /** Queue of the workflows, where a watcher is started that does not run. */
  readonly taskQueue: string;
  /** The same create call was made before: it is no other endpoint. */
  readonly isRepeated?: boolean;
}

/** A watcher is asked to stay awake so often by one process; it stays so for four times as long. */
const ASK_EVERY_MS = 30_000;

/** What was learned of a watcher counts for so long; that there is none yet, less. */
const ANSWER_COUNTS_MS = 5_000;
const NO_ANSWER_COUNTS_MS = 1_000;

/** For so long after it was live, a watcher that changes hands counts as live: another worker takes some five seconds to see. */
const HANDOVER_MS = 10_000;

/** A watcher whose last complete scan is older is blind. */
const LIVE_SCAN_AGE_MS = 15_000;

/** From so many endpoints on their way at the same time on, one watcher is cheaper than everybody's own looks. */
const MANY = 5;

/** Creates of one process that ask for a watcher: a burst may be spread over many processes. */
const BURST = 3;

/** Creates of a process that count as at the same time. */
const RECENT_MS = 60_000;

/** Longest that a create waits for the Temporal server to answer about the watcher. */
const SERVER_WITHIN_MS = 3_000;

/** PendingActivityState of the engine's API. */
const STARTED = 2;

/** What one process knows of one watcher. */
interface KnownWatcher {
  /** Times of the last creates, at most {@link BURST}. */
  recent: readonly number[];
  askedAtMs: number | undefined;
  answer: { readonly untilMs: number; readonly isLive: Promise<boolean> } | undefined;
  /** When it was last seen to be live. */
  liveAtMs: number | undefined;
}

/**
 * Brings the watchers of this process's creates to life, and says whether they can be relied upon. One for all workers of
 * a process.
 */
export class WatchLink {
  readonly #mode: WatchMode;
  readonly #nowMs: () => number;
  readonly #watchers = new Map<string, KnownWatcher>();

  constructor(mode: WatchMode, nowMs: () => number = () => performance.now()) {
    this.#mode = mode;
    this.#nowMs = nowMs;
  }

  /**
   * An endpoint is about to be made: see to it that its region is watched, where that pays.
   *
   * @returns Whether its run may wait to be told. A watcher that is not reached, blind, or new counts as none: never fails.
   */
  async expect(region: WatchedRegion): Promise<boolean> {
    const { client } = Context.current();
    const id = watchId(region.watch.account, region.watch.RegionId);
    const known = this.#watchers.get(id) ?? {
      recent: [],
      askedAtMs: undefined,
      answer: undefined,
      liveAtMs: undefined,
    };
    this.#watchers.set(id, known);
    const nowMs = this.#nowMs();
    if (region.isRepeated !== true) known.recent = [...known.recent, nowMs].slice(-BURST);
    try {
      return await client.withDeadline(Date.now() + SERVER_WITHIN_MS, async () => {
        if (this.#isWorthIt(known, nowMs) && nowMs - (known.askedAtMs ?? Number.NEGATIVE_INFINITY) >= ASK_EVERY_MS) {
          known.askedAtMs = nowMs;
          await ask(client, id, region);
        }
        return this.#isLive(known, client, id, region.watch.installation);
      });
    } catch (error) {
      // The next create asks again.
      known.askedAtMs = undefined;
      known.answer = undefined;
      log.warn('The watcher was not reached: the run looks for itself', {
        watcher: id,
        reason: error instanceof Error ? error.message : String(error),
      });
      return false;
    }
  }

  #isWorthIt({ recent }: KnownWatcher, nowMs: number): boolean {
    const [first] = recent;
    return this.#mode === 'always' || (recent.length >= BURST && first !== undefined && nowMs - first <= RECENT_MS);
  }

  #isReliable({ installation, scanAgeMs, seesTags, pending }: WatchReport, wanted: string): boolean {
    const isLive = scanAgeMs !== undefined && scanAgeMs <= LIVE_SCAN_AGE_MS && seesTags && installation === wanted;
    return isLive && (this.#mode === 'always' || pending >= MANY);
  }

  async #isLive(known: KnownWatcher, client: Client, id: string, installation: string): Promise<boolean> {
    const nowMs = this.#nowMs();
    if (known.answer !== undefined && nowMs <= known.answer.untilMs) return known.answer.isLive;
    const { currentAttemptScheduledTimestampMs: askedAtMs } = Context.current().info;
    const isLive = sightOf(client, id).then((sight) => {
      const isReliable = sight?.report !== undefined && this.#isReliable(sight.report, installation);
      if (sight?.changesHandsSinceMs === undefined) {
        if (isReliable) known.liveAtMs = nowMs;
        return isReliable;
      }
      // A process that is new has not seen it live itself. Both times are the server's.
      const wasLive = isReliable && Math.abs(askedAtMs - sight.changesHandsSinceMs) <= HANDOVER_MS;
      return wasLive || nowMs - (known.liveAtMs ?? Number.NEGATIVE_INFINITY) <= HANDOVER_MS;
    });
    // Others join the question; once it is answered it counts for a while.
    known.answer = { untilMs: Number.POSITIVE_INFINITY, isLive };
    const answer = await isLive;
    known.answer = { untilMs: nowMs + (known.liveAtMs === nowMs ? ANSWER_COUNTS_MS : NO_ANSWER_COUNTS_MS), isLive };
    return answer;
  }
}

async function ask(client: Client, workflowId: string, { watch, taskQueue }: WatchedRegion): Promise<void> {
  await client.workflow.signalWithStart(WATCH_WORKFLOW_TYPE, {
    workflowId,
    taskQueue,
    args: [watch],
    workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
    signal: watchSignal,
    // In a burst, which it is needed for, its tasks would wait behind those of a thousand runs.
    priority: { priorityKey: 1 },
    staticSummary: `Watches the endpoints of ${watch.account} in ${watch.RegionId} for the runs that wait for them`,
  });
}

/** What is seen of a watcher from outside. */
interface Sight {
  /** What it said with its last heartbeat. While it changes hands: what the worker said that saw last. */
  readonly report: WatchReport | undefined;
  /** When the last worker was heard of last, or the next one began, which has seen nothing yet; by the server's clock. */
  readonly changesHandsSinceMs?: number;
}

/**
 * Look at a watcher; `undefined` where there is none. The engine takes an activity for lost a few seconds after its last
 * heartbeat, so one that counts as started has spoken within that time.
 */
async function sightOf(client: Client, workflowId: string): Promise<Sight | undefined> {
  let described;
  try {
    described = await client.workflow.getHandle(workflowId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
  const watching = described.raw.pendingActivities?.find(({ activityId }) => activityId === WATCH_ACTIVITY_ID);
  if (watching === undefined) return undefined;
  const { loadedDataConverter } = client.options;
  const [given] = await decodeArrayFromPayloads(loadedDataConverter, watching.heartbeatDetails?.payloads);
  const report = given as WatchReport | undefined;
  if ((watching.state as number) !== STARTED) {
    return { report, changesHandsSinceMs: optionalTsToMs(watching.lastHeartbeatTime) ?? Number.NEGATIVE_INFINITY };
  }
  if (report?.scanAgeMs !== undefined) return { report };
  return {
    report: report?.before,
    changesHandsSinceMs: optionalTsToMs(watching.lastStartedTime) ?? Number.NEGATIVE_INFINITY,
  };
}
