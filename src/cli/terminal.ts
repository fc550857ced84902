import { setTimeout as pause } from 'node:timers/promises';

/** The process as a command sees it; tests have one of their own. */
export interface Terminal {
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly stdinIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Print a line to standard output: what was asked for. */
  out(line: string): void;
  /** Wait until whoever reads standard output has taken what was printed, or is gone. */
  taken(): Promise<void>;
  /** Print a line to standard error: everything else. */
  err(line: string): void;
  /** Draw over the current line of standard error; an empty text clears it. */
  redraw(text: string): void;
  columns(): number;
  now(): number;
  /** Sleep; ends early, without an error, when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Listen for signals in place of the default, which ends the process. @returns What stops the listening. */
  onSignal(signals: readonly NodeJS.Signals[], listener: () => void): () => void;
}

const USUAL_COLUMNS = 80;

/** The terminal, or the pipes, of this process. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  let drawn = 0;
  const redraw = (text: string) => {
    if (text === '' && drawn === 0) return;
    // Blanks, not an escape code: every terminal knows them.
    stderr.write(text === '' ? `\r${' '.repeat(drawn)}\r` : `\r${text.padEnd(drawn)}`);
    drawn = text.length;
  };
  return {
    stdin,
    stdinIsTerminal: stdin.isTTY,
    stderrIsTerminal: stderr.isTTY,
    out: (line) => {
      redraw('');
      stdout.write(`${line}\n`);
    },
    taken: async () => {
      if (!stdout.writableNeedDrain || stdout.destroyed) return;
      await new Promise<void>((resolve) => {
        for (const event of ['drain', 'close', 'error']) stdout.once(event, () => resolve());
      });
    },
    err: (line) => {
      redraw('');
      stderr.write(`${line}\n`);
    },
    redraw,
    columns: () => (stderr.columns > 0 ? stderr.columns : USUAL_COLUMNS),
    now: Date.now,
    sleep: async (ms, signal) => {
      await pause(ms, undefined, { signal }).catch(() => undefined);
    },
    onSignal: (signals, listener) => {
      for (const signal of signals) process.on(signal, listener);
      return () => {
        for (const signal of signals) process.off(signal, listener);
      };
    },
  };
}
