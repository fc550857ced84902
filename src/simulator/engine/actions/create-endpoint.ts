import { createdAnswer, wireTime } from '../answers.js';
import { acceptCreate, type AcceptedCreate } from '../create-rules.js';
import type { EndpointService } from '../endpoint-service.js';
import { SimulatedEndpoint } from '../endpoint.js';
import type { EngineCall, EngineState, Preparation } from '../engine-state.js';
import { optionalBoolean, optionalText } from '../parameters.js';
import { Refusal, refusalMessage } from '../refusals.js';
import { endpointsOf } from '../service-resources.js';
import type { SimulatorSwitches } from '../switches.js';
import { drawMs } from '../times.js';
import { addressesTaken, checkSecurityGroups, checkService, checkVpcQuotas, checkZones } from '../world-checks.js';

/** CreateVpcEndpoint. */
export function createVpcEndpoint(state: EngineState, call: EngineCall): Preparation {
  const { settings, world } = state;
  const request = acceptCreate(call.parameters, settings);
  const { RegionId, VpcId } = request;
  const vpc = world.vpc(VpcId, RegionId);
  if (vpc === undefined) throw new Refusal('VpcNotFound');
  const service = checkService(serviceAskedFor(state, call, request), call.accountId, state.now);
  checkServiceFits(service, request);
  const taken = request.zones.some((zone) => zone.ip !== undefined)
    ? addressesTaken(state, { accountId: call.accountId, RegionId })
    : new Set<string>();
  checkZones(state, request, request.zones, service, taken);
  checkSecurityGroups(state, RegionId, request.securityGroupIds);
  checkNeighbours(state, call.accountId, request, service);
  if (vpc.refusal !== undefined) throw new Refusal(vpc.refusal);
  if (world.account(call.accountId).serviceLinkedRole === false) throw new Refusal('CheckServiceLinkRoleError');
  checkVpcQuotas(state, vpc, RegionId);
  return () => {
    const CrossRegionBandwidth = request.CrossRegionBandwidth ?? usualCrossRegionBandwidth(request);
    const asked = { ...request, ServiceId: service.ServiceId, CrossRegionBandwidth };
    const endpoint = makeEndpoint(state, call, asked, service);
    state.endpoints.add(endpoint);
    const body = { ...createdAnswer(endpoint) };
    return settings.switches.createAnswersActive ? { ...body, EndpointStatus: 'Active' } : body;
  };
}

function serviceAskedFor(state: EngineState, { parameters, accountId }: EngineCall, request: AcceptedCreate) {
  return state.services.find(
    {
      accountId,
      RegionId: request.ServiceRegionId ?? request.RegionId,
      ServiceId: optionalText(parameters, 'ServiceId'),
      ServiceName: optionalText(parameters, 'ServiceName'),
    },
    state.world,
  );
}

function checkServiceFits(service: EndpointService, request: AcceptedCreate): void {
  const { described } = service.birth;
  const ServiceType = described === undefined ? service.ServiceType : described.ServiceType;
  if (ServiceType !== undefined && ServiceType !== request.EndpointType) {
    const code = 'Mismatch.EndpointType';
    throw new Refusal(code, refusalMessage(code, 'EndpointType', request.EndpointType, ServiceType));
  }
  if (request.AddressIpVersion === 'DualStack' && service.attributes.AddressIpVersion !== 'DualStack') {
    throw new Refusal('OperationDenied.EndpointServiceNotSupportDualstack');
  }
  if (request.PolicyDocument !== undefined && described?.VpcEndpointPolicySupported === false) {
    throw new Refusal('OperationDenied.EndpointPolicyNotSupport');
  }
  // Inferred: such an endpoint needs a zone, for its last one cannot be removed either. The page only has the code.
  if (request.EndpointType === 'GatewayLoadBalancer' && request.zones.length === 0) {
    throw new Refusal('GatewayLoadBalancerZoneCountDeny');
  }
}

