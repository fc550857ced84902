import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { recordFacts, type FactsReport } from '../../../scripts/facts/record.js';
import { startSimulator, type Simulator } from '../../../src/simulator/index.js';

const INPUT = {
  request: {
    RegionId: 'cn-huhehaote',
    VpcId: 'vpc-1',
    ServiceId: 'epsrv-1',
    SecurityGroupId: ['sg-1'],
    Zone: [
      { ZoneId: 'cn-huhehaote-a', VSwitchId: 'vsw-a' },
      { ZoneId: 'cn-huhehaote-b', VSwitchId: 'vsw-b', ip: '10.0.0.9' },
    ],
  },
};

let folder: string;
let file: string;
let twin: Simulator;
/** Runs on only while the program sleeps, and takes the twin's clock with it. */
let elapsed: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pvl-facts-'));
  file = join(folder, 'request.json');
  writeFileSync(file, JSON.stringify(INPUT));
  elapsed = 0;
  twin = await startSimulator({ settings: { timeToActive: { afterMs: 30_000 } } });
});
afterEach(async () => {
  await twin.close();
  rmSync(folder, { recursive: true });
});

async function record(
  args: readonly string[],
  env: Record<string, string> = {},
  onSleep?: (stop: AbortController) => void,
) {
  const out: string[] = [];
  const err: string[] = [];
  const stop = new AbortController();
  const code = await recordFacts(args, {
    env: { PVL_TWIN_URL: twin.url, ...env },
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    now: Date.now,
    elapsedMs: () => elapsed,
    sleep: async (ms) => {
      elapsed += ms;
      twin.advance(ms);
      onSleep?.(stop);
    },
    stopped: stop.signal,
  });
  const report = out.length === 0 ? undefined : (JSON.parse(out.join('\n')) as FactsReport);
  return { code, report, err: err.join('\n') };
}

/** The answer to the question that begins so. */
function fact(report: FactsReport | undefined, question: string): unknown {
  const found = report?.facts.find((one) => one.question.startsWith(question));
  if (found === undefined) throw new Error(`Nobody asked: ${question}`);
  return 'answer' in found ? found.answer : { notMeasured: found.notMeasured };
}

const endpointsThatExist = () => twin.engine.inspect().map(({ EndpointId }) => EndpointId);

const sent = (action: string) => twin.journal.requests.filter((request) => request.action === action);

describe('record-facts', () => {
  test('tells what it would do, and sends nothing, until it is told --yes', async () => {
    const { code, report, err } = await record(['-f', file, '--create']);
    expect({ code, report }).toEqual({ code: 2, report: undefined });
    expect(err).toMatch(/^TWIN, region cn-huhehaote/);
    expect(err).toContain('MAKES AN ENDPOINT');
    expect(twin.journal.requests).toEqual([]);
  });

  test.each([
    { args: [], reason: '-f is missing' },
    { args: ['-f', 'FILE', '--region', 'cn-beijing', '--yes'], reason: 'the request names "cn-huhehaote"' },
    { args: ['-f', 'no-such-file.json', '--yes'], reason: 'no such file' },
    { args: ['-f', 'FILE', '--everything', '--yes'], reason: '--everything' },
    { args: ['-f', 'FILE', '--account', 'a/b', '--yes'], reason: 'no name of an account' },
  ])('$args is refused: $reason', async ({ args, reason }) => {
    const { code, err } = await record(args.map((arg) => (arg === 'FILE' ? file : arg)));
    expect(code).toBe(2);
    expect(err).toContain(reason);
    expect(twin.journal.requests).toEqual([]);
  });

  test('refuses what is no input of a provision', async () => {
    writeFileSync(file, JSON.stringify({ request: { RegionId: 'cn-huhehaote' } }));
    const { code, err } = await record(['-f', file, '--yes']);
    expect(code).toBe(2);
    expect(err).toContain('request.VpcId: is missing');
  });

  test('with settings that cannot be used exits with 78', async () => {
    const { code, err } = await record(['-f', file, '--yes'], { PVL_NETWORK: 'nowhere' });
    expect(code).toBe(78);
    expect(err).toContain('PVL_NETWORK');
  });
});

