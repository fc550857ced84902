import type { Tag } from '../../model/endpoint.js';
import type { SimulatedService } from './world.js';

/** What a service can be changed in. */
export interface ServiceAttributes {
  ServiceDescription: string;
  /** As the settings say where it is left out. */
  AutoAcceptEnabled: boolean | undefined;
  Payer: string;
  ZoneAffinityEnabled: boolean;
  ServiceResourceType: string;
  ServiceSupportIPv6: boolean;
  AddressIpVersion: string;
  ConnectBandwidth: number;
  ResourceGroupId: string | undefined;
  tags: readonly Tag[];
}

/** A load balancer that serves a service in one zone. */
export interface ServiceResource {
  readonly ResourceId: string;
  readonly ResourceType: string;
  readonly ZoneId: string;
  readonly VpcId?: string;
  readonly VSwitchId?: string;
  readonly Ip?: string;
  readonly supportsIpv6: boolean;
  /** From when on endpoints can be in its zone: that a zone was added takes time to be known. */
  readonly servesFromMs: number;
  AutoAllocatedEnabled: boolean;
}

/** What a service was born with. */
export interface ServiceBirth {
  readonly ServiceId: string;
  readonly ServiceName: string;
  readonly RegionId: string;
  /** Account of the owner. */
  readonly accountId: string;
  /** Rises from service to service; the order of lists. */
  readonly sequence: number;
  readonly createdAtMs: number;
  /** When it becomes Active. */
  readonly activeAtMs: number;
  /** What the world says of it; of a service that a call made, nothing. */
  readonly described?: SimulatedService;
  /** Zones of a service whose resources are not looked at; `any`: of whatever name. */
  readonly zones?: readonly string[] | 'any';
}

/** One endpoint service. Like an endpoint it changes by itself, but only when it is looked at. */
export class EndpointService {
  readonly birth: ServiceBirth;
  attributes: ServiceAttributes;
  /** Accounts that may use it. */
  readonly users: Set<string>;
  /** The same as names of RAM. */
  readonly userArns: Set<string>;
  resources: readonly ServiceResource[] = [];
  #settledAtMs = 0;
  #pendingUntilMs = 0;
  #goneAtMs: number | undefined;

  /** @param users - Accounts that may use it; all when left out. */
  constructor(birth: ServiceBirth, attributes: ServiceAttributes, users: readonly string[] = [EVERYBODY]) {
    this.birth = birth;
    this.attributes = attributes;
    this.users = new Set(users.filter((user) => user !== EVERYBODY));
    this.userArns = new Set(users.filter((user) => user === EVERYBODY));
  }

  get ServiceId(): string {
    return this.birth.ServiceId;
  }

  /** `ServiceType`: the kind of endpoints that it is for. */
  get ServiceType(): string {
    const isGateway = this.attributes.ServiceResourceType === 'gwlb';
    return this.birth.described?.ServiceType ?? (isGateway ? 'GatewayLoadBalancer' : 'Interface');
  }

  get ServiceBusinessStatus(): string {
    return this.birth.described?.ServiceBusinessStatus ?? 'Normal';
  }

  /** Whether an account owns it. */
  isOwnedBy(accountId: string): boolean {
    return this.birth.accountId === accountId;
  }

  /** Whether an account may make endpoints of it. */
  isUsableBy(accountId: string): boolean {
    if (this.birth.described?.listed === false) return false;
    if (this.isOwnedBy(accountId) || this.users.has(accountId)) return true;
    return [...this.userArns].map(accountInArn).some((account) => account === EVERYBODY || account === accountId);
  }

  /** Zones in which an endpoint of it can be; of one that takes any, those that its region may have. */
  get zones(): readonly string[] {
    const { zones = [], RegionId } = this.birth;
    const served = this.resources.filter(({ servesFromMs }) => servesFromMs <= this.#settledAtMs);
    const described = zones === 'any' ? zonesOfRegion(RegionId) : zones;
    return [...new Set([...described, ...served.map(({ ZoneId }) => ZoneId)])];
  }

  /** Whether an endpoint of it can be in a zone. */
  serves(ZoneId: string): boolean {
    return this.birth.zones === 'any' || this.zones.includes(ZoneId);
  }

  /** Whether something serves it. What the world describes is taken to be served. */
  get hasResources(): boolean {
    return this.birth.zones !== undefined || this.resources.length > 0;
  }

  statusAt(nowMs: number): string {
    if (this.#goneAtMs !== undefined) return 'Deleting';
    const { described, activeAtMs } = this.birth;
    if (described?.ServiceStatus !== undefined) return described.ServiceStatus;
    if (nowMs < activeAtMs) return 'Creating';
    return nowMs < this.#pendingUntilMs ? 'Pending' : 'Active';
  }

  /** Be Pending until a time. */
  pend(untilMs: number): void {
    this.#pendingUntilMs = Math.max(untilMs, this.#pendingUntilMs);
  }

  startDeleting(goneAtMs: number): void {
    this.#goneAtMs = goneAtMs;
  }

  /** When it is gone; `undefined` while nobody deletes it. */
  get goneAtMs(): number | undefined {
    return this.#goneAtMs;
  }

  /** Bring it up to a time. @returns Whether it still exists. */
  settle(nowMs: number): boolean {
    this.#settledAtMs = nowMs;
    return this.#goneAtMs === undefined || this.#goneAtMs > nowMs;
  }
}

/** Stands for all accounts, alone and as the account of a name of RAM. */
const EVERYBODY = '*';

/** The account of a `UserARN` (`acs:ram:*:<account>:*`), or `*` for all; `undefined`: it is no such name. */
export function accountInArn(arn: string): string | undefined {
  return arn === EVERYBODY ? EVERYBODY : /^acs:ram:[^:]*:(\d+|\*):.+$/.exec(arn)?.[1];
}

/** Name of a service that is known by its id. */
export function usualServiceName(RegionId: string, ServiceId: string): string {
  return `com.aliyuncs.privatelink.${RegionId}.${ServiceId}`;
}

/** More than any region has. Regions whose id ends in a digit have no "-" before the letter: `ap-southeast-1a`. */
export function zonesOfRegion(RegionId: string): readonly string[] {
  const separator = /\d$/.test(RegionId) ? '' : '-';
  return Array.from('abcdefghijkl', (letter) => `${RegionId}${separator}${letter}`);
}
