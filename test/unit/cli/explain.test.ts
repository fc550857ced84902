import { describe, expect, test } from 'vitest';
import { ERROR_CATALOGUE } from '../../../src/model/error-catalogue.js';
import { ProvisionNotFoundError } from '../../../src/client/errors.js';
import { TemporalConnectionError } from '../../../src/temporal/connection-errors.js';
import { pvlctl, REPORT } from './fixture.js';

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

  test('asks nothing of a server for a code that it knows', async () => {
    expect((await pvlctl(['explain', 'EndpointExist'])).connections).toEqual([]);
    expect((await pvlctl(['explain'])).exitCode).toBe(2);
  });
});

const notFound = async (id: string) => {
  throw new ProvisionNotFoundError(id, undefined);
};

describe('a word that is shaped like a code and is none that is known', () => {
  test('is explained as unlisted, with the nearest code, where no run has this id', async () => {
    const { exitCode, stdout } = await pvlctl(['explain', 'EndpointExists', '-o', 'json'], {
      client: { explain: notFound },
    });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ class: 'unlisted', didYouMean: 'EndpointExist' });
  });

  test('is explained without a server too, which is said', async () => {
    const { exitCode, stdout, stderr } = await pvlctl(['explain', 'Endpoint.Exists'], {
      connect: () => {
        const target = { address: 'localhost:1', namespace: 'default', tls: false };
        throw new TemporalConnectionError('nobody listens', 'unreachable', target, undefined);
      },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^class +unlisted/m);
    expect(stderr).toMatch(/^No run was looked for: /);
  });

  test('is a run where one has this id', async () => {
    const { stdout } = await pvlctl(['explain', 'Orders'], { client: { explain: async () => REPORT } });
    expect(stdout).toMatch(/^workflow id +order-17$/m);
  });
});

describe('pvlctl explain ID', () => {
  test('takes a known code for a workflow id when it is told so', async () => {
    const asked: string[] = [];
    const explain = async (id: string) => {
      asked.push(id);
      return REPORT;
    };
    await pvlctl(['explain', 'NoPermission', '--id'], { client: { explain } });
    expect(asked).toEqual(['NoPermission']);
  });

  test.each([['order-17'], ['NoPermission', '--id'], ['provision/default/cn-a/vpc-1/epsrv-1/orders']])(
    'exits with 10 where there is no such run: %s %s',
    async (...args) => {
      const { exitCode, stderr } = await pvlctl(['explain', ...args], { client: { explain: notFound } });
      expect(exitCode).toBe(10);
      expect(stderr).toContain('There is no run of the workflow id');
    },
  );

  test('hands on what else goes wrong', async () => {
    const explain = async () => {
      throw new Error('the server is on fire');
    };
    expect((await pvlctl(['explain', 'Orders'], { client: { explain } })).exitCode).toBe(1);
  });

  test('prints the report as one JSON object', async () => {
    const { stdout } = await pvlctl(['explain', 'order-17', '-o', 'json'], {
      client: { explain: async () => REPORT },
    });
    expect(JSON.parse(stdout)).toEqual(REPORT);
  });
});