describe('record-facts without --create', () => {
  test('creates nothing: every create call is a dry run, whatever the file says', async () => {
    writeFileSync(file, JSON.stringify({ request: { ...INPUT.request, DryRun: false, ClientToken: 'mine' } }));
    const { code } = await record(['-f', file, '--yes']);
    expect(code).toBe(0);
    expect(sent('CreateVpcEndpoint').length).toBeGreaterThan(5);
    expect(sent('CreateVpcEndpoint').filter(({ parameters }) => parameters['DryRun'] !== 'true')).toEqual([]);
    expect(twin.journal.effects).toEqual([]);
  });

  test('finds out how the twin is set', async () => {
    const { report } = await record(['-f', file, '--yes']);
    expect(report).toMatchObject({ cloud: 'twin', RegionId: 'cn-huhehaote', endpointsMade: [], leftovers: [] });
    expect(fact(report, 'How does the service answer a dry run')).toMatchObject({
      status: 400,
      code: 'DryRunOperation',
    });
    expect(fact(report, 'Does a dry run use up')).toMatchObject({ answer: 'no' });
    expect(fact(report, 'Is the case of parameter names')).toEqual({ ip: 'IllegalParam.Ip', Ip: 'DryRunOperation' });
    expect(fact(report, 'Which EndpointType does a request')).toMatchObject({ type: 'Interface' });
    expect(fact(report, 'How far is the clock')).toEqual({ aheadOfServiceSeconds: expect.any(Number) as number });
    expect(fact(report, 'Which HTTP statuses')).toMatchObject([
      { status: 404, code: 'InvalidAction.NotFound' },
      { status: 400, code: 'MissingEndpointId' },
      { status: 400, code: 'EndpointNotFound' },
      { status: 400 },
      { status: 400 },
      {},
      { status: 400, code: 'IllegalParam.AddressIpVersion' },
    ]);
    expect(fact(report, 'Does ListVpcEndpoints carry')).toEqual({ notMeasured: 'the region has no endpoint' });
    expect(fact(report, 'Which headers')).toMatchObject({ names: expect.arrayContaining(['date']) as string[] });
  });

  test.each([true, false])('sees whether dry runs use up their token: %j', async (dryRunConsumesToken) => {
    twin.engine.configure({ switches: { dryRunConsumesToken } });
    const { report } = await record(['-f', file, '--yes']);
    expect(fact(report, 'Does a dry run use up')).toMatchObject({ answer: dryRunConsumesToken ? 'yes' : 'no' });
  });

  test('says why where it could not measure', async () => {
    twin.engine.configure({ missing: ['vpc-1'] });
    const { code, report } = await record(['-f', file, '--yes']);
    expect(code).toBe(0);
    expect(fact(report, 'Does a dry run use up')).toEqual({
      notMeasured: 'the dry run of the request does not pass: VpcNotFound',
    });
    expect(fact(report, 'How are lists paged')).toHaveLength(2);
  });

  test('records rate limits', async () => {
    twin.faults.add({ action: 'ListVpcEndpoints', effect: { kind: 'throttle', timeLeftMs: 1_500 } });
    const { report } = await record(['-f', file, '--yes']);
    expect(fact(report, 'Which headers')).toMatchObject({
      limits: [
        { action: 'ListVpcEndpoints', name: expect.stringContaining('ratelimit') as string },
        { action: 'ListVpcEndpoints', name: 'x-acs-retry-after' },
      ],
    });
  });

  test('holds no key and no signature, even where the service repeats them', async () => {
    twin.faults.add({
      action: '*',
      times: 'always',
      effect: {
        kind: 'code',
        code: 'SignatureDoesNotMatch',
        message: 'server string to sign is:POST&%2F&AccessKeyId%3Dtestid%26Signature%3Dabc testid testsecret',
      },
    });
    const { report, err } = await record(['-f', file, '--yes']);
    expect(JSON.stringify(report) + err).not.toMatch(/testid|testsecret|%26Signature/);
    expect(JSON.stringify(report)).toContain('SignatureDoesNotMatch');
  });
});

