import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import { WorkflowFailedError, type Client, type WorkflowStartOptions } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { ProvisionCancelledError, ProvisioningClient, orphansWorkflowId } from '../../../src/client/index.js';
import { findInReport } from '../../../src/client/orphans.js';
import type { OrphanedEndpoint, OrphanReport } from '../../../src/contract/orphans.js';

const REPORT: OrphanReport = {
  scannedAt: '2026-01-02T00:00:00.000Z',
  account: 'default',
  RegionId: 'cn-a',
  installation: 'default',
  olderThan: '10m',
  retention: '3d',
  scanned: 0,
  accounted: 0,
  tooYoung: 0,
  deleting: 0,
  orphans: [],
  unaccounted: [],
  totals: { orphans: 0, unaccounted: 0 },
};

/** A client on a server whose sweeps end so, one after the other. */
function clientOf(...ends: readonly (OrphanReport | Error)[]) {
  const starts: WorkflowStartOptions[] = [];
  const workflow = {
    start: async (_type: string, options: WorkflowStartOptions) => {
      const end = ends[starts.length];
      starts.push(options);
      return {
        workflowId: options.workflowId,
        result: async () => {
          if (end instanceof Error) throw end;
          return end;
        },
        describe: async () => ({ memo: {} }),
      };
    },
  };
  const pollers = [{ lastAccessTime: { seconds: Math.floor(Date.now() / 1_000) } }];
  const client = {
    options: { namespace: 'default' },
    workflow,
    workflowService: { describeTaskQueue: async () => ({ pollers }) },
  } as unknown as Client;
  return { starts, provisioning: new ProvisioningClient({ client, taskQueue: 'queue' }) };
}

const failed = (cause: Error) => new WorkflowFailedError('failed', cause, 'NON_RETRYABLE_FAILURE');

describe('findOrphans of the client', () => {
  it('starts a sweep by its type, under an id of account and region, and joins the one that runs', async () => {
    const { starts, provisioning } = clientOf(REPORT);
    expect(await provisioning.findOrphans({ RegionId: 'cn-a' })).toEqual(REPORT);
    expect(starts).toMatchObject([
      {
        workflowId: 'orphans/default/cn-a',
        taskQueue: 'queue',
        args: [{ RegionId: 'cn-a' }],
        workflowIdConflictPolicy: 'USE_EXISTING',
      },
    ]);
    expect(orphansWorkflowId({ RegionId: 'cn-a', account: 'team-a' })).toBe('orphans/team-a/cn-a');
  });

  it('takes another id where it is given one', async () => {
    const { starts, provisioning } = clientOf(REPORT);
    await provisioning.findOrphans({ RegionId: 'cn-a' }, { workflowId: 'mine' });
    expect(starts[0]?.workflowId).toBe('mine');
  });

  it('sweeps again where the one that it joined looked for another age', async () => {
    const wanted = { ...REPORT, olderThan: '120m' };
    const { starts, provisioning } = clientOf(REPORT, { ...REPORT, olderThan: '1d' }, wanted);
    expect(await provisioning.findOrphans({ RegionId: 'cn-a', olderThan: '2h' })).toBe(wanted);
    expect(starts).toHaveLength(3);
  });

  it('refuses a wrong input before anything is started', async () => {
    const { starts, provisioning } = clientOf(REPORT);
    await expect(provisioning.findOrphans({ RegionId: 'cn-a', olderThan: '1m' })).rejects.toMatchObject({
      name: 'InvalidInputError',
      problems: [{ path: 'olderThan', message: 'must be at least 10m' }],
    });
    expect(starts).toEqual([]);
  });

  it('throws what a sweep failed with', async () => {
    const details = { class: 'denied', code: 'NoPermission', endpointMayExist: false, advice: 'Allow it.' };
    const cause = ApplicationFailure.create({ type: 'AccessDenied', message: 'no', details: [details] });
    const { provisioning } = clientOf(failed(cause));
    await expect(provisioning.findOrphans({ RegionId: 'cn-a' })).rejects.toMatchObject({
      name: 'ProvisionFailedError',
      type: 'AccessDenied',
      workflowId: 'orphans/default/cn-a',
    });
  });

  it.each([new CancelledFailure('stop'), new TerminatedFailure('stop')])(
    'claims no endpoint of a sweep that was ended: %s',
    async (cause) => {
      const { provisioning } = clientOf(failed(cause));
      const error: unknown = await provisioning.findOrphans({ RegionId: 'cn-a' }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ProvisionCancelledError);
      expect(error).toMatchObject({ outcome: { outcome: 'nothingCreated' } });
    },
  );
});

describe('an endpoint in a report', () => {
  const orphan: OrphanedEndpoint = { EndpointId: 'ep-1', reason: 'noRun' };
  const old: OrphanedEndpoint = { EndpointId: 'ep-2', reason: 'olderThanRetention' };
  const report = { ...REPORT, orphans: [orphan], unaccounted: [old] };

  it('is an orphan, unaccounted, or not named', () => {
    expect(findInReport(report, 'ep-1')).toEqual({ isOrphan: true, endpoint: orphan });
    expect(findInReport(report, 'ep-2')).toEqual({ isOrphan: false, endpoint: old });
    expect(findInReport(report, 'ep-3')).toBeUndefined();
  });
});
