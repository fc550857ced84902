import {
  ApplicationFailure,
  ChildWorkflowFailure,
  condition,
  executeChild,
  ParentClosePolicy,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import {
  DEFAULT_TASK_QUEUE,
  PROVISION_WORKFLOW_TYPE,
  vpcEndpointProvisionedSignal,
  type FailureDetails,
  type FailureType,
  type ProvisionedNotice,
  type ProvisionInput,
  type ProvisionResult,
} from 'durable-privatelink/contract';
import type { provisionVpcEndpoint } from 'durable-privatelink/workflows';

/** What an order needs to reach the payment service. */
export interface OrderEnvironmentInput {
  readonly orderId: string;
  readonly request: ProvisionInput['request'];
}

/** The environment of an order, or why it has to wait. */
export type OrderEnvironment =
  | { readonly state: 'ready'; readonly endpointId: string; readonly domain: string }
  | { readonly state: 'waitingForQuota'; readonly code: string; readonly advice: string };

/** How we start the child. */
const provisioning = (input: OrderEnvironmentInput, more: Partial<ProvisionInput> = {}) => ({
  // An id of our own makes it the same request whoever starts it again.
  workflowId: `order/${input.orderId}/endpoint`,
  // Where `pvlctl worker` works.
  taskQueue: DEFAULT_TASK_QUEUE,
  args: [{ request: input.request, ...more }] as [ProvisionInput],
});

/** Set up the environment of an order, and say so when a quota has to be raised first. */
export async function orderEnvironment(input: OrderEnvironmentInput): Promise<OrderEnvironment> {
  try {
    const result = await executeChild<typeof provisionVpcEndpoint>(
      PROVISION_WORKFLOW_TYPE,
      provisioning(input, { retry: { quota: { timeout: '2h' } } }),
    );
    return ready(result);
  } catch (error) {
    const quota = quotaFailure(error);
    if (quota === undefined) throw error;
    return { state: 'waitingForQuota', code: quota.code, advice: quota.advice };
  }
}

/**
 * The same, without waiting in the child: it outlives us if it has to, and signals us its outcome.
 *
 * @throws ApplicationFailure - With the type and the details of the failed provision.
 */
export async function orderEnvironmentByNotice(input: OrderEnvironmentInput): Promise<OrderEnvironment> {
  let notice: ProvisionedNotice | undefined;
  setHandler(vpcEndpointProvisionedSignal, (received) => {
    notice = received;
  });
  await startChild<typeof provisionVpcEndpoint>(PROVISION_WORKFLOW_TYPE, {
    ...provisioning(input, { notify: [{ workflowId: workflowInfo().workflowId }] }),
    parentClosePolicy: ParentClosePolicy.ABANDON,
  });
  await condition(() => notice !== undefined);
  return settled(notice);
}

function settled(notice: ProvisionedNotice | undefined): OrderEnvironment {
  if (notice?.result !== undefined) return ready(notice.result);
  const failure = notice?.failure;
  throw ApplicationFailure.create({
    type: failure?.type ?? 'Cancelled',
    message: failure?.message ?? 'The provision was cancelled',
    details: failure === undefined ? [] : [failure.details],
    nonRetryable: true,
  });
}

function ready({ endpoint }: ProvisionResult): OrderEnvironment {
  return { state: 'ready', endpointId: endpoint?.EndpointId ?? '', domain: endpoint?.EndpointDomain ?? '' };
}

/** The failure of a child arrives wrapped; the first entry of its details is the description. */
function quotaFailure(error: unknown): FailureDetails | undefined {
  const failure = error instanceof ChildWorkflowFailure ? error.cause : undefined;
  if (!(failure instanceof ApplicationFailure) || failure.type !== ('QuotaExceeded' satisfies FailureType)) return;
  return failure.details?.[0] as FailureDetails;
}
