import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunView } from '../../src/client/run-view.js';
import { startLocalStack, type LocalStack } from '../../src/cli/local-stack.js';
import type { ProvisionResult } from '../../src/contract/result.js';
import { WORKFLOW_TAG } from '../../src/model/owner-tags.js';
import { chooseFreePort } from '../../src/temporal/free-port.js';
import { callsOfRuns } from '../support/calls-of-runs.js';
import { startProgram, until, type RunningProgram } from '../support/program-process.js';

const LIB = new URL('../../lib/', import.meta.url);
const PVLCTL = fileURLToPath(new URL('cli/main.js', LIB));
const WORKER = fileURLToPath(new URL('worker.js', LIB));

const SOON_MS = 500;
const NEVER_MS = 3_600_000;

const UNNAMED_REQUEST = {
  RegionId: 'cn-huhehaote',
  VpcId: 'vpc-1',
  ServiceId: 'epsrv-1',
  SecurityGroupId: ['sg-1'],
  Zone: [{ ZoneId: 'cn-huhehaote-b', VSwitchId: 'vsw-1' }],
};

const folder = mkdtempSync(join(tmpdir(), 'pvl-cli-'));
let stack: LocalStack;
let number = 0;

beforeAll(async () => {
  if (!existsSync(PVLCTL)) throw new Error('lib/ is missing: run `npm run build` first, or `npm run test:e2e`');
  stack = await startLocalStack({
    dbFilename: join(folder, 'temporal.db'),
    logDirectory: folder,
    timeToActive: { afterMs: SOON_MS },
    ui: false,
    workerFile: WORKER,
    log: (text) => process.stderr.write(`${text}\n`),
  });
});
afterAll(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
});

const becomesActiveAfter = (afterMs: number) => stack.twin.engine.configure({ timeToActive: { afterMs } });

/** A file with a request that no other test asks for, and an id for it. */
function newRequest(fields: Record<string, unknown> = {}): { file: string; id: string; name: string } {
  const name = `e2e-${++number}`;
  const request = { ...UNNAMED_REQUEST, EndpointName: name, ...fields };
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify({ request }));
  return { file, id: `provision/default/cn-huhehaote/vpc-1/epsrv-1/${name}`, name };
}

/** Start `pvlctl` with nothing of our environment but what it needs. */
function start(args: readonly string[], env: Record<string, string> = {}, stdin = ''): RunningProgram {
  const surroundings = { PATH: process.env['PATH'], HOME: folder, TEMPORAL_ADDRESS: stack.temporal.address };
  return startProgram(PVLCTL, args, { cwd: folder, env: { ...surroundings, ...env }, stdin });
}

const pvlctl = (...args: readonly string[]) => start(args).ended;

const endpointsOf = (id: string) => stack.twin.journal.endpointsMade({ Key: WORKFLOW_TAG, Value: id });

