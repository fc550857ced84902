import { allHandlersFinished, condition, continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { ProvisionInput } from '../contract/input.js';
import type { Provision } from '../activities/index.js';
import type { Progress } from './accept-endpoint.js';
import type { RunMemory } from './run-state.js';
import type { provisionVpcEndpoint } from './provision-vpc-endpoint.js';

/**
 * What a run hands to its continuation, second argument of the workflow. Plain JSON.
 *
 * A run that parks for days writes events for each try, so it goes on as a new run before its history gets long. The request
 * goes along as it was checked: another version of the check must not change what is sent.
 */
export interface Continuation {
  readonly provision: Provision;
  readonly memory: RunMemory;
  readonly progress: Progress;
}

/** The continuation that this run was started with. Nobody but a run of this workflow can hand one over. */
export function continuationOf(given: Continuation | undefined): Continuation | undefined {
  return workflowInfo().continuedFromExecutionRunId === undefined ? undefined : given;
}

/** End this run and start its continuation. */
export async function continueRun(input: ProvisionInput, continuation: Continuation): Promise<never> {
  await condition(allHandlersFinished);
  return continueAsNew<typeof provisionVpcEndpoint>(input, continuation);
}
