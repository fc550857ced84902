import { describe, expect, test, vi } from 'vitest';
import { ProvisionCancelledError, ProvisionFailedError, RequestConflictError } from '../../../src/client/errors.js';
import type { RunClient } from '../../../src/cli/command-context.js';
import type { DeprovisionResult } from '../../../src/contract/deprovision.js';
import type { FailureDetails, FailureType } from '../../../src/contract/result.js';
import { DETAILS, pvlctl, REPORT, VIEW } from './fixture.js';

const ID = 'deprovision/ep-1';
const DELETE = ['delete', 'ep-1', '--region', 'cn-huhehaote'];
const REMOVED: DeprovisionResult = {
  outcome: 'deleted',
  EndpointId: 'ep-1',
  lastSeen: { at: '2026-01-01T00:00:40.000Z', EndpointStatus: 'Deleting' },
  zonesRemoved: ['z-1', 'z-2'],
  times: { startedAt: '2026-01-01T00:00:00.000Z', absentAt: '2026-01-01T00:00:42.000Z' },
  attempts: [],
};
const REMAINS = { EndpointId: 'ep-1', EndpointStatus: 'Active', zones: [{ ZoneId: 'z-2', ZoneStatus: 'Connected' }] };

/** A client whose run ends as told. */
function removingClient(
  result: () => Promise<DeprovisionResult> = async () => REMOVED,
  how: 'started' | 'joined' = 'started',
) {
  return {
    startDeprovision: vi.fn<RunClient['startDeprovision']>(async () => ({ workflowId: ID, runId: 'run-1', how })),
    // The client says so of provisions; of a removal it is this.
    result: result as unknown as RunClient['result'],
    state: async () => VIEW,
  };
}

function failing(type: FailureType, details: Partial<FailureDetails> = {}) {
  return async (): Promise<DeprovisionResult> => {
    throw new ProvisionFailedError(ID, type, `${type}: no`, { ...DETAILS, ...details }, undefined);
  };
}

