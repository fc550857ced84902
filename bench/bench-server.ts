import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment } from '../src/cli/stack-environment.js';
import { ONE_PARTITION, startDevServer, type DevServer, type DevServerOptions } from '../src/temporal/dev-server.js';
import { findTemporalBinary } from '../src/temporal/find-binary.js';

/** A dev server of its own for one benchmark. */
export interface BenchServer extends DevServer {
  /** Folder for whatever else the benchmark writes; goes with the server. */
  readonly folder: string;
}

/** Start a dev server on a fresh SQLite file, as `pvlctl dev` has it. */
export async function startBenchServer(
  options: Pick<DevServerOptions, 'dynamicConfig'> = {},
  log = (line: string) => process.stderr.write(`${line}\n`),
): Promise<BenchServer> {
  const binary = await findTemporalBinary('temporal', { env: process.env, log });
  log(binary.description);
  const folder = mkdtempSync(join(tmpdir(), 'pvl-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const server = await startDevServer({
      binary: binary.path,
      env: cleanEnvironment(process.env),
      dbFilename: join(folder, 'temporal.db'),
      dynamicConfig: [...ONE_PARTITION, ...(options.dynamicConfig ?? [])],
    });
    return { ...server, folder, stop: () => server.stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}
