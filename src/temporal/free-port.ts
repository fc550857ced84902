import { createServer } from 'node:net';

/** Below this, Linux, macOS and Windows do not take local ports for outgoing connections. */
const FIRST_EPHEMERAL_PORT = 32_768;
const FIRST_PORT = 20_000;
const MOST_TRIES = 100;

/** Tell whether nothing listens on a port of this address at the moment. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * Choose a free port from 20000 to 32767.
 *
 * Not one that the system would choose (port 0): those lie among the ports of outgoing connections, so that a server
 * that is killed may find its port taken when it is started again on the same one.
 *
 * @param random - A number from 0 to below 1, as `Math.random`, which keeps processes that choose at once apart.
 */
export async function chooseFreePort(random: () => number = Math.random): Promise<number> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const port = FIRST_PORT + Math.floor(random() * (FIRST_EPHEMERAL_PORT - FIRST_PORT));
    if (await isPortFree(port)) return port;
  }
  throw new Error(`No free port found from ${FIRST_PORT} to ${FIRST_EPHEMERAL_PORT - 1} in ${MOST_TRIES} tries`);
}
