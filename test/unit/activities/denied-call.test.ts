import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, it } from 'vitest';
import { createCreateEndpoint, type CreateInput } from '../../../src/activities/create-endpoint.js';
import { privateLinkApiOver } from '../../../src/privatelink/private-link-api-over.js';
import { readAnswer } from '../../../src/privatelink/read-answer.js';

const INPUT: CreateInput = {
  provision: {
    account: 'default',
    request: { RegionId: 'cn-a', VpcId: 'vpc-1', ServiceId: 'epsrv-1' },
    extraParameters: {},
    dryRun: false,
  },
  clientToken: 'base.1',
  epoch: 1,
  absence: 'unchecked',
};

/** The answer of a service whose RAM denied a call. */
const DENIED = {
  RequestId: 'R-1',
  Code: 'Forbidden.RAM',
  Message: 'You are not authorized.',
  AccessDeniedDetail: {
    AuthAction: 'vpc:DescribeVSwitchAttributes',
    AuthPrincipalOwnerId: '1234567890',
    AuthPrincipalType: 'AssumedRoleUser',
    NoPermissionType: 'ImplicitDeny',
    PolicyType: 'AccountLevelIdentityBasedPolicy',
    EncodedDiagnosticMessage: 'AQEAAAAAaKPfwjY0MzMyODRG',
  },
};

it('hands a denied call to the workflow with what the service itself says was denied', async () => {
  const api = privateLinkApiOver(async (action) =>
    readAnswer({ action, status: 403, headers: {}, body: JSON.stringify(DENIED) }),
  );
  const createEndpoint = createCreateEndpoint({
    privateLink: () => api,
    accountTaskQueue: (queue) => queue,
    findEarlierRuns: async () => ({ inDoubt: false }),
  });
  const outcome = await new MockActivityEnvironment().run(createEndpoint, INPUT);
  expect(outcome).toMatchObject({
    kind: 'refused',
    refusal: {
      class: 'denied',
      code: 'Forbidden.RAM',
      advice: 'Allow vpc:DescribeVSwitchAttributes for the RAM identity of the worker: the statement in "denied" does.',
      denied: {
        action: 'vpc:DescribeVSwitchAttributes',
        resource: ['*'],
        statement: { Effect: 'Allow', Action: ['vpc:DescribeVSwitchAttributes'], Resource: ['*'] },
        detail: { AuthPrincipalOwnerId: '1234567890', AuthPrincipalType: 'AssumedRoleUser' },
      },
    },
  });
  expect(JSON.stringify(outcome)).not.toContain('EncodedDiagnosticMessage');
});
