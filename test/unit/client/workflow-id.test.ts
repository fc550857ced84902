import { describe, expect, it } from 'vitest';
import { differingFields, isHashedId, provisionWorkflowId } from '../../../src/client/workflow-id.js';
import type { ProvisionInput } from '../../../src/contract/input.js';
import { realWorkflowId } from '../../../src/model/derived-id.js';
import { tagValueProblem } from '../../../src/model/owner-tags.js';
import type { CreateVpcEndpointRequest } from '../../../src/model/request.js';

const UNNAMED: CreateVpcEndpointRequest = {
  RegionId: 'cn-hangzhou',
  VpcId: 'vpc-1',
  ServiceId: 'epsrv-1',
  SecurityGroupId: ['sg-1'],
  Zone: [{ ZoneId: 'cn-hangzhou-b', VSwitchId: 'vsw-1' }],
  Tag: [{ Key: 'env', Value: 'prod' }],
};
const NAMED: CreateVpcEndpointRequest = { ...UNNAMED, EndpointName: 'orders' };

const HASH = '[0-9a-f]{32}';
const idOf = (request: CreateVpcEndpointRequest, rest: Partial<ProvisionInput> = {}) =>
  provisionWorkflowId({ request, ...rest });
/** As an input that JSON brought, which the types do not promise. */
const loose = (request: object) => request as CreateVpcEndpointRequest;

/** The same request, written in another way. */
const SAME: { request: CreateVpcEndpointRequest; reason: string }[] = [
  { request: loose(Object.fromEntries(Object.entries(UNNAMED).reverse())), reason: 'keys in another order' },
  {
    request: { ...UNNAMED, Zone: [{ VSwitchId: 'vsw-1', ZoneId: 'cn-hangzhou-b' }] },
    reason: 'inner keys in another order',
  },
  { request: loose({ ...UNNAMED, ServiceName: undefined }), reason: 'a field that is undefined is left out' },
  { request: { ...UNNAMED, DryRun: false }, reason: 'no dry run, written out' },
  { request: { ...UNNAMED, AddressIpVersion: 'IPv4' }, reason: 'the protocol that is assumed' },
  { request: { ...UNNAMED, EndpointType: 'Interface' }, reason: 'the type that is assumed' },
  { request: { ...UNNAMED, ProtectedEnabled: false, ZoneAffinityEnabled: false }, reason: 'switches that are off' },
];

/** Another request. */
const OTHER: { request: CreateVpcEndpointRequest; field: string }[] = [
  { request: { ...UNNAMED, RegionId: 'cn-beijing' }, field: 'RegionId' },
  { request: { ...UNNAMED, VpcId: 'vpc-2' }, field: 'VpcId' },
  { request: { ...UNNAMED, ServiceId: 'epsrv-2' }, field: 'ServiceId' },
  { request: { ...UNNAMED, ServiceName: 'com.x' }, field: 'ServiceName' },
  { request: { ...UNNAMED, SecurityGroupId: ['sg-2'] }, field: 'SecurityGroupId' },
  { request: { ...UNNAMED, Zone: [{ ZoneId: 'cn-hangzhou-c', VSwitchId: 'vsw-1' }] }, field: 'Zone' },
  { request: { ...UNNAMED, Tag: [{ Key: 'env', Value: 'test' }] }, field: 'Tag' },
  { request: { ...UNNAMED, ProtectedEnabled: true }, field: 'ProtectedEnabled' },
  { request: { ...UNNAMED, AddressIpVersion: 'DualStack' }, field: 'AddressIpVersion' },
  { request: { ...UNNAMED, EndpointType: 'Reverse' }, field: 'EndpointType' },
  { request: { ...UNNAMED, ClientToken: 'mine' }, field: 'ClientToken' },
  { request: { ...UNNAMED, CrossRegionBandwidth: 100 }, field: 'CrossRegionBandwidth' },
  { request: { ...UNNAMED, DryRun: true }, field: 'DryRun' },
];

