import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { OrphanedEndpoint, OrphanReport } from '../../../src/contract/orphans.js';
import { INPUT, pvlctl, RESULT } from './fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'pvl-orphans-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ORPHAN: OrphanedEndpoint = {
  EndpointId: 'ep-1',
  EndpointName: 'orders',
  EndpointStatus: 'Active',
  VpcId: 'vpc-1',
  ServiceId: 'epsrv-1',
  CreateTime: '2026-01-01T00:00:00Z',
  workflowId: 'order-17',
  reason: 'noRun',
};
const OLD: OrphanedEndpoint = { EndpointId: 'ep-2', workflowId: 'order-18', reason: 'olderThanRetention' };

const REPORT: OrphanReport = {
  scannedAt: '2026-01-02T00:00:00.000Z',
  account: 'default',
  RegionId: 'cn-huhehaote',
  installation: 'default',
  olderThan: '10m',
  retention: '3d',
  scanned: 14,
  accounted: 10,
  tooYoung: 1,
  deleting: 1,
  orphans: [ORPHAN],
  unaccounted: [OLD],
  totals: { orphans: 1, unaccounted: 1 },
};
const CLEAN: OrphanReport = { ...REPORT, orphans: [], unaccounted: [], totals: { orphans: 0, unaccounted: 0 } };

const ARGS = ['orphans', '--region', 'cn-huhehaote'];
const finding = (report: OrphanReport = REPORT) => ({ findOrphans: vi.fn(async () => report) });

let files = 0;
function requestFile(input: unknown = INPUT): string {
  files += 1;
  const file = join(folder, `request-${files}.json`);
  writeFileSync(file, JSON.stringify(input));
  return file;
}

describe('pvlctl orphans', () => {
  test('prints the counts, the orphans and what settles each of them, and exits with 11', async () => {
    const client = finding();
    const { exitCode, stdout } = await pvlctl(ARGS, { client });
    expect(exitCode).toBe(11);
    expect(client.findOrphans).toHaveBeenCalledWith(
      { RegionId: 'cn-huhehaote', account: 'default', olderThan: '10m' },
      { workflowId: 'orphans/default/cn-huhehaote' },
    );
    expect(stdout).toMatch(/^with a run +10$/m);
    expect(stdout).toMatch(/^ep-1 +Active +2026-01-01T00:00:00Z +vpc-1 +epsrv-1 +orders +order-17$/m);
    expect(stdout).toMatch(/^ep-2 +- +- +- +- +- +order-18$/m);
    expect(stdout).toContain('  pvlctl orphans --region cn-huhehaote --adopt ep-1 -f request.json\n');
    expect(stdout).toContain('  pvlctl orphans --region cn-huhehaote --remove ep-1\n');
    expect(stdout).not.toContain('--remove ep-2');
    expect(stdout).toContain('pvlctl delete ENDPOINT_ID --region cn-huhehaote');
  });

  test('prints the report as JSON, exactly', async () => {
    const { exitCode, stdout } = await pvlctl([...ARGS, '-o', 'json'], { client: finding() });
    expect(exitCode).toBe(11);
    expect(JSON.parse(stdout)).toEqual(REPORT);
  });

  test('exits with 0 where there are none, also where some are unaccounted', async () => {
    expect((await pvlctl(ARGS, { client: finding(CLEAN) })).exitCode).toBe(0);
    const unaccounted = { ...CLEAN, unaccounted: [OLD], totals: { orphans: 0, unaccounted: 1 } };
    const { exitCode, stdout } = await pvlctl(ARGS, { client: finding(unaccounted) });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('the server may simply have forgotten it');
  });

  test('names the account in the commands, and asks for the age that was given', async () => {
    const client = finding({ ...REPORT, account: 'team-a' });
    const { stdout } = await pvlctl([...ARGS, '--account', 'team-a', '--older-than', '2h'], { client });
    expect(client.findOrphans).toHaveBeenCalledWith(
      { RegionId: 'cn-huhehaote', account: 'team-a', olderThan: '2h' },
      { workflowId: 'orphans/team-a/cn-huhehaote' },
    );
    expect(stdout).toContain('pvlctl orphans --region cn-huhehaote --account team-a --remove ep-1');
  });

  test('says how many are not listed', async () => {
    const report: OrphanReport = { ...REPORT, totals: { orphans: 1_500, unaccounted: 1 }, truncated: true };
    expect((await pvlctl(ARGS, { client: finding(report) })).stdout).toContain('1500; the 1 oldest are listed');
  });

  test.each([
    { args: [], reason: 'no region' },
    { args: ['--region', 'Hangzhou'], reason: 'no region id' },
    { args: ['--region', 'cn-a', '--older-than', '1m'], reason: 'too young' },
    { args: ['--region', 'cn-a', '--remove', 'ep-1', '--adopt', 'ep-1', '-f', '-'], reason: 'two orders' },
    { args: ['--region', 'cn-a', '--adopt', 'ep-1'], reason: 'no request' },
    { args: ['--region', 'cn-a', '--remove', 'ep-1', '-f', '-'], reason: 'a request that nothing is done with' },
  ])('exits with 2 because of $reason, and asks nothing of a server', async ({ args }) => {
    const { exitCode, stderr, connections } = await pvlctl(['orphans', ...args], {});
    expect({ exitCode, connections }).toEqual({ exitCode: 2, connections: [] });
    expect(stderr).not.toBe('');
  });

  test('is detached by Ctrl-C and says that the sweep goes on', async () => {
    const client = { findOrphans: () => new Promise<OrphanReport>(() => undefined) };
    const { exitCode, stderr } = await pvlctl(ARGS, { client, onListening: (interrupt) => interrupt() });
    expect(exitCode).toBe(130);
    expect(stderr).toContain('Detached. The sweep goes on');
  });
});

