/** One thing that no official page settles, and the positions that the twin can take. */
export interface SwitchDefinition {
  readonly default: boolean | number | string;
  /** All positions, where they are words. */
  readonly values?: readonly string[];
  /** The least and the greatest position, where they are numbers. Default: 0 and no limit. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** What the positions mean. */
  readonly says: string;
}

/**
 * What the official pages do not say about PrivateLink, and how the twin behaves instead.
 *
 * Every switch stands for something that is inferred and not documented (the exceptions say so). The defaults are the
 * positions that are harder on a client, wherever a position is harder. What a client claims should hold in all of them.
 */
export const SWITCHES = {
  rememberRefusals: {
    default: true,
    says: 'A final refusal is kept under its ClientToken and repeated. Off: only successes are kept.',
  },
  tokenRetentionMs: {
    default: 24 * 60 * 60_000,
    says: 'How long a ClientToken is remembered. No page gives a time; a day is what comparable products state.',
  },
  tokenPerRegion: {
    default: true,
    says: 'A ClientToken means something only within its region. Off: within account and action.',
  },
  dryRunConsumesToken: {
    default: false,
    says: 'A passed dry run is kept under its ClientToken, so that the real call with it is a mismatch.',
  },
  deleteNeedsZonesRemoved: {
    default: true,
    says: 'DeleteVpcEndpoint refuses an endpoint that still has zones (EndpointDependenceViolation). Documented. The zones of a GatewayLoadBalancer endpoint leave together with it.',
  },
  deleteWhileDeleting: {
    default: 'refused',
    values: ['refused', 'accepted'],
    says: 'DeleteVpcEndpoint of an endpoint that is being deleted: EndpointOperationDenied, or accepted once more.',
  },
  deleteWhileCreating: {
    default: 'accepted',
    values: ['refused', 'accepted'],
    says: 'DeleteVpcEndpoint of an endpoint that is still Creating: EndpointOperationDenied, or accepted.',
  },
  deleteWhileConnected: {
    default: 'accepted',
    values: ['refused', 'accepted'],
    says: 'DeleteVpcEndpoint of an endpoint that is Connected and has no zones: EndpointConnectionOperationDenied, or accepted.',
  },
  removeZoneWhileCreating: {
    default: 'accepted',
    values: ['refused', 'accepted'],
    says: 'RemoveZoneFromVpcEndpoint of an endpoint that is still Creating: EndpointConnectionOperationDenied, or accepted.',
  },
  removeZoneWhileConnected: {
    default: 'accepted',
    values: ['refused', 'accepted'],
    says: 'RemoveZoneFromVpcEndpoint of an endpoint that is Connected: EndpointConnectionOperationDenied, or accepted.',
  },
  financialLockedEndpoints: {
    default: 'changeable',
    values: ['changeable', 'refused'],
    says: 'Changes of an endpoint whose EndpointBusinessStatus is FinancialLocked (its attributes, a zone or a security group more, a security group less): accepted, or EndpointOperationDenied. The endpoint and its zones can be deleted in both.',
  },
  createAnswersActive: {
    default: false,
    says: 'CreateVpcEndpoint answers Active at once, as its sample does, whatever the endpoint then is. The text says Creating.',
  },
  getVisibleAfterMs: {
    default: 0,
    says: 'How long after its creation GetVpcEndpointAttribute does not find an endpoint yet.',
  },
  connectionVisibleAfterMs: {
    default: 0,
    says: 'How long after its creation GetVpcEndpointAttribute finds an endpoint, but not its connection (EndpointConnectionNotFound).',
  },
  listVisibleAfterMs: {
    default: 0,
    says: 'How long after its creation ListVpcEndpoints leaves an endpoint out.',
  },
  listVisibleAfterCalls: {
    default: 0,
    says: 'From how many of the answers of ListVpcEndpoints that it belongs into a new endpoint is left out.',
  },
  oneEndpointPerServiceAndVpc: {
    default: false,
    says: 'A VPC takes one endpoint of each service (EndpointDuplicated for the second).',
  },
  endpointNamesAreUnique: {
    default: false,
    says: 'A VPC takes one endpoint of each EndpointName (EndpointExist for the second).',
  },
  defaultEndpointType: {
    default: 'Interface',
    values: ['Interface', 'Reverse', 'GatewayLoadBalancer'],
    says: 'EndpointType of a request that names none.',
  },
  connectionWhileCreating: {
    default: 'Disconnected',
    values: ['Disconnected', 'Pending'],
    says: 'ConnectionStatus of an endpoint that is still Creating. The sample answer of the API page shows Disconnected.',
  },
  autoAcceptIsImmediate: {
    default: true,
    says: 'A service that accepts by itself has an endpoint Connected the moment it is Active. Off: it is Connecting for the time connectMs first.',
  },
  deleteServiceWithEndpoints: {
    default: 'accepted',
    values: ['refused', 'accepted'],
    says: 'DeleteVpcEndpointService while Disconnected endpoints of it exist: DeleteFailedDueToEndpointExist, or accepted, and their ConnectionStatus becomes ServiceDeleted.',
  },
  repeatedConnectionChange: {
    default: 'refused',
    values: ['refused', 'accepted'],
    says: 'EnableVpcEndpointConnection of a connection that is Connected, and DisableVpcEndpointConnection of one that is Disconnected: EndpointConnectionOperationDenied, or accepted without an effect.',
  },
  accountOperationsExclude: {
    default: 'eachOther',
    values: ['eachOther', 'themselves'],
    says: 'Operations that may not run twice at once in an account exclude each other (ConcurrentCallNotSupported), or only calls of the same action. The pages say of each that an account cannot call it twice at once, not what else it cannot call.',
  },
  protectedWithoutSts: {
    default: 'ignored',
    values: ['ignored', 'honoured'],
    says: 'ProtectedEnabled of a caller without temporary credentials: without an effect, or no temporary credentials can change the endpoint. The page says only that it is for callers with temporary credentials.',
  },
  policyChecked: {
    default: false,
    says: 'A PolicyDocument that is not a JSON object is InvalidParameter.PolicyDocument. Off: any text is taken.',
  },
  bandwidthOfNlb: {
    default: 'refused',
    values: ['refused', 'accepted'],
    says: 'UpdateVpcEndpointConnectionAttribute with a Bandwidth where the resources of the service are neither slb nor alb: UpdateBandWidthUnSupported, or accepted. The page says only that the parameter is invalid then.',
  },
  zoneStatusAfterDisconnect: {
    default: 'Disconnected',
    values: ['Disconnected', 'Wait'],
    says: 'ZoneStatus of the zones of a connection that was closed.',
  },
  describeRegionsFilters: {
    default: false,
    says: 'DescribeRegions lists the region of its RegionId only. Off: all regions; older SDKs add a RegionId to every call.',
  },
  unknownParameters: {
    default: 'ignored',
    values: ['ignored', 'refused'],
    says: 'Parameters that an action does not have: ignored, as official clients need it, or InvalidParameter.',
  },
  parameterCase: {
    default: 'sensitive',
    values: ['sensitive', 'insensitive'],
    says: 'Whether the names of parameters are told apart by case (Ip and ip).',
  },
  throttleStatus: {
    default: 400,
    minimum: 400,
    maximum: 599,
    says: 'HTTP status of Throttling codes. All sources show 400; 429 was not seen.',
  },
  rateWindow: {
    default: 'sliding',
    values: ['sliding', 'fixed'],
    says: 'Calls are counted in the last 60 s, or in windows that begin with each whole minute of the clock (OpenPrivateLinkService: second).',
  },
  expiredTokenStatus: {
    default: 400,
    minimum: 400,
    maximum: 599,
    says: 'HTTP status of InvalidSecurityToken.Expired. The pages of one product print 403.',
  },
  absentFormat: { default: 'JSON', values: ['JSON', 'XML'], says: 'Form of an answer to a call without Format.' },
} as const satisfies Readonly<Record<string, SwitchDefinition>>;