describe('the workflow id of a named request', () => {
  it('is made of account, region, VPC, service and name', () => {
    expect(idOf(NAMED)).toBe('provision/default/cn-hangzhou/vpc-1/epsrv-1/orders');
    expect(idOf(NAMED, { account: 'team-a' })).toBe('provision/team-a/cn-hangzhou/vpc-1/epsrv-1/orders');
    expect(isHashedId(idOf(NAMED))).toBe(false);
  });

  it('is the same for every request of that name: a change is found when the run is joined', () => {
    expect(idOf({ ...NAMED, SecurityGroupId: ['sg-2'] })).toBe(idOf(NAMED));
  });

  it('takes the name of the service where the id is left out', () => {
    expect(idOf(loose({ ...NAMED, ServiceId: undefined, ServiceName: 'com.aliyuncs.x' }))).toBe(
      'provision/default/cn-hangzhou/vpc-1/com.aliyuncs.x/orders',
    );
  });

  it('of a dry run is another one: it must not stand in the way of the run', () => {
    expect(idOf({ ...NAMED, DryRun: true })).toBe('dry-run/default/cn-hangzhou/vpc-1/epsrv-1/orders');
  });

  it.each([
    { request: NAMED, reason: 'with a name' },
    { request: UNNAMED, reason: 'without a name' },
    {
      request: { ...NAMED, EndpointName: 'x'.repeat(84) },
      reason: 'with a name that just fits into the id of the run',
    },
    {
      request: { ...NAMED, EndpointName: 'x'.repeat(86) },
      reason: 'with a name that would fit into the shorter one only',
    },
  ])('of a dry run is that of the run behind another prefix: a request $reason', ({ request }) => {
    const dryRun = idOf({ ...request, DryRun: true });
    expect(dryRun).toMatch(/^dry-run\//);
    expect(realWorkflowId(dryRun, { account: 'default', RegionId: request.RegionId })).toBe(idOf(request));
  });

  it.each([
    { request: { ...NAMED, EndpointName: 'x'.repeat(128) }, reason: 'longer than the value of a tag' },
    { request: { ...NAMED, EndpointName: '订单' }, reason: 'not ASCII' },
    { request: { ...NAMED, VpcId: 'vpc 1' }, reason: 'a space' },
    { request: { ...NAMED, ServiceId: 'http://x' }, reason: 'no tag value holds an address' },
  ])('is hashed where a tag could not hold it: $reason', ({ request }) => {
    expect(idOf(request)).toMatch(new RegExp(`^provision/default/cn-hangzhou/${HASH}$`));
    expect(isHashedId(idOf(request))).toBe(true);
    expect(tagValueProblem(idOf(request))).toBeUndefined();
  });

  it('is as long as a tag value at most, and not cut', () => {
    const fitting = 128 - idOf({ ...NAMED, EndpointName: '' }).length;
    expect(idOf({ ...NAMED, EndpointName: 'x'.repeat(fitting) })).toHaveLength(128);
    expect(isHashedId(idOf({ ...NAMED, EndpointName: 'x'.repeat(fitting) }))).toBe(false);
    expect(isHashedId(idOf({ ...NAMED, EndpointName: 'x'.repeat(fitting + 1) }))).toBe(true);
  });
});

describe('the workflow id of a request without a name', () => {
  it('is hashed, and says so', () => {
    expect(idOf(UNNAMED)).toMatch(new RegExp(`^provision/default/cn-hangzhou/${HASH}$`));
    expect(isHashedId(idOf(UNNAMED))).toBe(true);
    expect(idOf({ ...UNNAMED, DryRun: true })).toMatch(new RegExp(`^dry-run/default/cn-hangzhou/${HASH}$`));
    expect(isHashedId(idOf({ ...UNNAMED, DryRun: true }))).toBe(true);
  });

  it('stays what it is: another one would make a second endpoint of a request that a new version starts again', () => {
    expect(idOf(UNNAMED)).toBe('provision/default/cn-hangzhou/7f76de084894dbf95b7583beb9a31bf9');
  });

  it.each(SAME)('is the same for the same request: $reason', ({ request }) => {
    expect(idOf(request)).toBe(idOf(UNNAMED));
  });

  it('is the same whether an empty list or an empty tag value is written out', () => {
    const bare = { RegionId: 'cn-hangzhou', VpcId: 'vpc-1', ServiceName: 'x', EndpointType: 'Reverse' };
    expect(idOf({ ...bare, Zone: [], SecurityGroupId: [], Tag: [] })).toBe(idOf(bare));
    expect(idOf(loose({ ...bare, Tag: [{ Key: 'a' }] }))).toBe(idOf({ ...bare, Tag: [{ Key: 'a', Value: '' }] }));
  });

  it.each(OTHER)('is another one for another request: $field', ({ request }) => {
    expect(idOf(request)).not.toBe(idOf(UNNAMED));
  });

  it('is another one for another account, and for other extra parameters', () => {
    expect(idOf(UNNAMED, { account: 'team-a' })).not.toBe(idOf(UNNAMED));
    expect(idOf(UNNAMED, { account: 'default' })).toBe(idOf(UNNAMED));
    expect(idOf(UNNAMED, { extraParameters: { New: 1 } })).not.toBe(idOf(UNNAMED));
    expect(idOf(UNNAMED, { extraParameters: {} })).toBe(idOf(UNNAMED));
  });

  it('does not depend on the options: they say how to run, not what to make', () => {
    const options: Partial<ProvisionInput> = {
      timeouts: { active: '2h' },
      retry: { quota: false },
      ownerTags: false,
      notify: [{ workflowId: 'x' }],
    };
    expect(idOf(UNNAMED, options)).toBe(idOf(UNNAMED));
  });
});

describe('telling a hashed id', () => {
  it.each([
    { id: 'provision/default/cn-hangzhou/vpc-1/epsrv-1/orders', hashed: false },
    { id: `provision/default/cn-hangzhou/${'a'.repeat(32)}`, hashed: true },
    { id: `provision/default/cn-hangzhou/${'a'.repeat(31)}`, hashed: false },
    { id: `provision/default/cn-hangzhou/vpc/epsrv/${'a'.repeat(32)}`, hashed: false },
    { id: `other/default/cn-hangzhou/${'a'.repeat(32)}`, hashed: false },
    { id: 'order-17', hashed: false },
  ])('$id: $hashed', ({ id, hashed }) => {
    expect(isHashedId(id)).toBe(hashed);
  });
});

describe('the fields in which two inputs differ', () => {
  it.each(SAME)('none: $reason', ({ request }) => {
    expect(differingFields({ request }, { request: UNNAMED })).toEqual([]);
  });

  it.each(OTHER)('request.$field', ({ request, field }) => {
    expect(differingFields({ request }, { request: UNNAMED })).toEqual([`request.${field}`]);
    expect(differingFields({ request: UNNAMED }, { request })).toEqual([`request.${field}`]);
  });

  it('name the account and each extra parameter', () => {
    const a = { request: UNNAMED, account: 'team-a', extraParameters: { New: 1, Same: true } };
    const b = { request: UNNAMED, extraParameters: { New: 2, Same: true, Newer: 'x' } };
    expect(differingFields(a, b)).toEqual(['account', 'extraParameters.New', 'extraParameters.Newer']);
  });

  it('tell a number from its text, as the service may', () => {
    expect(
      differingFields(
        { request: UNNAMED, extraParameters: { New: 1 } },
        { request: UNNAMED, extraParameters: { New: '1' } },
      ),
    ).toEqual(['extraParameters.New']);
  });

  it('never count options', () => {
    const options = { timeouts: { active: '1h' }, ownerTags: false } as const;
    expect(differingFields({ request: UNNAMED, ...options }, { request: UNNAMED })).toEqual([]);
  });

  it.each([
    { request: { Tag: 'x' }, reason: 'tags that are text' },
    { request: { Tag: [null, 7] }, reason: 'tags that are no objects' },
    { request: {}, reason: 'nothing at all' },
    { request: { Zone: null }, reason: 'null' },
  ])('can be told of an input that somebody else started, whatever it is: $reason', ({ request }) => {
    expect(differingFields({ request: loose(request) }, { request: UNNAMED }).length).toBeGreaterThan(0);
  });
});
