import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Simulator } from '../../src/simulator/index.js';
import { CLIENTS, Drivers, isInstalled } from './clients.js';
import type { Connection } from './driver.js';
import { connectionOf, startPredictableTwin } from './play.js';
import { ACCOUNT_IDS } from './step.js';

const RegionId = 'cn-hangzhou';
const CREATE = { RegionId, ServiceId: 'epsrv-1', VpcId: 'vpc-1', SecurityGroupId: ['sg-1'] };
const SESSION = { accessKeyId: 'STS.key', accessKeySecret: 'sts-secret', securityToken: 'sts-token+/=' };
const HOUR_MS = 60 * 60_000;
const MINUTE_MS = 60_000;
const PASSED_MS = 2_000;

for (const client of CLIENTS) {
  describe.skipIf(!isInstalled(client))(client.name, () => {
    const drivers = new Drivers();
    let twin: Simulator;
    let connection: Connection;

    beforeEach(async () => {
      const expiresAt = new Date(Date.UTC(2026, 0, 1) + HOUR_MS).toISOString();
      twin = await startPredictableTwin({
        tls: true,
        accounts: [
          { accessKeyId: 'consumer-key', accessKeySecret: 'consumer-secret', accountId: ACCOUNT_IDS.consumer },
          { ...SESSION, accountId: ACCOUNT_IDS.consumer, expiresAt },
        ],
      });
      connection = connectionOf(twin);
    });
    afterEach(() => twin.close());
    afterAll(() => drivers.stop());

    const list = (changes: Partial<Connection> = {}) =>
      drivers.call(client, 'ListVpcEndpoints', { RegionId }, { ...connection, ...changes });

    it('works with temporary credentials until they expire', async () => {
      expect(await list(SESSION)).toMatchObject({ ok: true, body: { TotalCount: 0 } });
      expect(twin.journal.requests.at(-1)?.accountId).toBe(ACCOUNT_IDS.consumer);
      twin.advance(2 * HOUR_MS);
      expect(await list(SESSION)).toMatchObject({ ok: false, code: 'InvalidSecurityToken.Expired' });
    });

    it('is told of a token that is not the one of its key', async () => {
      const answer = await list({ ...SESSION, securityToken: 'another' });
      expect(answer).toMatchObject({ ok: false, code: 'InvalidSecurityToken.MismatchWithAccessKey' });
    });

    it('finds by the echoed string to sign that its secret is wrong', async () => {
      const answer = await list({ accessKeySecret: 'wrong' });
      expect(answer).toMatchObject({ ok: false, ...client.wrongSecret });
      expect(twin.journal.requests.at(-1)?.accountId).toBeUndefined();
    });

    it('is told of a key that does not exist', async () => {
      const answer = await list({ accessKeyId: 'nobody' });
      expect(answer).toMatchObject({ ok: false, code: 'InvalidAccessKeyId.NotFound', status: 404 });
    });

    it('is throttled beyond the limit of its account with a hint, and does not call again by itself', async () => {
      twin.engine.configure({ limits: { readsPerMinute: 1 } });
      expect(await list()).toMatchObject({ ok: true });
      twin.advance(PASSED_MS);
      const answer = await list();
      expect(answer).toMatchObject({ ok: false, code: 'Throttling.User', status: 400 });
      if (client.readsRetryHint === true) expect(answer).toMatchObject({ retryAfter: MINUTE_MS - PASSED_MS });
      expect(twin.journal.counts).toEqual({ ListVpcEndpoints: 2 });
    });

    it('is told to wait for as long as a fault says', async () => {
      twin.faults.add({ action: 'ListVpcEndpoints', effect: { kind: 'throttle', timeLeftMs: PASSED_MS } });
      const answer = await list();
      expect(answer).toMatchObject({ ok: false, code: 'Throttling.User', status: 400 });
      if (client.readsRetryHint === true) expect(answer).toMatchObject({ retryAfter: PASSED_MS });
    });

    it('makes nothing with a dry run, however it spells true', async () => {
      const answer = await drivers.call(client, 'CreateVpcEndpoint', { ...CREATE, DryRun: true }, connection);
      expect(answer).toMatchObject({ ok: false, code: 'DryRunOperation', status: 400 });
      expect(twin.engine.inspect()).toEqual([]);
      expect(twin.journal.requests.at(-1)?.parameters['DryRun']).toBe(client.driver === 'python' ? 'True' : 'true');
    });

    it('calls over HTTPS and trusts the certificate of the twin', async () => {
      const { caFile, tlsPort } = twin;
      if (caFile === undefined || tlsPort === undefined) throw new Error('The twin does not serve HTTPS');
      const protocol = 'https';
      const answer = await list({ protocol, endpoint: `127.0.0.1:${tlsPort}`, caFile });
      expect(answer).toMatchObject({ ok: true, body: { TotalCount: 0 } });
      // By another name: several SDKs keep one connection, and with it the trust, for each host and port.
      const distrusting = await list({ protocol, endpoint: `localhost:${tlsPort}` });
      expect(distrusting.ok ? '' : distrusting.message).toMatch(/certificate/i);
      expect(twin.journal.requests).toHaveLength(1);
    });

    it.skipIf(client.typedRequests)('tags with lists as JSON texts, as the official CLI sends them', async () => {
      const created = await drivers.call(client, 'CreateVpcEndpoint', CREATE, connection);
      const EndpointId = created.ok ? created.body['EndpointId'] : undefined;
      const tag = {
        RegionId,
        ResourceType: 'vpcendpoint',
        ResourceId: JSON.stringify([EndpointId]),
        Tag: '[ {"Key" : "team",\n"Value": "shop"} ]',
      };
      expect(await drivers.call(client, 'TagResources', tag, connection)).toMatchObject({ ok: true });
      expect(twin.engine.inspect()[0]?.Tags).toEqual([{ Key: 'team', Value: 'shop' }]);
    });
  });
}
