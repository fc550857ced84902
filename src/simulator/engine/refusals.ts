/**
 * Messages of the service by code, as its API page, its metadata and its public error page print them; `%s` is filled in
 * by the service. Messages that no page prints are marked.
 */
const MESSAGES: Readonly<Record<string, string>> = {
  AccountTypeRestricted:
    'Please submit the application for beta testing first. You can activate the product after the application is approved.',
  AlbNotFound: 'The specified Alb does not exist.',
  CheckServiceLinkRoleError: 'The ServiceLink role check error.',
  ConcurrentCallNotSupported: 'The operation conflicts with other operations. Please try again later.',
  'Conflict.ServiceName': 'The ServiceName %s is conflict.',
  DeleteFailedDueToEndpointExist: 'The specified EndpointService id deleted failed , due to EndpointExist.',
  'DependencyViolation.PrivateDnsName':
    'The specified resource of %s depends on %s, so the operation cannot be completed.',
  DryRunOperation: 'The specified operation is a dry run operation.',
  DuplicatedTagKey: 'The tag keys is duplicated.',
  EndpointAssociatedVpc: 'The endpoint is associated with a vpc.',
  EndpointConnectionNotFound: 'The specified endpoint connection does not exist.',
  EndpointConnectionOperationDenied: 'The endpoint is being connected.',
  EndpointDependenceViolation: 'The specified endpoint has dependent zone(s).',
  EndpointDuplicated: 'The endpoint of the service already exists and cannot be created again.',
  EndpointExist: 'The specified Endpoint already exists.',
  EndpointLocked: 'The specified Endpoint is locked.',
  EndpointMustContainSecurityGroup: 'The specified endpoint must have at least one security group.',
  EndpointNotFound: 'The specified Endpoint does not exist.',
  EndpointOperationDenied: 'The specified operation of endpoint is not allowed.',
  EndpointProtected: 'The specified Endpoint is protected.',
  EndpointServiceConnectionDependence: 'You cannot delete EndpointService with Endpoint connected.',
  EndpointServiceDeleted: 'The specified Service is already deleted.',
  EndpointServiceDependenceViolation: 'The specified EndpointService already contains a resource.',
  EndpointServiceDowngradeNotAllowed: 'The EndpointService is not allowed for downgrade.',
  EndpointServiceExist: 'The specified Endpoint Service already exists.',
  EndpointServiceLocked: 'The specified Service is locked.',
  EndpointServiceNotAuthorized: 'The specified endpoint service is not authorized to user.',
  EndpointServiceNotFound: 'The specified Service does not exist.',
  EndpointServiceNotSupportedZone: 'The specified endpoint service does not support the zone.',
  EndpointServiceNotSupportIpv6:
    'The param supportIpv6 of EndpointService is forbidden , resource is not support ipv6.',
  EndpointServiceOperationDenied: 'The specified operation of endpoint service is not allowed.',
  EndpointServicePayerForbidden: 'The parameter EndpointServicePayer is forbidden. The user is not in the whitelist.',
  EndpointServiceResourceCannotRemove: 'The service resource cannot be removed.',
  EndpointServiceResourceExist: 'The specified resource already exists.',
  EndpointServiceResourceNotFound: 'The specified service resource is not found.',
  EndpointServiceResourceTypeNotEqual: 'the service resource type not equal request type.',
  EndpointServiceResourceTypeNotSupport: 'The specified resource type is not supported.',
  EndpointZoneDuplicated: 'The zone is duplicated for the Endpoint.',
  EndpointZoneNotFound: 'The specified zone of Endpoint does not exist.',
  EniIpUnavailable: 'The specified IP address is unavailable.',
  GatewayLoadBalancerNotSupportSecurityGroup: 'The gateway load balancer not support security group.',
  GatewayLoadBalancerNotSupportZoneConnection: 'The gateway load balancer not support zone connection.',
  GatewayLoadBalancerZoneCountDeny: 'The GatewayLoadBalancer zone count not support',
  GenerateResourceIdFailed: 'Failed to generate ResourceId.',
  IdempotenceProcessing: 'The previous request is being processed.',
  IdempotenceSignatureMismatch: 'There is an idempotence signature mismatch between this and the previous request.',
  'IllegalParam.AddressIpVersion': 'The specified parameter AddressIpVersion is invalid.',
  'IllegalParam.Ip': 'The specified parameter IP is invalid.',
  'IllegalParam.Ipv6Address': 'The specified parameter Ipv6Address is invalid.',
  'IllegalParam.ResourceAllocateMode': 'The param of %s is illegal.',
  'IllegalParam.ResourceReplaceMode': 'The param of %s is illegal.',
  IllegalTagKeyParam: 'IllegalTagKeyParam',
  IllegalTagValueParam: 'The tag value is Illegal.',
  'IncorrectBusinessStatus.VpcEndpoint': 'The business status of %s [%s] is incorrect.',
  'IncorrectBusinessStatus.VpcEndpointService': 'The business status of %s [%s]  is incorrect.',
  'IncorrectStatus.VpcEndpoint': 'The status of %s [%s] is incorrect.',
  'IncorrectStatus.VpcEndpointConnection': 'The status of %s [%s] is incorrect.',
  'IncorrectStatus.VpcEndpointService': 'The status of %s [%s] is incorrect.',
  'IncorrectStatus.VpcEndpointZone': 'The status of %s [%s] is incorrect.',
  IncompleteSignature: 'The request signature does not conform to Aliyun standards.',
  'InvalidAccessKeyId.Inactive': 'Specified access key is disabled.',
  'InvalidAccessKeyId.NotFound': 'Specified access key is not found.',
  'InvalidAccountStatus.NotEnoughBalance': 'Your account does not have enough balance.',
  'InvalidAction.NotFound': 'Specified api is not found, please check your url and method.',
  'InvalidApi.NotFound': 'Specified api is not found, please check your url and method.',
  'InvalidParam.PrivateDnsName':
    'The parameter of PrivateDnsName is illegal, which needs to end with aliyun.com, aliyun-inc.com, or aliyuncs.com.',
  InvalidResourceGroup: 'The specified ResourceGroupId is invalid',
  'InvalidResourceId.NotFound': 'The specified ResourceIds are not found in our records.',
  LoadBalancerNotFound: 'The specified load balancer does not exist.',
  LoadBalancerNotSupportPrivateLink: 'The specified SLB does not support PrivateLink.',
  'Mismatch.EndpointType': 'The %s is mismatched for %s and %s.',
  'Mismatch.ResourceType': 'The %s is mismatched for %s and %s.',
  'Mismatch.UserIdAndUserArn': 'The %s and %s are mismatched.',
  'Mismatch.ZoneId': 'The %s is mismatched for %s and %s.',
  'MissingParam.ResourceAllocateMode': 'The param of %s is missing.',
  'MissingParam.ResourceId': 'The param of %s is missing.',
  'MissingParam.UserArn': 'The param of UserArn is missing.',
  'MissingParameter.ResourceGroupId':
    'The ResourceGroupId parameters that are required for processing this request are missing',
  'MissingParameter.ResourceId': 'The ResourceId parameters that are required for processing this request are missing',
  'MissingParameter.ResourceRegionId':
    'The ResourceRegionId parameters that are required for processing this request are missing',
  MissingResourceIdOrTagParam: 'The resource id and tag is empty.',
  MissingTagKeyParam: 'The tag key is empty.',
  MissingTagValueParam: 'The tag value is empty.',
  NeedOpenProduct: 'The product is not activated.',
  NoPermission: 'You are not authorized to access the specified API operation.',
  'NoPermission.ChangeResourceGroup': 'You are not authorized to change resourcegroup',
  'OperationDenied.AddressIpVersionNotSupportSpecifyIpv6':
    'The AddressIpVersion of the endpoint does not support specifying IPv6 address.',
  'OperationDenied.CurrentResourceAutoAllocated':
    'The operation is not allowed because of CurrentResourceAutoAllocated.',
  'OperationDenied.EndpointPolicyNotSupport': 'The operation is not allowed because of EndpointPolicyNotSupport.',
  'OperationDenied.EndpointProtected': 'The operation is not allowed because of EndpointProtected.',
  'OperationDenied.EndpointServiceNotSupportDualstack': 'The specified endpoint service does not support dualstack.',
  'OperationDenied.EndpointTypeNotSupportDualstack':
    'The specified endpoint type does not support dualstack, only the Interface and GatewayLoadBalancer types support dual stack.',
  'OperationDenied.NoAvailableServiceResource':
    'The operation is not allowed because of there are no resource in some available zones of endpoint service.',
  'OperationDenied.NotSupportDualStackSwitchToIpv4':
    'AddressIpVersion does not support switching from DualStack to IPv4.',
  'OperationDenied.PrivateDomainNotSupport': 'The operation is not allowed because of PrivateDomainNotSupport.',
  'OperationDenied.PrivateDomainStatusNotSupport': 'The operation is not allowed because of %s.',
  'OperationDenied.PrivateServiceDomainBusinessStatus':
    'The operation is not allowed because of PrivateServiceDomainBusinessStatus.',
  'OperationDenied.RamPolicyNotSupport': 'The operation is not allowed because of RamPolicyNotSupport.',
  'OperationDenied.ResourceTypeNotSupportDualStack': 'The specified resource type does not support dualstack.',
  'OperationDenied.ServiceResourceIpVersionMismatch':
    'The endpoint service and service resource AddressIpVersion do not match.',
  'OperationDenied.VpcNatServiceResourceTypeNotSupportBandwidth':
    'The operation is not allowed because of VpcNatServiceResourceTypeNotSupportBandwidth.',
  'OperationDenied.VSwitchNotSupportDualstack': 'The specified VSwitch does not support dualstack.',
  'OperationDenied.ZoneAffinityNotSupport': 'The operation is not allowed because of zone affinity not support.',
  OrderOpend: 'You have already activated the service. Go to the console to start using it.',
  'QuotaExceed.TagsPerResource': 'The maximum number of tags for each resource is exceeded',
  'QuotaExceeded.epZonePerEndpoint': 'The quota of %s is exceeded, usage %s/%s.',
  'QuotaExceeded.IpQuotaPerEp': 'The quota of %s is exceeded, usage %s/%s.',
  'QuotaExceeded.totalEpPerVpc': 'The quota of %s is exceeded, usage %s/%s.',
  'QuotaExceeded.totalIdleEndpoint': 'The quota of %s is exceeded, usage %s/%s.',
  QuotaMisMatched: 'The resource you applied for has exceeded the quota.',
  ResourceAutoAllocateViolation:
    'The specified endpoint service must have at least one automatically allocated resource in one zone.',
  'ResourceNotEnough.VSwitchIp': 'The specified resource of VSwitchIp is not enough.',
  ResourceNotFound: 'The specified resource is not found',
  'ResourceNotFound.NatGateway': 'The specified resource %s is not found.',
  'ResourceNotFound.VpcEndpoint': 'The specified resource %s is not found.',
  'ResourceNotFound.VpcEndpointConnection': 'The specified resource %s is not found.',
  'ResourceNotFound.VpcEndpointService': 'The specified resource %s is not found.',
  'ResourceNotFound.VpcEndpointZone': 'The specified resource %s is not found.',
  SecurityGroupExist: 'The specified security group already exists.',
  SecurityGroupNotFound: 'The specified security group does not exist.',
  SecurityGroupTypeNotSupport: 'The specified security group type is not supported.',
  SecurityGroupTypeOnlySingleTypeSupporteded: 'The specified security group only support one type.',
  ServiceResourceNotSupportIpv6: 'The resource is not support ipv6.',
  SignatureNonceUsed: 'Specified signature nonce was used already.',
  SpecifiedAlbNotSupport: 'The specified alb %s is not supported.',
  SystemBusy: 'System is busy. Please try again later.',
  SystemError: 'A system error occurred while processing your request',
  TagInfoNotExist: 'Tag info not exist',
  'Throttling.User': 'Request was denied due to user flow control.',
  UpdateBandWidthUnSupported: 'Bandwidth updates are not supported for this service.',
  VpcNatServiceException: 'The vpcNat service is busy',
  VpcNotFound: 'The specified VPC does not exist.',
  VpcTunnelNotFound: 'The specified VPC tunnel does not exist.',
  VSwitchNotFound: 'The specified VSwitch does not exist.',
  VSwitchStatusNotAllowed: 'The specified vswitch status is not Available.',
  ZoneOperationDenied: 'You cannot operate the specified zone.',
  // Inferred: the codes are documented, their messages are not.
  BadGateway: 'Bad gateway.',
  InternalError: 'The request processing has failed due to some unknown error.',
  'InvalidSecurityToken.Expired': 'Specified SecurityToken is expired.',
  'InvalidSecurityToken.MismatchWithAccessKey': 'Specified SecurityToken mismatch with the AccessKey.',
  'InvalidTimeStamp.Expired': 'Specified time stamp or date value is expired.',
  'InvalidTimeStamp.Format': 'Specified time stamp or date value is not well formatted.',
  RegionNotFound: 'The specified region is not found.',
  RequestEntityTooLarge: 'The request body is too large.',
  RequestHeaderTooLarge: 'The request line and the headers are too large.',
  RequestTimeout: 'The request did not come in time.',
  ServiceUnavailable: 'The request has failed due to a temporary failure of the server.',
  Throttling: 'Request was denied due to request throttling.',
  'Throttling.Api': 'Request was denied due to api flow control.',
  UnsupportedHTTPMethod: 'This http method is not supported.',
};

