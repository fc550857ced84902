import { createHash } from 'node:crypto';
import { EndpointService, usualServiceName, type ServiceAttributes, type ServiceBirth } from './endpoint-service.js';
import type { WorldView } from './world-view.js';
import type { SimulatedService } from './world.js';

/** How a service is asked for. */
export interface ServiceQuery {
  /** Who asks: a service of the world without an owner is another one for each account, and its own. */
  readonly accountId: string;
  readonly RegionId: string;
  readonly ServiceId?: string | undefined;
  readonly ServiceName?: string | undefined;
}

/**
 * The endpoint services that exist: those that calls made, those that the world describes, and, in an open world, one for
 * every other id or name that somebody asks for.
 */
export class ServiceStore {
  readonly #now: () => number;
  readonly #made = new Map<string, EndpointService>();
  readonly #onGone: (service: EndpointService) => void;
  /** Ids of deleted services that calls had made: in an open world they would be taken for others else. */
  readonly #goneIds = new Set<string>();
  /** Services that are gone and whose end was told of. */
  readonly #gone = new WeakSet<EndpointService>();
  /** Services of the world that were looked at, by region and id. */
  #described = new Map<string, EndpointService>();
  #sequence = 0;

  /** @param onGone - Told of a service whose deletion has ended. */
  constructor(now: () => number, onGone: (service: EndpointService) => void) {
    this.#now = now;
    this.#onGone = onGone;
  }

  /** Add a service that a call made. Its owner is the first that may use it. */
  add(birth: Omit<ServiceBirth, 'sequence'> & { accountId: string }, attributes: ServiceAttributes): EndpointService {
    const service = new EndpointService({ ...birth, sequence: this.#sequence++ }, attributes, [birth.accountId]);
    this.#made.set(service.ServiceId, service);
    return service;
  }

  /** Let the services of the world be as the world says them anew. */
  forgetDescribed(): void {
    this.#described = new Map();
  }

  /** The service that an id, a name or both mean. */
  find({ accountId, RegionId, ServiceId, ServiceName }: ServiceQuery, world: WorldView): EndpointService | undefined {
    if (world.isMissing(ServiceName)) return undefined;
    const id = ServiceId ?? idInName(ServiceName ?? '');
    if (id !== undefined && (this.#goneIds.has(id) || world.isMissing(id))) return undefined;
    const made = id === undefined ? undefined : this.#made.get(id);
    if (made !== undefined) {
      const isIt = this.#exists(made) && made.birth.RegionId === RegionId;
      return isIt && (ServiceName ?? made.birth.ServiceName) === made.birth.ServiceName ? made : undefined;
    }
    const described = world.service(RegionId, ServiceId, ServiceName);
    if (described !== undefined) return this.#existing(this.#known(described, RegionId, accountId));
    const isOther = ServiceId !== undefined && world.service(RegionId, ServiceId, undefined) !== undefined;
    if (!world.isOpen || isOther) return undefined;
    const openId = ServiceId ?? serviceIdOf(ServiceName ?? '');
    const open = { ServiceId: openId, ...(ServiceName === undefined ? {} : { ServiceName }) };
    return this.#existing(this.#known(open, RegionId, accountId));
  }

  /**
   * What a list has to choose from: the service that an id or a name means; without either, those that exist in their own
   * right, and not every id that an open world would take for one.
   */
  listed(query: ServiceQuery, world: WorldView): readonly EndpointService[] {
    if (query.ServiceId === undefined && query.ServiceName === undefined) return this.all(query, world);
    const named = this.find(query, world);
    return named === undefined ? [] : [named];
  }

  /** All services of a region that exist in their own right, as an account sees them, in a lasting order. */
  all(
    { accountId, RegionId }: Pick<ServiceQuery, 'accountId' | 'RegionId'>,
    world: WorldView,
  ): readonly EndpointService[] {
    const described = world
      .services(RegionId)
      .filter(({ ServiceId, ServiceName }) => !world.isMissing(ServiceId) && !world.isMissing(ServiceName))
      .map((service) => this.#known(service, RegionId, accountId));
    const made = [...this.#made.values()].filter((service) => service.birth.RegionId === RegionId);
    return [...described, ...made]
      .filter((service) => this.#exists(service))
      .sort((a, b) => a.birth.sequence - b.birth.sequence);
  }

  /** Services that belong to one account, in one region or in all. */
  ofAccount(accountId: string, world: WorldView, RegionId?: string): readonly EndpointService[] {
    const described = RegionId === undefined ? [...this.#described.values()] : this.all({ accountId, RegionId }, world);
    return [...new Set([...described, ...this.#made.values()])].filter(
      (service) =>
        service.birth.accountId === accountId &&
        (RegionId ?? service.birth.RegionId) === service.birth.RegionId &&
        this.#exists(service),
    );
  }

  #known(described: SimulatedService, RegionId: string, askedBy: string): EndpointService {
    const { ServiceId, ServiceName = usualServiceName(RegionId, ServiceId) } = described;
    const key = `${described.accountId === undefined ? askedBy : ''} ${RegionId} ${ServiceName} ${ServiceId}`;
    const known = this.#described.get(key);
    if (known !== undefined) return known;
    const service = new EndpointService(
      {
        ServiceId,
        ServiceName,
        RegionId,
        accountId: described.accountId ?? askedBy,
        sequence: this.#sequence++,
        createdAtMs: this.#now(),
        activeAtMs: this.#now(),
        described,
        zones: described.Zones ?? 'any',
      },
      {
        ServiceDescription: '',
        AutoAcceptEnabled: described.AutoAcceptEnabled,
        Payer: described.Payer ?? 'Endpoint',
        ZoneAffinityEnabled: true,
        ServiceResourceType: described.ServiceResourceType ?? 'nlb',
        ServiceSupportIPv6: described.ServiceSupportIPv6 ?? true,
        AddressIpVersion: described.AddressIpVersion ?? 'DualStack',
        ConnectBandwidth: 3072,
        ResourceGroupId: undefined,
        tags: [],
      },
      described.users,
    );
    this.#described.set(key, service);
    return service;
  }

  #existing(service: EndpointService): EndpointService | undefined {
    return this.#exists(service) ? service : undefined;
  }

  /** Bring a service up to the present. @returns Whether it still exists. */
  #exists(service: EndpointService): boolean {
    if (service.settle(this.#now())) return true;
    if (this.#made.delete(service.ServiceId)) this.#goneIds.add(service.ServiceId);
    if (!this.#gone.has(service)) {
      this.#gone.add(service);
      this.#onGone(service);
    }
    return false;
  }
}

/** Id of a service that is given by name: the id in the name, or one made from the name of a cloud service. */
export function serviceIdOf(name: string): string {
  return idInName(name) ?? `epsrv-${createHash('sha1').update(name).digest('hex').slice(0, 20)}`;
}

function idInName(name: string): string | undefined {
  return /\.(epsrv-[^.]+)$/.exec(name)?.[1];
}