/** What may be there once only. Under what conditions exactly, no page says. */
function checkNeighbours(
  state: EngineState,
  accountId: string,
  { RegionId, VpcId, EndpointName }: AcceptedCreate,
  service: EndpointService,
): void {
  const { endpoints, settings } = state;
  const { switches } = settings;
  const { ServiceId, birth } = service;
  const { described } = birth;
  const { PrivateDnsName, endpointQuota = Infinity } = described ?? {};
  if (endpointQuota !== Infinity && endpointsOf(state, service).length >= endpointQuota) {
    throw new Refusal('QuotaMisMatched');
  }
  const named = switches.endpointNamesAreUnique && EndpointName !== '';
  if (PrivateDnsName === undefined && !switches.oneEndpointPerServiceAndVpc && !named) return;
  const neighbours = endpoints.ofVpc(RegionId, VpcId).filter(({ birth }) => birth.accountId === accountId);
  const ofService = neighbours.some(({ birth }) => birth.request.ServiceId === ServiceId);
  if (PrivateDnsName !== undefined && ofService) {
    const code = 'DependencyViolation.PrivateDnsName';
    throw new Refusal(code, refusalMessage(code, VpcId, PrivateDnsName));
  }
  if (switches.oneEndpointPerServiceAndVpc && ofService) throw new Refusal('EndpointDuplicated');
  if (named && neighbours.some(({ attributes }) => attributes.EndpointName === EndpointName)) {
    throw new Refusal('EndpointExist');
  }
}

/** What the metadata says of an endpoint that is in another region than its service; Mbit/s. */
function usualCrossRegionBandwidth({ RegionId, ServiceRegionId = RegionId }: AcceptedCreate): number | undefined {
  if (ServiceRegionId === RegionId) return undefined;
  const isMainland = (region: string) => region.startsWith('cn-') && region !== 'cn-hongkong';
  return isMainland(RegionId) && isMainland(ServiceRegionId) ? 1_000 : 100;
}

function makeEndpoint(
  state: EngineState,
  call: EngineCall,
  request: AcceptedCreate,
  service: EndpointService,
): SimulatedEndpoint {
  const { settings } = state;
  const { timeToActive, switches } = settings;
  const createdAtMs = state.now;
  const reads = 'afterReads' in timeToActive ? timeToActive.afterReads : Infinity;
  const afterMs = 'afterMs' in timeToActive ? drawMs(timeToActive.afterMs, () => state.random()) : undefined;
  const autoAccept = service.attributes.AutoAcceptEnabled ?? settings.autoAccept;
  const isStuck = call.stuckCreating === true;
  for (const { VSwitchId, ip } of request.zones) if (ip !== undefined) state.reserveAddress(VSwitchId, ip);
  return new SimulatedEndpoint({
    EndpointId: state.ids.newId('ep'),
    accountId: call.accountId,
    sequence: state.nextSequence(),
    createdAtMs,
    CreateTime: wireTime(createdAtMs),
    ClientToken: optionalText(call.parameters, 'ClientToken'),
    request,
    zones: request.zones.map(({ ZoneId, VSwitchId, ip, Ipv6Address }) => ({
      ZoneId,
      VSwitchId,
      EniId: state.ids.newId('eni'),
      EniIp: ip ?? state.freeAddress(VSwitchId),
      ...(Ipv6Address === undefined ? {} : { Ipv6Address }),
    })),
    dueAtMs: isStuck ? Infinity : createdAtMs + (afterMs ?? (reads <= 0 ? 0 : Infinity)),
    activeAfterReads: isStuck ? Infinity : reads,
    autoAcceptMs: autoAccept
      ? switches.autoAcceptIsImmediate
        ? 0
        : state.endOf(settings.connectMs) - createdAtMs
      : undefined,
    connectionWhileCreating: switches.connectionWhileCreating,
    zoneStatusAfterDisconnect: switches.zoneStatusAfterDisconnect,
    serviceAccountId: service.birth.accountId,
    Payer: service.attributes.Payer,
    protectedFor: protectorOf(call, switches),
  });
}

/** Who alone may change the endpoint that a call makes. Documented: only temporary credentials can protect one. */
function protectorOf({ accountId, caller, parameters }: EngineCall, { protectedWithoutSts }: SimulatorSwitches) {
  if (optionalBoolean(parameters, 'ProtectedEnabled') !== true) return undefined;
  if (caller?.sts !== true && protectedWithoutSts === 'ignored') return undefined;
  return caller?.principal ?? accountId;
}
