import { describe, expect, test } from 'vitest';
import { JsonTextError, parseJsonText } from '../../../src/cli/json-text.js';

describe('reading JSON', () => {
  test.each([
    '{}',
    '[]',
    ' {"a": [1, -2.5e+3, 0, true, false, null, "\\u00e4\\n\\"", {"b": {}}]}\n',
    '"text"',
    '{"a": 1, "b": {"a": 2}}',
    '"ä😀"',
  ])('takes what JSON.parse takes: %s', (text) => {
    expect(parseJsonText(text)).toEqual(JSON.parse(text));
  });

  test.each([
    { text: '', line: 1, column: 1, says: 'nothing in it' },
    { text: ' \n ', line: 2, column: 2, says: 'nothing in it' },
    { text: '{\n  "a": 1,\n}', line: 3, column: 1, says: 'after the comma' },
    { text: '[1, 2,]', line: 1, column: 7, says: 'after the comma' },
    { text: '{"a" 1}', line: 1, column: 6, says: '":" after the key' },
    { text: '{"a": 1 "b": 2}', line: 1, column: 9, says: '"," or "}"' },
    { text: "{'a': 1}", line: 1, column: 2, says: 'no single quotes' },
    { text: '{a: 1}', line: 1, column: 2, says: 'a key in double quotes' },
    { text: '{"a": 1 // why\n}', line: 1, column: 9, says: 'no comments' },
    { text: '{"a": "open\n}', line: 1, column: 7, says: 'not closed' },
    { text: '{"a": [1', line: 1, column: 9, says: 'it ends here' },
    { text: '{"a": 01}', line: 1, column: 7, says: 'a value' },
    { text: '{"a": nul}', line: 1, column: 7, says: 'a value' },
    { text: '{"a": undefined}', line: 1, column: 7, says: 'a value' },
    { text: '{} {}', line: 1, column: 4, says: 'after the end' },
    { text: '{"a": 1,\n "b": 2,\n "a": 3}', line: 3, column: 2, says: 'stands twice' },
    { text: '['.repeat(5_000), line: 1, column: 102, says: 'deep' },
  ])('says where $text breaks', ({ text, line, column, says }) => {
    const error = errorOf(text);
    expect(error).toMatchObject({ line, column });
    expect(error.message).toContain(says);
  });

  test('never repeats what it was given: it may be a secret', () => {
    expect(errorOf('{"AccessKeySecret": topsecret}').message).not.toContain('topsecret');
  });
});

function errorOf(text: string): JsonTextError {
  try {
    parseJsonText(text);
  } catch (error) {
    if (error instanceof JsonTextError) return error;
    throw error;
  }
  throw new Error('It was taken');
}
