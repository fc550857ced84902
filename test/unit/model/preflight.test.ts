import { describe, expect, it } from 'vitest';
import type { EndpointService } from '../../../src/model/endpoint-service.js';
import {
  addressChecks,
  endpointQuotaCheck,
  existingCheck,
  serviceChecks,
  unknownChecks,
  type ExistingLookUps,
  type ListedServices,
} from '../../../src/model/preflight.js';
import type { CreateVpcEndpointRequest } from '../../../src/model/request.js';

const REQUEST: CreateVpcEndpointRequest = {
  RegionId: 'cn-hangzhou',
  VpcId: 'vpc-1',
  ServiceId: 'epsrv-1',
  Zone: [
    { ZoneId: 'cn-hangzhou-b', VSwitchId: 'vsw-1' },
    { ZoneId: 'cn-hangzhou-c', VSwitchId: 'vsw-2' },
  ],
};
const EVERYTHING: CreateVpcEndpointRequest = { ...REQUEST, AddressIpVersion: 'DualStack', PolicyDocument: '{}' };

const SERVICE: EndpointService = {
  ServiceId: 'epsrv-1',
  ServiceName: 'com.x',
  Zones: ['cn-hangzhou-a', 'cn-hangzhou-b', 'cn-hangzhou-c'],
  AddressIpVersion: 'DualStack',
  ServiceSupportIPv6: true,
  VpcEndpointPolicySupported: true,
  AutoAcceptEnabled: true,
};

/** The checks of a list that has one service, or something else. */
function checksOf(
  request: CreateVpcEndpointRequest,
  service: Partial<EndpointService> | undefined,
  list: Partial<ListedServices> = {},
) {
  const services = service === undefined ? [] : [{ ...SERVICE, ...service }];
  return serviceChecks(request, { services, complete: true, requestId: 'R-1', ...list });
}

const without = (...fields: (keyof EndpointService)[]): EndpointService =>
  Object.fromEntries(
    Object.entries(SERVICE).filter(([name]) => !fields.includes(name as keyof EndpointService)),
  ) as unknown as EndpointService;

const verdictsOf = (checks: readonly { check: string; verdict: string }[]) =>
  checks.map(({ check, verdict }) => `${check} ${verdict}`);

