import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const rules = (
  parse(read('deploy/prometheus/alerts.yml')) as {
    groups: { rules: { alert: string; labels: { severity: string }; annotations: { runbook: string } }[] }[];
  }
).groups.flatMap((group) => group.rules);
const operations = read('docs/operations.md');

describe('the alerts', () => {
  it('have a page each, and each page has an alert', () => {
    const pages = readdirSync(join(ROOT, 'docs', 'alerts'));
    expect(pages.toSorted()).toEqual(rules.map(({ alert }) => `${alert}.md`).sort());
  });

  it.each(rules)('$alert names its page, and is in the list with its severity', ({ alert, annotations, labels }) => {
    expect(annotations.runbook).toBe(`docs/alerts/${alert}.md`);
    const row = operations.split('\n').find((line) => line.includes(`(alerts/${alert}.md)`));
    expect(row?.split('|')[2]?.trim()).toBe(labels.severity);
  });
});

describe('docs/operations.md', () => {
  it('names each metric of ours, and no other', () => {
    const sources = ['activities', 'worker', 'workflows']
      .flatMap((room) => readdirSync(join(ROOT, 'src', room)).map((file) => read(join('src', room, file))))
      .join('\n');
    const named = (text: string) => [...new Set(text.match(/\bpvl_[a-z_]+\b/g))].sort();
    expect(named(operations)).toEqual(named(sources));
  });
});
