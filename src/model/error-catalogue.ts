import type { ErrorClass } from './error-class.js';

/** Where a code is documented. */
export type CodeSource = 'page' | 'metadata' | 'public' | 'gateway' | 'transport' | 'other products';

/** One row of the catalogue: what a code means and what the person who sees it should do. */
export interface CatalogueEntry {
  /** The code as the service spells it; a trailing `*` stands for any ending. */
  readonly code: string;
  readonly class: ErrorClass;
  readonly meaning: string;
  readonly advice: string;
  readonly source: CodeSource;
  /** The state behind it passes quickly or never: parked at most this long, then the request is taken to be wrong. */
  readonly parkAtMostMs?: number;
  /** With `exists`: what the code means where nothing of ours is found. */
  readonly elseClass?: ErrorClass;
}

const TEN_MINUTES = 600_000;

const row = (
  code: string,
  errorClass: ErrorClass,
  source: CodeSource,
  meaning: string,
  advice: string,
  parkAtMostMs?: number,
): CatalogueEntry => ({
  code,
  class: errorClass,
  source,
  meaning,
  advice,
  ...(parkAtMostMs === undefined ? {} : { parkAtMostMs }),
});

/**
 * Every code that is known, in the order in which it is looked up: exact codes first, families (`*`) last.
 *
 * Sources: `page` = the 40 codes of the CreateVpcEndpoint API page; `metadata` = per-action tables of the official API
 * metadata; `public` = the product's public error codes; `gateway` = codes that the API gateway answers for every
 * product; `transport` = Node.js and pop-core names for calls without an answer.
 */
