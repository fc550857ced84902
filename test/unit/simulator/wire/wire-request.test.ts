import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { readWireRequest } from '../../../../src/simulator/wire/wire-request.js';

const FORM = 'application/x-www-form-urlencoded';

function read(url: string, headers: Readonly<Record<string, string>> = {}, body = '', method = 'GET') {
  const message = new IncomingMessage(new Socket());
  message.url = url;
  message.method = method;
  message.headers = headers;
  message.headersDistinct = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  return readWireRequest(message, Buffer.from(body));
}

describe('parameters', () => {
  const texts: [reason: string, written: string, value: string][] = [
    ['a plus sign', 'a+b', 'a b'],
    ['%20', 'a%20b', 'a b'],
    ['an encoded plus sign', 'a%2Bb', 'a+b'],
    ['literal characters', "*~'()!", "*~'()!"],
    ['encoded UTF-8', '%C3%A9', 'é'],
    ['an empty value', '', ''],
    ['a broken percent sign', '%zz%', '%zz%'],
    ['broken UTF-8', '%E0%A4', '\ufffd'],
    ['a surrogate', '%ED%A0%80', '\ufffd\ufffd\ufffd'],
  ];
  it.each(texts)('are read with %s, in the query and in a form body', (_, written, value) => {
    expect(read(`/?A=${written}`).parameters).toEqual({ A: value });
    expect(read('/', { 'content-type': FORM }, `A=${written}`, 'POST').parameters).toEqual({ A: value });
  });

  it('are read from the bytes of a client that encodes nothing', () => {
    expect(read(`/?A=${Buffer.from('é').toString('latin1')}`).parameters).toEqual({ A: 'é' });
    expect(read('/', {}, 'A=é', 'POST').parameters).toEqual({ A: 'é' });
  });

  it('of query and form body count once, as they are in the body, whatever the method', () => {
    const request = read('/?A=1&B=2', { 'content-type': `${FORM}; charset=utf-8` }, 'B=3&C=4');
    expect(request.parameters).toEqual({ A: '1', B: '3', C: '4' });
    expect(request.query).toEqual({ A: '1', B: '2' });
  });

  it('are not read from a JSON body', () => {
    expect(read('/?A=1', { 'content-type': 'application/json' }, '{"B":"2"}', 'POST').parameters).toEqual({ A: '1' });
  });

  it('can have the names of built-in properties', () => {
    const { parameters } = read('/?__proto__=a&constructor=b');
    expect(Object.entries(parameters)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
  });
});

describe('the address', () => {
  it.each([
    ['/', '/', {}],
    ['/?', '/', {}],
    ['?A=1', '/', { A: '1' }],
    ['/api?A=1?', '/api', { A: '1?' }],
    ['http://privatelink.cn-hangzhou.aliyuncs.com/?A=1', '/', { A: '1' }],
    ['http://privatelink.cn-hangzhou.aliyuncs.com', '/', {}],
  ])('%s has the path %s', (url, path, query) => {
    expect(read(url)).toMatchObject({ path, query });
  });
});

describe('the version of the signature', () => {
  const v3Headers = { 'x-acs-action': 'ListVpcEndpoints', 'x-acs-version': '2020-04-15', 'x-acs-date': 'd' };
  const cases: [reason: string, url: string, headers: Readonly<Record<string, string>>, action: string][] = [
    ['parameters alone', '/?Action=A', {}, 'A'],
    ['parameters with the headers that pop-core adds', '/?Action=A', { 'x-acs-action': 'B' }, 'A'],
    [
      'an Authorization of version 3',
      '/?Action=A',
      { ...v3Headers, authorization: 'ACS3-HMAC-SHA256 x' },
      'ListVpcEndpoints',
    ],
    [
      'parameters and an Authorization of something else',
      '/?Action=A',
      { ...v3Headers, authorization: 'Basic x' },
      'A',
    ],
    ['headers of version 3 without Authorization', '/?RegionId=r', v3Headers, 'ListVpcEndpoints'],
    ['nothing', '/', {}, ''],
  ];
  it.each(cases)('is told by %s', (_, url, headers, action) => {
    expect(read(url, headers).action).toBe(action);
  });
});

describe('the format', () => {
  const v3 = { authorization: 'ACS3-HMAC-SHA256 x' };
  const cases: [url: string, headers: Readonly<Record<string, string>>, format: string | undefined][] = [
    ['/?Format=JSON', {}, 'JSON'],
    ['/?Format=xml', {}, 'XML'],
    ['/?Format=', {}, undefined],
    ['/?Format=yaml', {}, undefined],
    ['/', { accept: 'application/xml' }, undefined],
    ['/', { ...v3, accept: 'application/xml' }, 'XML'],
    ['/', { ...v3, accept: 'text/xml;charset=utf-8' }, 'XML'],
    ['/', { ...v3, accept: 'application/json' }, 'JSON'],
    ['/', { ...v3, accept: '*/*' }, undefined],
    ['/?Format=XML', { ...v3, accept: 'application/json' }, 'XML'],
  ];
  it.each(cases)('of %s with %j is %s', (url, headers, format) => {
    expect(read(url, headers).format).toBe(format);
  });
});
