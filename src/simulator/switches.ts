/**
 * What the official pages do not say about PrivateLink, and how the twin behaves instead.
 *
 * Every switch stands for something that is inferred and not documented (the one exception says so). The defaults are the
 * positions that are harder on a client, wherever a position is harder. What a client claims should hold in all of them.
 */
export interface SimulatorSwitches {
  /** A final refusal is kept under its ClientToken and repeated. Off: only successes are kept. */
  readonly rememberRefusals: boolean;
  /** How long a ClientToken is remembered. No page gives a time; a day is what comparable products state. */
  readonly tokenRetentionMs: number;
  /** A ClientToken means something only within its region. Off: within account and action. */
  readonly tokenPerRegion: boolean;
  /** A passed dry run is kept under its ClientToken, so that the real call with it is a mismatch. */
  readonly dryRunConsumesToken: boolean;
  /**
   * DeleteVpcEndpoint refuses an endpoint that still has zones (EndpointDependenceViolation). This one is documented. The
   * zones of a GatewayLoadBalancer endpoint leave together with it.
   */
  readonly deleteNeedsZonesRemoved: boolean;
  /** DeleteVpcEndpoint of an endpoint that is being deleted: EndpointOperationDenied, or accepted once more. */
  readonly deleteWhileDeleting: 'refused' | 'accepted';
  /** DeleteVpcEndpoint of an endpoint that is still Creating: EndpointOperationDenied, or accepted. */
  readonly deleteWhileCreating: 'refused' | 'accepted';
  /** RemoveZoneFromVpcEndpoint of an endpoint that is still Creating: EndpointConnectionOperationDenied, or accepted. */
  readonly removeZoneWhileCreating: 'refused' | 'accepted';
  /** CreateVpcEndpoint answers `Active` at once, as its sample does, whatever the endpoint then is. The text says Creating. */
  readonly createAnswersActive: boolean;
  /** How long after its creation GetVpcEndpointAttribute does not find an endpoint yet. */
  readonly getVisibleAfterMs: number;
  /** How long after its creation ListVpcEndpoints leaves an endpoint out. */
  readonly listVisibleAfterMs: number;
  /** From how many of the answers of ListVpcEndpoints that it belongs into a new endpoint is left out. */
  readonly listVisibleAfterCalls: number;
  /** A VPC takes one endpoint of each service (EndpointDuplicated for the second). */
  readonly oneEndpointPerServiceAndVpc: boolean;
  /** `EndpointType` of a request that names none. */
  readonly defaultEndpointType: string;
  /** `ConnectionStatus` of an endpoint that is still Creating. The sample answer of the API page shows Disconnected. */
  readonly connectionWhileCreating: string;
}

/** Position of each switch unless something else is asked for. */
export const DEFAULT_SWITCHES: SimulatorSwitches = {
  rememberRefusals: true,
  tokenRetentionMs: 24 * 60 * 60_000,
  tokenPerRegion: true,
  dryRunConsumesToken: false,
  deleteNeedsZonesRemoved: true,
  deleteWhileDeleting: 'refused',
  deleteWhileCreating: 'accepted',
  removeZoneWhileCreating: 'accepted',
  createAnswersActive: false,
  getVisibleAfterMs: 0,
  listVisibleAfterMs: 0,
  listVisibleAfterCalls: 0,
  oneEndpointPerServiceAndVpc: false,
  defaultEndpointType: 'Interface',
  connectionWhileCreating: 'Disconnected',
};