/** Statuses other than 400; the service answers 400 to nearly everything. */
const STATUSES: Readonly<Record<string, number>> = {
  BadGateway: 502,
  'Forbidden.RAM': 403,
  InternalError: 500,
  'InvalidAccessKeyId.NotFound': 404,
  'InvalidAction.NotFound': 404,
  'InvalidApi.NotFound': 404,
  'InvalidProduct.NotFound': 404,
  RequestEntityTooLarge: 413,
  RequestHeaderTooLarge: 431,
  RequestTimeout: 408,
  'ResourceNotFound.VpcEndpoint': 404,
  'ResourceNotFound.VpcEndpointConnection': 404,
  'ResourceNotFound.VpcEndpointService': 404,
  'ResourceNotFound.VpcEndpointZone': 404,
  ServiceUnavailable: 503,
};

/** Message of a code; a code without a known one is its own message. Values fill its `%s` from left to right. */
export function refusalMessage(code: string, ...values: readonly (string | number)[]): string {
  const message = Object.hasOwn(MESSAGES, code) ? MESSAGES[code] : undefined;
  return values.reduce<string>((text, value) => text.replace('%s', () => String(value)), message ?? code);
}

/** HTTP status that goes with a code. */
export function refusalStatus(code: string): number {
  return (Object.hasOwn(STATUSES, code) ? STATUSES[code] : undefined) ?? 400;
}

/** A definite answer other than success. Thrown inside the twin only; what leaves it is an answer with this code. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  readonly status: number;
  /** Headers that its answer carries. */
  readonly headers: Readonly<Record<string, string>> | undefined;

  constructor(
    code: string,
    message = refusalMessage(code),
    status = refusalStatus(code),
    headers?: Readonly<Record<string, string>>,
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.headers = headers;
  }
}

/** The gateway's refusal of a call without a parameter that its action needs. */
export function missingParameter(name: string): Refusal {
  return new Refusal(`Missing${name}`, `${name} is mandatory for this action.`);
}

/** Refusal of a malformed value for which no page names a code. The code is inferred from the gateway's families. */
export function invalidParameter(name: string): Refusal {
  return new Refusal(`InvalidParameter.${name}`, `The specified parameter ${name} is not valid.`);
}
