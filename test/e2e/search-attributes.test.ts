import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { expect, test } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../src/contract/search-attributes.js';
import { startDevServer, type DevServerOptions } from '../../src/temporal/dev-server.js';
import { findTemporalBinary } from '../../src/temporal/find-binary.js';

const ours = Object.keys(SEARCH_ATTRIBUTES).sort();

async function registeredBy(options: DevServerOptions): Promise<string[]> {
  const server = await startDevServer(options);
  const connection = await Connection.connect({ address: server.address });
  try {
    const answer = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
    return Object.keys(answer.customAttributes)
      .filter((name) => name.startsWith('Pvl'))
      .sort();
  } finally {
    await connection.close();
    await server.stop();
  }
}

test('a dev server registers search attributes, also in a file that was made without them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pvl-attributes-'));
  try {
    const { path } = await findTemporalBinary('temporal', { env: process.env });
    const options = { binary: path, env: process.env, dbFilename: join(folder, 'state.db') };
    const withThem = { ...options, searchAttributes: SEARCH_ATTRIBUTES };
    expect(await registeredBy(options)).toEqual([]);
    expect(await registeredBy(withThem)).toEqual(ours);
    expect(await registeredBy(withThem)).toEqual(ours);
    // In memory.
    expect(await registeredBy({ binary: path, env: process.env, searchAttributes: SEARCH_ATTRIBUTES })).toEqual(ours);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
