/* `npm test`: everything that the tests need, then all of them. Arguments go to vitest. */
import { join } from 'node:path';
import { become, ensureBuilt, ensureDependencies, ROOT, say } from './setup.mjs';

ensureDependencies();
ensureBuilt();
const { findTemporal } = await import('./find-temporal.mjs');
for (const { description } of await findTemporal('temporal', 'temporal-test-server')) say(description);
await become(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', ...process.argv.slice(2)]);
