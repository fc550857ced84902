import { describe, expect, it } from 'vitest';
import type { WireParameters } from '../../../../../src/simulator/index.js';
import { REGION, text } from '../../fixture.js';
import { CONSUMER, createMarket, oneResource as one, PROVIDER } from './provider.js';

const CREATE = 'CreateVpcEndpointService';
const UPDATE = 'UpdateVpcEndpointServiceAttribute';
const DELETE = 'DeleteVpcEndpointService';
const GET = 'GetVpcEndpointServiceAttribute';
const LIST = 'ListVpcEndpointServices';

describe(GET, () => {
  it('is for the owner alone', () => {
    const { makeService, code } = createMarket();
    const ServiceId = makeService();
    expect(code(GET, { ServiceId })).toBeUndefined();
    expect(code(GET, { ServiceId }, CONSUMER)).toBe('EndpointServiceNotFound');
    expect(code(GET, { ServiceId, RegionId: 'cn-hangzhou' })).toBe('EndpointServiceNotFound');
    expect(code(GET, { ServiceId: 'epsrv-missing' })).toBe('EndpointServiceNotFound');
  });

  it('says of a service of the world what the world says', () => {
    const { call } = createMarket();
    expect(call(GET, { ServiceId: 'epsrv-locked' }).body).toMatchObject({ ServiceBusinessStatus: 'FinancialLocked' });
    expect(call(GET, { ServiceId: 'epsrv-anything' }).body).toMatchObject({ ServiceStatus: 'Active' });
  });
});

describe(LIST, () => {
  const world = {
    open: false,
    regions: [REGION],
    accounts: [],
    vpcs: [],
    vSwitches: [],
    securityGroups: [],
    services: [],
    missing: [],
    loadBalancers: [{ ResourceId: 'lb-1' }],
  };

  it('filters by each parameter', () => {
    const { done, call } = createMarket({ world });
    const first = done(CREATE, {
      ...one('slb', 'lb-1'),
      'Tag.1.Key': 'team',
      'Tag.1.Value': 'shop',
      ResourceGroupId: 'rg-1',
    });
    const second = done(CREATE, {
      ServiceResourceType: 'nlb',
      AddressIpVersion: 'DualStack',
      AutoAcceptEnabled: 'true',
      ZoneAffinityEnabled: 'true',
    });
    const found = (parameters: WireParameters) =>
      (call(LIST, parameters).body['Services'] as { ServiceId: string }[]).map(({ ServiceId }) => ServiceId);
    const ids = [first['ServiceId'], second['ServiceId']];
    const cases: readonly (readonly [WireParameters, readonly number[]])[] = [
      [{}, [0, 1]],
      [{ ServiceId: String(ids[1]) }, [1]],
      [{ ServiceName: String(first['ServiceName']) }, [0]],
      [{ ServiceId: 'epsrv-other' }, []],
      [{ ResourceId: 'lb-1' }, [0]],
      [{ ServiceResourceType: 'nlb' }, [1]],
      [{ AutoAcceptEnabled: 'TRUE' }, [1]],
      [{ AutoAcceptEnabled: 'false' }, [0]],
      [{ ZoneAffinityEnabled: 'true' }, [1]],
      [{ ServiceStatus: 'Active' }, [0, 1]],
      [{ ServiceStatus: 'Creating' }, []],
      [{ ServiceBusinessStatus: 'Normal' }, [0, 1]],
      [{ ResourceGroupId: 'rg-1' }, [0]],
      [{ AddressIpVersion: 'DualStack' }, [1]],
      [{ 'Tag.1.Key': 'team', 'Tag.1.Value': 'shop' }, [0]],
      [{ Tag: '[{"Key":"team","Value":"other"}]' }, []],
      [{ RegionId: REGION, MaxResults: '10' }, [0, 1]],
    ];
    for (const [parameters, expected] of cases) {
      expect({ parameters, found: found(parameters) }).toEqual({
        parameters,
        found: expected.map((index) => ids[index]),
      });
    }
    expect(call(LIST, {}, CONSUMER).body).toMatchObject({ Services: [], TotalCount: 0 });
  });

  it('gives page after page', () => {
    const { done, call } = createMarket({ world });
    const ids = [1, 2, 3].map(() => done(CREATE)['ServiceId']);
    const first = call(LIST, { MaxResults: '2' }).body as unknown as {
      NextToken: string;
      Services: { ServiceId: string }[];
    };
    const second = call(LIST, { MaxResults: '2', NextToken: first.NextToken }).body as unknown as typeof first;
    expect([...first.Services, ...second.Services].map(({ ServiceId }) => ServiceId)).toEqual(ids);
    expect(first).toMatchObject({ TotalCount: 3, MaxResults: 2 });
    expect(second).not.toHaveProperty('NextToken');
  });
});

