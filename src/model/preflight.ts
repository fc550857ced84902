import type { Difference, LookUpReading, NameReading } from './adoption.js';
import type { EndpointService } from './endpoint-service.js';
import { adviceFor } from './error-catalogue.js';
import type { CreateVpcEndpointRequest } from './request.js';

/** Every check of a dry run, in the order of the report, and the question that it answers. */
export const CHECKS = {
  dryRunCall: 'Does the service accept the request? CreateVpcEndpoint with DryRun.',
  service: 'Is the endpoint service visible to the account?',
  zones: 'Does the service serve every zone of the request? Only where the request names zones.',
  dualStack: 'Does the service support dual stack? Only with `AddressIpVersion: "DualStack"`.',
  policy: 'Does the service support endpoint policies? Only with `PolicyDocument`.',
  acceptance: 'Does the service accept connections by itself?',
  endpointQuota: 'Is there room for one more endpoint in the VPC?',
  addresses: 'Have the vSwitches free addresses? Only where the request names vSwitches.',
  existing: 'Which endpoint would the run find, and may it adopt it?',
} as const;

export type CheckName = keyof typeof CHECKS;

/** Answer of a check; `unknown`: it could not be found out, or what was found proves nothing. */
export type CheckVerdict = 'pass' | 'fail' | 'unknown';

/** One line of the report of a dry run. */
export interface PreflightCheck {
  readonly check: CheckName;
  readonly verdict: CheckVerdict;
  /** What was seen; with a failure also what to do. */
  readonly message: string;
  /** The service's code, or the one that the failure would have. */
  readonly code?: string;
  /** Of the call that told. */
  readonly requestId?: string;
}

/** Checks that one look at the cloud answers. */
export const PREFLIGHT_PARTS = ['service', 'quota', 'existing'] as const;
export type PreflightPart = (typeof PREFLIGHT_PARTS)[number];

/** Why something is not known, and what the service said to it. */
export interface UnknownReason {
  readonly message: string;
  readonly code?: string;
  readonly requestId?: string;
}

/** Documented default of the quota of endpoints in one VPC; it can be raised. */
export const DEFAULT_ENDPOINTS_PER_VPC = 1_000;

/** The checks of one part where its look at the cloud did not succeed. */
export function unknownChecks(
  part: PreflightPart,
  request: CreateVpcEndpointRequest,
  reason: UnknownReason,
): PreflightCheck[] {
  switch (part) {
    case 'service':
      return [{ check: 'service', verdict: 'unknown', ...reason }, ...unseenService(request)];
    case 'quota':
      return [{ check: 'endpointQuota', verdict: 'unknown', ...reason }];
    case 'existing':
      return [{ check: 'existing', verdict: 'unknown', ...reason }];
  }
}

/** What a list of the services that the account can use says. */
export interface ListedServices {
  readonly services: readonly EndpointService[];
  /** Whether the list has no further page. */
  readonly complete: boolean;
  readonly requestId: string;
}

/**
 * The checks that the list of services answers: `service`, `zones`, `dualStack`, `policy`, `acceptance`.
 *
 * An absent service is a failure only where the list would show it: it is documented for services of type Interface, in the
 * region of the endpoint.
 */
export function serviceChecks(
  request: CreateVpcEndpointRequest,
  { services, complete, requestId }: ListedServices,
): PreflightCheck[] {
  const told = requestId === '' ? {} : { requestId };
  const wanted = wantedService(request);
  const service = services.find(
    ({ ServiceId, ServiceName }) =>
      (request.ServiceId === undefined || ServiceId === request.ServiceId) &&
      (request.ServiceName === undefined || ServiceName === undefined || ServiceName === request.ServiceName),
  );
  if (service === undefined) {
    const type = request.EndpointType ?? 'Interface';
    const doubt = !complete
      ? 'the list has more pages than were read'
      : isCrossRegion(request)
        ? 'the list may not show services of another region'
        : type !== 'Interface'
          ? `the list is documented for services of type Interface, and this endpoint is of type ${type}`
          : undefined;
    const absent =
      doubt === undefined
        ? ({
            verdict: 'fail',
            message:
              `${wanted} is not among the endpoint services that this account can use in ${request.RegionId}. ` +
              `${adviceFor('EndpointServiceNotFound')} If they are right, ask the owner of the service to allow this account.`,
            code: 'EndpointServiceNotFound',
          } as const)
        : ({ verdict: 'unknown', message: `${wanted} is not in the list, and ${doubt}.` } as const);
    return [{ check: 'service', ...absent, ...told }, ...unseenService(request)];
  }
  return [
    { check: 'service', verdict: 'pass', message: `${wanted} is visible to this account.`, ...told },
    ...aboutService(request, (check) => ({ check, ...CHECK_SERVICE[check](request, service), ...told })),
  ];
}

