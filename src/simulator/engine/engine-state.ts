import type { EndpointService } from './endpoint-service.js';
import { EndpointStore, serviceEffect, type Cause, type Effect } from './endpoint-store.js';
import type { SimulatedEndpoint } from './endpoint.js';
import { createIdSource, type IdSource } from './ids.js';
import { optionalText, mandatoryText, type WireParameters } from './parameters.js';
import { Refusal } from './refusals.js';
import { ServiceStore } from './service-store.js';
import { changeSettings, DEFAULT_SETTINGS, type EngineSettings, type SettingsChange } from './settings.js';
import { drawMs, type Duration } from './times.js';
import { WorldView } from './world-view.js';

/** Where an engine takes time and chance from. */
export interface EngineSources {
  /** Milliseconds since 1970. */
  now(): number;
  /** From 0 up to, but not including, 1. */
  random(): number;
  /** Makes the ids of endpoints (`ep`), services (`epsrv`) and network interfaces (`eni`); must not repeat itself. */
  newId?(prefix: string): string;
}

/** Who calls, beyond the account. */
export interface Caller {
  /** The same for the same user or role session. */
  readonly principal: string;
  /** Whether it calls with temporary credentials. */
  readonly sts: boolean;
}

/** A call as it is when transport, signature and faults are done with. */
export interface EngineCall {
  readonly action: string;
  readonly parameters: WireParameters;
  readonly accountId: string;
  readonly caller?: Caller;
  /** Lists show the state of so long ago: what was made since is missing, what became Active since is Creating. */
  readonly view?: { readonly staleMs?: number };
  /** The endpoint that this call makes never becomes Active. */
  readonly stuckCreating?: true;
}

/** Body of an answer before its RequestId. */
export type Fields = Readonly<Record<string, unknown>>;

/** Execute what was checked. */
export type Preparation = () => Fields;

/** An action that changes nothing. @throws Refusal */
export type ReadAction = (state: EngineState, call: EngineCall) => Fields;

/** An action that changes something: check the call and give back what would execute it. @throws Refusal */
export type WriteAction = (state: EngineState, call: EngineCall) => Preparation;

/** Everything that an engine knows. */
export class EngineState {
  readonly ids: IdSource;
  readonly endpoints: EndpointStore;
  readonly services: ServiceStore;
  readonly #sources: EngineSources;
  readonly #onEffect: (effect: Effect) => void;
  /** Until when an operation runs in an account that must be the only one of its kind. */
  readonly #busyUntil = new Map<string, number>();
  readonly #openedBy = new Set<string>();
  #settings: EngineSettings;
  #world: WorldView;
  #made = 0;
  #addresses = 0;
  /** Addresses that calls asked for, as `<vSwitch> <address>`. */
  readonly #askedFor = new Set<string>();

  constructor(sources: EngineSources, settings: SettingsChange, onEffect: (effect: Effect) => void) {
    this.#sources = sources;
    this.#onEffect = onEffect;
    this.ids = createIdSource(() => sources.random(), sources.newId?.bind(sources));
    this.endpoints = new EndpointStore(() => sources.now(), onEffect);
    this.services = new ServiceStore(
      () => sources.now(),
      (service) => this.#serviceIsGone(service),
    );
    this.#settings = changeSettings(DEFAULT_SETTINGS, settings);
    this.#world = new WorldView(this.#settings);
  }

  get now(): number {
    return this.#sources.now();
  }

  get settings(): EngineSettings {
    return this.#settings;
  }

  get world(): WorldView {
    return this.#world;
  }

  configure(change: SettingsChange): void {
    this.#settings = changeSettings(this.#settings, change);
    this.#world = new WorldView(this.#settings);
    if (change.world !== undefined || change.services !== undefined) this.services.forgetDescribed();
  }

  random(): number {
    return this.#sources.random();
  }

