import type { CreateVpcEndpointRequest } from '../model/request.js';
import type { DurationText } from '../model/duration.js';

/** Retry of a refusal that passes by itself, in Temporal's words. */
export interface ParkPolicyInput {
  /** First delay. */
  readonly initialInterval?: DurationText;
  /** Factor of each further delay, at least 1. */
  readonly backoffCoefficient?: number;
  /** Longest delay. */
  readonly maximumInterval?: DurationText;
  /** Give up after this long. */
  readonly timeout?: DurationText;
}

/** A workflow that wants to hear of the outcome, whichever it is. */
export interface NotifyTarget {
  readonly workflowId: string;
  /** Signal name; `vpcEndpointProvisioned` when left out. */
  readonly signal?: string;
}

/**
 * The one argument of `provisionVpcEndpoint`, as plain JSON.
 *
 * `request` speaks the API's language; everything beside it is ours. Fields whose other values come with a later version
 * are typed in full and refused by name when they are used.
 */
export interface ProvisionInput {
  readonly request: CreateVpcEndpointRequest;
  /** Parameters of CreateVpcEndpoint that this version does not know; passed on as they are. */
  readonly extraParameters?: Readonly<Record<string, string | number | boolean>>;
  /** Credentials profile on the worker; `default` when left out. */
  readonly account?: string;
  /** When the run is done: the endpoint is Active, or Connected with each of its zones. */
  readonly until?: 'Active' | 'Connected';
  /** Accept the connection as the owner of the service. */
  readonly accept?: false | { readonly account: string };
  /** What an endpoint that exists already means. */
  readonly ifExists?: 'adoptOwn' | 'adopt' | 'fail';
  /** What to do with an endpoint that a failed run made. One that it adopted is always kept. */
  readonly onFailure?: 'keep' | 'delete';
  /** The same for a cancelled run. */
  readonly onCancel?: 'keep' | 'delete';
  /** Mark the endpoint with our two tags. Without them a lost answer is covered by the client token alone. */
  readonly ownerTags?: boolean;
  /** Each counts from the start of its own wait; `accepted` stands still while the run is parked. */
  readonly timeouts?: {
    readonly accepted?: DurationText;
    readonly active?: DurationText;
    readonly connected?: DurationText;
  };
  /** `false`: fail at once. */
  readonly retry?: { readonly quota?: false | ParkPolicyInput; readonly status?: false | ParkPolicyInput };
  readonly notify?: readonly NotifyTarget[];
}

/** Names of the top-level fields. */
export const INPUT_FIELDS = [
  'request',
  'extraParameters',
  'account',
  'until',
  'accept',
  'ifExists',
  'onFailure',
  'onCancel',
  'ownerTags',
  'timeouts',
  'retry',
  'notify',
] as const satisfies readonly (keyof ProvisionInput)[];

/** What a left-out field means. */
export const INPUT_DEFAULTS = {
  account: 'default',
  until: 'Active',
  ifExists: 'adoptOwn',
  onFailure: 'keep',
  onCancel: 'keep',
  ownerTags: true,
  timeouts: { accepted: '1h', active: '30m', connected: '24h' },
  retry: {
    quota: { initialInterval: '1m', backoffCoefficient: 2, maximumInterval: '10m', timeout: '24h' },
    status: { initialInterval: '10s', backoffCoefficient: 1.5, maximumInterval: '10m', timeout: '1h' },
  },
  signal: 'vpcEndpointProvisioned',
} as const;
