import { getExternalWorkflowHandle, log, workflowInfo } from '@temporalio/workflow';
import type { DeprovisionedNotice } from '../contract/deprovision.js';
import type { ProvisionedNotice } from '../contract/messages.js';
import type { Provision } from '../activities/index.js';

/**
 * Signal every workflow that wants to hear of the outcome.
 *
 * One that is closed or unknown is passed over with a warning: the outcome of a provision does not depend on who listens.
 */
export async function notifyAll(
  provision: Pick<Provision, 'notify'>,
  notice: WithoutIds<ProvisionedNotice> | WithoutIds<DeprovisionedNotice>,
): Promise<void> {
  const { workflowId, runId } = workflowInfo();
  const full = { workflowId, runId, ...notice };
  await Promise.all(
    provision.notify.map(async (target) => {
      try {
        await getExternalWorkflowHandle(target.workflowId).signal(target.signal, full);
      } catch (error) {
        log.warn('A workflow that wanted to be notified was not reached', {
          target: target.workflowId,
          signal: target.signal,
          reason: error instanceof Error ? error.message : String(error),
        });
      }
    }),
  );
}

type WithoutIds<Notice> = Omit<Notice, 'workflowId' | 'runId'>;
