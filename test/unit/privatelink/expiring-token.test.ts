import { afterEach, expect, it } from 'vitest';
import { staticCredentials, type CredentialsSource } from '../../../src/privatelink/credentials.js';
import { PopCorePrivateLinkApi } from '../../../src/privatelink/pop-core-private-link-api.js';
import { startSimulator, type Simulator } from '../../../src/simulator/index.js';

const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;

/** Two sessions of one role, good for an hour and for two. */
const FIRST = { accessKeyId: 'STS.first', accessKeySecret: 'secret-of-first', securityToken: 'token-of-first' };
const SECOND = { accessKeyId: 'STS.second', accessKeySecret: 'secret-of-second', securityToken: 'token-of-second' };

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function twinWithSessions(): Promise<Simulator> {
  const twin = await startSimulator({
    now: () => START,
    accounts: [FIRST, SECOND].map((session, index) => ({
      ...session,
      accountId: '1',
      expiresAt: new Date(START + (index + 1) * HOUR).toISOString(),
    })),
  });
  open.push(() => twin.close());
  return twin;
}

function apiOf(twin: Simulator, credentials: CredentialsSource): PopCorePrivateLinkApi {
  const api = new PopCorePrivateLinkApi({ endpoint: twin.url, credentials });
  open.push(() => api.close());
  return api;
}

const QUERY = { RegionId: 'cn-huhehaote' };
const codes = (twin: Simulator) => twin.journal.requests.map(({ code }) => code ?? 'ok');

it('signs a call once more with the next session when the twin says that the token has expired', async () => {
  const twin = await twinWithSessions();
  let session = FIRST;
  const api = apiOf(twin, {
    describe: () => 'sessions',
    get: async () => session,
    refresh: () => {
      session = SECOND;
    },
  });
  await api.listVpcEndpoints(QUERY);
  twin.advance(HOUR);
  await api.listVpcEndpoints(QUERY);
  await api.listVpcEndpoints(QUERY);
  expect(codes(twin)).toEqual(['ok', 'InvalidSecurityToken.Expired', 'ok', 'ok']);
});

it('reports an expired token that cannot be renewed as denied, naming the action and no secret', async () => {
  const twin = await twinWithSessions();
  const api = apiOf(twin, staticCredentials(FIRST));
  twin.advance(HOUR);
  const error = await api.listVpcEndpoints(QUERY).catch((thrown: unknown) => thrown as Error & { class: string });
  expect(error).toMatchObject({ class: 'denied', code: 'InvalidSecurityToken.Expired' });
  expect((error as Error).message).toContain('action ListVpcEndpoints');
  expect(`${(error as Error).stack ?? ''}${JSON.stringify(error)}`).not.toMatch(/-of-first|STS\./);
  expect(codes(twin)).toEqual(['InvalidSecurityToken.Expired']);
});
