import { DefaultLogger, type LogEntry, type Logger, type LogLevel } from '@temporalio/worker';

/** A logger that writes one JSON object a line to standard error, ids as fields. */
export function jsonLogger(level: LogLevel, write: (line: string) => void = writeToStderr): Logger {
  return new DefaultLogger(level, (entry) => write(jsonLine(entry)));
}

/**
 * One line of the log. What JSON cannot carry is written as text, an error as its name, message and stack. Fields never replace
 * time, level and message, and no field stops a line from being written.
 */
export function jsonLine({ level, message, timestampNanos, meta }: LogEntry): string {
  const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  const known = { time, level, message };
  const fields = { ...known, ...(meta as Record<string, unknown> | undefined), ...known };
  try {
    return JSON.stringify(fields, plain);
  } catch {
    return JSON.stringify(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, shown(value)])));
  }
}

function plain(_: string, value: unknown): unknown {
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function') return String(value);
  return value;
}

/** A field of a line that could not be written as a whole: a circular one as text. */
function shown(value: unknown): unknown {
  try {
    return (JSON.parse(JSON.stringify([value], plain)) as unknown[])[0];
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function writeToStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
