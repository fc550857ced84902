import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findEarlierRuns } from '../../src/activities/earlier-runs.js';
import { provisionWorkflowId } from '../../src/client/workflow-id.js';
import { stateQuery } from '../../src/contract/messages.js';
import { OUTCOME_MEMO, type FailureType } from '../../src/contract/result.js';
import type { CheckName, CheckVerdict, PreflightCheck } from '../../src/model/preflight.js';
import type { FaultEffect, SettingsChange } from '../../src/testing/index.js';
import {
  CACHE_MODES,
  eventually,
  failedProvision,
  provision,
  scenario,
  startProvision,
  useBench,
} from '../support/provision-bench.js';

type Service = NonNullable<SettingsChange['services']>[number];

/** Serves the zone of every request here, and whatever else is asked for. */
const SERVICE: Service = { ServiceId: 'epsrv-1', Zones: ['cn-huhehaote-b'] };

const LOOKS = ['ListVpcEndpointServicesByEndUser', 'ListVpcEndpoints'];

describe.each(CACHE_MODES)('a dry run, $name', ({ cache }) => {
  const bench = useBench({ ...cache, findEarlierRuns });
  beforeAll(() => serviceIs(SERVICE));
  afterEach(() => serviceIs(SERVICE));

  const serviceIs = (service: Service) => bench.twin.engine.configure({ services: [service] });

  /** A dry run in a region of its own. */
  function dryScenario(fields: object = {}) {
    const s = scenario(bench);
    const request = { ...s.request, ...fields };
    return { ...s, request, dry: { request: { ...request, DryRun: true } } };
  }

  it('that passes is one report of everything that was checked, and creates nothing', async () => {
    const { dry, workflowId, endpoints, calls } = dryScenario();
    const result = await provision(bench, dry, workflowId);
    expect(result).toMatchObject({ outcome: 'dryRunPassed', zones: [], times: {} });
    expect(result.endpoint).toBeUndefined();
    expect(verdictsOf(result.report)).toEqual({
      dryRunCall: 'pass',
      service: 'pass',
      zones: 'pass',
      acceptance: 'pass',
      endpointQuota: 'pass',
      addresses: 'unknown',
      existing: 'pass',
    });
    expect(checkOf(result.report, 'dryRunCall')).toMatchObject({ code: 'DryRunOperation' });
    expect(checkOf(result.report, 'endpointQuota').message).toBe('0 of 1,000 endpoints in vpc-1 (default quota).');
    expect(checkOf(result.report, 'existing').message).toContain(`a run of ${workflowId} would create`);
    const told = (result.report ?? []).filter(({ check }) => check !== 'addresses');
    expect(told.filter(({ requestId }) => requestId === undefined)).toEqual([]);
    expect(result.attempts.map(({ action, code }) => `${action} ${code}`)).toEqual([
      'CreateVpcEndpoint DryRunOperation',
      'ListVpcEndpointServicesByEndUser 1 found',
      'ListVpcEndpoints 0 counted',
      'ListVpcEndpoints 0 found',
    ]);
    expect(endpoints()).toEqual([]);
    expect(calls('CreateVpcEndpoint')).toBe(1);
  });

  it('that is refused says also what else is wrong, with code, RequestId and advice', async () => {
    const { dry, fault } = dryScenario();
    serviceIs({ ...SERVICE, Zones: ['cn-huhehaote-a'] });
    fault('CreateVpcEndpoint', { kind: 'code', code: 'VpcNotFound' });
    const { type, message, details } = await failedProvision(bench, dry);
    expect(type).toBe('RequestRejected');
    expect(details).toMatchObject({ code: 'VpcNotFound', class: 'invalid', endpointMayExist: false });
    expect(verdictsOf(details.report)).toMatchObject({ dryRunCall: 'fail', service: 'pass', zones: 'fail' });
    const refused = checkOf(details.report, 'dryRunCall');
    expect(refused).toMatchObject({ code: 'VpcNotFound', requestId: details.requestId });
    expect(refused.message).toMatch(/^VpcNotFound: .*RequestId [0-9A-F-]{36}\) Check VpcId and RegionId\.$/);
    expect(message.split('\n')).toEqual([
      'The dry run failed 2 of 7 checks:',
      `- dryRunCall: ${refused.message}`,
      `- zones: ${checkOf(details.report, 'zones').message}`,
    ]);
    expect(details.attempts.map(({ action }) => action)).toEqual(expect.arrayContaining(LOOKS));
  });

  it.each<{ code: string; type: FailureType }>([
    { code: 'QuotaMisMatched', type: 'QuotaExceeded' },
    { code: 'IncorrectStatus.VpcEndpointService', type: 'StatusNotReady' },
    { code: 'EndpointServiceNotAuthorized', type: 'AccessDenied' },
    { code: 'EndpointExist', type: 'EndpointExists' },
  ])('tells of the moment: it never waits for $code to pass, and fails as $type', async ({ code, type }) => {
    const { dry, fault, calls } = dryScenario();
    fault('CreateVpcEndpoint', { kind: 'code', code }, 'always');
    const failure = await failedProvision(bench, dry);
    expect(failure).toMatchObject({ type, details: { code, endpointMayExist: false } });
    expect(verdictsOf(failure.details.report)).toMatchObject({ dryRunCall: 'fail', service: 'pass', existing: 'pass' });
    expect(calls('CreateVpcEndpoint')).toBe(1);
  });

  it.each<{ check: CheckName; service: Partial<Service>; fields?: object; code: string }>([
    { check: 'service', service: { listed: false }, code: 'EndpointServiceNotFound' },
    { check: 'zones', service: { Zones: ['cn-huhehaote-a'] }, code: 'EndpointServiceNotSupportedZone' },
    {
      check: 'dualStack',
      service: { ServiceSupportIPv6: false, AddressIpVersion: 'IPv4' },
      fields: { AddressIpVersion: 'DualStack' },
      code: 'OperationDenied.EndpointServiceNotSupportDualstack',
    },
    {
      check: 'policy',
      service: { VpcEndpointPolicySupported: false },
      fields: { PolicyDocument: '{}' },
      code: 'OperationDenied.EndpointPolicyNotSupport',
    },
  ])('fails as RequestRejected where only the check $check fails', async ({ check, service, fields, code }) => {
    const { dry, fault } = dryScenario(fields);
    serviceIs({ ...SERVICE, ...service });
    // A call that does not look so closely: whether that of the cloud does is not known.
    fault('CreateVpcEndpoint', { kind: 'code', code: 'DryRunOperation' });
    const { type, message, details } = await failedProvision(bench, dry);
    expect(type).toBe('RequestRejected');
    expect(details).toMatchObject({ code, retryable: false, endpointMayExist: false });
    expect(details.requestId).toBe(checkOf(details.report, check).requestId);
    expect(details.advice).not.toBe('');
    expect(verdictsOf(details.report)).toMatchObject({ dryRunCall: 'pass', [check]: 'fail' });
    expect(message).toMatch(new RegExp(`^The dry run failed 1 of \\d checks:\n- ${check}: `));
  });

  it.each<{ why: string; effect: FaultEffect; code: string }>([
    { why: 'denied', effect: { kind: 'code', code: 'NoPermission' }, code: 'NoPermission' },
    { why: 'refused', effect: { kind: 'code', code: 'UnsupportedRegion' }, code: 'UnsupportedRegion' },
    { why: 'cut off', effect: { kind: 'resetBefore' }, code: 'ECONNRESET' },
    { why: 'throttled', effect: { kind: 'throttle' }, code: 'Throttling.User' },
    {
      why: 'answered by a proxy',
      effect: { kind: 'errorAfter', status: 502, body: 'html' },
      code: 'MalformedResponse',
    },
  ])('passes with unknown checks, and says why, where the looks are $why', async ({ effect, code }) => {
    const { dry, fault } = dryScenario();
    for (const action of LOOKS) fault(action, effect, 'always');
    const { outcome, report } = await provision(bench, dry);
    expect(outcome).toBe('dryRunPassed');
    expect(verdictsOf(report)).toEqual({
      dryRunCall: 'pass',
      service: 'unknown',
      zones: 'unknown',
      acceptance: 'unknown',
      endpointQuota: 'unknown',
      addresses: 'unknown',
      existing: 'unknown',
    });
    for (const check of ['service', 'endpointQuota', 'existing'] as const) {
      expect(checkOf(report, check)).toMatchObject({ code, message: expect.stringContaining(code) as string });
    }
  });

  it('asks again for a while where a look stumbles', async () => {
    const { dry, fault } = dryScenario();
    for (const action of LOOKS) fault(action, { kind: 'resetBefore' }, 2);
    const { report } = await provision(bench, dry);
    expect(verdictsOf(report)).toMatchObject({ service: 'pass', endpointQuota: 'pass', existing: 'pass' });
  });

  it('ends with its report though a look hangs', async () => {
    const { dry, fault } = dryScenario();
    fault('ListVpcEndpointServicesByEndUser', { kind: 'delayBeforeMs', ms: 3_600_000 }, 'always');
    // The clock stands still while an activity runs, so the time of the looks is made short.
    const { outcome, report } = await provision(bench, { ...dry, timeouts: { accepted: '4s' } });
    expect(outcome).toBe('dryRunPassed');
    expect(verdictsOf(report)).toMatchObject({ service: 'unknown', endpointQuota: 'pass', existing: 'pass' });
    expect(checkOf(report, 'service').message).toBe('Not found out within 4s: no answer came');
  });

  it('that got no answer is unknown, and fails as DeadlineExceeded with its report', async () => {
    const { dry, fault } = dryScenario();
    fault('CreateVpcEndpoint', { kind: 'throttle' }, 'always');
    const failure = await failedProvision(bench, { ...dry, timeouts: { accepted: '5m' } });
    expect(failure).toMatchObject({ type: 'DeadlineExceeded', details: { endpointMayExist: false, retryable: true } });
    expect(failure.message).toMatch(/^the endpoint was not accepted after 5m: /);
    expect(verdictsOf(failure.details.report)).toMatchObject({
      dryRunCall: 'unknown',
      service: 'pass',
      existing: 'pass',
    });
  });

  it('says of a full VPC that it is not known whether there is room: the quota may have been raised', async () => {
    const { dry, request } = dryScenario();
    const made = { ...request, Zone: [...request.Zone], SecurityGroupId: [...request.SecurityGroupId] };
    for (let count = 0; count < 1_000; count += 1) await bench.privateLink.createVpcEndpoint(made);
    bench.twin.engine.configure({ quotas: { endpointsPerVpc: 1_100 } });
    const { report } = await provision(bench, dry).finally(() =>
      bench.twin.engine.configure({ quotas: { endpointsPerVpc: 1_000 } }),
    );
    expect(checkOf(report, 'endpointQuota')).toMatchObject({
      verdict: 'unknown',
      message: expect.stringContaining('1,000 of 1,000 endpoints in vpc-1') as string,
    });
  });

  it('under its derived id tells what the run of the request would adopt', async () => {
    const { dry, request } = dryScenario();
    const realId = provisionWorkflowId({ request });
    const { endpoint } = await provision(bench, { request }, realId);
    const { report } = await provision(bench, dry, provisionWorkflowId(dry));
    expect(checkOf(report, 'existing')).toMatchObject({
      verdict: 'pass',
      message: `A run of ${realId} would adopt ${endpoint?.EndpointId ?? ''}, which it made before.`,
    });
  });

  it('fails, with every field named, where the endpoint of its workflow id differs', async () => {
    const { dry, request, workflowId } = dryScenario();
    await provision(bench, { request }, workflowId);
    const changed = { request: { ...dry.request, VpcId: 'vpc-2' } };
    const { type, details } = await failedProvision(bench, changed, workflowId);
    expect(type).toBe('RequestRejected');
    expect(details).toMatchObject({ code: 'EndpointDiffers', class: 'state' });
    expect(checkOf(details.report, 'existing').message).toContain('VpcId wanted "vpc-2" found "vpc-1"');
  });

  it('without tags does not know what exists', async () => {
    const { dry } = dryScenario();
    const { report } = await provision(bench, { ...dry, ownerTags: false });
    expect(checkOf(report, 'existing')).toMatchObject({ verdict: 'unknown' });
  });

  it('that is cancelled in its checks leaves nothing behind', async () => {
    const { dry, fault, workflowId, calls } = dryScenario();
    fault('ListVpcEndpoints', { kind: 'delayBeforeMs', ms: 3_600_000 }, 'always');
    const handle = await startProvision(bench, dry, workflowId);
    await eventually('the run looks', () => calls('ListVpcEndpoints') === 2);
    expect(await handle.query(stateQuery)).toMatchObject({ phase: 'checking' });
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect((await handle.describe()).memo?.[OUTCOME_MEMO]).toEqual({ outcome: 'nothingCreated' });
  });

  it('does not hide a run before it that may have left something', async () => {
    const { dry, request, workflowId, calls } = dryScenario();
    const lost = await bench.client.workflow.start('provisionVpcEndpoint', {
      workflowId,
      taskQueue: 'nobody-polls-this',
      args: [{ request }],
    });
    await lost.terminate();
    await provision(bench, dry, workflowId);
    await eventually('the server lists both', async () => {
      const { count } = await bench.client.workflow.count(
        `WorkflowId = '${workflowId}' AND ExecutionStatus IN ('Terminated', 'Completed')`,
      );
      return count === 2;
    });
    const before = calls('ListVpcEndpoints');
    const result = await provision(bench, { request }, workflowId);
    expect(result.outcome).toBe('created');
    // Once before the create, and twice patiently.
    expect(calls('ListVpcEndpoints') - before).toBe(3);
  });
});

function verdictsOf(report: readonly PreflightCheck[] | undefined): Partial<Record<CheckName, CheckVerdict>> {
  return Object.fromEntries((report ?? []).map(({ check, verdict }) => [check, verdict]));
}

function checkOf(report: readonly PreflightCheck[] | undefined, name: CheckName): PreflightCheck {
  const found = report?.find(({ check }) => check === name);
  if (found === undefined) throw new Error(`There is no check ${name} in ${JSON.stringify(report)}`);
  return found;
}
