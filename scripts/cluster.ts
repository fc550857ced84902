/**
 * `npm run cluster`: PostgreSQL and the Temporal server of docker-compose.yml on this machine, without containers, until Ctrl-C.
 *
 * For what the dev server is not, as `npm run test:cluster` needs it; compiles the server first, once, which takes minutes. Prints
 * the address and the processes, to be given to a benchmark (`--address`, `--server-pids`). Everything is forgotten at the end.
 */
import { startClusterServer } from '../test/cluster/support/cluster-server.js';
import { openCluster } from '../test/cluster/support/open-cluster.js';
import { pidOfPostgresql } from '../test/cluster/support/postgresql.js';

const cluster = await openCluster();
const { place } = cluster;
try {
  const server = await startClusterServer(place, {});
  process.stdout.write(
    `--address ${server.address} --server-pids ${server.pid},${await pidOfPostgresql(place.postgresql)}\n`,
  );
  const stopped = new Promise<undefined>((resolve) => {
    // Heard more than once: a terminal tells everybody, and tsx passes on what it hears.
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => resolve(undefined));
  });
  const death = await Promise.race([stopped, server.exited]);
  if (death !== undefined)
    throw new Error(`The server ended by itself: ${death.code ?? death.signal}\n${server.lastLines()}`);
  await server.stop();
} finally {
  await cluster.close();
}
