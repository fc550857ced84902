import type { AcceptedZone } from './create-rules.js';
import type { SimulatedEndpoint } from './endpoint.js';
import { Refusal } from './refusals.js';

/** A zone that an endpoint has. */
export type SimulatedZone = AcceptedZone & {
  readonly EniId: string;
  readonly EniIp: string;
  readonly ZoneStatus: string;
};

/** One removal that was accepted. */
interface Removal {
  readonly goneAtMs: number;
  readsLeft: number;
  gone: boolean;
}

/** The removals of an endpoint's zones. Like the endpoint they change by themselves, but only when they are settled. */
export class ZoneRemovals {
  readonly #removals = new Map<string, Removal>();

  /** Begin to remove a zone: it is gone at a time, but not before so many lists of zones still had it. */
  start(ZoneId: string, goneAtMs: number, reads: number): void {
    this.#removals.set(ZoneId, { goneAtMs, readsLeft: reads, gone: false });
  }

  /** Count an answer that listed the zones. */
  countRead(): void {
    for (const removal of this.#removals.values()) removal.readsLeft -= 1;
  }

  /** Bring every removal up to a time. */
  settle(nowMs: number): void {
    for (const removal of this.#removals.values()) removal.gone ||= removal.goneAtMs <= nowMs && removal.readsLeft <= 0;
  }

  /** How far the removal of a zone has come; `undefined` where none was accepted. */
  stateOf(ZoneId: string): 'going' | 'gone' | undefined {
    const removal = this.#removals.get(ZoneId);
    return removal && (removal.gone ? 'gone' : 'going');
  }
}

/**
 * Check whether a zone of an endpoint can be removed now. Which of its codes the service uses for which state of things
 * is inferred, but for EndpointNotFound, EndpointZoneNotFound and the count of a GatewayLoadBalancer endpoint.
 *
 * @param refuseWhileCreating - Refuse it as long as the endpoint is Creating.
 * @throws Refusal - It cannot.
 */
export function checkZoneRemoval(endpoint: SimulatedEndpoint, ZoneId: string, refuseWhileCreating: boolean): void {
  const { zones, EndpointStatus, ConnectionStatus } = endpoint;
  if (EndpointStatus === 'Deleting') throw new Refusal('EndpointOperationDenied');
  if (!zones.some((zone) => zone.ZoneId === ZoneId)) throw new Refusal('EndpointZoneNotFound');
  if (EndpointStatus === 'Creating' && refuseWhileCreating) throw new Refusal('EndpointConnectionOperationDenied');
  if (ConnectionStatus === 'Connecting' || ConnectionStatus === 'Disconnecting') {
    throw new Refusal('EndpointConnectionOperationDenied');
  }
  if (EndpointStatus === 'Pending' || zones.some((zone) => zone.ZoneStatus === 'Deleting')) {
    throw new Refusal('EndpointLocked');
  }
  if (endpoint.birth.request.EndpointType === 'GatewayLoadBalancer' && zones.length === 1) {
    throw new Refusal('GatewayLoadBalancerZoneCountDeny');
  }
}
