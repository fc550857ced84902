import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { ACTIVITY_DOES, policyRows } from '../../../scripts/docs/policy-table.js';
import { createAwaitEndpoint } from '../../../src/activities/await-endpoint.js';
import { createCreateEndpoint, type CreateInput } from '../../../src/activities/create-endpoint.js';
import type { ActivityDependencies } from '../../../src/activities/dependencies.js';
import { ERROR_CATALOGUE } from '../../../src/model/error-catalogue.js';
import { ERROR_CLASSES, type ErrorClass } from '../../../src/model/error-class.js';
import { PrivateLinkError } from '../../../src/privatelink/port.js';
import { privateLinkApiOver } from '../../../src/privatelink/private-link-api-over.js';

const INPUT: CreateInput = {
  provision: {
    account: 'default',
    request: { RegionId: 'cn-a', VpcId: 'vpc-1', ServiceId: 'epsrv-1' },
    extraParameters: {},
    owner: { installation: 'here', workflowId: 'order-17' },
    dryRun: false,
  },
  clientToken: 'base.1',
  epoch: 1,
  absence: 'unchecked',
};

const CLASSES = Object.keys(ERROR_CLASSES) as ErrorClass[];

/** Any code of a class. */
function codeOf(errorClass: ErrorClass): string {
  const row = ERROR_CATALOGUE.find((entry) => entry.class === errorClass);
  return row?.code.replace('*', 'X') ?? 'NobodyKnows.This';
}

/** Activities on an API whose create call and Get always answer with one code; counts the look-ups. */
function strickenWith(errorClass: ErrorClass) {
  const seen = { lists: 0 };
  const api = privateLinkApiOver(async (action) => {
    if (action !== 'ListVpcEndpoints') {
      throw new PrivateLinkError({ action, code: codeOf(errorClass), message: 'no', requestId: 'r-1' });
    }
    seen.lists += 1;
    return { RequestId: 'r-0', Endpoints: [] };
  });
  const deps: ActivityDependencies = {
    privateLink: () => api,
    accountTaskQueue: (queue) => queue,
    findEarlierRuns: async () => ({ inDoubt: false }),
    random: () => 0.5,
  };
  return { deps, seen };
}

async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  return call.catch((error: unknown) => error);
}

describe('the table of the whole policy', () => {
  it('has a row for every class', () => {
    expect(policyRows().map((row) => row.class)).toEqual(CLASSES);
  });

  it.each(CLASSES)('says of %s what the create activity does', async (errorClass) => {
    const { deps, seen } = strickenWith(errorClass);
    const outcome = await outcomeOf(new MockActivityEnvironment().run(createCreateEndpoint(deps), INPUT));
    const repeats = (ACTIVITY_DOES.repeats as readonly ErrorClass[]).includes(errorClass);
    const looksUp = (ACTIVITY_DOES.looksUp as readonly ErrorClass[]).includes(errorClass);
    if (repeats) expect(outcome).toMatchObject({ type: errorClass, nextRetryDelay: expect.any(Number) as number });
    else expect(outcome).toMatchObject({ kind: 'refused', refusal: { class: errorClass } });
    // Once before the create call, and once more where the code says that something exists.
    expect(seen.lists).toBe(looksUp ? 2 : 1);
  });

  it.each(CLASSES)('says of %s how long a wait pauses before it looks again', async (errorClass) => {
    const { deps } = strickenWith(errorClass);
    const target = { account: 'default', endpoint: { RegionId: 'cn-a', EndpointId: 'ep-1' } };
    const failure = await outcomeOf(new MockActivityEnvironment().run(createAwaitEndpoint(deps), target));
    expect(failure).toBeInstanceOf(ApplicationFailure);
    const delayMs = (failure as ApplicationFailure).nextRetryDelay as number;
    const said = policyRows().find((row) => row.class === errorClass)?.inWait ?? '';
    if (said.startsWith('repeats every 1m')) expect(delayMs).toBe(60_000);
    else expect(delayMs).toBeLessThan(5_000);
  });

  it('names pauses and deadlines as the defaults of the input have them', () => {
    const rows = new Map(policyRows().map((row) => [row.class, row]));
    expect(rows.get('quota')).toMatchObject({
      inCreate: 'parks 1m at first and 10m at last, then tries again',
      token: 'next epoch',
      endsAs: '`QuotaExceeded`',
      deadline: '`retry.quota.timeout` (1d)',
    });
    expect(rows.get('unlisted')).toMatchObject({ token: 'next epoch', deadline: '2m' });
    expect(rows.get('conflict')).toMatchObject({ token: 'next epoch', deadline: '`timeouts.accepted` (1h)' });
    expect(rows.get('invalid')).toMatchObject({ token: 'no further call', deadline: 'at once' });
    expect(rows.get('unknown')).toMatchObject({ token: 'the same', endsAs: '`DeadlineExceeded`' });
  });
});
