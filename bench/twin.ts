/**
 * `npm run bench:twin`: what the twin costs. No Temporal server is involved.
 *
 * - Signed calls over HTTP, both signature versions, in rounds beside a bare HTTP server that answers without checking
 *   anything: calls in a second of one core (processor time of the server's process alone) and the ratio.
 * - 10,000 endpoints: memory of the process that holds them, and how long a List of 1,000 of them takes, and of 1,000 where
 *   there are no more.
 * - A day of 1,000 endpoints on an injected clock, looked at once a minute.
 *
 * Exits 1 unless what it claims is so.
 */
import { Agent, request as send } from 'node:http';
import { PrivateLinkEngine } from '../src/simulator/index.js';
import { allTrue, claimsText, type Claim } from './claims.js';
import { forkProgram } from './forked-program.js';
import { cpuMsOf, machineState } from './machine.js';
import { signedRequest, type ApiCall, type SignatureVersion } from './signed-request.js';
import { quantileOf, spreadOf, spreadText } from './statistics.js';
import { table } from './table.js';

const ROUNDS = 3;
const CALLS_A_ROUND = 1_500;
const IN_FLIGHT = 16;
const ENDPOINTS = 10_000;
const REGION = 'cn-hangzhou';
/** Where endpoints are created that no other call is to see. */
const OTHER_REGION = 'cn-beijing';
const PAGE = 50;
const MEBIBYTE = 1024 * 1024;

/** One kind of call, and the status that it is answered with. */
interface Kind {
  readonly name: string;
  readonly version: SignatureVersion;
  readonly status: number;
  readonly call: ApiCall;
}

const BARE = 'bare server';

/** Calls in a second of processor time, for each kind and round. */
const rates = new Map<string, number[]>();
await measureCalls();
const memory = await measureMemory();
const dayMs = measureDay();
report();

async function measureCalls(): Promise<void> {
  const twin = await forkProgram<{ url: string }>('twin', {});
  const bare = await forkProgram<{ url: string }>('bare-server', {});
  try {
    const kinds = await prepareKinds(twin.ready.url);
    for (let round = 0; round <= ROUNDS; round += 1) {
      const [first] = kinds;
      if (first === undefined) throw new Error('There is nothing to call');
      const bareRate = await callsPerCoreSecond(bare, { ...first, name: BARE, status: 200 });
      // The first round only warms up.
      if (round > 0) note(BARE, bareRate);
      for (const kind of kinds) {
        const rate = await callsPerCoreSecond(twin, kind);
        if (round > 0) note(kind.name, rate);
      }
    }
  } finally {
    await Promise.all([twin.stop(), bare.stop()]);
  }
}

/** Fill a page with endpoints. @returns The calls to measure, in both versions. */
async function prepareKinds(url: string): Promise<readonly Kind[]> {
  const agent = new Agent({ keepAlive: true });
  let EndpointId = '';
  for (let made = 0; made <= PAGE; made += 1) {
    const { status, body } = await answered(url, agent, 'version 1', createCall(REGION));
    if (status !== 200) throw new Error(`A create call was answered ${status}`);
    ({ EndpointId } = JSON.parse(body) as { EndpointId: string });
  }
  agent.destroy();
  const get = (id: string) => ({
    Action: 'GetVpcEndpointAttribute',
    parameters: { RegionId: REGION, EndpointId: id },
  });
  const list = { Action: 'ListVpcEndpoints', parameters: { RegionId: REGION, MaxResults: String(PAGE) } };
  const calls: readonly (readonly [name: string, status: number, call: ApiCall])[] = [
    ['Get, refused', 400, get('ep-none')],
    ['Get', 200, get(EndpointId)],
    ['Create', 200, createCall(OTHER_REGION)],
    [`List of ${PAGE}`, 200, list],
  ];
  return calls.flatMap(([name, status, call]) =>
    (['version 1', 'version 3'] as const).map((version) => ({ name: `${name}, ${version}`, version, status, call })),
  );
}

function createCall(RegionId: string): ApiCall {
  return {
    Action: 'CreateVpcEndpoint',
    parameters: {
      RegionId,
      VpcId: 'vpc-1',
      ServiceId: 'epsrv-1',
      EndpointName: 'orders',
      'SecurityGroupId.1': 'sg-1',
      'Zone.1.ZoneId': `${RegionId}-b`,
      'Zone.1.VSwitchId': 'vsw-1',
    },
  };
}

function note(name: string, rate: number): void {
  rates.set(name, [...(rates.get(name) ?? []), rate]);
}

