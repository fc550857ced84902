import type { Tag } from '../../model/endpoint.js';
import { AddressesInUse, type AddressOwner } from './addresses-in-use.js';
import type { EndpointService } from './endpoint-service.js';
import type { EndpointChange, ForcedStatuses, SimulatedEndpoint } from './endpoint.js';

/** What happened to an endpoint, however it came about. */
export interface Effect {
  /** When it truly happened by the engine's clock, ISO text; it may have been noticed later. */
  readonly at: string;
  /**
   * `deleting`: a deletion was accepted; `deleted`: it ended. `changing`: a change of anything else was accepted; `changed`,
   * `connected`, `disconnected`, `zoneChanged` and `zoneRemoved`: one ended. `forced` and `removed`: by the hand of a test.
   */
  readonly kind:
    | EndpointChange['kind']
    | 'created'
    | 'deleting'
    | 'deleted'
    | 'changing'
    | 'forced'
    | 'removed'
    | 'serviceCreated'
    | 'serviceChanged'
    | 'serviceDeleting'
    | 'serviceDeleted';
  /** Empty where it happened to a service. */
  readonly EndpointId: string;
  readonly ServiceId: string;
  /** Whose the endpoint or the service is. */
  readonly accountId: string;
  readonly RegionId: string;
  readonly Tags: readonly Tag[];
  /** Action that had this effect; missing for what happens by itself. */
  readonly action?: string;
  /** Of the call that had this effect. */
  readonly ClientToken?: string;
}

/** The call that an effect is of. */
export type Cause = Pick<Effect, 'action' | 'ClientToken'>;

/** Tells of what happened to a service. */
export function serviceEffect(
  kind: Effect['kind'],
  service: EndpointService,
  atMs: number,
  { action, ClientToken }: Cause = {},
): Effect {
  const { ServiceId, RegionId, accountId } = service.birth;
  return {
    at: new Date(atMs).toISOString(),
    kind,
    EndpointId: '',
    ServiceId,
    accountId,
    RegionId,
    Tags: service.attributes.tags,
    ...(action === undefined ? {} : { action }),
    ...(ClientToken === undefined ? {} : { ClientToken }),
  };
}

/** The endpoints that exist. Everything read from it has settled at the present time. */
export class EndpointStore {
  readonly #now: () => number;
  readonly #onEffect: (effect: Effect) => void;
  readonly #endpoints = new Map<string, SimulatedEndpoint>();
  /** The same by account and region, and by VPC: lists and quotas look at no others. */
  readonly #places = new Map<string, Set<SimulatedEndpoint>>();
  readonly #addresses = new AddressesInUse();

  constructor(now: () => number, onEffect: (effect: Effect) => void) {
    this.#now = now;
    this.#onEffect = onEffect;
  }

  add(endpoint: SimulatedEndpoint): void {
    this.#endpoints.set(endpoint.EndpointId, endpoint);
    for (const key of placesOf(endpoint)) this.#places.set(key, (this.#places.get(key) ?? new Set()).add(endpoint));
    this.#addresses.note(endpoint);
    const { createdAtMs, ClientToken } = endpoint.birth;
    const cause = { action: 'CreateVpcEndpoint', ...(ClientToken === undefined ? {} : { ClientToken }) };
    this.note('created', endpoint, createdAtMs, cause);
    this.#settle(endpoint);
  }

  /** An endpoint by its id. */
  find(EndpointId: string): SimulatedEndpoint | undefined {
    const endpoint = this.#endpoints.get(EndpointId);
    return endpoint !== undefined && this.#settle(endpoint) ? endpoint : undefined;
  }

  /** All endpoints, or those of one account and region, in the order of their creation. */
  all(owner?: { readonly accountId: string; readonly RegionId: string }): SimulatedEndpoint[] {
    const candidates =
      owner === undefined ? this.#endpoints.values() : this.#places.get(`${owner.accountId} ${owner.RegionId}`);
    return this.#settled(candidates);
  }

  /** The endpoints of one VPC. */
  ofVpc(RegionId: string, VpcId: string): SimulatedEndpoint[] {
    return this.#settled(this.#places.get(`vpc ${RegionId} ${VpcId}`));
  }

  /** The endpoints of one service. */
  ofService(ServiceId: string): SimulatedEndpoint[] {
    return this.#settled(this.#places.get(`service ${ServiceId}`));
  }

