/* `npm run demo`: the dependencies and the build, then the demonstration itself. Arguments are passed on. */
import { join } from 'node:path';
import { become, ensureBuilt, ensureDependencies, ROOT } from './setup.mjs';

ensureDependencies();
ensureBuilt();
await become(process.execPath, ['--import', 'tsx', join(ROOT, 'scripts', 'demo.ts'), ...process.argv.slice(2)]);
