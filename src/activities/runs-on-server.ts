import { ApplicationFailure, Context } from '@temporalio/activity';
import { isGrpcServiceError } from '@temporalio/client';
import type { RunRecords } from './dependencies.js';

/** gRPC status of what does not exist. */
const NOT_FOUND = 5;

/**
 * What the Temporal server of the running activity knows of runs.
 *
 * It is asked for the execution itself and not for what visibility lists: that lags behind, and this does not. A run is known
 * from its start until the retention of the namespace has passed since its end, whatever its type and however it ended.
 */
export const runsOnServer: RunRecords = {
  async retentionMs() {
    const { client } = Context.current();
    const { namespace } = client.options;
    const { config } = await answered(`how long the namespace ${namespace} keeps runs`, () =>
      client.workflowService.describeNamespace({ namespace }),
    );
    return Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1_000;
  },

  async isKnown(workflowId) {
    const { client } = Context.current();
    const { namespace } = client.options;
    return answered(`whether ${workflowId} has a run`, async () => {
      try {
        await client.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } });
        return true;
      } catch (error) {
        // The same status says that there is no such namespace, which is no word about its runs.
        const isAbsent = isGrpcServiceError(error) && (error.code as number) === NOT_FOUND;
        if (isAbsent && !/^namespace\b/i.test(error.details)) return false;
        throw error;
      }
    });
  },
};

/** An answer of the server, or a failure that has the attempt repeated: no answer is never taken for "no". */
async function answered<Answer>(question: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    const why = isGrpcServiceError(error) ? error.details : error instanceof Error ? error.message : String(error);
    throw ApplicationFailure.create({
      type: 'ServerNotAnswering',
      message: `The Temporal server did not say ${question}: ${why}`,
    });
  }
}
