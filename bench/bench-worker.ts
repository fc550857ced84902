import { DefaultLogger, NativeConnection, Runtime, type Worker, type WorkerOptions } from '@temporalio/worker';
import { readyUntilLetGo } from './forked-program.js';

/** What src/worker.ts gives its workers where nothing is configured. All lanes have to have the same. */
export const WORKER_SETTINGS = {
  maxCachedWorkflows: 150,
  stickyQueueScheduleToStartTimeout: 2_000,
  shutdownGraceTime: 15_000,
} as const satisfies Partial<WorkerOptions>;

/** The log levels of src/worker.ts, as far as they cost anything. */
export function installRuntime(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
  });
}

/** Run workers in this child process until its benchmark lets go of it. */
export async function serve(
  address: string,
  create: (connection: NativeConnection) => Promise<readonly Worker[]>,
): Promise<void> {
  installRuntime();
  const connection = await NativeConnection.connect({ address });
  const workers = await create(connection);
  const running = Promise.all(workers.map((worker) => worker.run()));
  await readyUntilLetGo({});
  for (const worker of workers) worker.shutdown();
  await running;
  await connection.close();
}
