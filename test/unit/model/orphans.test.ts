import { describe, expect, it } from 'vitest';
import { readForOrphan, type OrphanLimits } from '../../../src/model/orphans.js';
import { OWNER_TAG, WORKFLOW_TAG, workflowIdOf } from '../../../src/model/owner-tags.js';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const NOW = '2026-03-01T12:00:00.000Z';
const LIMITS: OrphanLimits = { nowMs: Date.parse(NOW), olderThanMs: 10 * MINUTE, retentionMs: 3 * DAY };

const ago = (ms: number) => new Date(Date.parse(NOW) - ms).toISOString();
const endpoint = (CreateTime: string | undefined, workflowId: string | undefined = 'order-17') => ({
  EndpointStatus: 'Active',
  ...(CreateTime === undefined ? {} : { CreateTime }),
  Tags: [
    { Key: OWNER_TAG, Value: 'here' },
    { Key: WORKFLOW_TAG, Value: workflowId },
  ],
});

describe('an endpoint with our owner tag', () => {
  it.each([
    { reason: 'just made', ms: 0, kind: 'tooYoung' },
    { reason: 'made by a cloud whose clock is ahead', ms: -14 * MINUTE, kind: 'tooYoung' },
    { reason: 'a millisecond short of the limit', ms: 10 * MINUTE - 1, kind: 'tooYoung' },
    { reason: 'at the limit', ms: 10 * MINUTE, otherwise: 'noRun' },
    { reason: 'well within the retention', ms: 2 * DAY, otherwise: 'noRun' },
    { reason: 'just before the margin of the retention', ms: 3 * DAY - 10 * MINUTE - 1, otherwise: 'noRun' },
    { reason: 'in the margin of the retention', ms: 3 * DAY - 10 * MINUTE, otherwise: 'olderThanRetention' },
    { reason: 'older than the retention', ms: 30 * DAY, otherwise: 'olderThanRetention' },
    { reason: 'made in a future that clocks do not differ by', ms: -16 * MINUTE, otherwise: 'unreadableCreateTime' },
  ])('is read by its age: $reason', ({ ms, kind, otherwise }) => {
    const wanted = kind === undefined ? { kind: 'ask', workflowId: 'order-17', otherwise } : { kind };
    expect(readForOrphan(endpoint(ago(ms)), LIMITS)).toEqual(wanted);
  });

  it.each([undefined, '', 'yesterday', '2026-02-30', '2026-13-01T00:00:00Z', '2026-03-01T10:00:00', '1772323200000'])(
    'is never an orphan where its CreateTime tells no age: %s',
    (CreateTime) => {
      expect(readForOrphan(endpoint(CreateTime), LIMITS)).toMatchObject({ otherwise: 'unreadableCreateTime' });
    },
  );

  it('is read with and without seconds, as services of the cloud write times', () => {
    for (const time of ['2026-03-01T10:00Z', '2026-03-01T10:00:00Z', '2026-03-01T10:00:00.5Z']) {
      expect(readForOrphan(endpoint(time), LIMITS)).toMatchObject({ otherwise: 'noRun' });
    }
  });

  it('is never an orphan where the server does not say how long it keeps runs', () => {
    expect(readForOrphan(endpoint(ago(DAY)), { ...LIMITS, retentionMs: 0 })).toMatchObject({
      otherwise: 'olderThanRetention',
    });
  });

  it('is left out while it is being deleted, whatever else is said of it', () => {
    expect(readForOrphan({ EndpointStatus: 'Deleting' }, LIMITS)).toEqual({ kind: 'deleting' });
  });

  it('is unaccounted where it has no workflow tag, or an empty one, and is old enough', () => {
    const old = endpoint(ago(DAY), '');
    expect(readForOrphan(old, LIMITS)).toEqual({ kind: 'unaccounted', reason: 'noWorkflowTag' });
    expect(readForOrphan({ ...old, Tags: [] }, LIMITS)).toEqual({ kind: 'unaccounted', reason: 'noWorkflowTag' });
    expect(readForOrphan(endpoint(ago(0), ''), LIMITS)).toEqual({ kind: 'tooYoung' });
    expect(workflowIdOf(undefined)).toBeUndefined();
  });
});
