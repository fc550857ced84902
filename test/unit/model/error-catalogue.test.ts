import { describe, expect, it } from 'vitest';
import { ERROR_CLASSES, mayHaveExecuted, type ErrorClass } from '../../../src/model/error-class.js';
import { adviceFor, catalogueEntry, classifyCode, ERROR_CATALOGUE } from '../../../src/model/error-catalogue.js';

/** The error table of the official page of CreateVpcEndpoint, in its order. */
const PAGE_CODES = [
  'EndpointExist',
  'EndpointZoneDuplicated',
  'EndpointServiceNotFound',
  'EndpointServiceNotSupportedZone',
  'VSwitchNotFound',
  'SecurityGroupNotFound',
  'VpcTunnelNotFound',
  'VpcNotFound',
  'GenerateResourceIdFailed',
  'QuotaMisMatched',
  'EndpointMustContainSecurityGroup',
  'EndpointDuplicated',
  'EndpointServiceDeleted',
  'EndpointServiceResourceNotFound',
  'SecurityGroupTypeNotSupport',
  'EniIpUnavailable',
  'EndpointServiceNotAuthorized',
  'SecurityGroupTypeOnlySingleTypeSupporteded',
  'QuotaExceeded.IpQuotaPerEp',
  'Mismatch.EndpointType',
  'IncorrectStatus.VpcEndpointService',
  'CheckServiceLinkRoleError',
  'ResourceNotEnough.VSwitchIp',
  'VSwitchStatusNotAllowed',
  'QuotaExceeded.epZonePerEndpoint',
  'QuotaExceeded.totalEpPerVpc',
  'QuotaExceeded.totalIdleEndpoint',
  'OperationDenied.EndpointPolicyNotSupport',
  'OperationDenied.PrivateDomainStatusNotSupport',
  'OperationDenied.PrivateDomainNotSupport',
  'DependencyViolation.PrivateDnsName',
  'GatewayLoadBalancerNotSupportSecurityGroup',
  'GatewayLoadBalancerZoneCountDeny',
  'OperationDenied.EndpointTypeNotSupportDualstack',
  'OperationDenied.EndpointServiceNotSupportDualstack',
  'OperationDenied.VSwitchNotSupportDualstack',
  'OperationDenied.AddressIpVersionNotSupportSpecifyIpv6',
  'IllegalParam.Ip',
  'IllegalParam.Ipv6Address',
  'IllegalParam.AddressIpVersion',
];

