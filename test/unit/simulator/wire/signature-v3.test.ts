import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../../src/simulator/engine/refusals.js';
import {
  canonicalRequest,
  claimOfV3,
  parseAuthorization,
  signatureOfV3,
  stringToSignV3,
  type SignableRequest,
} from '../../../../src/simulator/wire/signature-v3.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** What a client would sign; its `Authorization` is added by {@link signed}. */
function request(
  headers: Readonly<Record<string, string>>,
  more: Partial<Omit<SignableRequest, 'headers'>> & { readonly form?: string } = {},
): SignableRequest {
  const { form = '', method = 'POST', path = '/', query = {} } = more;
  const all = { 'x-acs-content-sha256': sha256(form), ...headers };
  return {
    method,
    path,
    query,
    headers: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]])),
    body: Buffer.from(form),
  };
}

const DESCRIPTION = "a b*c~d'(é)+!";
const CREATE_QUERY = {
  RegionId: 'cn-hangzhou',
  EndpointDescription: DESCRIPTION,
  'Zone.1.ip': '10.0.0.5',
  'Tag.1.Value': '',
};
const CREATE_HEADERS = {
  host: '127.0.0.1:8080',
  'x-acs-version': '2020-04-15',
  'x-acs-action': 'CreateVpcEndpoint',
  'x-acs-date': '2026-01-01T00:00:00Z',
  accept: 'application/json',
};

interface Vector {
  readonly source: string;
  readonly given: SignableRequest;
  readonly signedHeaders: string;
  readonly secret: string;
  readonly signature: string;
}

