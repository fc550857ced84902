import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { ProvisionInput } from '../contract/input.js';
import { isObject } from '../schema/schema-problems.js';

/** Read the input of a run from its start event: the one place that every starter, ours or not, fills. */
export async function inputOfRun(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<ProvisionInput | undefined> {
  const input = await firstArgumentOfRun(client, workflowId, runId);
  return isObject(input?.request) ? (input as unknown as ProvisionInput) : undefined;
}

/** The same for a run of any type; `undefined` where its first argument is no object. */
export async function firstArgumentOfRun(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  const payloads = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads;
  const [input] = await decodeArrayFromPayloads(client.options.loadedDataConverter, payloads);
  return isObject(input) ? input : undefined;
}
