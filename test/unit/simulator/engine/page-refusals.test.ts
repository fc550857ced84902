import { describe, expect, it } from 'vitest';
import { BARE_ACCOUNT_ID } from '../../../../src/simulator/engine/default-world.js';
import { ACTIONS, type SettingsChange, type WireParameters } from '../../../../src/simulator/index.js';
import { createEngine, text, VALID_CREATE } from '../fixture.js';

const DUAL_STACK = { AddressIpVersion: 'DualStack' };
const GATEWAY = { EndpointType: 'GatewayLoadBalancer', 'SecurityGroupId.1': '' };

function zones(count: number): WireParameters {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index): [string, string][] => [
      [`Zone.${index + 1}.ZoneId`, `cn-huhehaote-${String.fromCharCode(97 + index)}`],
      [`Zone.${index + 1}.VSwitchId`, `vsw-${index}`],
    ]).flat(),
  );
}

/** A plain request for each code that the API page and the metadata have for CreateVpcEndpoint. */
const REQUESTS: Readonly<
  Record<string, { request: WireParameters; after?: WireParameters; accountId?: string; settings?: SettingsChange }>
> = {
  // An account that lacks its role lacks the product too, unless the world says otherwise.
  CheckServiceLinkRoleError: { request: { VpcId: 'vpc-no-role' } },
  'DependencyViolation.PrivateDnsName': {
    after: { ServiceId: 'epsrv-domain' },
    request: { ServiceId: 'epsrv-domain' },
  },
  EndpointDuplicated: { request: { ServiceId: 'epsrv-single' } },
  EndpointExist: { request: { VpcId: 'vpc-taken' } },
  EndpointMustContainSecurityGroup: { request: { 'SecurityGroupId.1': '' } },
  EndpointServiceDeleted: { request: { ServiceId: 'epsrv-deleting' } },
  EndpointServiceNotAuthorized: { request: { ServiceId: 'epsrv-private' } },
  EndpointServiceNotFound: { request: { ServiceId: 'epsrv-missing' } },
  EndpointServiceNotSupportedZone: { request: { ServiceId: 'epsrv-no-zones' } },
  EndpointServiceResourceNotFound: { request: { ServiceId: 'epsrv-no-resource' } },
  EndpointZoneDuplicated: { request: { 'Zone.2.ZoneId': 'cn-huhehaote-b', 'Zone.2.VSwitchId': 'vsw-2' } },
  EniIpUnavailable: { after: { 'Zone.1.ip': '10.0.0.5' }, request: { 'Zone.1.ip': '10.0.0.5' } },
  GatewayLoadBalancerNotSupportSecurityGroup: { request: { EndpointType: 'GatewayLoadBalancer' } },
  GatewayLoadBalancerZoneCountDeny: { request: { ...GATEWAY, 'Zone.1.ZoneId': '', 'Zone.1.VSwitchId': '' } },
  GenerateResourceIdFailed: { request: { VpcId: 'vpc-no-ids' } },
  'IllegalParam.AddressIpVersion': { request: { AddressIpVersion: 'IPv6' } },
  'IllegalParam.Ip': { request: { 'Zone.1.ip': '10.0.0.256' } },
  'IllegalParam.Ipv6Address': { request: { ...DUAL_STACK, 'Zone.1.Ipv6Address': 'x:y' } },
  'IncorrectStatus.VpcEndpointService': { request: { ServiceId: 'epsrv-starting' } },
  'Mismatch.EndpointType': { request: { ServiceId: 'epsrv-gwlb' } },
  'OperationDenied.AddressIpVersionNotSupportSpecifyIpv6': { request: { 'Zone.1.Ipv6Address': '2408::1' } },
  'OperationDenied.EndpointPolicyNotSupport': { request: { ServiceId: 'epsrv-no-policy', PolicyDocument: '{}' } },
  'OperationDenied.EndpointServiceNotSupportDualstack': { request: { ...DUAL_STACK, ServiceId: 'epsrv-ipv4' } },
  'OperationDenied.EndpointTypeNotSupportDualstack': { request: { ...DUAL_STACK, EndpointType: 'Reverse' } },
  'OperationDenied.PrivateDomainNotSupport': { request: { ServiceId: 'epsrv-domain-none' } },
  'OperationDenied.PrivateDomainStatusNotSupport': { request: { ServiceId: 'epsrv-domain-pending' } },
  'OperationDenied.VSwitchNotSupportDualstack': { request: { ...DUAL_STACK, 'Zone.1.VSwitchId': 'vsw-ipv4' } },
  'QuotaExceeded.IpQuotaPerEp': { request: { ZonePrivateIpAddressCount: '2' } },
  'QuotaExceeded.epZonePerEndpoint': { request: zones(11) },
  'QuotaExceeded.totalEpPerVpc': { request: { VpcId: 'vpc-full' } },
  'QuotaExceeded.totalIdleEndpoint': { request: { VpcId: 'vpc-idle-full' } },
  QuotaMisMatched: { request: { ServiceId: 'epsrv-full' } },
  'ResourceNotEnough.VSwitchIp': { request: { 'Zone.1.VSwitchId': 'vsw-full' } },
  SecurityGroupNotFound: { request: { 'SecurityGroupId.1': 'sg-missing' } },
  SecurityGroupTypeNotSupport: { request: { 'SecurityGroupId.1': 'sg-managed' } },
  SecurityGroupTypeOnlySingleTypeSupporteded: { request: { 'SecurityGroupId.2': 'sg-enterprise' } },
  SpecifiedAlbNotSupport: { request: { ServiceId: 'epsrv-alb' } },
  VSwitchNotFound: { request: { 'Zone.1.VSwitchId': 'vsw-missing' } },
  VSwitchStatusNotAllowed: { request: { 'Zone.1.VSwitchId': 'vsw-pending' } },
  VpcNotFound: { request: { VpcId: 'vpc-missing' } },
  VpcTunnelNotFound: { request: { VpcId: 'vpc-no-tunnel' } },
};

