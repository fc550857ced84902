/**
 * Record the history of every shipped path that has none yet under test/replay/histories; of those that are named as
 * arguments, where there are any.
 *
 * What is recorded is never recorded again: histories of old versions are what the replay tests are for.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import '../test/support/quiet-runtime.js';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { TestProject } from 'vitest/node';
import { RECORDING_OPTIONS, SHIPPED_PATHS } from '../test/replay/paths.js';
import { openBenchOn } from '../test/support/provision-bench.js';
import { setup } from '../test/support/virtual-time-server.js';

const named = process.argv.slice(2);
const provided: Record<string, string> = {};
const teardown = await setup({
  provide: (name: string, value: string) => {
    provided[name] = value;
  },
} as unknown as TestProject);
const server = { address: provided['temporalAddress'] ?? '', codePath: provided['workflowBundlePath'] ?? '' };
const benches = {
  memo: await openBenchOn(server, RECORDING_OPTIONS),
  searchAttributes: await openBenchOn(server, { ...RECORDING_OPTIONS, fleet: 'searchAttributes' }),
};
try {
  for (const path of SHIPPED_PATHS) {
    const file = new URL(`../test/replay/histories/${path.name}.json`, import.meta.url);
    if (existsSync(file) || (named.length > 0 && !named.includes(path.name))) continue;
    const bench = benches[path.fleet ?? 'memo'];
    const workflowId = await path.take(bench);
    const history = await bench.client.workflow.getHandle(workflowId).fetchHistory();
    await writeFile(file, `${JSON.stringify(withoutTraces(JSON.parse(historyToJSON(history))), null, 1)}\n`);
    process.stdout.write(`${path.name}: ${history.events?.length ?? 0} events\n`);
  }
} finally {
  await Promise.all(Object.values(benches).map((bench) => bench.close()));
  await teardown();
}

/** Drop what tells of the machine that recorded: stack traces, identities, build ids. Replay needs none of it. */
function withoutTraces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTraces);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === 'stackTrace') return [key, ''];
      if (key === 'identity') return [key, 'recorder'];
      return [key, withoutTraces(inner)];
    }),
  );
}
