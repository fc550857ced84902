import type { Client, WorkflowHandle } from '@temporalio/client';
import {
  FIND_ORPHANS_DEFAULTS,
  FIND_ORPHANS_WORKFLOW_TYPE,
  type FindOrphansInput,
  type OrphanedEndpoint,
  type OrphanReport,
} from '../contract/orphans.js';
import { DEFAULT_ACCOUNT } from '../contract/task-queues.js';
import { durationMs } from '../model/duration.js';
import { checkFindOrphansInput } from '../schema/orphans-input.js';
import type { findOrphans as findOrphansWorkflow } from '../workflows/find-orphans.js';
import { InvalidInputError, ProvisionCancelledError, ProvisionCutOffError } from './errors.js';

/** How to sweep. */
export interface SweepOptions {
  /** `orphansWorkflowId(input)` when left out. */
  readonly workflowId?: string | undefined;
}

/** Workflow id of the sweeps of one account and region, when the caller names none. */
export function orphansWorkflowId({ account = DEFAULT_ACCOUNT, RegionId }: FindOrphansInput): string {
  return `orphans/${account}/${RegionId}`;
}

/**
 * Run a sweep and wait for its report, or join the one of the id that is under way.
 *
 * @param reportOf - Waits for the end of a run, as for any other.
 * @throws InvalidInputError - Before anything is started. @throws ProvisionFailedError - The sweep failed.
 * @throws ProvisionCancelledError - It was cancelled or cut off.
 */
export async function findOrphans(
  client: Client,
  taskQueue: string,
  input: FindOrphansInput,
  { workflowId = orphansWorkflowId(input) }: SweepOptions,
  reportOf: (handle: WorkflowHandle<typeof findOrphansWorkflow>) => Promise<OrphanReport>,
): Promise<OrphanReport> {
  const checked = checkFindOrphansInput(input);
  if (!checked.ok) throw new InvalidInputError(workflowId, checked.problems);
  const { account = DEFAULT_ACCOUNT, RegionId, olderThan = FIND_ORPHANS_DEFAULTS.olderThan } = input;
  for (;;) {
    const handle = await client.workflow.start<typeof findOrphansWorkflow>(FIND_ORPHANS_WORKFLOW_TYPE, {
      workflowId,
      taskQueue,
      args: [input],
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: `Orphans of ${account} in ${RegionId}`,
    });
    const report = await reportOf(handle).catch((error: unknown) => {
      const isOver = error instanceof ProvisionCancelledError || error instanceof ProvisionCutOffError;
      // A sweep makes nothing, however it is ended.
      throw isOver ? new ProvisionCancelledError(workflowId, { outcome: 'nothingCreated' }, error) : error;
    });
    // A sweep that was joined may have been told another age, or, under an id of the caller, another place.
    const isThisPlace = report.account === account && report.RegionId === RegionId;
    if (isThisPlace && durationMs(report.olderThan) === durationMs(olderThan)) return report;
  }
}

/** What a report says of one endpoint; `undefined` where it does not name it. */
export function findInReport(
  { orphans, unaccounted }: OrphanReport,
  EndpointId: string,
): { readonly isOrphan: boolean; readonly endpoint: OrphanedEndpoint } | undefined {
  const isIt = (one: OrphanedEndpoint) => one.EndpointId === EndpointId;
  const orphan = orphans.find(isIt);
  const endpoint = orphan ?? unaccounted.find(isIt);
  return endpoint && { isOrphan: orphan !== undefined, endpoint };
}
