/* `npm run pvlctl -- ...`: our command line from a clone, after what it needs was installed and built. */
import { join } from 'node:path';
import { become, ensureBuilt, ensureDependencies, ROOT } from './setup.mjs';

ensureDependencies();
ensureBuilt();
await become(process.execPath, [join(ROOT, 'lib', 'cli', 'main.js'), ...process.argv.slice(2)]);
