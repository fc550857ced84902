/*
 * Keep the bundle of workflows that lib/ holds as that of the previous release, which the upgrade test starts from. Run it on the
 * commit of a release, after its build.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ROOT, say } from './setup.mjs';

const [lib = join(ROOT, 'lib')] = process.argv.slice(2);
const { sdk } = JSON.parse(readFileSync(join(lib, 'workflow-bundle.json'), 'utf8'));
const kept = join(ROOT, 'test', 'upgrade', `workflow-bundle.sdk-${sdk}.js.gz`);
writeFileSync(kept, gzipSync(readFileSync(join(lib, 'workflow-bundle.js')), { level: 9 }));
say(`Kept ${kept}`);
