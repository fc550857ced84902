import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import {
  DEPROVISION_DEFAULTS,
  DEPROVISION_WORKFLOW_TYPE,
  type DeprovisionInput,
  type DeprovisionResult,
} from '../contract/deprovision.js';
import { WORKFLOW_TASK_TIMEOUT } from '../contract/messages.js';
import type { ProvisionResult } from '../contract/result.js';
import { checkDeprovisionInput } from '../schema/deprovision-input.js';
import type { deprovisionVpcEndpoint } from '../workflows/deprovision-vpc-endpoint.js';
import { InvalidInputError, RequestConflictError } from './errors.js';
import { firstArgumentOfRun } from './existing-run.js';

/** A removal that was started or joined. */
export interface StartedDeprovision {
  readonly workflowId: string;
  readonly runId: string;
  /** `started`: by this call; `joined`: it was running. */
  readonly how: 'started' | 'joined';
}

/** Workflow id of the removal of an endpoint: there is one at a time. */
export function deprovisionWorkflowId(EndpointId: string): string {
  return `deprovision/${EndpointId}`;
}

/** Whether a run ended as a removal does, and not as a provision. */
export function isDeprovisionResult(result: ProvisionResult | DeprovisionResult): result is DeprovisionResult {
  return result.outcome === 'deleted' || result.outcome === 'absent';
}

/**
 * Start the removal of an endpoint, or join the one that is under way. One that has ended is started anew, however it ended.
 *
 * @throws InvalidInputError - Before anything is started.
 * @throws RequestConflictError - The removal that is under way is of another region or account.
 */
export async function startDeprovision(
  client: Client,
  taskQueue: string,
  input: DeprovisionInput,
): Promise<StartedDeprovision> {
  const checked = checkDeprovisionInput(input);
  if (!checked.ok) throw new InvalidInputError('(none)', checked.problems);
  const workflowId = deprovisionWorkflowId(input.EndpointId);
  try {
    const handle = await client.workflow.start<typeof deprovisionVpcEndpoint>(DEPROVISION_WORKFLOW_TYPE, {
      workflowId,
      taskQueue,
      args: [input],
      workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      staticSummary: `removal of ${input.EndpointId} (${input.RegionId})`,
    });
    return { workflowId, runId: handle.firstExecutionRunId, how: 'started' };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return join(client, workflowId, input);
  }
}

async function join(client: Client, workflowId: string, input: DeprovisionInput): Promise<StartedDeprovision> {
  const { runId, type } = await client.workflow.getHandle(workflowId).describe();
  const theirs = type === DEPROVISION_WORKFLOW_TYPE ? await firstArgumentOfRun(client, workflowId, runId) : undefined;
  const fields = theirs === undefined ? ['(its start is not a removal)'] : differingFields(theirs, input);
  if (fields.length > 0) throw new RequestConflictError(workflowId, fields);
  // It was running when it was found in the way; where it has ended since, its result is a moment old.
  return { workflowId, runId, how: 'joined' };
}

/** Options never count: what is asked for is the end of one endpoint. */
function differingFields(theirs: Readonly<Record<string, unknown>>, ours: DeprovisionInput): string[] {
  const { account = DEPROVISION_DEFAULTS.account } = ours;
  return [
    ...(theirs['RegionId'] === ours.RegionId ? [] : ['RegionId']),
    ...(theirs['EndpointId'] === ours.EndpointId ? [] : ['EndpointId']),
    ...((theirs['account'] ?? DEPROVISION_DEFAULTS.account) === account ? [] : ['account']),
  ];
}
