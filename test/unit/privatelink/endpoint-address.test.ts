import { describe, expect, it } from 'vitest';
import { checkedEndpoint, endpointFor, isLoopback } from '../../../src/privatelink/endpoint-address.js';

describe('the address of a region', () => {
  it.each([
    [{ regionId: 'cn-huhehaote' }, 'https://privatelink.cn-huhehaote.aliyuncs.com'],
    [{ regionId: 'ap-southeast-5', network: 'vpc' as const }, 'https://privatelink-vpc.ap-southeast-5.aliyuncs.com'],
    [{ regionId: 'cn-hangzhou', override: 'http://localhost:8080/' }, 'http://localhost:8080'],
    [{ regionId: 'cn-hangzhou', override: 'https://proxy.example:8443' }, 'https://proxy.example:8443'],
  ])('of %o is %s', (choice, address) => {
    expect(endpointFor(choice)).toBe(address);
  });

  it.each([
    '',
    'cn',
    'evil.com/',
    'x@evil.com',
    'cn-hangzhou.evil.com',
    'cn-hangzhou/../',
    'CN-HANGZHOU',
    'a-b#',
    'a-b\n',
    `a-${'b'.repeat(60)}`,
  ])('is refused for the region id %j, which could name another host', (regionId) => {
    expect(() => endpointFor({ regionId })).toThrow(RangeError);
  });

  it.each([
    '',
    'localhost:8080',
    'ws://localhost',
    'http://10.0.0.1',
    'http://127.0.0.1.evil.com',
    'https://a/b',
    'https://a?b',
    'https://a#b',
  ])('cannot be replaced by %j', (override) => {
    expect(() => endpointFor({ regionId: 'cn-hangzhou', override })).toThrow(RangeError);
  });

  it('does not quote a password that it refuses', () => {
    expect(() => checkedEndpoint('https://me:hidden@a.example')).toThrow(RangeError);
    expect(() => checkedEndpoint('https://me:hidden@a.example')).not.toThrow(/hidden/);
  });
});

describe('a loopback address', () => {
  it.each([
    'http://localhost',
    'https://localhost:1',
    'http://127.0.0.1:80',
    'http://127.255.1.2',
    'http://127.1',
    'http://[::1]:9',
  ])('is %s', (address) => expect(isLoopback(address)).toBe(true));

  it.each([
    '',
    'localhost',
    'http://localhost.evil.com',
    'http://127.0.0.1.evil.com',
    'http://0.0.0.0',
    'http://10.0.0.1',
    'http://[::2]',
    'https://privatelink.cn-hangzhou.aliyuncs.com',
    'http://localhost@evil.com',
  ])('is not %j', (address) => expect(isLoopback(address)).toBe(false));
});
