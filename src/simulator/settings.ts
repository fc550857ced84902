import { parseServices, type SimulatedService } from './services.js';
import { DEFAULT_SWITCHES, type SimulatorSwitches } from './switches.js';

/**
 * When an endpoint becomes Active.
 *
 * `afterMs`: that long after its creation, or drawn between two bounds. `afterReads`: after so many answers of
 * GetVpcEndpointAttribute that still said Creating (List does not count); 0 = at once, Infinity = never.
 */
export type TimeToActive =
  { readonly afterMs: number | readonly [min: number, max: number] } | { readonly afterReads: number };

/** What of the engine can be set at its start and changed while it runs. Endpoints keep what held when they were made. */
export interface EngineSettings {
  /** Default: drawn between 20 and 60 s. No page gives a duration. */
  readonly timeToActive: TimeToActive;
  /** From an accepted DeleteVpcEndpoint to absence. Default 5 s. */
  readonly deleteMs: number;
  /** So many answers of GetVpcEndpointAttribute still say Deleting, also when that time is over. Default 0. */
  readonly deleteReads: number;
  /** From an accepted RemoveZoneFromVpcEndpoint to absence of the zone. Default 2 s. */
  readonly zoneRemovalMs: number;
  /** So many answers of ListVpcEndpointZones still show the zone as Deleting, also when that time is over. Default 0. */
  readonly zoneRemovalReads: number;
  /** The service accepts connections by itself: Connected as soon as Active. Off: the endpoint stays Disconnected. */
  readonly autoAccept: boolean;
  /** Ids of VPCs, services (names too), vSwitches and security groups that do not exist. Any other id is taken to exist. */
  readonly missing: readonly string[];
  /**
   * What ListVpcEndpointServicesByEndUser says of services. Any other id is taken to be a service that serves every zone
   * and supports everything. CreateVpcEndpoint does not look at this.
   */
  readonly services: readonly SimulatedService[];
  readonly switches: SimulatorSwitches;
}

/** Settings to change; what is left out stays, single switches included. */
export type SettingsChange = Partial<Omit<EngineSettings, 'switches'>> & {
  readonly switches?: Partial<SimulatorSwitches>;
};

/** Settings of an engine that is told nothing. */
export const DEFAULT_SETTINGS: EngineSettings = {
  timeToActive: { afterMs: [20_000, 60_000] },
  deleteMs: 5_000,
  deleteReads: 0,
  zoneRemovalMs: 2_000,
  zoneRemovalReads: 0,
  autoAccept: true,
  missing: [],
  services: [],
  switches: DEFAULT_SWITCHES,
};

/** Apply a change to settings. */
export function changeSettings(settings: EngineSettings, change: SettingsChange): EngineSettings {
  return { ...settings, ...change, switches: { ...settings.switches, ...change.switches } };
}

/** Settings that are numbers from 0 up. */
const NUMBERS: readonly string[] = ['deleteMs', 'deleteReads', 'zoneRemovalMs', 'zoneRemovalReads'];

/** Switches with these two positions. */
const REFUSED_OR_ACCEPTED: readonly string[] = [
  'deleteWhileDeleting',
  'deleteWhileCreating',
  'removeZoneWhileCreating',
];

/**
 * Read a change of settings that came as JSON. The text `"Infinity"` stands for `afterReads: Infinity`.
 *
 * @throws TypeError - Something in it is unknown or of a wrong type; the message names it.
 */
export function parseSettingsChange(value: unknown): SettingsChange {
  const change: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(objectOf(value, 'settings'))) {
    if (name === 'timeToActive') change[name] = parseTimeToActive(given);
    else if (name === 'switches') change[name] = parseSwitches(given);
    else if (NUMBERS.includes(name)) change[name] = durationOf(given, name);
    else if (name === 'autoAccept') change[name] = expectType(given, 'boolean', name);
    else if (name === 'missing') change[name] = textsOf(given, name);
    else if (name === 'services') change[name] = parseServices(given);
    else throw new TypeError(`There is no setting ${name}`);
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
  if (afterReads !== undefined) {
    return { afterReads: afterReads === 'Infinity' ? Infinity : durationOf(afterReads, 'timeToActive.afterReads') };
  }
  if (!Array.isArray(afterMs)) return { afterMs: durationOf(afterMs, 'timeToActive.afterMs') };
  const [min, max] = afterMs.map((bound: unknown) => durationOf(bound, 'timeToActive.afterMs'));
  if (afterMs.length !== 2 || min === undefined || max === undefined || min > max) {
    throw new TypeError('timeToActive.afterMs is a number, or two in rising order');
  }
  return { afterMs: [min, max] };
}

function parseSwitches(value: unknown): Partial<SimulatorSwitches> {
  const switches = objectOf(value, 'switches');
  for (const [name, given] of Object.entries(switches)) {
    if (!Object.hasOwn(DEFAULT_SWITCHES, name)) throw new TypeError(`There is no switch ${name}`);
    expectType(given, typeof DEFAULT_SWITCHES[name as keyof SimulatorSwitches], `switches.${name}`);
    const positions = REFUSED_OR_ACCEPTED.includes(name) ? ['refused', 'accepted'] : [];
    if (positions.length > 0 && !positions.includes(given as string)) {
      throw new TypeError(`switches.${name} is one of ${positions.join(', ')}`);
    }
  }
  return switches;
}

function objectOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${name} is not a JSON object`);
  }
  return value as Record<string, unknown>;
}

function expectType(value: unknown, type: string, name: string): unknown {
  if (typeof value !== type) throw new TypeError(`${name} is not a ${type}`);
  return value;
}

function durationOf(value: unknown, name: string): number {
  if (typeof value !== 'number' || !(value >= 0)) throw new TypeError(`${name} is not a number from 0 up`);
  return value;
}

function textsOf(value: unknown, name: string): readonly string[] {
  if (!Array.isArray(value) || !value.every((item): item is string => typeof item === 'string')) {
    throw new TypeError(`${name} is not a list of texts`);
  }
  return value;
}
