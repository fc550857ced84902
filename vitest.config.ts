import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** One project a lane, so that `npm run test:unit` and its siblings run just theirs. */
export default defineConfig({
  test: {
    // Most tests wait for a server: on two cores, where vitest takes one worker, two halve the time (workflows: 13 instead of 22 minutes).
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 30_000 } },
      {
        test: {
          name: 'workflows',
          include: ['test/workflows/**/*.test.ts'],
          globalSetup: ['test/support/virtual-time-server.ts'],
          setupFiles: ['test/support/quiet-runtime.ts'],
          pool: 'forks',
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'time-skipping',
          include: ['test/time-skipping/**/*.test.ts'],
          setupFiles: ['test/support/quiet-runtime.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'replay',
          include: ['test/replay/**/*.test.ts'],
          setupFiles: ['test/support/quiet-runtime.ts'],
          pool: 'forks',
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'properties',
          include: ['test/properties/**/*.test.ts'],
          globalSetup: ['test/support/virtual-time-server.ts'],
          setupFiles: ['test/support/quiet-runtime.ts'],
          pool: 'forks',
          // After the other lanes: it takes every core for minutes, and some of them look at real time.
          sequence: { groupOrder: 1 },
          testTimeout: 1_800_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'official-clients',
          include: ['test/official-clients/**/*.test.ts'],
          globalSetup: ['test/official-clients/install.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          setupFiles: ['test/support/quiet-runtime.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
