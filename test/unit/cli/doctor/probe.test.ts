import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Check } from '../../../../src/cli/doctor/check.js';
import { dryRunParameters, probeDryRun, probeReads } from '../../../../src/cli/doctor/probe.js';
import type { ProvisionInput } from '../../../../src/contract/input.js';
import type { PrivateLinkApi } from '../../../../src/privatelink/port.js';
import { startSimulator, type Simulator } from '../../../../src/simulator/index.js';
import { openAccounts } from '../../../../src/worker/cloud-accounts.js';
import { INPUT } from '../fixture.js';

const REGION = INPUT.request.RegionId;
let twin: Simulator;
let api: PrivateLinkApi;

async function open(signatureNow?: () => number): Promise<void> {
  twin = await startSimulator(signatureNow === undefined ? {} : { signatureNow });
  const options = { timeoutMs: 5_000, userAgent: 'test' };
  api = (await openAccounts({ kind: 'twin', url: twin.url }, ['default'], options)).privateLink('default', REGION);
}
beforeEach(() => open());
afterEach(() => twin.close());

const strike = (action: string, code: string) => twin.faults.add({ action, effect: { kind: 'code', code } });
const verdicts = (checks: readonly Check[]) => checks.map(({ check, verdict }) => `${check} ${verdict}`);
const adviceOf = (check: Check | undefined) => (check !== undefined && 'advice' in check ? check.advice : '');

describe('the calls of a probe that read', () => {
  test('pass with their RequestIds, and change nothing', async () => {
    const checks = await probeReads(api, REGION);
    expect(verdicts(checks)).toEqual([
      'ListVpcEndpoints pass',
      'GetVpcEndpointAttribute pass',
      'ListVpcEndpointZones pass',
      'ListVpcEndpointServicesByEndUser pass',
    ]);
    expect(checks.map(({ requestId }) => requestId)).toEqual(twin.journal.requests.map(({ requestId }) => requestId));
    expect(twin.journal.effects).toEqual([]);
    expect(twin.journal.requests[0]?.parameters).toMatchObject({ MaxResults: '1' });
  });

  test('that are denied name the action and the statement that would allow it; the others are made all the same', async () => {
    strike('ListVpcEndpoints', 'NoPermission');
    const checks = await probeReads(api, REGION);
    expect(checks.map(({ verdict }) => verdict)).toEqual(['fail', 'pass', 'pass', 'pass']);
    const [denied] = checks;
    expect(denied).toMatchObject({
      code: 'NoPermission',
      exit: 'denied',
      requestId: twin.journal.requests[0]?.requestId,
      denied: { action: 'privatelink:ListVpcEndpoints' },
    });
    expect(denied?.seen).toContain('privatelink:ListVpcEndpoints');
    expect(adviceOf(denied)).toMatch(/"Effect":"Allow","Action":\["privatelink:ListVpcEndpoints"\]/);
  });

  test('and that only dry runs need are a warning when they are denied', async () => {
    strike('ListVpcEndpointServicesByEndUser', 'Forbidden.RAM');
    const last = (await probeReads(api, REGION)).at(-1);
    expect(last?.verdict).toBe('warn');
    expect(adviceOf(last)).toMatch(/^Needed only for the report of dry runs\./);
  });

  test.each([
    { code: 'InvalidAccessKeyId.NotFound', exit: 'denied' },
    { code: 'SystemBusy', exit: 'unreachable' },
    { code: 'RegionNotFound', exit: 'rejected' },
    { code: 'NobodyKnowsThis', exit: 'later' },
  ])('that end with $code fail as $exit', async ({ code, exit }) => {
    strike('GetVpcEndpointAttribute', code);
    expect((await probeReads(api, REGION))[1]).toMatchObject({ verdict: 'fail', code, exit });
  });

  test('that are throttled are a warning: the account is in order', async () => {
    twin.faults.add({ action: 'ListVpcEndpoints', effect: { kind: 'throttle' } });
    expect((await probeReads(api, REGION))[0]).toMatchObject({ verdict: 'warn', code: 'Throttling.User' });
  });

  test('fail as unreachable where nobody listens', async () => {
    await twin.close();
    const checks = await probeReads(api, REGION);
    expect(checks.map((check) => (check.verdict === 'fail' ? check.exit : check.verdict))).toEqual(
      checks.map(() => 'unreachable'),
    );
  });

  test('fail as denied when the clock of this machine is wrong', async () => {
    await twin.close();
    await open(() => Date.now() + 3_600_000);
    const [first] = await probeReads(api, REGION);
    expect(first).toMatchObject({ verdict: 'fail', code: 'InvalidTimeStamp.Expired', exit: 'denied' });
  });
});

describe('the dry run of a probe', () => {
  const creates = () => twin.journal.requests.filter(({ action }) => action === 'CreateVpcEndpoint');

  test('passes, with the tags of a run and without a ClientToken, and creates nothing', async () => {
    const input = { request: { ...INPUT.request, ClientToken: 'mine' } };
    const check = await probeDryRun(api, input, 'shop');
    expect(check).toMatchObject({ verdict: 'pass', code: 'DryRunOperation', requestId: creates()[0]?.requestId });
    expect(creates()).toHaveLength(1);
    expect(creates()[0]?.parameters).toMatchObject({
      DryRun: 'true',
      'Tag.1.Key': 'durable-privatelink-owner',
      'Tag.1.Value': 'shop',
      'Tag.2.Key': 'durable-privatelink-workflow',
    });
    expect(creates()[0]?.parameters).not.toHaveProperty('ClientToken');
    expect(twin.journal.effects).toEqual([]);
  });

  test.each([{ DryRun: false }, { DryRun: true }, {}])('is one whatever the request says: %j', async (said) => {
    const input: ProvisionInput = { request: { ...INPUT.request, ...said }, ownerTags: false };
    expect(dryRunParameters(input, 'shop')).toEqual({ ...INPUT.request, Tag: [], DryRun: true });
    await probeDryRun(api, input, 'shop');
    expect(twin.journal.effects).toEqual([]);
  });

  test('that is refused fails with code, RequestId and advice', async () => {
    twin.engine.configure({ missing: ['vpc-1'] });
    const check = await probeDryRun(api, INPUT, 'shop');
    expect(check).toMatchObject({
      verdict: 'fail',
      code: 'VpcNotFound',
      exit: 'rejected',
      requestId: creates()[0]?.requestId,
      advice: 'Check VpcId and RegionId.',
    });
  });

  test('that is denied names the resources of the request', async () => {
    strike('CreateVpcEndpoint', 'NoPermission');
    const check = await probeDryRun(api, INPUT, 'shop');
    expect(check).toMatchObject({ exit: 'denied', denied: { action: 'privatelink:CreateVpcEndpoint' } });
    expect(adviceOf(check)).toContain('vpc/vpc-1');
  });

  test('that the service does not recognise is told with the id of what it made', async () => {
    const heedless: PrivateLinkApi = {
      ...api,
      createVpcEndpoint: async () => ({ EndpointId: 'ep-made', RequestId: 'REQ-1' }),
    };
    const check = await probeDryRun(heedless, INPUT, 'shop');
    expect(check).toMatchObject({ verdict: 'fail', exit: 'unexpected', requestId: 'REQ-1' });
    expect(check.seen).toContain('ep-made');
  });
});