describe('the checks of the service', () => {
  it('all pass for a service that has what the request asks for, with the RequestId that told', () => {
    const checks = checksOf(EVERYTHING, {});
    expect(verdictsOf(checks)).toEqual([
      'service pass',
      'zones pass',
      'dualStack pass',
      'policy pass',
      'acceptance pass',
    ]);
    expect(checks.every(({ requestId }) => requestId === 'R-1')).toBe(true);
    expect(checks.every(({ code }) => code === undefined)).toBe(true);
  });

  it('are only those that the request gives a reason for', () => {
    const { RegionId, VpcId, ServiceId } = REQUEST;
    const bare = { RegionId, VpcId, ...(ServiceId === undefined ? {} : { ServiceId }) };
    expect(verdictsOf(checksOf(bare, {}))).toEqual(['service pass', 'acceptance pass']);
  });

  it('fail for a service that is not listed, and the others are unknown', () => {
    const checks = checksOf(EVERYTHING, undefined);
    expect(verdictsOf(checks)).toEqual([
      'service fail',
      'zones unknown',
      'dualStack unknown',
      'policy unknown',
      'acceptance unknown',
    ]);
    expect(checks[0]).toMatchObject({ code: 'EndpointServiceNotFound', requestId: 'R-1' });
    expect(checks[0]?.message).toContain('epsrv-1 is not among the endpoint services');
  });

  it.each<{ why: string; request?: Partial<CreateVpcEndpointRequest>; list?: Partial<ListedServices> }>([
    { why: 'the list goes on', list: { complete: false } },
    { why: 'the service is in another region', request: { ServiceRegionId: 'cn-beijing' } },
    { why: 'the list is documented for type Interface only', request: { EndpointType: 'GatewayLoadBalancer' } },
  ])('prove nothing by a service that is not listed where $why', ({ request, list }) => {
    const [service] = checksOf({ ...REQUEST, ...request }, undefined, list);
    expect(service).toMatchObject({ check: 'service', verdict: 'unknown' });
    expect(service?.code).toBeUndefined();
  });

  it.each<{ why: string; request: Partial<CreateVpcEndpointRequest>; verdict: string }>([
    { why: 'its name', request: { ServiceName: 'com.x' }, verdict: 'pass' },
    { why: 'id and name together', request: { ServiceId: 'epsrv-1', ServiceName: 'com.x' }, verdict: 'pass' },
    { why: 'an id with the name of another', request: { ServiceId: 'epsrv-1', ServiceName: 'com.y' }, verdict: 'fail' },
    { why: 'the id of another', request: { ServiceId: 'epsrv-2' }, verdict: 'fail' },
  ])('know a service by $why: $verdict', ({ request, verdict }) => {
    const { RegionId, VpcId } = REQUEST;
    expect(checksOf({ RegionId, VpcId, ...request }, {})[0]?.verdict).toBe(verdict);
  });

  it('name the zones that the service does not serve, and those that it does', () => {
    const zones = checksOf(REQUEST, { Zones: ['cn-hangzhou-a', 'cn-hangzhou-b'] }).find(
      ({ check }) => check === 'zones',
    );
    expect(zones).toMatchObject({ verdict: 'fail', code: 'EndpointServiceNotSupportedZone' });
    expect(zones?.message).toContain('does not serve cn-hangzhou-c; its zones are cn-hangzhou-a, cn-hangzhou-b.');
  });

  it.each<{ check: string; service: EndpointService; request?: Partial<CreateVpcEndpointRequest>; why: string }>([
    { check: 'zones', service: without('Zones'), why: 'the list does not tell' },
    { check: 'zones', service: { ...SERVICE, Zones: [] }, why: 'the list is empty' },
    {
      check: 'zones',
      service: SERVICE,
      request: { ServiceRegionId: 'cn-beijing' },
      why: 'they are those of another region',
    },
    { check: 'dualStack', service: without('ServiceSupportIPv6', 'AddressIpVersion'), why: 'the list does not tell' },
    { check: 'policy', service: without('VpcEndpointPolicySupported'), why: 'the list does not tell' },
    { check: 'acceptance', service: without('AutoAcceptEnabled'), why: 'the list does not tell' },
  ])('$check is unknown where $why', ({ check, service, request }) => {
    const checks = serviceChecks({ ...EVERYTHING, ...request }, { services: [service], complete: true, requestId: '' });
    expect(checks.find((one) => one.check === check)?.verdict).toBe('unknown');
  });

  it.each<{ service: Partial<EndpointService>; verdict: string }>([
    { service: { ServiceSupportIPv6: true, AddressIpVersion: 'IPv4' }, verdict: 'pass' },
    { service: { ServiceSupportIPv6: false, AddressIpVersion: 'DualStack' }, verdict: 'pass' },
    { service: { ServiceSupportIPv6: false, AddressIpVersion: 'IPv4' }, verdict: 'fail' },
  ])('dualStack with $service: $verdict', ({ service, verdict }) => {
    expect(checksOf(EVERYTHING, service).find(({ check }) => check === 'dualStack')?.verdict).toBe(verdict);
  });

  it('policy fails with the code that the service would answer', () => {
    expect(checksOf(EVERYTHING, { VpcEndpointPolicySupported: false })).toContainEqual(
      expect.objectContaining({ check: 'policy', verdict: 'fail', code: 'OperationDenied.EndpointPolicyNotSupport' }),
    );
  });

  it('acceptance by hand passes, and says that the connection stays Disconnected until then', () => {
    const acceptance = checksOf(REQUEST, { AutoAcceptEnabled: false }).find(({ check }) => check === 'acceptance');
    expect(acceptance).toMatchObject({ verdict: 'pass', message: expect.stringContaining('Disconnected') as string });
  });
});

describe('the check of the quota', () => {
  it.each<[count: number | undefined, verdict: string, says: string]>([
    [0, 'pass', '0 of 1,000 endpoints in vpc-1 (default quota).'],
    [999, 'pass', '999 of 1,000'],
    [
      1_000,
      'unknown',
      '1,000 of 1,000 endpoints in vpc-1 (default quota); the quota of this account may have been raised',
    ],
    [12_345, 'unknown', '12,345 of 1,000'],
    [undefined, 'unknown', 'no TotalCount'],
  ])('%s endpoints: %s', (count, verdict, says) => {
    expect(endpointQuotaCheck(REQUEST, count, 'R-1')).toMatchObject({
      verdict,
      message: expect.stringContaining(says) as string,
      requestId: 'R-1',
    });
  });
});