describe('record-facts with --create', () => {
  test('makes one endpoint, measures it, and deletes it', async () => {
    const { code, report } = await record(['-f', file, '--create', '--yes']);
    expect({ code, leftovers: report?.leftovers }).toEqual({ code: 0, leftovers: [] });
    expect(report?.endpointsMade).toHaveLength(1);
    expect(endpointsThatExist()).toEqual([]);
    expect(fact(report, 'What does CreateVpcEndpoint')).toMatchObject({ body: { EndpointStatus: 'Creating' } });
    expect(fact(report, 'When do Get and List')).toEqual({ getAfterMs: 0, listAfterMs: 0, codesOfGetBefore: [] });
    expect(fact(report, 'Does the same call')).toEqual({ outcome: 'success (HTTP 200)', sameEndpoint: true });
    expect(fact(report, 'What does another call')).toEqual({ outcome: 'IdempotenceSignatureMismatch' });
    expect(fact(report, 'How long does an endpoint')).toEqual({
      activeAfterMs: 30_000,
      changes: [
        { atMs: 0, seen: 'Creating, Disconnected' },
        { atMs: 30_000, seen: 'Active, Connected' },
      ],
    });
    expect(fact(report, 'Which EndpointType has')).toBe('Interface');
    expect(fact(report, 'Does ListVpcEndpoints carry')).toEqual({ items: 1, withTags: 1 });
    expect(fact(report, 'Do several tags')).toBe('all of them (AND)');
    expect(JSON.stringify(fact(report, 'How is an endpoint deleted'))).toMatch(/RemoveZoneFromVpcEndpoint.*"gone"/);
  });

  test('sees how late Get and List show a new endpoint', async () => {
    twin.engine.configure({ switches: { getVisibleAfterMs: 1_000, listVisibleAfterMs: 2_000 } });
    const { report } = await record(['-f', file, '--create', '--yes']);
    expect(fact(report, 'When do Get and List')).toEqual({
      getAfterMs: 1_000,
      listAfterMs: 2_000,
      codesOfGetBefore: ['EndpointNotFound'],
    });
    expect(endpointsThatExist()).toEqual([]);
  });

  test('removes an endpoint of which it never learnt the id', async () => {
    await record(['-f', file, '--yes']);
    const dryRuns = sent('CreateVpcEndpoint').length;
    twin.faults.add({ action: 'CreateVpcEndpoint', nth: dryRuns + 1, effect: { kind: 'loseResponse' } });
    const { code, report } = await record(['-f', file, '--create', '--yes']);
    expect(code).toBe(0);
    expect(twin.journal.endpointsMade()).toHaveLength(1);
    expect(report?.endpointsMade).toEqual([]);
    expect(fact(report, 'What does CreateVpcEndpoint')).toMatchObject({
      notMeasured: expect.stringContaining('made nothing') as string,
    });
    expect(endpointsThatExist()).toEqual([]);
  });

  test('deletes after an interruption', async () => {
    const { code, report } = await record(['-f', file, '--create', '--yes'], {}, (stop) => stop.abort());
    expect(code).toBe(0);
    expect(report?.endpointsMade).toHaveLength(1);
    expect(fact(report, 'How long does an endpoint')).toEqual({ notMeasured: 'interrupted' });
    expect(endpointsThatExist()).toEqual([]);
  });

  test('names what it could not delete, and exits with 1', async () => {
    twin.faults.add({
      action: 'DeleteVpcEndpoint',
      times: 'always',
      effect: { kind: 'code', code: 'EndpointProtected' },
    });
    const { code, report, err } = await record(['-f', file, '--create', '--yes']);
    expect(code).toBe(1);
    expect(report?.leftovers).toEqual(report?.endpointsMade);
    expect(err).toContain(`Could not remove ${String(report?.leftovers[0])}`);
  });

  test('touches no endpoint but its own', async () => {
    const other = { RegionId: 'cn-huhehaote', VpcId: 'vpc-2', ServiceId: 'epsrv-2', 'SecurityGroupId.1': 'sg-1' };
    const made = twin.engine.call({
      action: 'CreateVpcEndpoint',
      parameters: { ...other, 'Tag.1.Key': 'team', 'Tag.1.Value': 'shop' },
      accountId: '1000000000000001',
    });
    await record(['-f', file, '--create', '--yes']);
    expect(endpointsThatExist()).toEqual([made.body['EndpointId']]);
  });

  test('writes the report to a file', async () => {
    const path = join(folder, 'facts.json');
    const { report } = await record(['-f', file, '--out', path, '--yes']);
    expect(report).toBeUndefined();
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ cloud: 'twin' });
  });
});
