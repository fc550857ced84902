import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GENERATED_PAGES } from '../../../scripts/docs/pages.js';

describe('generated documentation', () => {
  it.each(GENERATED_PAGES)('$path is what the code says (else: npm run docs:generate)', async ({ path, text }) => {
    expect(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')).toBe(await text());
  });
});
