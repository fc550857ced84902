import type {} from 'vitest';
import type { TestProject } from 'vitest/node';
import { SEARCH_ATTRIBUTES } from '../../src/contract/search-attributes.js';
import { FAST_TIMERS, startDevServer, VIRTUAL_TIME } from '../../src/temporal/dev-server.js';
import { findTemporalBinary } from '../../src/temporal/find-binary.js';
import { bundleToFile } from './bundle-workflows.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The dev server of the `workflows` lane, `host:port`. */
    temporalAddress: string;
    /** The bundle of src/workflows, for a worker's `workflowBundle.codePath`. */
    workflowBundlePath: string;
  }
}

/** Virtual time needs server 1.32, which this CLI has. */
const MINIMUM_CLI = '1.9.1';

/**
 * Global setup of the `workflows` lane: one dev server with virtual time and fast timers, and one bundle, for all files.
 * Tests share the server and stay apart by their own task queues and workflow ids.
 *
 * @returns The teardown.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const binary = await findTemporalBinary('temporal', { env: process.env, minimumVersion: MINIMUM_CLI, log });
  const [server, bundle] = await Promise.all([
    startDevServer({
      binary: binary.path,
      env: process.env,
      dynamicConfig: [...VIRTUAL_TIME, ...FAST_TIMERS],
      searchAttributes: SEARCH_ATTRIBUTES,
    }),
    bundleToFile(new URL('../../src/workflows/index.ts', import.meta.url)),
  ]);
  project.provide('temporalAddress', server.address);
  project.provide('workflowBundlePath', bundle.path);
  return async () => {
    await Promise.all([server.stop(), bundle.remove()]);
  };
}
