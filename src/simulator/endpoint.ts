import type { Tag } from '../model/endpoint.js';
import type { AcceptedCreate } from './create-rules.js';
import type { TimeToActive } from './settings.js';
import { ZoneRemovals, type SimulatedZone } from './zone-removals.js';

/** Statuses that a test or an operator of the twin can force upon an endpoint. */
export interface ForcedStatuses {
  readonly EndpointStatus?: string;
  readonly EndpointBusinessStatus?: string;
  readonly ConnectionStatus?: string;
}

/** What an endpoint was born with. */
export interface EndpointBirth {
  readonly EndpointId: string;
  readonly accountId: string;
  /** Rises from endpoint to endpoint; the order of lists. */
  readonly sequence: number;
  readonly createdAtMs: number;
  readonly ClientToken: string | undefined;
  readonly request: AcceptedCreate;
  readonly zones: readonly { readonly EniId: string; readonly EniIp: string }[];
  readonly timeToActive: TimeToActive;
  /** Share of the way through the bounds of `timeToActive`, from 0 to 1. */
  readonly draw: number;
  readonly autoAccept: boolean;
  readonly connectionWhileCreating: string;
}

/** What the twin knows of an endpoint, beyond what its API shows. Times are ISO texts of the engine's clock. */
export interface EndpointInspection {
  readonly EndpointId: string;
  readonly accountId: string;
  readonly RegionId: string;
  readonly EndpointName: string;
  readonly VpcId: string;
  readonly ServiceId: string;
  readonly EndpointStatus: string;
  readonly EndpointBusinessStatus: string;
  readonly ConnectionStatus: string;
  readonly Tags: readonly Tag[];
  readonly ClientToken?: string;
  readonly createdAt: string;
  /** The moment of the true change to Active, whenever it was first seen. */
  readonly activeAt?: string;
  /** When a deletion that was accepted ends, as far as the clock decides that. */
  readonly goneAt?: string;
  readonly Zones: readonly Pick<SimulatedZone, 'ZoneId' | 'ZoneStatus'>[];
}

/** One endpoint of the twin. It changes by itself, but only when it is asked to settle at a time. */
export class SimulatedEndpoint {
  readonly birth: EndpointBirth;
  readonly #dueAtMs: number;
  #readsLeft: number;
  #forced: ForcedStatuses = {};
  #activeAtMs: number | undefined;
  #goneAtMs: number | undefined;
  #deletingReadsLeft = 0;
  readonly #zoneRemovals = new ZoneRemovals();
  #listings = 0;

  constructor(birth: EndpointBirth) {
    this.birth = birth;
    const { timeToActive: time, createdAtMs, draw } = birth;
    if ('afterReads' in time) {
      this.#readsLeft = time.afterReads;
      this.#dueAtMs = time.afterReads <= 0 ? createdAtMs : Infinity;
    } else {
      const [min, max] = typeof time.afterMs === 'number' ? [time.afterMs, time.afterMs] : time.afterMs;
      this.#readsLeft = Infinity;
      this.#dueAtMs = createdAtMs + Math.round(min + (max - min) * draw);
    }
  }

  get EndpointId(): string {
    return this.birth.EndpointId;
  }

  get activeAtMs(): number | undefined {
    return this.#activeAtMs;
  }

  /** When its accepted deletion ends. */
  get goneAtMs(): number | undefined {
    return this.#goneAtMs;
  }

