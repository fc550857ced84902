import { allTrue, claimsText, type Claim } from '../claims.js';
import { ACTIONS } from '../../src/simulator/index.js';
import type { Part } from '../life-stage.js';
import { peakInWindow } from '../sliding-window.js';
import { quantileOf } from '../statistics.js';
import { table } from '../table.js';
import { CALL_MS, seconds } from './lag.js';
import { openLane, type Lane } from './lane.js';
import type { ScaleOptions } from './options.js';
import type { ScalePlace } from './place.js';
import { inFlight, range, say } from './progress.js';
import { lagsOf } from './waiting-lane.js';

/** Creates of an account and region in any 60 s. */
const CREATES_PER_MINUTE = 200;
const LONGEST_TO_ACTIVE_S = 60;
const STARTS_AT_A_TIME = 50;
const DESCRIBES_AT_A_TIME = 20;

/** Many endpoints at once, with the real limits: how near to the floor that the limits leave, and at what cost. */
export async function measureWall(place: ScalePlace, options: ScaleOptions): Promise<Part> {
  const { endpoints, seed, workers, giveUpMs } = options;
  const floorS = (endpoints / CREATES_PER_MINUTE) * 60 + LONGEST_TO_ACTIVE_S;
  const rows = [];
  const claims: Claim[] = [];
  for (const mode of options.modes ?? (['watched'] as const)) {
    const lane = await openLane(place, {
      name: `wall-${mode}`,
      mode,
      settings: { timeToActive: { afterMs: [20_000, LONGEST_TO_ACTIVE_S * 1_000] } },
      seed,
      callMs: CALL_MS,
      listMs: CALL_MS,
      workers,
      slots: endpoints,
      env: {
        PVL_CREATES_PER_MINUTE: String(CREATES_PER_MINUTE),
        // As users have it: nothing is watched before there are many.
        ...(mode === 'watched' ? { PVL_WATCH: 'auto' } : {}),
      },
    });
    try {
      const beganAtMs = Date.now();
      await inFlight(range(0, endpoints), STARTS_AT_A_TIME, (run) => lane.start(run));
      say(`${mode}: ${endpoints} started in ${Math.round((Date.now() - beganAtMs) / 1_000)} s`);
      const { lagsMs, unseen } = await lagsOf(lane, range(0, endpoints), performance.now() + floorS * 2_000 + giveUpMs);
      const { lastClosedMs, events } = await closings(place, lane, endpoints);
      const counts = await lane.twin.counts();
      const creates = await lane.twin.requests({ action: 'CreateVpcEndpoint' });
      const peak = peakInWindow(
        creates.map((call) => Date.parse(call.at)),
        60_000,
      );
      const sum = (isWrite: boolean) =>
        Object.entries(counts).reduce((all, [action, n]) => all + (ACTIONS.get(action)?.writes === isWrite ? n : 0), 0);
      const [writes, reads] = [sum(true) / endpoints, sum(false) / endpoints];
      const throttled = (await lane.twin.requests({ code: 'Throttling.User' })).length;
      const made = (await lane.twin.created()).length;
      const wallS = (lastClosedMs - beganAtMs) / 1_000;
      rows.push([
        mode,
        wallS.toFixed(1),
        (wallS / floorS).toFixed(3),
        writes.toFixed(2),
        reads.toFixed(2),
        Object.entries(counts)
          .map(([action, n]) => `${action} ${n}`)
          .join(', '),
        String(throttled),
        String(peak),
        String(Math.max(...events)),
        seconds(quantileOf(lagsMs, 0.5)),
        seconds(quantileOf(lagsMs, 0.99)),
      ]);
      claims.push(
        [`${mode}: each run made one endpoint, and ended`, made === endpoints && unseen === 0],
        [`${mode}: the wall time is at most 1.05 of the floor`, wallS / floorS <= 1.05],
        [`${mode}: at most 1.05 writes for each endpoint`, writes <= 1.05],
        [`${mode}: at most 3.3 reads for each endpoint`, reads <= 3.3],
        [`${mode}: no call was throttled`, throttled === 0],
        [`${mode}: no history has more than 26 events`, Math.max(...events) <= 26],
      );
    } finally {
      await lane.stop();
    }
  }
  const heading = ['way', 'wall, s', 'over the floor', 'writes each', 'reads each', 'calls'];
  const more = ['throttled', 'creates in 60 s', 'most events', 'lag p50, s', 'lag p99, s'];
  const text = [
    table([[...heading, ...more], ...rows]),
    `  ${endpoints} endpoints; the floor is ${floorS} s: ${CREATES_PER_MINUTE} creates a minute and ${LONGEST_TO_ACTIVE_S} s until Active`,
    claimsText(claims),
  ];
  return { text: text.join('\n'), holds: allTrue(claims) };
}

/** When the last run closed, and how many events each has. */
async function closings({ client }: ScalePlace, lane: Lane, endpoints: number) {
  let lastClosedMs = 0;
  const events: number[] = [];
  await inFlight(range(0, endpoints), DESCRIBES_AT_A_TIME, async (run) => {
    const { closeTime, historyLength } = await client.workflow.getHandle(lane.workflowId(run)).describe();
    lastClosedMs = Math.max(lastClosedMs, closeTime?.getTime() ?? Date.now());
    events.push(historyLength);
  });
  return { lastClosedMs, events };
}