describe('the check of free addresses', () => {
  it('is unknown and says why, and is left out where no vSwitch is named', () => {
    expect(addressChecks(REQUEST)).toEqual([
      {
        check: 'addresses',
        verdict: 'unknown',
        message: 'The API of PrivateLink does not tell how many addresses are free in vsw-1, vsw-2.',
      },
    ]);
    expect(addressChecks({ RegionId: 'cn-hangzhou', VpcId: 'vpc-1' })).toEqual([]);
  });
});

describe('the check of what exists', () => {
  const endpoint = { EndpointId: 'ep-1' };
  const differences = [{ field: 'VpcId', wanted: 'vpc-2', found: 'vpc-1' }];
  const absent = { kind: 'absent' } as const;

  it.each<{ look: Omit<ExistingLookUps, 'requestId'>; verdict: string; says: string; code?: string }>([
    { look: { byTags: absent }, verdict: 'pass', says: 'a run of order-17 would create' },
    { look: { byTags: { kind: 'fits', endpoint, others: [] } }, verdict: 'pass', says: 'would adopt ep-1' },
    { look: { byTags: { kind: 'deleting', endpoint } }, verdict: 'pass', says: 'ep-1 is being deleted' },
    {
      look: { byTags: { kind: 'differs', endpoint, differences } },
      verdict: 'fail',
      says: 'differs: VpcId wanted "vpc-2" found "vpc-1"',
      code: 'EndpointDiffers',
    },
    { look: {}, verdict: 'unknown', says: 'ownerTags is false' },
    { look: { byTags: absent, byName: absent }, verdict: 'pass', says: 'would create' },
    { look: { byName: { kind: 'fits', endpoint } }, verdict: 'pass', says: 'would adopt ep-1, which has the name' },
    {
      look: { byTags: absent, byName: { kind: 'differs', endpoint, differences } },
      verdict: 'fail',
      says: 'VpcId wanted',
      code: 'EndpointDiffers',
    },
    {
      look: { byTags: absent, byName: { kind: 'anotherWorkflow', endpointIds: ['ep-1'] } },
      verdict: 'fail',
      says: 'ep-1 has the name and belongs to another workflow',
      code: 'EndpointExists',
    },
    {
      look: { byTags: absent, byName: { kind: 'ambiguous', endpointIds: ['ep-1', 'ep-2'] } },
      verdict: 'fail',
      says: '2 endpoints have the name: ep-1, ep-2',
      code: 'EndpointExists',
    },
  ])('$verdict: $says', ({ look, verdict, says, code }) => {
    const check = existingCheck('order-17', { ...look, requestId: 'R-1' }, true);
    expect(check).toMatchObject({ check: 'existing', verdict, requestId: 'R-1' });
    expect(check.message).toContain(says);
    expect(check.code).toBe(code);
  });

  it('fails for an own endpoint where ifExists is "fail"', () => {
    const check = existingCheck('order-17', { byTags: { kind: 'fits', endpoint, others: [] }, requestId: '' }, false);
    expect(check).toMatchObject({ verdict: 'fail', code: 'EndpointExists' });
    expect(check.requestId).toBeUndefined();
  });
});

describe('a look that did not succeed', () => {
  it('makes its checks unknown, with the reason at the first', () => {
    const reason = { message: 'NoPermission: no', code: 'NoPermission', requestId: 'R-9' };
    expect(unknownChecks('service', EVERYTHING, reason)).toEqual([
      { check: 'service', verdict: 'unknown', ...reason },
      ...['zones', 'dualStack', 'policy', 'acceptance'].map((check) => ({
        check,
        verdict: 'unknown',
        message: 'The service was not seen: see the check "service".',
      })),
    ]);
    expect(verdictsOf(unknownChecks('quota', EVERYTHING, reason))).toEqual(['endpointQuota unknown']);
    expect(verdictsOf(unknownChecks('existing', EVERYTHING, reason))).toEqual(['existing unknown']);
  });
});
