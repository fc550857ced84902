import { describe, expect, it } from 'vitest';
import { Journal } from '../../../src/simulator/index.js';
import { bodyOf, createTwin, VALID_CREATE } from './fixture.js';

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
    const journal = new Journal(10);
    for (let n = 0; n < 100; n += 1) journal.received({ at: String(n), action: 'A', parameters: {} })({ status: 200 });
    expect(journal.requests.length).toBeLessThanOrEqual(21);
    expect(journal.requests.at(-1)).toMatchObject({ at: '99', status: 200 });
    expect(journal.countOf('A')).toBe(100);
  });
});