async function callsPerCoreSecond(
  { pid, ready }: { readonly pid: number; readonly ready: { readonly url: string } },
  { name, version, status: expected, call }: Kind,
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const before = cpuMsOf(pid);
  let left = CALLS_A_ROUND;
  const caller = async () => {
    while (left > 0) {
      left -= 1;
      const { status } = await answered(ready.url, agent, version, call);
      if (status !== expected) throw new Error(`${name} was answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
  agent.destroy();
  const after = cpuMsOf(pid);
  if (before === undefined || after === undefined) throw new Error('This system does not tell processor times');
  return (CALLS_A_ROUND / (after - before)) * 1_000;
}

function answered(url: string, agent: Agent, version: SignatureVersion, call: ApiCall) {
  const { path, headers } = signedRequest(version, new URL(url).host, call);
  return new Promise<{ readonly status: number; readonly body: string }>((resolve, reject) => {
    const request = send(url + path, { agent, headers, method: 'GET' }, (response) => {
      const parts: string[] = [];
      response.setEncoding('utf8');
      response.on('data', (part: string) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parts.join('') }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end();
  });
}

async function measureMemory() {
  const holder = await forkProgram<{
    rssBefore: number;
    rss: number;
    heap: number;
    /** With as many endpoints as the List shows, and with all. */
    listMs: { few: readonly number[]; all: readonly number[] };
  }>('many-endpoints', { endpoints: ENDPOINTS, region: REGION });
  await holder.stop();
  return holder.ready;
}

/** Milliseconds that a day of 1,000 endpoints takes, which are looked at once a minute. */
function measureDay(): number {
  let nowMs = Date.UTC(2026, 0, 1);
  const engine = new PrivateLinkEngine(
    { now: () => nowMs, random: Math.random },
    { timeToActive: { afterMs: [0, 86_400_000] } },
  );
  const create = { RegionId: REGION, VpcId: 'vpc-1', ServiceId: 'epsrv-1', 'SecurityGroupId.1': 'sg-1' };
  for (let made = 0; made < 1_000; made += 1) {
    if (made % 200 === 0) nowMs += 60_000;
    const { status } = engine.call({ action: 'CreateVpcEndpoint', parameters: create, accountId: '1' });
    if (status !== 200) throw new Error(`A create call was answered ${status}`);
  }
  const begun = performance.now();
  for (let minute = 0; minute < 24 * 60; minute += 1) {
    nowMs += 60_000;
    engine.call({ action: 'ListVpcEndpoints', parameters: { RegionId: REGION, MaxResults: '50' }, accountId: '1' });
  }
  const active = engine.inspect().filter(({ EndpointStatus }) => EndpointStatus === 'Active').length;
  if (active !== 1_000) throw new Error(`After a day ${active} endpoints are Active`);
  return performance.now() - begun;
}

function report(): void {
  const { cores, load, node } = machineState();
  const bare = spreadOf(rates.get(BARE) ?? []).median;
  const spreads = [...rates].map(([name, values]) => [name, spreadOf(values)] as const);
  const lines = spreads.map(([name, spread]) => [name, spreadText(spread, 0), (spread.median / bare).toFixed(2)]);
  const slowest = Math.min(...spreads.map(([, { median }]) => median));
  const rss = memory.rss / MEBIBYTE;
  const { few, all } = memory.listMs;
  const claims: readonly Claim[] = [
    ['at least 300 signed calls of each kind in a second of one core', slowest >= 300],
    [`${ENDPOINTS.toLocaleString('en')} endpoints in less than 200 MiB`, rss < 200],
    ['a List of 1,000 in less than 10 ms, whether or not there are more', [few, all].every((ms) => medianOf(ms) < 10)],
  ];
  console.log(`The twin, ${cores} cores, load ${load.toFixed(1)}, Node ${node}\n`);
  console.log(
    `Over HTTP, ${ROUNDS} rounds of ${CALLS_A_ROUND.toLocaleString('en')} calls of each kind, ${IN_FLIGHT} at once:\n`,
  );
  console.log(table([['', 'calls in a second of one core', 'of the bare server'], ...lines]));
  console.log(
    `\n${ENDPOINTS.toLocaleString('en')} endpoints: ${rss.toFixed(0)} MiB resident (${(memory.rssBefore / MEBIBYTE).toFixed(0)} before), heap ${(memory.heap / MEBIBYTE).toFixed(0)} MiB`,
  );
  console.log(`A List of 1,000 of 1,000: ${timesText(few)}`);
  console.log(`A List of 1,000 of ${ENDPOINTS.toLocaleString('en')}: ${timesText(all)}`);
  console.log(`A day of 1,000 endpoints, a List a minute: ${dayMs.toFixed(0)} ms\n`);
  console.log(claimsText(claims));
  process.exitCode = allTrue(claims) ? 0 : 1;
}

function medianOf(values: readonly number[]): number {
  return quantileOf(values, 0.5);
}

function timesText(values: readonly number[]): string {
  return `median ${medianOf(values).toFixed(1)} ms, 99 % within ${quantileOf(values, 0.99).toFixed(1)} ms`;
}
