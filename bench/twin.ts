/**
 * `npm run bench:twin`: what the twin costs. No Temporal server is involved.
 *
 * - Signed reads over HTTP, both signature versions, in rounds beside a bare HTTP server that answers as much without
 *   checking anything: calls in a second of one core (processor time of the server's process alone) and the ratio.
 * - 10,000 endpoints: memory of the process that holds them, and how long a List of 1,000 of them takes.
 * - A day of 1,000 endpoints on an injected clock, looked at once a minute.
 *
 * Exits 1 unless what it claims is so.
 */
import { randomUUID } from 'node:crypto';
import { Agent, request as send } from 'node:http';
import { PrivateLinkEngine, signatureOf } from '../src/simulator/index.js';
import { canonicalRequest, signatureOfV3 } from '../src/simulator/wire/signature-v3.js';
import { allTrue, claimsText, type Claim } from './claims.js';
import { forkProgram } from './forked-program.js';
import { cpuMsOf, machineState } from './machine.js';
import { quantileOf, spreadOf, spreadText } from './statistics.js';
import { table } from './table.js';

const ROUNDS = 3;
const CALLS_A_ROUND = 3_000;
const IN_FLIGHT = 16;
const ENDPOINTS = 10_000;
const REGION = 'cn-hangzhou';
const SECRET = 'testsecret';
const QUERY = { RegionId: REGION, EndpointId: 'ep-none' };
const MEBIBYTE = 1024 * 1024;

const KINDS = ['bare server', 'version 1', 'version 3'] as const;

/** Calls in a second of processor time, for each kind and round. */
const rates = new Map<string, number[]>(KINDS.map((kind) => [kind, []]));
await measureCalls();
const memory = await measureMemory();
const dayMs = measureDay();
report();

async function measureCalls(): Promise<void> {
  const twin = await forkProgram<{ url: string }>('twin', {});
  const bare = await forkProgram<{ url: string }>('bare-server', {});
  try {
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const kind of KINDS) {
        const { pid, ready } = kind === 'bare server' ? bare : twin;
        const rate = await callsPerCoreSecond(pid, ready.url, kind);
        // The first round only warms up.
        if (round > 0) rates.get(kind)?.push(rate);
      }
    }
  } finally {
    await Promise.all([twin.stop(), bare.stop()]);
  }
}

async function callsPerCoreSecond(pid: number, url: string, kind: (typeof KINDS)[number]): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const host = new URL(url).host;
  const before = cpuMsOf(pid);
  let left = CALLS_A_ROUND;
  const caller = async () => {
    while (left > 0) {
      left -= 1;
      const status = await answered(url, agent, kind === 'version 3' ? versionThree(host) : versionOne());
      if (status !== (kind === 'bare server' ? 200 : 400)) throw new Error(`${kind} answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
  agent.destroy();
  const after = cpuMsOf(pid);
  if (before === undefined || after === undefined) throw new Error('This system does not tell processor times');
  return (CALLS_A_ROUND / (after - before)) * 1_000;
}

interface Signed {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

function versionOne(): Signed {
  const parameters = {
    ...QUERY,
    Action: 'GetVpcEndpointAttribute',
    Version: '2020-04-15',
    Format: 'JSON',
    AccessKeyId: 'testid',
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: randomUUID(),
    Timestamp: wireNow(),
  };
  const Signature = signatureOf('GET', parameters, SECRET);
  return { path: `/?${new URLSearchParams({ ...parameters, Signature }).toString()}`, headers: {} };
}

function versionThree(host: string): Signed {
  const headers: Record<string, string> = {
    host,
    'x-acs-action': 'GetVpcEndpointAttribute',
    'x-acs-version': '2020-04-15',
    'x-acs-date': wireNow(),
    'x-acs-signature-nonce': randomUUID(),
    // Of nothing: the parameters are in the query.
    'x-acs-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  };
  const names = Object.keys(headers).sort();
  const listed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  const signable = { method: 'GET', path: '/', query: QUERY, headers: listed, body: new Uint8Array() };
  const signature = signatureOfV3(canonicalRequest(signable, names), SECRET);
  const authorization = `ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=${names.join(';')},Signature=${signature}`;
  return { path: `/?${new URLSearchParams(QUERY).toString()}`, headers: { ...headers, authorization } };
}

function answered(url: string, agent: Agent, { path, headers }: Signed): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = send(url + path, { agent, headers, method: 'GET' }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    call.on('error', reject);
    call.end();
  });
}

async function measureMemory() {
  const holder = await forkProgram<{ rssBefore: number; rss: number; heap: number; listMs: readonly number[] }>(
    'many-endpoints',
    { endpoints: ENDPOINTS, region: REGION },
  );
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
  const bare = spreadOf(rates.get('bare server') ?? []);
  const lines = KINDS.map((kind) => {
    const spread = spreadOf(rates.get(kind) ?? []);
    return [kind, spreadText(spread, 0), (spread.median / bare.median).toFixed(2)];
  });
  const [listMedian, listWorst] = [quantileOf(memory.listMs, 0.5), quantileOf(memory.listMs, 0.99)];
  const rss = memory.rss / MEBIBYTE;
  const slowest = Math.min(...KINDS.slice(1).map((kind) => spreadOf(rates.get(kind) ?? []).median));
  const claims: readonly Claim[] = [
    ['at least 300 signed calls in a second of one core', slowest >= 300],
    [`${ENDPOINTS.toLocaleString('en')} endpoints in less than 200 MiB`, rss < 200],
    ['a List of 1,000 in less than 10 ms', listMedian < 10],
  ];
  console.log(`The twin, ${cores} cores, load ${load.toFixed(1)}, Node ${node}\n`);
  console.log(
    `GetVpcEndpointAttribute over HTTP, ${ROUNDS} rounds of ${CALLS_A_ROUND.toLocaleString('en')} calls, ${IN_FLIGHT} at once:\n`,
  );
  console.log(table([['', 'calls in a second of one core', 'of the bare server'], ...lines]));
  console.log(
    `\n${ENDPOINTS.toLocaleString('en')} endpoints: ${rss.toFixed(0)} MiB resident (${(memory.rssBefore / MEBIBYTE).toFixed(0)} before), heap ${(memory.heap / MEBIBYTE).toFixed(0)} MiB`,
  );
  console.log(`A List of 1,000 of them: median ${listMedian.toFixed(1)} ms, 99 % within ${listWorst.toFixed(1)} ms`);
  console.log(`A day of 1,000 endpoints, a List a minute: ${dayMs.toFixed(0)} ms\n`);
  console.log(claimsText(claims));
  process.exitCode = allTrue(claims) ? 0 : 1;
}

function wireNow(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}
