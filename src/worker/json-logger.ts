import { DefaultLogger, type LogEntry, type Logger, type LogLevel } from '@temporalio/worker';

/** A logger that writes one JSON object a line to standard error, ids as fields. */
export function jsonLogger(level: LogLevel, write: (line: string) => void = writeToStderr): Logger {
  return new DefaultLogger(level, (entry) => write(jsonLine(entry)));
}

/** One line of the log. Fields that JSON cannot carry are written as text; an error as its name and message. */
export function jsonLine({ level, message, timestampNanos, meta }: LogEntry): string {
  const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  const fields = { time, level, message, ...(meta as Record<string, unknown> | undefined) };
  return JSON.stringify(fields, (_, value: unknown) => {
    if (value instanceof Error) return { name: value.name, message: value.message };
    if (typeof value === 'bigint') return value.toString();
    return value;
  });
}

function writeToStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
