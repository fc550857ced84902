import { describe, expect, it } from 'vitest';
import { ERROR_CATALOGUE } from '../../../src/model/error-catalogue.js';
import { parseJson } from '../../../src/privatelink/plain-json.js';
import { PrivateLinkError } from '../../../src/privatelink/port.js';
import { noAnswer, readAnswer, type RawAnswer } from '../../../src/privatelink/read-answer.js';
import { MAX_MESSAGE, redact } from '../../../src/privatelink/redaction.js';

function refusal(answer: Partial<RawAnswer>): PrivateLinkError {
  try {
    readAnswer({ action: 'CreateVpcEndpoint', status: 400, headers: {}, body: '{}', ...answer });
  } catch (error) {
    expect(error).toBeInstanceOf(PrivateLinkError);
    return error as PrivateLinkError;
  }
  throw new Error('It was taken for a success');
}

const json = (value: unknown) => JSON.stringify(value);

describe('an answer', () => {
  it.each([{}, { Code: 'OK' }, { Code: 200 }, { Code: '200' }, { Code: 'Success' }, { code: 'success' }])(
    'is a success with status 200 and %o',
    (code) => {
      const body = { RequestId: 'R', EndpointId: 'ep-1', ...code };
      expect(readAnswer({ action: 'a', status: 200, headers: {}, body: json(body) })).toEqual(body);
    },
  );

  it.each<[string, number, string]>([
    ['a page', 502, '<html><body>Bad Gateway</body></html>'],
    ['nothing', 503, ''],
    ['a list', 200, '[]'],
    ['null', 200, 'null'],
    ['a number', 200, '1'],
    ['no code', 500, '{"foo":1}'],
    ['no code', 302, '{}'],
    ['a code that is an object', 400, '{"Code":{}}'],
    ['a code that is a sentence', 400, '{"Code":"not a code"}'],
  ])('is malformed, and unknown, with %s and status %i', (_title, status, body) => {
    const error = refusal({ status, body });
    expect(error).toMatchObject({ code: 'MalformedResponse', class: 'unknown', mayHaveExecuted: true });
    expect(error.answer.httpStatus).toBe(status);
  });

  it('is a refusal whatever its status, when it has a code', () => {
    expect(refusal({ status: 200, body: json({ Code: 'VpcNotFound' }) }).class).toBe('invalid');
    expect(refusal({ status: 500, body: json({ Code: 'VpcNotFound' }) }).class).toBe('invalid');
  });

  it('names the action that was denied, and of other refusals only the RequestId', () => {
    const said = (Code: string) => refusal({ body: json({ Code, Message: 'no', RequestId: 'R-1' }) }).message;
    expect(said('NoPermission')).toBe('NoPermission: no (action CreateVpcEndpoint, RequestId R-1)');
    expect(said('VpcNotFound')).toBe('VpcNotFound: no (RequestId R-1)');
    expect(refusal({ body: json({ Code: 'NoPermission', Message: 'no' }) }).message).toBe(
      'NoPermission: no (action CreateVpcEndpoint)',
    );
  });

  it('takes a code that is not listed by its status', () => {
    expect(refusal({ status: 500, body: json({ Code: 'Brand.New' }) }).class).toBe('unknown');
    expect(refusal({ status: 400, body: json({ Code: 'Brand.New' }) }).class).toBe('unlisted');
  });

  it('is read with lower-case names too', () => {
    const body = json({ code: 'VpcNotFound', message: 'gone', requestId: 'R-9' });
    expect(refusal({ body }).answer).toMatchObject({ code: 'VpcNotFound', message: 'gone', requestId: 'R-9' });
  });

  it.each(ERROR_CATALOGUE.filter((entry) => entry.source !== 'transport').map((entry) => [entry.code, entry] as const))(
    'with %s has its class and keeps its RequestId',
    (listed, entry) => {
      const code = listed.replace('*', listed.endsWith('.*') ? 'Any' : '.Any');
      const error = refusal({ body: json({ Code: code, Message: 'm', RequestId: 'R-1' }) });
      expect(error).toMatchObject({ code, class: entry.class, requestId: 'R-1' });
    },
  );
});

describe('the wait that an answer asks for', () => {
  const limits = 'Limit:1,Remain:0,TimeLeft:2000,Reset:1234';
  it.each([
    ['the header of the action', { 'x-ratelimit-user-api': limits }, {}, 2_000],
    ['the header of the account', { 'x-ratelimit-user': limits }, {}, 2_000],
    ['the header of newer SDKs', { 'x-acs-retry-after': '3000' }, {}, 3_000],
    ['the longer of two', { 'x-ratelimit-user-api': limits, 'x-ratelimit-user': 'TimeLeft:5000' }, {}, 5_000],
    ['a number in the body', {}, { TimeLeft: 700 }, 700],
    ['a text in the body', {}, { TimeLeft: '700' }, 700],
    ['a header without it', { 'x-ratelimit-user': 'Limit:1' }, {}, undefined],
    ['a negative one', {}, { TimeLeft: -1 }, undefined],
    ['one beyond a day', {}, { TimeLeft: 1e11 }, undefined],
  ])('is read from %s', (_title, headers, extra, expected) => {
    const error = refusal({ headers, body: json({ Code: 'Throttling.Api', ...extra }) });
    expect(error.answer.retryAfterMs).toBe(expected);
  });

  it('is read from throttled answers only', () => {
    const error = refusal({ headers: { 'x-ratelimit-user': limits }, body: json({ Code: 'VpcNotFound' }) });
    expect(error.answer).not.toHaveProperty('retryAfterMs');
  });
});

