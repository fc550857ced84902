/* Bundle the compiled workflows into lib/workflow-bundle.js, which production workers run. */
import { renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const lib = join(dirname(fileURLToPath(import.meta.url)), '..', 'lib');
const bundle = join(lib, 'workflow-bundle.js');

const { code } = await bundleWorkflowCode({
  workflowsPath: join(lib, 'workflows', 'index.js'),
  logger: new DefaultLogger('WARN'),
});
writeFileSync(`${bundle}.${process.pid}`, code);
renameSync(`${bundle}.${process.pid}`, bundle);