describe('a run from start to end', () => {
  beforeEach(() => becomesActiveAfter(SOON_MS));

  test('provision prints the ready endpoint as text, and nothing else on standard output', async () => {
    const { file, id } = newRequest();
    const { code, stdout, stderr } = await pvlctl('provision', '-f', file);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const [endpointId] = endpointsOf(id);
    expect(stdout).toMatch(/^outcome +created$/m);
    expect(stdout).toMatch(new RegExp(`^endpoint +${String(endpointId)}$`, 'm'));
    expect(stdout).toMatch(/^zone +cn-huhehaote-b \d+\.\d+\.\d+\.\d+ /m);
    expect(stdout).toMatch(new RegExp(`^workflow id +${id}$`, 'm'));
    expect(stderr).toBe(`${stderr.split('\n')[0] ?? ''}\n`);
  });

  test('provision prints one JSON object, also from standard input', async () => {
    const input = JSON.stringify({ request: { ...UNNAMED_REQUEST, VpcId: 'vpc-json' } });
    const { code, stdout, stderr } = await start(['provision', '-f', '-', '-o', 'json'], {}, input).ended;
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as ProvisionResult & { workflowId: string };
    expect(result).toMatchObject({ outcome: 'created', endpoint: { EndpointStatus: 'Active', VpcId: 'vpc-json' } });
    expect(stderr).toContain('derived from the hash of the request');
    expect(endpointsOf(result.workflowId)).toEqual([result.endpoint?.EndpointId]);
  });

  test('no-wait returns the ids; status and result follow the run', async () => {
    const { file, id } = newRequest();
    const started = await pvlctl('provision', '-f', file, '--no-wait', '-o', 'json');
    expect(started.code).toBe(0);
    expect(JSON.parse(started.stdout)).toMatchObject({ workflowId: id, how: 'started' });

    const status = await pvlctl('status', id, '-o', 'json');
    expect(status.code).toBe(0);
    expect((JSON.parse(status.stdout) as RunView).workflowId).toBe(id);

    const result = await pvlctl('result', id, '-o', 'json');
    expect(result.code).toBe(0);
    expect(JSON.parse(result.stdout)).toMatchObject({ workflowId: id, outcome: 'created' });

    const closed = await pvlctl('status', id);
    expect(closed.stdout).toMatch(/^status +COMPLETED$/m);
    expect(closed.stdout).toMatch(/^phase +ready /m);
  });

  test('starting what ended ready returns the same result, and calls nothing', async () => {
    const { file } = newRequest();
    const first = await pvlctl('provision', '-f', file, '-o', 'json');
    const calls = callsOfRuns(stack.twin.journal);
    const second = await pvlctl('provision', '-f', file, '-o', 'json');
    expect(second.code).toBe(0);
    expect(second.stdout).toBe(first.stdout);
    expect(callsOfRuns(stack.twin.journal)).toBe(calls);
  });

  test('a refusal is a typed failure with code, request id and advice', async () => {
    stack.twin.faults.add({ action: 'CreateVpcEndpoint', effect: { kind: 'code', code: 'VpcNotFound' } });
    const { file, id } = newRequest();
    const { code, stdout, stderr } = await pvlctl('provision', '-f', file, '-o', 'json');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { type: 'RequestRejected', details: { code: 'VpcNotFound', endpointMayExist: false } },
      workflowId: id,
    });
    expect(stderr).toMatch(/^pvlctl: RequestRejected: .*VpcNotFound.*\nadvice: \S/m);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('a dry run', () => {
  afterEach(() => {
    stack.twin.faults.clear();
    stack.twin.engine.configure({ services: [] });
  });

  test('that passes exits with 0, prints every check, and creates nothing', async () => {
    const { file, id } = newRequest();
    const { code, stdout, stderr } = await pvlctl('provision', '-f', file, '--dry-run');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/^outcome +dryRunPassed: nothing was created$/m);
    for (const check of ['dryRunCall', 'service', 'zones', 'acceptance', 'endpointQuota', 'existing']) {
      expect(stdout).toMatch(new RegExp(`^pass +${check} +\\S`, 'm'));
    }
    expect(stdout).toMatch(/^unknown +addresses +The API of PrivateLink does not tell/m);
    expect(stdout).toContain(`a run of ${id} would create`);
    expect(endpointsOf(id)).toEqual([]);
    expect(endpointsOf(id.replace('provision', 'dry-run'))).toEqual([]);
  });

  test('that fails exits with 3, whatever the class of the refusal, and says all that is wrong at once', async () => {
    stack.twin.faults.add({ action: 'CreateVpcEndpoint', effect: { kind: 'code', code: 'QuotaMisMatched' } });
    stack.twin.engine.configure({ services: [{ ServiceId: 'epsrv-1', Zones: ['cn-huhehaote-a'] }] });
    const { file } = newRequest();
    const { code, stdout, stderr } = await pvlctl('provision', '-f', file, '--dry-run');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^pvlctl: QuotaExceeded: The dry run failed 2 of 7 checks:$/m);
    expect(stderr).toMatch(/^fail +dryRunCall +QuotaMisMatched: .*RequestId/m);
    expect(stderr).toMatch(/^fail +zones +The service does not serve cn-huhehaote-b; its zones are cn-huhehaote-a\./m);
    expect(stderr).toMatch(/^pass +existing /m);
  });

  test('that is failed by our checks alone exits with 3; as JSON the report is in the details', async () => {
    stack.twin.engine.configure({ services: [{ ServiceId: 'epsrv-1', listed: false }] });
    stack.twin.faults.add({ action: 'CreateVpcEndpoint', effect: { kind: 'code', code: 'DryRunOperation' } });
    const { file } = newRequest({ DryRun: false });
    const { code, stdout, stderr } = await pvlctl('provision', '-f', file, '--dry-run', '-o', 'json');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      error: {
        type: 'RequestRejected',
        details: {
          code: 'EndpointServiceNotFound',
          report: expect.arrayContaining([
            expect.objectContaining({ check: 'dryRunCall', verdict: 'pass' }),
            expect.objectContaining({ check: 'service', verdict: 'fail' }),
          ]) as unknown,
        },
      },
    });
    expect(stderr).toMatch(/^note: --dry-run wins over "DryRun": false of the input/m);
  });

  test('under an id of the caller stands in the way of no run, before or after it', async () => {
    const { file } = newRequest();
    const id = `mine-${number}`;
    const dryRun = () => pvlctl('provision', '-f', file, '--id', id, '--dry-run', '-o', 'json');
    expect((await dryRun()).code).toBe(0);
    const run = await pvlctl('provision', '-f', file, '--id', id, '-o', 'json');
    expect(JSON.parse(run.stdout)).toMatchObject({ outcome: 'created' });
    const after = JSON.parse((await dryRun()).stdout) as ProvisionResult;
    const existing = after.report?.find(({ check }) => check === 'existing');
    expect(existing).toMatchObject({ verdict: 'pass', message: expect.stringContaining('would adopt ep-') as string });
    expect(endpointsOf(id)).toHaveLength(1);
  });
});

