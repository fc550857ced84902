import type { History } from '@temporalio/common/lib/proto-utils.js';
import { FAST_TIMERS, VIRTUAL_TIME } from '../src/temporal/dev-server.js';
import { bundleToFile } from '../test/support/bundle-workflows.js';
import { openBenchOn, type ProvisionBench } from '../test/support/provision-bench.js';
import { startBenchServer } from './bench-server.js';
import { installRuntime } from './bench-worker.js';

/** Run a benchmark on a dev server whose workflows skip every wait, with a worker and a twin in this process. */
export async function onVirtualTime<Result>(
  options: Parameters<typeof openBenchOn>[1],
  measure: (bench: ProvisionBench) => Promise<Result>,
): Promise<Result> {
  installRuntime();
  const server = await startBenchServer({ dynamicConfig: [...VIRTUAL_TIME, ...FAST_TIMERS] });
  try {
    const bundle = await bundleToFile(new URL('../src/workflows/index.ts', import.meta.url));
    try {
      const bench = await openBenchOn({ address: server.address, codePath: bundle.path }, options);
      try {
        return await measure(bench);
      } finally {
        await bench.close();
      }
    } finally {
      await bundle.remove();
    }
  } finally {
    await server.stop();
  }
}

/** Events of a history as a run in production has it: each skip of the virtual clock adds one that is left out here. */
export function eventsOf({ events }: History): number {
  return (events ?? []).filter(({ workflowExecutionTimeSkippingTransitionedEventAttributes: skip }) => skip == null)
    .length;
}
