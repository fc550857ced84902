import { describe, expect, it } from 'vitest';
import { isCredential } from '../../../../src/simulator/twin/redact.js';

describe('what may hold a credential', () => {
  it.each([
    'AccessKeyId',
    'accesskeyid',
    'Signature',
    'SignatureNonce',
    'SecurityToken',
    'BearerToken',
    'Authorization',
    'proxy-authorization',
    'x-acs-security-token',
    'X-Acs-Signature-Nonce',
    'x_acs_accesskey_id',
    'access key secret',
    'Set-Cookie',
    'Password',
  ])('%s does', (name) => expect(isCredential(name)).toBe(true));

  it.each(['ClientToken', 'SignatureMethod', 'SignatureVersion', 'SignatureType', 'Action', 'Tag.1.Key', 'NextToken'])(
    '%s does not',
    (name) => expect(isCredential(name)).toBe(false),
  );
});
