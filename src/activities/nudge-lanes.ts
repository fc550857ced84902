import { Context, log } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { changedSignal } from '../contract/watch.js';
import type { Nudge } from '../model/watched-endpoints.js';
import type { WatchMetrics } from './watch-metrics.js';

/** Signals at a time: they keep up with a thousand changes in a minute, and leave the server room for what they wake. */
const LANES = 32;

/** Tells runs of changes, so many at a time. A run that is over counts as told. */
export class NudgeLanes {
  readonly #told: (nudge: Nudge) => void;
  readonly #notTold: (nudge: Nudge) => void;
  readonly #metrics: WatchMetrics;
  readonly #client = Context.current().client;
  readonly #waiting: Nudge[] = [];
  readonly #doubtful: Nudge[] = [];
  readonly #busy = new Set<Promise<void>>();
  #delivered = 0;

  constructor(told: (nudge: Nudge) => void, notTold: (nudge: Nudge) => void, metrics: WatchMetrics) {
    this.#told = told;
    this.#notTold = notTold;
    this.#metrics = metrics;
  }

  /** Signals that have come through. */
  get delivered(): number {
    return this.#delivered;
  }

  /** Who is known to wait goes before those whose run may be over. */
  add(nudges: readonly Nudge[]): void {
    for (const nudge of nudges) (nudge.isDoubtful ? this.#doubtful : this.#waiting).push(nudge);
    while (this.#busy.size < LANES && this.#hasNext) {
      const lane = this.#work().finally(() => this.#busy.delete(lane));
      this.#busy.add(lane);
    }
  }

  /** Everybody has been told, or could not be. */
  async emptied(): Promise<void> {
    while (this.#busy.size > 0) await Promise.all(this.#busy);
  }

  /** Send what is under way, and nothing else. */
  async drained(): Promise<void> {
    this.#waiting.length = 0;
    this.#doubtful.length = 0;
    await this.emptied();
  }

  get #hasNext(): boolean {
    return this.#waiting.length + this.#doubtful.length > 0;
  }

  async #work(): Promise<void> {
    for (let next = this.#next(); next !== undefined; next = this.#next()) await this.#tell(next);
  }

  #next(): Nudge | undefined {
    return this.#waiting.shift() ?? this.#doubtful.shift();
  }

  async #tell(nudge: Nudge): Promise<void> {
    const { workflowId, EndpointId, EndpointStatus, ConnectionStatus, unchangedAtMs } = nudge;
    try {
      await this.#client.workflow.getHandle(workflowId).signal(changedSignal, {
        EndpointId,
        ...(EndpointStatus === undefined ? {} : { EndpointStatus }),
        ...(ConnectionStatus === undefined ? {} : { ConnectionStatus }),
      });
      this.#delivered += 1;
      this.#told(nudge);
      const lagMs = unchangedAtMs === undefined ? undefined : performance.now() - unchangedAtMs;
      this.#metrics.nudged('delivered', lagMs);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) {
        this.#told(nudge);
        this.#metrics.nudged('closed');
        return;
      }
      this.#notTold(nudge);
      this.#metrics.nudged('failed');
      log.warn('A run was not told that its endpoint has changed; it is told after the next scan', {
        workflow: workflowId,
        EndpointId,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }
}
