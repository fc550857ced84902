import { InvalidArgumentError } from 'commander';
import type { BulkEnd } from '../../client/bulk.js';
import { BulkProgress } from '../bulk/bulk-progress.js';
import { readBulkText, type BulkLine } from '../bulk/bulk-file.js';
import { resultLine, type BulkLineRequest } from '../bulk/result-line.js';
import { openResultsFile, type ResultsFile } from '../bulk/results-file.js';
import { withSession, type CommandContext, type Session } from '../command-context.js';
import type { ExitName } from '../exit-codes.js';
import { UsageError } from '../failure-report.js';
import { isAborted } from '../follow-run.js';
import { priorityOf, type PriorityOptions } from '../priority-options.js';
import { readText } from '../read-input.js';
import type { Terminal } from '../terminal.js';

/** The options of `pvlctl provision --bulk`. */
export interface BulkCommandOptions extends PriorityOptions {
  readonly bulk: string;
  readonly results?: string;
  readonly window: number;
  readonly dryRun?: true;
  readonly account?: string;
  readonly taskQueue: string;
}

/** Behind what a person starts by hand, which has the engine's default of 3. */
const BULK_PRIORITY_KEY = 4;

/** How often the line on a terminal is drawn. */
const DRAW_EVERY_MS = 1_000;

/** How often a line is printed where there is no terminal. */
const TELL_EVERY_MS = 10_000;

/** How often the list of runs is asked for their phases: it is the dearest of all questions. */
const PHASES_EVERY_MS = 30_000;

/** Open runs that are asked for their phases: one page of the list. Those beyond it are counted without a phase. */
const LISTED_RUNS = 1_000;

/** Do what `pvlctl provision --bulk` does. Nothing is called before every line is known to be right. */
export async function provisionBulk(context: CommandContext, options: BulkCommandOptions): Promise<ExitName> {
  const { terminal } = context;
  const { name, text } = await readText(options.bulk, terminal.stdin);
  const lines = readBulkText(text, name, { account: options.account, dryRun: options.dryRun });
  const results = options.results === undefined ? undefined : await openResultsFile(options.results);
  try {
    const wanted = lines.filter((line) => results?.earlier.ready.get(line.workflowId) !== line.digest);
    tellPlan(terminal, options, lines.length, wanted.length, results);
    const progress = new BulkProgress(lines.length, lines.length - wanted.length, terminal.now());
    if (wanted.length === 0) {
      terminal.err(progress.line(terminal.now()));
      return 'ok';
    }
    return await withSession(context, options.taskQueue, async (session) =>
      new Bulk(terminal, session, progress, results).run(wanted, options),
    );
  } finally {
    await results?.close();
  }
}

/** Read `--window`. */
export function windowArgument(text: string): number {
  const window = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (window >= 1 && window <= 10_000) return window;
  throw new InvalidArgumentError('Expected a whole number from 1 to 10000.');
}

/** Options of one request make no sense for many. @throws UsageError */
export function refuseSingleOptions(options: {
  readonly file?: string;
  readonly id?: string;
  readonly restart?: true;
  readonly wait: boolean;
}): void {
  const flags = [
    ...(options.file === undefined ? [] : ['--file']),
    ...(options.id === undefined ? [] : ['--id']),
    ...(options.restart === undefined ? [] : ['--restart']),
    ...(options.wait ? [] : ['--no-wait']),
  ];
  if (flags.length > 0) throw new UsageError(`--bulk takes no ${flags.join(', ')}.`);
}

function tellPlan(
  terminal: Terminal,
  { results: file, bulk }: BulkCommandOptions,
  total: number,
  wanted: number,
  results: ResultsFile | undefined,
): void {
  const torn = results?.earlier.torn ?? 0;
  if (torn > 0)
    terminal.err(
      `note: ${torn} torn ${torn === 1 ? 'line' : 'lines'} of ${String(file)} ${torn === 1 ? 'counts' : 'count'} for nothing.`,
    );
  const from = bulk === '-' ? 'standard input' : bulk;
  const skipped = total - wanted;
  terminal.err(
    skipped === 0
      ? `${total} requests of ${from} are right.`
      : `${total} requests of ${from} are right; ${String(file)} holds ${skipped} of them as ready, which are skipped.`,
  );
}

/** One bulk under way. */
class Bulk {
  readonly #terminal: Terminal;
  readonly #session: Session;
  readonly #progress: BulkProgress;
  readonly #results: ResultsFile | undefined;
  /** The first line that did not end ready, and how it would exit. */
  #worst: { readonly line: number; readonly exit: ExitName } | undefined;