describe('pvlctl orphans --remove', () => {
  const removing = (report?: OrphanReport) => ({
    ...finding(report),
    startDeprovision: vi.fn(async () => ({ workflowId: 'deprovision/ep-1', runId: 'run-1', how: 'started' as const })),
    result: vi.fn(async () => RESULT),
  });

  test('looks again in a sweep of its own, and has the orphan deleted as ours', async () => {
    const client = removing();
    const { exitCode } = await pvlctl([...ARGS, '--remove', 'ep-1'], { client });
    expect(exitCode).toBe(0);
    expect(client.findOrphans).toHaveBeenCalledWith(expect.anything(), {
      workflowId: 'orphans/default/cn-huhehaote/ep-1',
    });
    expect(client.startDeprovision).toHaveBeenCalledWith({
      RegionId: 'cn-huhehaote',
      EndpointId: 'ep-1',
      account: 'default',
      ownership: 'own',
    });
    expect(client.result).toHaveBeenCalledWith('deprovision/ep-1');
  });

  test.each([
    { id: 'ep-2', says: 'ep-2 is unaccounted', advice: 'pvlctl delete ep-2 --region cn-huhehaote' },
    { id: 'ep-3', says: 'ep-3 is no orphan of default in cn-huhehaote', advice: 'See the whole report' },
  ])('refuses $id, which is no orphan, and touches nothing', async ({ id, says, advice }) => {
    const client = removing();
    const { exitCode, stdout, stderr } = await pvlctl([...ARGS, '--remove', id], { client });
    expect(exitCode).toBe(6);
    expect(stdout).toBe('');
    expect(stderr).toContain(`pvlctl: NotAnOrphan: ${says}`);
    expect(stderr).toContain(advice);
    expect(client.startDeprovision).not.toHaveBeenCalled();
    const json = await pvlctl([...ARGS, '--remove', id, '-o', 'json'], { client });
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { type: 'NotAnOrphan' } });
  });
});

describe('pvlctl orphans --adopt', () => {
  const adopting = (report?: OrphanReport) => ({
    ...finding(report),
    start: vi.fn(async () => ({ workflowId: 'order-17', runId: 'run-2', how: 'started' as const })),
    result: vi.fn(async () => ({ ...RESULT, outcome: 'adopted' as const })),
  });
  const adopt = (client: ReturnType<typeof adopting>, input?: unknown, ...more: string[]) =>
    pvlctl([...ARGS, '--adopt', 'ep-1', '-f', requestFile(input), ...more], { client });

  test('runs the workflow id of the tag with the request, and prints what it ends with', async () => {
    const client = adopting();
    const { exitCode, stdout } = await adopt(client);
    expect(exitCode).toBe(0);
    expect(client.start).toHaveBeenCalledWith({ ...INPUT, account: 'default' }, { workflowId: 'order-17' });
    expect(stdout).toContain('adopted');
  });

  test('takes the account of the sweep where the input names none', async () => {
    const client = adopting({ ...REPORT, account: 'team-a' });
    await adopt(client, INPUT, '--account', 'team-a');
    expect(client.start).toHaveBeenCalledWith({ ...INPUT, account: 'team-a' }, { workflowId: 'order-17' });
  });

  test.each([
    { reason: 'another account', input: { ...INPUT, account: 'team-b' }, says: 'its account is "team-b"' },
    {
      reason: 'another region',
      input: { request: { ...INPUT.request, RegionId: 'cn-hangzhou' } },
      says: 'its RegionId is not cn-huhehaote',
    },
    { reason: 'a dry run', input: { request: { ...INPUT.request, DryRun: true } }, says: 'a dry run adopts nothing' },
    { reason: 'no look-up', input: { ...INPUT, ownerTags: false }, says: 'another endpoint is made' },
    { reason: 'no adoption', input: { ...INPUT, ifExists: 'fail' }, says: 'ifExists is "fail"' },
    { reason: 'a broken input', input: { request: {} }, says: 'InvalidInput' },
  ])('refuses an input with $reason before anything is asked of a server', async ({ input, says }) => {
    const client = adopting();
    const { exitCode, stderr, connections } = await adopt(client, input);
    expect({ exitCode, connections }).toEqual({ exitCode: 2, connections: [] });
    expect(stderr).toContain(says);
  });

  test('refuses what is no orphan', async () => {
    const client = adopting(CLEAN);
    expect((await adopt(client)).exitCode).toBe(6);
    expect(client.start).not.toHaveBeenCalled();
  });

  test('refuses one of several with the tag of one workflow id: a run would choose', async () => {
    const second = { ...ORPHAN, EndpointId: 'ep-9' };
    const client = adopting({ ...REPORT, orphans: [ORPHAN, second], totals: { orphans: 2, unaccounted: 1 } });
    const { exitCode, stderr } = await adopt(client);
    expect(exitCode).toBe(6);
    expect(stderr).toContain('ep-9');
    expect(client.start).not.toHaveBeenCalled();
  });
});
