import { describe, expect, it } from 'vitest';
import type { SettingsChange, WireParameters } from '../../../../../src/simulator/index.js';
import { REGION, text, VALID_CREATE } from '../../fixture.js';
import { CONSUMER, createMarket, ZONE_A, ZONE_B } from './provider.js';

const ATTACH = 'AttachResourceToVpcEndpointService';
const DETACH = 'DetachResourceFromVpcEndpointService';
const UPDATE = 'UpdateVpcEndpointServiceResourceAttribute';
const LIST = 'ListVpcEndpointServiceResources';
const ZONE_C = `${REGION}-c`;

const slb = (ResourceId: string, ZoneId = ZONE_A): WireParameters => ({ ResourceType: 'slb', ResourceId, ZoneId });

/** A service of CLB instances with lb-1 and lb-2 in two zones. */
function withService(service: WireParameters = {}, settings: SettingsChange = {}) {
  const market = createMarket(settings);
  const ServiceId = market.makeService({ AutoAcceptEnabled: 'true', ...service });
  const resources = () => market.call(LIST, { ServiceId }).body['Resources'] as Readonly<Record<string, unknown>>[];
  return { ...market, ServiceId, resources };
}

describe(ATTACH, () => {
  it('adds a resource, whose zone the service has a moment later', () => {
    const { ServiceId, call, code, settle, attribute, resources } = withService();
    expect(call(ATTACH, { ServiceId, ...slb('lb-3', ZONE_C) }).status).toBe(200);
    expect(resources()).toHaveLength(3);
    expect(attribute(ServiceId)['Zones']).toEqual([ZONE_A, ZONE_B]);
    const create = { ...VALID_CREATE, ServiceId, 'Zone.1.ZoneId': ZONE_C };
    expect(code('CreateVpcEndpoint', create, CONSUMER)).toBe('EndpointServiceNotSupportedZone');
    settle(1_000);
    expect(attribute(ServiceId)['Zones']).toEqual([ZONE_A, ZONE_B, ZONE_C]);
    expect(code('CreateVpcEndpoint', create, CONSUMER)).toBeUndefined();
  });

  it('puts a resource where the world says that it is, when the call does not say it', () => {
    const loadBalancers = [{ ResourceId: 'lb-9', ZoneId: ZONE_B, VpcId: 'vpc-9', VSwitchId: 'vsw-9', Ip: '10.9.9.9' }];
    const market = createMarket();
    market.engine.configure({ world: { ...market.engine.settings.world, loadBalancers } });
    const { ServiceId } = market.done('CreateVpcEndpointService');
    market.done(ATTACH, { ServiceId: String(ServiceId), ResourceType: 'slb', ResourceId: 'lb-9' });
    expect(market.call(LIST, { ServiceId: String(ServiceId) }).body['Resources']).toEqual([
      {
        ResourceId: 'lb-9',
        ResourceType: 'slb',
        RegionId: REGION,
        ZoneId: ZONE_B,
        VpcId: 'vpc-9',
        VSwitchId: 'vsw-9',
        Ip: '10.9.9.9',
        AutoAllocatedEnabled: true,
        ResourceSupportIPv6: true,
        RelatedEndpointCount: 0,
        RelatedDeprecatedEndpointCount: 0,
      },
    ]);
    const ZoneId = ZONE_A;
    expect(market.code(ATTACH, { ServiceId: String(ServiceId), ResourceType: 'slb', ResourceId: 'lb-9', ZoneId })).toBe(
      'EndpointServiceNotSupportedZone',
    );
  });

  it.each<[code: string, parameters: WireParameters, service?: WireParameters, settings?: SettingsChange]>([
    ['EndpointServiceNotFound', { ...slb('lb-3'), ServiceId: 'epsrv-missing' }],
    ['EndpointServiceOperationDenied', { ...slb('lb-3'), ServiceId: 'epsrv-starting' }],
    ['EndpointServiceResourceTypeNotSupport', { ...slb('lb-3'), ResourceType: 'elb' }],
    ['EndpointServiceResourceTypeNotEqual', { ...slb('lb-3'), ResourceType: 'nlb' }],
    ['LoadBalancerNotFound', slb('lb-missing')],
    ['LoadBalancerNotSupportPrivateLink', slb('lb-old')],
    ['ResourceNotFound.NatGateway', slb('lb-no-gateway')],
    ['VSwitchNotFound', slb('lb-no-vswitch')],
    ['Mismatch.ResourceType', slb('nlb-ipv4')],
    ['EndpointServiceNotSupportedZone', slb('lb-3', 'cn-hangzhou-a')],
    ['EndpointServiceResourceExist', slb('lb-1')],
    ['ServiceResourceNotSupportIpv6', slb('lb-ipv4'), { ServiceSupportIPv6: 'true' }],
    ['QuotaMisMatched', slb('lb-3'), {}, { quotas: { resourcesPerService: 2 } }],
    ['QuotaMisMatched', slb('lb-3'), {}, { quotas: { resourcesPerZoneOfService: 1 } }],
    ['MissingResourceType', { ResourceId: 'lb-3' }],
  ])('refuses with %s', (expected, parameters, service, settings) => {
    const { ServiceId, code } = withService(service, settings);
    expect(code(ATTACH, { ServiceId, ...parameters })).toBe(expected);
  });

  it.each<[code: string, service: WireParameters, parameters: WireParameters]>([
    ['AlbNotFound', { ServiceResourceType: 'alb' }, { ResourceType: 'alb', ResourceId: 'alb-missing' }],
    [
      'LoadBalancerNotSupportPrivateLink',
      { ServiceResourceType: 'alb' },
      { ResourceType: 'alb', ResourceId: 'alb-old' },
    ],
    [
      'OperationDenied.ServiceResourceIpVersionMismatch',
      { ServiceResourceType: 'nlb', AddressIpVersion: 'DualStack' },
      { ResourceType: 'nlb', ResourceId: 'nlb-ipv4' },
    ],
  ])('refuses with %s at services of other types', (expected, service, parameters) => {
    const { done, code } = createMarket();
    const { ServiceId } = done('CreateVpcEndpointService', service);
    expect(code(ATTACH, { ServiceId: String(ServiceId), ...parameters })).toBe(expected);
  });

  it('runs once at a time on a service', () => {
    const { ServiceId, code, makeService, settle } = withService();
    const other = makeService();
    expect(code(ATTACH, { ServiceId, ...slb('lb-3') })).toBeUndefined();
    expect(code(ATTACH, { ServiceId, ...slb('lb-4') })).toBe('ConcurrentCallNotSupported');
    expect(code(ATTACH, { ServiceId: other, ...slb('lb-4') })).toBeUndefined();
    settle(1_000);
    expect(code(ATTACH, { ServiceId, ...slb('lb-4') })).toBeUndefined();
  });
});

