import type { CallParameters } from '../src/privatelink/port.js';
import { allTrue, claimsText, type Claim } from './claims.js';
import { onStage, type LifeStage, type Part, type StagePlace } from './life-stage.js';
import { machineText } from './machine.js';
import { quantileOf } from './statistics.js';
import { table } from './table.js';

/** What each call to the API takes. */
const CALL_MS = 100;

/** Calls of a run before the service holds its endpoint; the looks that follow are made meanwhile or later. */
const UNTIL_ACCEPTED: readonly string[] = ['ListVpcEndpoints', 'CreateVpcEndpoint'];

/** One start beside one bare create call, in milliseconds. */
interface Pair {
  readonly acceptedMs: number;
  /** Time within the API until `accepted` was answered: the look by tags and the create call. */
  readonly inApiMs: number;
  readonly apiCalls: number;
  readonly createMs: number;
}

/** From the start of a run to the id of its endpoint, beside the create call alone, in turns. */
export async function measureAccepted(place: StagePlace, starts: number): Promise<Part> {
  const settings = { timeToActive: { afterMs: 0 } } as const;
  const pairs = await onStage(place, { name: 'accepted', settings, callMs: CALL_MS }, async (stage) => {
    // The first start of a worker and its client opens connections and compiles the bundle.
    await measurePair(stage);
    const measured: Pair[] = [];
    for (let start = 0; start < starts; start += 1) measured.push(await measurePair(stage));
    return measured;
  });
  const row = (what: string, read: (pair: Pair) => number, digits = 0) => {
    const values = pairs.map(read);
    return [what, quantileOf(values, 0.5).toFixed(digits), quantileOf(values, 0.95).toFixed(digits)];
  };
  const text = table([
    [`${starts} starts, each call ${CALL_MS} ms`, 'median, ms', 'p95, ms'],
    row('start to accepted', ({ acceptedMs }) => acceptedMs),
    row('of which in calls to the API', ({ inApiMs }) => inApiMs),
    row('and in the engine, worker and client', ({ acceptedMs, inApiMs }) => acceptedMs - inApiMs),
    row('the create call alone', ({ createMs }) => createMs),
    row('difference', ({ acceptedMs, createMs }) => acceptedMs - createMs),
    row('ratio', ({ acceptedMs, createMs }) => acceptedMs / createMs, 1),
  ]);
  const claims: Claim[] = [['two calls to the API before each answer', pairs.every(({ apiCalls }) => apiCalls === 2)]];
  return { text: [text, machineText(), claimsText(claims)].join('\n'), holds: allTrue(claims) };
}

async function measurePair(stage: LifeStage): Promise<Pair> {
  const input = stage.newInput();
  const startedMs = performance.now();
  const { workflowId, accepted } = await stage.client.startAccepted(input);
  const answeredMs = performance.now();
  if (accepted.state !== 'accepted') throw new Error(`The run is not accepted: ${JSON.stringify(accepted)}`);
  await stage.client.result(workflowId);
  const { RegionId } = input.request;
  const before = stage.calls.filter((call) => call.RegionId === RegionId && UNTIL_ACCEPTED.includes(call.action));
  return {
    acceptedMs: answeredMs - startedMs,
    inApiMs: before.reduce((sum, { beganMs, endedMs }) => sum + endedMs - beganMs, 0),
    apiCalls: before.length,
    createMs: await bareCreate(stage),
  };
}

/** What a program waits for that makes the call itself. */
async function bareCreate({ privateLink, newInput }: LifeStage): Promise<number> {
  const { request } = newInput();
  const beganMs = performance.now();
  await privateLink.createVpcEndpoint(request as unknown as CallParameters);
  return performance.now() - beganMs;
}
