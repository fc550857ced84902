import { allTrue, claimsText, type Claim } from '../claims.js';
import type { Part } from '../life-stage.js';
import { quantileOf } from '../statistics.js';
import { table } from '../table.js';
import { CALL_MS, seconds, spreadMsOf } from './lag.js';
import type { ScaleOptions } from './options.js';
import type { ScalePlace } from './place.js';
import { measureWaiting } from './waiting-lane.js';

/** List calls that the service takes in a minute. */
const LISTS_PER_MINUTE = 1_000;
/** Long enough for several of the scans that list everything. */
const LOOK_MS = 180_000;

/** What of an account's List calls the watcher takes where few wait beside very many old endpoints. */
export async function measureShare(place: ScalePlace, options: ScaleOptions): Promise<Part> {
  const { old, seed, workers, giveUpMs } = options;
  const waiting = options.waiting?.[0] ?? 100;
  const { cost, lagsMs, unseen, throttled } = await measureWaiting(place, {
    name: 'share',
    mode: 'watched',
    waiting,
    old,
    callMs: CALL_MS,
    listMs: CALL_MS,
    seed,
    workers,
    settleMs: options.settleMs,
    costMs: LOOK_MS,
    alone: false,
    spreadMs: spreadMsOf(waiting, options.activePerMinute),
    giveUpMs,
  });
  const calls = cost.all?.calls ?? {};
  const lists = calls['ListVpcEndpoints'] ?? 0;
  const share = lists / LISTS_PER_MINUTE;
  const text = table([
    [`${waiting} waiting, ${old} old endpoints`, ''],
    ['List calls a minute', lists.toFixed(1)],
    ['share of the 1,000 that there are', `${(share * 100).toFixed(1)} %`],
    ['Get calls a minute', (calls['GetVpcEndpointAttribute'] ?? 0).toFixed(1)],
    ['detect lag, p50 and p99, s', [0.5, 0.99].map((part) => seconds(quantileOf(lagsMs, part))).join(', ')],
  ]);
  const claims: Claim[] = [
    // Of two old pages at the least: with none the watcher would be blind, or not there.
    ['the watcher lists', lists > 0],
    ['it takes at most 10 % of the List calls', share <= 0.1],
    ['each run knows in the end, and no call was throttled', unseen === 0 && throttled === 0],
  ];
  return { text: [text, claimsText(claims)].join('\n'), holds: allTrue(claims) };
}
