import { describe, expect, it } from 'vitest';
import { acceptLaneId } from '../../../src/contract/accept-lane.js';
import { INPUT_DEFAULTS, INPUT_FIELDS, type ProvisionInput } from '../../../src/contract/input.js';
import {
  PHASES,
  PROVISION_WORKFLOW_TYPE,
  stateQuery,
  vpcEndpointProvisionedSignal,
} from '../../../src/contract/messages.js';
import { FAILURE_TYPES } from '../../../src/contract/result.js';
import {
  ACCOUNT_PATTERN,
  accountTaskQueue,
  callQueues,
  createTaskQueue,
  DEFAULT_ACCOUNT,
  DEFAULT_TASK_QUEUE,
  watchTaskQueue,
  writeTaskQueue,
} from '../../../src/contract/task-queues.js';
import { durationProblem } from '../../../src/model/duration.js';

describe('the input of a provision', () => {
  it('lists each of its fields once', () => {
    const full = {
      request: { RegionId: 'cn-hangzhou', VpcId: 'vpc-1' },
      extraParameters: {},
      account: 'default',
      until: 'Active',
      accept: false,
      ifExists: 'adoptOwn',
      onFailure: 'keep',
      onCancel: 'keep',
      ownerTags: true,
      timeouts: {},
      retry: {},
      notify: [],
    } satisfies Required<ProvisionInput>;
    expect([...INPUT_FIELDS].sort()).toEqual(Object.keys(full).sort());
  });

  it('has the documented defaults', () => {
    expect(INPUT_DEFAULTS).toMatchObject({
      account: 'default',
      until: 'Active',
      ifExists: 'adoptOwn',
      ownerTags: true,
      timeouts: { accepted: '1h', active: '30m' },
      retry: {
        quota: { initialInterval: '1m', backoffCoefficient: 2, maximumInterval: '10m', timeout: '24h' },
        status: { initialInterval: '10s', backoffCoefficient: 1.5, maximumInterval: '10m', timeout: '1h' },
      },
      signal: 'vpcEndpointProvisioned',
    });
  });

  it('has defaults that it would accept itself', () => {
    const { timeouts, retry } = INPUT_DEFAULTS;
    const durations = [
      ...Object.values(timeouts),
      ...Object.values(retry).flatMap((policy) => [policy.initialInterval, policy.maximumInterval, policy.timeout]),
    ];
    expect(durations.map(durationProblem)).toEqual(durations.map(() => undefined));
    expect(INPUT_DEFAULTS.account).toBe(DEFAULT_ACCOUNT);
    expect(INPUT_DEFAULTS.signal).toBe(vpcEndpointProvisionedSignal.name);
  });
});

describe('names that callers and workers agree on', () => {
  it('are stable: changing one breaks runs that are under way', () => {
    expect(PROVISION_WORKFLOW_TYPE).toBe('provisionVpcEndpoint');
    expect(DEFAULT_TASK_QUEUE).toBe('privatelink');
    expect(stateQuery.name).toBe('state');
    expect(vpcEndpointProvisionedSignal.name).toBe('vpcEndpointProvisioned');
    expect(accountTaskQueue('privatelink', 'team-a')).toBe('privatelink/team-a');
    expect(createTaskQueue('privatelink', 'team-a')).toBe('privatelink/team-a/create');
    expect(writeTaskQueue('privatelink', 'team-a')).toBe('privatelink/team-a/write');
    expect(watchTaskQueue('privatelink', 'team-a')).toBe('privatelink/team-a/watch');
    expect(acceptLaneId('team-a')).toBe('accept/team-a');
    expect(acceptLaneId('team-a', 'cn-hangzhou')).toBe('accept/team-a/cn-hangzhou');
    expect(new Set(PHASES).size).toBe(PHASES.length);
  });

  it('tell regions with queues of their own from all others', () => {
    const { accountTaskQueue: reads, createTaskQueue: creates, writeTaskQueue: writes } = callQueues(['cn-hangzhou']);
    expect([reads, creates, writes].map((queueOf) => queueOf('tq', 'a', 'cn-hangzhou'))).toEqual([
      'tq/a/cn-hangzhou',
      'tq/a/cn-hangzhou/create',
      'tq/a/cn-hangzhou/write',
    ]);
    expect([reads, creates, writes].map((queueOf) => queueOf('tq', 'a', 'cn-beijing'))).toEqual([
      'tq/a',
      'tq/a/create',
      'tq/a/write',
    ]);
  });

  it('keep the failure types for ever', () => {
    expect(Object.keys(FAILURE_TYPES)).toEqual(
      expect.arrayContaining([
        'InvalidInput',
        'RequestRejected',
        'AccessDenied',
        'QuotaExceeded',
        'StatusNotReady',
        'UnlistedRefusal',
        'EndpointExists',
        'EndpointDiffers',
        'IdempotencyConflict',
        'EndpointDisappeared',
        'FinancialLocked',
        'DeadlineExceeded',
      ]),
    );
    for (const meaning of Object.values(FAILURE_TYPES)) expect(meaning).toMatch(/^\S.*\.$/);
  });

  it.each([
    { account: 'default', valid: true, reason: 'the one that is meant when none is named' },
    { account: 'Team_A.prod-1', valid: true, reason: 'letters, digits, ".", "_", "-"' },
    { account: 'x'.repeat(64), valid: true, reason: 'the longest' },
    { account: 'x'.repeat(65), valid: false, reason: 'one more' },
    { account: '', valid: false, reason: 'empty' },
    { account: '-a', valid: false, reason: 'looks like an option' },
    { account: '..', valid: false, reason: 'looks like a folder' },
    { account: 'a/b', valid: false, reason: 'it is one part of a queue and of an id' },
    { account: 'a b', valid: false, reason: 'no spaces' },
    { account: 'bücher', valid: false, reason: 'no letters beyond ASCII' },
    { account: 'a\n', valid: false, reason: 'nothing behind it' },
  ])('take "$account" for an account: $valid, $reason', ({ account, valid }) => {
    expect(ACCOUNT_PATTERN.test(account)).toBe(valid);
  });
});
