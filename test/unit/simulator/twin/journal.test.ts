import { describe, expect, it } from 'vitest';
import { Journal, Refusal } from '../../../../src/simulator/index.js';
import { bodyOf, createTwin, VALID_CREATE } from '../fixture.js';

describe('the journal', () => {
  it('notes each request with its outcome and its fault', async () => {
    const twin = createTwin({ faults: [{ action: 'CreateVpcEndpoint', nth: 2, effect: { kind: 'loseResponse' } }] });
    const first = bodyOf(await twin.call('CreateVpcEndpoint', VALID_CREATE));
    await twin.call('CreateVpcEndpoint', VALID_CREATE);
    await twin.call('GetVpcEndpointAttribute', { RegionId: 'cn-huhehaote', EndpointId: 'ep-none' });
    expect(twin.journal.requests).toMatchObject([
      { at: '2026-01-01T00:00:00.000Z', action: 'CreateVpcEndpoint', status: 200, requestId: first['RequestId'] },
      { action: 'CreateVpcEndpoint', status: 200, fault: 'loseResponse' },
      {
        action: 'GetVpcEndpointAttribute',
        status: 400,
        code: 'EndpointNotFound',
        parameters: { EndpointId: 'ep-none' },
      },
    ]);
    expect(twin.journal.counts).toEqual({ CreateVpcEndpoint: 2, GetVpcEndpointAttribute: 1 });
    expect(twin.journal.countOf('ListVpcEndpoints')).toBe(0);
  });

  it('notes a request on its arrival, before there is an outcome', () => {
    const twin = createTwin({ faults: [{ action: '*', effect: { kind: 'delayBeforeMs', ms: 9 } }] });
    void twin.call('CreateVpcEndpoint', VALID_CREATE);
    expect(twin.journal.requests).toMatchObject([{ action: 'CreateVpcEndpoint', fault: 'delayBeforeMs' }]);
    expect(twin.journal.requests[0]?.status).toBeUndefined();
  });

  it('stores nothing that authenticates, however it is written', async () => {
    const twin = createTwin();
    const secrets = {
      AccessKeyId: 'hush',
      Signature: 'hush',
      SecurityToken: 'hush',
      SignatureNonce: 'hush',
      securitytoken: 'hush',
      ACCESSKEYID: 'hush',
      'x-acs-security-token': 'hush',
      'X-Acs-Signature-Nonce': 'hush',
      'x-acs-accesskey-id': 'hush',
      AuthorIZation: 'hush',
      BearerToken: 'hush',
      Access_Key_Secret: 'hush',
      '{"AccessKeySecret":"hush"}': '',
    };
    await twin.call('CreateVpcEndpoint', { ...VALID_CREATE, ...secrets });
    expect(JSON.stringify([twin.journal.requests, twin.journal.effects])).not.toContain('hush');
    expect(twin.journal.requests[0]?.parameters).toEqual(VALID_CREATE);
  });

  it('knows every endpoint ever made, by its tags, though it is gone', async () => {
    const twin = createTwin();
    const tagged = { ...VALID_CREATE, 'Tag.1.Key': 'owner', 'Tag.1.Value': 'me', ClientToken: 't' };
    const mine = bodyOf(await twin.call('CreateVpcEndpoint', tagged))['EndpointId'] as string;
    await twin.call('CreateVpcEndpoint', tagged);
    const other = bodyOf(await twin.call('CreateVpcEndpoint', VALID_CREATE))['EndpointId'] as string;
    twin.engine.removeEndpoint(mine);
    expect(twin.journal.endpointsMade()).toEqual([mine, other]);
    expect(twin.journal.endpointsMade({ Key: 'owner', Value: 'me' })).toEqual([mine]);
    expect(twin.journal.endpointsMade({ Key: 'owner', Value: 'you' })).toEqual([]);
    expect(twin.journal.effects[0]).toMatchObject({ kind: 'created', EndpointId: mine, ClientToken: 't' });
  });

  it('keeps the last requests only, but all counts', () => {
    const journal = new Journal({ keptRequests: 10 });
    for (let n = 0; n < 100; n += 1) journal.received({ at: String(n), action: 'A', parameters: {} })({ status: 200 });
    expect(journal.requests.length).toBeLessThanOrEqual(21);
    expect(journal.requests.at(-1)).toMatchObject({ at: '99', status: 200 });
    expect(journal.countOf('A')).toBe(100);
  });

  it('tells of the wire what is known of the client, and nothing that authenticates', async () => {
    const twin = createTwin();
    const headers = {
      host: '127.0.0.1:8480',
      'user-agent': 'AlibabaCloud (linux; amd64) Golang/1.21',
      authorization: 'ACS3-HMAC-SHA256 Credential=hush,SignedHeaders=host,Signature=hush',
      'x-acs-security-token': 'hush',
      'x-acs-signature-nonce': 'hush',
      'x-acs-accesskey-id': 'hush',
      cookie: 'hush',
      'x-odd': 'hush',
    };
    await twin.call('CreateVpcEndpoint', VALID_CREATE, undefined, { method: 'POST', headers });
    twin.refuse('', {}, new Refusal('MissingAction'), { method: 'GET', headers });
    const { host, 'user-agent': userAgent } = headers;
    expect(twin.journal.requests.map(({ wire }) => wire)).toEqual([
      { method: 'POST', headers: { host, 'user-agent': userAgent } },
      { method: 'GET', headers: { host, 'user-agent': userAgent } },
    ]);
    expect(JSON.stringify(twin.journal.requests)).not.toContain('hush');
  });

  it('names the rule that struck, too', async () => {
    const twin = createTwin({ faults: [{ id: 'mine', action: '*', effect: { kind: 'resetBefore' } }] });
    await twin.call('CreateVpcEndpoint', VALID_CREATE);
    expect(twin.journal.requests).toMatchObject([{ fault: 'resetBefore', faultId: 'mine' }]);
  });

  it('forgets everything when told to, and then goes on', async () => {
    const twin = createTwin();
    await twin.call('CreateVpcEndpoint', VALID_CREATE);
    twin.journal.clear();
    expect([twin.journal.requests, twin.journal.effects, twin.journal.counts]).toEqual([[], [], {}]);
    await twin.call('CreateVpcEndpoint', VALID_CREATE);
    expect(twin.journal.counts).toEqual({ CreateVpcEndpoint: 1 });
    expect(twin.journal.endpointsMade()).toHaveLength(1);
  });

  it('stays small whatever clients send', () => {
    const journal = new Journal({ keptCharacters: 100_000 });
    for (let n = 0; n < 500; n += 1) {
      const parameters = { [`Odd${n}`.repeat(10_000)]: 'y'.repeat(1_000_000), RegionId: String(n) };
      journal.received({ at: '', action: `Action${n}`.repeat(1_000), parameters });
    }
    expect(JSON.stringify(journal.requests).length).toBeLessThan(200_000);
    expect(journal.requests.at(-1)?.parameters['RegionId']).toBe('499');
    expect(JSON.stringify(journal.counts).length).toBeLessThan(200_000);
  });

  it('counts a thousand names of actions, and the others together', () => {
    const journal = new Journal();
    for (let n = 0; n < 1_500; n += 1) journal.received({ at: '', action: `A${n}`, parameters: {} });
    journal.received({ at: '', action: 'A0', parameters: {} });
    expect(Object.keys(journal.counts)).toHaveLength(1_001);
    expect([journal.countOf('A0'), journal.countOf('(other)')]).toEqual([2, 500]);
  });

  it('keeps the last effects only', () => {
    const journal = new Journal({ keptEffects: 10 });
    const effect = { at: '', kind: 'created', accountId: '1', RegionId: 'r', ServiceId: '', Tags: [] } as const;
    for (let n = 0; n < 100; n += 1) journal.happened({ ...effect, EndpointId: `ep-${n}` });
    expect(journal.effects.length).toBeLessThanOrEqual(21);
    expect(journal.effects.at(-1)).toMatchObject({ EndpointId: 'ep-99' });
  });
});
