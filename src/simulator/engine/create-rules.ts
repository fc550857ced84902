import { isIPv4, isIPv6 } from 'node:net';
import type { Tag } from '../../model/endpoint.js';
import type { RequestedZone } from '../../model/request.js';
import { parameterDefinition, type ParameterName } from '../../model/request.js';
import { usualServiceName } from './endpoint-service.js';
import {
  mandatoryText,
  numberedObjects,
  numberedTexts,
  optionalBoolean,
  optionalInteger,
  optionalText,
  parseJson,
  tagsOf,
  type WireParameters,
} from './parameters.js';
import { invalidParameter, missingParameter, Refusal, refusalMessage } from './refusals.js';
import { serviceIdOf } from './service-store.js';
import type { EngineSettings, Quotas } from './settings.js';
import type { SimulatorSwitches } from './switches.js';

/** A zone of a request that passed the rules. */
export type AcceptedZone = RequestedZone & { readonly ZoneId: string; readonly VSwitchId: string };

/** A request of CreateVpcEndpoint that passed every rule that can be checked without other endpoints. */
export interface AcceptedCreate {
  readonly RegionId: string;
  readonly VpcId: string;
  readonly ServiceId: string;
  readonly ServiceName: string;
  readonly EndpointName: string;
  readonly EndpointDescription: string;
  readonly EndpointType: string;
  readonly AddressIpVersion: string;
  readonly ZoneAffinityEnabled: boolean;
  readonly ZonePrivateIpAddressCount: number;
  readonly ResourceGroupId: string | undefined;
  readonly PolicyDocument: string | undefined;
  readonly ServiceRegionId: string | undefined;
  readonly CrossRegionBandwidth: number | undefined;
  readonly zones: readonly AcceptedZone[];
  readonly securityGroupIds: readonly string[];
  readonly tags: readonly Tag[];
}

/** Check a request as the API page limits it, and read it. @throws Refusal - With the code of the first rule broken. */
export function acceptCreate(parameters: WireParameters, settings: EngineSettings): AcceptedCreate {
  const RegionId = mandatoryText(parameters, 'RegionId');
  const VpcId = mandatoryText(parameters, 'VpcId');
  const givenId = optionalText(parameters, 'ServiceId');
  const givenName = optionalText(parameters, 'ServiceName');
  if (givenId === undefined && givenName === undefined) throw missingParameter('ServiceId');

  const EndpointType = textWithinLimits(parameters, 'EndpointType') ?? settings.switches.defaultEndpointType;
  const AddressIpVersion = optionalText(parameters, 'AddressIpVersion') ?? 'IPv4';
  if (AddressIpVersion !== 'IPv4' && AddressIpVersion !== 'DualStack')
    throw new Refusal('IllegalParam.AddressIpVersion');
  if (AddressIpVersion === 'DualStack' && EndpointType === 'Reverse') {
    throw new Refusal('OperationDenied.EndpointTypeNotSupportDualstack');
  }
  optionalBoolean(parameters, 'ProtectedEnabled');

  const ServiceRegionId = textWithinLimits(parameters, 'ServiceRegionId');
  const zones = acceptZones(parameters, AddressIpVersion, settings.quotas);
  const securityGroupIds = acceptSecurityGroups(parameters, EndpointType, settings.quotas);
  const tags = acceptTags(parameters, settings.quotas);
  const accepted: AcceptedCreate = {
    RegionId,
    VpcId,
    ServiceId: givenId ?? serviceIdOf(givenName ?? ''),
    ServiceName: givenName ?? usualServiceName(ServiceRegionId ?? RegionId, givenId ?? ''),
    EndpointName: textWithinLimits(parameters, 'EndpointName') ?? '',
    EndpointDescription: textWithinLimits(parameters, 'EndpointDescription') ?? '',
    EndpointType,
    AddressIpVersion,
    ZoneAffinityEnabled: optionalBoolean(parameters, 'ZoneAffinityEnabled') ?? false,
    ZonePrivateIpAddressCount: acceptAddressCount(parameters),
    ResourceGroupId: optionalText(parameters, 'ResourceGroupId'),
    PolicyDocument: acceptPolicyDocument(parameters, settings.switches),
    ServiceRegionId,
    CrossRegionBandwidth: optionalInteger(parameters, 'CrossRegionBandwidth', 100),
    zones,
    securityGroupIds,
    tags,
  };
  return accepted;
}

