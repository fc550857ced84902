import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { checkCredentials } from '../../../../src/cli/doctor/credentials.js';
import type { CloudConfig } from '../../../../src/config.js';
import { useEmptyHome } from '../../../support/empty-home.js';

const REAL: CloudConfig = { kind: 'real', endpoint: undefined, network: 'public' };
const KEY = 'LTAIrealaccesskeyid';
const SECRET = 'VerySecretValue0123456789';
const NOBODY: ReadonlySet<string> = new Set();
const home = useEmptyHome();

describe('the credentials that a doctor looks for', () => {
  test('are found where a worker finds them, and never shown', async () => {
    await mkdir(path.join(home.path, '.alibabacloud'));
    await writeFile(
      path.join(home.path, '.alibabacloud/credentials'),
      `[prod]\ntype = access_key\naccess_key_id = ${KEY}\naccess_key_secret = ${SECRET}\n`,
    );
    const checks = await checkCredentials(REAL, ['prod', 'default'], NOBODY);
    expect(checks[0]).toEqual({ check: 'account prod', verdict: 'pass', seen: 'found by the profile "prod"' });
    expect(checks[1]).toMatchObject({ check: 'account default', verdict: 'fail', exit: 'denied' });
    expect(JSON.stringify(checks)).not.toMatch(new RegExp(`${KEY}|${SECRET}`));
  });

  test('that are missing say where they were looked for, and where to put them', async () => {
    const [chain, profile] = await checkCredentials(REAL, ['default', 'prod'], NOBODY);
    expect(chain?.seen).toContain('the default credential chain');
    expect(chain).toMatchObject({ advice: expect.stringContaining('ALIBABA_CLOUD_ACCESS_KEY_ID') as string });
    expect(profile?.seen).toContain('the profile "prod"');
    expect(profile).toMatchObject({ advice: expect.stringContaining('~/.alibabacloud/credentials') as string });
  });

  test('that are missing are a warning only where a worker elsewhere has them', async () => {
    const checks = await checkCredentials(REAL, ['default', 'prod'], new Set(['prod']));
    expect(checks.map(({ verdict }) => verdict)).toEqual(['fail', 'warn']);
  });

  test('of a twin are its own: those of this machine are not looked at', async () => {
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_ID', KEY);
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_SECRET', SECRET);
    const [check] = await checkCredentials({ kind: 'twin', url: 'http://127.0.0.1:1' }, ['default'], NOBODY);
    expect(check).toMatchObject({ verdict: 'pass', seen: expect.stringContaining('twin') as string });
  });
});
