import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importPlugins } from '../../../src/temporal/import-plugins.js';

describe('plugins', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pvl-plugins-'));
  const files = {
    'two.mjs': "export const plugins = [{ name: 'a' }, { name: 'b' }];",
    'one.cjs': "exports.plugins = [{ name: 'c' }];",
    'none.mjs': 'export const plugin = {};',
    'nameless.mjs': 'export const plugins = [{}];',
    'broken.mjs': "throw new Error('KEY has to be 32 bytes\\nand more');",
  };
  beforeAll(() => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are those of all modules, in their order, ES modules and CommonJS', async () => {
    const plugins = await importPlugins(['./two.mjs', join(folder, 'one.cjs')], folder);
    expect(plugins.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['./absent.mjs', /^\.\/absent\.mjs cannot be imported: Cannot find module/],
    ['no-such-package', /^no-such-package cannot be imported: Cannot find module 'no-such-package'/],
    ['./broken.mjs', /^\.\/broken\.mjs cannot be imported: KEY has to be 32 bytes$/],
    ['./none.mjs', /^\.\/none\.mjs has to export a list `plugins` of plugins, each with a name$/],
    ['./nameless.mjs', /^\.\/nameless\.mjs has to export a list/],
  ])('of %s are refused: %s', async (name, message) => {
    await expect(importPlugins([name], folder)).rejects.toThrow(message);
  });
});