describe(DETACH, () => {
  it('takes a resource from its service, and its zone with it', () => {
    const { ServiceId, done, attribute, resources } = withService();
    done(DETACH, { ServiceId, ResourceType: 'slb', ResourceId: 'lb-2', ZoneId: ZONE_B });
    expect(resources()).toMatchObject([{ ResourceId: 'lb-1' }]);
    expect(attribute(ServiceId)['Zones']).toEqual([ZONE_A]);
  });

  it('refuses what endpoints are connected through', () => {
    const { ServiceId, makeEndpoint, done, code } = withService();
    const EndpointId = makeEndpoint(ServiceId);
    expect(code(DETACH, { ServiceId, ResourceId: 'lb-1' })).toBe('EndpointServiceResourceCannotRemove');
    done(DETACH, { ServiceId, ResourceId: 'lb-2' });
    expect(code(DETACH, { ServiceId, ResourceId: 'lb-1' })).toBe('EndpointServiceConnectionDependence');
    done('DisableVpcEndpointConnection', { ServiceId, EndpointId });
    expect(code(DETACH, { ServiceId, ResourceId: 'lb-1' })).toBeUndefined();
  });

  it.each<[code: string, parameters: WireParameters]>([
    ['EndpointServiceNotFound', { ServiceId: 'epsrv-missing', ResourceId: 'lb-1' }],
    ['EndpointServiceResourceNotFound', { ResourceId: 'lb-9' }],
    ['EndpointServiceResourceNotFound', { ResourceId: 'lb-1', ZoneId: ZONE_B }],
    ['EndpointServiceResourceNotFound', { ResourceId: 'lb-1', ResourceType: 'nlb' }],
  ])('refuses with %s', (expected, parameters) => {
    const { ServiceId, code } = withService();
    expect(code(DETACH, { ServiceId, ...parameters })).toBe(expected);
  });

  it('waits for what is under way on the service', () => {
    const { ServiceId, code, settle } = withService();
    expect(code('UpdateVpcEndpointServiceAttribute', { ServiceId })).toBeUndefined();
    expect(code(DETACH, { ServiceId, ResourceId: 'lb-1' })).toBe('ConcurrentCallNotSupported');
    settle();
    expect(code(DETACH, { ServiceId, ResourceId: 'lb-1' })).toBeUndefined();
    expect(code(DETACH, { ServiceId, ResourceId: 'lb-2' })).toBe('ConcurrentCallNotSupported');
  });
});

