import { DEFAULT_WORLD } from './default-world.js';
import { DEFAULT_SWITCHES, parseSwitches, type SimulatorSwitches } from './switches.js';
import { parseDuration, type Duration } from './times.js';
import { parseServices, parseWorld, type SimulatedService, type World } from './world.js';

/**
 * When an endpoint becomes Active.
 *
 * `afterMs`: that long after its creation. `afterReads`: after so many answers of GetVpcEndpointAttribute that still said
 * Creating (List does not count); 0 = at once, Infinity = never.
 */
export type TimeToActive = { readonly afterMs: Duration } | { readonly afterReads: number };

/** Calls that one account may make of one action in one region (the page of API quotas). */
export interface RateLimits {
  /** Of an action that changes something, in any 60 s. Default 200. */
  readonly writesPerMinute: number;
  /** Of an action that changes nothing, in any 60 s. Default 1,000. */
  readonly readsPerMinute: number;
  /** Of OpenPrivateLinkService, in any second. Default 5. */
  readonly opensPerSecond: number;
}

/** How much of something there may be (the page of quotas). */
export interface Quotas {
  /** Default 1,000. */
  readonly endpointsPerVpc: number;
  /** Endpoints of a VPC that are not Connected. No page gives the number behind the code; default: no limit. */
  readonly idleEndpointsPerVpc: number;
  /** Of one account. Default 200. */
  readonly services: number;
  /** Default 500. */
  readonly resourcesPerService: number;
  /** Default 100. */
  readonly resourcesPerZoneOfService: number;
  /** Default 10. */
  readonly zonesPerEndpoint: number;
  /** Default 10. */
  readonly securityGroupsPerEndpoint: number;
  /** Default 20. */
  readonly tagsPerResource: number;
}

/** What of the engine can be set at its start and changed while it runs. Endpoints keep what held when they were made. */
export interface EngineSettings {
  /** Default: drawn between 20 and 60 s. */
  readonly timeToActive: TimeToActive;
  /** From an accepted DeleteVpcEndpoint to absence. Default 5 s. */
  readonly deleteMs: Duration;
  /** So many answers of GetVpcEndpointAttribute still say Deleting, also when that time is over. Default 0. */
  readonly deleteReads: number;
  /** From an accepted RemoveZoneFromVpcEndpoint to absence of the zone. Default 2 s. */
  readonly zoneRemovalMs: Duration;
  /** So many answers of ListVpcEndpointZones still show the zone as Deleting, also when that time is over. Default 0. */
  readonly zoneRemovalReads: number;
  /** From an accepted AddZoneToVpcEndpoint to `Wait`. Default 2 s. */
  readonly zoneAddMs: Duration;
  /** Connecting, of an endpoint or a zone. Default 2 s. */
  readonly connectMs: Duration;
  /** Disconnecting, of an endpoint or a zone. Default 2 s. */
  readonly disconnectMs: Duration;
  /** Attaching and Detaching of a security group; the endpoint is Pending meanwhile. Default 2 s. */
  readonly securityGroupMs: Duration;
  /** From UpdateVpcEndpointAttribute or a change of a connection to its effect; Pending meanwhile. Default 1 s. */
  readonly updateMs: Duration;
  /** Creating and Deleting of an endpoint service. Default 2 s. */
  readonly serviceMs: Duration;
  /** How long an operation that an account may not run twice at once counts as running. Default 1 s. */
  readonly accountOperationMs: Duration;
  /** A service that does not say so itself accepts connections by itself. */
  readonly autoAccept: boolean;
  /** Ids of VPCs, services (names too), vSwitches, security groups and load balancers that do not exist. */
  readonly missing: readonly string[];
  /** Services beside those of the world; one with the same id takes precedence. */
  readonly services: readonly SimulatedService[];
  readonly world: World;
  /** Unlimited where a limit is Infinity. */
  readonly limits: RateLimits;
  readonly quotas: Quotas;
  readonly switches: SimulatorSwitches;
}

/** Settings to change; what is left out stays, single switches, limits and quotas included. */
export type SettingsChange = Partial<Omit<EngineSettings, 'switches' | 'limits' | 'quotas'>> & {
  readonly switches?: Partial<SimulatorSwitches>;
  readonly limits?: Partial<RateLimits>;
  readonly quotas?: Partial<Quotas>;
};

/** The account may call as often as it likes. */
export const NO_LIMITS: RateLimits = { writesPerMinute: Infinity, readsPerMinute: Infinity, opensPerSecond: Infinity };

