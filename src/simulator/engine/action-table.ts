/*
 * The actions of PrivateLink (2020-04-15): made by scripts/refresh-action-table.ts from the official metadata, not by hand.
 *
 * parameters: `!` required, `:int(0..10)` and `:boolean` types other than text, `[10]{...}` a list of at most 10 with fields.
 * answer: the same without bounds, `{...}` an object. errors: codes, with `@404` where the status is not 400.
 */

/** One row of the table, in its short notation; `parseAction` reads it. */
export interface ActionRow {
  readonly writes: boolean;
  readonly parameters: string;
  readonly answer: string;
  readonly errors: string;
}

export const ACTION_TABLE = {
  AddUserToVpcEndpointService: {
    writes: true,
    parameters: 'RegionId! UserId:int(0..9223372036854775807) ServiceId! DryRun:boolean ClientToken UserARN',
    answer: 'RequestId',
    errors: 'EndpointServiceNotFound Mismatch.UserIdAndUserArn MissingParam.UserArn',
  },
  AddZoneToVpcEndpoint: {
    writes: true,
    parameters: 'RegionId! ZoneId! VSwitchId! ip EndpointId! DryRun:boolean ClientToken Ipv6Address',
    answer: 'RequestId',
    errors:
      'EndpointConnectionOperationDenied EndpointDuplicated EndpointLocked EndpointNotFound EndpointOperationDenied EndpointProtected EndpointServiceDeleted EndpointServiceNotSupportedZone EndpointServiceResourceNotFound EndpointZoneDuplicated EniIpUnavailable IllegalParam.Ip IllegalParam.Ipv6Address OperationDenied.AddressIpVersionNotSupportSpecifyIpv6 OperationDenied.EndpointProtected OperationDenied.VSwitchNotSupportDualstack QuotaMisMatched ResourceNotEnough.VSwitchIp VSwitchNotFound VSwitchStatusNotAllowed VpcNatServiceException',
  },
  AttachResourceToVpcEndpointService: {
    writes: true,
    parameters: 'RegionId! ResourceType! ResourceId! ZoneId ServiceId! DryRun:boolean ClientToken',
    answer: 'RequestId',
    errors:
      'AlbNotFound EndpointServiceNotFound EndpointServiceNotSupportedZone EndpointServiceOperationDenied EndpointServiceResourceExist EndpointServiceResourceTypeNotEqual EndpointServiceResourceTypeNotSupport LoadBalancerNotFound LoadBalancerNotSupportPrivateLink Mismatch.ResourceType OperationDenied.ServiceResourceIpVersionMismatch QuotaMisMatched ResourceNotFound.NatGateway ServiceResourceNotSupportIpv6 VSwitchNotFound',
  },
  AttachSecurityGroupToVpcEndpoint: {
    writes: true,
    parameters: 'RegionId! SecurityGroupId! EndpointId! DryRun:boolean ClientToken',
    answer: 'RequestId',
    errors:
      'EndpointConnectionOperationDenied EndpointLocked EndpointNotFound EndpointOperationDenied EndpointServiceDeleted GatewayLoadBalancerNotSupportSecurityGroup SecurityGroupExist SecurityGroupNotFound SecurityGroupTypeNotSupport SecurityGroupTypeOnlySingleTypeSupporteded',
  },
  ChangeResourceGroup: {
    writes: true,
    parameters: 'ResourceType ResourceId! ResourceGroupId!',
    answer: 'RequestId',
    errors:
      'InvalidResourceGroup MissingParameter.ResourceGroupId MissingParameter.ResourceId MissingParameter.ResourceRegionId NoPermission.ChangeResourceGroup ResourceNotFound SystemError',
  },
  CheckProductOpen: { writes: false, parameters: '', answer: 'RequestId Success:boolean', errors: 'NeedOpenProduct' },
  CreateVpcEndpoint: {
    writes: true,
    parameters:
      'RegionId! ClientToken DryRun:boolean EndpointName EndpointType ZonePrivateIpAddressCount:int EndpointDescription VpcId! ServiceId ServiceName Zone[10]{VSwitchId ZoneId ip Ipv6Address} SecurityGroupId[10] ProtectedEnabled:boolean Tag[21]{Key Value} ResourceGroupId PolicyDocument AddressIpVersion ZoneAffinityEnabled:boolean ServiceRegionId CrossRegionBandwidth:int',
    answer:
      'EndpointDomain RequestId CreateTime EndpointBusinessStatus EndpointDescription ServiceId EndpointStatus VpcId EndpointName ServiceName Bandwidth:int EndpointId ConnectionStatus AddressIpVersion ZoneAffinityEnabled:boolean CrossRegionBandwidth:int ServiceRegionId',
    errors:
      'CheckServiceLinkRoleError DependencyViolation.PrivateDnsName EndpointDuplicated EndpointExist EndpointMustContainSecurityGroup EndpointServiceDeleted EndpointServiceNotAuthorized EndpointServiceNotFound EndpointServiceNotSupportedZone EndpointServiceResourceNotFound EndpointZoneDuplicated EniIpUnavailable GatewayLoadBalancerNotSupportSecurityGroup GatewayLoadBalancerZoneCountDeny GenerateResourceIdFailed IllegalParam.AddressIpVersion IllegalParam.Ip IllegalParam.Ipv6Address IncorrectStatus.VpcEndpointService Mismatch.EndpointType OperationDenied.AddressIpVersionNotSupportSpecifyIpv6 OperationDenied.EndpointPolicyNotSupport OperationDenied.EndpointServiceNotSupportDualstack OperationDenied.EndpointTypeNotSupportDualstack OperationDenied.PrivateDomainNotSupport OperationDenied.PrivateDomainStatusNotSupport OperationDenied.VSwitchNotSupportDualstack QuotaExceeded.IpQuotaPerEp QuotaExceeded.epZonePerEndpoint QuotaExceeded.totalEpPerVpc QuotaExceeded.totalIdleEndpoint QuotaMisMatched ResourceNotEnough.VSwitchIp SecurityGroupNotFound SecurityGroupTypeNotSupport SecurityGroupTypeOnlySingleTypeSupporteded SpecifiedAlbNotSupport VSwitchNotFound VSwitchStatusNotAllowed VpcNotFound VpcTunnelNotFound',
  },
  CreateVpcEndpointService: {
    writes: true,
    parameters:
      'RegionId! ClientToken DryRun:boolean ServiceDescription AutoAcceptEnabled:boolean Payer ZoneAffinityEnabled:boolean ServiceResourceType Resource[10]{ResourceType ResourceId ZoneId} ServiceSupportIPv6:boolean ResourceGroupId Tag[21]{Key Value} AddressIpVersion SupportedRegionList[]',
    answer:
      'ServiceBusinessStatus RequestId ServiceName ServiceStatus ServiceDescription CreateTime ServiceDomain ZoneAffinityEnabled:boolean AutoAcceptEnabled:boolean ServiceId ServiceSupportIPv6:boolean ResourceGroupId AddressIpVersion',
    errors:
      'AlbNotFound Conflict.ServiceName EndpointServiceExist EndpointServiceNotSupportIpv6 EndpointServiceNotSupportedZone EndpointServicePayerForbidden GenerateResourceIdFailed IllegalParam.AddressIpVersion InvalidParam.PrivateDnsName LoadBalancerNotFound LoadBalancerNotSupportPrivateLink Mismatch.ResourceType NeedOpenProduct OperationDenied.PrivateDomainNotSupport OperationDenied.RamPolicyNotSupport OperationDenied.ResourceTypeNotSupportDualStack OperationDenied.ServiceResourceIpVersionMismatch OperationDenied.ZoneAffinityNotSupport QuotaMisMatched ResourceNotFound.NatGateway SpecifiedAlbNotSupport VSwitchNotFound',
  },
  DeleteVpcEndpoint: {
    writes: true,
    parameters: 'RegionId! ClientToken DryRun:boolean EndpointId!',
    answer: 'RequestId',
    errors:
      'EndpointAssociatedVpc EndpointDependenceViolation EndpointNotFound EndpointOperationDenied EndpointProtected OperationDenied.EndpointProtected',
  },
  DeleteVpcEndpointService: {
    writes: true,
    parameters: 'RegionId! ClientToken DryRun:boolean ServiceId!',
    answer: 'RequestId',
    errors:
      'DeleteFailedDueToEndpointExist EndpointServiceConnectionDependence EndpointServiceDependenceViolation EndpointServiceNotFound EndpointServiceOperationDenied',
  },
  DescribeRegions: {
    writes: false,
    parameters: 'RegionId ServiceResourceType',
    answer:
      'Regions{Region[{LocalName RegionEndpoint RegionId ServiceResourceTypes{ServiceResourceType[]}}]} RequestId',
    errors: '',
  },
  DescribeZones: {
    writes: false,
    parameters: 'RegionId! ServiceResourceType CrossRegion:boolean CrossRegionSide',
    answer: 'RequestId Zones{Zone[{LocalName ZoneId}]}',
    errors: '',
  },
  DetachResourceFromVpcEndpointService: {
    writes: true,
    parameters: 'RegionId! ResourceType ResourceId! ZoneId ServiceId! DryRun:boolean ClientToken',
    answer: 'RequestId',
    errors:
      'EndpointServiceConnectionDependence EndpointServiceNotFound EndpointServiceResourceCannotRemove EndpointServiceResourceNotFound',
  },
  DetachSecurityGroupFromVpcEndpoint: {
    writes: true,
    parameters: 'RegionId! SecurityGroupId! EndpointId! DryRun:boolean ClientToken',
    answer: 'RequestId',
    errors:
      'EndpointConnectionOperationDenied EndpointLocked EndpointMustContainSecurityGroup EndpointNotFound EndpointOperationDenied EndpointServiceDeleted GatewayLoadBalancerNotSupportSecurityGroup SecurityGroupNotFound',
  },
  DisableVpcEndpointConnection: {
    writes: true,
    parameters: 'RegionId! ClientToken DryRun:boolean ServiceId! EndpointId!',
    answer: 'RequestId',
    errors: 'EndpointConnectionNotFound EndpointConnectionOperationDenied EndpointServiceNotFound',
  },
  DisableVpcEndpointZoneConnection: {
    writes: true,
    parameters: 'RegionId! ClientToken DryRun:boolean ServiceId! EndpointId! ZoneId! ReplacedResource:boolean',
    answer: 'RequestId',
    errors:
      'EndpointConnectionNotFound EndpointConnectionOperationDenied EndpointServiceNotFound GatewayLoadBalancerNotSupportZoneConnection IncorrectBusinessStatus.VpcEndpoint IncorrectBusinessStatus.VpcEndpointService IncorrectStatus.VpcEndpoint IncorrectStatus.VpcEndpointConnection IncorrectStatus.VpcEndpointService IncorrectStatus.VpcEndpointZone ResourceNotFound.VpcEndpoint@404 ResourceNotFound.VpcEndpointConnection@404 ResourceNotFound.VpcEndpointService@404 ResourceNotFound.VpcEndpointZone@404',
  },
  EnableVpcEndpointConnection: {
    writes: true,
    parameters:
      'RegionId! ClientToken DryRun:boolean ServiceId! EndpointId! Bandwidth:int(0..2147483647) TrafficControlMode',
    answer: 'RequestId',
    errors:
      'EndpointConnectionNotFound EndpointConnectionOperationDenied EndpointOperationDenied EndpointServiceNotFound OperationDenied.NoAvailableServiceResource',
  },
  EnableVpcEndpointZoneConnection: {
    writes: true,
    parameters: 'RegionId! ClientToken DryRun:boolean ServiceId! EndpointId! ZoneId!',
    answer: 'RequestId',
    errors:
      'EndpointConnectionNotFound EndpointConnectionOperationDenied EndpointOperationDenied EndpointServiceNotFound GatewayLoadBalancerNotSupportZoneConnection IncorrectBusinessStatus.VpcEndpoint IncorrectBusinessStatus.VpcEndpointService IncorrectStatus.VpcEndpoint IncorrectStatus.VpcEndpointConnection IncorrectStatus.VpcEndpointService IncorrectStatus.VpcEndpointZone ResourceNotFound.VpcEndpoint@404 ResourceNotFound.VpcEndpointConnection@404 ResourceNotFound.VpcEndpointService@404 ResourceNotFound.VpcEndpointZone@404',
  },
  GetVpcEndpointAttribute: {
    writes: false,
    parameters: 'RegionId! EndpointId!',
    answer:
      'Payer EndpointDomain RequestId CreateTime ResourceOwner:boolean EndpointBusinessStatus EndpointDescription ServiceId EndpointStatus VpcId EndpointName ZonePrivateIpAddressCount:int EndpointType ServiceName Bandwidth:int EndpointId RegionId ConnectionStatus ZoneAffinityEnabled:boolean ResourceGroupId PolicyDocument AddressIpVersion CrossRegionBandwidth:int ServiceRegionId',
    errors: 'EndpointConnectionNotFound EndpointNotFound',
  },
  GetVpcEndpointServiceAttribute: {
    writes: false,
    parameters: 'RegionId! ServiceId!',
    answer:
      'Payer RequestId ServiceDescription CreateTime MaxBandwidth:int MinBandwidth:int ServiceDomain AutoAcceptEnabled:boolean ZoneAffinityEnabled:boolean ServiceId Zones[] ServiceBusinessStatus ServiceName ServiceStatus ConnectBandwidth:int RegionId ServiceType ServiceResourceType ServiceSupportIPv6:boolean ResourceGroupId AddressIpVersion',
    errors: 'EndpointServiceNotFound',
  },
  ListTagResources: {
    writes: false,
    parameters: 'ResourceId[] ResourceType! Tag[]{Key Value} ClientToken RegionId! NextToken',
    answer: 'RequestId TagResources[{TagKey TagValue ResourceId ResourceType}] NextToken',
    errors:
      'DuplicatedTagKey IllegalTagKeyParam IllegalTagValueParam MissingResourceIdOrTagParam MissingTagKeyParam MissingTagValueParam',
  },
  ListVpcEndpointConnections: {
    writes: false,
    parameters:
      'RegionId! NextToken MaxResults:int(1..1000) ServiceId EniId EndpointId ConnectionStatus EndpointOwnerId:int(0..9223372036854775807) ResourceId ReplacedResourceId ResourceGroupId',
    answer:
      'Connections[{Zones[{VSwitchId ZoneId ResourceId EniId ZoneDomain ZoneStatus ReplacedResourceId ReplacedEniId}] ModifiedTime Bandwidth:int EndpointOwnerId:int ResourceOwner:boolean ServiceId ConnectionStatus EndpointId EndpointVpcId ResourceGroupId TrafficControlMode}] NextToken RequestId MaxResults:int TotalCount',
    errors: 'EndpointServiceNotFound',
  },
  ListVpcEndpointSecurityGroups: {
    writes: false,
    parameters: 'RegionId! NextToken MaxResults:int(0..50) EndpointId!',
    answer: 'SecurityGroups[{SecurityGroupId SecurityGroupStatus}] NextToken RequestId MaxResults:int TotalCount:int',
    errors: 'EndpointNotFound',
  },
  ListVpcEndpointServiceResources: {
    writes: false,
    parameters: 'RegionId! NextToken MaxResults:int(0..1000) ServiceId!',
    answer:
      'NextToken RequestId MaxResults:int Resources[{VpcId VSwitchId ResourceType ZoneId Ip ResourceId RegionId RelatedEndpointCount:int RelatedDeprecatedEndpointCount:int AutoAllocatedEnabled:boolean ResourceSupportIPv6:boolean}]',
    errors: 'EndpointServiceNotFound',
  },
  ListVpcEndpointServiceUsers: {
    writes: false,
    parameters:
      'RegionId! NextToken MaxResults:int(0..1000) ServiceId! UserId:int(0..9223372036854775807) UserListType',
    answer: 'NextToken RequestId MaxResults:int Users[{UserId:int}] UserARNs[{UserARN}] TotalCount',
    errors: 'EndpointServiceNotFound',
  },
  ListVpcEndpointServices: {
    writes: false,
    parameters:
      'RegionId! NextToken MaxResults:int(0..1000) ServiceId ServiceName ResourceId ServiceResourceType AutoAcceptEnabled:boolean ServiceStatus ServiceBusinessStatus ZoneAffinityEnabled:boolean Tag[]{Key Value} ResourceGroupId AddressIpVersion',
    answer:
      'Services[{AutoAcceptEnabled:boolean ServiceId CreateTime MinBandwidth:int MaxBandwidth:int ServiceStatus ZoneAffinityEnabled:boolean RegionId ServiceDomain Payer ServiceBusinessStatus ConnectBandwidth:int ServiceName ServiceDescription ServiceResourceType ServiceType ServiceSupportIPv6:boolean Tags[{Key Value}] ResourceGroupId AddressIpVersion}] NextToken RequestId MaxResults:int TotalCount:int',
    errors: '',
  },
  ListVpcEndpointServicesByEndUser: {
    writes: false,
    parameters:
      'RegionId! NextToken MaxResults:int(0..1000) ServiceId ServiceName ServiceType Tag[]{Key Value} ResourceGroupId ServiceRegionId',
    answer:
      'Services[{Payer ServiceDomain Zones[] ServiceId ServiceName ServiceType ServiceSupportIPv6:boolean Tags[{Key Value}] ResourceGroupId ServiceResourceType AddressIpVersion ZoneAffinityEnabled:boolean VpcEndpointPolicySupported:boolean AutoAcceptEnabled:boolean}] NextToken RequestId MaxResults:int TotalCount',
    errors: '',
  },
  ListVpcEndpointZones: {
    writes: false,
    parameters: 'RegionId! NextToken MaxResults:int(0..1000) EndpointId!',
    answer:
      'NextToken RequestId MaxResults:int TotalCount:int Zones[{VSwitchId EniIp ZoneStatus ZoneId EniId ZoneDomain RegionId ZoneIpv6Address}]',
    errors: 'EndpointNotFound',
  },
  ListVpcEndpoints: {
    writes: false,
    parameters:
      'RegionId! NextToken MaxResults:int(0..1000) EndpointId ServiceName VpcId EndpointName EndpointType EndpointStatus ConnectionStatus Tag[]{Key Value} ResourceGroupId AddressIpVersion ServiceRegionId',
    answer:
      'Endpoints[{VpcId EndpointName EndpointType CreateTime ServiceId ZoneAffinityEnabled:boolean EndpointDomain EndpointStatus RegionId ResourceOwner:boolean Bandwidth:int ConnectionStatus EndpointDescription EndpointId EndpointBusinessStatus ServiceName Tags[{Key Value}] ResourceGroupId PolicyDocument AddressIpVersion}] NextToken RequestId MaxResults:int TotalCount:int',
    errors: '',
  },
  OpenPrivateLinkService: {
    writes: true,
    parameters: '',
    answer: 'RequestId OrderId',
    errors: 'AccountTypeRestricted InvalidAccountStatus.NotEnoughBalance OrderOpend',
  },
  RemoveUserFromVpcEndpointService: {
    writes: true,
    parameters: 'RegionId! ClientToken DryRun:boolean UserId:int(0..9223372036854775807) ServiceId! UserARN',
    answer: 'RequestId',
    errors: 'EndpointServiceNotFound Mismatch.UserIdAndUserArn MissingParam.UserArn',
  },
  RemoveZoneFromVpcEndpoint: {
    writes: true,
    parameters: 'RegionId! ZoneId! EndpointId! DryRun:boolean ClientToken',
    answer: 'RequestId',
    errors:
      'EndpointConnectionOperationDenied EndpointLocked EndpointNotFound EndpointOperationDenied EndpointProtected EndpointZoneNotFound GatewayLoadBalancerZoneCountDeny OperationDenied.EndpointProtected',
  },
  TagResources: {
    writes: true,
    parameters: 'ResourceId![] Tag![]{Key Value} ResourceType! DryRun:boolean ClientToken RegionId!',
    answer: 'RequestId',
    errors:
      'DuplicatedTagKey IllegalTagKeyParam IllegalTagValueParam InvalidResourceId.NotFound MissingTagKeyParam MissingTagValueParam QuotaExceed.TagsPerResource',
  },
  UntagResources: {
    writes: true,
    parameters: 'ResourceId![] TagKey[] ResourceType! All:boolean DryRun:boolean ClientToken RegionId!',
    answer: 'RequestId',
    errors: 'DuplicatedTagKey IllegalTagKeyParam IllegalTagValueParam InvalidResourceId.NotFound TagInfoNotExist',
  },
  UpdateVpcEndpointAttribute: {
    writes: true,
    parameters:
      'RegionId! ClientToken DryRun:boolean EndpointId! EndpointName EndpointDescription PolicyDocument AddressIpVersion ZoneAffinityEnabled:boolean ResetPolicy:boolean CrossRegionBandwidth:int',
    answer: 'RequestId',
    errors:
      'DependencyViolation.PrivateDnsName EndpointConnectionOperationDenied EndpointLocked EndpointNotFound EndpointOperationDenied EndpointProtected EndpointServiceDeleted IllegalParam.AddressIpVersion OperationDenied.EndpointPolicyNotSupport OperationDenied.EndpointProtected OperationDenied.EndpointServiceNotSupportDualstack OperationDenied.NotSupportDualStackSwitchToIpv4 OperationDenied.PrivateDomainNotSupport OperationDenied.PrivateDomainStatusNotSupport OperationDenied.VSwitchNotSupportDualstack',
  },
  UpdateVpcEndpointConnectionAttribute: {
    writes: true,
    parameters:
      'RegionId! ClientToken DryRun:boolean ServiceId! EndpointId! Bandwidth:int(0..2147483647) TrafficControlMode',
    answer: 'RequestId',
    errors:
      'EndpointConnectionNotFound EndpointConnectionOperationDenied EndpointNotFound EndpointServiceNotFound OperationDenied.VpcNatServiceResourceTypeNotSupportBandwidth UpdateBandWidthUnSupported',
  },
  UpdateVpcEndpointServiceAttribute: {
    writes: true,
    parameters:
      'RegionId! ClientToken DryRun:boolean ServiceId! ServiceDescription AutoAcceptEnabled:boolean ConnectBandwidth:int ZoneAffinityEnabled:boolean ServiceSupportIPv6:boolean AddressIpVersion',
    answer: 'RequestId',
    errors:
      'Conflict.ServiceName DependencyViolation.PrivateDnsName EndpointServiceConnectionDependence EndpointServiceDowngradeNotAllowed EndpointServiceLocked EndpointServiceNotFound EndpointServiceOperationDenied InvalidParam.PrivateDnsName OperationDenied.PrivateDomainNotSupport OperationDenied.PrivateDomainStatusNotSupport OperationDenied.PrivateServiceDomainBusinessStatus OperationDenied.ResourceTypeNotSupportDualStack OperationDenied.ServiceResourceIpVersionMismatch ServiceResourceNotSupportIpv6',
  },
  UpdateVpcEndpointServiceResourceAttribute: {
    writes: true,
    parameters: 'RegionId! ClientToken DryRun:boolean ServiceId! ResourceId! ZoneId AutoAllocatedEnabled!:boolean',
    answer: 'RequestId',
    errors:
      'EndpointServiceLocked EndpointServiceNotFound EndpointServiceOperationDenied EndpointServiceResourceNotFound ResourceAutoAllocateViolation',
  },
  UpdateVpcEndpointZoneConnectionResourceAttribute: {
    writes: true,
    parameters:
      'RegionId! ClientToken DryRun:boolean ServiceId! EndpointId! ZoneId! ResourceAllocateMode ResourceReplaceMode ResourceType ResourceId',
    answer: 'RequestId',
    errors:
      'EndpointConnectionNotFound EndpointConnectionOperationDenied EndpointLocked EndpointNotFound EndpointServiceLocked EndpointServiceNotFound EndpointServiceResourceNotFound EndpointServiceResourceTypeNotSupport EndpointZoneNotFound GatewayLoadBalancerNotSupportZoneConnection IllegalParam.ResourceAllocateMode IllegalParam.ResourceReplaceMode Mismatch.ZoneId MissingParam.ResourceAllocateMode MissingParam.ResourceId OperationDenied.CurrentResourceAutoAllocated ZoneOperationDenied',
  },
} as const satisfies Readonly<Record<string, ActionRow>>;

/** Name of an action of PrivateLink. */
export type ActionName = keyof typeof ACTION_TABLE;
