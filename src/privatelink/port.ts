import { adviceFor, classifyCode } from '../model/error-catalogue.js';
import type { EndpointService } from '../model/endpoint-service.js';
import { mayHaveExecuted, type ErrorClass } from '../model/error-class.js';
import type {
  ConnectionStatus,
  CreatedVpcEndpoint,
  ListedVpcEndpoint,
  Tag,
  VpcEndpoint,
  VpcEndpointZone,
} from '../model/endpoint.js';

/** Values of parameters as they are sent; lists are numbered from 1 on the wire (`Zone.1.ZoneId`). */
export type ParameterValue =
  string | number | boolean | readonly string[] | readonly Readonly<Record<string, string>>[];

/** Parameters of one call, without those of the protocol. */
export type CallParameters = Readonly<Record<string, ParameterValue>>;

/** What identifies an endpoint in a call. */
export interface EndpointRef {
  readonly RegionId: string;
  readonly EndpointId: string;
}

/** Filters and paging of ListVpcEndpoints. */
export interface ListVpcEndpointsQuery {
  readonly RegionId: string;
  readonly EndpointId?: string;
  readonly Tag?: readonly Tag[];
  readonly VpcId?: string;
  readonly EndpointName?: string;
  readonly EndpointStatus?: string;
  /** 1 to 1,000; the service takes 50 when it is left out. */
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

/** One page of endpoints, as the service listed them. */
export interface ListVpcEndpointsPage {
  readonly RequestId: string;
  readonly Endpoints: readonly ListedVpcEndpoint[];
  /** Absent on the last page. */
  readonly NextToken?: string;
  /** Endpoints on all pages; absent where the service did not count them. */
  readonly TotalCount?: number;
}

/** Filters and paging of ListVpcEndpointServicesByEndUser. */
export interface ListServicesQuery {
  readonly RegionId: string;
  readonly ServiceId?: string;
  readonly ServiceName?: string;
  readonly ServiceRegionId?: string;
  /** 1 to 1,000; the service takes 50 when it is left out. */
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

/** One page of the endpoint services that the account can make endpoints for. */
export interface ListServicesPage {
  readonly RequestId: string;
  readonly Services: readonly EndpointService[];
  /** Absent on the last page. */
  readonly NextToken?: string;
}

/** What GetVpcEndpointAttribute said, absence included. */
export interface EndpointAttribute {
  /** Empty where the answer carried none. */
  readonly RequestId: string;
  readonly endpoint: VpcEndpoint | undefined;
  /**
   * Which code said that there is nothing. `EndpointConnectionNotFound` speaks of the connection: it is no proof that
   * the endpoint is gone, so a delete must not take it for its success.
   */
  readonly absentCode?: 'EndpointNotFound' | 'EndpointConnectionNotFound';
}

/** What identifies a connection in a call of the service's owner. */
export interface ConnectionRef {
  /** Of the service. */
  readonly RegionId: string;
  readonly ServiceId: string;
  readonly EndpointId: string;
}

/** What ListVpcEndpointConnections said of one endpoint, absence included. */
export interface EndpointConnection {
  readonly RequestId: string;
  /** `undefined`: the service has no connection of the endpoint. */
  readonly ConnectionStatus: ConnectionStatus | undefined;
}

/** What ListVpcEndpointZones said, absence included. */
export interface EndpointZones {
  /** Of the last page; empty where it carried none. */
  readonly RequestId: string;
  readonly zones: readonly VpcEndpointZone[] | undefined;
}

/**
 * The part of PrivateLink that this product uses, one method a call.
 *
 * Each method sends one request (listVpcEndpointZones one a page) and adds nothing to its parameters. It does not repeat
 * a call that may have been executed, or that waiting could help: whoever calls knows what a repetition would mean. What
 * it throws is always a {@link PrivateLinkError}, free of keys, tokens and signatures.
 */
export interface PrivateLinkApi {
  /** CreateVpcEndpoint. The endpoint is usually `Creating` when this returns. */
  createVpcEndpoint(parameters: CallParameters): Promise<CreatedVpcEndpoint>;

