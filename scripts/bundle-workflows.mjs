/*
 * Bundle the compiled workflows into lib/workflow-bundle.js, which production workers run. workflow-bundle.json beside it
 * says which version of the SDK made it: a worker may run a bundle of its own version only.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const lib = join(root, 'lib');
const bundle = join(lib, 'workflow-bundle.js');

const { code } = await bundleWorkflowCode({
  workflowsPath: join(lib, 'workflows', 'index.js'),
  logger: new DefaultLogger('WARN'),
  // The worker needs file and line of the source map for its stack traces, and not the text of every file; and what is
  // published names no folder of the machine that built it.
  webpackConfigHook: (config) => ({
    ...config,
    context: root,
    devtool: 'inline-nosources-source-map',
    output: {
      ...config.output,
      devtoolModuleFilenameTemplate: ({ resourcePath }) => resourcePath.replaceAll(root, '.'),
    },
  }),
});

const worker = createRequire(import.meta.url).resolve('@temporalio/worker/package.json');
const sdk = JSON.parse(readFileSync(worker, 'utf8')).version;
writeFileSync(join(lib, 'workflow-bundle.json'), `${JSON.stringify({ sdk })}\n`);
writeFileSync(`${bundle}.${process.pid}`, code);
renameSync(`${bundle}.${process.pid}`, bundle);
