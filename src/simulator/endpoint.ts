import type { Tag } from '../model/endpoint.js';
import type { AcceptedCreate } from './create-rules.js';
import type { TimeToActive } from './settings.js';

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
  /** When a deletion that was accepted ends. */
  readonly goneAt?: string;
}

/** One endpoint of the twin. It changes by itself, but only when it is asked to settle at a time. */
export class SimulatedEndpoint {
  readonly birth: EndpointBirth;
  readonly #dueAtMs: number;
  #readsLeft: number;
  #forced: ForcedStatuses = {};
  #activeAtMs: number | undefined;
  #goneAtMs: number | undefined;

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

  /** Status of all its zones: they follow the endpoint and its connection. */
  get ZoneStatus(): string {
    if (this.#goneAtMs !== undefined) return 'Deleting';
    if (this.#activeAtMs === undefined) return 'Creating';
    return this.ConnectionStatus === 'Connected' ? 'Connected' : 'Wait';
  }

  /** Become Active if that is due. A deletion and a forced EndpointStatus stop the course of things. */
  settle(nowMs: number): void {
    if (this.EndpointStatus === 'Creating' && this.#forced.EndpointStatus === undefined && this.#dueAtMs <= nowMs) {
      this.#activeAtMs = this.#dueAtMs;
    }
  }

  /** Count an answer of GetVpcEndpointAttribute; the last one that had to say Creating makes it Active. */
  countRead(nowMs: number): void {
    if (this.EndpointStatus !== 'Creating' || this.#forced.EndpointStatus !== undefined) return;
    this.#readsLeft -= 1;
    if (this.#readsLeft <= 0) this.#activeAtMs = nowMs;
  }

  /** Begin to go. What was forced upon its EndpointStatus and ConnectionStatus ends. */
  startDeleting(goneAtMs: number): void {
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
      ...(ClientToken === undefined ? {} : { ClientToken }),
      createdAt: new Date(createdAtMs).toISOString(),
      ...(this.#activeAtMs === undefined ? {} : { activeAt: new Date(this.#activeAtMs).toISOString() }),
      ...(Number.isFinite(this.#goneAtMs) ? { goneAt: new Date(this.#goneAtMs ?? 0).toISOString() } : {}),
    };
  }
}
