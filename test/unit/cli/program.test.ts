import { describe, expect, test, vi } from 'vitest';
import { ProvisionNotFoundError } from '../../../src/client/errors.js';
import type { RunClient } from '../../../src/cli/command-context.js';
import { ConfigError } from '../../../src/config.js';
import { VERSION } from '../../../src/version.js';
import { pvlctl, RESULT, VIEW } from './fixture.js';

const COMMANDS = [
  'provision',
  'delete',
  'status',
  'result',
  'cancel',
  'list',
  'orphans',
  'explain',
  'doctor',
  'worker',
  'dev',
  'simulator',
  'schema',
];

describe('arguments', () => {
  test('--version prints the version', async () => {
    expect(await pvlctl(['--version'])).toMatchObject({ exitCode: 0, stdout: VERSION });
  });

  test('--help names every command and every exit code', async () => {
    const { exitCode, stdout } = await pvlctl(['--help']);
    expect(exitCode).toBe(0);
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    expect(stdout).toContain('Exit codes:');
  });

  test.each(COMMANDS)('%s --help has examples', async (command) => {
    const { exitCode, stdout } = await pvlctl([command, '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`Examples:\n(?:.*\n)*.*pvlctl ${command}`));
  });

  test.each([
    { args: [], reason: 'no command' },
    { args: ['provison'], reason: 'an unknown command' },
    { args: ['provision'], reason: 'no file' },
    { args: ['provision', '-f', '-', '-o', 'yaml'], reason: 'an unknown format' },
    { args: ['provision', '-f', '-', '--wat'], reason: 'an unknown option' },
    { args: ['provision', '-f', '-', '--account', 'a/b'], reason: 'a wrong account' },
    { args: ['provision', '-f', '-', 'more'], reason: 'too many arguments' },
    { args: ['status'], reason: 'no id' },
    { args: ['dev', '--time-to-active', '20'], reason: 'a duration without a unit' },
    { args: ['dev', '--port', '70000'], reason: 'no port' },
    { args: ['simulator', '--port', 'http'], reason: 'no port' },
  ])('$args exits with 2, because of $reason, and asks nothing of a server', async ({ args }) => {
    const { exitCode, stdout, stderr, connections } = await pvlctl(args);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).not.toBe('');
    expect(connections).toEqual([]);
  });

  test('settings that cannot be used exit with 78', async () => {
    const connect = () => {
      throw new ConfigError(['Temporal settings: no such profile']);
    };
    const { exitCode, stderr } = await pvlctl(['status', 'order-17'], { connect });
    expect(exitCode).toBe(78);
    expect(stderr).toContain('no such profile');
  });
});

describe('pvlctl schema', () => {
  test('prints the JSON Schema of the input', async () => {
    const { exitCode, stdout } = await pvlctl(['schema']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'object', required: ['request'] });
  });
});

describe('pvlctl status', () => {
  test('prints where a run stands, and exits with 0 however it ended', async () => {
    const client = { state: async () => ({ ...VIEW, status: 'FAILED' }) };
    const { exitCode, stdout } = await pvlctl(['status', 'order-17'], { client });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^status +FAILED$/m);
  });

  test('of an unknown id exits with 10', async () => {
    const client = { state: () => Promise.reject(new ProvisionNotFoundError('order-17', undefined)) };
    const { exitCode, stdout } = await pvlctl(['status', 'order-17', '-o', 'json'], { client });
    expect(exitCode).toBe(10);
    expect(JSON.parse(stdout)).toMatchObject({ error: { type: 'NotFound' }, workflowId: 'order-17' });
  });
});

describe('pvlctl result', () => {
  test('prints what provision prints', async () => {
    const { exitCode, stdout } = await pvlctl(['result', 'order-17', '-o', 'json'], {
      client: { result: async () => RESULT },
    });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ workflowId: 'order-17', ...RESULT });
  });
});

describe('pvlctl cancel', () => {
  const running = { state: async () => VIEW };

  test('asks the run to stop and returns', async () => {
    const cancel = vi.fn<RunClient['cancel']>(async () => undefined);
    const { exitCode, stdout } = await pvlctl(['cancel', 'order-17'], { client: { ...running, cancel } });
    expect(exitCode).toBe(0);
    expect(cancel).toHaveBeenCalledExactlyOnceWith('order-17');
    expect(stdout).toContain('pvlctl result order-17');
  });

  test('with --wait ends as the run ends: one that was ready first is told as ready', async () => {
    const client = { ...running, cancel: async () => undefined, result: async () => RESULT };
    const { exitCode, stdout } = await pvlctl(['cancel', 'order-17', '--wait'], { client });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^outcome +created$/m);
  });

  test('of a run that has ended cancels nothing and exits with 10', async () => {
    const cancel = vi.fn<RunClient['cancel']>();
    const client = { state: async () => ({ ...VIEW, status: 'COMPLETED' }), cancel };
    const { exitCode, stderr } = await pvlctl(['cancel', 'order-17'], { client });
    expect(exitCode).toBe(10);
    expect(stderr).toContain('COMPLETED');
    expect(cancel).not.toHaveBeenCalled();
  });
});
