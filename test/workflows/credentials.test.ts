import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createActivities } from '../../src/activities/index.js';
import { statusOutput } from '../../src/cli/run-output.js';
import { ProvisioningClient, type RunView } from '../../src/client/index.js';
import {
  CredentialsUnavailableError,
  staticCredentials,
  type Credentials,
  type CredentialsSource,
} from '../../src/privatelink/credentials.js';
import { PopCorePrivateLinkApi } from '../../src/privatelink/pop-core-private-link-api.js';
import type { PrivateLinkApi } from '../../src/privatelink/port.js';
import { startSimulator, type Simulator } from '../../src/simulator/index.js';
import { advance } from '../support/virtual-time.js';
import {
  eventually,
  failedProvision,
  openBench,
  provision,
  REQUEST,
  scenario,
  startProvision,
  useBench,
  type ProvisionBench,
} from '../support/provision-bench.js';

const CACHES = [
  { name: 'with the workflow cache', cache: {} },
  { name: 'with every task replayed', cache: { maxCachedWorkflows: 0 } },
];

describe.each(CACHES)('a missing permission, $name', ({ cache }) => {
  const bench = useBench(cache);

  const view = (workflowId: string, wanted: (view: RunView) => boolean) =>
    eventually('the run is seen so', async () => {
      const seen = await new ProvisioningClient({ client: bench.client }).state(workflowId);
      return wanted(seen) && seen;
    });

  it('on the create call ends the run with action, resources and the statement that allows it', async () => {
    const { request, fault, calls } = scenario(bench);
    fault('CreateVpcEndpoint', { kind: 'code', code: 'NoPermission' });
    const failure = await failedProvision(bench, { request });
    expect(failure).toMatchObject({ type: 'AccessDenied', details: { retryable: true, endpointMayExist: false } });
    expect(failure.message).toMatch(/^NoPermission: .* \(action CreateVpcEndpoint, RequestId \S+\)$/);
    const arn = (service: string, name: string) => `acs:${service}:${request.RegionId}:*:${name}`;
    const resource = [
      arn('privatelink', 'vpcendpoint/*'),
      arn('ecs', 'securitygroup/sg-1'),
      arn('vpc', 'vswitch/vsw-1'),
      arn('vpc', 'vpc/vpc-1'),
    ];
    expect(failure.details.denied).toEqual({
      action: 'privatelink:CreateVpcEndpoint',
      resource,
      turn: 'ramAdministrator',
      statement: {
        Effect: 'Allow',
        Action: ['privatelink:CreateVpcEndpoint'],
        Resource: resource,
        Condition: { StringEquals: { 'privatelink:VpcEndpointServiceId': ['epsrv-1'] } },
      },
    });
    expect(failure.details.advice).toBe(
      'Allow privatelink:CreateVpcEndpoint for the RAM identity of the worker: the statement in "denied" does. ' +
        'Then start the same workflow id again.',
    );
    expect(calls('CreateVpcEndpoint')).toBe(1);
  });

  it('on the look-up before it names ListVpcEndpoints, not the create call that was never sent', async () => {
    const { request, fault, calls } = scenario(bench);
    fault('ListVpcEndpoints', { kind: 'code', code: 'Forbidden.RAM', status: 403 });
    const failure = await failedProvision(bench, { request });
    expect(failure.type).toBe('AccessDenied');
    expect(failure.message).toContain('(action ListVpcEndpoints, ');
    expect(failure.details.denied).toMatchObject({
      action: 'privatelink:ListVpcEndpoints',
      statement: { Action: ['privatelink:ListVpcEndpoints'] },
    });
    expect(calls('CreateVpcEndpoint')).toBe(0);
  });

  it.each([
    { code: 'EndpointServiceNotAuthorized', turn: 'serviceOwner', advice: /^Ask the owner of the service to add/ },
    { code: 'NeedOpenProduct', turn: 'accountOwner', advice: /^Activate PrivateLink/ },
    { code: 'InvalidTimeStamp.Expired', turn: 'workerOperator', advice: /^Correct the worker's clock/ },
  ])(
    'is not what $code means: it says whose turn it is, and hands out no statement',
    async ({ code, turn, advice }) => {
      const { request, fault } = scenario(bench);
      fault('CreateVpcEndpoint', { kind: 'code', code });
      const { type, details } = await failedProvision(bench, { request });
      expect(type).toBe('AccessDenied');
      expect(details.denied).toMatchObject({ action: 'privatelink:CreateVpcEndpoint', turn });
      expect(details.denied).not.toHaveProperty('statement');
      expect(details.advice).toMatch(advice);
    },
  );

  it('on the look in the wait is waited out for hours, and the run ends ready once it is granted', async () => {
    const { workflowId, request, fault, calls, endpoints } = scenario(bench);
    fault('GetVpcEndpointAttribute', { kind: 'code', code: 'NoPermission' }, 200);
    const result = await provision(bench, { request, timeouts: { active: '12h' } }, workflowId);
    const waitedMs = Date.parse(result.times.activeAt ?? '') - Date.parse(result.times.acceptedAt ?? '');
    expect(waitedMs).toBeGreaterThan(2.5 * 3_600_000);
    expect(calls('CreateVpcEndpoint')).toBe(1);
    expect(endpoints()).toMatchObject([{ EndpointId: result.endpoint?.EndpointId }]);
  });

  it('on the look in the wait is shown: which code, since when, what is missing, and when it looks again', async () => {
    const { workflowId, request, fault, endpoints } = scenario(bench);
    fault('GetVpcEndpointAttribute', { kind: 'code', code: 'NoPermission' }, 'always');
    bench.twin.engine.configure({ timeToActive: { afterReads: Infinity } });
    const handle = await startProvision(bench, { request, timeouts: { active: '2h' } }, workflowId);
    const first = await view(workflowId, ({ pending }) => pending?.failing !== undefined);
    await advance(bench.connection, workflowId, 300_000);
    const later = await view(workflowId, ({ pending }) => (pending?.failing?.times ?? 0) > 3);
    expect(later.pending?.failing).toMatchObject({ code: 'NoPermission', since: first.pending?.failing?.since });
    expect(later.pending?.lastFailure).toContain('(action GetVpcEndpointAttribute, ');
    expect(later.pending?.denied).toMatchObject({
      action: 'privatelink:GetVpcEndpointAttribute',
      statement: { Resource: [`acs:privatelink:${request.RegionId}:*:vpcendpoint/*`] },
    });
    const text = statusOutput(later, Date.now(), 'text');
    expect(text).toMatch(/^failing +NoPermission since \d{4}-\S+Z \(\d+ times\)$/m);
    expect(text).toMatch(/^what to do +Allow privatelink:GetVpcEndpointAttribute /m);
    expect(text).toMatch(/^missing statement +\{"Effect":"Allow"/m);
    expect(text).toMatch(/^next look +\d{4}-/m);

    bench.twin.faults.clear();
    await advance(bench.connection, workflowId, 90_000);
    const repaired = await view(workflowId, ({ pending }) => pending === undefined || pending.failing === undefined);
    expect(statusOutput(repaired, Date.now(), 'text')).not.toContain('NoPermission');
    bench.twin.engine.configure({ timeToActive: { afterReads: 3 } });
    bench.twin.engine.setEndpoint(endpoints()[0]?.EndpointId ?? '', { EndpointStatus: 'Active' });
    await advance(bench.connection, workflowId, 300_000).catch(() => undefined);
    expect((await handle.result()).outcome).toBe('created');
  });

  it('that lasts until the deadline is what the failure tells of, and the endpoint is kept', async () => {
    const { request, fault, endpoints } = scenario(bench);
    fault('GetVpcEndpointAttribute', { kind: 'code', code: 'NoPermission' }, 'always');
    const failure = await failedProvision(bench, { request, timeouts: { active: '30m' } });
    const [endpoint] = endpoints();
    expect(failure).toMatchObject({
      type: 'DeadlineExceeded',
      details: {
        endpointId: endpoint?.EndpointId,
        endpointMayExist: true,
        requestId: expect.any(String) as string,
        denied: { action: 'privatelink:GetVpcEndpointAttribute', turn: 'ramAdministrator' },
      },
    });
    expect(failure.message).toContain('last attempt: NoPermission: ');
    expect(failure.details.advice).toBe(
      'Allow privatelink:GetVpcEndpointAttribute for the RAM identity of the worker: the statement in "denied" does. ' +
        `Then start the same workflow id again to go on waiting for ${endpoint?.EndpointId ?? ''}, which is kept.`,
    );
  });
});

describe.each(CACHES)('keys that change while a run waits, over HTTP, $name', ({ cache }) => {
  const START = Date.UTC(2026, 0, 1);
  const HOUR = 3_600_000;
  /** Sessions of one role: each has keys of its own and is good for an hour more than the one before. */
  const SESSIONS = Array.from({ length: 12 }, (_, index) => ({
    accessKeyId: `STS.session${index}`,
    accessKeySecret: `secret-of-session-${index}`,
    securityToken: `token-of-session-${index}`,
    expiresAt: new Date(START + (index + 1) * HOUR).toISOString(),
    accountId: '1',
  }));

  let bench: ProvisionBench;
  let twin: Simulator;
  let adapter: PopCorePrivateLinkApi;
  let source: CredentialsSource;
  let elapsedMs = 0;

  beforeAll(async () => {
    const activities = createActivities({
      privateLink: () => api(),
      accountTaskQueue: (taskQueue) => taskQueue,
      findEarlierRuns: async () => ({ inDoubt: false }),
    });
    bench = await openBench({ ...cache, activities });
  });
  afterAll(() => bench.close());

  beforeEach(async () => {
    elapsedMs = 0;
    twin = await startSimulator({
      accounts: SESSIONS,
      now: () => START,
      settings: { timeToActive: { afterReads: 30 } },
    });
    const credentials: CredentialsSource = {
      describe: () => source.describe(),
      get: () => source.get(),
      refresh: () => source.refresh?.(),
    };
    adapter = new PopCorePrivateLinkApi({ endpoint: twin.url, credentials });
  });
  afterEach(async () => {
    adapter.close();
    await twin.close();
  });

  /** Activities see the real clock, so what hours of waiting do to a token is done here, a part of it at each look. */
  function api(): PrivateLinkApi {
    return new Proxy<PrivateLinkApi>(adapter, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as (...call: unknown[]) => unknown;
        return (...call: unknown[]) => {
          if (name === 'getVpcEndpointAttribute') {
            elapsedMs += HOUR / 6;
            twin.advance(HOUR / 6);
          }
          return method.apply(target, call);
        };
      },
    });
  }

  /** Hands out the session that is good now, when it is asked to renew and STS has one. */
  function sessions(stsAnswers: () => boolean): CredentialsSource {
    let current = SESSIONS[0];
    return {
      describe: () => 'sessions of a role',
      get: async () => current ?? Promise.reject(new Error('The test has run out of sessions')),
      refresh: () => {
        if (stsAnswers()) current = SESSIONS[Math.floor(elapsedMs / HOUR)];
      },
    };
  }

  const answersTo = (action: string) =>
    twin.journal.requests.filter((call) => call.action === action).map(({ code }) => code ?? 'ok');

  it('goes on with fresh STS credentials each time that a token expires, and no attempt fails for it', async () => {
    source = sessions(() => true);
    const result = await provision(bench, { request: REQUEST, timeouts: { active: '12h' } });
    const looks = answersTo('GetVpcEndpointAttribute');
    expect(elapsedMs).toBeGreaterThanOrEqual(5 * HOUR);
    expect(looks.filter((code) => code === 'InvalidSecurityToken.Expired').length).toBeGreaterThanOrEqual(4);
    expect(result.outcome).toBe('created');
    expect(answersTo('CreateVpcEndpoint')).toEqual(['ok']);
    expect(result.attempts.filter(({ code }) => code.startsWith('InvalidSecurityToken'))).toEqual([]);
    expect(JSON.stringify(result)).not.toMatch(/secret-of|token-of|STS\./);
  });

  it('waits while STS gives no fresh token, looks again each minute, and goes on as soon as there is one', async () => {
    let refused = 0;
    source = sessions(() => {
      refused += 1;
      return refused > 20;
    });
    const result = await provision(bench, { request: REQUEST, timeouts: { active: '12h' } });
    const waitedMs = Date.parse(result.times.activeAt ?? '') - Date.parse(result.times.acceptedAt ?? '');
    expect(waitedMs).toBeGreaterThan(15 * 60_000);
    const expired = answersTo('GetVpcEndpointAttribute').filter((code) => code === 'InvalidSecurityToken.Expired');
    expect(expired.length).toBeGreaterThan(20);
    expect(result.outcome).toBe('created');
    expect(answersTo('CreateVpcEndpoint')).toEqual(['ok']);
  });

  it.each([
    {
      why: 'a key that does not exist',
      keys: { accessKeyId: 'nobody', accessKeySecret: 'nothing-secret' },
      code: 'InvalidAccessKeyId.NotFound',
    },
    {
      why: 'a secret of another key',
      keys: { ...SESSIONS[11], accessKeySecret: 'not-the-secret' },
      code: 'SignatureDoesNotMatch',
    },
  ])('ends as AccessDenied with $why, says that it is the turn of the worker, and quotes no key', async (wrong) => {
    source = staticCredentials(wrong.keys as Credentials);
    const failure = await failedProvision(bench, { request: REQUEST });
    expect(failure).toMatchObject({
      type: 'AccessDenied',
      details: { code: wrong.code, denied: { turn: 'workerOperator', action: 'privatelink:ListVpcEndpoints' } },
    });
    expect(failure.details.denied).not.toHaveProperty('statement');
    expect(JSON.stringify(failure)).not.toMatch(/nothing-secret|not-the-secret|token-of/);
    expect(twin.journal.requests.map(({ action }) => action)).toEqual(['ListVpcEndpoints']);
  });

  it('sends nothing without keys, and says at the deadline that they are missing', async () => {
    source = {
      describe: () => 'an empty source',
      get: () => Promise.reject(new CredentialsUnavailableError('an empty source', 'it is empty')),
    };
    const failure = await failedProvision(bench, { request: REQUEST, timeouts: { accepted: '20m' } });
    expect(failure.type).toBe('DeadlineExceeded');
    expect(failure.message).toContain('CredentialsUnavailable: No credentials from an empty source');
    expect(failure.details.advice).toBe(
      'Give the worker credentials for this account. Then start the same workflow id again: it finds what exists.',
    );
    expect(twin.journal.requests).toEqual([]);
  });
});
