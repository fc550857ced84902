import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseFreePort } from '../../../src/temporal/free-port.js';
import { environmentHere, readCompose, serviceOf, versionOf } from './compose-here.js';
import type { ClusterPlace } from './cluster-server.js';
import { createPostgresql, stopPostgresql } from './postgresql.js';
import { temporalBinaries } from './temporal-binaries.js';

/** What everything of a cluster stands in, until it is closed. */
export interface OpenCluster {
  readonly place: ClusterPlace;
  close(): Promise<void>;
}

/** Have the programs, and start the `postgresql` of docker-compose.yml; servers come with `startClusterServer`. */
export async function openCluster(): Promise<OpenCluster> {
  const model = await readCompose();
  const binaries = await temporalBinaries(versionOf(serviceOf(model, 'temporal')));
  const folder = await mkdtemp(join(tmpdir(), 'pvl-cluster-'));
  // PostgreSQL may run as another user, who has to get to its own folder.
  await chmod(folder, 0o711);
  const port = await chooseFreePort();
  const environment = environmentHere(serviceOf(model, 'postgresql'), { postgresqlPort: port, frontendPort: 0 });
  const postgresql = {
    folder: join(folder, 'postgresql'),
    port,
    user: environment['POSTGRES_USER'] ?? '',
    password: environment['POSTGRES_PASSWORD'] ?? '',
  };
  await createPostgresql(postgresql);
  return {
    place: { folder, model, binaries, postgresql },
    close: async () => {
      await stopPostgresql(postgresql);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