describe('what RAM says of a denial', () => {
  it('is kept as text, without what is long or nested', () => {
    const detail = {
      AuthAction: 'privatelink:CreateVpcEndpoint',
      AuthPrincipalOwnerId: 123,
      PolicyType: 'AccountLevelIdentityBasedPolicy',
      EncodedDiagnosticMessage: 'A'.repeat(3_000),
      Nested: { a: 1 },
      Long: 'word '.repeat(100),
    };
    const { accessDeniedDetail } = refusal({ body: json({ Code: 'NoPermission', AccessDeniedDetail: detail }) }).answer;
    expect(accessDeniedDetail).toMatchObject({
      AuthAction: 'privatelink:CreateVpcEndpoint',
      AuthPrincipalOwnerId: '123',
      PolicyType: 'AccountLevelIdentityBasedPolicy',
    });
    expect(Object.keys(accessDeniedDetail ?? {})).toEqual(['AuthAction', 'AuthPrincipalOwnerId', 'PolicyType', 'Long']);
    expect(accessDeniedDetail?.['Long']).toHaveLength(200);
  });

  it('is bounded in number', () => {
    const detail = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`Field${index}`, 'x']));
    const error = refusal({ body: json({ Code: 'NoPermission', AccessDeniedDetail: detail }) });
    expect(Object.keys(error.answer.accessDeniedDetail ?? {})).toHaveLength(12);
  });
});

describe('messages', () => {
  it('are bounded', () => {
    const error = refusal({ body: json({ Code: 'VpcNotFound', Message: 'word '.repeat(10_000) }) });
    expect(error.answer.message).toHaveLength(MAX_MESSAGE);
    expect(refusal({ body: 'word '.repeat(10_000) }).answer.message.length).toBeLessThan(MAX_MESSAGE);
  });

  it.each([
    ['key: LTAI5tAbCdEfGhIjKl is inactive', 'LTAI5tAbCdEfGhIjKl'],
    ['key STS.NUxAbCdEfGhIjKl is inactive', 'NUxAbCdEfGhIjKl'],
    ['see https://host/?AccessKeyId=abc&Signature=x%2By', 'abc'],
    ['see https://host/path?a=1&b=2 for more', 'b=2'],
    ['AccessKeyId=abcdef denied', 'abcdef'],
    ['"SecurityToken": "abcdef"', 'abcdef'],
    ['x-acs-security-token: abcdef', 'abcdef'],
    ['AccessKeyId%3Dabcdef%26Action', 'abcdef'],
    ['server string to sign is:POST&%2F&AccessKeyId%3Dabcdef', 'abcdef'],
    ['mismatch POST&%2F&Abcdef%3D1', 'Abcdef'],
    [`token ${'CAIS+/x'.repeat(20)} is bad`, 'CAIS'],
    ['raw my/secret+1 here', 'my/secret+1'],
    ['once my%2Fsecret%2B1 here', 'my%2Fsecret'],
    ['twice my%252Fsecret%252B1 here', 'my%252Fsecret'],
  ])('lose what looks like a credential: %s', (message, gone) => {
    expect(redact(message, ['my/secret+1'])).not.toContain(gone);
    expect(redact(message, ['my/secret+1'])).toContain('removed]');
  });

  it.each([
    'The quota of pvl_quota_total_ep_per_vpc is exceeded, usage 1000/1000.',
    'The specified Endpoint ep-bp1w1dmdqjchtnr3xxxx does not exist.',
    'Specified signature nonce was used already.',
    'https://api.aliyun.com/troubleshoot',
  ])('keep ordinary words: %s', (message) => {
    expect(redact(message, ['LTAIx', 'my/secret+1'])).toBe(message);
  });

  it.each(['<', 'Signature', '%', 'LTAI', 'https://a?'])(
    'are made of a huge body of %s without searching all of it',
    (part) => {
      expect(refusal({ body: part.repeat(1_000_000) }).code).toBe('MalformedResponse');
    },
  );
});

describe('parsed text', () => {
  it.each<[string, unknown]>([
    ['{"a":1234567890123456789}', { a: '1234567890123456789' }],
    ['{"a":-1234567890123456789}', { a: '-1234567890123456789' }],
    ['{"a":9007199254740991,"b":9007199254740993}', { a: 9007199254740991, b: '9007199254740993' }],
    [
      '{"a":"1234567890123456789","b":"\\"1234567890123456789"}',
      { a: '1234567890123456789', b: '"1234567890123456789' },
    ],
    ['[0.12345678901234567890, 1e3, -0]', [0.12345678901234568, 1000, -0]],
    ['{"\\u0041":true}', { A: true }],
  ])('keeps every digit of %s', (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });
});

describe('a call without an answer', () => {
  it.each(ERROR_CATALOGUE.filter((entry) => entry.source === 'transport').map((entry) => [entry.code, entry] as const))(
    '%s has the class of the catalogue',
    (code, entry) => {
      expect(noAnswer('CreateVpcEndpoint', code)).toMatchObject({ code, class: entry.class });
    },
  );
});
