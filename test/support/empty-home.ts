import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';

/**
 * A home folder of its own for each test of a file, and none of the cloud's variables: no credentials of this machine are
 * found.
 */
export function useEmptyHome(): { readonly path: string } {
  const home = { path: '' };
  beforeEach(async () => {
    home.path = await mkdtemp(path.join(os.tmpdir(), 'empty-home-'));
    for (const name of Object.keys(process.env)) {
      if (name.startsWith('ALIBABA_CLOUD_')) vi.stubEnv(name, undefined);
    }
    vi.stubEnv('HOME', home.path);
    vi.stubEnv('ALIBABA_CLOUD_ECS_METADATA_DISABLED', 'true');
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(home.path, { recursive: true });
  });
  return home;
}