/** A check that needs the service to be seen. */
type ServiceCheck = 'zones' | 'dualStack' | 'policy' | 'acceptance';
type Finding = Pick<PreflightCheck, 'verdict' | 'message' | 'code'>;

const CHECK_SERVICE: Readonly<
  Record<ServiceCheck, (request: CreateVpcEndpointRequest, service: EndpointService) => Finding>
> = {
  zones: (request, { Zones }) => {
    if (isCrossRegion(request)) {
      return {
        verdict: 'unknown',
        message: 'The service is in another region: its zones are not those of the endpoint.',
      };
    }
    if (Zones === undefined || Zones.length === 0) {
      return { verdict: 'unknown', message: 'The list of services does not tell the zones of this one.' };
    }
    const unserved = zoneIds(request).filter((zone) => !Zones.includes(zone));
    if (unserved.length === 0) {
      return { verdict: 'pass', message: `The service serves ${zoneIds(request).join(', ')}.` };
    }
    const code = 'EndpointServiceNotSupportedZone';
    return {
      verdict: 'fail',
      message: `The service does not serve ${unserved.join(', ')}; its zones are ${Zones.join(', ')}. ${adviceFor(code)}`,
      code,
    };
  },
  dualStack: (_, { ServiceSupportIPv6, AddressIpVersion }) => {
    if (ServiceSupportIPv6 === true || AddressIpVersion === 'DualStack') {
      return { verdict: 'pass', message: 'The service supports dual stack.' };
    }
    if (ServiceSupportIPv6 === undefined && AddressIpVersion === undefined) {
      return {
        verdict: 'unknown',
        message: 'The list of services does not tell whether this one supports dual stack.',
      };
    }
    const code = 'OperationDenied.EndpointServiceNotSupportDualstack';
    return { verdict: 'fail', message: `The service does not support dual stack. ${adviceFor(code)}`, code };
  },
  policy: (_, { VpcEndpointPolicySupported: supported }) => {
    if (supported === true) return { verdict: 'pass', message: 'The service supports endpoint policies.' };
    if (supported === undefined) {
      return {
        verdict: 'unknown',
        message: 'The list of services does not tell whether this one supports endpoint policies.',
      };
    }
    const code = 'OperationDenied.EndpointPolicyNotSupport';
    return { verdict: 'fail', message: `The service does not support endpoint policies. ${adviceFor(code)}`, code };
  },
  acceptance: (_, { AutoAcceptEnabled: automatic }) => {
    if (automatic === true) return { verdict: 'pass', message: 'The service accepts connections by itself.' };
    if (automatic === undefined) {
      return {
        verdict: 'unknown',
        message: 'The list of services does not tell whether this one accepts connections by itself.',
      };
    }
    // No reason to fail: the endpoint becomes Active all the same.
    return {
      verdict: 'pass',
      message:
        'The owner of the service accepts connections by hand: the endpoint becomes Active, and its connection stays ' +
        'Disconnected until then.',
    };
  },
};

/** The checks about a service that was not seen. */
function unseenService(request: CreateVpcEndpointRequest): PreflightCheck[] {
  return aboutService(request, (check) => ({
    check,
    verdict: 'unknown',
    message: 'The service was not seen: see the check "service".',
  }));
}

/** Do something for each check about the service that the request gives a reason for. */
function aboutService(
  request: CreateVpcEndpointRequest,
  check: (name: ServiceCheck) => PreflightCheck,
): PreflightCheck[] {
  const asked: readonly (readonly [ServiceCheck, boolean])[] = [
    ['zones', zoneIds(request).length > 0],
    ['dualStack', request.AddressIpVersion === 'DualStack'],
    ['policy', request.PolicyDocument !== undefined],
    ['acceptance', true],
  ];
  return asked.filter(([, isAsked]) => isAsked).map(([name]) => check(name));
}

/**
 * The check `endpointQuota`. A VPC that is full by the default is no failure: the quota may have been raised.
 *
 * @param inVpc - Endpoints in the VPC; `undefined` where the service did not count them.
 */
export function endpointQuotaCheck(
  request: CreateVpcEndpointRequest,
  inVpc: number | undefined,
  requestId: string,
): PreflightCheck {
  const told = requestId === '' ? {} : { requestId };
  if (inVpc === undefined) {
    return { check: 'endpointQuota', verdict: 'unknown', message: 'ListVpcEndpoints told no TotalCount.', ...told };
  }
  const used = `${grouped(inVpc)} of ${grouped(DEFAULT_ENDPOINTS_PER_VPC)} endpoints in ${request.VpcId} (default quota)`;
  return inVpc < DEFAULT_ENDPOINTS_PER_VPC
    ? { check: 'endpointQuota', verdict: 'pass', message: `${used}.`, ...told }
    : {
        check: 'endpointQuota',
        verdict: 'unknown',
        message: `${used}; the quota of this account may have been raised: see Quota Center.`,
        ...told,
      };
}

