import { Context } from '@temporalio/activity';
import { PROVISION_WORKFLOW_TYPE } from '../contract/messages.js';
import type { KnownRuns } from '../model/watched-endpoints.js';
import { lacksVisibility } from './visibility.js';

/** Visibility lags behind: a run that was started within this time may be missing there. */
const LAG_MS = 600_000;

/** Ask visibility once which provisions are open. Of a server without visibility nothing is known: any run may be new. */
export async function knownRuns(): Promise<KnownRuns> {
  const { client } = Context.current();
  const askedAtMs = Date.now();
  const open = new Set<string>();
  const mayBeNew = (createTime: string | undefined) => {
    const createdAtMs = Date.parse(createTime ?? '');
    return Number.isNaN(createdAtMs) || createdAtMs > askedAtMs - LAG_MS;
  };
  try {
    const query = `WorkflowType = '${PROVISION_WORKFLOW_TYPE}' AND ExecutionStatus = 'Running'`;
    for await (const { workflowId } of client.workflow.list({ query, pageSize: 1_000 })) open.add(workflowId);
  } catch (error) {
    if (lacksVisibility(error)) {
      return { isOpen: () => false, mayBeNew: () => true };
    }
    throw error;
  }
  return { isOpen: (workflowId) => open.has(workflowId), mayBeNew };
}
