/* Our own worker: it runs our workflows, on our task queue, and nothing of durable-privatelink. */
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';

const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? 'localhost:7233' });
const worker = await Worker.create({
  connection,
  namespace: process.env['TEMPORAL_NAMESPACE'] ?? 'default',
  taskQueue: 'orders',
  workflowsPath: fileURLToPath(import.meta.resolve('./workflows.js')),
});
// Until SIGINT or SIGTERM.
await worker.run();
await connection.close();
