/* `npm run temporal -- <arguments>`: the Temporal CLI that the project uses, found or installed. */
import { become, ensureDependencies } from './setup.mjs';

ensureDependencies();
const { findTemporal } = await import('./find-temporal.mjs');
const [cli] = await findTemporal('temporal');
await become(cli.path, process.argv.slice(2));