describe('a run that waits', () => {
  beforeEach(() => becomesActiveAfter(NEVER_MS));
  afterEach(() => becomesActiveAfter(SOON_MS));

  const makeActive = (id: string) => {
    for (const endpointId of endpointsOf(id)) stack.twin.engine.setEndpoint(endpointId, { EndpointStatus: 'Active' });
  };

  test('two same starts join one run and end with one endpoint', async () => {
    const { file, id } = newRequest();
    const both = [start(['provision', '-f', file, '-o', 'json']), start(['provision', '-f', file, '-o', 'json'])];
    await until('both wait', () => both.every(({ stderr }) => /^(?:Started|Joined)/.test(stderr())));
    await until('there is an endpoint', () => endpointsOf(id).length > 0);
    makeActive(id);
    const [first, second] = await Promise.all(both.map(({ ended }) => ended));
    expect([first?.code, second?.code]).toEqual([0, 0]);
    expect(first?.stdout).toBe(second?.stdout);
    expect(`${String(first?.stderr)}${String(second?.stderr)}`).toMatch(/Joined/);
    expect(endpointsOf(id)).toHaveLength(1);
  });

  test('another request under the same id is refused with 6, and the field is named', async () => {
    const { file } = newRequest();
    const changed = newRequest({ EndpointName: 'changed' });
    await pvlctl('provision', '-f', file, '--id', 'order-6', '--no-wait');
    const { code, stderr } = await pvlctl('provision', '-f', changed.file, '--id', 'order-6');
    expect(code).toBe(6);
    expect(stderr).toMatch(/^pvlctl: RequestConflict: .*request\.EndpointName/m);
  });

  test('a cancelled run exits with 9 and says what it left behind, to whoever waits', async () => {
    const { file, id } = newRequest();
    const waiting = start(['provision', '-f', file]);
    await until('there is an endpoint', () => endpointsOf(id).length > 0);
    await until('the run knows it', async () => {
      const { stdout } = await pvlctl('status', id, '-o', 'json');
      return (JSON.parse(stdout) as RunView).state?.phase === 'waiting';
    });
    const cancelled = await pvlctl('cancel', id, '--wait', '-o', 'json');
    expect(cancelled.code).toBe(9);
    const [endpointId] = endpointsOf(id);
    expect(JSON.parse(cancelled.stdout)).toMatchObject({
      error: { type: 'Cancelled', details: { outcome: 'kept', endpointId } },
      workflowId: id,
    });
    const { code, stderr } = await waiting.ended;
    expect(code).toBe(9);
    expect(stderr).toMatch(new RegExp(`^endpoint: ${String(endpointId)} \\(kept\\)$`, 'm'));

    expect((await pvlctl('cancel', id)).code).toBe(10);
  });

  test('Ctrl-C detaches with 130, and the run goes on', async () => {
    const { file, id } = newRequest();
    const waiting = start(['provision', '-f', file]);
    await until('it waits', () => waiting.stderr().startsWith('Started'));
    await until('there is an endpoint', () => endpointsOf(id).length > 0);
    waiting.kill('SIGINT');
    const { code, stdout, stderr } = await waiting.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain(`pvlctl result ${id}`);
    expect(stderr).toContain(`pvlctl cancel ${id}`);

    makeActive(id);
    expect((await pvlctl('result', id)).code).toBe(0);
  });

  test('a killed worker is replaced, and the run ends ready with one endpoint', async () => {
    const { file, id } = newRequest();
    const waiting = start(['provision', '-f', file, '-o', 'json']);
    await until('there is an endpoint', () => endpointsOf(id).length > 0);
    const { pid } = stack.worker;
    expect(await stack.worker.kill('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
    makeActive(id);
    await stack.worker.restart();
    expect(stack.worker.pid).not.toBe(pid);
    expect((await waiting.ended).code).toBe(0);
    expect(endpointsOf(id)).toHaveLength(1);
  });
});

describe('a server that is killed and started again', () => {
  test('on its file and port ends neither the run nor the waiting for it', async () => {
    becomesActiveAfter(NEVER_MS);
    const { file, id } = newRequest();
    const waiting = start(['provision', '-f', file, '-o', 'json']);
    await until('there is an endpoint', () => endpointsOf(id).length > 0);
    await stack.server.kill();
    await stack.server.restart();
    for (const endpointId of endpointsOf(id)) stack.twin.engine.setEndpoint(endpointId, { EndpointStatus: 'Active' });
    expect(await waiting.ended).toMatchObject({ code: 0 });
    expect(endpointsOf(id)).toHaveLength(1);
  });
});

describe('what is refused before anything starts', () => {
  test('bad input exits with 2, lists every problem, and not one call reaches the cloud', async () => {
    const input = JSON.stringify({ request: { RegionId: 'cn-beijing', VpcID: 'vpc-1', Zone: 'b' }, account: 'a/b' });
    const args = ['provision', '-f', '-', '--id', 'never-started'];
    const { code, stdout, stderr } = await start(args, {}, input).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const path of ['request.VpcId', 'request.VpcID', 'request.Zone', 'request.ServiceId', 'account']) {
      expect(stderr).toContain(`- ${path}: `);
    }
    expect((await pvlctl('status', 'never-started')).code).toBe(10);
    // No other test uses this region.
    const calls = stack.twin.journal.requests.filter(({ parameters }) => parameters.RegionId === 'cn-beijing');
    expect(calls).toEqual([]);
  });

  test('a server that is not there exits with 69 within seconds, and is named', async () => {
    const { file } = newRequest();
    const address = `127.0.0.1:${await chooseFreePort()}`;
    const { code, stderr } = await start(['provision', '-f', file], { TEMPORAL_ADDRESS: address }).ended;
    expect(code).toBe(69);
    expect(stderr).toMatch(new RegExp(`^pvlctl: ServerUnusable: .*${address}.*namespace default.*pvlctl dev`));
  }, 15_000);

  test('a namespace that is not there exits with 69, and is named', async () => {
    const { code, stderr } = await start(['status', 'any'], { TEMPORAL_NAMESPACE: 'elsewhere' }).ended;
    expect(code).toBe(69);
    expect(stderr).toContain('no namespace elsewhere');
  });

  test('a profile that is not there exits with 78', async () => {
    const { code, stderr } = await start(['status', 'any'], { TEMPORAL_PROFILE: 'elsewhere' }).ended;
    expect({ code, stderr }).toMatchObject({ code: 78 });
  });
});
