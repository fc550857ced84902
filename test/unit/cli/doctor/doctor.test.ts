import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Check } from '../../../../src/cli/doctor/check.js';
import { startSimulator, type Simulator } from '../../../../src/simulator/index.js';
import { chooseFreePort } from '../../../../src/temporal/free-port.js';
import { INPUT, pvlctl } from '../fixture.js';

interface Report {
  readonly healthy: boolean;
  readonly checks: readonly (Check & { readonly group: string })[];
}

let twin: Simulator;
let env: Record<string, string>;

beforeAll(async () => {
  twin = await startSimulator();
});
afterAll(() => twin.close());
beforeEach(async () => {
  // No server of Temporal listens there.
  env = {
    TEMPORAL_ADDRESS: `127.0.0.1:${await chooseFreePort()}`,
    PVL_TWIN_URL: twin.url,
    PVL_CACHE_DIR: join(tmpdir(), 'there-is-no-such-folder'),
  };
});
afterEach(() => {
  vi.unstubAllEnvs();
});

async function doctor(...args: string[]): Promise<{ exitCode: number; report: Report }> {
  const { exitCode, stdout } = await pvlctl(['doctor', '-o', 'json', ...args], { env, stdin: JSON.stringify(INPUT) });
  return { exitCode, report: JSON.parse(stdout) as Report };
}

const find = ({ checks }: Report, group: string, check: string) =>
  checks.find((one) => one.group.startsWith(group) && one.check === check);

describe('pvlctl doctor', () => {
  test('without a server fails with 69, skips what needs one, and looks at the rest', async () => {
    const { exitCode, report } = await doctor();
    expect(exitCode).toBe(69);
    expect(report.healthy).toBe(false);
    expect(find(report, 'Temporal server', 'server')).toMatchObject({
      verdict: 'fail',
      seen: expect.stringContaining('nothing listens there') as string,
      advice: expect.stringContaining('pvlctl dev') as string,
    });
    for (const check of ['namespace', 'retention', 'search attributes']) {
      expect(find(report, 'Temporal server', check)?.verdict).toBe('skipped');
    }
    expect(find(report, 'Workers', 'account default')?.verdict).toBe('skipped');
    expect(find(report, 'Credentials', 'account default')?.verdict).toBe('pass');
    expect(find(report, 'PrivateLink', 'address')?.verdict).toBe('pass');
  });

  test('says for everything but a pass what to do', async () => {
    const { report } = await doctor();
    const silent = report.checks.filter((check) => check.verdict !== 'pass' && !/\w.*[.:]/.test(check.advice));
    expect(silent).toEqual([]);
  });

  test('sees a clock that is wrong', async () => {
    // The machine of these tests stands still at the beginning of 2026.
    const { report } = await doctor();
    expect(find(report, 'PrivateLink', 'clock')).toMatchObject({ verdict: 'fail' });
  });

  test('with settings that cannot be used fails with 78, names them all, and asks no cloud', async () => {
    const before = twin.journal.requests.length;
    Object.assign(env, { PVL_NONSENSE: '1', PVL_LOG_LEVEL: 'LOUD' });
    const { exitCode, report } = await doctor('--probe', '-f', '-');
    expect(exitCode).toBe(78);
    expect(report.checks.filter(({ group, verdict }) => group === 'Settings' && verdict === 'fail')).toHaveLength(2);
    expect(find(report, 'PrivateLink', 'address')?.verdict).toBe('skipped');
    expect(find(report, 'Probe', 'calls')?.verdict).toBe('skipped');
    expect(twin.journal.requests).toHaveLength(before);
  });

  test('without --probe sends nothing that is signed', async () => {
    const before = twin.journal.requests.length;
    await doctor();
    const sent = twin.journal.requests.slice(before);
    expect(sent).toHaveLength(1);
    expect(sent[0]).not.toHaveProperty('accountId');
    expect(sent[0]?.parameters).toEqual({});
  });

  test('looks at one account when one is named', async () => {
    env['PVL_ACCOUNTS'] = 'default,prod';
    const accounts = async (...args: string[]) =>
      (await doctor(...args)).report.checks.filter(({ group }) => group === 'Credentials').map(({ check }) => check);
    expect(await accounts()).toEqual(['account default', 'account prod']);
    expect(await accounts('--account', 'other')).toEqual(['account other']);
  });

  test('looks for binaries, and installs none', async () => {
    const { report } = await doctor();
    expect(find(report, 'Local work', 'temporal')?.verdict).toBe('skipped');
    expect(find(report, 'Local work', 'temporal-test-server')?.verdict).toBe('skipped');
    env['TEMPORAL_CLI_PATH'] = join(tmpdir(), 'no-such-binary');
    expect(find((await doctor()).report, 'Local work', 'temporal')).toMatchObject({
      verdict: 'warn',
      advice: expect.stringContaining('TEMPORAL_CLI_PATH') as string,
    });
  });

  test('ignores credentials of the environment where a twin is meant', async () => {
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_ID', 'LTAIrealaccesskeyid');
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_SECRET', 'VerySecretValue0123456789');
    const { report } = await doctor('--probe', '--region', 'cn-hangzhou');
    expect(find(report, 'Probe', 'ListVpcEndpoints')?.verdict).toBe('pass');
    expect(JSON.stringify(report)).not.toMatch(/LTAIreal|VerySecret/);
  });
});

