import { describe, expect, it } from 'vitest';
import { differences, readByName, readLookUp } from '../../../src/model/adoption.js';
import { ownerTags } from '../../../src/model/owner-tags.js';
import type { ListedVpcEndpoint } from '../../../src/model/endpoint.js';
import type { CreateVpcEndpointRequest } from '../../../src/model/request.js';

const OWNER = { installation: 'team-a', workflowId: 'order-17' };

const REQUEST: CreateVpcEndpointRequest = {
  RegionId: 'cn-hangzhou',
  VpcId: 'vpc-1',
  ServiceId: 'epsrv-1',
  EndpointName: 'orders',
  SecurityGroupId: ['sg-1'],
  Zone: [{ ZoneId: 'cn-hangzhou-b', VSwitchId: 'vsw-1' }],
};

function listed(fields: Partial<ListedVpcEndpoint> = {}): ListedVpcEndpoint {
  return {
    EndpointId: 'ep-1',
    EndpointName: 'orders',
    EndpointStatus: 'Active',
    VpcId: 'vpc-1',
    ServiceId: 'epsrv-1',
    CreateTime: '2026-01-01T00:00:00Z',
    Tags: ownerTags(OWNER),
    ...fields,
  };
}

const without = (endpoint: ListedVpcEndpoint, field: keyof ListedVpcEndpoint): ListedVpcEndpoint =>
  Object.fromEntries(Object.entries(endpoint).filter(([name]) => name !== field)) as unknown as ListedVpcEndpoint;

describe('comparing a request with an endpoint', () => {
  it('finds no difference in what was asked for', () => {
    expect(differences(REQUEST, listed())).toEqual([]);
  });

  const FULL: Required<
    Pick<
      ListedVpcEndpoint,
      | 'VpcId'
      | 'ServiceId'
      | 'ServiceName'
      | 'EndpointName'
      | 'EndpointDescription'
      | 'EndpointType'
      | 'ResourceGroupId'
      | 'AddressIpVersion'
      | 'ZoneAffinityEnabled'
      | 'ServiceRegionId'
      | 'CrossRegionBandwidth'
    >
  > = {
    VpcId: 'vpc-1',
    ServiceId: 'epsrv-1',
    ServiceName: 'com.aliyuncs.privatelink.cn-hangzhou.epsrv-1',
    EndpointName: 'orders',
    EndpointDescription: 'of the order service',
    EndpointType: 'Interface',
    ResourceGroupId: 'rg-1',
    AddressIpVersion: 'IPv4',
    ZoneAffinityEnabled: false,
    ServiceRegionId: 'cn-hangzhou',
    CrossRegionBandwidth: 100,
  };

  it.each(Object.entries(FULL).map(([field, value]) => ({ field, value })))(
    '$field: counts where it differs, and names both values',
    ({ field, value }) => {
      const other = typeof value === 'boolean' ? !value : typeof value === 'number' ? value + 1 : `${value}-other`;
      const request = { RegionId: 'cn-hangzhou', ...FULL };
      expect(differences(request, listed(FULL))).toEqual([]);
      expect(differences(request, listed({ ...FULL, [field]: other }))).toEqual([
        { field, wanted: String(value), found: String(other) },
      ]);
    },
  );

  it('counts nothing that the request leaves out', () => {
    expect(
      differences({ RegionId: 'cn-hangzhou', VpcId: 'vpc-1' }, listed({ ...FULL, EndpointName: 'other' })),
    ).toEqual([]);
  });

  it.each(['VpcId', 'ServiceId', 'EndpointName'] as const)(
    'counts nothing that the service does not show: %s',
    (field) => {
      expect(differences(REQUEST, without(listed(), field))).toEqual([]);
      expect(differences(REQUEST, listed({ [field]: '' }))).toEqual([]);
    },
  );

  it('compares numbers and booleans with their text', () => {
    const shown = {
      CrossRegionBandwidth: '100',
      ZoneAffinityEnabled: 'false',
    } as unknown as Partial<ListedVpcEndpoint>;
    expect(differences({ ...REQUEST, CrossRegionBandwidth: 100, ZoneAffinityEnabled: false }, listed(shown))).toEqual(
      [],
    );
  });

  it('names every field that differs', () => {
    const found = listed({ VpcId: 'vpc-2', ServiceId: 'epsrv-2', EndpointName: 'else' });
    expect(differences(REQUEST, found).map(({ field }) => field)).toEqual(['VpcId', 'ServiceId', 'EndpointName']);
  });
});