describe('a plain request to the default world is refused as', () => {
  it('each code of the API page and the metadata', () => {
    expect(Object.keys(REQUESTS).sort()).toEqual([...(ACTIONS.get('CreateVpcEndpoint')?.errors.keys() ?? [])].sort());
  });

  it.each(Object.entries(REQUESTS))('%s, as a dry run too, and nothing is made', (code, { request, after }) => {
    const { create, engine } = createEngine();
    if (after !== undefined) expect(create(after).status).toBe(200);
    const before = engine.inspect().length;
    for (const DryRun of ['true', 'false']) {
      const answer = create({ ...request, DryRun });
      expect(answer).toMatchObject({
        status: ACTIONS.get('CreateVpcEndpoint')?.errors.get(code),
        body: { Code: code },
      });
      expect(text(answer, 'Message')).not.toBe(code);
    }
    expect(engine.inspect()).toHaveLength(before);
  });

  it('NeedOpenProduct, for an account that has not activated the product, until it does', () => {
    const { call, create, engine } = createEngine();
    expect(create({}, BARE_ACCOUNT_ID).body.Code).toBe('NeedOpenProduct');
    expect(call('CheckProductOpen', {}, BARE_ACCOUNT_ID).body.Code).toBe('NeedOpenProduct');
    expect(call('OpenPrivateLinkService', {}, BARE_ACCOUNT_ID).body.Code).toBe('InvalidAccountStatus.NotEnoughBalance');
    const { world } = engine.settings;
    engine.configure({ world: { ...world, accounts: [{ accountId: BARE_ACCOUNT_ID, productOpen: false }] } });
    expect(call('OpenPrivateLinkService', {}, BARE_ACCOUNT_ID)).toMatchObject({ status: 200 });
    expect(call('CheckProductOpen', {}, BARE_ACCOUNT_ID).body['Success']).toBe(true);
    expect(create({}, BARE_ACCOUNT_ID).status).toBe(200);
    expect(call('OpenPrivateLinkService', {}, BARE_ACCOUNT_ID).body.Code).toBe('OrderOpend');
  });
});

describe('a world that is not open', () => {
  const world = {
    open: false,
    regions: ['cn-huhehaote'],
    accounts: [],
    vpcs: [{ VpcId: 'vpc-1' }],
    vSwitches: [{ VSwitchId: 'vsw-1', VpcId: 'vpc-1', ZoneId: 'cn-huhehaote-b', AvailableIpAddressCount: 1 }],
    securityGroups: [{ SecurityGroupId: 'sg-1' }],
    loadBalancers: [],
    services: [{ ServiceId: 'epsrv-1', Zones: ['cn-huhehaote-b'] }],
    missing: [],
  };

  it('has what it names, until it is used up', () => {
    const { create } = createEngine({ world });
    expect(create().status).toBe(200);
    expect(create().body.Code).toBe('ResourceNotEnough.VSwitchIp');
  });

  it.each([
    [{ VpcId: 'vpc-2' }, 'VpcNotFound'],
    [{ ServiceId: 'epsrv-2' }, 'EndpointServiceNotFound'],
    [{ ServiceName: 'com.aliyuncs.privatelink.cn-huhehaote.epsrv-9' }, 'EndpointServiceNotFound'],
    [{ 'SecurityGroupId.1': 'sg-2' }, 'SecurityGroupNotFound'],
    [{ 'Zone.1.VSwitchId': 'vsw-2' }, 'VSwitchNotFound'],
    [{ 'Zone.1.ZoneId': 'cn-huhehaote-a' }, 'VSwitchNotFound'],
    [{ RegionId: 'cn-hangzhou' }, 'RegionNotFound'],
  ])('has nothing else: %j is %s', (request, code) => {
    expect(createEngine({ world }).create(request).body.Code).toBe(code);
  });

  it('has a thing only in its region, where it names one', () => {
    const bound = {
      ...world,
      regions: ['cn-huhehaote', 'cn-hangzhou'],
      vpcs: [{ VpcId: 'vpc-1', RegionId: 'cn-hangzhou' }],
    };
    expect(createEngine({ world: bound }).create(VALID_CREATE).body.Code).toBe('VpcNotFound');
  });
});
