import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { downloadDirectory } from './binary-cache.js';
import type { TemporalBinaryName } from './pinned-wheels.js';
import type { Environment, RunCommand } from './run-command.js';

const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;

/** Starting a test environment is the SDK's only way to make it download; the arguments are package, binary, folder. */
const DOWNLOAD_SCRIPT = `
const [testing, name, downloadDir] = process.argv.slice(1);
const { TestWorkflowEnvironment } = (await import(testing)).default;
const server = { executable: { type: 'cached-download', downloadDir, ttl: '3650 days' } };
try {
  const environment = await (name === 'temporal'
    ? TestWorkflowEnvironment.createLocal({ server })
    : TestWorkflowEnvironment.createTimeSkipping({ server }));
  await environment.teardown();
} catch (error) {
  process.stderr.write('\\n' + String(error?.message ?? error).trim().split('\\n').at(0));
  process.exitCode = 1;
}
`;

/**
 * Let the Temporal SDK download a binary into our cache.
 *
 * In a process of its own: the SDK's runtime is started only once in a process, with settings that the caller has yet
 * to choose.
 *
 * @returns `undefined` when it succeeded, else the reason why not.
 */
export async function downloadBySdk(
  cache: string,
  name: TemporalBinaryName,
  { env, run }: { readonly env: Environment; readonly run: RunCommand },
): Promise<string | undefined> {
  const directory = downloadDirectory(cache, name);
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    return `cannot write to ${directory}: ${(error as Error).message}`;
  }
  const testing = findTesting();
  if (testing === undefined) return 'the package @temporalio/testing is not installed';
  const args = ['--input-type=module', '-e', DOWNLOAD_SCRIPT, testing, name, directory];
  const { exitCode, stderr, problem } = await run(process.execPath, args, { env, timeoutMs: DOWNLOAD_TIMEOUT_MS });
  if (exitCode === 0) return undefined;
  return problem ?? stderr.trim().split('\n').at(-1) ?? 'it failed without a word';
}

/** Only this download needs the package, so that whoever installs ours need not have it. */
function findTesting(): string | undefined {
  try {
    return pathToFileURL(createRequire(import.meta.url).resolve('@temporalio/testing')).href;
  } catch {
    return undefined;
  }
}