function acceptZones(
  parameters: WireParameters,
  AddressIpVersion: string,
  { zonesPerEndpoint: limit }: Quotas,
): readonly AcceptedZone[] {
  // Clients write absence as an empty value too.
  const given = numberedObjects(parameters, 'Zone').map((fields): RequestedZone =>
    Object.fromEntries([...fields].filter(([, value]) => value !== '')),
  );
  const zones = given
    .filter((zone) => Object.keys(zone).length > 0)
    .map((zone) => {
      const { ZoneId, VSwitchId } = zone;
      if (ZoneId === undefined) throw missingParameter('ZoneId');
      if (VSwitchId === undefined) throw missingParameter('VSwitchId');
      return { ...zone, ZoneId, VSwitchId };
    });
  if (zones.length > limit) {
    // Inferred: the limit and the code are documented, that they belong together is not.
    const code = 'QuotaExceeded.epZonePerEndpoint';
    throw new Refusal(code, refusalMessage(code, 'epZonePerEndpoint', zones.length, limit));
  }
  if (new Set(zones.map((zone) => zone.ZoneId)).size < zones.length) throw new Refusal('EndpointZoneDuplicated');
  for (const zone of zones) checkAddresses(zone, AddressIpVersion);
  return zones;
}

/** Check the addresses that a zone asks for. @throws Refusal */
export function checkAddresses({ ip, Ipv6Address }: RequestedZone, AddressIpVersion: string): void {
  if (ip !== undefined && !isIPv4(ip)) throw new Refusal('IllegalParam.Ip');
  if (Ipv6Address === undefined) return;
  if (AddressIpVersion !== 'DualStack') {
    throw new Refusal('OperationDenied.AddressIpVersionNotSupportSpecifyIpv6');
  }
  if (!isIPv6(Ipv6Address)) throw new Refusal('IllegalParam.Ipv6Address');
}

function acceptAddressCount(parameters: WireParameters): number {
  const count = optionalInteger(parameters, 'ZonePrivateIpAddressCount', 1) ?? 1;
  if (count === 1) return count;
  // Inferred: the page says that only 1 is valid and has this code; that they belong together it does not say.
  const code = 'QuotaExceeded.IpQuotaPerEp';
  throw new Refusal(code, refusalMessage(code, 'IpQuotaPerEp', count, 1));
}

function acceptSecurityGroups(
  parameters: WireParameters,
  EndpointType: string,
  { securityGroupsPerEndpoint: limit }: Quotas,
): readonly string[] {
  const groups = numberedTexts(parameters, 'SecurityGroupId');
  if (EndpointType === 'Interface' && groups.length === 0) throw new Refusal('EndpointMustContainSecurityGroup');
  if (EndpointType === 'GatewayLoadBalancer' && groups.length > 0) {
    throw new Refusal('GatewayLoadBalancerNotSupportSecurityGroup');
  }
  // Inferred: the limit is documented, its code is not; and SecurityGroupExist is a code of Attach only.
  if (groups.length > limit || new Set(groups).size < groups.length) throw invalidParameter('SecurityGroupId');
  return groups;
}

/** Read a policy as far as the switch wants it looked at. @throws Refusal - The code is inferred. */
export function acceptPolicyDocument(
  parameters: WireParameters,
  { policyChecked }: SimulatorSwitches,
): string | undefined {
  const policy = optionalText(parameters, 'PolicyDocument');
  if (!policyChecked || policy === undefined) return policy;
  const parsed = parseJson(policy, 'PolicyDocument');
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw invalidParameter('PolicyDocument');
  return policy;
}

/** Read tags within their limits. @throws Refusal */
export function acceptTags(parameters: WireParameters, { tagsPerResource }: Quotas): readonly Tag[] {
  const tags = tagsOf(parameters);
  if (tags.length > tagsPerResource) throw new Refusal('QuotaExceed.TagsPerResource');
  checkTags(tags);
  return tags;
}

/** Check tags but for their number. @throws Refusal */
export function checkTags(tags: readonly Tag[]): void {
  for (const { Key, Value } of tags) {
    if (Key === '') throw new Refusal('MissingTagKeyParam');
    if (!isWithinLimits(Key, 'Tag.Key')) throw new Refusal('IllegalTagKeyParam');
    if (Value !== '' && !isWithinLimits(Value, 'Tag.Value')) throw new Refusal('IllegalTagValueParam');
  }
  if (new Set(tags.map((tag) => tag.Key)).size < tags.length) throw new Refusal('DuplicatedTagKey');
}

/** A text within the limits of the request's parameter of that name. @throws Refusal */
export function textWithinLimits(parameters: WireParameters, name: ParameterName): string | undefined {
  const value = optionalText(parameters, name);
  if (value !== undefined && !isWithinLimits(value, name)) throw invalidParameter(name);
  return value;
}

/** Whether a text is within the limits of the request's parameter of that name. */
export function isWithinLimits(value: string, name: ParameterName): boolean {
  const { minLength = 0, maxLength = Infinity, pattern, values } = parameterDefinition(name);
  const { length } = Array.from(value);
  return (
    length >= minLength &&
    length <= maxLength &&
    (pattern === undefined || pattern.test(value)) &&
    (values === undefined || values.includes(value))
  );
}
