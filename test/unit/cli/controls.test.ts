import { describe, expect, it } from 'vitest';
import { UpdateRefusedError } from '../../../src/client/errors.js';
import type { AcceptedAnswer, DeadlineExtension, Phase } from '../../../src/contract/messages.js';
import { DETAILS, pvlctl, STATE, VIEW } from './fixture.js';

const FAILED: AcceptedAnswer = {
  state: 'ended',
  outcome: 'failed',
  failure: { type: 'QuotaExceeded', message: 'QuotaMisMatched: full', details: DETAILS },
};

describe('pvlctl accepted', () => {
  it.each<[string, AcceptedAnswer, number, string]>([
    ['accepted', { state: 'accepted', EndpointId: 'ep-1', outcome: 'created' }, 0, 'ep-1'],
    ['parked', { state: 'parked', code: 'Q', message: 'Q: full', nextTryAt: '2026-01-01T00:01:00.000Z' }, 5, 'Q: full'],
    ['failed', FAILED, 5, 'QuotaExceeded: QuotaMisMatched: full'],
    ['cancelled', { state: 'ended', outcome: 'cancelled' }, 9, 'cancelled'],
    ['a dry run', { state: 'ended', outcome: 'dryRunPassed' }, 0, 'dryRunPassed'],
  ])('says what came first and exits with it: %s', async (_, answer, exitCode, text) => {
    const client = { accepted: async () => answer };
    const shown = await pvlctl(['accepted', 'order-17'], { client });
    expect(shown.exitCode).toBe(exitCode);
    expect(shown.stdout).toContain(text);
    const json = await pvlctl(['accepted', 'order-17', '-o', 'json'], { client });
    expect(JSON.parse(json.stdout)).toEqual({ workflowId: 'order-17', ...answer });
  });

  it('lets go of the run on Ctrl-C', async () => {
    const { exitCode, stderr } = await pvlctl(['accepted', 'order-17'], {
      client: { accepted: () => new Promise(() => undefined) },
      onListening: (send) => setImmediate(send),
    });
    expect(exitCode).toBe(130);
    expect(stderr).toContain('pvlctl accepted order-17');
  });
});

describe('pvlctl extend', () => {
  const deadline = '2026-01-01T01:00:00.000Z';

  it.each<[Phase, string]>([
    ['creating', 'accepted'],
    ['parked', 'parked'],
    ['waiting', 'active'],
    ['connecting', 'connected'],
  ])('extends the wait that the run is in: %s', async (phase, wait) => {
    const asked: DeadlineExtension[] = [];
    const { exitCode, stdout } = await pvlctl(['extend', 'order-17', '--by', '30m'], {
      client: {
        state: async () => ({ ...VIEW, state: { ...STATE, phase } }),
        extendDeadline: async (_, extension) => {
          asked.push(extension);
          return { wait: extension.wait, deadline };
        },
      },
    });
    expect(asked).toEqual([{ wait, by: '30m' }]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(deadline);
  });

  it('extends the wait that is named, without asking for the state', async () => {
    const { stdout } = await pvlctl(['extend', 'order-17', '--wait', 'connected', '--by', '2d', '-o', 'json'], {
      client: { extendDeadline: async (_, { wait }) => ({ wait, withinMs: 172_800_000 }) },
    });
    expect(JSON.parse(stdout)).toEqual({ workflowId: 'order-17', wait: 'connected', withinMs: 172_800_000 });
  });

  it('refuses what is no duration, an unknown wait, and a run that is in none', async () => {
    expect(await pvlctl(['extend', 'order-17', '--by', 'soon'])).toMatchObject({ exitCode: 2 });
    expect(await pvlctl(['extend', 'order-17', '--by', '1m', '--wait', 'ready'])).toMatchObject({ exitCode: 2 });
    const ended = { state: async () => ({ ...VIEW, state: { ...STATE, phase: 'ready' as const } }) };
    const refused = await pvlctl(['extend', 'order-17', '--by', '1m'], { client: ended });
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--wait') as string });
  });

  it('says why the run refused', async () => {
    const error = new UpdateRefusedError(
      'order-17',
      'NotApplicable',
      'Not now: the run is not in this wait',
      undefined,
    );
    const { exitCode, stderr, stdout } = await pvlctl(
      ['extend', 'order-17', '--wait', 'active', '--by', '1m', '-o', 'json'],
      { client: { extendDeadline: () => Promise.reject(error) } },
    );
    expect(exitCode).toBe(10);
    expect(stderr).toContain('UpdateRefused: Not now: the run is not in this wait');
    expect(JSON.parse(stdout)).toMatchObject({ error: { details: { reason: 'NotApplicable' } } });
  });
});

describe('pvlctl change', () => {
  it('changes what is named and prints all that holds', async () => {
    const asked: object[] = [];
    const now = { until: 'Connected', onCancel: 'delete', onFailure: 'keep' } as const;
    const client = {
      changeOptions: async (_: string, change: object) => {
        asked.push(change);
        return now;
      },
    };
    const { exitCode, stdout } = await pvlctl(['change', 'order-17', '--until', 'Connected', '--on-cancel', 'delete'], {
      client,
    });
    expect(asked).toEqual([{ until: 'Connected', onCancel: 'delete' }]);
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')).toEqual(['until       Connected', 'on cancel   delete', 'on failure  keep']);
  });

  it('refuses to change nothing, and unknown values', async () => {
    expect(await pvlctl(['change', 'order-17'])).toMatchObject({ exitCode: 2 });
    expect(await pvlctl(['change', 'order-17', '--until', 'Ready'])).toMatchObject({ exitCode: 2 });
  });
});

describe('pvlctl retry-now', () => {
  it('says what the run was waiting for', async () => {
    const client = { retryNow: async () => ({ code: 'QuotaMisMatched', epoch: 3 }) };
    const { exitCode, stdout } = await pvlctl(['retry-now', 'order-17'], { client });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('epoch 3');
    expect(stdout).toContain('QuotaMisMatched');
  });
});
