import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import type { ProvisionInput } from '../../src/contract/input.js';
import { PROVISION_WORKFLOW_TYPE } from '../../src/contract/messages.js';
import { findTemporalBinary } from '../../src/temporal/find-binary.js';
import { createTestKit, type TestKit, type TestKitOptions } from '../../src/testing/index.js';
import type { provisionVpcEndpoint } from '../../src/workflows/index.js';

/* The SDK's time-skipping test server, as teams that use our testing kit run it. One environment a file; one run at a time. */

/** A started run, and the twin that it works with. */
export interface TimeSkippingRun extends TestKit {
  readonly workflowId: string;
  readonly handle: WorkflowHandle<typeof provisionVpcEndpoint>;
}

/** The environment of a test file. */
export interface TimeSkippingBench {
  /** Start a provision on a worker and a twin of its own, and let a test follow it. Time stands still but under `result()`. */
  run<Result>(
    input: unknown,
    options: TestKitOptions & { maxCachedWorkflows?: number },
    test: (run: TimeSkippingRun) => Promise<Result>,
  ): Promise<Result>;
  close(): Promise<void>;
}

/** Start the test server and bundle the workflows, once for a file. */
export async function openTimeSkipping(): Promise<TimeSkippingBench> {
  const { path } = await findTemporalBinary('temporal-test-server', { env: process.env });
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  return {
    run: async (input, { maxCachedWorkflows, ...kitOptions }, test) => {
      const kit = createTestKit(kitOptions);
      const taskQueue = `time-skipping-${randomUUID()}`;
      const workflowId = `test/${randomUUID()}`;
      const worker = await Worker.create({
        connection: environment.nativeConnection,
        taskQueue,
        workflowBundle,
        activities: kit.activities,
        ...(maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows }),
      });
      return worker.runUntil(async () => {
        const handle = await environment.client.workflow.start<typeof provisionVpcEndpoint>(PROVISION_WORKFLOW_TYPE, {
          workflowId,
          taskQueue,
          args: [input as ProvisionInput],
        });
        return test({ ...kit, workflowId, handle });
      });
    },
    close: () => environment.teardown(),
  };
}
