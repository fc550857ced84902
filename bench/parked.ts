/**
 * `npm run bench:parked`: what parked runs cost, and what happens when what they wait for becomes free.
 *
 * `day`: 24 hours on a virtual clock. `release`: minutes of real time, with worker processes. Exits 1 when a claim that it
 * prints is not true.
 *
 * `--part day` or `release`: only that. Of the day: `--chains`. Of the release: `--runs` (a lane), `--creates-per-minute`,
 * `--workers` (a lane), `--idle-seconds` (between the last first refusal and the release), `--way woken` (by `retryNow`) or
 * `timers`: only that.
 */
import { parseArgs } from 'node:util';
import { measureParkedDay } from './parked-day.js';
import { measureRelease } from './release.js';

const { values: options } = parseArgs({
  options: {
    part: { type: 'string', default: 'both' },
    chains: { type: 'string', default: '20' },
    runs: { type: 'string', default: '200' },
    'creates-per-minute': { type: 'string', default: '100' },
    workers: { type: 'string', default: '1' },
    'idle-seconds': { type: 'string', default: '15' },
    way: { type: 'string', default: 'both' },
  },
});
const { part, way } = options;
if (!['both', 'day', 'release'].includes(part)) throw new Error(`--part is day, release or both, not ${part}`);
const ways = (['woken', 'timers'] as const).filter((known) => way === 'both' || way === known);
if (ways.length === 0) throw new Error(`--way is woken, timers or both, not ${way}`);

const parts = [
  { name: 'day', measure: () => measureParkedDay(Number(options.chains)) },
  {
    name: 'release',
    measure: () =>
      measureRelease({
        runs: Number(options.runs),
        createsPerMinute: Number(options['creates-per-minute']),
        workers: Number(options.workers),
        idleSeconds: Number(options['idle-seconds']),
        ways,
      }),
  },
].filter(({ name }) => part === 'both' || part === name);

let allHold = true;
for (const { measure } of parts) {
  const { text, holds } = await measure();
  process.stdout.write(`${text}\n`);
  allHold &&= holds;
}
process.exit(allHold ? 0 : 1);
