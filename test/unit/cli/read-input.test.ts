import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputFileError, readInput } from '../../../src/cli/read-input.js';

const EMPTY = (async function* (): AsyncGenerator<string> {})();

describe('reading the input', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pvl-read-input-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function written(name: string, content: string | Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  test('a file holds one JSON value', async () => {
    expect(await readInput(written('right.json', '{"request": {}}'), EMPTY)).toEqual({ request: {} });
  });

  test('"-" is standard input, however it is cut into pieces', async () => {
    const text = Buffer.from('{"name": "ä"}');
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (const byte of text) yield Uint8Array.of(byte);
    }
    expect(await readInput('-', pieces())).toEqual({ name: 'ä' });
  });

  test('a byte order mark is no part of the JSON', async () => {
    expect(await readInput(written('bom.json', '\uFEFF{"a": 1}'), EMPTY)).toEqual({ a: 1 });
  });

  test.each([
    { name: 'little', mark: [0xff, 0xfe], swap: false },
    { name: 'big', mark: [0xfe, 0xff], swap: true },
  ])('UTF-16 with a byte order mark is read: $name endian', async ({ name, mark, swap }) => {
    const body = Buffer.from('{"a": "ä"}', 'utf16le');
    const file = written(`${name}.json`, Buffer.concat([Uint8Array.from(mark), swap ? body.swap16() : body]));
    expect(await readInput(file, EMPTY)).toEqual({ a: 'ä' });
  });

  test.each([
    { what: 'a missing file', file: () => join(folder, 'missing.json'), says: /missing\.json: there is no such file/ },
    { what: 'a folder', file: () => folder, says: /is a folder/ },
    { what: 'an empty file', file: () => written('empty.json', ''), says: /empty\.json is no JSON: line 1.*nothing/ },
    { what: 'bad JSON', file: () => written('bad.json', '{\n"a": }'), says: /bad\.json is no JSON: line 2, column 6/ },
    { what: 'bytes', file: () => written('bytes.json', Uint8Array.of(0x22, 0xff, 0x22)), says: /is no UTF-8 text/ },
    { what: 'empty standard input', file: () => '-', says: /^standard input is no JSON/ },
  ])('$what is refused by name', async ({ file, says }) => {
    const reading = readInput(file(), EMPTY);
    await expect(reading).rejects.toThrow(InputFileError);
    await expect(reading).rejects.toThrow(says);
  });
});
