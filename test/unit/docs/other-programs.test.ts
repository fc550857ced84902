import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Without indentation, which a snippet does not share with its source. */
const flat = (text: string) => text.replace(/^ +/gm, '').trim();

const sources = ['endpoint-backend/src', 'order-environment/src', 'python-client']
  .map((folder) => join(ROOT, 'examples', folder))
  .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
  .map((file) => flat(readFileSync(file, 'utf8')));

const page = readFileSync(join(ROOT, 'docs', 'other-programs.md'), 'utf8');
const snippets = [...page.matchAll(/^```(?:ts|py)\n([\s\S]*?)^```$/gm)].map(([, snippet = '']) => flat(snippet));

it('docs/other-programs.md has snippets', () => {
  expect(snippets.length).toBeGreaterThan(3);
});

it.each(snippets)('docs/other-programs.md shows what an example does: %s', (snippet) => {
  expect(sources.filter((source) => source.includes(snippet))).toHaveLength(1);
});
