import { describe, expect, it } from 'vitest';
import { signatureOf, stringToSign, type WireParameters } from '../../../src/simulator/index.js';
import { percentEncode, SignatureVerifier } from '../../../src/simulator/signature.js';
import { START_MS } from './fixture.js';

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

  const vectors: [source: string, method: string, parameters: WireParameters, signature: string][] = [
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
  ];
  it.each(vectors)('gives the known signature of %s', (_, method, parameters, signature) => {
    expect(signatureOf(method, parameters, 'testsecret')).toBe(signature);
    expect(signatureOf(method, { ...parameters, Signature: 'x' }, 'testsecret')).toBe(signature);
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
  const verify = (parameters: WireParameters, nowMs = START_MS) =>
    new SignatureVerifier(ACCOUNTS, () => nowMs).verify('POST', parameters);
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
    ['another method', signed({ ...VALID, SignatureMethod: 'HMAC-SM3' }), 'InvalidSignatureMethod'],
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
    const codeAt = (engineMs: number) =>
      codeOf(() =>
        new SignatureVerifier(
          ACCOUNTS,
          () => START_MS,
          () => engineMs,
        ).verify('POST', call),
      );
    expect(codeAt(START_MS + 3_599_999)).toBeUndefined();
    expect(codeAt(START_MS + 3_600_000)).toBe('InvalidSecurityToken.Expired');
  });

  it('refuses an expiry that is no time when it is built', () => {
    const account = { accessKeyId: 'a', accessKeySecret: 'b', securityToken: 'c', expiresAt: 'soon', accountId: '1' };
    expect(() => new SignatureVerifier([account], () => START_MS)).toThrow(RangeError);
  });

  it('takes a time 15 min off', () => {
    expect(codeOf(() => verify(signed({ ...VALID, Timestamp: '2026-01-01T00:15:00Z' })))).toBeUndefined();
  });

  it('shows what it would have signed', () => {
    const expected = stringToSign('POST', VALID);
    expect(() => verify(signed(VALID, 'wrong'))).toThrow(`server string to sign is:${expected}`);
  });

  it('takes a nonce once, and not for a refused call', () => {
    const verifier = new SignatureVerifier(ACCOUNTS, () => START_MS);
    expect(codeOf(() => verifier.verify('POST', signed(VALID, 'wrong')))).toBe('SignatureDoesNotMatch');
    expect(codeOf(() => verifier.verify('POST', signed(VALID)))).toBeUndefined();
    expect(codeOf(() => verifier.verify('POST', signed(VALID)))).toBe('SignatureNonceUsed');
  });
});