describe('pvlctl doctor --probe', () => {
  test('reads as each account, and with a file sends one dry run as the account of the file', async () => {
    env['PVL_ACCOUNTS'] = 'default,prod';
    const groups = async (...args: string[]) => {
      const { report } = await doctor('--probe', ...args);
      const probes = report.checks.filter(({ group }) => group.startsWith('Probe'));
      return [...new Set(probes.map(({ group, check }) => `${group}${check.includes('DryRun') ? ' dry run' : ''}`))];
    };
    expect(await groups('--region', 'cn-hangzhou')).toEqual([
      'Probe of account default in cn-hangzhou',
      'Probe of account prod in cn-hangzhou',
    ]);
    const inHuhehaote = 'Probe of account default in cn-huhehaote';
    expect(await groups('-f', '-')).toEqual([inHuhehaote, `${inHuhehaote} dry run`]);
    expect(twin.journal.effects).toEqual([]);
  });

  test.each([
    { args: ['--probe'], reason: 'no region', says: '--probe needs --region' },
    { args: ['-f', '-'], reason: 'a file without --probe', says: 'add --probe' },
    { args: ['--probe', '-f', '-', '--region', 'cn-beijing'], reason: 'two regions', says: 'leave --region out' },
    { args: ['--probe', '--region', 'x/y'], reason: 'a region that is none', says: 'region id' },
    { args: ['--probe', '-f', 'no-such-file.json'], reason: 'no file', says: 'no such file' },
  ])('$args exits with 2, because of $reason', async ({ args, says }) => {
    const before = twin.journal.requests.length;
    const { exitCode, stderr } = await pvlctl(['doctor', ...args], { env, stdin: JSON.stringify(INPUT) });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(says);
    expect(twin.journal.requests).toHaveLength(before);
  });

  test('refuses a file that is no input of a provision, and sends nothing', async () => {
    const before = twin.journal.requests.length;
    const stdin = JSON.stringify({ request: { RegionId: 'cn-hangzhou' } });
    const { exitCode, stderr } = await pvlctl(['doctor', '--probe', '-f', '-'], { env, stdin });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('request.VpcId: is missing');
    expect(twin.journal.requests).toHaveLength(before);
  });

  test('--help says how each failure exits', async () => {
    const { stdout } = await pvlctl(['doctor', '--help']);
    for (const code of [78, 69, 4, 3, 5, 6]) expect(stdout).toMatch(new RegExp(`^ +${code}  \\w`, 'm'));
  });
});