describe(LIST, () => {
  it('counts the endpoints of each resource, which are spread evenly', () => {
    const { ServiceId, done, makeEndpoint, resources } = withService();
    done(ATTACH, { ServiceId, ...slb('lb-3') });
    for (let index = 0; index < 4; index += 1) makeEndpoint(ServiceId);
    expect(resources()).toMatchObject([
      { ResourceId: 'lb-1', RelatedEndpointCount: 2 },
      { ResourceId: 'lb-2', RelatedEndpointCount: 0 },
      { ResourceId: 'lb-3', RelatedEndpointCount: 2 },
    ]);
  });

  it('keeps endpoints where they were connected when resources come and go, looked at or not', () => {
    const { ServiceId, done, makeEndpoint, resources } = withService();
    makeEndpoint(ServiceId);
    makeEndpoint(ServiceId);
    done(ATTACH, { ServiceId, ...slb('lb-3') });
    makeEndpoint(ServiceId);
    done(UPDATE, { ServiceId, ResourceId: 'lb-3', AutoAllocatedEnabled: 'false' });
    expect(resources()).toMatchObject([
      { ResourceId: 'lb-1', RelatedEndpointCount: 2 },
      { ResourceId: 'lb-2', RelatedEndpointCount: 0 },
      { ResourceId: 'lb-3', RelatedEndpointCount: 1 },
    ]);
  });

  it('gives page after page, without a count', () => {
    const { ServiceId, call, code } = withService();
    const { NextToken, ...first } = call(LIST, { ServiceId, MaxResults: '1' }).body;
    expect(first).toMatchObject({ MaxResults: 1, Resources: [{ ResourceId: 'lb-1' }] });
    const second = call(LIST, { ServiceId, MaxResults: '1', NextToken: String(NextToken) }).body;
    expect(second).toMatchObject({ Resources: [{ ResourceId: 'lb-2' }] });
    expect(second).not.toHaveProperty('NextToken');
    expect(code(LIST, { ServiceId: 'epsrv-missing' })).toBe('EndpointServiceNotFound');
  });
});

describe(UPDATE, () => {
  it('keeps a resource out of what is allocated by itself', () => {
    const { ServiceId, done, makeEndpoint, resources } = withService();
    done(ATTACH, { ServiceId, ...slb('lb-3') });
    done(UPDATE, { ServiceId, ResourceId: 'lb-1', ZoneId: ZONE_A, AutoAllocatedEnabled: 'False' });
    makeEndpoint(ServiceId);
    makeEndpoint(ServiceId);
    expect(resources()).toMatchObject([
      { ResourceId: 'lb-1', AutoAllocatedEnabled: false, RelatedEndpointCount: 0 },
      { ResourceId: 'lb-2', AutoAllocatedEnabled: true },
      { ResourceId: 'lb-3', AutoAllocatedEnabled: true, RelatedEndpointCount: 2 },
    ]);
    done(UPDATE, { ServiceId, ResourceId: 'lb-1', AutoAllocatedEnabled: 'true' });
    makeEndpoint(ServiceId);
    expect(resources()[0]).toMatchObject({ AutoAllocatedEnabled: true, RelatedEndpointCount: 1 });
  });

  it.each<[code: string, parameters: WireParameters]>([
    ['EndpointServiceNotFound', { ServiceId: 'epsrv-missing', ResourceId: 'lb-1', AutoAllocatedEnabled: 'true' }],
    ['EndpointServiceResourceNotFound', { ResourceId: 'lb-9', AutoAllocatedEnabled: 'true' }],
    ['ResourceAutoAllocateViolation', { ResourceId: 'lb-1', AutoAllocatedEnabled: 'false' }],
    ['MissingAutoAllocatedEnabled', { ResourceId: 'lb-1' }],
  ])('refuses with %s', (expected, parameters) => {
    const { ServiceId, code } = withService();
    expect(code(UPDATE, { ServiceId, ...parameters })).toBe(expected);
  });

  it('refuses by what is under way on the service', () => {
    const { call, code, settle } = createMarket();
    const ServiceId = text(
      call('CreateVpcEndpointService', { 'Resource.1.ResourceId': 'lb-1', 'Resource.1.ZoneId': ZONE_A }),
      'ServiceId',
    );
    const change = { ServiceId, ResourceId: 'lb-1', AutoAllocatedEnabled: 'true' };
    expect(code(UPDATE, change)).toBe('EndpointServiceOperationDenied');
    settle();
    expect(code(UPDATE, change)).toBeUndefined();
    expect(code(UPDATE, change)).toBe('ConcurrentCallNotSupported');
    settle();
    call('UpdateVpcEndpointServiceAttribute', { ServiceId });
    expect(code(UPDATE, change)).toBe('EndpointServiceLocked');
  });
});