  get EndpointStatus(): string {
    if (this.#forced.EndpointStatus !== undefined) return this.#forced.EndpointStatus;
    if (this.#goneAtMs !== undefined) return 'Deleting';
    return this.#activeAtMs === undefined ? 'Creating' : 'Active';
  }

  get EndpointBusinessStatus(): string {
    return this.#forced.EndpointBusinessStatus ?? 'Normal';
  }

  get ConnectionStatus(): string {
    if (this.#forced.ConnectionStatus !== undefined) return this.#forced.ConnectionStatus;
    if (this.#goneAtMs !== undefined) return 'Deleting';
    if (this.#activeAtMs === undefined) return this.birth.connectionWhileCreating;
    return this.birth.autoAccept ? 'Connected' : 'Disconnected';
  }

  /** The zones that it still has. A zone that is not being removed follows the endpoint and its connection. */
  get zones(): readonly SimulatedZone[] {
    const { request, zones } = this.birth;
    return request.zones.flatMap((zone, index) => {
      const { EniId = '', EniIp = '' } = zones[index] ?? {};
      const removal = this.#zoneRemovals.stateOf(zone.ZoneId);
      const ZoneStatus = removal === 'going' ? 'Deleting' : this.#zoneStatus;
      return removal === 'gone' ? [] : [{ ...zone, EniId, EniIp, ZoneStatus }];
    });
  }

  get #zoneStatus(): string {
    if (this.#goneAtMs !== undefined) return 'Deleting';
    if (this.#activeAtMs === undefined) return 'Creating';
    return this.ConnectionStatus === 'Connected' ? 'Connected' : 'Wait';
  }

  /** Let a zone begin to go: it is gone after a time, and after so many answers that still list it. */
  startRemovingZone(ZoneId: string, goneAtMs: number, reads: number): void {
    this.#zoneRemovals.start(ZoneId, goneAtMs, reads);
  }

  /** Count an answer of ListVpcEndpointZones. */
  countZoneRead(): void {
    this.#zoneRemovals.countRead();
  }

  /** Whether its accepted deletion has ended. */
  isGone(nowMs: number): boolean {
    return this.#goneAtMs !== undefined && this.#goneAtMs <= nowMs && this.#deletingReadsLeft <= 0;
  }

  /** Become Active if that is due. A deletion and a forced EndpointStatus stop the course of things. */
  settle(nowMs: number): void {
    this.#zoneRemovals.settle(nowMs);
    if (this.EndpointStatus === 'Creating' && this.#forced.EndpointStatus === undefined && this.#dueAtMs <= nowMs) {
      this.#activeAtMs = this.#dueAtMs;
    }
  }

  /** Count an answer of GetVpcEndpointAttribute; the last one that had to say Creating makes it Active. */
  countRead(nowMs: number): void {
    if (this.#goneAtMs !== undefined && this.#deletingReadsLeft > 0) {
      this.#deletingReadsLeft -= 1;
      // The answer that was the last to say so is when it truly went, unless the time lasts longer.
      if (this.#deletingReadsLeft === 0) this.#goneAtMs = Math.max(this.#goneAtMs, nowMs);
      return;
    }
    if (this.EndpointStatus !== 'Creating' || this.#forced.EndpointStatus !== undefined) return;
    this.#readsLeft -= 1;
    if (this.#readsLeft <= 0) this.#activeAtMs = nowMs;
  }

  /** Count an answer of ListVpcEndpoints that it belongs into. @returns How many there were with this one. */
  countListing(): number {
    this.#listings += 1;
    return this.#listings;
  }

  /** Begin to go. What was forced upon its EndpointStatus and ConnectionStatus ends. */
  startDeleting(goneAtMs: number, reads = 0): void {
    this.#deletingReadsLeft = reads;
    const { EndpointBusinessStatus } = this.#forced;
    this.#forced = EndpointBusinessStatus === undefined ? {} : { EndpointBusinessStatus };
    this.#goneAtMs = goneAtMs;
  }

  /** Pin statuses until they are forced anew. Forced to be Active, it counts as Active from then on. */
  force(statuses: ForcedStatuses, nowMs: number): void {
    this.#forced = { ...this.#forced, ...statuses };
    if (this.#forced.EndpointStatus === 'Active') this.#activeAtMs ??= nowMs;
  }

  inspect(): EndpointInspection {
    const { EndpointId, accountId, ClientToken, createdAtMs, request } = this.birth;
    const { RegionId, EndpointName, VpcId, ServiceId, tags } = request;
    const { EndpointStatus, EndpointBusinessStatus, ConnectionStatus } = this;
    return {
      EndpointId,
      accountId,
      RegionId,
      EndpointName,
      VpcId,
      ServiceId,
      EndpointStatus,
      EndpointBusinessStatus,
      ConnectionStatus,
      Tags: tags,
      Zones: this.zones.map(({ ZoneId, ZoneStatus }) => ({ ZoneId, ZoneStatus })),
      ...(ClientToken === undefined ? {} : { ClientToken }),
      createdAt: new Date(createdAtMs).toISOString(),
      ...(this.#activeAtMs === undefined ? {} : { activeAt: new Date(this.#activeAtMs).toISOString() }),
      ...(Number.isFinite(this.#goneAtMs) ? { goneAt: new Date(this.#goneAtMs ?? 0).toISOString() } : {}),
    };
  }
}
