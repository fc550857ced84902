import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  ChildWorkflowFailure,
  condition,
  defineSignal,
  executeChild,
  ParentClosePolicy,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import {
  DEFAULT_TASK_QUEUE,
  DEPROVISION_WORKFLOW_TYPE,
  PROVISION_WORKFLOW_TYPE,
  vpcEndpointProvisionedSignal,
  type FailureDetails,
  type FailureType,
  type ProvisionedNotice,
  type ProvisionInput,
  type ProvisionResult,
} from 'durable-privatelink/contract';
import type { deprovisionVpcEndpoint, provisionVpcEndpoint } from 'durable-privatelink/workflows';

/** What an order needs to reach the payment service. */
export interface OrderEnvironmentInput {
  readonly orderId: string;
  readonly request: ProvisionInput['request'];
}

/** The environment of an order, or why it has to wait. */
export type OrderEnvironment =
  | { readonly state: 'ready'; readonly endpointId: string; readonly domain: string }
  | { readonly state: 'waitingForQuota'; readonly code: string; readonly advice: string };

/** Tells an order that all of it is done. */
export const orderFulfilledSignal = defineSignal('orderFulfilled');

/** How we start the child. */
const provisioning = (input: OrderEnvironmentInput, more: Partial<ProvisionInput> = {}) => ({
  // An id of our own makes it the same request whoever starts it again.
  workflowId: `order/${input.orderId}/endpoint`,
  // Where `pvlctl worker` works. We have a task queue and a worker of our own.
  taskQueue: DEFAULT_TASK_QUEUE,
  // Who cancels the order before its endpoint is ready wants none: the provision removes what it made.
  args: [{ request: input.request, onCancel: 'delete', ...more }] as [ProvisionInput],
});

/**
 * Set up the environment of an order, and say so when a quota has to be raised first. Cancelled, it waits until the child
 * has removed what it made.
 */
export async function orderEnvironment(input: OrderEnvironmentInput): Promise<OrderEnvironment> {
  try {
    const result = await executeChild<typeof provisionVpcEndpoint>(PROVISION_WORKFLOW_TYPE, {
      ...provisioning(input, { retry: { quota: { timeout: '2h' } } }),
      // What becomes of the child when we are terminated. The default of the engine, TERMINATE, would cut it off, and what
      // it made would be left. A child that is cancelled cleans up after itself.
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    });
    return ready(result);
  } catch (error) {
    const quota = quotaFailure(error);
    if (quota === undefined) throw error;
    return { state: 'waitingForQuota', code: quota.code, advice: quota.advice };
  }
}

/**
 * The same, but the provision outlives us if it has to, and signals its outcome to whoever has our workflow id by then.
 * Cancelled, it waits for that signal, too.
 *
 * @throws ApplicationFailure - With the type and the details of the failed provision.
 */
export async function orderEnvironmentByNotice(input: OrderEnvironmentInput): Promise<OrderEnvironment> {
  let notice: ProvisionedNotice | undefined;
  setHandler(vpcEndpointProvisionedSignal, (received) => {
    notice = received;
  });
  const child = await startChild<typeof provisionVpcEndpoint>(PROVISION_WORKFLOW_TYPE, {
    ...provisioning(input, { notify: [{ workflowId: workflowInfo().workflowId }] }),
    // It goes on when we are terminated, and is ready for the next order of this id. A cancellation still reaches it.
    parentClosePolicy: ParentClosePolicy.ABANDON,
  });
  // A cancellation reaches the child, not this wait: the notice comes once the child has removed what it made.
  const noticed = CancellationScope.nonCancellable(() => condition(() => notice !== undefined));
  try {
    await Promise.race([noticed, child.result()]);
  } catch (error) {
    // An input that breaks the contract notifies nobody, nor does a run that is terminated: only its end tells of those.
    if (notice === undefined) throw error;
  }
  return settled(notice);
}

/**
 * An order from its first day on: its endpoint, then everything else. If that fails, or the order is cancelled, at whatever
 * time, the endpoint goes, too.
 */
export async function order(input: OrderEnvironmentInput): Promise<OrderEnvironment> {
  let isFulfilled = false;
  setHandler(orderFulfilledSignal, () => {
    isFulfilled = true;
  });
  const environment = await orderEnvironment(input);
  if (environment.state !== 'ready') return environment;
  try {
    // Stands for the rest of an order, which takes days.
    await condition(() => isFulfilled);
    return environment;
  } catch (error) {
    // The provision is over, so there is nothing left to cancel: a workflow of its own removes what it made.
    await CancellationScope.nonCancellable(() => removeEndpoint(input, environment.endpointId));
    throw error;
  }
}

/** Remove the endpoint of an order. Its absence is proven when this returns. */
async function removeEndpoint({ request }: OrderEnvironmentInput, endpointId: string): Promise<void> {
  await executeChild<typeof deprovisionVpcEndpoint>(DEPROVISION_WORKFLOW_TYPE, {
    workflowId: `deprovision/${endpointId}`,
    taskQueue: DEFAULT_TASK_QUEUE,
    args: [{ RegionId: request.RegionId, EndpointId: endpointId }],
    // Whatever becomes of us, a removal that has begun goes on.
    parentClosePolicy: ParentClosePolicy.ABANDON,
  });
}

function settled(notice: ProvisionedNotice | undefined): OrderEnvironment {
  if (notice?.result !== undefined) return ready(notice.result);
  if (notice?.failure === undefined) throw new CancelledFailure('The provision was cancelled');
  const { type, message, details } = notice.failure;
  throw ApplicationFailure.create({ type, message, details: [details], nonRetryable: true });
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
