import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTemporalBinary } from '../../src/temporal/find-binary.js';

/* The package as others get it: packed, installed into a project of its own, and used there. Needs a build and a registry. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

describe('the packed package', () => {
  let folder: string;
  let consumer: string;
  let packed: Packed;
  let manifest: Awaited<ReturnType<typeof readManifest>>;
  let entries: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pvl-package-'));
    manifest = await readManifest();
    entries = Object.keys(manifest.exports)
      .filter((path) => path !== './package.json')
      .map((path) => path.replace('.', manifest.name));
    const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      cwd: ROOT,
    });
    packed = (JSON.parse(stdout) as [Packed])[0];
    consumer = join(folder, 'order-environment');
    await installExample(join(folder, packed.filename));
  }, 300_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** The example as a project of its own, with the versions that our lock file holds. */
  async function installExample(tarball: string): Promise<void> {
    const source = join(ROOT, 'examples', 'order-environment');
    await mkdir(consumer);
    for (const part of ['src', 'tsconfig.json'])
      await cp(join(source, part), join(consumer, part), { recursive: true });
    const example = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
      devDependencies: Record<string, string>;
    };
    const locked = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { version: string } | undefined>;
    };
    const pin = (dependencies: Record<string, string>) =>
      Object.fromEntries(
        Object.entries(dependencies).map(([name, range]) => [
          name,
          name === manifest.name ? `file:${tarball}` : (locked.packages[`node_modules/${name}`]?.version ?? range),
        ]),
      );
    await writeFile(
      join(consumer, 'package.json'),
      JSON.stringify({
        ...example,
        dependencies: pin(example.dependencies),
        devDependencies: pin(example.devDependencies),
        overrides: manifest.overrides,
      }),
    );
    const quiet = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
    await run('npm', ['install', ...quiet], { cwd: consumer, timeout: 280_000 });
  }

  /** What a script of the consumer prints, as JSON. */
  async function evaluate(kind: 'module' | 'commonjs', script: string): Promise<unknown> {
    const { stdout } = await run(process.execPath, [`--input-type=${kind}`, '-e', script], { cwd: consumer });
    return JSON.parse(stdout);
  }

  it('is small, and holds the compiled package and nothing else', () => {
    const paths = packed.files.map(({ path }) => path);
    const wanted = /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|lib\/[\w./-]+\.(js|d\.ts|json))$/;
    expect(paths.filter((path) => !wanted.test(path))).toEqual([]);
    expect(paths.filter((path) => /\.test\./.test(path))).toEqual([]);
    expect(paths).toEqual(expect.arrayContaining(['lib/cli/main.js', 'lib/worker.js', 'lib/workflow-bundle.js']));
    // The twin and the bundle of the workflows are most of it.
    expect(packed.size).toBeLessThan(800_000);
  });

  it('names no folder of the machine that built it', async () => {
    const installed = join(consumer, 'node_modules', manifest.name);
    const files = await readdir(installed, { recursive: true, withFileTypes: true });
    const naming: string[] = [];
    for (const file of files.filter((entry) => entry.isFile())) {
      const path = join(file.parentPath, file.name);
      const text = await readFile(path, 'utf8');
      const [, map = ''] = text.split('//# sourceMappingURL=data:application/json;charset=utf-8;base64,');
      if (`${text}${Buffer.from(map, 'base64').toString()}`.includes(ROOT)) naming.push(path);
    }
    expect(naming).toEqual([]);
  });

  it('installs one copy of each package of the SDK', async () => {
    const { stdout } = await run('npm', ['ls', '--all', '--parseable'], { cwd: consumer });
    const sdk = stdout.split('\n').filter((path) => /@temporalio[\\/][^\\/]+$/.test(path));
    expect(sdk.length).toBeGreaterThan(8);
    expect(sdk.filter((path) => !path.startsWith(join(consumer, 'node_modules', '@temporalio')))).toEqual([]);
  });

  it('is imported and required, with the same names, by each of its entries', async () => {
    const names = JSON.stringify(entries);
    const imported = await evaluate(
      'module',
      `const names = {};
       for (const name of ${names}) names[name] = Object.keys(await import(name)).sort();
       console.log(JSON.stringify(names));`,
    );
    const required = await evaluate(
      'commonjs',
      `const names = {};
       for (const name of ${names}) names[name] = Object.keys(require(name)).sort();
       console.log(JSON.stringify(names));`,
    );
    expect(Object.values(imported as Record<string, string[]>).every(({ length }) => length > 0)).toBe(true);
    expect(required).toEqual(imported);
  });

  it('has types for ES modules and for CommonJS', async () => {
    const imports = entries.map((name, index) => `import * as m${index} from '${name}';\n`).join('');
    const uses = `export const all: object[] = [${entries.map((_, index) => `m${index}`).join(', ')}];\n`;
    // A type that is not found is `any`, which the second line of this refuses.
    const typed = [
      `import { PROVISION_WORKFLOW_TYPE, type ProvisionInput } from '${manifest.name}/contract';`,
      'export const isAny: 0 extends 1 & ProvisionInput ? true : false = false;',
      "export const type: 'provisionVpcEndpoint' = PROVISION_WORKFLOW_TYPE;",
    ].join('\n');
    for (const extension of ['mts', 'cts']) {
      await writeFile(join(consumer, `entries.${extension}`), `${imports}${uses}${typed}\n`);
    }
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2022'];
    const files = ['entries.mts', 'entries.cts'];
    const compiler = join('node_modules', 'typescript', 'bin', 'tsc');
    await run(process.execPath, [compiler, '--ignoreConfig', ...options, '--types', 'node', ...files], {
      cwd: consumer,
    });
  });

  it("is bundled with a team's own workflows, on one copy of the SDK", async () => {
    await writeFile(
      join(consumer, 'src', 'with-ours.ts'),
      `export { provisionVpcEndpoint } from '${manifest.name}/workflows';\nexport * from './workflows.js';\n`,
    );
    await run(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc')], { cwd: consumer });
    const copies = await evaluate(
      'module',
      `import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
       const workflowsPath = ${JSON.stringify(join(consumer, 'dist', 'with-ours.js'))};
       const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
       const modules = code.match(/^\\/\\*\\*\\*\\/ "[^"]+"/gm);
       console.log(JSON.stringify(modules.filter((name) => /workflow\\/lib\\/workflow\\.js|provision-vpc-endpoint/.test(name))));`,
    );
    expect(copies).toEqual([
      expect.stringContaining('./node_modules/@temporalio/workflow/lib/workflow.js'),
      expect.stringContaining(`./node_modules/${manifest.name}/lib/workflows/provision-vpc-endpoint.js`),
    ]);
  });

  it('has a command that says its version', async () => {
    const { stdout } = await run('npx', ['--no-install', 'pvlctl', '--version'], { cwd: consumer });
    expect(stdout.trim()).toContain(manifest.version);
  });

  it("passes the example's test", async () => {
    const { path } = await findTemporalBinary('temporal-test-server', { env: process.env });
    const { stdout } = await run('npm', ['test'], {
      cwd: consumer,
      env: { ...process.env, TEMPORAL_TEST_SERVER_PATH: path },
    });
    expect(stdout).toMatch(/^(#|ℹ) pass 10$/m);
    expect(stdout).toMatch(/^(#|ℹ) fail 0$/m);
  });
});

async function readManifest() {
  return JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    exports: Record<string, unknown>;
    overrides: Record<string, string>;
  };
}
