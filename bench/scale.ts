/**
 * `npm run bench:scale -- --part <name>`: many endpoints at once, against a twin over HTTP with the limits of the service.
 *
 * `lag`: from the cloud's change of status to the run that knows. `wall`: a thousand endpoints from the first start to the
 * last end. `share`: List calls of the watcher beside many old endpoints. `waiting`: what very many that wait cost. `kill`:
 * the worker that watches is killed. `compare`: ways to wait side by side, with plots. Exits 1 when a claim that it prints
 * is not true.
 *
 * `--address HOST:PORT` and `--namespace`: on a server that is there already; `--server-pids 1,2`: whose processor time
 * counts there. Of the parts: `--waiting 1,100,1000`, `--modes watched,polled,timer,heartbeat`, `--workers`,
 * `--endpoints` (wall), `--old` (share), `--rounds` (lag of one), `--kills`, `--active-per-minute`, `--settle-seconds`,
 * `--cost-seconds`, `--give-up-minutes`, `--seed`, `--images FOLDER` (compare). `--source`: the worker from src/ instead
 * of lib/.
 */
import { loadavg } from 'node:os';
import type { Part } from './life-stage.js';
import { machineText } from './machine.js';
import { measureAll } from './scale/compare.js';
import { measureKills } from './scale/kill.js';
import { measureLag } from './scale/lag.js';
import { readOptions, type ScaleOptions } from './scale/options.js';
import { openPlace, type ScalePlace } from './scale/place.js';
import { measureShare } from './scale/share.js';
import { measureManyWaiting } from './scale/waiting.js';
import { measureWall } from './scale/wall.js';

const PARTS: Readonly<Record<string, (place: ScalePlace, options: ScaleOptions) => Promise<Part>>> = {
  lag: measureLag,
  wall: measureWall,
  share: measureShare,
  waiting: measureManyWaiting,
  kill: measureKills,
  compare: measureAll,
};

const options = readOptions();
const measure = Object.hasOwn(PARTS, options.part) ? PARTS[options.part] : undefined;
if (measure === undefined) throw new Error(`--part is one of ${Object.keys(PARTS).join(', ')}, not "${options.part}"`);

const before = loadavg()[0] ?? 0;
const place = await openPlace(options);
let part: Part;
try {
  part = await measure(place, options);
} finally {
  await place.close();
}
process.stdout.write(`${part.text}\n${machineText()} after and ${before.toFixed(1)} before\n`);
process.exit(part.holds ? 0 : 1);
