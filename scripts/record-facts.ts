/** `npm run record-facts`: see docs/facts.md. */
import { setTimeout as pause } from 'node:timers/promises';
import { recordFacts } from './facts/record.js';

const stop = new AbortController();
process.once('SIGINT', () => {
  process.stderr.write('Stopping; what was made is removed first. Ctrl-C again ends at once and leaves it.\n');
  stop.abort();
});

process.exitCode = await recordFacts(process.argv.slice(2), {
  env: process.env,
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
  now: Date.now,
  elapsedMs: () => Math.round(performance.now()),
  sleep: (ms) => pause(ms),
  stopped: stop.signal,
});
