/**
 * Messages of the service by code, as its API page, its metadata and its public error page print them; `%s` is filled in
 * by the service. Messages that no page prints are marked.
 */
const MESSAGES: Readonly<Record<string, string>> = {
  CheckServiceLinkRoleError: 'The ServiceLink role check error.',
  ConcurrentCallNotSupported: 'The operation conflicts with other operations. Please try again later.',
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
  EndpointServiceDeleted: 'The specified Service is already deleted.',
  EndpointServiceLocked: 'The specified Service is locked.',
  EndpointServiceNotAuthorized: 'The specified endpoint service is not authorized to user.',
  EndpointServiceNotFound: 'The specified Service does not exist.',
  EndpointServiceNotSupportedZone: 'The specified endpoint service does not support the zone.',
  EndpointServiceOperationDenied: 'The specified operation of endpoint service is not allowed.',
  EndpointServiceResourceNotFound: 'The specified service resource is not found.',
  EndpointZoneDuplicated: 'The zone is duplicated for the Endpoint.',
  EndpointZoneNotFound: 'The specified zone of Endpoint does not exist.',
  EniIpUnavailable: 'The specified IP address is unavailable.',
  GatewayLoadBalancerNotSupportSecurityGroup: 'The gateway load balancer not support security group.',
  GatewayLoadBalancerZoneCountDeny: 'The GatewayLoadBalancer zone count not support',
  GenerateResourceIdFailed: 'Failed to generate ResourceId.',
  IdempotenceProcessing: 'The previous request is being processed.',
  IdempotenceSignatureMismatch: 'There is an idempotence signature mismatch between this and the previous request.',
  'IllegalParam.AddressIpVersion': 'The specified parameter AddressIpVersion is invalid.',
  'IllegalParam.Ip': 'The specified parameter IP is invalid.',
  'IllegalParam.Ipv6Address': 'The specified parameter Ipv6Address is invalid.',
  IllegalTagKeyParam: 'IllegalTagKeyParam',
  IllegalTagValueParam: 'The tag value is Illegal.',
  'IncorrectStatus.VpcEndpointService': 'The status of %s [%s] is incorrect.',
  'InvalidAccessKeyId.NotFound': 'Specified access key is not found.',
  'InvalidAction.NotFound': 'Specified api is not found, please check your url and method.',
  'InvalidApi.NotFound': 'Specified api is not found, please check your url and method.',
  'Mismatch.EndpointType': 'The %s is mismatched for %s and %s.',
  MissingTagKeyParam: 'The tag key is empty.',
  MissingTagValueParam: 'The tag value is empty.',
  NeedOpenProduct: 'The product is not activated.',
  NoPermission: 'You are not authorized to access the specified API operation.',
  'OperationDenied.AddressIpVersionNotSupportSpecifyIpv6':
    'The AddressIpVersion of the endpoint does not support specifying IPv6 address.',
  'OperationDenied.EndpointPolicyNotSupport': 'The operation is not allowed because of EndpointPolicyNotSupport.',
  'OperationDenied.EndpointProtected': 'The operation is not allowed because of EndpointProtected.',
  'OperationDenied.EndpointServiceNotSupportDualstack': 'The specified endpoint service does not support dualstack.',
  'OperationDenied.EndpointTypeNotSupportDualstack':
    'The specified endpoint type does not support dualstack, only the Interface and GatewayLoadBalancer types support dual stack.',
  'OperationDenied.PrivateDomainNotSupport': 'The operation is not allowed because of PrivateDomainNotSupport.',
  'OperationDenied.PrivateDomainStatusNotSupport': 'The operation is not allowed because of %s.',
  'OperationDenied.VSwitchNotSupportDualstack': 'The specified VSwitch does not support dualstack.',
  'QuotaExceed.TagsPerResource': 'The maximum number of tags for each resource is exceeded',
  'QuotaExceeded.IpQuotaPerEp': 'The quota of %s is exceeded, usage %s/%s.',
  'QuotaExceeded.epZonePerEndpoint': 'The quota of %s is exceeded, usage %s/%s.',
  'QuotaExceeded.totalEpPerVpc': 'The quota of %s is exceeded, usage %s/%s.',
  'QuotaExceeded.totalIdleEndpoint': 'The quota of %s is exceeded, usage %s/%s.',
  QuotaMisMatched: 'The resource you applied for has exceeded the quota.',
  'ResourceNotEnough.VSwitchIp': 'The specified resource of VSwitchIp is not enough.',
  SecurityGroupNotFound: 'The specified security group does not exist.',
  SecurityGroupTypeNotSupport: 'The specified security group type is not supported.',
  SecurityGroupTypeOnlySingleTypeSupporteded: 'The specified security group only support one type.',
  SignatureNonceUsed: 'Specified signature nonce was used already.',
  SpecifiedAlbNotSupport: 'The specified alb %s is not supported.',
  SystemBusy: 'System is busy. Please try again later.',
  SystemError: 'A system error occurred while processing your request',
  'Throttling.User': 'Request was denied due to user flow control.',
  VSwitchNotFound: 'The specified VSwitch does not exist.',
  VSwitchStatusNotAllowed: 'The specified vswitch status is not Available.',
  VpcNatServiceException: 'The vpcNat service is busy',
  VpcNotFound: 'The specified VPC does not exist.',
  VpcTunnelNotFound: 'The specified VPC tunnel does not exist.',
  // Inferred: the codes are documented, their messages are not.
  BadGateway: 'Bad gateway.',
  InternalError: 'The request processing has failed due to some unknown error.',
  'InvalidSecurityToken.Expired': 'Specified SecurityToken is expired.',
  'InvalidSecurityToken.MismatchWithAccessKey': 'Specified SecurityToken mismatch with the AccessKey.',
  InvalidSignatureMethod: 'Specified signature method is not valid.',
  'InvalidTimeStamp.Expired': 'Specified time stamp or date value is expired.',
  'InvalidTimeStamp.Format': 'Specified time stamp or date value is not well formatted.',
  RegionNotFound: 'The specified region is not found.',
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

  constructor(code: string, message = refusalMessage(code), status = refusalStatus(code)) {
    super(message);
    this.code = code;
    this.status = status;
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
