import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, signatureOf, type Simulator } from '../../../src/simulator/index.js';
import { seededRandom, VALID_CREATE } from './fixture.js';

const random = seededRandom(42);
const pick = <Item>(items: readonly [Item, ...Item[]]): Item => items[Math.floor(random() * items.length)] ?? items[0];

const ACTIONS = [
  'CreateVpcEndpoint',
  'CreateVpcEndpoint',
  'GetVpcEndpointAttribute',
  'ListVpcEndpoints',
  'ListVpcEndpointZones',
  'DeleteVpcEndpoint',
  'RemoveZoneFromVpcEndpoint',
  '__proto__',
  'toString',
  '',
] as const;
const NAMES = [
  'RegionId',
  'VpcId',
  'ServiceId',
  'EndpointId',
  'SecurityGroupId.1',
  'SecurityGroupId.999999',
  'ZoneId',
  'Zone.1.ZoneId',
  'Zone.1.VSwitchId',
  'Zone.1.ip',
  'Zone.0.ip',
  'Zone.1.ip.x',
  'Zone.-1.ZoneId',
  'Zone.__proto__.ip',
  'Tag',
  'Tag.1.Key',
  'Tag.1.__proto__',
  'Tag.1e9.Key',
  'MaxResults',
  'NextToken',
  'DryRun',
  'ClientToken',
  'AddressIpVersion',
  '__proto__',
  'constructor',
  'Action',
] as const;
const VALUES = [
  'cn-huhehaote',
  'vpc-1',
  'epsrv-1',
  'true',
  'True',
  '1',
  '-1',
  '99999999999999999999',
  'NaN',
  '',
  ' ',
  '[]',
  '[{"Key":"a"}]',
  '[{"__proto__":1}]',
  '{"a":',
  'null',
  '%',
  '\u0000',
  '😀',
  'a'.repeat(3_000),
  '10.0.0.1',
  '__proto__',
] as const;

const FORM = 'application/x-www-form-urlencoded';

function randomParameters(): Record<string, string> {
  const count = Math.floor(random() * 6);
  const valid = random() < 0.8 ? VALID_CREATE : {};
  const noise = Array.from({ length: count }, () => [pick(NAMES), pick(VALUES)] as const);
  return Object.fromEntries([['Action', pick(ACTIONS)], ...noise, ...Object.entries(valid)]);
}

function signed(method: string, parameters: Record<string, string>, nonce: number): Record<string, string> {
  const all = {
    ...parameters,
    Version: '2020-04-15',
    AccessKeyId: 'testid',
    SignatureMethod: 'HMAC-SHA1',
    SignatureNonce: String(nonce),
    Timestamp: new Date().toISOString().replace(/\.\d+Z/, 'Z'),
  };
  return { ...all, Signature: signatureOf(method, all, 'testsecret') };
}

describe('random requests', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ random, settings: { timeToActive: { afterReads: 1 } } });
  });
  afterAll(async () => {
    await simulator.close();
  });

  const send = (method: string, path: string, body: string | Buffer, type: string) =>
    new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) };
      const sent = request(simulator.url + path, { method, headers }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode, text }));
      });
      sent.on('error', reject);
      sent.end(body);
    });

  it('by the two thousand are all answered in good form, and none with a 500', async () => {
    const codes = new Map<string, number>();
    for (let n = 0; n < 2_000; n += 1) {
      const method = pick(['GET', 'GET', 'GET', 'POST', 'POST', 'POST', 'POST', 'DELETE']);
      const plain = randomParameters();
      const wire = new URLSearchParams(random() < 0.9 ? signed(method, plain, n) : plain).toString();
      const noise = Buffer.from(Array.from({ length: 40 }, () => Math.floor(random() * 256)));
      const answer = await (random() < 0.1
        ? send(method, `/?${encodeURI(pick(VALUES))}`, noise, FORM)
        : method === 'GET' && random() < 0.5
          ? send(method, `/?${wire}`, '', FORM)
          : send(method, '/', wire, pick([FORM, FORM, FORM, 'text/plain'])));
      const body = JSON.parse(answer.text) as { RequestId?: unknown; Code?: string };
      expect(body.RequestId).toEqual(expect.any(String));
      expect([200, 400, 404]).toContain(answer.status);
      codes.set(body.Code ?? 'success', (codes.get(body.Code ?? 'success') ?? 0) + 1);
    }
    expect(codes.get('success')).toBeGreaterThan(100);
    expect(codes.size).toBeGreaterThanOrEqual(20);
  });
});