  /** GetVpcEndpointAttribute; an endpoint that does not exist, or has no connection yet, is `undefined`. */
  getVpcEndpointAttribute(ref: EndpointRef): Promise<EndpointAttribute>;

  /** One page of ListVpcEndpoints. An empty list is a definite answer: a body without a list is a malformed one. */
  listVpcEndpoints(query: ListVpcEndpointsQuery): Promise<ListVpcEndpointsPage>;

  /** One page of ListVpcEndpointServicesByEndUser. A service that the account may not use is not listed. */
  listVpcEndpointServicesByEndUser(query: ListServicesQuery): Promise<ListServicesPage>;

  /** All pages of ListVpcEndpointZones; an endpoint that does not exist is `undefined`. */
  listVpcEndpointZones(ref: EndpointRef): Promise<EndpointZones>;

  /** DeleteVpcEndpoint. Accepted only: absence is proven by reading. An endpoint that does not exist is success. */
  deleteVpcEndpoint(parameters: EndpointRef & { readonly ClientToken?: string }): Promise<{ RequestId: string }>;

  /**
   * RemoveZoneFromVpcEndpoint. Accepted only: the zone is gone once it is listed no more. A zone that the endpoint does
   * not have, or whose endpoint does not exist, is success.
   */
  removeZoneFromVpcEndpoint(
    parameters: EndpointRef & { readonly ZoneId: string; readonly ClientToken?: string },
  ): Promise<{ RequestId: string }>;

  /** EnableVpcEndpointConnection, by the owner of the service. Accepted only: the connection is Connecting for a while. */
  enableVpcEndpointConnection(ref: ConnectionRef): Promise<{ RequestId: string }>;

  /** ListVpcEndpointConnections for one endpoint, by the owner of the service. */
  getVpcEndpointConnection(ref: ConnectionRef): Promise<EndpointConnection>;
}

/** What is known of a call that did not succeed. */
export interface RefusedAnswer {
  readonly action: string;
  /** The service's code, or one of the `transport` codes of the catalogue when there was no answer. */
  readonly code: string;
  /** The service's message, already redacted, at most 500 characters. */
  readonly message: string;
  readonly requestId?: string;
  readonly httpStatus?: number;
  /** How long the service asks to wait, where it says so. Not clamped. */
  readonly retryAfterMs?: number;
  /** Why RAM denied the call (`AuthAction`, `PolicyType`, ...), redacted and bounded. */
  readonly accessDeniedDetail?: Readonly<Record<string, string>>;
}

/**
 * A call to PrivateLink that did not succeed, classified by its code.
 *
 * It is built anew from code, RequestId and status. Messages of the service are kept only after everything that could
 * carry a credential is cut out; the error of the SDK below is never attached.
 */
export class PrivateLinkError extends Error {
  override readonly name = 'PrivateLinkError';
  readonly class: ErrorClass;
  readonly advice: string;

  readonly answer: RefusedAnswer;

  constructor(answer: RefusedAnswer) {
    const errorClass = classifyCode(answer.code, answer.httpStatus);
    // What is denied is one action: the look-up, say, and not the create call that the caller thinks of.
    const known = [
      ...(errorClass === 'denied' ? [`action ${answer.action}`] : []),
      ...(answer.requestId === undefined ? [] : [`RequestId ${answer.requestId}`]),
    ];
    super(`${answer.code}: ${answer.message}${known.length === 0 ? '' : ` (${known.join(', ')})`}`);
    this.answer = answer;
    this.class = errorClass;
    this.advice = adviceFor(answer.code);
  }

  get code(): string {
    return this.answer.code;
  }

  get requestId(): string | undefined {
    return this.answer.requestId;
  }

  /** `false` means: the service certainly did nothing. */
  get mayHaveExecuted(): boolean {
    return mayHaveExecuted(this.class);
  }
}
