import type { FleetItem } from '../../client/fleet.js';
import { formatMs } from '../../model/duration.js';
import type { ResultLine } from './result-line.js';

/** The rate is that of so long, so that it follows what the service does. */
const RATE_OVER_MS = 300_000;

/** Sooner than this after the first end, a rate says nothing. */
const RATE_AFTER_MS = 10_000;

/** Counts what a bulk has done, and says how it goes on. */
export class BulkProgress {
  readonly #total: number;
  readonly #skipped: number;
  readonly #begunAt: number;
  readonly #inFlight = new Set<string>();
  /** Of the ends that the rate counts, oldest first. */
  #endTimes: number[] = [];
  #ready = 0;
  #failed = 0;
  #phases: ReadonlyMap<string, number> = new Map();

  /**
   * @param total - Requests of the file.
   * @param skipped - Those among them that are ready already, so that nothing is asked.
   */
  constructor(total: number, skipped: number, nowMs: number) {
    this.#total = total;
    this.#skipped = skipped;
    this.#begunAt = nowMs;
  }

  started(workflowId: string): void {
    this.#inFlight.add(workflowId);
  }

  ended(workflowId: string, outcome: ResultLine['outcome'], nowMs: number): void {
    this.#inFlight.delete(workflowId);
    this.#endTimes.push(nowMs);
    if (outcome === 'ready' || outcome === 'dryRunPassed') this.#ready += 1;
    else this.#failed += 1;
  }

  /** Take in which runs are open, and where they stand. Those of others do not count. */
  looked(open: readonly Pick<FleetItem, 'workflowId' | 'phase'>[]): void {
    const phases = new Map<string, number>();
    for (const { workflowId, phase } of open) {
      if (phase === undefined || !this.#inFlight.has(workflowId)) continue;
      phases.set(phase, (phases.get(phase) ?? 0) + 1);
    }
    this.#phases = phases;
  }

  /** Runs that were started and have not ended, as far as is known. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  get notStarted(): number {
    return this.#total - this.#skipped - this.#ready - this.#failed - this.inFlight;
  }

  get failed(): number {
    return this.#failed;
  }

  /** Ready ones, those of earlier times included. */
  get ready(): number {
    return this.#ready + this.#skipped;
  }

  /** One line: counts, rate a minute, and when it will be done if it goes on like this. */
  line(nowMs: number): string {
    const rate = this.#ratePerMinute(nowMs);
    const left = this.notStarted + this.inFlight;
    return [
      `${count(this.ready)} of ${count(this.#total)} ready`,
      ...(this.#failed === 0 ? [] : [`${count(this.#failed)} failed`]),
      ...(this.inFlight === 0 ? [] : [`${count(this.inFlight)} under way${this.#phaseText()}`]),
      ...(this.notStarted === 0 ? [] : [`${count(this.notStarted)} not started`]),
      ...(rate === undefined ? [] : [`${rate.toFixed(rate < 10 ? 1 : 0)} a minute`]),
      ...(rate === undefined || left === 0 ? [] : [`done in about ${formatMs((left / rate) * 60_000)}`]),
    ].join(', ');
  }

  #phaseText(): string {
    const parts = [...this.#phases].sort(([, a], [, b]) => b - a).map(([phase, number]) => `${count(number)} ${phase}`);
    return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  }

  #ratePerMinute(nowMs: number): number | undefined {
    const from = Math.max(this.#begunAt, nowMs - RATE_OVER_MS);
    this.#endTimes = this.#endTimes.slice(this.#endTimes.findIndex((time) => time >= from));
    const ends = this.#endTimes.filter((time) => time >= from).length;
    if (ends === 0 || nowMs - from < RATE_AFTER_MS) return undefined;
    return (ends / (nowMs - from)) * 60_000;
  }
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
