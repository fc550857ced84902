import { describe, expect, it } from 'vitest';
import type { WireParameters } from '../../../../src/simulator/engine/parameters.js';
import { CredentialStore } from '../../../../src/simulator/wire/credentials.js';
import { SignatureVerifier } from '../../../../src/simulator/wire/signature-verifier.js';
import { claimOfV1, percentEncode, signatureOf, stringToSign } from '../../../../src/simulator/wire/signature.js';

const START_MS = Date.UTC(2026, 0, 1);

const COMMON = { AccessKeyId: 'testid', SignatureMethod: 'HMAC-SHA1', SignatureVersion: '1.0' };

describe('signature version 1', () => {
  it.each([
    ['a b', 'a%20b'],
    ['*', '%2A'],
    ['~', '~'],
    ["'()!", '%27%28%29%21'],
    ['é', '%C3%A9'],
    ['a+b/c=d&e', 'a%2Bb%2Fc%3Dd%26e'],
    ['-_.', '-_.'],
  ])('encodes %j as %s', (plain, encoded) => {
    expect(percentEncode(plain)).toBe(encoded);
  });

  /** What the official clients of the last three vectors were given to sign. */
  const CREATE = {
    Action: 'CreateVpcEndpoint',
    Format: 'json',
    Version: '2020-04-15',
    Timestamp: '2026-01-01T00:00:00Z',
    RegionId: 'cn-hangzhou',
    EndpointDescription: "a b*c~d'(é)+!",
    'Zone.1.ip': '10.0.0.5',
    'Tag.1.Value': '',
  };
  const vectors: [source: string, method: string, parameters: WireParameters, signature: string, secret?: string][] = [
    [
      'the vendor, GET',
      'GET',
      {
        ...COMMON,
        Action: 'DescribeRegions',
        Format: 'XML',
        Timestamp: '2016-02-23T12:46:24Z',
        SignatureNonce: '3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf',
        Version: '2014-05-26',
      },
      'OLeaidS1JvxuMvnyHOwuJ+uX5qY=',
    ],
    [
      'PrivateLink, POST',
      'POST',
      {
        ...COMMON,
        Action: 'CreateVpcEndpoint',
        ClientToken: 'tok-1',
        Format: 'JSON',
        RegionId: 'cn-hangzhou',
        'SecurityGroupId.1': 'sg-1',
        ServiceId: 'epsrv-1',
        SignatureNonce: 'nonce-1',
        Timestamp: '2026-01-01T00:00:00Z',
        Version: '2020-04-15',
        VpcId: 'vpc-1',
        'Zone.1.VSwitchId': 'vsw-1',
        'Zone.1.ZoneId': 'cn-hangzhou-b',
        'Zone.1.ip': '10.0.0.5',
        EndpointDescription: "a b*c~d'(é)",
      },
      'rOTrS4e1qrC/Yf2b5uIZAZyRQlw=',
    ],
    [
      'alibabacloud_tea_openapi 0.4.6 (Python), GET',
      'GET',
      { ...COMMON, ...CREATE, SignatureNonce: 'nonce-5', DryRun: 'True' },
      'm5P76p3yS4JDyO3F+V0sIgzVLN4=',
    ],
    [
      'aliyun-python-sdk-core 2.16.1, POST, with an empty SignatureType',
      'POST',
      { ...COMMON, ...CREATE, SignatureNonce: 'nonce-5', DryRun: 'True', SignatureType: '' },
      'fMjqaNbYkhwS4/r6RvXbZg2pVkA=',
    ],
    [
      '@alicloud/openapi-core 1.0.8, POST, with a security token',
      'POST',
      {
        ...COMMON,
        ...CREATE,
        AccessKeyId: 'STS.id',
        SecurityToken: 'sts-token',
        SignatureNonce: 'nonce-7',
        DryRun: 'true',
      },
      'xE4lF5sNEmbKozPM2dzVXPiATXg=',
      'stssecret',
    ],
  ];
  it.each(vectors)('gives the known signature of %s', (_, method, parameters, signature, secret = 'testsecret') => {
    expect(signatureOf(method, parameters, secret)).toBe(signature);
    expect(signatureOf(method, { ...parameters, Signature: 'x' }, secret)).toBe(signature);
  });
});

