import { describe, expect, test } from 'vitest';
import { ERROR_CATALOGUE } from '../../../src/model/error-catalogue.js';
import { pvlctl } from './fixture.js';

describe('pvlctl explain', () => {
  test('prints the row of a code: meaning, class and what to do', async () => {
    const { exitCode, stdout } = await pvlctl(['explain', 'QuotaExceeded.totalEpPerVpc']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^code +QuotaExceeded\.totalEpPerVpc$/m);
    expect(stdout).toMatch(/^class +quota: A limit .* the run parks and tries again\.$/m);
    expect(stdout).toMatch(/^what to do +Raise the quota pvl_quota_total_ep_per_vpc/m);
  });

  test.each(ERROR_CATALOGUE.filter(({ code }) => !code.endsWith('*')))('knows $code', async (entry) => {
    const { stdout } = await pvlctl(['explain', entry.code, '-o', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ code: entry.code, class: entry.class, advice: entry.advice });
  });

  test('says how long a quick state is waited for', async () => {
    const { stdout } = await pvlctl(['explain', 'VpcTunnelNotFound']);
    expect(stdout).toMatch(/^parked at most +10m$/m);
  });

  test('explains a code of a family by the family', async () => {
    const { stdout } = await pvlctl(['explain', 'Throttling.Whatever', '-o', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ class: 'throttled', source: 'gateway' });
  });

  test('explains an unknown code as unlisted, and names the nearest one', async () => {
    const { exitCode, stdout } = await pvlctl(['explain', 'EndpointExists', '-o', 'json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ class: 'unlisted', didYouMean: 'EndpointExist' });
  });

  test('asks nothing of a server', async () => {
    expect((await pvlctl(['explain', 'EndpointExist'])).connections).toEqual([]);
    expect((await pvlctl(['explain'])).exitCode).toBe(2);
  });
});
