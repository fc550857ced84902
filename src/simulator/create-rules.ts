import { createHash } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import type { RequestedZone } from '../model/request.js';
import { MAX_TAGS, parameterDefinition, type ParameterName } from '../model/request.js';
import type { Tag } from '../model/endpoint.js';
import {
  mandatoryText,
  numberedObjects,
  numberedTexts,
  optionalBoolean,
  optionalInteger,
  optionalText,
  tagsOf,
  type WireParameters,
} from './parameters.js';
import { invalidParameter, missingParameter, Refusal, refusalMessage } from './refusals.js';
import type { EngineSettings } from './settings.js';

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
  const refuseMissing = (code: string, ...ids: readonly (string | undefined)[]) => {
    if (ids.some((id) => id !== undefined && settings.missing.includes(id))) throw new Refusal(code);
  };
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

  const zones = acceptZones(parameters, AddressIpVersion);
  const securityGroupIds = acceptSecurityGroups(parameters, EndpointType);
  const tags = acceptTags(parameters);
  const accepted: AcceptedCreate = {
    RegionId,
    VpcId,
    ServiceId: givenId ?? serviceIdOf(givenName ?? ''),
    ServiceName: givenName ?? `com.aliyuncs.privatelink.${RegionId}.${givenId ?? ''}`,
    EndpointName: textWithinLimits(parameters, 'EndpointName') ?? '',
    EndpointDescription: textWithinLimits(parameters, 'EndpointDescription') ?? '',
    EndpointType,
    AddressIpVersion,
    ZoneAffinityEnabled: optionalBoolean(parameters, 'ZoneAffinityEnabled') ?? false,
    ZonePrivateIpAddressCount: optionalInteger(parameters, 'ZonePrivateIpAddressCount', 1, 1) ?? 1,
    ResourceGroupId: optionalText(parameters, 'ResourceGroupId'),
    PolicyDocument: optionalText(parameters, 'PolicyDocument'),
    ServiceRegionId: textWithinLimits(parameters, 'ServiceRegionId'),
    CrossRegionBandwidth: optionalInteger(parameters, 'CrossRegionBandwidth', 100),
    zones,
    securityGroupIds,
    tags,
  };
  refuseMissing('VpcNotFound', VpcId);
  refuseMissing('EndpointServiceNotFound', givenId, givenName);
  refuseMissing('VSwitchNotFound', ...zones.map((zone) => zone.VSwitchId));
  refuseMissing('SecurityGroupNotFound', ...securityGroupIds);
  return accepted;
}

/** Id of a service that is given by name: the id in the name, or one made from the name of a cloud service. */
export function serviceIdOf(name: string): string {
  const written = /\.(epsrv-[^.]+)$/.exec(name)?.[1];
  return written ?? `epsrv-${createHash('sha1').update(name).digest('hex').slice(0, 20)}`;
}

function acceptZones(parameters: WireParameters, AddressIpVersion: string): readonly AcceptedZone[] {
  const zones = numberedObjects(parameters, 'Zone').map((fields) => {
    const zone = Object.fromEntries([...fields].filter(([, value]) => value !== '')) as RequestedZone;
    const { ZoneId, VSwitchId } = zone;
    if (ZoneId === undefined) throw missingParameter('ZoneId');
    if (VSwitchId === undefined) throw missingParameter('VSwitchId');
    return { ...zone, ZoneId, VSwitchId };
  });
  const limit = parameterDefinition('Zone').maxItems ?? Infinity;
  if (zones.length > limit) {
    // Inferred: the limit and the code are documented, that they belong together is not.
    const code = 'QuotaExceeded.epZonePerEndpoint';
    throw new Refusal(code, refusalMessage(code, 'epZonePerEndpoint', zones.length, limit));
  }
  if (new Set(zones.map((zone) => zone.ZoneId)).size < zones.length) throw new Refusal('EndpointZoneDuplicated');
  for (const { ip, Ipv6Address } of zones) {
    if (ip !== undefined && !isIPv4(ip)) throw new Refusal('IllegalParam.Ip');
    if (Ipv6Address === undefined) continue;
    if (AddressIpVersion !== 'DualStack') {
      throw new Refusal('OperationDenied.AddressIpVersionNotSupportSpecifyIpv6');
    }
    if (!isIPv6(Ipv6Address)) throw new Refusal('IllegalParam.Ipv6Address');
  }
  return zones;
}

function acceptSecurityGroups(parameters: WireParameters, EndpointType: string): readonly string[] {
  const groups = numberedTexts(parameters, 'SecurityGroupId');
  if (EndpointType === 'Interface' && groups.length === 0) throw new Refusal('EndpointMustContainSecurityGroup');
  if (EndpointType === 'GatewayLoadBalancer' && groups.length > 0) {
    throw new Refusal('GatewayLoadBalancerNotSupportSecurityGroup');
  }
  if (groups.length > (parameterDefinition('SecurityGroupId').maxItems ?? Infinity)) {
    throw invalidParameter('SecurityGroupId');
  }
  return groups;
}

function acceptTags(parameters: WireParameters): readonly Tag[] {
  const tags = tagsOf(parameters);
  if (tags.length > MAX_TAGS) throw new Refusal('QuotaExceed.TagsPerResource');
  for (const { Key, Value } of tags) {
    if (Key === '') throw new Refusal('MissingTagKeyParam');
    if (!isWithinLimits(Key, 'Tag.Key')) throw new Refusal('IllegalTagKeyParam');
    if (Value !== '' && !isWithinLimits(Value, 'Tag.Value')) throw new Refusal('IllegalTagValueParam');
  }
  if (new Set(tags.map((tag) => tag.Key)).size < tags.length) throw new Refusal('DuplicatedTagKey');
  return tags;
}

function textWithinLimits(parameters: WireParameters, name: ParameterName): string | undefined {
  const value = optionalText(parameters, name);
  if (value !== undefined && !isWithinLimits(value, name)) throw invalidParameter(name);
  return value;
}

function isWithinLimits(value: string, name: ParameterName): boolean {
  const { minLength = 0, maxLength = Infinity, pattern, values } = parameterDefinition(name);
  const { length } = Array.from(value);
  return (
    length >= minLength &&
    length <= maxLength &&
    (pattern === undefined || pattern.test(value)) &&
    (values === undefined || values.includes(value))
  );
}