type Position<Definition extends SwitchDefinition> = Definition extends { readonly values: readonly (infer Value)[] }
  ? Value
  : Definition['default'] extends boolean
    ? boolean
    : Definition['default'] extends number
      ? number
      : string;

/** A position for each switch of {@link SWITCHES}. */
export type SimulatorSwitches = { readonly [Name in keyof typeof SWITCHES]: Position<(typeof SWITCHES)[Name]> };

/** Position of each switch unless something else is asked for. */
export const DEFAULT_SWITCHES = Object.fromEntries(
  Object.entries(SWITCHES).map(([name, definition]) => [name, definition.default]),
) as unknown as SimulatorSwitches;

/**
 * Read positions of switches that came as JSON.
 *
 * @throws TypeError - A switch does not exist, or cannot stand so; the message names it.
 */
export function parseSwitches(value: unknown): Partial<SimulatorSwitches> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError('switches is not a JSON object');
  }
  for (const [name, given] of Object.entries(value)) {
    if (!Object.hasOwn(SWITCHES, name)) throw new TypeError(`There is no switch ${name}`);
    const definition: SwitchDefinition = SWITCHES[name as keyof typeof SWITCHES];
    if (typeof given !== typeof definition.default) {
      throw new TypeError(`switches.${name} is not a ${typeof definition.default}`);
    }
    if (definition.values !== undefined && !definition.values.includes(given as string)) {
      throw new TypeError(`switches.${name} is one of ${definition.values.join(', ')}`);
    }
    const { minimum = 0, maximum = Infinity } = definition;
    if (typeof given === 'number' && !(given >= minimum && given <= maximum)) {
      throw new TypeError(
        `switches.${name} is not a number from ${minimum} ${maximum === Infinity ? 'up' : `to ${maximum}`}`,
      );
    }
  }
  return value;
}
