import type { Tag } from '../../model/endpoint.js';
import { Connection } from './connection.js';
import type { AcceptedCreate } from './create-rules.js';
import { EndpointZone, type ZonePlace } from './endpoint-zone.js';

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
  /** The same as the service writes it. */
  readonly CreateTime: string;
  readonly ClientToken: string | undefined;
  readonly request: AcceptedCreate;
  readonly zones: readonly ZonePlace[];
  /** When it becomes Active by the clock; Infinity: never. */
  readonly dueAtMs: number;
  /** After so many answers of GetVpcEndpointAttribute it is Active all the same. */
  readonly activeAfterReads: number;
  /** The service accepts by itself: how long it then takes to connect. */
  readonly autoAcceptMs: number | undefined;
  readonly connectionWhileCreating: string;
  readonly zoneStatusAfterDisconnect: string;
  /** Account of the service's owner. */
  readonly serviceAccountId: string;
  readonly Payer: string;
  /** Who alone may change it, where it is protected. */
  readonly protectedFor: string | undefined;
}

/** What of an endpoint can be changed. */
export interface EndpointAttributes {
  readonly EndpointName: string;
  readonly EndpointDescription: string;
  readonly AddressIpVersion: string;
  readonly ZoneAffinityEnabled: boolean;
  readonly ResourceGroupId: string | undefined;
  readonly PolicyDocument: string | undefined;
  readonly CrossRegionBandwidth: number | undefined;
  readonly Bandwidth: number;
  readonly TrafficControlMode: string | undefined;
  readonly tags: readonly Tag[];
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
  readonly Zones: readonly (ZonePlace & { readonly ZoneStatus: string })[];
}

/** What happened to an endpoint by itself. */
export interface EndpointChange {
  readonly kind: 'active' | 'connected' | 'disconnected' | 'zoneAdded' | 'zoneChanged' | 'zoneRemoved' | 'changed';
  readonly atMs: number;
}

const NOTHING: readonly EndpointChange[] = [];

interface Group {
  readonly SecurityGroupId: string;
  readonly status: 'Attaching' | 'Attached' | 'Detaching';
  readonly untilMs: number;
}

/** One endpoint of the twin. It changes by itself, but only when it is asked to settle at a time. */
export class SimulatedEndpoint {
  readonly birth: EndpointBirth;
  readonly connection: Connection;
  attributes: EndpointAttributes;
  #zones: EndpointZone[];
  #groups: readonly Group[];
  #readsLeft: number;
  #forced: ForcedStatuses = {};
  #activeAtMs: number | undefined;
  #goneAtMs: number | undefined;
  #deletingReadsLeft = 0;
  #pendingUntilMs: number | undefined;
  #listings = 0;

