import { proxyActivities, sleep } from '@temporalio/workflow';
import type { CallParameters, EndpointRef } from '../../src/privatelink/port.js';

/** Parameters of CreateVpcEndpoint. */
export type PlainRequest = CallParameters & { readonly RegionId: string };

/** What the two plain ways need of a worker. */
export interface PlainActivities {
  /** @returns The id of the new endpoint. */
  createEndpoint(request: PlainRequest): Promise<string>;
  /** @returns Its status now. */
  endpointStatus(ref: EndpointRef): Promise<string>;
  /** Returns when the endpoint is Active. */
  untilActive(ref: EndpointRef): Promise<void>;
}

/** What both of them return. `activeAt`: when the workflow knew, ISO text. */
export interface PlainResult {
  readonly EndpointId: string;
  readonly activeAt: string;
}

const { createEndpoint, endpointStatus } = proxyActivities<PlainActivities>({ startToCloseTimeout: '30s' });
const { untilActive } = proxyActivities<PlainActivities>({ startToCloseTimeout: '1d', heartbeatTimeout: '30s' });

/** The loop in the workflow: look, sleep 5 s, look again. */
export async function waitByTimer(request: PlainRequest): Promise<PlainResult> {
  const EndpointId = await createEndpoint(request);
  while ((await endpointStatus({ RegionId: request.RegionId, EndpointId })) !== 'Active') await sleep('5s');
  return { EndpointId, activeAt: new Date().toISOString() };
}

/** The loop in an activity, which beats and looks every 5 s for as long as it takes. */
export async function waitByHeartbeat(request: PlainRequest): Promise<PlainResult> {
  const EndpointId = await createEndpoint(request);
  await untilActive({ RegionId: request.RegionId, EndpointId });
  return { EndpointId, activeAt: new Date().toISOString() };
}
