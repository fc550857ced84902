import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const pagesIn = (folder: string) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  ...pagesIn('docs'),
  ...pagesIn('docs/alerts'),
  ...pagesIn('docs/decisions'),
];
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

const read = (page: string) => readFileSync(join(ROOT, page), 'utf8');

/** A page without its blocks of code: what looks like a link or a heading there is none. */
const withoutBlocks = (text: string) => text.replace(/^```[\s\S]*?^```$/gm, '');

/** The anchors of a page, as GitHub makes them of its headings. */
function anchors(page: string): Set<string> {
  const seen = new Map<string, number>();
  const all = [...withoutBlocks(read(page)).matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading = '']) => {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
  return new Set(all);
}

/** Targets of links, without those that lead to other hosts. */
function relativeLinks(page: string): string[] {
  const text = withoutBlocks(read(page)).replace(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z][a-z+.-]*:/i.test(target));
}

function problemOf(page: string, target: string): string | undefined {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
  if (!existsSync(join(ROOT, file))) return `${target}: there is no ${file}`;
  if (anchor === undefined) return undefined;
  if (!statSync(join(ROOT, file)).isFile() || !anchors(file).has(anchor)) return `${target}: ${file} has no #${anchor}`;
  return undefined;
}

describe.each(PAGES)('%s', (page) => {
  it('links only to files and headings that exist', () => {
    const problems = relativeLinks(page).map((target) => problemOf(page, target));
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
  });

  it('names only npm scripts that exist', () => {
    const named = [...read(page).matchAll(/\bnpm run (?:-s |--silent )?([a-z][\w:-]*)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

describe('every decision', () => {
  it.each(pagesIn('docs/decisions'))('%s is in the list', (page) => {
    expect(relativeLinks('docs/decisions.md')).toContain(page.replace('docs/', ''));
  });
});

describe('every page of docs/', () => {
  it.each(pagesIn('docs'))('%s is linked from the README', (page) => {
    expect(relativeLinks('README.md').map((target) => target.split('#')[0])).toContain(page);
  });
});