  constructor(birth: EndpointBirth) {
    this.birth = birth;
    const { request, createdAtMs } = birth;
    const { EndpointName, EndpointDescription, AddressIpVersion, ZoneAffinityEnabled, ResourceGroupId } = request;
    this.attributes = {
      EndpointName,
      EndpointDescription,
      AddressIpVersion,
      ZoneAffinityEnabled,
      ResourceGroupId,
      PolicyDocument: request.PolicyDocument,
      CrossRegionBandwidth: request.CrossRegionBandwidth,
      Bandwidth: 3072,
      TrafficControlMode: undefined,
      tags: request.tags,
    };
    this.connection = new Connection(birth.connectionWhileCreating, createdAtMs);
    this.#zones = birth.zones.map((place) => new EndpointZone(place));
    this.#groups = request.securityGroupIds.map((id) => ({ SecurityGroupId: id, status: 'Attached', untilMs: 0 }));
    this.#readsLeft = birth.activeAfterReads;
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
    if (this.#activeAtMs === undefined) return 'Creating';
    return this.#pendingUntilMs === undefined ? 'Active' : 'Pending';
  }

  get EndpointBusinessStatus(): string {
    return this.#forced.EndpointBusinessStatus ?? 'Normal';
  }

  get ConnectionStatus(): string {
    if (this.#forced.ConnectionStatus !== undefined) return this.#forced.ConnectionStatus;
    return this.#goneAtMs === undefined ? this.connection.status : 'Deleting';
  }

  /** The zones that it still has. */
  get zones(): readonly EndpointZone[] {
    return this.#zones;
  }

  /** `ZoneStatus` of one of its zones. */
  zoneStatus(zone: EndpointZone): string {
    return zone.status(this.#followedZoneStatus);
  }

  get securityGroups(): readonly { readonly SecurityGroupId: string; readonly SecurityGroupStatus: string }[] {
    return this.#groups.map(({ SecurityGroupId, status }) => ({ SecurityGroupId, SecurityGroupStatus: status }));
  }

  /** Whether an operation is under way that no other of its kind may run beside. */
  get isLocked(): boolean {
    return (
      this.EndpointStatus === 'Pending' ||
      this.#zones.some((zone) => zone.isBusy) ||
      this.#groups.some(({ status }) => status !== 'Attached')
    );
  }

  addZone(place: ZonePlace, addedAtMs: number, then: string | undefined): void {
    const zone = new EndpointZone(place);
    zone.move('Creating', addedAtMs, then);
    this.#zones.push(zone);
  }

  attachSecurityGroup(SecurityGroupId: string, untilMs: number): void {
    this.#groups = [...this.#groups, { SecurityGroupId, status: 'Attaching', untilMs }];
    this.pend(untilMs);
  }

  detachSecurityGroup(SecurityGroupId: string, untilMs: number): void {
    this.#groups = this.#groups.map((group) =>
      group.SecurityGroupId === SecurityGroupId ? { ...group, status: 'Detaching', untilMs } : group,
    );
    this.pend(untilMs);
  }

  /** Be Pending until a time. */
  pend(untilMs: number): void {
    this.#pendingUntilMs = Math.max(untilMs, this.#pendingUntilMs ?? 0);
  }

  /** Count an answer of ListVpcEndpointZones. */
  countZoneRead(nowMs: number): void {
    for (const zone of this.#zones) zone.countRead(nowMs);
  }

  /** Whether its accepted deletion has ended. */
  isGone(nowMs: number): boolean {
    return this.#goneAtMs !== undefined && this.#goneAtMs <= nowMs && this.#deletingReadsLeft <= 0;
  }

  /**
   * Bring it up to a time. A deletion and a forced EndpointStatus stop the course of things.
   *
   * @returns What has happened since it was last looked at, in order.
   */
  settle(nowMs: number): readonly EndpointChange[] {
    if (this.#isAtRest) return NOTHING;
    const changes: EndpointChange[] = [];
    for (const zone of this.#zones) {
      const change = zone.settle(nowMs);
      if (change !== undefined) changes.push(change);
    }
    if (changes.length > 0) this.#zones = this.#zones.filter((zone) => !zone.isGone);
    if (this.#pendingUntilMs !== undefined && this.#pendingUntilMs <= nowMs) {
      changes.push({ kind: 'changed', atMs: this.#pendingUntilMs });
      this.#pendingUntilMs = undefined;
      this.#settleGroups(nowMs);
    }
    if (
      this.#activeAtMs === undefined &&
      this.#goneAtMs === undefined &&
      this.#forced.EndpointStatus === undefined &&
      this.birth.dueAtMs <= nowMs
    ) {
      changes.push(this.#activate(this.birth.dueAtMs));
    }
    const connected = this.#goneAtMs === undefined ? this.connection.settle(nowMs) : undefined;
    if (connected !== undefined) changes.push(connected);
    return changes;
  }

  /** Count an answer of GetVpcEndpointAttribute; the last one that had to say Creating makes it Active. */
  countRead(nowMs: number): EndpointChange | undefined {
    if (this.#goneAtMs !== undefined && this.#deletingReadsLeft > 0) {
      this.#deletingReadsLeft -= 1;
      // The answer that was the last to say so is when it truly went, unless the time lasts longer.
      if (this.#deletingReadsLeft === 0) this.#goneAtMs = Math.max(this.#goneAtMs, nowMs);
      return undefined;
    }
    if (this.EndpointStatus !== 'Creating' || this.#forced.EndpointStatus !== undefined) return undefined;
    this.#readsLeft -= 1;
    return this.#readsLeft <= 0 ? this.#activate(nowMs) : undefined;
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
  force(statuses: ForcedStatuses, nowMs: number): EndpointChange | undefined {
    this.#forced = { ...this.#forced, ...statuses };
    return this.#forced.EndpointStatus === 'Active' && this.#activeAtMs === undefined
      ? this.#activate(nowMs)
      : undefined;
  }

  inspect(): EndpointInspection {
    const { EndpointId, accountId, ClientToken, createdAtMs, request } = this.birth;
    const { EndpointStatus, EndpointBusinessStatus, ConnectionStatus } = this;
    return {
      EndpointId,
      accountId,
      RegionId: request.RegionId,
      EndpointName: this.attributes.EndpointName,
      VpcId: request.VpcId,
      ServiceId: request.ServiceId,
      EndpointStatus,
      EndpointBusinessStatus,
      ConnectionStatus,
      Tags: this.attributes.tags,
      Zones: this.#zones.map((zone) => ({ ...zone.place, ZoneStatus: this.zoneStatus(zone) })),
      ...(ClientToken === undefined ? {} : { ClientToken }),
      createdAt: new Date(createdAtMs).toISOString(),
      ...(this.#activeAtMs === undefined ? {} : { activeAt: new Date(this.#activeAtMs).toISOString() }),
      ...(Number.isFinite(this.#goneAtMs) ? { goneAt: new Date(this.#goneAtMs ?? 0).toISOString() } : {}),
    };
  }

  get #followedZoneStatus(): string {
    if (this.#goneAtMs !== undefined) return 'Deleting';
    if (this.#activeAtMs === undefined) return 'Creating';
    const status = this.ConnectionStatus;
    if (status === 'Connected' || status === 'Connecting' || status === 'Disconnecting') return status;
    // A Pending connection is being changed while it is up.
    if (status === 'Pending') return 'Connected';
    return this.connection.wasConnected ? this.birth.zoneStatusAfterDisconnect : 'Wait';
  }

  /** Whether nothing can happen to it by itself. Lists of thousands ask this of each. */
  get #isAtRest(): boolean {
    return (
      this.#activeAtMs !== undefined &&
      this.#pendingUntilMs === undefined &&
      !this.connection.isChanging &&
      this.#zones.every((zone) => !zone.isBusy)
    );
  }

  #activate(atMs: number): EndpointChange {
    this.#activeAtMs = atMs;
    const { autoAcceptMs } = this.birth;
    if (autoAcceptMs === undefined) this.connection.be('Disconnected', atMs);
    else if (autoAcceptMs === 0) this.connection.be('Connected', atMs);
    else this.connection.start('Connecting', atMs, atMs + autoAcceptMs);
    return { kind: 'active', atMs };
  }

  #settleGroups(nowMs: number): void {
    this.#groups = this.#groups
      .filter(({ status, untilMs }) => status !== 'Detaching' || untilMs > nowMs)
      .map((group) =>
        group.status === 'Attaching' && group.untilMs <= nowMs ? { ...group, status: 'Attached' } : group,
      );
  }
}
