import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** A workflow bundle in a temporary folder; `path` is what a worker's `workflowBundle.codePath` takes. */
export interface BundleFile {
  readonly path: string;
  remove(): Promise<void>;
}

/** Bundle the workflows that a TypeScript file exports. Takes about a second: once for all tests that use it. */
export async function bundleToFile(workflows: URL): Promise<BundleFile> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(workflows),
    logger: new DefaultLogger('ERROR'),
  });
  const folder = await mkdtemp(join(tmpdir(), 'pvl-bundle-'));
  const path = join(folder, 'workflow-bundle.js');
  await writeFile(path, code);
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}
