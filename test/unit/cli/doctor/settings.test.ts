import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkSettings, MINIMUM_NODE } from '../../../../src/cli/doctor/settings.js';

const NODE = '24.1.0';

describe('the settings that a doctor looks at', () => {
  test('pass with the task queue and the accounts', () => {
    const { group, config } = checkSettings({ PVL_ACCOUNTS: 'default,prod' }, NODE);
    expect(config?.accounts).toEqual(['default', 'prod']);
    expect(group.checks[0]).toMatchObject({ verdict: 'pass', seen: 'task queue privatelink, accounts default, prod' });
  });

  test('fail once for each that cannot be used, by name', () => {
    const env = { PVL_NONSENSE: '1', PVL_HTTP_TIMEOUT: '5', TEMPORAL_ADDRESS: 'temporal.example.com:7233' };
    const { group, config, temporal } = checkSettings(env, NODE);
    const failed = group.checks.filter(({ verdict }) => verdict === 'fail');
    expect(failed.map(({ seen }) => seen.split(':')[0])).toEqual(['PVL_NONSENSE', 'PVL_HTTP_TIMEOUT']);
    expect(failed.every((check) => check.verdict === 'fail' && check.exit === 'settings')).toBe(true);
    expect(config).toBeUndefined();
    expect(temporal?.address).toBe('temporal.example.com:7233');
  });

  test('of Temporal that cannot be used leave no server to ask', () => {
    const { group, temporal } = checkSettings({ TEMPORAL_PROFILE: 'nobody-has-this' }, NODE);
    expect(temporal).toBeUndefined();
    expect(group.checks[0]).toMatchObject({ verdict: 'fail' });
  });

  test.each([
    { version: '20.19.0', verdict: 'pass' },
    { version: '22.0.0', verdict: 'pass' },
    { version: '20.18.9', verdict: 'fail' },
    { version: '18.20.4', verdict: 'fail' },
  ])('Node $version: $verdict', ({ version, verdict }) => {
    const { group } = checkSettings({}, version);
    expect(group.checks.at(-1)).toMatchObject({ check: 'Node', verdict, seen: version });
  });

  test('want the version of Node that the package wants', () => {
    const manifest = readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8');
    const { engines } = JSON.parse(manifest) as { engines: { node: string } };
    expect(engines.node).toBe(`>=${MINIMUM_NODE.join('.')}`);
  });
});
