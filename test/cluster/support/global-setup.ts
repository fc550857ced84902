import type {} from 'vitest';
import type { TestProject } from 'vitest/node';
import type { ClusterPlace } from './cluster-server.js';
import { openCluster } from './open-cluster.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The cluster on PostgreSQL of `npm run test:cluster`; nothing in the other lanes. */
    cluster?: ClusterPlace;
  }
}

/** Global setup of `npm run test:cluster`: the programs and the database, for all files. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await openCluster();
  project.provide('cluster', cluster.place);
  return () => cluster.close();
}
