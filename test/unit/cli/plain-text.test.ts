import { expect, test } from 'vitest';
import { alignedRows, plainText, shellArgument } from '../../../src/cli/plain-text.js';

test('text of a server stays on one line and cannot steer the terminal', () => {
  expect(plainText('a\r\n\tb\u001b[2Jc\u0007\u009b')).toBe('a b[2Jc');
});

test('rows are aligned, and those without a value are left out', () => {
  expect(
    alignedRows([
      ['a', '1'],
      ['longer', '2'],
      ['none', undefined],
      ['empty', ''],
    ]),
  ).toBe('a       1\nlonger  2');
});

test.each([
  ['provision/default/cn-x/vpc-1/orders', 'provision/default/cn-x/vpc-1/orders'],
  ['with space', "'with space'"],
  ["it's $HOME", `'it'\\''s $HOME'`],
  ['', "''"],
])('the id %j is printed as a shell takes it: %s', (id, shown) => {
  expect(shellArgument(id)).toBe(shown);
});
