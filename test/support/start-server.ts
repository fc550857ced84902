import { inject } from 'vitest';
import { startDevServer, type DevServer, type DevServerOptions } from '../../src/temporal/dev-server.js';
import { startClusterServer } from '../cluster/support/cluster-server.js';
import type {} from '../cluster/support/global-setup.js';

/** A server for a test that is to hold on either: the dev server, or on PostgreSQL in `npm run test:cluster`. */
export async function startServer(options: DevServerOptions): Promise<DevServer> {
  const cluster = inject('cluster');
  return cluster === undefined ? startDevServer(options) : startClusterServer(cluster, options);
}
