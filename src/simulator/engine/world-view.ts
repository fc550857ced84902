import type { EngineSettings } from './settings.js';
import type {
  SimulatedService,
  WorldAccount,
  WorldLoadBalancer,
  WorldSecurityGroup,
  WorldVpc,
  WorldVSwitch,
} from './world.js';

/** What is there beside PrivateLink, as settings describe it. */
export class WorldView {
  readonly isOpen: boolean;
  readonly #settings: Pick<EngineSettings, 'world' | 'services' | 'missing'>;
  readonly #missing: ReadonlySet<string>;
  readonly #accounts: ReadonlyMap<string, WorldAccount>;

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
    const { services, world } = this.#settings;
    const own = new Set(services.map(({ ServiceId }) => ServiceId));
    return [...services, ...world.services.filter(({ ServiceId }) => !own.has(ServiceId))].filter(
      (service) => (service.RegionId ?? RegionId) === RegionId,
    );
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
