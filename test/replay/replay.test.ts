import { readdirSync, readFileSync } from 'node:fs';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleToFile, type BundleFile } from '../support/bundle-workflows.js';
import { SHIPPED_PATHS } from './paths.js';

const folder = new URL('./histories/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));

describe('histories of shipped versions', () => {
  let bundle: BundleFile;
  beforeAll(async () => {
    bundle = await bundleToFile(new URL('../../src/workflows/index.ts', import.meta.url));
  });
  afterAll(() => bundle.remove());

  it('there is one for every shipped path', () => {
    expect(files.map((file) => file.replace(/\.json$/, '')).sort()).toEqual(
      expect.arrayContaining(SHIPPED_PATHS.map(({ name }) => name).sort()),
    );
  });

  it.each(files)('%s replays', async (file) => {
    const history: unknown = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
    await Worker.runReplayHistory({ workflowBundle: { codePath: bundle.path } }, history, 'replayed/run');
  });

  it('notices a history that this version would not have written', async () => {
    const text = readFileSync(new URL('created.json', folder), 'utf8').replaceAll('"createEndpoint"', '"makeEndpoint"');
    await expect(
      Worker.runReplayHistory({ workflowBundle: { codePath: bundle.path } }, JSON.parse(text), 'replayed/run'),
    ).rejects.toThrow(/Nondeterminism/);
  });
});