describe('the verifier', () => {
  const ACCOUNTS = [
    { accessKeyId: 'testid', accessKeySecret: 'testsecret', accountId: '1' },
    { accessKeyId: 'STS.id', accessKeySecret: 'stssecret', securityToken: 'sts-token', accountId: '2' },
    {
      accessKeyId: 'STS.short',
      accessKeySecret: 'stssecret',
      securityToken: 'short-token',
      expiresAt: '2026-01-01T01:00:00Z',
      accountId: '2',
    },
    { accessKeyId: 'off', accessKeySecret: 'testsecret', inactive: true, accountId: '3' },
  ];
  const VALID: WireParameters = {
    ...COMMON,
    Action: 'ListVpcEndpoints',
    Timestamp: '2026-01-01T00:00:00Z',
    SignatureNonce: 'n-1',
  };
  const TEMPORARY = { ...VALID, AccessKeyId: 'STS.id', SecurityToken: 'sts-token' };
  const signed = (parameters: WireParameters, secret = 'testsecret') => ({
    ...parameters,
    Signature: signatureOf('POST', parameters, secret),
  });
  const createVerifier = (engineMs = START_MS) =>
    new SignatureVerifier(new CredentialStore(ACCOUNTS, () => engineMs), () => START_MS);
  const verify = (parameters: WireParameters, verifier = createVerifier()) =>
    verifier.verify(claimOfV1('POST', parameters));
  const codeOf = (run: () => unknown): unknown => {
    try {
      run();
    } catch (error) {
      return (error as { code?: unknown }).code;
    }
    return undefined;
  };

  it('finds the account that signed', () => {
    expect(verify(signed(VALID)).accountId).toBe('1');
    expect(verify(signed(TEMPORARY, 'stssecret')).accountId).toBe('2');
  });

  const without = (name: string) => signed({ ...VALID, [name]: '' });
  const refused: [reason: string, parameters: WireParameters, code: string][] = [
    ['no Signature', VALID, 'MissingSignature'],
    ['no AccessKeyId', without('AccessKeyId'), 'MissingAccessKeyId'],
    ['no SignatureNonce', without('SignatureNonce'), 'MissingSignatureNonce'],
    ['no Timestamp', without('Timestamp'), 'MissingTimestamp'],
    ['no SignatureVersion', without('SignatureVersion'), 'MissingSignatureVersion'],
    ['another method', signed({ ...VALID, SignatureMethod: 'HMAC-SM3' }), 'InvalidSignatureMethod'],
    ['another version', signed({ ...VALID, SignatureVersion: '2.0' }), 'InvalidSignatureMethod'],
    ['a bearer token', { SignatureType: 'BEARERTOKEN', BearerToken: 'b' }, 'InvalidSignatureMethod'],
    ['a disabled key', signed({ ...VALID, AccessKeyId: 'off' }), 'InvalidAccessKeyId.Inactive'],
    ['an unknown key', signed({ ...VALID, AccessKeyId: 'nobody' }), 'InvalidAccessKeyId.NotFound'],
    ['a malformed time', signed({ ...VALID, Timestamp: '2026-01-01 00:00' }), 'InvalidTimeStamp.Format'],
    ['a time that is none', signed({ ...VALID, Timestamp: '2026-13-41T00:00:00Z' }), 'InvalidTimeStamp.Format'],
    ['a time 15 min and 1 s ago', signed({ ...VALID, Timestamp: '2025-12-31T23:44:59Z' }), 'InvalidTimeStamp.Expired'],
    [
      'a time 15 min and 1 s ahead',
      signed({ ...VALID, Timestamp: '2026-01-01T00:15:01Z' }),
      'InvalidTimeStamp.Expired',
    ],
    ['a wrong secret', signed(VALID, 'wrong'), 'SignatureDoesNotMatch'],
    ['a changed parameter', { ...signed(VALID), RegionId: 'x' }, 'SignatureDoesNotMatch'],
    ['a missing token', signed({ ...TEMPORARY, SecurityToken: '' }, 'stssecret'), 'MissingSecurityToken'],
    [
      'another token',
      signed({ ...TEMPORARY, SecurityToken: 'old' }, 'stssecret'),
      'InvalidSecurityToken.MismatchWithAccessKey',
    ],
    ['a token nobody gave', signed({ ...VALID, SecurityToken: 'x' }), 'InvalidSecurityToken.MismatchWithAccessKey'],
  ];
  it.each(refused)('refuses %s', (_, parameters, code) => {
    expect(codeOf(() => verify(parameters))).toBe(code);
  });

  it("takes a security token until it expires by the engine's clock, whatever the time of the call", () => {
    const call = signed({ ...TEMPORARY, AccessKeyId: 'STS.short', SecurityToken: 'short-token' }, 'stssecret');
    const codeAt = (engineMs: number) => codeOf(() => verify(call, createVerifier(engineMs)));
    expect(codeAt(START_MS + 3_599_999)).toBeUndefined();
    expect(codeAt(START_MS + 3_600_000)).toBe('InvalidSecurityToken.Expired');
  });

  it('refuses an expiry that is no time when it is built', () => {
    const account = { accessKeyId: 'a', accessKeySecret: 'b', securityToken: 'c', expiresAt: 'soon', accountId: '1' };
    expect(() => new CredentialStore([account], () => START_MS)).toThrow(RangeError);
  });

  it('takes a time 15 min off', () => {
    expect(codeOf(() => verify(signed({ ...VALID, Timestamp: '2026-01-01T00:15:00Z' })))).toBeUndefined();
  });

  it('shows what it would have signed', () => {
    const expected = stringToSign('POST', VALID);
    expect(() => verify(signed(VALID, 'wrong'))).toThrow(`server string to sign is:${expected}`);
  });

  it('takes a nonce once, and not for a refused call', () => {
    const verifier = createVerifier();
    expect(codeOf(() => verify(signed(VALID, 'wrong'), verifier))).toBe('SignatureDoesNotMatch');
    expect(codeOf(() => verify(signed(VALID), verifier))).toBeUndefined();
    expect(codeOf(() => verify(signed(VALID), verifier))).toBe('SignatureNonceUsed');
    expect(codeOf(() => verify(signed({ ...VALID, SignatureNonce: 'n-2' }), verifier))).toBeUndefined();
  });

  it('forgets a nonce when no call with it could pass any more', () => {
    const clock = { nowMs: START_MS };
    const verifier = new SignatureVerifier(new CredentialStore(ACCOUNTS, () => START_MS), () => clock.nowMs);
    const at = (ms: number) => {
      clock.nowMs = START_MS + ms;
      const Timestamp = new Date(clock.nowMs).toISOString().replace(/\.\d+Z$/, 'Z');
      return codeOf(() => verify(signed({ ...VALID, Timestamp }), verifier));
    };
    expect(at(0)).toBeUndefined();
    expect(at(15 * 60_000)).toBe('SignatureNonceUsed');
    expect(at(15 * 60_000 + 1)).toBeUndefined();
  });
});