/** What each documented code means for a run: the product's facts page, sections 3 and 8. */
const CLASS_OF: Record<Exclude<ErrorClass, 'unlisted'>, string[]> = {
  exists: ['EndpointExist', 'EndpointDuplicated', 'EniIpUnavailable'],
  invalid: [
    'EndpointZoneDuplicated',
    'EndpointServiceNotFound',
    'VpcNotFound',
    'VSwitchNotFound',
    'SecurityGroupNotFound',
    'QuotaExceeded.IpQuotaPerEp',
    'QuotaExceeded.epZonePerEndpoint',
    'EndpointMustContainSecurityGroup',
    'EndpointServiceDeleted',
    'EndpointServiceResourceNotFound',
    'SecurityGroupTypeNotSupport',
    'SecurityGroupTypeOnlySingleTypeSupporteded',
    'Mismatch.EndpointType',
    'IncorrectBusinessStatus.VpcEndpoint',
    'IncorrectBusinessStatus.VpcEndpointService',
    'OperationDenied.EndpointPolicyNotSupport',
    'OperationDenied.PrivateDomainNotSupport',
    'DependencyViolation.PrivateDnsName',
    'GatewayLoadBalancerNotSupportSecurityGroup',
    'GatewayLoadBalancerZoneCountDeny',
    'OperationDenied.EndpointTypeNotSupportDualstack',
    'OperationDenied.EndpointServiceNotSupportDualstack',
    'OperationDenied.VSwitchNotSupportDualstack',
    'OperationDenied.AddressIpVersionNotSupportSpecifyIpv6',
    'IllegalParam.Ip',
    'IllegalParam.Ipv6Address',
    'IllegalParam.AddressIpVersion',
    'IllegalParam.SomethingNew',
    'SpecifiedAlbNotSupport',
    'EndpointAssociatedVpc',
    'RegionNotFound',
    'UnsupportedRegion',
    'UnsupportedZone',
    'MissingRegionId',
    'MissingParam.UserArn',
    'MissingParameter',
    'MissingParameter.ResourceId',
    'InvalidRegionId',
    'InvalidParameter.Format',
    'InvalidApi.NotFound',
    'InvalidAction.NotFound',
    'UnsupportedHTTPMethod',
  ],
  denied: [
    'EndpointServiceNotAuthorized',
    'CheckServiceLinkRoleError',
    'EndpointProtected',
    'OperationDenied.EndpointProtected',
    'InvalidTimeStamp.Expired',
    'InvalidTimeStamp.Format',
    'InvalidAccessKeyId.NotFound',
    'InvalidAccessKeyId.Inactive',
    'SignatureDoesNotMatch',
    'IncompleteSignature',
    'InvalidSecurityToken.Expired',
    'InvalidSecurityToken.Malformed',
    'InvalidSecurityToken.MismatchWithAccessKey',
    'MissingSecurityToken',
    'NoPermission',
    'NoPermission.ChangeResourceGroup',
    'Forbidden.RAM',
    'Forbidden',
    'NeedOpenProduct',
  ],
  quota: [
    'QuotaMisMatched',
    'QuotaExceeded.totalEpPerVpc',
    'QuotaExceeded.totalIdleEndpoint',
    'ResourceNotEnough.VSwitchIp',
  ],
  status: [
    'EndpointServiceNotSupportedZone',
    'VpcTunnelNotFound',
    'GenerateResourceIdFailed',
    'IncorrectStatus.VpcEndpointService',
    'IncorrectStatus.VpcEndpoint',
    'IncorrectStatus.VpcEndpointConnection',
    'VSwitchStatusNotAllowed',
    'OperationDenied.PrivateDomainStatusNotSupport',
    'EndpointDependenceViolation',
  ],
  conflict: [
    'ConcurrentCallNotSupported',
    'EndpointLocked',
    'EndpointServiceLocked',
    'EndpointConnectionOperationDenied',
    'EndpointOperationDenied',
    'EndpointServiceOperationDenied',
  ],
  throttled: [
    'Throttling',
    'Throttling.User',
    'Throttling.Api',
    'Rejected.Throttling',
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'CredentialsUnavailable',
  ],
  unknown: [
    'SystemBusy',
    'SystemError',
    'VpcNatServiceException',
    'ServiceUnavailable',
    'InternalError',
    'RequestTimeoutError',
    'ConnectTimeout',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'SignatureNonceUsed',
    'MalformedResponse',
    'TransportError',
  ],
  inFlight: ['IdempotenceProcessing', 'IdempotentProcessing'],
  tokenReuse: ['IdempotenceSignatureMismatch', 'IdempotentParameterMismatch', 'InvalidIdempotenceParameter'],
  dryRunPassed: ['DryRunOperation'],
  absent: ['EndpointNotFound', 'EndpointConnectionNotFound', 'EndpointZoneNotFound'],
};

const EXPECTED = Object.entries(CLASS_OF).flatMap(([errorClass, codes]) =>
  codes.map((code) => ({ code, errorClass: errorClass as ErrorClass })),
);

