import { executeChild, proxyActivities } from '@temporalio/workflow';
import type { ProvisionInput, ProvisionResult } from '../../src/contract/index.js';

const { welcome } = proxyActivities<{ welcome(name: string): Promise<string> }>({ startToCloseTimeout: '10s' });

/** A workflow of a team, which has an endpoint made by ours on its own task queue. */
export async function setUpOrder(name: string, input: ProvisionInput): Promise<string> {
  const { endpoint } = await executeChild<(input: ProvisionInput) => Promise<ProvisionResult>>('provisionVpcEndpoint', {
    args: [input],
  });
  return `${await welcome(name)}: ${endpoint?.EndpointStatus ?? ''}`;
}
