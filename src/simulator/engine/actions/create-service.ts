import { acceptTags, isWithinLimits } from '../create-rules.js';
import { usualServiceName, type ServiceAttributes, type ServiceResource } from '../endpoint-service.js';
import { causeOf, type EngineCall, type EngineState, type Preparation } from '../engine-state.js';
import { mandatoryText, numberedObjects, optionalBoolean, optionalText, type WireParameters } from '../parameters.js';
import { invalidParameter, missingParameter, Refusal } from '../refusals.js';
import { BANDWIDTH, createdServiceAnswer } from '../service-answers.js';
import { acceptResource, checkResourceQuotas, isResourceType, type WantedResource } from '../service-resources.js';

/** So many resources one call may name. */
const MAX_RESOURCES = 10;

const RESOURCE_CODES = {
  typeNotEqual: 'Mismatch.ResourceType',
  albNotSupported: 'SpecifiedAlbNotSupport',
  notIpv6: 'EndpointServiceNotSupportIpv6',
};

/** CreateVpcEndpointService. */
export function createVpcEndpointService(state: EngineState, call: EngineCall): Preparation {
  const { parameters, accountId } = call;
  const RegionId = mandatoryText(parameters, 'RegionId');
  const attributes = acceptAttributes(state, call);
  const resources = acceptResources(state, parameters, { ...attributes, RegionId });
  checkResourceQuotas(state, resources);
  // Inferred: the quota is documented, that it has this code is not.
  const made = state.services.ofAccount(accountId, state.world).filter(({ birth }) => birth.described === undefined);
  if (made.length >= state.settings.quotas.services) {
    throw new Refusal('QuotaMisMatched');
  }
  return () => {
    const ServiceId = state.ids.newId('epsrv');
    const createdAtMs = state.now;
    const activeAtMs = state.endOf(state.settings.serviceMs);
    const ServiceName = usualServiceName(RegionId, ServiceId);
    const service = state.services.add(
      { ServiceId, ServiceName, RegionId, accountId, createdAtMs, activeAtMs },
      attributes,
    );
    service.resources = resources;
    state.noteService('serviceCreated', service, causeOf(call));
    return createdServiceAnswer(state, service);
  };
}

/** A description within its limits, which are those of an endpoint's. @throws Refusal */
export function serviceDescription(parameters: WireParameters): string | undefined {
  const value = optionalText(parameters, 'ServiceDescription');
  if (value !== undefined && !isWithinLimits(value, 'EndpointDescription'))
    throw invalidParameter('ServiceDescription');
  return value;
}

function acceptAttributes(state: EngineState, { parameters, accountId }: EngineCall): ServiceAttributes {
  const ServiceResourceType = acceptResourceType(parameters);
  const AddressIpVersion = optionalText(parameters, 'AddressIpVersion') ?? 'IPv4';
  if (AddressIpVersion !== 'IPv4' && AddressIpVersion !== 'DualStack') {
    throw new Refusal('IllegalParam.AddressIpVersion');
  }
  if (AddressIpVersion === 'DualStack' && ServiceResourceType !== 'nlb') {
    throw new Refusal('OperationDenied.ResourceTypeNotSupportDualStack');
  }
  const ZoneAffinityEnabled = optionalBoolean(parameters, 'ZoneAffinityEnabled') ?? false;
  // Inferred: endpoints of a gateway load balancer have no domain name that could be resolved to the nearest zone.
  if (ZoneAffinityEnabled && ServiceResourceType === 'gwlb') {
    throw new Refusal('OperationDenied.ZoneAffinityNotSupport');
  }
  const Payer = optionalText(parameters, 'Payer') ?? 'Endpoint';
  if (Payer !== 'Endpoint' && Payer !== 'EndpointService') throw invalidParameter('Payer');
  if (Payer === 'EndpointService' && state.world.account(accountId).mayPayAsService === false) {
    throw new Refusal('EndpointServicePayerForbidden');
  }
  return {
    ServiceDescription: serviceDescription(parameters) ?? '',
    AutoAcceptEnabled: optionalBoolean(parameters, 'AutoAcceptEnabled') ?? false,
    Payer,
    ZoneAffinityEnabled,
    ServiceResourceType,
    ServiceSupportIPv6: optionalBoolean(parameters, 'ServiceSupportIPv6') ?? false,
    AddressIpVersion,
    ConnectBandwidth: BANDWIDTH.usual,
    ResourceGroupId: optionalText(parameters, 'ResourceGroupId'),
    tags: acceptTags(parameters, state.settings.quotas),
  };
}

/** Inferred: a call that gives no type gets that of its first resource, or slb. */
function acceptResourceType(parameters: WireParameters): string {
  const [first] = numberedObjects(parameters, 'Resource');
  const given = optionalText(parameters, 'ServiceResourceType') ?? first?.get('ResourceType') ?? '';
  const type = given === '' ? 'slb' : given;
  if (!isResourceType(type)) throw invalidParameter('ServiceResourceType');
  return type;
}

function acceptResources(
  state: EngineState,
  parameters: WireParameters,
  terms: ServiceAttributes & { readonly RegionId: string },
): readonly ServiceResource[] {
  const wanted = numberedObjects(parameters, 'Resource').map((fields) => readResource(fields, terms));
  if (wanted.length > MAX_RESOURCES) throw invalidParameter('Resource');
  const resources = wanted.map((resource) => acceptResource(state, resource, terms, RESOURCE_CODES, state.now));
  const places = new Set(resources.map(({ ResourceId, ZoneId }) => `${ResourceId} ${ZoneId}`));
  if (places.size < resources.length) throw invalidParameter('Resource');
  return resources;
}

function readResource(
  fields: ReadonlyMap<string, string>,
  { ServiceResourceType }: Pick<ServiceAttributes, 'ServiceResourceType'>,
): WantedResource {
  const given = (name: string) => (fields.get(name) === '' ? undefined : fields.get(name));
  const ResourceId = given('ResourceId');
  if (ResourceId === undefined) throw missingParameter('ResourceId');
  return { ResourceId, ResourceType: given('ResourceType') ?? ServiceResourceType, ZoneId: given('ZoneId') };
}
