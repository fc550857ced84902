import { describe, expect, it } from 'vitest';
import { BARE_ACCOUNT_ID, NO_PAYER_ACCOUNT_ID } from '../../../../../src/simulator/engine/default-world.js';
import type { SettingsChange, WireParameters } from '../../../../../src/simulator/index.js';
import { REGION, text } from '../../fixture.js';
import { CONSUMER, createMarket, oneResource as one, TWO_RESOURCES, ZONE_A, ZONE_B } from './provider.js';

const CREATE = 'CreateVpcEndpointService';
const DELETE = 'DeleteVpcEndpointService';
const LIST = 'ListVpcEndpointServices';

describe(CREATE, () => {
  it('answers with the service as it is then, and what was left out at its default', () => {
    const { call } = createMarket();
    const { body } = call(CREATE);
    const ServiceId = String(body['ServiceId']);
    expect(body).toEqual({
      RequestId: expect.any(String) as string,
      ServiceId: expect.stringMatching(/^epsrv-[a-z0-9]{20}$/) as string,
      ServiceName: `com.aliyuncs.privatelink.${REGION}.${ServiceId}`,
      ServiceDomain: `${ServiceId}.${REGION}.privatelink.aliyuncs.com`,
      ServiceDescription: '',
      ServiceStatus: 'Creating',
      ServiceBusinessStatus: 'Normal',
      ServiceSupportIPv6: false,
      AddressIpVersion: 'IPv4',
      AutoAcceptEnabled: false,
      ZoneAffinityEnabled: false,
      CreateTime: '2026-01-01T00:00:00Z',
    });
  });

  it('is Creating for a while, then Active', () => {
    const { call, settle, attribute } = createMarket();
    const ServiceId = text(call(CREATE, TWO_RESOURCES), 'ServiceId');
    settle(1_999);
    expect(attribute(ServiceId)).toMatchObject({ ServiceStatus: 'Creating' });
    settle(1);
    expect(attribute(ServiceId)).toMatchObject({ ServiceStatus: 'Active', Zones: [ZONE_A, ZONE_B] });
  });

  it('keeps what it is given', () => {
    const { done, attribute } = createMarket();
    const given = {
      ServiceDescription: 'a service of ours',
      AutoAcceptEnabled: 'True',
      Payer: 'EndpointService',
      ZoneAffinityEnabled: 'true',
      ServiceResourceType: 'nlb',
      ServiceSupportIPv6: 'true',
      AddressIpVersion: 'DualStack',
      ResourceGroupId: 'rg-1',
    };
    const { ServiceId } = done(CREATE, given);
    expect(attribute(String(ServiceId))).toMatchObject({
      ...given,
      AutoAcceptEnabled: true,
      ZoneAffinityEnabled: true,
      ServiceSupportIPv6: true,
      ServiceType: 'Interface',
      MinBandwidth: 100,
      MaxBandwidth: 10_240,
      ConnectBandwidth: 3_072,
      RegionId: REGION,
    });
  });

  it('takes its type from its resources, or slb', () => {
    const { done, attribute } = createMarket();
    const gateway = done(CREATE, one('gwlb', 'gwlb-1'));
    expect(attribute(String(gateway['ServiceId']))).toMatchObject({
      ServiceResourceType: 'gwlb',
      ServiceType: 'GatewayLoadBalancer',
    });
    expect(attribute(String(done(CREATE)['ServiceId']))).toMatchObject({ ServiceResourceType: 'slb' });
  });

  it('makes a service for endpoints of one type', () => {
    const { done, code } = createMarket();
    const ServiceId = String(done(CREATE, one('gwlb', 'gwlb-1'))['ServiceId']);
    const create = { VpcId: 'vpc-1', ServiceId, 'Zone.1.ZoneId': ZONE_A, 'Zone.1.VSwitchId': 'vsw-1' };
    expect(code('CreateVpcEndpoint', { ...create, 'SecurityGroupId.1': 'sg-1' })).toBe('Mismatch.EndpointType');
    expect(code('CreateVpcEndpoint', { ...create, EndpointType: 'GatewayLoadBalancer' })).toBeUndefined();
  });

  it('makes one service under a token', () => {
    const { done, call } = createMarket();
    const first = done(CREATE, { ClientToken: 'a' });
    expect(done(CREATE, { ClientToken: 'a' })['ServiceId']).toBe(first['ServiceId']);
    expect(call(LIST, { ServiceStatus: 'Active', ServiceId: String(first['ServiceId']) }).body['TotalCount']).toBe(1);
  });

  it('makes nothing in a dry run', () => {
    const { code, effects } = createMarket();
    expect(code(CREATE, { ...TWO_RESOURCES, DryRun: 'true' })).toBe('DryRunOperation');
    expect(effects).toEqual([]);
  });

  it.each<[code: string, parameters: WireParameters, settings?: SettingsChange]>([
    ['LoadBalancerNotFound', one('slb', 'lb-missing')],
    ['AlbNotFound', one('alb', 'alb-missing')],
    ['LoadBalancerNotSupportPrivateLink', one('slb', 'lb-old')],
    ['SpecifiedAlbNotSupport', one('alb', 'alb-old')],
    ['ResourceNotFound.NatGateway', one('slb', 'lb-no-gateway')],
    ['VSwitchNotFound', one('slb', 'lb-no-vswitch')],
    ['Mismatch.ResourceType', one('slb', 'nlb-ipv4')],
    ['Mismatch.ResourceType', { ...one('slb', 'lb-1'), ServiceResourceType: 'nlb' }],
    ['EndpointServiceNotSupportedZone', one('slb', 'lb-1', 'cn-huhehaote-z')],
    ['EndpointServiceNotSupportIpv6', { ...one('slb', 'lb-ipv4'), ServiceSupportIPv6: 'true' }],
    ['OperationDenied.ResourceTypeNotSupportDualStack', { ...one('slb', 'lb-1'), AddressIpVersion: 'DualStack' }],
    ['OperationDenied.ServiceResourceIpVersionMismatch', { ...one('nlb', 'nlb-ipv4'), AddressIpVersion: 'DualStack' }],
    ['OperationDenied.ZoneAffinityNotSupport', { ServiceResourceType: 'gwlb', ZoneAffinityEnabled: 'true' }],
    ['IllegalParam.AddressIpVersion', { AddressIpVersion: 'IPv6' }],
    ['InvalidParameter.ServiceResourceType', { ServiceResourceType: 'elb' }],
    ['InvalidParameter.Payer', { Payer: 'Nobody' }],
    ['InvalidParameter.ServiceDescription', { ServiceDescription: 'http://example.com' }],
    ['MissingResourceId', { 'Resource.1.ResourceType': 'slb' }],
    [
      'InvalidParameter.Resource',
      { ...one('slb', 'lb-1'), 'Resource.2.ResourceId': 'lb-1', 'Resource.2.ZoneId': ZONE_A },
    ],
    [
      'InvalidParameter.Resource',
      Object.fromEntries(Array.from('abcdefghijk', (letter, i) => [`Resource.${i + 1}.ResourceId`, `lb-${letter}`])),
    ],
    ['QuotaMisMatched', {}, { quotas: { services: 0 } }],
    ['QuotaMisMatched', TWO_RESOURCES, { quotas: { resourcesPerService: 1 } }],
    ['QuotaMisMatched', TWO_RESOURCES, { quotas: { resourcesPerZoneOfService: 0 } }],
  ])('refuses with %s', (expected, parameters, settings) => {
    const { code, effects } = createMarket(settings);
    expect(code(CREATE, parameters)).toBe(expected);
    expect(effects).toEqual([]);
  });

  it('refuses by what the account may do', () => {
    const { code } = createMarket();
    expect(code(CREATE, { Payer: 'EndpointService' }, NO_PAYER_ACCOUNT_ID)).toBe('EndpointServicePayerForbidden');
    expect(code(CREATE, {}, BARE_ACCOUNT_ID)).toBe('NeedOpenProduct');
  });

  it('lets a quota be filled and no more, until a service is gone', () => {
    const { code, done } = createMarket({ quotas: { services: 1 } });
    const { ServiceId } = done(CREATE);
    expect(code(CREATE)).toBe('QuotaMisMatched');
    expect(code(CREATE, {}, CONSUMER)).toBeUndefined();
    done(DELETE, { ServiceId: String(ServiceId) });
    expect(code(CREATE)).toBeUndefined();
  });
});