  /** When something ends that begins now and takes so long. */
  endOf(duration: Duration): number {
    return this.now + drawMs(duration, () => this.random());
  }

  /** Number of the next endpoint. */
  nextSequence(): number {
    return this.#made++;
  }

  /** Note that a call asked for an address: it is given to nobody else by itself. */
  reserveAddress(VSwitchId: string, ip: string): void {
    this.#askedFor.add(`${VSwitchId} ${ip}`);
  }

  /** An address that no endpoint of the engine had before. */
  freeAddress(VSwitchId: string): string {
    for (;;) {
      const number = this.#addresses++;
      const address = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
      if (!this.#askedFor.has(`${VSwitchId} ${address}`)) return address;
    }
  }

  /** Whether an account has activated PrivateLink. */
  isOpenFor(accountId: string): boolean {
    return this.#openedBy.has(accountId) || this.#world.account(accountId).productOpen !== false;
  }

  openFor(accountId: string): void {
    this.#openedBy.add(accountId);
  }

  /**
   * Refuse an operation that must be the only one of its kind in an account, or on a service, while another one runs there.
   *
   * @param action - Of an operation of a whole account: a switch says whether it excludes other actions, too.
   * @returns Begin the operation. @throws Refusal - ConcurrentCallNotSupported.
   */
  exclusively(place: string, action?: string): () => void {
    const alone = action !== undefined && this.#settings.switches.accountOperationsExclude === 'themselves';
    const key = alone ? `${place} ${action}` : place;
    if ((this.#busyUntil.get(key) ?? 0) > this.now) throw new Refusal('ConcurrentCallNotSupported');
    return () => this.#busyUntil.set(key, this.endOf(this.#settings.accountOperationMs));
  }

  /** The endpoint that a call names, if it belongs to the call's account and region. @throws Refusal */
  ownedEndpoint({ accountId, parameters }: EngineCall, visibleAfterMs = 0): SimulatedEndpoint {
    const RegionId = mandatoryText(parameters, 'RegionId');
    const endpoint = this.endpoints.find(mandatoryText(parameters, 'EndpointId'));
    if (
      endpoint === undefined ||
      endpoint.birth.accountId !== accountId ||
      endpoint.birth.request.RegionId !== RegionId ||
      endpoint.birth.createdAtMs + visibleAfterMs > this.now
    ) {
      throw new Refusal('EndpointNotFound');
    }
    return endpoint;
  }

  /** The service that a call names, if it belongs to the call's account and region. @throws Refusal */
  ownedService({ accountId, parameters }: EngineCall): EndpointService {
    const RegionId = mandatoryText(parameters, 'RegionId');
    const service = this.services.find(
      { accountId, RegionId, ServiceId: mandatoryText(parameters, 'ServiceId') },
      this.#world,
    );
    if (service?.isOwnedBy(accountId) !== true) throw new Refusal('EndpointServiceNotFound');
    return service;
  }

  /** The service of an endpoint, while it exists. */
  serviceOf({ birth }: SimulatedEndpoint): EndpointService | undefined {
    const { RegionId, ServiceId, ServiceName, ServiceRegionId } = birth.request;
    const query = { accountId: birth.accountId, RegionId: ServiceRegionId ?? RegionId, ServiceId, ServiceName };
    return this.services.find(query, this.#world);
  }

  /** Tell of what a call does to a service. */
  noteService(kind: Effect['kind'], service: EndpointService, cause?: Cause): void {
    this.#onEffect(serviceEffect(kind, service, this.now, cause));
  }

  #serviceIsGone(service: EndpointService): void {
    this.#onEffect(serviceEffect('serviceDeleted', service, service.goneAtMs ?? this.now));
  }
}

/** What an effect of a call tells of the call. */
export function causeOf({ action, parameters }: EngineCall): Cause {
  const ClientToken = optionalText(parameters, 'ClientToken');
  return { action, ...(ClientToken === undefined ? {} : { ClientToken }) };
}