export const ERROR_CATALOGUE: readonly CatalogueEntry[] = [
  // The 40 codes of the API page.
  row(
    'EndpointExist',
    'exists',
    'page',
    'The endpoint exists already.',
    'Look in this VPC for an endpoint of the same service: use that one, or delete it and start again.',
  ),
  row('EndpointZoneDuplicated', 'invalid', 'page', 'A zone is named twice.', 'Name each zone of the request once.'),
  row(
    'EndpointServiceNotFound',
    'invalid',
    'page',
    'The endpoint service does not exist in this region.',
    'Check ServiceId, ServiceName and RegionId.',
  ),
  row(
    'EndpointServiceNotSupportedZone',
    'status',
    'page',
    'The service does not (yet) serve a zone of the request.',
    'Choose zones of the service; a zone that its owner has just added takes minutes to appear.',
    TEN_MINUTES,
  ),
  row(
    'VSwitchNotFound',
    'invalid',
    'page',
    'A vSwitch does not exist.',
    'Check each VSwitchId, and that it is in RegionId.',
  ),
  row(
    'SecurityGroupNotFound',
    'invalid',
    'page',
    'A security group does not exist.',
    'Check each SecurityGroupId, and that it is in VpcId.',
  ),
  row(
    'VpcTunnelNotFound',
    'status',
    'page',
    'An internal record of the VPC is not there yet.',
    'If it persists, open a ticket with the RequestId.',
    TEN_MINUTES,
  ),
  row('VpcNotFound', 'invalid', 'page', 'The VPC does not exist in this region.', 'Check VpcId and RegionId.'),
  row(
    'GenerateResourceIdFailed',
    'status',
    'page',
    'The service could not make an id; nothing was created.',
    'If it persists, open a ticket with the RequestId.',
    TEN_MINUTES,
  ),
  row(
    'QuotaMisMatched',
    'quota',
    'page',
    'A quota is used up.',
    'Raise the quota in Quota Center, or release something that counts towards it.',
  ),
  row(
    'EndpointMustContainSecurityGroup',
    'invalid',
    'page',
    'An interface endpoint needs a security group.',
    'Add SecurityGroupId to the request.',
  ),
  row(
    'EndpointDuplicated',
    'exists',
    'page',
    'An endpoint of this service exists already.',
    'Look in this VPC for an endpoint of the same service: use that one, or delete it and start again.',
  ),
  row(
    'EndpointServiceDeleted',
    'invalid',
    'page',
    'The endpoint service is deleted.',
    'Ask the owner of the service for the id of its successor.',
  ),
  row(
    'EndpointServiceResourceNotFound',
    'invalid',
    'page',
    'The service has no resource there.',
    'Ask the owner of the service to add a resource in the zones of the request.',
  ),
  row(
    'SecurityGroupTypeNotSupport',
    'invalid',
    'page',
    'This type of security group is not supported.',
    'Use a security group of another type.',
  ),
  {
    ...row(
      'EniIpUnavailable',
      'exists',
      'page',
      'A requested address is taken, perhaps by an earlier attempt of this run.',
      'Choose a free Zone.ip, or leave it out.',
    ),
    elseClass: 'invalid',
  },
  row(
    'EndpointServiceNotAuthorized',
    'denied',
    'page',
    'The service does not admit this account.',
    'Ask the owner of the service to add this account to its whitelist.',
  ),
  row(
    'SecurityGroupTypeOnlySingleTypeSupporteded',
    'invalid',
    'page',
    'Security groups of different types are mixed.',
    'Use security groups of one type.',
  ),
  row(
    'QuotaExceeded.IpQuotaPerEp',
    'invalid',
    'page',
    'One endpoint may not have that many addresses.',
    'Ask for fewer zones or addresses; no waiting frees this limit.',
  ),
  row(
    'Mismatch.EndpointType',
    'invalid',
    'page',
    'EndpointType and the service do not fit.',
    'Check EndpointType against the type of the service.',
  ),
  row(
    'IncorrectStatus.VpcEndpointService',
    'status',
    'page',
    'The endpoint service is not in the right state yet.',
    'Check that the service is Active.',
  ),
  row(
    'CheckServiceLinkRoleError',
    'denied',
    'page',
    'The service-linked role is missing or cannot be read.',
    'Create the service-linked role of PrivateLink, or allow ram:CreateServiceLinkedRole.',
  ),
  row(
    'ResourceNotEnough.VSwitchIp',
    'quota',
    'page',
    'A vSwitch has no free address.',
    'Free addresses in the vSwitch, or name another one.',
  ),
  row(
    'VSwitchStatusNotAllowed',
    'status',
    'page',
    'A vSwitch is not Available yet.',
    'Check the status of the vSwitches.',
  ),
  row(
    'QuotaExceeded.epZonePerEndpoint',
    'invalid',
    'page',
    'One endpoint may not have that many zones.',
    'Ask for fewer zones; no waiting frees this limit.',
  ),
  row(
    'QuotaExceeded.totalEpPerVpc',
    'quota',
    'page',
    'The VPC holds as many endpoints as its quota allows.',
    'Raise the quota pvl_quota_total_ep_per_vpc, or delete unused endpoints of the VPC.',
  ),
  row(
    'QuotaExceeded.totalIdleEndpoint',
    'quota',
    'page',
    'The account holds too many endpoints that are not connected.',
    'Delete or connect idle endpoints.',
  ),
  row(
    'OperationDenied.EndpointPolicyNotSupport',
    'invalid',
    'page',
    'The service does not support endpoint policies.',
    'Leave out PolicyDocument.',
  ),
  row(
    'OperationDenied.PrivateDomainStatusNotSupport',
    'status',
    'page',
    'The private domain of the service is not verified yet.',
    'Ask the owner of the service to verify its private domain.',
    TEN_MINUTES,
  ),
  row(
    'OperationDenied.PrivateDomainNotSupport',
    'invalid',
    'page',
    'The service has no private domain.',
    'Leave out the private domain.',
  ),
  row(
    'DependencyViolation.PrivateDnsName',
    'invalid',
    'page',
    'A private DNS name is in the way.',
    'Remove the dependency that the message names.',
  ),
  row(
    'GatewayLoadBalancerNotSupportSecurityGroup',
    'invalid',
    'page',
    'Gateway Load Balancer endpoints have no security groups.',
    'Leave out SecurityGroupId.',
  ),
  row(
    'GatewayLoadBalancerZoneCountDeny',
    'invalid',
    'page',
    'The number of zones does not suit a Gateway Load Balancer endpoint.',
    'Correct the zones; to remove its last zone, delete the endpoint.',
  ),
  row(
    'OperationDenied.EndpointTypeNotSupportDualstack',
    'invalid',
    'page',
    'This type of endpoint has no dual stack.',
    'Use AddressIpVersion IPv4, or type Interface or GatewayLoadBalancer.',
  ),
  row(
    'OperationDenied.EndpointServiceNotSupportDualstack',
    'invalid',
    'page',
    'The service has no dual stack.',
    'Use AddressIpVersion IPv4.',
  ),
  row(
    'OperationDenied.VSwitchNotSupportDualstack',
    'invalid',
    'page',
    'A vSwitch has no IPv6.',
    'Use AddressIpVersion IPv4, or a vSwitch with an IPv6 block.',
  ),
  row(
    'OperationDenied.AddressIpVersionNotSupportSpecifyIpv6',
    'invalid',
    'page',
    'An IPv6 address needs dual stack.',
    'Set AddressIpVersion to DualStack, or leave out Zone.Ipv6Address.',
  ),
  row('IllegalParam.Ip', 'invalid', 'page', 'Zone.ip is malformed or outside the vSwitch.', 'Correct Zone.ip.'),
  row(
    'IllegalParam.Ipv6Address',
    'invalid',
    'page',
    'Zone.Ipv6Address is malformed or outside the vSwitch.',
    'Correct Zone.Ipv6Address.',
  ),
  row(
    'IllegalParam.AddressIpVersion',
    'invalid',
    'page',
    'AddressIpVersion is not one of its values.',
    'Use IPv4 or DualStack.',
  ),
  // The API metadata and the product's public codes.
  row(
    'SpecifiedAlbNotSupport',
    'invalid',
    'metadata',
    'The load balancer behind the service is not supported.',
    'Ask the owner of the service.',
  ),
  row('SystemBusy', 'unknown', 'public', 'The service is busy.', 'Nothing to do: the call is repeated.'),
  row(
    'SystemError',
    'unknown',
    'metadata',
    'The service failed while it processed the call.',
    'Nothing to do: the call is repeated.',
  ),
  row(
    'VpcNatServiceException',
    'unknown',
    'metadata',
    'A service behind PrivateLink is busy.',
    'Nothing to do: the call is repeated.',
  ),
  row(
    'ConcurrentCallNotSupported',
    'conflict',
    'public',
    'The call collides with another change.',
    'Nothing to do: the call is repeated.',
  ),
  row(
    'EndpointLocked',
    'conflict',
    'public',
    'Another change of the endpoint is running.',
    'Nothing to do: the call is repeated.',
  ),
  row(
    'EndpointServiceLocked',
    'conflict',
    'public',
    'Another change of the endpoint service is running.',
    'Nothing to do: the call is repeated.',
  ),
  row(
    'EndpointConnectionOperationDenied',
    'conflict',
    'metadata',
    'The endpoint is being connected.',
    'Nothing to do: the call is repeated.',
  ),
  row(
    'EndpointOperationDenied',
    'conflict',
    'metadata',
    'The state of the endpoint does not allow the call now.',
    'Check the status of the endpoint.',
  ),
  row(
    'EndpointServiceOperationDenied',
    'conflict',
    'metadata',
    'The state of the service does not allow the call now.',
    'Check the status of the service.',
  ),
  row('EndpointDependenceViolation', 'status', 'metadata', 'The endpoint still has zones.', 'Remove its zones first.'),
  row('EndpointAssociatedVpc', 'invalid', 'metadata', 'The endpoint is associated with a VPC.', 'Dissociate it first.'),
  row(
    'EndpointProtected',
    'denied',
    'metadata',
    'Only the STS user who created the endpoint may change it.',
    'Use the credentials that created it.',
  ),
  row(
    'OperationDenied.EndpointProtected',
    'denied',
    'metadata',
    'Only the STS user who created the endpoint may change it.',
    'Use the credentials that created it.',
  ),
  row('EndpointNotFound', 'absent', 'metadata', 'The endpoint does not exist.', 'Check EndpointId and RegionId.'),
  row(
    'EndpointConnectionNotFound',
    'absent',
    'metadata',
    'The connection of the endpoint does not exist.',
    'Check that the endpoint still belongs to the service.',
  ),
  row('EndpointZoneNotFound', 'absent', 'metadata', 'The zone of the endpoint does not exist.', 'Check ZoneId.'),
  row(
    'IdempotenceProcessing',
    'inFlight',
    'public',
    'The first call with this token is still running.',
    'Nothing to do: the call is repeated.',
  ),
  row(
    'IdempotentProcessing',
    'inFlight',
    'other products',
    'The first call with this token is still running.',
    'Nothing to do: the call is repeated.',
  ),
  row(
    'IdempotenceSignatureMismatch',
    'tokenReuse',
    'public',
    'This token was used with other parameters.',
    'Start the changed request under another workflow id, and without the old ClientToken.',
  ),
  row(
    'IdempotentParameterMismatch',
    'tokenReuse',
    'other products',
    'This token was used with other parameters.',
    'Start the changed request under another workflow id, and without the old ClientToken.',
  ),
  row(
    'InvalidIdempotenceParameter',
    'tokenReuse',
    'other products',
    'This token was used with other parameters.',
    'Start the changed request under another workflow id, and without the old ClientToken.',
  ),
  row('DryRunOperation', 'dryRunPassed', 'public', 'The dry run passed.', 'Send the request without DryRun.'),
  row(
    'NeedOpenProduct',
    'denied',
    'public',
    'PrivateLink is not activated for this account.',
    'Activate PrivateLink in the console, or call OpenPrivateLinkService.',
  ),
  row(
    'NoPermission',
    'denied',
    'public',
    'The RAM identity may not call this action.',
    'Add the action to its RAM policy.',
  ),
  row('RegionNotFound', 'invalid', 'public', 'The region does not exist.', 'Check RegionId.'),
  row(
    'UnsupportedRegion',
    'invalid',
    'public',
    'PrivateLink is not offered in this region.',
    'Choose another RegionId.',
  ),
  row('UnsupportedZone', 'invalid', 'public', 'PrivateLink is not offered in this zone.', 'Choose another zone.'),
  // The gateway.
  row(
    'SignatureNonceUsed',
    'unknown',
    'gateway',
    'A copy of this very packet was accepted before.',
    'Nothing to do: the call is repeated with a new signature.',
  ),
  row(
    'InvalidTimeStamp.Expired',
    'denied',
    'gateway',
    'The clock of the worker is more than 15 minutes off.',
    "Correct the worker's clock.",
  ),
  row(
    'InvalidTimeStamp.Format',
    'denied',
    'gateway',
    'The time of the call is malformed.',
    "Correct the worker's clock.",
  ),
  row(
    'InvalidAccessKeyId*',
    'denied',
    'gateway',
    'The access key is unknown or inactive.',
    'Give the worker a valid access key.',
  ),
  row(
    'SignatureDoesNotMatch',
    'denied',
    'gateway',
    'The secret does not belong to the access key.',
    'Give the worker the right secret of its access key.',
  ),
  row(
    'IncompleteSignature',
    'denied',
    'gateway',
    'The secret does not belong to the access key.',
    'Give the worker the right secret of its access key.',
  ),
  row(
    'InvalidSecurityToken*',
    'denied',
    'gateway',
    'The security token is expired or malformed.',
    'Give the worker fresh STS credentials.',
  ),
  row(
    'MissingSecurityToken',
    'denied',
    'gateway',
    'The access key needs a security token.',
    'Give the worker the whole set of STS credentials.',
  ),
  row('Throttling', 'throttled', 'gateway', 'Too many calls.', 'Nothing to do: the call is repeated later.'),
  row('Throttling.*', 'throttled', 'gateway', 'Too many calls.', 'Nothing to do: the call is repeated later.'),
  row('Rejected.Throttling', 'throttled', 'gateway', 'Too many calls.', 'Nothing to do: the call is repeated later.'),
  row(
    'ServiceUnavailable',
    'unknown',
    'gateway',
    'The service is not available.',
    'Nothing to do: the call is repeated.',
  ),
  row('InternalError', 'unknown', 'gateway', 'The service failed.', 'Nothing to do: the call is repeated.'),
  // Calls without an answer: names of pop-core and Node.js.
  row('RequestTimeoutError', 'unknown', 'transport', 'No answer came in time.', 'Nothing to do: the call is repeated.'),
  row(
    'ConnectTimeout',
    'unknown',
    'transport',
    'No answer came in time; the call may have been sent.',
    'Nothing to do: the call is repeated.',
  ),
  row('ECONNRESET', 'unknown', 'transport', 'The connection broke.', 'Nothing to do: the call is repeated.'),
  row('EPIPE', 'unknown', 'transport', 'The connection broke.', 'Nothing to do: the call is repeated.'),
  row('ETIMEDOUT', 'unknown', 'transport', 'The connection timed out.', 'Nothing to do: the call is repeated.'),
  row(
    'MalformedResponse',
    'unknown',
    'transport',
    'The answer was not what the service documents.',
    'Nothing to do: the call is repeated.',
  ),
  row(
    'TransportError',
    'unknown',
    'transport',
    'The call ended without an answer.',
    'Nothing to do: the call is repeated.',
  ),
  row(
    'ECONNREFUSED',
    'throttled',
    'transport',
    'Nothing listens at the address; the call was not sent.',
    "Check the worker's endpoint setting and its network.",
  ),
  row(
    'ENOTFOUND',
    'throttled',
    'transport',
    'The host name does not resolve; the call was not sent.',
    "Check RegionId, the worker's endpoint setting and its DNS.",
  ),
  row(
    'EAI_AGAIN',
    'throttled',
    'transport',
    'The host name does not resolve now; the call was not sent.',
    "Check the worker's DNS.",
  ),
  row(
    'CredentialsUnavailable',
    // Not `denied`: nothing was sent, and a metadata service or STS that stumbles must not end a run.
    'throttled',
    'transport',
    'The worker has no credentials for this account now; the call was not sent.',
    'Give the worker credentials for this account.',
  ),
  // Families.
  row(
    'IncorrectStatus.*',
    'status',
    'public',
    'A resource is not in the right state yet.',
    'Check the status of the resource that the message names.',
  ),
  row(
    'IncorrectBusinessStatus.*',
    'invalid',
    'metadata',
    'A resource is locked, usually for arrears.',
    'Settle the bill of the account that owns the resource.',
  ),
  row(
    'QuotaExceed.TagsPerResource',
    'invalid',
    'metadata',
    'The resource would have too many tags.',
    'Use fewer tags.',
  ),
  row(
    'QuotaExceeded.*',
    'quota',
    'public',
    'A quota is used up.',
    'Raise the quota in Quota Center, or release something that counts towards it.',
  ),
  row('ResourceNotEnough.*', 'quota', 'public', 'A resource is used up.', 'Free some, or choose another one.'),
  row(
    'Forbidden*',
    'denied',
    'gateway',
    'The RAM identity may not call this action.',
    'Add the action to its RAM policy.',
  ),
  row(
    'NoPermission.*',
    'denied',
    'metadata',
    'The RAM identity may not call this action.',
    'Add the action to its RAM policy.',
  ),
  row(
    'Mismatch.*',
    'invalid',
    'public',
    'Two parameters do not fit.',
    'Correct the parameters that the message names.',
  ),
  row('IllegalParam*', 'invalid', 'public', 'A parameter is malformed.', 'Correct the parameter that the code names.'),
  row('Missing*', 'invalid', 'gateway', 'A parameter is missing.', 'Add the parameter that the code names.'),
  row(
    'InvalidParameter*',
    'invalid',
    'gateway',
    'A parameter is malformed.',
    'Correct the parameter that the message names.',
  ),
  row(
    'Invalid*',
    'invalid',
    'gateway',
    'A parameter is malformed, or the action does not exist.',
    'Correct what the code names.',
  ),
  row(
    'UnsupportedHTTPMethod',
    'invalid',
    'gateway',
    'The HTTP method is not supported.',
    'Report this: the adapter sends POST.',
  ),
  row('ResourceNotFound*', 'invalid', 'metadata', 'A resource does not exist.', 'Check the ids of the request.'),
];

/** The row for a code, or `undefined` for a code that is not listed. */
export function catalogueEntry(code: string): CatalogueEntry | undefined {
  return ERROR_CATALOGUE.find((entry) =>
    entry.code.endsWith('*') ? code.startsWith(entry.code.slice(0, -1)) : entry.code === code,
  );
}

/**
 * Classify an answer.
 *
 * The code decides; the HTTP status counts only for a code that is not listed, because the service answers 400 to
 * nearly everything.
 *
 * @param httpStatus - `undefined` when there was no answer.
 */
export function classifyCode(code: string, httpStatus?: number): ErrorClass {
  const listed = catalogueEntry(code);
  if (listed !== undefined) return listed.class;
  return httpStatus !== undefined && httpStatus >= 500 ? 'unknown' : 'unlisted';
}

/** One sentence on what to do about a code. */
export function adviceFor(code: string): string {
  return (
    catalogueEntry(code)?.advice ??
    'This code is not known to this version: open a ticket with the RequestId, and report the code.'
  );
}
