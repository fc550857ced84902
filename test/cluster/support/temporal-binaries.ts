import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { cacheDirectory } from '../../../src/temporal/binary-cache.js';
import { findTemporalBinary } from '../../../src/temporal/find-binary.js';
import { installOnce, retrying, say } from '../../support/install-once.js';

/** Where the programs of the server's images are on this machine. */
export interface TemporalBinaries {
  /** `temporal-server` and `temporal-sql-tool`. */
  readonly serverFolder: string;
  /** `temporal`. */
  readonly cliFolder: string;
}

/**
 * The Temporal server of a version, compiled once: there is no other way to have it without a container engine.
 *
 * Some 7 minutes and 2.2 GB of memory on two cores; then 190 MB in the cache, beside what Go keeps.
 *
 * @param version - As in the image's tag, `1.32.0`.
 * @throws Error - There is no Go, or its proxy cannot be reached: nothing has been run on a cluster then.
 */
export async function temporalBinaries(version: string): Promise<TemporalBinaries> {
  const base = join(cacheDirectory(process.env, homedir()), `temporal-server-${version}`);
  const serverFolder = await installOnce(base, async (target) => {
    say(`Compiling the Temporal server ${version} into ${target} (once; some minutes)`);
    // Go names a program after its folder: both are renamed.
    for (const [path, made, wanted] of [
      ['cmd/server', 'server', 'temporal-server'],
      ['cmd/tools/sql', 'sql', 'temporal-sql-tool'],
    ] as const) {
      await retrying('sh', [
        '-ec',
        'GOBIN="$0" CGO_ENABLED=0 nice -n 10 go install -ldflags "-s -w" "$1" && mv "$0/$2" "$0/$3"',
        target,
        `go.temporal.io/server/${path}@v${version}`,
        made,
        wanted,
      ]);
    }
  });
  for (const name of ['temporal-server', 'temporal-sql-tool']) await access(join(serverFolder, name));
  const { path } = await findTemporalBinary('temporal', { env: process.env, log: say });
  return { serverFolder, cliFolder: dirname(path) };
}
