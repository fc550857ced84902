import type { Tag } from '../model/endpoint.js';
import type { ForcedStatuses, SimulatedEndpoint } from './endpoint.js';

/** What happened to an endpoint, however it came about. */
export interface Effect {
  /** When it truly happened by the engine's clock, ISO text; it may have been noticed later. */
  readonly at: string;
  /** `deleting`: a deletion was accepted; `deleted`: it ended. `forced` and `removed`: by the hand of a test. */
  readonly kind: 'created' | 'active' | 'deleting' | 'deleted' | 'forced' | 'removed';
  readonly EndpointId: string;
  readonly accountId: string;
  readonly RegionId: string;
  readonly Tags: readonly Tag[];
  /** Of the call that had this effect. */
  readonly ClientToken?: string;
}

/** The endpoints that exist. Everything read from it has settled at the present time. */
export class EndpointStore {
  readonly #now: () => number;
  readonly #onEffect: (effect: Effect) => void;
  readonly #endpoints = new Map<string, SimulatedEndpoint>();

  constructor(now: () => number, onEffect: (effect: Effect) => void) {
    this.#now = now;
    this.#onEffect = onEffect;
  }

  add(endpoint: SimulatedEndpoint): void {
    this.#endpoints.set(endpoint.EndpointId, endpoint);
    this.#note('created', endpoint, endpoint.birth.createdAtMs, endpoint.birth.ClientToken);
    this.#settle(endpoint);
  }

  /** An endpoint by its id. */
  find(EndpointId: string): SimulatedEndpoint | undefined {
    const endpoint = this.#endpoints.get(EndpointId);
    return endpoint !== undefined && this.#settle(endpoint) ? endpoint : undefined;
  }

  /** All endpoints, or those of one account and region, in the order of their creation. */
  all(owner?: { readonly accountId: string; readonly RegionId: string }): SimulatedEndpoint[] {
    return [...this.#endpoints.values()].filter(
      (endpoint) =>
        (owner === undefined ||
          (endpoint.birth.accountId === owner.accountId && endpoint.birth.request.RegionId === owner.RegionId)) &&
        this.#settle(endpoint),
    );
  }

  /** Count a read of an endpoint, which may make it Active. */
  countRead(endpoint: SimulatedEndpoint): void {
    const before = endpoint.activeAtMs;
    endpoint.countRead(this.#now());
    this.#noteActivation(endpoint, before);
  }

  /** Let an endpoint be Deleting until a time, and for so many reads. */
  startDeleting(
    endpoint: SimulatedEndpoint,
    until: { readonly goneAtMs: number; readonly reads: number },
    ClientToken: string | undefined,
  ): void {
    endpoint.startDeleting(until.goneAtMs, until.reads);
    this.#note('deleting', endpoint, this.#now(), ClientToken);
    this.#settle(endpoint);
  }

  force(endpoint: SimulatedEndpoint, statuses: ForcedStatuses): void {
    const before = endpoint.activeAtMs;
    endpoint.force(statuses, this.#now());
    this.#note('forced', endpoint, this.#now());
    this.#noteActivation(endpoint, before);
  }

  /** Let an endpoint vanish, as no call of the API does. */
  remove(endpoint: SimulatedEndpoint): void {
    this.#endpoints.delete(endpoint.EndpointId);
    this.#note('removed', endpoint, this.#now());
  }

  /** Bring an endpoint up to the present. @returns Whether it still exists. */
  #settle(endpoint: SimulatedEndpoint): boolean {
    const before = endpoint.activeAtMs;
    endpoint.settle(this.#now());
    this.#noteActivation(endpoint, before);
    if (endpoint.goneAtMs === undefined || !endpoint.isGone(this.#now())) return true;
    this.#endpoints.delete(endpoint.EndpointId);
    this.#note('deleted', endpoint, endpoint.goneAtMs);
    return false;
  }

  #noteActivation(endpoint: SimulatedEndpoint, before: number | undefined): void {
    if (before === undefined && endpoint.activeAtMs !== undefined) this.#note('active', endpoint, endpoint.activeAtMs);
  }

  #note(kind: Effect['kind'], endpoint: SimulatedEndpoint, atMs: number, ClientToken?: string): void {
    const { EndpointId, accountId, request } = endpoint.birth;
    this.#onEffect({
      at: new Date(atMs).toISOString(),
      kind,
      EndpointId,
      accountId,
      RegionId: request.RegionId,
      Tags: request.tags,
      ...(ClientToken === undefined ? {} : { ClientToken }),
    });
  }
}
