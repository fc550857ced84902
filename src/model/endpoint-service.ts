/** One item of ListVpcEndpointServicesByEndUser: a service that endpoints of this account can be made for. */
export interface EndpointService {
  readonly ServiceId: string;
  readonly ServiceName?: string;
  readonly ServiceDomain?: string;
  /** Only `Interface` is documented. */
  readonly ServiceType?: string;
  /** `slb`, `alb`, `nlb` or another kind of load balancer. */
  readonly ServiceResourceType?: string;
  /** `Endpoint` or `EndpointService`. */
  readonly Payer?: string;
  /** Zones in which endpoints can be made. */
  readonly Zones?: readonly string[];
  /** `IPv4` or `DualStack`. */
  readonly AddressIpVersion?: string;
  readonly ServiceSupportIPv6?: boolean;
  readonly ZoneAffinityEnabled?: boolean;
  /** Whether endpoints may have a `PolicyDocument` (since 2025-12-09). */
  readonly VpcEndpointPolicySupported?: boolean;
  /** Whether connections are accepted without the owner of the service doing anything. */
  readonly AutoAcceptEnabled?: boolean;
  readonly ResourceGroupId?: string;
}
