import { describe, expect, test } from 'vitest';
import type { FleetFilter, FleetItem } from '../../../src/client/fleet.js';
import { pvlctl } from './fixture.js';

const ITEM: FleetItem = {
  workflowId: 'order-17',
  runId: 'run-1',
  workflowType: 'provisionVpcEndpoint',
  status: 'RUNNING',
  account: 'prod',
  RegionId: 'cn-huhehaote',
  VpcId: 'vpc-1',
  ServiceId: 'epsrv-1',
  EndpointId: 'ep-1',
  phase: 'waiting',
  startedAt: '2026-01-01T00:00:00.000Z',
};

/** A run that has written nothing of itself. */
const SILENT: FleetItem = {
  workflowId: 'order-18-with-a-long-id',
  runId: 'run-2',
  workflowType: 'provisionVpcEndpoint',
  status: 'RUNNING',
  startedAt: '2025-12-30T22:00:10.000Z',
};

/** A client whose list has these items, and what it was asked for. */
function clientWith(...items: readonly FleetItem[]) {
  const asked: (FleetFilter | undefined)[] = [];
  async function* list(filter?: FleetFilter) {
    asked.push(filter);
    yield* items.slice(0, filter?.limit);
  }
  return { asked, client: { list } };
}

describe('pvlctl list', () => {
  test('prints an aligned table, with a dash for what is not known', async () => {
    const { client } = clientWith(ITEM, SILENT);
    const { exitCode, stdout, stderr } = await pvlctl(['list'], { client });
    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
    expect(stdout.split('\n')).toEqual([
      'WORKFLOW ID              PHASE    ENDPOINT  REGION        SERVICE  AGE',
      'order-17                 waiting  ep-1      cn-huhehaote  epsrv-1  10s',
      'order-18-with-a-long-id  -        -         -             -        1d 2h',
    ]);
  });

  test.each([
    { item: { ...ITEM, phase: 'failed', failureClass: 'quota', status: 'FAILED' }, shown: 'failed (quota)' },
    { item: { ...ITEM, status: 'TERMINATED' }, shown: 'waiting (TERMINATED)' },
    { item: { ...ITEM, phase: 'cancelled', status: 'CANCELLED' }, shown: 'cancelled  ep-1' },
  ])('says $shown', async ({ item, shown }) => {
    const { stdout } = await pvlctl(['list'], { client: clientWith(item).client });
    expect(stdout).toContain(shown);
  });

  test('lets no text of a run steer the terminal', async () => {
    const { client } = clientWith({ ...ITEM, ServiceId: 'a\u001b[2J\nb' });
    const { stdout } = await pvlctl(['list'], { client });
    expect(stdout.split('\n')).toHaveLength(2);
    expect(stdout).not.toContain('\u001b');
  });

  test('with -o json prints one object a line', async () => {
    const { client } = clientWith(ITEM, SILENT);
    const { stdout } = await pvlctl(['list', '-o', 'json'], { client });
    expect(stdout.split('\n').map((line) => JSON.parse(line) as unknown)).toEqual([ITEM, SILENT]);
  });

  test.each(['text', 'json'])('says that nothing was found, on stderr, and exits with 0 (%s)', async (format) => {
    const { exitCode, stdout, stderr } = await pvlctl(['list', '-o', format], { client: clientWith().client });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stderr).toBe('No run was found.');
  });

  test('hands every option to the client', async () => {
    const { asked, client } = clientWith();
    const args = ['--account', 'prod', '--region', 'cn-hangzhou', '--vpc', 'vpc-1', '--service', 'epsrv-1'];
    const more = ['--endpoint', 'ep-1', '--phase', 'failed', '--failure-class', 'deadline', '--closed', '--limit', '7'];
    await pvlctl(['list', ...args, ...more], { client });
    expect(asked).toEqual([
      {
        account: 'prod',
        RegionId: 'cn-hangzhou',
        VpcId: 'vpc-1',
        ServiceId: 'epsrv-1',
        EndpointId: 'ep-1',
        phase: 'failed',
        failureClass: 'deadline',
        status: 'closed',
        limit: 8,
      },
    ]);
  });

  test('without options asks for one more than the 50 that it shows', async () => {
    const { asked, client } = clientWith();
    await pvlctl(['list'], { client });
    await pvlctl(['list', '--open'], { client });
    expect(asked).toEqual([{ limit: 51 }, { limit: 51, status: 'open' }]);
  });

  test('says when there is more than the limit, and not when there is just as much', async () => {
    const { client } = clientWith(ITEM, SILENT);
    const more = await pvlctl(['list', '--limit', '1'], { client });
    expect(more.stdout).toContain('order-17');
    expect(more.stdout).not.toContain('order-18');
    expect(more.stderr).toMatch(/more than these 1/);
    const all = await pvlctl(['list', '--limit', '2'], { client });
    expect(all.stderr).toBe('');
  });

  test.each([
    { args: ['--open', '--closed'], reason: 'both at once' },
    { args: ['--phase', 'sleeping'], reason: 'no phase' },
    { args: ['--failure-class', 'bad'], reason: 'no class' },
    { args: ['--limit', '0'], reason: 'no limit' },
    { args: ['--limit', '1e9'], reason: 'no limit' },
    { args: ['--account', 'a/b'], reason: 'no account' },
    { args: ['order-17'], reason: 'it takes no argument' },
  ])('$args exits with 2: $reason', async ({ args }) => {
    const { exitCode, stdout, connections } = await pvlctl(['list', ...args]);
    expect({ exitCode, stdout, connections }).toEqual({ exitCode: 2, stdout: '', connections: [] });
  });
});
