import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readDocument } from '../../../src/cli/read-document.js';
import { InputFileError } from '../../../src/cli/read-input.js';

const EMPTY = (async function* (): AsyncGenerator<string> {})();

describe('reading YAML', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pvl-read-document-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function written(content: string): string {
    const path = join(folder, 'it.yaml');
    writeFileSync(path, content);
    return path;
  }
  const read = (content: string) => readDocument(written(content), EMPTY);

  test.each<[reason: string, text: string, value: unknown]>([
    ['JSON', '{"a": [1, "b", null, true],\n\t"c": "\\u00e4"}', { a: [1, 'b', null, true], c: 'ä' }],
    ['YAML', '# why\na:\n  - 1\n  - b\nc: "x"\n', { a: [1, 'b'], c: 'x' }],
    ['anchors', 'a: &it {b: 1}\nc: *it', { a: { b: 1 }, c: { b: 1 } }],
    ['words that old YAML took for booleans', 'a: no\nb: on', { a: 'no', b: 'on' }],
    ['a number without an end', 'a: .inf', { a: Infinity }],
    ['keys that look like numbers', '1: a', { '1': 'a' }],
    ['nothing', '', null],
  ])('takes %s', async (_, text, value) => {
    expect(await read(text)).toEqual(value);
  });

  test('"-" is standard input', async () => {
    async function* stdin(): AsyncGenerator<string> {
      yield 'a: 1';
    }
    expect(await readDocument('-', stdin())).toEqual({ a: 1 });
  });

  test.each<[reason: string, text: string, says: RegExp]>([
    ['a key that stands twice', 'hush: 1\nhush: 2', /line 2, column 1: Map keys must be unique/],
    ['brackets that do not close', 'a: [1, hush', /it\.yaml is no YAML: line 1, column \d+: /],
    ['a tag that nobody knows', 'a: !hush 1', /line 1, column 4: Unresolved tag/],
    ['two documents', 'a: 1\n---\nhush: 2', /line \d+, column \d+: /],
    ['an alias for nothing', 'a: *hush', /an alias stands for nothing|line 1/],
    ['an indent of tabs', 'a:\n\thush: 1', /line 2/],
    ['a colon too many', 'a: hush: 1', /line 1/],
  ])('refuses %s, and does not quote it', async (_, text, says) => {
    const reading = read(text);
    await expect(reading).rejects.toThrow(InputFileError);
    await expect(reading).rejects.toThrow(says);
    await expect(reading).rejects.not.toThrow('hush');
  });

  test('refuses aliases that would fill the memory', async () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const item = level === 0 ? 'x' : `*l${level - 1}`;
      return `l${level}: &l${level} [${Array.from({ length: 9 }, () => item).join(', ')}]`;
    });
    await expect(read(levels.join('\n'))).rejects.toThrow('an alias stands for nothing, or for too much');
  });

  test('refuses a missing file by name', async () => {
    await expect(readDocument(join(folder, 'missing.yaml'), EMPTY)).rejects.toThrow(/missing\.yaml: there is no such/);
  });
});
