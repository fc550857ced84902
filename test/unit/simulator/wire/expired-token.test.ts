import { expect, it } from 'vitest';
import { startSimulator } from '../../../../src/simulator/index.js';
import { START_MS } from '../fixture.js';
import { callV3 } from './wire-client.js';

it('expiredTokenStatus: the status of a refused token is that of the switch, also while the twin runs', async () => {
  const account = { accessKeyId: 'STS.id', accessKeySecret: 'stssecret', accountId: '1', securityToken: 'token' };
  const simulator = await startSimulator({
    now: () => START_MS,
    accounts: [{ ...account, expiresAt: '2026-01-01T00:00:00Z' }],
  });
  try {
    const list = async () => {
      const headers = { 'x-acs-security-token': account.securityToken };
      const call = { accessKeyId: account.accessKeyId, secret: account.accessKeySecret, headers };
      const { status, json } = await callV3(simulator.url, 'ListVpcEndpoints', call);
      return [status, json['Code']];
    };
    expect(await list()).toEqual([400, 'InvalidSecurityToken.Expired']);
    simulator.engine.configure({ switches: { expiredTokenStatus: 403 } });
    expect(await list()).toEqual([403, 'InvalidSecurityToken.Expired']);
  } finally {
    await simulator.close();
  }
});
