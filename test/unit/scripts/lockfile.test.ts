import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (file: string) =>
  JSON.parse(readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8')) as unknown;
const { packages } = read('package-lock.json') as {
  packages: Record<string, { version?: string; resolved?: string }>;
};

describe('the lock file', () => {
  it('holds every @temporalio package once and at one version: a bundle must be of exactly its worker version', () => {
    const sdk = Object.entries(packages).filter(([path]) => /node_modules\/@temporalio\/[^/]+$/.test(path));
    expect(sdk.length).toBeGreaterThan(8);
    expect(new Set(sdk.map(([, { version }]) => version))).toEqual(new Set(['1.24.0']));
    expect(sdk.every(([path]) => path.startsWith('node_modules/@temporalio/'))).toBe(true);
  });

  it('names no registry', () => {
    expect(Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  it('has the compiler of the bundler for every platform', () => {
    const binaries = Object.keys(packages).filter((path) => path.startsWith('node_modules/@swc/core-'));
    expect(binaries.some((path) => path.includes('darwin-arm64'))).toBe(true);
    expect(binaries.length).toBeGreaterThanOrEqual(10);
  });
});