/** The check `addresses`, which nobody can answer; none where the request names no vSwitch. */
export function addressChecks(request: CreateVpcEndpointRequest): PreflightCheck[] {
  const vSwitches = (request.Zone ?? []).flatMap(({ VSwitchId }) => VSwitchId ?? []);
  if (vSwitches.length === 0) return [];
  return [
    {
      check: 'addresses',
      verdict: 'unknown',
      message: `The API of PrivateLink does not tell how many addresses are free in ${vSwitches.join(', ')}.`,
    },
  ];
}

/** What a run would look for before it creates. */
export interface ExistingLookUps {
  /** Absent with `ownerTags: false`. */
  readonly byTags?: LookUpReading;
  /** Absent unless `ifExists` is "adopt" and the request has a name. */
  readonly byName?: NameReading;
  readonly requestId: string;
}

/**
 * The check `existing`: what a run under a workflow id would find before it creates, and do about it.
 *
 * @param mayAdoptOwn - `false` with `ifExists: "fail"`.
 */
export function existingCheck(
  workflowId: string,
  { byTags, byName, requestId }: ExistingLookUps,
  mayAdoptOwn: boolean,
): PreflightCheck {
  const finding = ownEndpoint(workflowId, byTags, mayAdoptOwn) ?? namedEndpoint(byName);
  const nothing: Finding =
    byTags === undefined
      ? { verdict: 'unknown', message: 'ownerTags is false: a run cannot look for what an earlier one made.' }
      : {
          verdict: 'pass',
          message:
            byTags.kind === 'deleting'
              ? `${byTags.endpoint.EndpointId} is being deleted: a run of ${workflowId} would create another.`
              : `Nothing is there: a run of ${workflowId} would create.`,
        };
  return { check: 'existing', ...(finding ?? nothing), ...(requestId === '' ? {} : { requestId }) };
}

function ownEndpoint(workflowId: string, found: LookUpReading | undefined, mayAdopt: boolean): Finding | undefined {
  if (found === undefined || found.kind === 'absent') return undefined;
  const { EndpointId } = found.endpoint;
  switch (found.kind) {
    case 'fits':
      return mayAdopt
        ? { verdict: 'pass', message: `A run of ${workflowId} would adopt ${EndpointId}, which it made before.` }
        : {
            verdict: 'fail',
            message: `${EndpointId} carries the tags of ${workflowId}, and ifExists is "fail".`,
            code: 'EndpointExists',
          };
    case 'differs':
      return {
        verdict: 'fail',
        message:
          `${EndpointId} carries the tags of ${workflowId} and differs: ${differencesText(found.differences)}. ` +
          'Give the request another workflow id, or delete the endpoint first.',
        code: 'EndpointDiffers',
      };
    case 'deleting':
      return undefined;
  }
}

function namedEndpoint(found: NameReading | undefined): Finding | undefined {
  if (found === undefined) return undefined;
  switch (found.kind) {
    case 'absent':
      return undefined;
    case 'fits':
      return { verdict: 'pass', message: `A run would adopt ${found.endpoint.EndpointId}, which has the name.` };
    case 'differs':
      return {
        verdict: 'fail',
        message: `${found.endpoint.EndpointId} has the name and differs: ${differencesText(found.differences)}.`,
        code: 'EndpointDiffers',
      };
    case 'anotherWorkflow':
      return {
        verdict: 'fail',
        message: `${found.endpointIds.join(', ')} has the name and belongs to another workflow.`,
        code: 'EndpointExists',
      };
    case 'ambiguous':
      return {
        verdict: 'fail',
        message: `${found.endpointIds.length} endpoints have the name: ${found.endpointIds.join(', ')}.`,
        code: 'EndpointExists',
      };
  }
}

/** How a difference is told, everywhere the same. */
function differencesText(found: readonly Difference[]): string {
  return found.map(({ field, wanted, found: is }) => `${field} wanted "${wanted}" found "${is}"`).join('; ');
}

function wantedService({ ServiceId, ServiceName }: CreateVpcEndpointRequest): string {
  return [ServiceId, ServiceName].filter((name) => name !== undefined).join(' with the name ');
}

function isCrossRegion({ RegionId, ServiceRegionId }: CreateVpcEndpointRequest): boolean {
  return ServiceRegionId !== undefined && ServiceRegionId !== RegionId;
}

function zoneIds({ Zone = [] }: CreateVpcEndpointRequest): string[] {
  return Zone.flatMap(({ ZoneId }) => ZoneId ?? []);
}

/** 1000 as "1,000", whatever the locale of the machine. */
function grouped(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
