import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A compiled example, outside of our tree. */
export interface ExampleProject {
  readonly folder: string;
  remove(): Promise<void>;
}

/**
 * Compile an example as a project of its own, which finds our package under its name: the build in lib/. Its other packages
 * are those of our node_modules, so nothing is downloaded; test/e2e/package.test.ts installs one for real.
 */
export async function compileExample(name: string): Promise<ExampleProject> {
  const folder = await mkdtemp(join(tmpdir(), `pvl-${name}-`));
  const source = join(ROOT, 'examples', name);
  for (const part of ['src', 'package.json', 'tsconfig.json'])
    await cp(join(source, part), join(folder, part), { recursive: true });
  const modules = join(folder, 'node_modules');
  await mkdir(modules);
  for (const entry of await readdir(join(ROOT, 'node_modules')))
    await symlink(join(ROOT, 'node_modules', entry), join(modules, entry));
  await symlink(ROOT, join(modules, 'durable-privatelink'));
  await promisify(execFile)(process.execPath, [join(modules, 'typescript', 'bin', 'tsc')], { cwd: folder }).catch(
    (error: unknown) => {
      const { stdout = '' } = error as { stdout?: string };
      throw new Error(`examples/${name} does not compile:\n${stdout}`, { cause: error });
    },
  );
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
