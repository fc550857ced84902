import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

interface Setup {
  isNodeNewEnough: (version: string) => boolean;
  installReason: (root: string) => string | undefined;
  buildReason: (root: string) => string | undefined;
}
const { isNodeNewEnough, installReason, buildReason } = (await import(
  new URL('../../../scripts/setup.mjs', import.meta.url).href
)) as Setup;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pvl-setup-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Write a file that was last changed so many seconds after the start of the era. */
function write(path: string, { changed = 0, text = '' } = {}): void {
  const absolute = join(root, path);
  mkdirSync(dirname(absolute), { recursive: true });
  writeFileSync(absolute, text);
  for (const touched of [absolute, dirname(absolute)]) utimesSync(touched, changed, changed);
}

test.each([
  { version: '20.19.0', enough: true },
  { version: '22.0.0', enough: true },
  { version: '20.18.9', enough: false },
  { version: '18.20.0', enough: false },
])('Node $version is new enough: $enough', ({ version, enough }) => {
  expect(isNodeNewEnough(version)).toBe(enough);
});

describe('dependencies are installed', () => {
  const zod = { version: '4.6.7', integrity: 'sha512-a' };
  const packages = (entries: Record<string, object>) => JSON.stringify({ packages: entries });

  test.each([
    { when: 'when there is no node_modules', installed: undefined, reason: 'there is no complete node_modules' },
    { when: 'when a package is missing', installed: {}, reason: 'zod 4.6.7 is missing' },
    {
      when: 'when a package has another version',
      installed: { 'node_modules/zod': { ...zod, version: '4.0.0' } },
      reason: 'zod is 4.0.0, and package-lock.json wants 4.6.7',
    },
    {
      when: 'not when all are there, apart from optional ones of other platforms',
      installed: { 'node_modules/zod': zod, 'node_modules/extra': { version: '1.0.0' } },
      reason: undefined,
    },
  ])('$when', ({ installed, reason }) => {
    const optional = { version: '1.0.0', optional: true };
    const locked = { '': { name: 'project' }, 'node_modules/zod': zod, 'node_modules/only-on-mac': optional };
    write('package-lock.json', { text: packages(locked) });
    if (installed !== undefined) write('node_modules/.package-lock.json', { text: packages(installed) });
    expect(installReason(root)).toBe(reason);
  });
});

describe('the project is built', () => {
  beforeEach(() => {
    write('src/model/one.ts', { changed: 100 });
    utimesSync(join(root, 'src'), 100, 100);
    write('package-lock.json', { changed: 100 });
  });

  test('when there is no finished build', () => {
    expect(buildReason(root)).toBe('there is no finished build in lib/');
  });

  test('not when the last build is newer than all sources', () => {
    write('lib/workflow-bundle.js', { changed: 200 });
    expect(buildReason(root)).toBeUndefined();
  });

  test.each([
    { what: 'a source', path: 'src/model/one.ts', named: 'src/model' },
    { what: 'the lock file', path: 'package-lock.json', named: 'package-lock.json' },
  ])('when $what changed since', ({ path, named }) => {
    write('lib/workflow-bundle.js', { changed: 200 });
    write(path, { changed: 300 });
    expect(buildReason(root)).toBe(`${named} changed since the last build`);
  });

  test('when a source was removed since', () => {
    write('lib/workflow-bundle.js', { changed: 200 });
    utimesSync(join(root, 'src/model'), 300, 300);
    expect(buildReason(root)).toBe('src/model changed since the last build');
  });
});