describe(UPDATE, () => {
  it('changes what it is given, and the service is Pending for a while', () => {
    const { makeService, call, attribute, settle } = createMarket();
    const ServiceId = makeService();
    const changes = {
      ServiceDescription: 'renamed',
      AutoAcceptEnabled: 'true',
      ConnectBandwidth: '200',
      ZoneAffinityEnabled: 'true',
    };
    expect(call(UPDATE, { ServiceId, ...changes }).status).toBe(200);
    expect(attribute(ServiceId)).toMatchObject({ ServiceStatus: 'Pending' });
    settle();
    expect(attribute(ServiceId)).toMatchObject({
      ServiceStatus: 'Active',
      ServiceDescription: 'renamed',
      AutoAcceptEnabled: true,
      ConnectBandwidth: 200,
      ZoneAffinityEnabled: true,
      Payer: 'Endpoint',
    });
  });

  it('is locked while it is Pending, and not allowed while it is Creating', () => {
    const { call, code, settle } = createMarket();
    const ServiceId = text(call(CREATE), 'ServiceId');
    expect(code(UPDATE, { ServiceId })).toBe('EndpointServiceOperationDenied');
    settle();
    expect(code(UPDATE, { ServiceId })).toBeUndefined();
    expect(code(UPDATE, { ServiceId })).toBe('EndpointServiceLocked');
  });

  it('runs once at a time in an account', () => {
    const { makeService, code, settle } = createMarket();
    const [a, b] = [makeService(), makeService()];
    expect(code(UPDATE, { ServiceId: a })).toBeUndefined();
    expect(code(UPDATE, { ServiceId: b })).toBe('ConcurrentCallNotSupported');
    settle(1_000);
    expect(code(UPDATE, { ServiceId: b })).toBeUndefined();
  });

  it('changes the version of addresses both ways, but not under endpoints that need it', () => {
    const { done, code, makeEndpoint, attribute } = createMarket();
    const ServiceId = String(done(CREATE, { ...one('nlb', 'nlb-1'), AutoAcceptEnabled: 'true' })['ServiceId']);
    done('AddUserToVpcEndpointService', { ServiceId, UserId: CONSUMER });
    done(UPDATE, { ServiceId, AddressIpVersion: 'DualStack' });
    done(UPDATE, { ServiceId, AddressIpVersion: 'IPv4' });
    done(UPDATE, { ServiceId, AddressIpVersion: 'DualStack' });
    expect(attribute(ServiceId)).toMatchObject({ AddressIpVersion: 'DualStack' });
    makeEndpoint(ServiceId, { AddressIpVersion: 'DualStack' });
    expect(code(UPDATE, { ServiceId, AddressIpVersion: 'IPv4' })).toBe('EndpointServiceConnectionDependence');
  });

  it.each<[code: string, service: WireParameters, change: WireParameters]>([
    ['OperationDenied.ResourceTypeNotSupportDualStack', {}, { AddressIpVersion: 'DualStack' }],
    ['OperationDenied.ServiceResourceIpVersionMismatch', one('nlb', 'nlb-ipv4'), { AddressIpVersion: 'DualStack' }],
    ['InvalidParameter.AddressIpVersion', {}, { AddressIpVersion: 'IPv6' }],
    ['ServiceResourceNotSupportIpv6', one('slb', 'lb-ipv4'), { ServiceSupportIPv6: 'true' }],
    ['EndpointServiceDowngradeNotAllowed', { ServiceSupportIPv6: 'true' }, { ServiceSupportIPv6: 'false' }],
    ['InvalidParameter.ConnectBandwidth', {}, { ConnectBandwidth: '99' }],
    ['InvalidParameter.ConnectBandwidth', {}, { ConnectBandwidth: '10241' }],
    ['InvalidParameter.ServiceDescription', {}, { ServiceDescription: 'x' }],
    ['EndpointServiceNotFound', {}, { ServiceId: 'epsrv-missing' }],
  ])('refuses with %s', (expected, service, change) => {
    const { done, code } = createMarket();
    const { ServiceId } = done(CREATE, service);
    expect(code(UPDATE, { ServiceId: String(ServiceId), ...change })).toBe(expected);
  });
});

