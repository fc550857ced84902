import { describe, expect, it } from 'vitest';
import { OWNER_TAG, WORKFLOW_TAG } from '../../../src/model/owner-tags.js';
import { requestProblems } from '../../../src/model/request-rules.js';

const VALID = { RegionId: 'cn-hangzhou', VpcId: 'vpc-1', ServiceId: 'epsrv-1', SecurityGroupId: ['sg-1'] };

const pathsOf = (fields: Record<string, unknown>, withOwnerTags = true) =>
  requestProblems({ ...VALID, ...fields }, withOwnerTags).map(({ path }) => path);

const zone = (id: string, fields: object = {}) => ({ ZoneId: id, VSwitchId: `vsw-${id}`, ...fields });
const tags = (count: number) => Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: '' }));

describe('rules of a request that span several fields', () => {
  it.each([
    { fields: {}, reason: 'the smallest request' },
    { fields: { ServiceId: undefined, ServiceName: 'com.x' }, reason: 'the name of the service is enough' },
    { fields: { ServiceName: 'com.x' }, reason: 'both may be given' },
    { fields: { EndpointType: 'Reverse', SecurityGroupId: undefined }, reason: 'only Interface needs a group' },
    { fields: { EndpointType: 'GatewayLoadBalancer', SecurityGroupId: [] }, reason: 'no groups, written as a list' },
    { fields: { Zone: [zone('b'), zone('c')] }, reason: 'two zones' },
    { fields: { Zone: [zone('b', { Ipv6Address: '::1' })], AddressIpVersion: 'DualStack' }, reason: 'dual stack' },
    { fields: { Tag: tags(18) }, reason: 'the last tag that is free' },
    { fields: { PolicyDocument: '{"Version":"1"}' }, reason: 'a JSON object' },
  ])('accept $fields: $reason', ({ fields }) => {
    expect(pathsOf(fields)).toEqual([]);
  });

  it.each([
    { fields: { ServiceId: undefined }, path: 'request.ServiceId', reason: 'no service is named' },
    {
      fields: { SecurityGroupId: undefined },
      path: 'request.SecurityGroupId',
      reason: 'Interface is assumed, and needs one',
    },
    { fields: { SecurityGroupId: [] }, path: 'request.SecurityGroupId', reason: 'an empty list is none' },
    {
      fields: { EndpointType: 'GatewayLoadBalancer' },
      path: 'request.SecurityGroupId',
      reason: 'this type takes none',
    },
    { fields: { SecurityGroupId: ['a', 'b', 'a'] }, path: 'request.SecurityGroupId[2]', reason: 'a group twice' },
    { fields: { Zone: [zone('b'), zone('c'), zone('b')] }, path: 'request.Zone[2].ZoneId', reason: 'a zone twice' },
    {
      fields: { Zone: [zone('b', { Ipv6Address: '::1' })] },
      path: 'request.Zone[0].Ipv6Address',
      reason: 'IPv4 is assumed',
    },
    {
      fields: { Zone: [zone('b'), zone('c', { Ipv6Address: '::1' })], AddressIpVersion: 'IPv4' },
      path: 'request.Zone[1].Ipv6Address',
      reason: 'IPv4 is written out',
    },
    { fields: { Tag: [...tags(1), ...tags(1)] }, path: 'request.Tag[1].Key', reason: 'a key twice' },
    { fields: { Tag: tags(19) }, path: 'request.Tag', reason: 'two of the 20 are ours' },
    {
      fields: { Tag: [{ Key: OWNER_TAG, Value: 'x' }] },
      path: 'request.Tag[0].Key',
      reason: 'it would say who made the endpoint',
    },
    {
      fields: { Tag: [{ Key: WORKFLOW_TAG, Value: 'x' }] },
      path: 'request.Tag[0].Key',
      reason: 'it would say which run made the endpoint',
    },
    { fields: { PolicyDocument: 'allow all' }, path: 'request.PolicyDocument', reason: 'no JSON' },
    { fields: { PolicyDocument: '[1]' }, path: 'request.PolicyDocument', reason: 'a list is no policy' },
    { fields: { PolicyDocument: 'null' }, path: 'request.PolicyDocument', reason: 'null is no policy' },
  ])('refuse $fields at $path: $reason', ({ fields, path }) => {
    expect(pathsOf(fields)).toEqual([path]);
  });

  it('leave all 20 tags to the caller where ours are not set, but never our own keys', () => {
    expect(pathsOf({ Tag: tags(20) }, false)).toEqual([]);
    expect(pathsOf({ Tag: [{ Key: OWNER_TAG, Value: 'x' }] }, false)).toEqual(['request.Tag[0].Key']);
  });

  it('tolerate fields of a wrong type, which are reported elsewhere', () => {
    for (const wrong of [null, 'text', 7, {}, [null], [undefined], [7], [[]], ['text']]) {
      expect(() =>
        requestProblems({ Zone: wrong, Tag: wrong, SecurityGroupId: wrong, PolicyDocument: wrong }, true),
      ).not.toThrow();
    }
    expect(pathsOf({ SecurityGroupId: 'sg-1' })).toEqual([]);
  });

  it('read lists of hundreds of thousands in the time of one pass', () => {
    const many = Array.from({ length: 300_000 }, (_, index) => `sg-${index}`);
    expect(pathsOf({ SecurityGroupId: [...many, 'sg-0'] })).toEqual(['request.SecurityGroupId[300000]']);
  }, 5_000);
});