  constructor(terminal: Terminal, session: Session, progress: BulkProgress, results: ResultsFile | undefined) {
    this.#terminal = terminal;
    this.#session = session;
    this.#progress = progress;
    this.#results = results;
  }

  async run(lines: readonly BulkLine[], options: BulkCommandOptions): Promise<ExitName> {
    const stop = new AbortController();
    const over = new AbortController();
    // Only the first one: the next ends the process as it would have without us.
    let ignoreInterrupt: () => void = () => undefined;
    ignoreInterrupt = this.#terminal.onSignal(['SIGINT'], () => {
      stop.abort();
      ignoreInterrupt();
    });
    const shown = this.#showProgress(over.signal);
    try {
      await this.#takeAll(lines, options, stop.signal);
    } catch (error) {
      this.#tellLeft('Stopped.');
      throw error;
    } finally {
      ignoreInterrupt();
      over.abort();
      await shown;
      this.#terminal.redraw('');
    }
    if (stop.signal.aborted && this.#progress.inFlight + this.#progress.notStarted > 0) {
      this.#tellLeft('Interrupted.');
      return 'detached';
    }
    this.#terminal.err(this.#progress.line(this.#terminal.now()));
    return this.#worst?.exit ?? 'ok';
  }

  async #takeAll(lines: readonly BulkLine[], options: BulkCommandOptions, stop: AbortSignal): Promise<void> {
    const priority = priorityOf(options, BULK_PRIORITY_KEY);
    const requests = lines.map((line): BulkLineRequest => ({
      input: line.input,
      workflowId: line.workflowId,
      ...priority,
      line,
    }));
    const ends = this.#session.client.provisionMany(requests, {
      window: options.window,
      stop,
      onStarted: ({ workflowId }) => this.#progress.started(workflowId),
    });
    for (;;) {
      // Nothing aborts this signal: a start that is cut off may have happened or not.
      const next = await this.#session.until(new AbortController().signal, () => ends.next());
      if (next.done === true) return;
      await this.#take(next.value);
    }
  }

  async #take(end: BulkEnd<BulkLineRequest>): Promise<void> {
    const { line, exit } = resultLine(end, this.#terminal.now());
    this.#progress.ended(line.workflowId, line.outcome, this.#terminal.now());
    if (exit !== 'ok' && line.line < (this.#worst?.line ?? Infinity)) this.#worst = { line: line.line, exit };
    if (this.#results === undefined) {
      this.#terminal.out(JSON.stringify(line));
      await this.#terminal.taken();
    } else {
      await this.#results.append(JSON.stringify(line));
    }
  }

  async #showProgress(over: AbortSignal): Promise<void> {
    const { stderrIsTerminal } = this.#terminal;
    let toldAt = this.#terminal.now();
    let lookedAt = -Infinity;
    while (!over.aborted) {
      await this.#terminal.sleep(DRAW_EVERY_MS, over);
      if (isAborted(over)) return;
      const isTime = this.#terminal.now() - toldAt >= TELL_EVERY_MS;
      if (isTime) toldAt = this.#terminal.now();
      if (isTime && toldAt - lookedAt >= PHASES_EVERY_MS) {
        lookedAt = toldAt;
        await this.#lookAtPhases();
        if (isAborted(over)) return;
      }
      const line = this.#progress.line(this.#terminal.now());
      if (stderrIsTerminal) this.#terminal.redraw(line.slice(0, Math.max(0, this.#terminal.columns() - 1)));
      else if (isTime) this.#terminal.err(line);
    }
  }

  /** One question for all runs. Phases are for the eye: without an answer the counts are shown without them. */
  async #lookAtPhases(): Promise<void> {
    const open = [];
    const iterator = this.#session.client.list({ status: 'open', limit: LISTED_RUNS })[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.#session.soon(() => iterator.next());
        if (next.done === true) break;
        open.push(next.value);
      }
    } catch {
      // A server that does not answer is the business of the calls that matter.
      open.length = 0;
    }
    this.#progress.looked(open);
  }

  #tellLeft(what: string): void {
    const { inFlight, notStarted } = this.#progress;
    this.#terminal.redraw('');
    this.#terminal.err(
      `${what} ${this.#progress.line(this.#terminal.now())}.\n` +
        `${inFlight} ${inFlight === 1 ? 'run goes' : 'runs go'} on by ${inFlight === 1 ? 'itself' : 'themselves'}; ` +
        `${notStarted} ${notStarted === 1 ? 'request was' : 'requests were'} not started. Nothing was cancelled.\n` +
        `  go on: give the same command again`,
    );
  }
}