describe(DELETE, () => {
  it('is Deleting for a while, then gone for good', () => {
    const { done, call, code, settle, attribute, effects } = createMarket();
    const ServiceId = String(done(CREATE)['ServiceId']);
    expect(call(DELETE, { ServiceId }).status).toBe(200);
    expect(attribute(ServiceId)).toMatchObject({ ServiceStatus: 'Deleting' });
    settle(1_999);
    expect(code(DELETE, { ServiceId })).toBe('EndpointServiceOperationDenied');
    settle(1);
    expect(code(GET, { ServiceId })).toBe('EndpointServiceNotFound');
    expect(code(GET, { ServiceId })).toBe('EndpointServiceNotFound');
    expect(code(DELETE, { ServiceId })).toBe('EndpointServiceNotFound');
    const kinds = effects.map(({ kind, ServiceId: id, accountId }) => `${kind} ${id} ${accountId}`);
    expect(kinds).toEqual(
      ['serviceCreated', 'serviceDeleting', 'serviceDeleted'].map((kind) => `${kind} ${ServiceId} ${PROVIDER}`),
    );
  });

  it('lets a service of the world go, too, in its region alone', () => {
    const { done, code, effects } = createMarket();
    done(DELETE, { ServiceId: 'epsrv-1' });
    expect(code(GET, { ServiceId: 'epsrv-1' })).toBe('EndpointServiceNotFound');
    expect(code(DELETE, { ServiceId: 'epsrv-1' })).toBe('EndpointServiceNotFound');
    expect(effects.map(({ kind }) => kind)).toEqual(['serviceDeleting', 'serviceDeleted']);
    expect(code(GET, { ServiceId: 'epsrv-1', RegionId: 'cn-hangzhou' })).toBeUndefined();
  });

  it('needs its connections closed and its resources detached', () => {
    const { makeService, makeEndpoint, done, code } = createMarket();
    const ServiceId = makeService({ AutoAcceptEnabled: 'true' });
    const EndpointId = makeEndpoint(ServiceId);
    expect(code(DELETE, { ServiceId })).toBe('EndpointServiceConnectionDependence');
    done('DisableVpcEndpointConnection', { ServiceId, EndpointId });
    expect(code(DELETE, { ServiceId })).toBe('EndpointServiceDependenceViolation');
    done('DetachResourceFromVpcEndpointService', { ServiceId, ResourceId: 'lb-1' });
    done('DetachResourceFromVpcEndpointService', { ServiceId, ResourceId: 'lb-2' });
    expect(code(DELETE, { ServiceId })).toBeUndefined();
  });

  it('leaves endpoints that are not connected with a service that is gone, however they are looked at', () => {
    const { makeEndpoint, done, connection, call, code, clock, effects } = createMarket();
    const EndpointId = makeEndpoint('epsrv-manual');
    const elsewhere = makeEndpoint('epsrv-manual', { RegionId: 'cn-hangzhou' });
    done(DELETE, { ServiceId: 'epsrv-manual' });
    const gone = clock.nowMs;
    expect(call('GetVpcEndpointAttribute', { EndpointId }, CONSUMER).body['ConnectionStatus']).toBe('ServiceDeleted');
    expect(effects.filter((effect) => effect.kind === 'changed' && effect.EndpointId === EndpointId)).toHaveLength(1);
    expect(connection(EndpointId)).toMatchObject({ ConnectionStatus: 'ServiceDeleted' });
    expect(Date.parse(String(connection(EndpointId)['ModifiedTime']))).toBeLessThan(gone);
    expect(code('EnableVpcEndpointConnection', { ServiceId: 'epsrv-manual', EndpointId })).toBe(
      'EndpointServiceNotFound',
    );
    expect(
      call('GetVpcEndpointAttribute', { EndpointId: elsewhere, RegionId: 'cn-hangzhou' }, CONSUMER).body[
        'ConnectionStatus'
      ],
    ).toBe('Disconnected');
  });

  it('refuses as long as there are endpoints, by a switch, and while one is Creating', () => {
    const strict = createMarket({ switches: { deleteServiceWithEndpoints: 'refused' } });
    strict.makeEndpoint('epsrv-manual');
    expect(strict.code(DELETE, { ServiceId: 'epsrv-manual' })).toBe('DeleteFailedDueToEndpointExist');

    for (const connectionWhileCreating of ['Disconnected', 'Pending'] as const) {
      const timeToActive = { afterReads: Infinity };
      const { makeEndpoint, code } = createMarket({ timeToActive, switches: { connectionWhileCreating } });
      makeEndpoint('epsrv-manual');
      expect(code(DELETE, { ServiceId: 'epsrv-manual' })).toBe('DeleteFailedDueToEndpointExist');
    }
  });

  it('runs once at a time in an account', () => {
    const { done, code } = createMarket();
    const [a, b] = [String(done(CREATE)['ServiceId']), String(done(CREATE)['ServiceId'])];
    expect(code(DELETE, { ServiceId: a })).toBeUndefined();
    expect(code(DELETE, { ServiceId: b })).toBe('ConcurrentCallNotSupported');
  });
});
