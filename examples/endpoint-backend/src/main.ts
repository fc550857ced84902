/* Settings from the environment, a connection, a server, and an orderly end. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { ProvisioningClient } from 'durable-privatelink';
import { Endpoints } from './endpoints.js';
import { createEndpointServer } from './server.js';

const { env } = process;

// `lazy`: we start where Temporal does not answer yet, and say so on /healthz.
const connection = Connection.lazy({ address: env['TEMPORAL_ADDRESS'] ?? 'localhost:7233' });
const client = new Client({ connection, namespace: env['TEMPORAL_NAMESPACE'] ?? 'default' });
const endpoints = new Endpoints({
  client,
  provisioning: new ProvisioningClient({ client }),
  account: env['ACCOUNT'] ?? 'default',
  answerWithinMs: Number(env['ANSWER_WITHIN_MS'] ?? 5_000),
});

const server = createEndpointServer(endpoints);
server.listen(Number(env['PORT'] ?? 8080), '127.0.0.1');
await once(server, 'listening');
console.log(`Listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);

await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
// Take no new calls, and let those under way be answered. Runs are none of our process: they go on.
server.close();
await once(server, 'close');
await connection.close();
