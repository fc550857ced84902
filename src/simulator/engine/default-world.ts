import { REGIONS, type World } from './world.js';

/** Owner of the services of the default world that belong to somebody else. */
export const PROVIDER_ACCOUNT_ID = '1000000000000002';

/** Account of the default world that lacks what an account has to have. */
export const BARE_ACCOUNT_ID = '1000000000000003';

/** Account of the default world whose services may not pay. */
export const NO_PAYER_ACCOUNT_ID = '1000000000000004';

/**
 * The world of a twin that is told nothing: any id exists, and some ids stand for what can be wrong, so that each refusal
 * of the API page can be had with a plain request. The ids are the same in every region.
 */
export const DEFAULT_WORLD: World = {
  open: true,
  regions: REGIONS,
  accounts: [
    { accountId: BARE_ACCOUNT_ID, productOpen: false, balanceEnough: false, serviceLinkedRole: false },
    { accountId: NO_PAYER_ACCOUNT_ID, mayPayAsService: false },
  ],
  vpcs: [
    { VpcId: 'vpc-full', endpointQuota: 0 },
    { VpcId: 'vpc-idle-full', idleEndpointQuota: 0 },
    { VpcId: 'vpc-no-tunnel', refusal: 'VpcTunnelNotFound' },
    { VpcId: 'vpc-no-ids', refusal: 'GenerateResourceIdFailed' },
    { VpcId: 'vpc-no-role', refusal: 'CheckServiceLinkRoleError' },
    { VpcId: 'vpc-taken', refusal: 'EndpointExist' },
  ],
  vSwitches: [
    { VSwitchId: 'vsw-full', AvailableIpAddressCount: 0 },
    { VSwitchId: 'vsw-pending', Status: 'Pending' },
    { VSwitchId: 'vsw-ipv4', supportsIpv6: false },
  ],
  securityGroups: [
    { SecurityGroupId: 'sg-enterprise', SecurityGroupType: 'enterprise' },
    { SecurityGroupId: 'sg-managed', SecurityGroupType: 'managed' },
  ],
  loadBalancers: [
    { ResourceId: 'lb-old', ResourceType: 'slb', supportsPrivateLink: false },
    { ResourceId: 'alb-old', ResourceType: 'alb', supportsPrivateLink: false },
    { ResourceId: 'lb-ipv4', ResourceType: 'slb', supportsIpv6: false },
    { ResourceId: 'lb-no-gateway', refusal: 'ResourceNotFound.NatGateway' },
    { ResourceId: 'lb-no-vswitch', refusal: 'VSwitchNotFound' },
    { ResourceId: 'nlb-ipv4', ResourceType: 'nlb', supportsIpv6: false },
  ],
  services: [
    { ServiceId: 'epsrv-manual', AutoAcceptEnabled: false },
    { ServiceId: 'epsrv-private', accountId: PROVIDER_ACCOUNT_ID, users: [] },
    { ServiceId: 'epsrv-shared', accountId: PROVIDER_ACCOUNT_ID, AutoAcceptEnabled: false },
    { ServiceId: 'epsrv-deleting', ServiceStatus: 'Deleting' },
    { ServiceId: 'epsrv-starting', ServiceStatus: 'Creating' },
    { ServiceId: 'epsrv-locked', ServiceBusinessStatus: 'FinancialLocked' },
    { ServiceId: 'epsrv-slb', ServiceResourceType: 'slb' },
    { ServiceId: 'epsrv-no-zones', Zones: [] },
    { ServiceId: 'epsrv-no-resource', refusal: 'EndpointServiceResourceNotFound' },
    { ServiceId: 'epsrv-alb', refusal: 'SpecifiedAlbNotSupport' },
    { ServiceId: 'epsrv-single', refusal: 'EndpointDuplicated' },
    { ServiceId: 'epsrv-full', endpointQuota: 0 },
    { ServiceId: 'epsrv-interface', ServiceType: 'Interface' },
    { ServiceId: 'epsrv-gwlb', ServiceType: 'GatewayLoadBalancer', ServiceResourceType: 'gwlb' },
    { ServiceId: 'epsrv-ipv4', AddressIpVersion: 'IPv4', ServiceSupportIPv6: false },
    { ServiceId: 'epsrv-no-policy', VpcEndpointPolicySupported: false },
    { ServiceId: 'epsrv-domain-pending', refusal: 'OperationDenied.PrivateDomainStatusNotSupport' },
    { ServiceId: 'epsrv-domain-none', refusal: 'OperationDenied.PrivateDomainNotSupport' },
    { ServiceId: 'epsrv-domain', PrivateDnsName: 'service.aliyuncs.com' },
  ],
  missing: ['vpc-missing', 'vsw-missing', 'sg-missing', 'epsrv-missing', 'lb-missing', 'alb-missing'],
};
