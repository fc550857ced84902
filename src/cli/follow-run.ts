import type { DeprovisionResult } from '../contract/deprovision.js';
import type { ProvisionResult } from '../contract/result.js';
import type { RunView } from '../client/run-view.js';
import { ProvisionError } from '../client/errors.js';
import type { CommandContext, Session } from './command-context.js';
import type { ExitName } from './exit-codes.js';
import { shellArgument } from './plain-text.js';
import { progressLine, resultOutput, type OutputFormat } from './run-output.js';
import type { Terminal } from './terminal.js';

const LOOK_EVERY_MS = 1_000;
/** A cancelled call ends at once; this is for one that does not. */
const SETTLE_MS = 500;

/**
 * Wait for the end of a run and print what it ended with.
 *
 * Shows live progress on a terminal. Ctrl-C ends the waiting, never the run.
 *
 * @throws The errors of `ProvisioningClient.result`.
 */
export async function followRun(
  { terminal }: CommandContext,
  session: Session,
  workflowId: string,
  output: OutputFormat,
): Promise<ExitName> {
  const showing = (stop: AbortSignal) =>
    terminal.stderrIsTerminal
      ? showProgress(terminal, stop, (signal) => session.until(signal, () => session.client.state(workflowId)))
      : Promise.resolve();
  let ended: ProvisionResult | DeprovisionResult | undefined;
  try {
    ended = await interruptible(terminal, session, () => session.client.result(workflowId), showing);
  } catch (error) {
    terminal.redraw('');
    if (!(error instanceof ProvisionError)) terminal.err(howToGoOn(workflowId));
    throw error;
  }
  if (ended === undefined) {
    terminal.err(`Detached. ${howToGoOn(workflowId)}`);
    return 'detached';
  }
  terminal.out(resultOutput(workflowId, ended, output));
  return 'ok';
}

/**
 * Wait for an answer, however long it takes, and show something meanwhile.
 *
 * @returns `undefined`: Ctrl-C ended the waiting.
 */
export async function interruptible<Answer>(
  terminal: Terminal,
  session: Session,
  ask: () => Promise<Answer>,
  meanwhile: (stop: AbortSignal) => Promise<void> = () => Promise.resolve(),
): Promise<Answer | undefined> {
  const waiting = new AbortController();
  let ignoreInterrupt: (() => void) | undefined;
  const interrupted = new Promise<undefined>((resolve) => {
    ignoreInterrupt = terminal.onSignal(['SIGINT'], () => resolve(undefined));
  });
  const shown = meanwhile(waiting.signal);
  const answer = session.until(waiting.signal, ask);
  try {
    return await Promise.race([answer, interrupted]);
  } finally {
    ignoreInterrupt?.();
    waiting.abort();
    await Promise.race([Promise.allSettled([answer, shown]), terminal.sleep(SETTLE_MS, new AbortController().signal)]);
    terminal.redraw('');
  }
}

function howToGoOn(workflowId: string): string {
  const id = shellArgument(workflowId);
  return `The run goes on.\n  attach again: pvlctl result ${id}\n  cancel it:    pvlctl cancel ${id}`;
}

/** Draw where a run stands, every second, until the signal aborts. */
async function showProgress(
  terminal: Terminal,
  stop: AbortSignal,
  look: (signal: AbortSignal) => Promise<RunView>,
): Promise<void> {
  while (!stop.aborted) {
    // A signal for each look: its listeners go when it goes.
    const one = new AbortController();
    const cancel = () => one.abort();
    stop.addEventListener('abort', cancel);
    const view = await look(one.signal).catch(() => undefined);
    stop.removeEventListener('abort', cancel);
    if (!isAborted(stop)) terminal.redraw(progressLine(view, terminal.now(), terminal.columns()));
    await terminal.sleep(LOOK_EVERY_MS, stop);
  }
}

/** It may have changed while something else was awaited, which the compiler does not see. */
export function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
