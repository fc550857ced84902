import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCreateEndpoint, type CreateInput } from '../../../src/activities/create-endpoint.js';
import type { PrivateLinkApi } from '../../../src/privatelink/port.js';

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

afterEach(() => {
  vi.useRealTimers();
});

describe('createEndpoint', () => {
  it.each([
    { frozenMs: 59_000, sent: 1 },
    { frozenMs: 61_000, sent: 0 },
  ])(
    'sends nothing in an attempt that the engine gave up: frozen for $frozenMs ms of 60 s',
    async ({ frozenMs, sent }) => {
      vi.useFakeTimers({ toFake: ['Date'], now: 0 });
      const createVpcEndpoint = vi.fn(async () => ({ EndpointId: 'ep-1', RequestId: 'r-2' }));
      const api: Partial<PrivateLinkApi> = {
        listVpcEndpoints: async () => {
          vi.setSystemTime(frozenMs);
          return { RequestId: 'r-1', Endpoints: [] };
        },
        createVpcEndpoint,
      };
      const createEndpoint = createCreateEndpoint({
        privateLink: () => api as PrivateLinkApi,
        accountTaskQueue: (queue) => queue,
        findEarlierRuns: async () => ({ inDoubt: false }),
      });
      const environment = new MockActivityEnvironment({
        startToCloseTimeoutMs: 60_000,
        scheduledTimestampMs: 0,
        currentAttemptScheduledTimestampMs: 0,
      });
      const outcome: unknown = await environment.run(createEndpoint, INPUT).catch((error: unknown) => error);
      expect(createVpcEndpoint).toHaveBeenCalledTimes(sent);
      if (sent === 0) expect(outcome).toMatchObject({ type: 'Overdue', nonRetryable: false });
      expect(outcome instanceof ApplicationFailure).toBe(sent === 0);
    },
  );
});
