import { usualServiceName } from './endpoint-service.js';
import type { EngineSettings } from './settings.js';
import type {
  SimulatedService,
  WorldAccount,
  WorldLoadBalancer,
  WorldSecurityGroup,
  WorldVpc,
  WorldVSwitch,
} from './world.js';

/** Services of one region as they are looked for. */
interface RegionServices {
  readonly all: readonly SimulatedService[];
  readonly byId: ReadonlyMap<string, readonly SimulatedService[]>;
  readonly byName: ReadonlyMap<string, readonly SimulatedService[]>;
}

/** More regions than there are: in an open world calls can name any. */
const KEPT_REGIONS = 100;

/** What is there beside PrivateLink, as settings describe it. */
export class WorldView {
  readonly isOpen: boolean;
  readonly #settings: Pick<EngineSettings, 'world' | 'services' | 'missing'>;
  readonly #missing: ReadonlySet<string>;
  readonly #accounts: ReadonlyMap<string, WorldAccount>;
  readonly #services = new Map<string, RegionServices>();

  constructor(settings: Pick<EngineSettings, 'world' | 'services' | 'missing'>) {
    this.#settings = settings;
    this.isOpen = settings.world.open;
    this.#missing = new Set([...settings.missing, ...settings.world.missing]);
    this.#accounts = new Map(settings.world.accounts.map((account) => [account.accountId, account]));
  }

  get regions(): readonly string[] {
    return this.#settings.world.regions;
  }

  isMissing(id: string | undefined): boolean {
    return id !== undefined && this.#missing.has(id);
  }

  account(accountId: string): WorldAccount {
    return this.#accounts.get(accountId) ?? { accountId };
  }

  vpc(VpcId: string, RegionId: string): WorldVpc | undefined {
    return this.#named(this.#settings.world.vpcs, VpcId, RegionId, ({ VpcId: id }) => id, { VpcId });
  }

  vSwitch(VSwitchId: string, RegionId: string): WorldVSwitch | undefined {
    return this.#named(this.#settings.world.vSwitches, VSwitchId, RegionId, (item) => item.VSwitchId, { VSwitchId });
  }

  securityGroup(SecurityGroupId: string, RegionId: string): WorldSecurityGroup | undefined {
    const { securityGroups } = this.#settings.world;
    return this.#named(securityGroups, SecurityGroupId, RegionId, (item) => item.SecurityGroupId, { SecurityGroupId });
  }

  loadBalancer(ResourceId: string, RegionId: string): WorldLoadBalancer | undefined {
    return this.#named(this.#settings.world.loadBalancers, ResourceId, RegionId, (item) => item.ResourceId, {
      ResourceId,
    });
  }

  /** Services that are described, those of the settings before those of the world. */
  services(RegionId: string): readonly SimulatedService[] {
    return this.#servicesOf(RegionId).all;
  }

  /** The first described service of a region that has an id, a name or both, as far as they are given. */
  service(RegionId: string, ServiceId: string | undefined, ServiceName: string | undefined) {
    const { all, byId, byName } = this.#servicesOf(RegionId);
    if (ServiceId === undefined) return ServiceName === undefined ? all[0] : byName.get(ServiceName)?.[0];
    const found = byId.get(ServiceId);
    if (ServiceName === undefined) return found?.[0];
    return found?.find((service) => serviceNameOf(service, RegionId) === ServiceName);
  }

  #servicesOf(RegionId: string): RegionServices {
    const known = this.#services.get(RegionId);
    if (known !== undefined) return known;
    const { services, world } = this.#settings;
    const own = new Set(services.map(({ ServiceId }) => ServiceId));
    const all = [...services, ...world.services.filter(({ ServiceId }) => !own.has(ServiceId))].filter(
      (service) => (service.RegionId ?? RegionId) === RegionId,
    );
    const found = {
      all,
      byId: groupedBy(all, ({ ServiceId }) => ServiceId),
      byName: groupedBy(all, (service) => serviceNameOf(service, RegionId)),
    };
    if (this.#services.size >= KEPT_REGIONS) this.#services.clear();
    this.#services.set(RegionId, found);
    return found;
  }

  #named<Item extends { readonly RegionId?: string }>(
    items: readonly Item[],
    id: string,
    RegionId: string,
    idOf: (item: Item) => string,
    usual: Item,
  ): Item | undefined {
    if (this.isMissing(id)) return undefined;
    const named = items.filter((item) => idOf(item) === id);
    if (named.length === 0) return this.isOpen ? usual : undefined;
    return named.find((item) => (item.RegionId ?? RegionId) === RegionId);
  }
}

function serviceNameOf({ ServiceId, ServiceName }: SimulatedService, RegionId: string): string {
  return ServiceName ?? usualServiceName(RegionId, ServiceId);
}

function groupedBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
