import { createHash } from 'node:crypto';
import { DERIVED_ID_PREFIXES } from '../model/derived-id.js';
import { tagValueProblem } from '../model/owner-tags.js';
import type { CreateVpcEndpointRequest } from '../model/request.js';
import { INPUT_DEFAULTS, type ProvisionInput } from '../contract/input.js';

/**
 * Workflow id of a request, when the caller names none.
 *
 * With an EndpointName it is made of account, region, VPC, service and name, so that the same name means the same
 * request. Without one it is made of a hash over account, request and extra parameters: then every change of them is
 * another request. A dry run has an id of its own, which is that of the run behind another prefix. The id becomes the
 * value of a tag, so one that cannot be is hashed too.
 */
export function provisionWorkflowId(input: Pick<ProvisionInput, 'request' | 'account' | 'extraParameters'>): string {
  const account = input.account ?? INPUT_DEFAULTS.account;
  const { RegionId, VpcId, ServiceId, ServiceName, EndpointName, DryRun } = input.request;
  const prefix = DryRun === true ? DERIVED_ID_PREFIXES.dryRun : DERIVED_ID_PREFIXES.run;
  const name = [account, RegionId, VpcId, ServiceId ?? ServiceName ?? '', EndpointName].join('/');
  // The id of the run decides for both whether a name fits, so that they stay the same behind their prefixes.
  const named = `${DERIVED_ID_PREFIXES.run}/${name}`;
  if (EndpointName !== undefined && tagValueProblem(named) === undefined && !named.includes(' ')) {
    return `${prefix}/${name}`;
  }
  return [prefix, account, RegionId, requestHash(account, input)].join('/');
}

/** Whether {@link provisionWorkflowId} had to hash the request, so that any change of it means another endpoint. */
export function isHashedId(workflowId: string): boolean {
  return /^(?:provision|dry-run)\/[^/]+\/[^/]+\/[0-9a-f]{32}$/.test(workflowId);
}

/** Names of the top-level fields in which two inputs ask for different endpoints. Options beside the request never count. */
export function differingFields(
  a: Pick<ProvisionInput, 'request' | 'account' | 'extraParameters'>,
  b: Pick<ProvisionInput, 'request' | 'account' | 'extraParameters'>,
): string[] {
  const flatA = identityOf(a);
  const flatB = identityOf(b);
  return [...new Set([...Object.keys(flatA), ...Object.keys(flatB)])]
    .filter((field) => flatA[field] !== flatB[field])
    .sort();
}

/** Everything that makes a request what it is, as comparable text by field. */
function identityOf(input: Pick<ProvisionInput, 'request' | 'account' | 'extraParameters'>): Record<string, string> {
  const fields: [string, unknown][] = [
    ['account', input.account ?? INPUT_DEFAULTS.account],
    ...Object.entries(normalised(input.request)).map(([name, value]): [string, unknown] => [`request.${name}`, value]),
    ...Object.entries(input.extraParameters ?? {}).map(([name, value]): [string, unknown] => [
      `extraParameters.${name}`,
      value,
    ]),
  ];
  return Object.fromEntries(
    fields.filter(([, value]) => value !== undefined).map(([name, value]) => [name, canonical(value)]),
  );
}

/** A short text that is the same for requests that ask for the same endpoint in the same way, and only for them. */
export function requestDigest(input: Pick<ProvisionInput, 'request' | 'account' | 'extraParameters'>): string {
  return digestOf(identityOf(input));
}

function requestHash(account: string, input: Pick<ProvisionInput, 'request' | 'extraParameters'>): string {
  const extra = input.extraParameters ?? {};
  return digestOf({
    account,
    // A dry run is about the same endpoint; its prefix tells it apart.
    request: normalised({ ...input.request, DryRun: false }),
    ...(Object.keys(extra).length === 0 ? {} : { extraParameters: extra }),
  });
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex').slice(0, 32);
}

/** What the service assumes of a parameter that is left out. */
const ASSUMED: Readonly<Record<string, unknown>> = {
  DryRun: false,
  EndpointType: 'Interface',
  ProtectedEnabled: false,
  AddressIpVersion: 'IPv4',
  ZoneAffinityEnabled: false,
};

/**
 * Left-out values that the service fills in are the same as those values written out, and an empty list is not sent.
 *
 * Tolerates what is no valid request: the input of a run that somebody else started may be anything.
 */
function normalised(request: CreateVpcEndpointRequest): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(request)
      .filter(([name, value]) => ASSUMED[name] !== value && !(Array.isArray(value) && value.length === 0))
      .map(([name, value]: [string, unknown]) => [
        name,
        name === 'Tag' && Array.isArray(value) ? value.map(withTagValue) : value,
      ]),
  );
}

/** A tag without a value has the empty one. */
function withTagValue(tag: unknown): unknown {
  return typeof tag === 'object' && tag !== null ? { Value: '', ...tag } : tag;
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