/** Settings of an engine that is told nothing. */
export const DEFAULT_SETTINGS: EngineSettings = {
  timeToActive: { afterMs: [20_000, 60_000] },
  deleteMs: 5_000,
  deleteReads: 0,
  zoneRemovalMs: 2_000,
  zoneRemovalReads: 0,
  zoneAddMs: 2_000,
  connectMs: 2_000,
  disconnectMs: 2_000,
  securityGroupMs: 2_000,
  updateMs: 1_000,
  serviceMs: 2_000,
  accountOperationMs: 1_000,
  autoAccept: true,
  missing: [],
  services: [],
  world: DEFAULT_WORLD,
  limits: { writesPerMinute: 200, readsPerMinute: 1_000, opensPerSecond: 5 },
  quotas: {
    endpointsPerVpc: 1_000,
    idleEndpointsPerVpc: Infinity,
    services: 200,
    resourcesPerService: 500,
    resourcesPerZoneOfService: 100,
    zonesPerEndpoint: 10,
    securityGroupsPerEndpoint: 10,
    tagsPerResource: 20,
  },
  switches: DEFAULT_SWITCHES,
};

/** Apply a change to settings. */
export function changeSettings(settings: EngineSettings, change: SettingsChange): EngineSettings {
  return {
    ...settings,
    ...change,
    switches: { ...settings.switches, ...change.switches },
    limits: { ...settings.limits, ...change.limits },
    quotas: { ...settings.quotas, ...change.quotas },
  };
}

const PARSERS: Readonly<Record<keyof EngineSettings, (value: unknown, name: string) => unknown>> = {
  timeToActive: parseTimeToActive,
  deleteMs: parseDuration,
  deleteReads: parseCount,
  zoneRemovalMs: parseDuration,
  zoneRemovalReads: parseCount,
  zoneAddMs: parseDuration,
  connectMs: parseDuration,
  disconnectMs: parseDuration,
  securityGroupMs: parseDuration,
  updateMs: parseDuration,
  serviceMs: parseDuration,
  accountOperationMs: parseDuration,
  autoAccept: parseBoolean,
  missing: parseTexts,
  services: parseServices,
  world: parseWorld,
  limits: parseCountsOf(DEFAULT_SETTINGS.limits),
  quotas: parseCountsOf(DEFAULT_SETTINGS.quotas),
  switches: parseSwitches,
};

/**
 * Read a change of settings that came as JSON. The text `"Infinity"` stands for a number without a limit.
 *
 * @throws TypeError - Something in it is unknown or of a wrong type; the message names it.
 */
export function parseSettingsChange(value: unknown): SettingsChange {
  const change: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(objectOf(value, 'settings'))) {
    if (!Object.hasOwn(PARSERS, name)) throw new TypeError(`There is no setting ${name}`);
    change[name] = PARSERS[name as keyof EngineSettings](given, name);
  }
  return change;
}

function parseTimeToActive(value: unknown): TimeToActive {
  const { afterMs, afterReads, ...rest } = objectOf(value, 'timeToActive');
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw new TypeError(`timeToActive has no ${unknown}`);
  if ((afterMs === undefined) === (afterReads === undefined)) {
    throw new TypeError('timeToActive takes either afterMs or afterReads');
  }
  if (afterReads !== undefined) return { afterReads: parseCount(afterReads, 'timeToActive.afterReads') };
  return { afterMs: parseDuration(afterMs, 'timeToActive.afterMs') };
}

function parseCountsOf<Counts extends object>(known: Counts) {
  return (value: unknown, name: string): Partial<Counts> =>
    Object.fromEntries(
      Object.entries(objectOf(value, name)).map(([field, given]) => {
        if (!Object.hasOwn(known, field)) throw new TypeError(`${name} has no ${field}`);
        return [field, parseCount(given, `${name}.${field}`)];
      }),
    ) as Partial<Counts>;
}

function parseCount(value: unknown, name: string): number {
  if (value === 'Infinity') return Infinity;
  if (typeof value !== 'number' || !(value >= 0)) throw new TypeError(`${name} is not a number from 0 up`);
  return value;
}

function parseBoolean(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw new TypeError(`${name} is not a boolean`);
  return value;
}

function parseTexts(value: unknown, name: string): readonly string[] {
  if (!Array.isArray(value) || !value.every((item): item is string => typeof item === 'string')) {
    throw new TypeError(`${name} is not a list of texts`);
  }
  return value;
}

function objectOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${name} is not a JSON object`);
  }
  return value as Record<string, unknown>;
}
