import type { ZonePlace } from './endpoint-zone.js';
import type { SimulatedEndpoint } from './endpoint.js';

/** Whose addresses are meant: each account has its own in each region. */
export interface AddressOwner {
  readonly accountId: string;
  readonly RegionId: string;
}

/**
 * Which endpoint has which address, and how many addresses a vSwitch has given away.
 *
 * It knows what it was told last: an endpoint whose zones come or go has to be {@link note noted} again.
 */
export class AddressesInUse {
  /** No two endpoints of an account have an address of a vSwitch at the same time. */
  readonly #holders = new Map<string, SimulatedEndpoint>();
  readonly #counts = new Map<string, number>();
  readonly #noted = new Map<SimulatedEndpoint, readonly ZonePlace[]>();

  /** Take the addresses that an endpoint has now for those that it has. */
  note(endpoint: SimulatedEndpoint): void {
    this.forget(endpoint);
    if (endpoint.zones.length === 0) return;
    const places = endpoint.zones.map(({ place }) => place);
    this.#noted.set(endpoint, places);
    for (const place of places) {
      this.#holders.set(addressKey(ownerOf(endpoint), addressOf(place)), endpoint);
      this.#count(endpoint, place, 1);
    }
  }

  forget(endpoint: SimulatedEndpoint): void {
    for (const place of this.#noted.get(endpoint) ?? []) {
      this.#holders.delete(addressKey(ownerOf(endpoint), addressOf(place)));
      this.#count(endpoint, place, -1);
    }
    this.#noted.delete(endpoint);
  }

  /** Who has an address, which is given as {@link addressOf} writes it. */
  holderOf(owner: AddressOwner, address: string): SimulatedEndpoint | undefined {
    return this.#holders.get(addressKey(owner, address));
  }

  /** How many addresses of a vSwitch endpoints of all accounts have in a VPC. */
  countOf(RegionId: string, VpcId: string, VSwitchId: string): number {
    return this.#counts.get(vSwitchKey(RegionId, VpcId, VSwitchId)) ?? 0;
  }

  #count({ birth }: SimulatedEndpoint, { VSwitchId }: ZonePlace, change: 1 | -1): void {
    const { RegionId, VpcId } = birth.request;
    const key = vSwitchKey(RegionId, VpcId, VSwitchId);
    const count = (this.#counts.get(key) ?? 0) + change;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
  }
}

/** An address within an account and region: `<vSwitch> <address>`. */
export function addressOf({ VSwitchId, EniIp }: Pick<ZonePlace, 'VSwitchId' | 'EniIp'>): string {
  return `${VSwitchId} ${EniIp}`;
}

function ownerOf({ birth }: SimulatedEndpoint): AddressOwner {
  return { accountId: birth.accountId, RegionId: birth.request.RegionId };
}

function addressKey({ accountId, RegionId }: AddressOwner, address: string): string {
  return `${accountId} ${RegionId} ${address}`;
}

function vSwitchKey(RegionId: string, VpcId: string, VSwitchId: string): string {
  return `${RegionId} ${VpcId} ${VSwitchId}`;
}
