import { serviceIdOf } from './create-rules.js';
import { optionalText, type WireParameters } from './parameters.js';

/** What ListVpcEndpointServicesByEndUser says of one service. */
export interface SimulatedService {
  readonly ServiceId: string;
  /** `com.aliyuncs.privatelink.<region>.<ServiceId>` when left out. */
  readonly ServiceName?: string;
  /** Every zone of the region when left out. */
  readonly Zones?: readonly string[];
  readonly AutoAcceptEnabled?: boolean;
  readonly AddressIpVersion?: string;
  readonly ServiceSupportIPv6?: boolean;
  readonly VpcEndpointPolicySupported?: boolean;
  readonly ServiceResourceType?: string;
  /** `false`: the account may not use it, so it is not listed. */
  readonly listed?: boolean;
}

/** What a field of a service has to be. */
const FIELD_TYPES: Readonly<Record<keyof SimulatedService, 'string' | 'boolean' | 'list'>> = {
  ServiceId: 'string',
  ServiceName: 'string',
  Zones: 'list',
  AutoAcceptEnabled: 'boolean',
  AddressIpVersion: 'string',
  ServiceSupportIPv6: 'boolean',
  VpcEndpointPolicySupported: 'boolean',
  ServiceResourceType: 'string',
  listed: 'boolean',
};

/**
 * Items of ListVpcEndpointServicesByEndUser, before paging.
 *
 * A call that names a service gets that one: as the settings describe it, else as one that supports everything, for any id
 * is taken to exist. A call that names none gets the described ones.
 *
 * @param autoAccept - Of a service that does not say so itself.
 */
export function listedServices(
  parameters: WireParameters,
  {
    services,
    missing,
    autoAccept,
  }: {
    readonly services: readonly SimulatedService[];
    readonly missing: readonly string[];
    readonly autoAccept: boolean;
  },
): readonly Readonly<Record<string, unknown>>[] {
  const RegionId = optionalText(parameters, 'RegionId') ?? '';
  const ServiceId = optionalText(parameters, 'ServiceId');
  const ServiceName = optionalText(parameters, 'ServiceName');
  const described = services
    .map((service) => ({ ...service, ServiceName: service.ServiceName ?? usualName(RegionId, service.ServiceId) }))
    .filter(
      (service) =>
        (ServiceId === undefined || service.ServiceId === ServiceId) &&
        (ServiceName === undefined || service.ServiceName === ServiceName),
    );
  const asked = ServiceId ?? ServiceName;
  const all = described.length > 0 || asked === undefined ? described : [anyService(RegionId, ServiceId, ServiceName)];
  return all
    .filter((service) => service.listed !== false)
    .filter((service) => !missing.includes(service.ServiceId) && !missing.includes(service.ServiceName))
    .map((service) => ({
      ServiceDomain: `${service.ServiceId}.${RegionId}.privatelink.aliyuncs.com`,
      ServiceType: 'Interface',
      ServiceResourceType: 'nlb',
      Payer: 'Endpoint',
      AddressIpVersion: 'DualStack',
      ServiceSupportIPv6: true,
      ZoneAffinityEnabled: true,
      VpcEndpointPolicySupported: true,
      AutoAcceptEnabled: autoAccept,
      Zones: zonesOf(RegionId),
      ...Object.fromEntries(Object.entries(service).filter(([field]) => field !== 'listed')),
    }));
}

/**
 * Read services that came as JSON.
 *
 * @throws TypeError - Something in it is unknown or of a wrong type; the message names it.
 */
export function parseServices(value: unknown): readonly SimulatedService[] {
  if (!Array.isArray(value)) throw new TypeError('services is not a list');
  return value.map((service: unknown, index) => parseService(service, `services[${index}]`));
}

function parseService(value: unknown, name: string): SimulatedService {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${name} is not a JSON object`);
  }
  for (const [field, given] of Object.entries(value)) {
    const type = Object.hasOwn(FIELD_TYPES, field) ? FIELD_TYPES[field as keyof SimulatedService] : undefined;
    if (type === undefined) throw new TypeError(`${name} has no ${field}`);
    const isRight = type === 'list' ? isTextList(given) : typeof given === type && given !== '';
    if (!isRight) throw new TypeError(`${name}.${field} is not a ${type === 'list' ? 'list of texts' : type}`);
  }
  if (!('ServiceId' in value)) throw new TypeError(`${name}.ServiceId is missing`);
  return value as SimulatedService;
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function anyService(RegionId: string, ServiceId: string | undefined, ServiceName: string | undefined) {
  const service: SimulatedService = { ServiceId: ServiceId ?? serviceIdOf(ServiceName ?? '') };
  return { ...service, ServiceName: ServiceName ?? usualName(RegionId, service.ServiceId) };
}

function usualName(RegionId: string, ServiceId: string): string {
  return `com.aliyuncs.privatelink.${RegionId}.${ServiceId}`;
}

/** More than any region has. Regions whose id ends in a digit have no "-" before the letter: `ap-southeast-1a`. */
function zonesOf(RegionId: string): string[] {
  const separator = /\d$/.test(RegionId) ? '' : '-';
  return Array.from('abcdefghijkl', (letter) => `${RegionId}${separator}${letter}`);
}