describe('the error catalogue', () => {
  it('holds the 40 codes of the API page, each marked as from there, and marks no other so', () => {
    expect(PAGE_CODES).toHaveLength(40);
    const marked = ERROR_CATALOGUE.filter(({ source }) => source === 'page').map(({ code }) => code);
    expect([...marked].sort()).toEqual([...PAGE_CODES].sort());
  });

  it('has no code twice', () => {
    const codes = ERROR_CATALOGUE.map(({ code }) => code);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });

  it.each(ERROR_CATALOGUE)('$code: has a class, a meaning, and an advice in whole sentences', (entry) => {
    expect(Object.keys(ERROR_CLASSES)).toContain(entry.class);
    expect(entry.meaning).toMatch(/^\S.*\.$/);
    expect(entry.advice).toMatch(/^\S.*\.$/);
    expect(entry.class).not.toBe('unlisted');
  });

  it.each(ERROR_CATALOGUE.filter(({ code }) => !code.endsWith('*')))(
    '$code: its exact row wins over every family',
    (entry) => {
      expect(catalogueEntry(entry.code)).toBe(entry);
    },
  );

  it.each(ERROR_CATALOGUE.filter(({ code }) => code.endsWith('*')))(
    '$code: stands for endings that have no row',
    (entry) => {
      expect(catalogueEntry(`${entry.code.slice(0, -1)}SomethingNew`)).toBe(entry);
    },
  );

  it('looks a code up by the whole name: neither a part nor another case of it is listed', () => {
    for (const code of [
      '',
      'Endpoint',
      'endpointexist',
      'EndpointExist.More',
      'XEndpointExist',
      '*',
      'IncorrectStatus',
      'ThrottlingX',
    ]) {
      expect(catalogueEntry(code), code).toBeUndefined();
    }
  });

  it('parks for ten minutes at most what is more likely wrong than late', () => {
    const limited = ERROR_CATALOGUE.filter(({ parkAtMostMs }) => parkAtMostMs !== undefined);
    expect(Object.fromEntries(limited.map(({ code, parkAtMostMs }) => [code, parkAtMostMs]))).toEqual({
      EndpointServiceNotSupportedZone: 600_000,
      VpcTunnelNotFound: 600_000,
      GenerateResourceIdFailed: 600_000,
      'OperationDenied.PrivateDomainStatusNotSupport': 600_000,
    });
    expect(limited.filter((entry) => entry.class !== 'status')).toEqual([]);
  });
});

describe('classifying an answer', () => {
  it('expects a class for every code of the page', () => {
    const expected = EXPECTED.map(({ code }) => code);
    expect(PAGE_CODES.filter((code) => !expected.includes(code))).toEqual([]);
  });

  it.each(EXPECTED)('$code is $errorClass, whatever the HTTP status says', ({ code, errorClass }) => {
    expect(classifyCode(code)).toBe(errorClass);
    for (const status of [400, 403, 404, 500, 503]) expect(classifyCode(code, status)).toBe(errorClass);
  });

  it.each(EXPECTED)('$code has an advice of its own', ({ code }) => {
    expect(adviceFor(code)).toBe(catalogueEntry(code)?.advice);
    expect(adviceFor(code)).not.toMatch(/not known to this version/);
  });

  it.each([
    { status: undefined, errorClass: 'unlisted', reason: 'nothing else is known' },
    { status: 200, errorClass: 'unlisted', reason: 'an error code with success is still a code' },
    { status: 400, errorClass: 'unlisted', reason: 'a definite answer that nobody knows' },
    { status: 499, errorClass: 'unlisted', reason: 'the last of the 4xx' },
    { status: 500, errorClass: 'unknown', reason: 'it may have happened' },
    { status: 599, errorClass: 'unknown', reason: 'it may have happened' },
  ])('an unlisted code with HTTP status $status is $errorClass: $reason', ({ status, errorClass }) => {
    expect(classifyCode('BrandNewCode', status)).toBe(errorClass);
    expect(classifyCode('', status)).toBe(errorClass);
  });

  it('advises to report a code that is not listed', () => {
    expect(adviceFor('BrandNewCode')).toMatch(/report the code/);
  });

  it('takes only an unknown outcome and a call in flight for possibly executed', () => {
    const classes = Object.keys(ERROR_CLASSES) as ErrorClass[];
    expect(classes.filter(mayHaveExecuted)).toEqual(['unknown', 'inFlight']);
  });
});