describe('pvlctl delete', () => {
  test('starts the removal, waits for it and prints what it ended with', async () => {
    const client = removingClient();
    const { exitCode, stdout, stderr } = await pvlctl(DELETE, { client });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^outcome +deleted\nendpoint +ep-1\nzones removed +z-1, z-2\nlast seen +Deleting\ntime +42s\n/,
    );
    expect(stderr).toBe(`Started the run ${ID} (run id run-1).`);
    expect(client.startDeprovision).toHaveBeenCalledExactlyOnceWith({ RegionId: 'cn-huhehaote', EndpointId: 'ep-1' });
  });

  test('hands every option on', async () => {
    const client = removingClient();
    const options = ['--account', 'prod', '--any-owner', '--timeout', '2h', '--task-queue', 'mine'];
    const { connections } = await pvlctl([...DELETE, ...options], { client });
    expect(client.startDeprovision.mock.lastCall?.[0]).toEqual({
      RegionId: 'cn-huhehaote',
      EndpointId: 'ep-1',
      account: 'prod',
      ownership: 'any',
      timeouts: { deleted: '2h' },
    });
    expect(connections).toMatchObject([{ taskQueue: 'mine' }]);
  });

  test('prints one object with -o json, and the ids alone with --no-wait', async () => {
    const waited = await pvlctl([...DELETE, '-o', 'json'], { client: removingClient() });
    expect(JSON.parse(waited.stdout)).toEqual({ workflowId: ID, ...REMOVED });
    const client = { startDeprovision: removingClient().startDeprovision };
    const left = await pvlctl([...DELETE, '--no-wait', '-o', 'json'], { client });
    expect(left.exitCode).toBe(0);
    expect(JSON.parse(left.stdout)).toEqual({ workflowId: ID, runId: 'run-1', how: 'started' });
  });

  test('says that it joined, and that nothing was there', async () => {
    const absent = async (): Promise<DeprovisionResult> => ({ ...REMOVED, outcome: 'absent', zonesRemoved: [] });
    const { exitCode, stdout, stderr } = await pvlctl(DELETE, { client: removingClient(absent, 'joined') });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^outcome +absent: no such endpoint was there/);
    expect(stdout).not.toContain('zones removed');
    expect(stderr).toContain('which is under way');
  });

  test('checks the arguments before it asks anything of a server, all at once', async () => {
    const args = ['delete', 'vpc-1', '--region', 'X', '--timeout', 'soon'];
    const { exitCode, stderr, connections } = await pvlctl(args);
    expect(exitCode).toBe(2);
    for (const path of ['EndpointId', 'RegionId', 'timeouts.deleted']) expect(stderr).toContain(`- ${path}: `);
    expect(connections).toEqual([]);
    expect((await pvlctl(['delete', 'ep-1'])).exitCode).toBe(2);
  });

  test.each([
    { type: 'EndpointNotOwned', code: 6 },
    { type: 'EndpointProtected', code: 4 },
    { type: 'AccessDenied', code: 4 },
    { type: 'RequestRejected', code: 3 },
    { type: 'DeadlineExceeded', code: 8 },
  ] as const)('exits with $code after $type, and prints what remains', async ({ type, code }) => {
    const details = { endpointId: 'ep-1', endpointMayExist: true, remains: REMAINS };
    const { exitCode, stdout, stderr } = await pvlctl(DELETE, { client: removingClient(failing(type, details)) });
    expect(exitCode).toBe(code);
    expect(stdout).toBe('');
    expect(stderr).toContain(`pvlctl: ${type}: `);
    expect(stderr).toContain('endpoint: ep-1 Active, zones z-2 Connected');
  });

  test('exits with 6 where the removal under way is another one, and with 9 where it was cancelled', async () => {
    const conflict = {
      startDeprovision: () => Promise.reject(new RequestConflictError(ID, ['account'])),
    };
    expect((await pvlctl(DELETE, { client: conflict })).exitCode).toBe(6);
    const outcome = { outcome: 'kept', endpointId: 'ep-1', reason: 'ep-1 Active, no zones' } as const;
    const cancelled = removingClient(() => Promise.reject(new ProvisionCancelledError(ID, outcome, undefined)));
    const { exitCode, stderr } = await pvlctl(DELETE, { client: cancelled });
    expect(exitCode).toBe(9);
    expect(stderr).toContain('ep-1 Active, no zones');
  });

  test('Ctrl-C detaches and leaves the run alone', async () => {
    const client = removingClient(() => new Promise<never>(() => undefined));
    const { exitCode, stderr } = await pvlctl(DELETE, { client, onListening: (send) => send() });
    expect(exitCode).toBe(130);
    expect(stderr).toContain(`attach again: pvlctl result ${ID}`);
  });
});

describe('the other commands on a removal', () => {
  test('result prints the outcome of a removal', async () => {
    const { exitCode, stdout } = await pvlctl(['result', ID], { client: removingClient() });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^outcome +deleted$/m);
  });

  test('status says what a cancelled removal left', async () => {
    const cancelOutcome = { outcome: 'kept', endpointId: 'ep-1', reason: 'ep-1 Active, no zones' } as const;
    const client = { state: async () => ({ ...VIEW, status: 'CANCELLED', cancelOutcome }) };
    const { stdout } = await pvlctl(['status', ID], { client });
    expect(stdout).toMatch(/^left behind +kept ep-1 \(ep-1 Active, no zones\)$/m);
  });

  test('explain takes its id for one of a run', async () => {
    const explain = vi.fn<RunClient['explain']>(async () => ({ ...REPORT, workflowId: ID, outcome: 'deleted' }));
    const { exitCode, stdout } = await pvlctl(['explain', ID], { client: { explain } });
    expect(exitCode).toBe(0);
    expect(explain).toHaveBeenCalledExactlyOnceWith(ID);
    expect(stdout).toMatch(/^outcome +deleted$/m);
  });
});