  /** Whether a VPC may have so many endpoints: cheap, because it is asked at every create call. */
  mayFill(RegionId: string, VpcId: string, quota: number): boolean {
    return (this.#places.get(`vpc ${RegionId} ${VpcId}`)?.size ?? 0) >= quota;
  }

  /** Whether an endpoint of an account has an address, which is given as `<vSwitch> <address>`. */
  hasAddress(owner: AddressOwner, address: string): boolean {
    const holder = this.#addresses.holderOf(owner, address);
    if (holder !== undefined) this.#settle(holder);
    return this.#addresses.holderOf(owner, address) !== undefined;
  }

  /** Whether a vSwitch has given away more than so many addresses in a VPC. All are looked at only where it may be so. */
  hasMoreAddresses(RegionId: string, VpcId: string, VSwitchId: string, count: number): boolean {
    const isMore = () => this.#addresses.countOf(RegionId, VpcId, VSwitchId) > count;
    if (!isMore()) return false;
    this.ofVpc(RegionId, VpcId);
    return isMore();
  }

  /** Count a read of an endpoint, which may make it Active. */
  countRead(endpoint: SimulatedEndpoint): void {
    this.#noteChange(endpoint, endpoint.countRead(this.#now()));
  }

  /** Let an endpoint be Deleting until a time, and for so many reads. */
  startDeleting(
    endpoint: SimulatedEndpoint,
    until: { readonly goneAtMs: number; readonly reads: number },
    cause: Cause,
  ): void {
    endpoint.startDeleting(until.goneAtMs, until.reads);
    this.note('deleting', endpoint, this.#now(), cause);
    this.#settle(endpoint);
  }

  /** Note that a call changed an endpoint, its zones included, and bring it up to the present. */
  changing(endpoint: SimulatedEndpoint, cause: Cause): void {
    this.#addresses.note(endpoint);
    this.note('changing', endpoint, this.#now(), cause);
    this.#settle(endpoint);
  }

  force(endpoint: SimulatedEndpoint, statuses: ForcedStatuses): void {
    const change = endpoint.force(statuses, this.#now());
    this.note('forced', endpoint, this.#now());
    this.#noteChange(endpoint, change);
  }

  /** Let an endpoint vanish, as no call of the API does. */
  remove(endpoint: SimulatedEndpoint): void {
    this.#forget(endpoint);
    this.note('removed', endpoint, this.#now());
  }

  /** Tell of what happened to an endpoint. */
  note(kind: Effect['kind'], endpoint: SimulatedEndpoint, atMs: number, { action, ClientToken }: Cause = {}): void {
    const { EndpointId, accountId, request } = endpoint.birth;
    this.#onEffect({
      at: new Date(atMs).toISOString(),
      kind,
      EndpointId,
      ServiceId: request.ServiceId,
      accountId,
      RegionId: request.RegionId,
      Tags: endpoint.attributes.tags,
      ...(action === undefined ? {} : { action }),
      ...(ClientToken === undefined ? {} : { ClientToken }),
    });
  }

  #settled(candidates: Iterable<SimulatedEndpoint> = []): SimulatedEndpoint[] {
    const nowMs = this.#now();
    const settled: SimulatedEndpoint[] = [];
    for (const endpoint of candidates) if (this.#settle(endpoint, nowMs)) settled.push(endpoint);
    return settled;
  }

  /** Bring an endpoint up to the present. @returns Whether it still exists. */
  #settle(endpoint: SimulatedEndpoint, nowMs = this.#now()): boolean {
    const changes = endpoint.settle(nowMs);
    if (changes.length > 0) {
      this.#addresses.note(endpoint);
      for (const change of changes) this.#noteChange(endpoint, change);
    }
    if (endpoint.goneAtMs === undefined || !endpoint.isGone(nowMs)) return true;
    this.#forget(endpoint);
    this.note('deleted', endpoint, endpoint.goneAtMs);
    return false;
  }

  #forget(endpoint: SimulatedEndpoint): void {
    this.#endpoints.delete(endpoint.EndpointId);
    this.#addresses.forget(endpoint);
    for (const key of placesOf(endpoint)) {
      const place = this.#places.get(key);
      place?.delete(endpoint);
      if (place?.size === 0) this.#places.delete(key);
    }
  }

  #noteChange(endpoint: SimulatedEndpoint, change: EndpointChange | undefined): void {
    if (change !== undefined) this.note(change.kind, endpoint, change.atMs);
  }
}

function placesOf({ birth }: SimulatedEndpoint): readonly string[] {
  const { RegionId, VpcId, ServiceId } = birth.request;
  return [`${birth.accountId} ${RegionId}`, `vpc ${RegionId} ${VpcId}`, `service ${ServiceId}`];
}
