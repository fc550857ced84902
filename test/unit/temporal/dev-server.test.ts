import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { devServerArguments, FAST_TIMERS, startDevServer } from '../../../src/temporal/dev-server.js';
import { chooseFreePort, isPortFree } from '../../../src/temporal/free-port.js';

async function withListener<T>(act: (port: number) => Promise<T>): Promise<T> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await act((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}

describe('the arguments of a dev server', () => {
  const ports = { port: 20_001, uiPort: undefined, newsFlag: false };
  const base = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', '20001'];
  test.each([
    { rule: 'without a UI it is headless', options: {}, given: ports, args: ['--headless'] },
    {
      rule: 'a UI has its own port and fetches no news where the CLI can switch that off',
      options: { ui: true },
      given: { ...ports, uiPort: 20_002, newsFlag: true },
      args: ['--ui-port', '20002', '--ui-disable-news-fetch'],
    },
    {
      rule: 'a file gets the two pragmas that make it fast',
      options: { dbFilename: 'state.db' },
      given: ports,
      args: [
        ...['--headless', '--db-filename', 'state.db'],
        ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1'],
      ],
    },
    {
      rule: 'a namespace is created, and `default` always exists',
      options: { namespace: 'orders' },
      given: ports,
      args: ['--headless', '--namespace', 'orders'],
    },
    { rule: '`default` is not created twice', options: { namespace: 'default' }, given: ports, args: ['--headless'] },
    {
      rule: 'search attributes and dynamic configuration are passed on, and further arguments come last',
      options: { searchAttributes: { Owner: 'Keyword' }, dynamicConfig: FAST_TIMERS.slice(0, 1), extraArgs: ['-x'] },
      given: ports,
      args: [
        ...['--headless', '--search-attribute', 'Owner=Keyword'],
        ...['--dynamic-config-value', 'history.timerProcessorMaxTimeShift="10ms"', '-x'],
      ],
    },
  ] as const)('$rule', ({ options, given, args }) => {
    expect(devServerArguments({ binary: 'temporal', ...options }, given)).toEqual([...base, ...args]);
  });
});

describe('a dev server that cannot start', () => {
  test('a port in use is named before anything is started', async () => {
    const message = await withListener((port) =>
      startDevServer({ binary: '/nonexistent', port }).catch((error: unknown) => String(error)),
    );
    expect(message).toMatch(/^DevServerStartError: Port \d+ of 127\.0\.0\.1 is in use/);
  });

  test.each([
    { to: 'a pipe', logs: false },
    { to: 'a log file', logs: true },
  ])('one that ends early is reported with its last output, from $to', async ({ logs }) => {
    const folder = mkdtempSync(join(tmpdir(), 'pvl-dev-server-'));
    try {
      const logFile = join(folder, 'logs', 'server.log');
      // Node takes `server` for the name of a script that it cannot find.
      const start = startDevServer({ binary: process.execPath, ...(logs && { logFile }) });
      const message = await start.catch((error: unknown) => String(error));
      expect(message).toContain('ended before it answered: exit code 1. Its last output:');
      expect(message).toContain('MODULE_NOT_FOUND');
      if (logs) expect(readFileSync(logFile, 'utf8')).toContain('MODULE_NOT_FOUND');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('a binary that does not exist is reported by its path', async () => {
    const start = startDevServer({ binary: '/nonexistent/temporal' });
    await expect(start).rejects.toThrow(/\/nonexistent\/temporal\) ended before it answered: it could not be started/);
  });
});

describe('the choice of a free port', () => {
  test('a port in use is passed over', async () => {
    const first = await chooseFreePort(() => 0);
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(first, '127.0.0.1', resolve));
    try {
      expect(await isPortFree(first)).toBe(false);
      const draws = [first - 20_000, first - 20_000, first - 20_000 + 7].map((offset) => (offset + 0.5) / 12_768);
      expect(await chooseFreePort(() => draws.shift() ?? 0.5)).not.toBe(first);
    } finally {
      taken.close();
    }
  });

  test('it lies below the ports of outgoing connections', async () => {
    expect(await chooseFreePort(() => 0.999_999)).toBeLessThan(32_768);
  });
});
