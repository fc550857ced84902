import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { deprovisionWorkflowId, isDeprovisionResult } from '../../../src/client/deprovision.js';
import { InvalidInputError, ProvisionFailedError, RequestConflictError } from '../../../src/client/errors.js';
import { ProvisioningClient } from '../../../src/client/provisioning-client.js';
import type { DeprovisionResult } from '../../../src/contract/deprovision.js';
import { DETAILS, fakeClient, RESULT, RUN_ID, STARTED_ID, type FakeRun } from './fixture.js';

const INPUT = { RegionId: 'cn-hangzhou', EndpointId: 'ep-1' };
const ID = 'deprovision/ep-1';
const REMOVED: DeprovisionResult = {
  outcome: 'deleted',
  EndpointId: 'ep-1',
  zonesRemoved: ['z-1'],
  times: { startedAt: '2026-01-01T00:00:00.000Z', absentAt: '2026-01-01T00:01:00.000Z' },
  attempts: [],
};

/** A removal of the same endpoint that the server knows. */
const removal = (run: FakeRun = {}): Record<string, FakeRun> => ({
  [ID]: { type: 'deprovisionVpcEndpoint', input: INPUT, ...run },
});

function clientWith(runs: Record<string, FakeRun> = {}) {
  const { client, asked } = fakeClient(runs);
  return { asked, client: new ProvisioningClient({ client, onWarning: () => undefined }) };
}

describe('startDeprovision', () => {
  it('starts one run for each endpoint, by the type name and with the input as it is', async () => {
    const { client, asked } = clientWith();
    expect(await client.startDeprovision({ ...INPUT, ownership: 'any' })).toEqual({
      workflowId: ID,
      runId: STARTED_ID,
      how: 'started',
    });
    expect(asked.types).toEqual(['deprovisionVpcEndpoint']);
    expect(asked.starts).toMatchObject([
      { workflowId: deprovisionWorkflowId('ep-1'), taskQueue: 'privatelink', args: [{ ...INPUT, ownership: 'any' }] },
    ]);
  });

  it('joins the removal that is under way, whatever its options', async () => {
    const { client } = clientWith(removal({ input: { ...INPUT, account: 'default', ownership: 'any' } }));
    expect(await client.startDeprovision(INPUT)).toEqual({ workflowId: ID, runId: RUN_ID, how: 'joined' });
  });

  it.each(['COMPLETED', 'FAILED', 'CANCELLED'])('starts anew where the last one is %s', async (status) => {
    const { client } = clientWith(removal({ status }));
    expect(await client.startDeprovision(INPUT)).toMatchObject({ how: 'started' });
  });

  it.each([
    { run: { input: { ...INPUT, RegionId: 'cn-beijing' } }, fields: ['RegionId'] },
    { run: { input: { ...INPUT, account: 'other' } }, fields: ['account'] },
    { run: { input: { ...INPUT, EndpointId: 'ep-2', account: 'other' } }, fields: ['EndpointId', 'account'] },
    { run: { type: 'somethingElse' }, fields: ['(its start is not a removal)'] },
    { run: { input: 'ep-1' }, fields: ['(its start is not a removal)'] },
  ])('refuses to join what is not the same: $fields', async ({ run, fields }) => {
    const { client } = clientWith(removal(run));
    const error = await client.startDeprovision(INPUT).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RequestConflictError);
    expect((error as RequestConflictError).fields).toEqual(fields);
  });

  it('starts nothing where the input is wrong', async () => {
    const { client, asked } = clientWith();
    const error = await client.startDeprovision({ ...INPUT, EndpointId: 'vpc-1' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(asked.starts).toEqual([]);
  });
});

describe('deprovision', () => {
  it('returns what the run that it joined ends with', async () => {
    const { client, asked } = clientWith(removal({ end: REMOVED }));
    expect(await client.deprovision(INPUT)).toEqual(REMOVED);
    expect(asked.resultsOf).toEqual([RUN_ID]);
  });

  it('throws the typed failure, which says what remains', async () => {
    const remains = { EndpointId: 'ep-1', EndpointStatus: 'Active', zones: [] };
    const failure = ApplicationFailure.create({
      type: 'EndpointProtected',
      message: 'EndpointProtected: no',
      details: [{ ...DETAILS, remains }],
    });
    const end = new WorkflowFailedError('failed', failure, 'NON_RETRYABLE_FAILURE');
    const { client } = clientWith(removal({ end }));
    const error = await client.deprovision(INPUT).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProvisionFailedError);
    expect(error).toMatchObject({ type: 'EndpointProtected', details: { remains } });
  });
});

describe('isDeprovisionResult', () => {
  it('tells a removal from a provision', () => {
    expect(isDeprovisionResult(REMOVED)).toBe(true);
    expect(isDeprovisionResult({ ...REMOVED, outcome: 'absent' })).toBe(true);
    expect(isDeprovisionResult(RESULT)).toBe(false);
  });
});
