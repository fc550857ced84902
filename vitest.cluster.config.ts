import { defineConfig } from 'vitest/config';

/**
 * `npm run test:cluster`: the kill tests of the e2e lane, and some of its own, on PostgreSQL with the servers of docker-compose.yml.
 * Not among the lanes of `vitest.config.ts`: it compiles the Temporal server first, once, which takes minutes.
 */
export default defineConfig({
  test: {
    name: 'cluster',
    include: [
      'test/cluster/*.test.ts',
      ...['bulk', 'crash', 'kill-boundaries', 'kill-phases', 'run-lists', 'watch-kill'].map(
        (name) => `test/e2e/${name}.test.ts`,
      ),
    ],
    globalSetup: ['test/cluster/support/global-setup.ts'],
    setupFiles: ['test/support/quiet-runtime.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
