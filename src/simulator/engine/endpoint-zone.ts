/** Where an endpoint has a network interface. */
export interface ZonePlace {
  readonly ZoneId: string;
  readonly VSwitchId: string;
  readonly EniId: string;
  readonly EniIp: string;
  readonly Ipv6Address?: string;
}

/** A state that lasts until a time, and the one that follows; `undefined`: it follows the endpoint again. */
interface Step {
  readonly status: string;
  readonly untilMs: number;
  readonly then: string | undefined;
}

/**
 * One zone of an endpoint.
 *
 * It follows its endpoint and the connection until a call of its own moves it; then it has a state of its own.
 */
export class EndpointZone {
  /** A smooth migration gives it another network interface. */
  place: ZonePlace;
  /** Resource of the service that serves it, once there is one. */
  resourceId: string | undefined;
  /** Whether the provider chose that resource. */
  isManual = false;
  /** What served it before a smooth migration, until the old connection is closed. */
  replaced: { readonly EniId: string; readonly ResourceId: string | undefined } | undefined;
  #own: string | undefined;
  #step: Step | undefined;
  #removal: { goneAtMs: number; readsLeft: number; gone: boolean } | undefined;

  constructor(place: ZonePlace) {
    this.place = place;
  }

  get isGone(): boolean {
    return this.#removal?.gone === true;
  }

  /** Whether something is being done to it. */
  get isBusy(): boolean {
    return this.#step !== undefined || (this.#removal !== undefined && !this.#removal.gone);
  }

  /** @param following - What it is while it follows its endpoint. */
  status(following: string): string {
    if (this.#removal !== undefined) return 'Deleting';
    return this.#step?.status ?? this.#own ?? following;
  }

  /** Be in a state until a time, then in another, or again that of the endpoint. */
  move(status: string, untilMs: number, then: string | undefined): void {
    this.#step = { status, untilMs, then };
  }

  /** Follow the endpoint again. */
  follow(): void {
    this.#own = undefined;
    this.#step = undefined;
  }

  /** Begin to go: it is gone at a time, but not before so many lists of zones still had it. */
  startRemoving(goneAtMs: number, reads: number): void {
    this.#removal = { goneAtMs, readsLeft: reads, gone: false };
  }

  /** Count an answer that listed the zones. */
  countRead(nowMs: number): void {
    if (this.#removal === undefined || this.#removal.readsLeft <= 0) return;
    this.#removal.readsLeft -= 1;
    // The answer that was the last to show it is when it truly went, unless the time lasts longer.
    if (this.#removal.readsLeft <= 0) this.#removal.goneAtMs = Math.max(this.#removal.goneAtMs, nowMs);
  }

  /** Bring it up to a time. @returns What it has become, and when. */
  settle(nowMs: number): { readonly kind: 'zoneChanged' | 'zoneRemoved'; readonly atMs: number } | undefined {
    if (this.#removal !== undefined) {
      const { gone, goneAtMs, readsLeft } = this.#removal;
      if (gone || goneAtMs > nowMs || readsLeft > 0) return undefined;
      this.#removal.gone = true;
      return { kind: 'zoneRemoved', atMs: goneAtMs };
    }
    if (this.#step === undefined || this.#step.untilMs > nowMs) return undefined;
    const { then, untilMs } = this.#step;
    this.#own = then;
    this.#step = undefined;
    return { kind: 'zoneChanged', atMs: untilMs };
  }
}