const COMMON_HEADERS = 'x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version';
const VECTORS: readonly Vector[] = [
  {
    source: 'the vendor (its page on version 3)',
    given: request(
      {
        host: 'ecs.cn-shanghai.aliyuncs.com',
        'x-acs-action': 'RunInstances',
        'x-acs-version': '2014-05-26',
        'x-acs-date': '2023-10-26T10:22:32Z',
        'x-acs-signature-nonce': '3156853299f313e23d1673dc12e1703d',
      },
      { query: { ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd', RegionId: 'cn-shanghai' } },
    ),
    signedHeaders: `host;x-acs-action;${COMMON_HEADERS}`,
    secret: 'YourAccessKeySecret',
    signature: '06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
  },
  {
    source: 'alibabacloud_tea_openapi 0.4.6 (Python), which signs every header',
    given: request(
      {
        ...CREATE_HEADERS,
        'user-agent': 'AlibabaCloud (Linux; x86_64) Python/3.11.7',
        'x-acs-signature-nonce': 'nonce-3',
        'x-acs-credentials-provider': 'static_ak',
      },
      { query: { ...CREATE_QUERY, DryRun: 'True' } },
    ),
    signedHeaders:
      'accept;host;user-agent;x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;x-acs-signature-nonce;x-acs-version',
    secret: 'testsecret',
    signature: '4ea83772da77aeb4cf893e4a9ebd230e200b720336498a7d4ed0356eb0413689',
  },
  {
    source: 'alibabacloud_tea_openapi 0.4.6 (Python), with a form body and a security token',
    given: request(
      {
        host: 'privatelink.cn-hangzhou.aliyuncs.com',
        'x-acs-version': '2020-04-15',
        'x-acs-action': 'TagResources',
        'user-agent': 'u',
        'x-acs-date': '2026-01-01T00:00:00Z',
        'x-acs-signature-nonce': 'nonce-4',
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        'x-acs-accesskey-id': 'STS.id',
        'x-acs-security-token': 'sts-token',
      },
      {
        query: { RegionId: 'cn-hangzhou', ResourceType: 'vpcendpoint' },
        form: 'ResourceId.1=ep-1&Tag.1.Key=%C3%A9+k&Tag.1.Value=a%2Bb%2Ac~',
      },
    ),
    signedHeaders:
      'accept;content-type;host;user-agent;x-acs-accesskey-id;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-security-token;x-acs-signature-nonce;x-acs-version',
    secret: 'stssecret',
    signature: 'a17a32254067a68ca619915910ad194a0b9fcb89724dc8a870bd4d06d70fef87',
  },
  {
    source: '@alicloud/openapi-core 1.0.8 and @alicloud/openapi-util 0.3.3, GET',
    given: request(
      { ...CREATE_HEADERS, 'user-agent': 'u', 'x-acs-signature-nonce': 'nonce-6' },
      { method: 'GET', query: { ...CREATE_QUERY, DryRun: 'true' } },
    ),
    signedHeaders: `host;x-acs-action;${COMMON_HEADERS}`,
    secret: 'testsecret',
    signature: '94243b06a004e9ba866180439cea8bf7c02c70d6741a4d5da73707de792bfcbe',
  },
];

/** A request with the Authorization of a vector, or parts of it changed. */
function signed(
  { given, signedHeaders, signature }: Vector,
  headers: Readonly<Record<string, string>> = {},
): SignableRequest {
  const authorization = `ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=${signedHeaders},Signature=${signature}`;
  const added = Object.entries({ authorization, ...headers }).map(([name, value]): [string, string[]] => [
    name,
    [value],
  ]);
  return { ...given, headers: { ...given.headers, ...Object.fromEntries(added) } };
}

function refusalOf(run: () => unknown): Refusal {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('signature version 3', () => {
  it.each(VECTORS)('gives the known signature of $source', ({ given, signedHeaders, secret, signature }) => {
    expect(signatureOfV3(canonicalRequest(given, signedHeaders.split(';')), secret)).toBe(signature);
  });

  it.each(VECTORS)('reads the claim of $source from its headers', (vector) => {
    const claim = claimOfV3(signed(vector));
    expect(claim.sign(vector.secret).signature).toBe(claim.signature);
    expect(claim).toMatchObject({
      accessKeyId: 'testid',
      nonce: vector.given.headers['x-acs-signature-nonce']?.[0],
      timestamp: vector.given.headers['x-acs-date']?.[0],
      securityToken: vector.given.headers['x-acs-security-token']?.[0],
    });
  });

  it.each([
    ['ACS3-HMAC-SHA256 Credential=a,SignedHeaders=b;c,Signature=d', 'one space'],
    ['  ACS3-HMAC-SHA256   Credential=a, SignedHeaders=b;c ,Signature=d ', 'spaces around parts'],
  ])('splits an Authorization header: %s', (header) => {
    const { algorithm, fields } = parseAuthorization(header);
    expect(algorithm).toBe('ACS3-HMAC-SHA256');
    expect(Object.fromEntries(fields)).toEqual({ Credential: 'a', SignedHeaders: 'b;c', Signature: 'd' });
  });

  const [, python, form] = VECTORS as [Vector, Vector, Vector];
  const without = (name: string): SignableRequest => signed(python, { [name]: '' });
  const authorized = (authorization: string): SignableRequest => signed(python, { authorization });
  const refused: [reason: string, given: SignableRequest, code: string][] = [
    ['no Authorization', without('authorization'), 'MissingAuthorization'],
    ['no date', without('x-acs-date'), 'MissingTimestamp'],
    ['no nonce', without('x-acs-signature-nonce'), 'MissingSignatureNonce'],
    ['no action', without('x-acs-action'), 'MissingAction'],
    ['no version', without('x-acs-version'), 'MissingVersion'],
    ['no hash of the body', without('x-acs-content-sha256'), 'Missingx-acs-content-sha256'],
    ['no key', authorized('ACS3-HMAC-SHA256 SignedHeaders=host,Signature=0'), 'MissingAccessKeyId'],
    ['no signature', authorized('ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=host'), 'MissingSignature'],
    ['no list of headers', authorized('ACS3-HMAC-SHA256 Credential=testid,Signature=0'), 'IncompleteSignature'],
    [
      'a common header that is not signed',
      signed({ ...python, signedHeaders: 'host;x-acs-action' }),
      'IncompleteSignature',
    ],
    [
      'a signed header that is not there',
      signed({ ...python, signedHeaders: `${python.signedHeaders};x-acs-absent` }),
      'IncompleteSignature',
    ],
    ['a security token that is not signed', signed(python, { 'x-acs-security-token': 't' }), 'IncompleteSignature'],
    ['SM3', authorized('ACS3-HMAC-SM3 Credential=testid,SignedHeaders=host,Signature=0'), 'InvalidSignatureMethod'],
    ['RSA', authorized('ACS3-RSA-SHA256 Credential=testid,SignedHeaders=host,Signature=0'), 'InvalidSignatureMethod'],
    ['an unknown scheme', authorized('acs testid:0'), 'InvalidSignatureMethod'],
    [
      'a bearer token',
      signed(python, { authorization: '', 'x-acs-bearer-token': 'secret-token' }),
      'InvalidSignatureMethod',
    ],
  ];
  it.each(refused)('refuses %s', (_, given, code) => {
    const { code: found, message } = refusalOf(() => claimOfV3(given));
    expect(found).toBe(code);
    expect(message).not.toContain('secret-token');
  });

  it.each([
    ['another body than the signed one', { body: Buffer.from('ResourceId.1=ep-2') }],
    ['another parameter', { query: { RegionId: 'cn-beijing', ResourceType: 'vpcendpoint' } }],
    ['another method', { method: 'GET' }],
    ['another path', { path: '/a' }],
  ])('does not match with %s', (_, change) => {
    const claim = claimOfV3({ ...signed(form), ...change });
    expect(claim.sign('stssecret').signature).not.toBe(claim.signature);
  });

  it('shows what it would have signed, without the security token', () => {
    const { code, message } = claimOfV3(signed(form)).sign('wrong').mismatch();
    const canonical = canonicalRequest(form.given, form.signedHeaders.split(';'));
    expect(code).toBe('SignatureDoesNotMatch');
    expect(message).toContain(`server string to sign is:${stringToSignV3(canonical)}, `);
    expect(message).toContain(`canonicalString is:${canonical.replace('sts-token', '***')}`);
    expect(message).not.toContain('sts-token');
  });
});