describe('reading a complete look-up', () => {
  const foreign = listed({ EndpointId: 'ep-foreign', Tags: ownerTags({ ...OWNER, workflowId: 'order-18' }) });
  const untagged = without(listed({ EndpointId: 'ep-untagged' }), 'Tags');

  it('is absent where nothing was found', () => {
    expect(readLookUp(REQUEST, OWNER, [])).toEqual({ kind: 'absent' });
  });

  it.each([
    { endpoint: foreign, reason: 'another workflow made it' },
    { endpoint: untagged, reason: 'nobody knows who made it' },
    { endpoint: listed({ Tags: ownerTags(OWNER).slice(1) }), reason: 'half of the tags prove nothing' },
  ])('is absent where what is there is not ours: $reason', ({ endpoint }) => {
    expect(readLookUp(REQUEST, OWNER, [endpoint])).toEqual({ kind: 'absent' });
  });

  it('fits where one of ours is as it was asked for', () => {
    const own = listed();
    expect(readLookUp(REQUEST, OWNER, [foreign, own, untagged])).toEqual({ kind: 'fits', endpoint: own, others: [] });
  });

  it.each(['Creating', 'Pending', 'SomethingNew'])(
    'fits in status %s: what is not being deleted lives',
    (EndpointStatus) => {
      expect(readLookUp(REQUEST, OWNER, [listed({ EndpointStatus })]).kind).toBe('fits');
      expect(readLookUp(REQUEST, OWNER, [without(listed(), 'EndpointStatus')]).kind).toBe('fits');
    },
  );

  it('takes the oldest of several that fit, and names the others', () => {
    const young = listed({ EndpointId: 'ep-a', CreateTime: '2026-01-03T00:00:00Z' });
    const old = listed({ EndpointId: 'ep-z', CreateTime: '2026-01-01T00:00:00Z' });
    const middle = listed({ EndpointId: 'ep-m', CreateTime: '2026-01-02T00:00:00Z' });
    for (const order of [
      [young, old, middle],
      [middle, young, old],
      [old, middle, young],
    ]) {
      expect(readLookUp(REQUEST, OWNER, order)).toEqual({ kind: 'fits', endpoint: old, others: ['ep-m', 'ep-a'] });
    }
  });

  it('chooses by id among those of one second, so that every scan chooses the same', () => {
    const [a, b] = [listed({ EndpointId: 'ep-a' }), listed({ EndpointId: 'ep-b' })];
    expect(readLookUp(REQUEST, OWNER, [b, a])).toEqual(readLookUp(REQUEST, OWNER, [a, b]));
    expect(readLookUp(REQUEST, OWNER, [b, a])).toMatchObject({ endpoint: { EndpointId: 'ep-a' }, others: ['ep-b'] });
  });

  it('reads endpoints without a creation time too', () => {
    expect(readLookUp(REQUEST, OWNER, [without(listed(), 'CreateTime')])).toMatchObject({ kind: 'fits' });
  });

  it('differs where one of ours is something else, and says in what', () => {
    const other = listed({ ServiceId: 'epsrv-2' });
    expect(readLookUp(REQUEST, OWNER, [other])).toEqual({
      kind: 'differs',
      endpoint: other,
      differences: [{ field: 'ServiceId', wanted: 'epsrv-1', found: 'epsrv-2' }],
    });
  });

  it('prefers one that fits to an older one that differs', () => {
    const old = listed({ EndpointId: 'ep-old', ServiceId: 'epsrv-2', CreateTime: '2025-01-01T00:00:00Z' });
    const own = listed({ EndpointId: 'ep-own' });
    expect(readLookUp(REQUEST, OWNER, [old, own])).toEqual({ kind: 'fits', endpoint: own, others: [] });
  });

  it('never adopts one that is being deleted', () => {
    const dying = listed({ EndpointId: 'ep-dying', EndpointStatus: 'Deleting', CreateTime: '2025-01-01T00:00:00Z' });
    const own = listed({ EndpointId: 'ep-own' });
    expect(readLookUp(REQUEST, OWNER, [dying])).toEqual({ kind: 'deleting', endpoint: dying });
    expect(readLookUp(REQUEST, OWNER, [dying, own])).toEqual({ kind: 'fits', endpoint: own, others: [] });
    expect(readLookUp(REQUEST, OWNER, [dying, listed({ VpcId: 'vpc-2' })]).kind).toBe('differs');
  });

  it('leaves the list that it reads as it was', () => {
    const scan = [listed({ EndpointId: 'ep-b' }), listed({ EndpointId: 'ep-a' })];
    readLookUp(REQUEST, OWNER, scan);
    expect(scan.map(({ EndpointId }) => EndpointId)).toEqual(['ep-b', 'ep-a']);
  });
});

describe('reading the endpoints of one name', () => {
  const read = (...endpoints: ListedVpcEndpoint[]) => readByName(REQUEST, 'orders', OWNER, endpoints);
  const untagged = (fields: Partial<ListedVpcEndpoint> = {}) => listed({ Tags: [], ...fields });

  it('finds nothing where none has the name, is in the VPC and lives', () => {
    expect(read()).toEqual({ kind: 'absent' });
    const endpoints = [
      untagged({ EndpointName: 'orders-2' }),
      untagged({ VpcId: 'vpc-2' }),
      untagged({ EndpointStatus: 'Deleting' }),
    ];
    expect(read(...endpoints)).toEqual({ kind: 'absent' });
  });

  it('takes the only one that fits, whoever made it', () => {
    expect(read(untagged())).toMatchObject({ kind: 'fits', endpoint: { EndpointId: 'ep-1' } });
    expect(read(without(listed(), 'Tags'))).toMatchObject({ kind: 'fits' });
    expect(read(listed())).toMatchObject({ kind: 'fits' });
    expect(read(untagged({ Tags: [{ Key: 'team', Value: 'a' }] }))).toMatchObject({ kind: 'fits' });
  });

  it('names each difference of the only one', () => {
    expect(read(untagged({ ServiceId: 'epsrv-2' }))).toMatchObject({
      kind: 'differs',
      differences: [{ field: 'ServiceId', wanted: 'epsrv-1', found: 'epsrv-2' }],
    });
  });

  it('never takes one of another workflow or installation, also where this run works without tags', () => {
    for (const other of [
      { ...OWNER, workflowId: 'order-18' },
      { ...OWNER, installation: 'team-b' },
    ]) {
      expect(read(listed({ Tags: ownerTags(other) }))).toEqual({ kind: 'anotherWorkflow', endpointIds: ['ep-1'] });
    }
    expect(readByName(REQUEST, 'orders', undefined, [listed()])).toMatchObject({ kind: 'anotherWorkflow' });
  });

  it('chooses between several none', () => {
    expect(read(untagged(), untagged({ EndpointId: 'ep-2', ServiceId: 'epsrv-2' }))).toEqual({
      kind: 'ambiguous',
      endpointIds: ['ep-1', 'ep-2'],
    });
  });
});
