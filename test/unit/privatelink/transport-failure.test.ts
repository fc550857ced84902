import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readTransportFailure } from '../../../src/privatelink/transport-failure.js';

const URL_WITH_KEYS = 'https://host/?AccessKeyId=LTAIabcdefghijkl&Signature=abc%3D';

function thrown(fields: object): Error {
  return Object.assign(new Error(`POST ${URL_WITH_KEYS} failed.`), { url: URL_WITH_KEYS, ...fields });
}

describe('a failure of the transport', () => {
  it.each<[unknown, string, string, string]>([
    [
      thrown({ name: 'RequestTimeoutError' }),
      'RequestTimeoutError',
      'unknown',
      "pop-core's ConnectTimeout: may have been sent",
    ],
    [thrown({ code: 'ECONNRESET' }), 'ECONNRESET', 'unknown', 'may have been sent'],
    [thrown({ code: 'EPIPE' }), 'EPIPE', 'unknown', 'may have been sent'],
    [thrown({ code: 'ETIMEDOUT' }), 'ETIMEDOUT', 'unknown', 'may have been sent'],
    [thrown({ code: 'ECONNREFUSED' }), 'ECONNREFUSED', 'throttled', 'no connection'],
    [Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' }), 'ECONNREFUSED', 'throttled', 'both families'],
    [thrown({ code: 'ENOTFOUND' }), 'ENOTFOUND', 'throttled', 'no address'],
    [thrown({ code: 'EAI_AGAIN' }), 'EAI_AGAIN', 'throttled', 'no address'],
    [thrown({ code: 'CERT_HAS_EXPIRED' }), 'TransportError', 'unknown', 'not listed'],
    [thrown({ code: 'EHOSTUNREACH' }), 'TransportError', 'unknown', 'not listed'],
    [thrown({ code: URL_WITH_KEYS }), 'TransportError', 'unknown', 'a code that is none'],
    [thrown({ name: 'AbortError', code: 'ABORT_ERR' }), 'TransportError', 'unknown', 'closed by us'],
    [new TypeError('x'), 'MalformedResponse', 'unknown', 'a body null'],
    [
      { name: 'SyntaxError', message: 'x', at: 1, text: `<b>${URL_WITH_KEYS}</b>` },
      'MalformedResponse',
      'unknown',
      'no JSON',
    ],
    [{ name: 'SyntaxError', message: 'x', at: 1, text: '' }, 'MalformedResponse', 'unknown', 'an empty body'],
    ['a text', 'TransportError', 'unknown', 'thrown as a text'],
    [undefined, 'TransportError', 'unknown', 'thrown as nothing'],
  ])('%s becomes %s (%s): %s', (error, code, errorClass) => {
    const read = readTransportFailure('CreateVpcEndpoint', error, ['LTAIabcdefghijkl']);
    expect(read).toMatchObject({ code, class: errorClass });
    expect(read.cause).toBeUndefined();
    expect(inspect(read, { depth: 9, showHidden: true })).not.toMatch(/LTAIabc|Signature=|abc%3D/);
  });

  it('names the cause that a general code covers', () => {
    expect(readTransportFailure('a', thrown({ code: 'CERT_HAS_EXPIRED' }), []).message).toContain('CERT_HAS_EXPIRED');
  });
});
