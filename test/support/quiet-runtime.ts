import { DefaultLogger, Runtime } from '@temporalio/worker';

/**
 * Setup file of every lane with a worker: keep the SDK silent below ERROR. Runs in each fork, since a fork inherits
 * nothing; once there, since a second `Runtime.install` throws.
 */
const INSTALLED = Symbol.for('durable-privatelink.test.quiet-runtime');

if (!Object.hasOwn(globalThis, INSTALLED)) {
  Object.defineProperty(globalThis, INSTALLED, { value: true });
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
  });
}
