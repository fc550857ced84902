import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { cacheDirectory } from '../../src/temporal/binary-cache.js';
import { ask, installOnce, retrying, say } from './install-once.js';

/** The real Prometheus, and the tool that checks its rules, as files that run. */
export interface PrometheusBinaries {
  readonly prometheus: string;
  readonly promtool: string;
}

/**
 * Find Prometheus on the PATH, else take Debian's package out of its archive into the cache, which needs no root.
 *
 * @throws Error - It cannot be had: alerts and dashboard are then not checked.
 */
export async function prometheusBinaries(): Promise<PrometheusBinaries> {
  const [prometheus, promtool] = await Promise.all([onPath('prometheus'), onPath('promtool')]);
  if (prometheus !== undefined && promtool !== undefined) return { prometheus, promtool };
  const base = join(cacheDirectory(process.env, homedir()), 'prometheus-of-debian');
  try {
    const folder = await installOnce(base, async (target) => {
      say(`Taking Prometheus out of Debian's package into ${target} (once)`);
      // apt-get writes the package into its working folder, and knows no other.
      await retrying('sh', [
        '-ec',
        'cd "$0" && apt-get --quiet download prometheus && dpkg-deb -x prometheus_*.deb . && rm *.deb',
        target,
      ]);
    });
    const found = { prometheus: join(folder, 'usr/bin/prometheus'), promtool: join(folder, 'usr/bin/promtool') };
    const { stderr, stdout, exitCode } = await ask(found.promtool, ['--version']);
    if (exitCode !== 0) throw new Error(stdout + stderr);
    return found;
  } catch (error) {
    throw new Error('Alerts and dashboard are NOT checked: put prometheus and promtool on the PATH', { cause: error });
  }
}

async function onPath(name: string): Promise<string | undefined> {
  const files = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  const runs = await Promise.all(
    files.map((file) =>
      access(file, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return files.find((_, index) => runs[index]);
}
