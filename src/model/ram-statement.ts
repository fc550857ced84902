import { classifyCode } from './error-catalogue.js';
import type { CreateVpcEndpointRequest } from './request.js';

/** One statement of a RAM policy, ready to be pasted into `Statement`. */
export interface RamStatement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: { readonly StringEquals: Readonly<Record<string, readonly string[]>> };
}

/** Who can end a denial, in words for a person. */
export const TURNS = {
  ramAdministrator: 'whoever manages the RAM policies of the account',
  workerOperator: 'whoever runs the worker and its credentials',
  serviceOwner: 'the owner of the endpoint service',
  accountOwner: 'the owner of the account',
  endpointCreator: 'whoever created the endpoint',
} as const;

export type Turn = keyof typeof TURNS;

/** What is known of a call that credentials or policy forbade. Plain JSON; no key and no token is in it. */
export interface DeniedCall {
  /** RAM action that was denied, such as `privatelink:CreateVpcEndpoint`. */
  readonly action: string;
  /** ARNs that the action needs; `*` in them for what is not known. */
  readonly resource: readonly string[];
  /** Whose turn it is: a key of {@link TURNS}. */
  readonly turn: Turn;
  /** The statement that is missing, only where an Allow would help. */
  readonly statement?: RamStatement;
  /** What the service said of it (`AccessDeniedDetail`): principal, kind of denial, kind of policy. */
  readonly detail?: Readonly<Record<string, string>>;
}

/** A denied call, as the adapter reports it. */
export interface DeniedAnswer {
  /** Action of the API, such as `CreateVpcEndpoint`. */
  readonly action: string;
  readonly code: string;
  /** `AccessDeniedDetail` of the answer. */
  readonly detail?: Readonly<Record<string, string>> | undefined;
}

/** Part of a request that decides which resources a call touches. */
export type TouchedResources = Pick<CreateVpcEndpointRequest, 'RegionId'> &
  Partial<Pick<CreateVpcEndpointRequest, 'VpcId' | 'ServiceId' | 'Zone' | 'SecurityGroupId'>>;

/** Condition key of CreateVpcEndpoint. */
const SERVICE_ID_KEY = 'privatelink:VpcEndpointServiceId';

/** CreateVpcEndpoint makes the service-linked role where the account has none. */
const CREATE_ROLE = 'ram:CreateServiceLinkedRole';

/** The parts of `AccessDeniedDetail` that say who was denied, what, and by which kind of policy. */
const KEPT_DETAILS = [
  'AuthAction',
  'AuthPrincipalType',
  'AuthPrincipalOwnerId',
  'AuthPrincipalDisplayName',
  'NoPermissionType',
  'PolicyType',
] as const;

/** Codes that speak of something else than a missing policy, and whose turn it then is. First match decides. */
const OTHER_TURNS: readonly (readonly [codes: RegExp, turn: Turn])[] = [
  [/^EndpointServiceNotAuthorized$/, 'serviceOwner'],
  [/^NeedOpenProduct$/, 'accountOwner'],
  [/^(?:OperationDenied\.)?EndpointProtected$/, 'endpointCreator'],
  [/^(?:NoPermission|Forbidden|CheckServiceLinkRoleError$)/, 'ramAdministrator'],
];

/**
 * Say what was denied, who can end it, and, where a policy is missing, the statement that would allow the call.
 *
 * @returns `undefined` for a code that is not of class `denied`.
 */
export function deniedCall(answer: DeniedAnswer, touched: TouchedResources): DeniedCall | undefined {
  const { code } = answer;
  if (classifyCode(code) !== 'denied') return undefined;
  const detail = keptDetail(answer.detail);
  // Whatever is left is about keys, tokens and clocks: all of them are the worker's.
  const turn = OTHER_TURNS.find(([codes]) => codes.test(code))?.[1] ?? 'workerOperator';
  const action = ramAction(answer, detail?.['AuthAction']);
  const resource = resourcesOf(action, touched, accountIdOf(detail));
  return {
    action,
    resource,
    turn,
    ...(turn === 'ramAdministrator' && anAllowHelps(detail)
      ? { statement: statementFor(action, resource, touched) }
      : {}),
    ...(detail === undefined ? {} : { detail }),
  };
}

/** One sentence on what to do about a denied call; `usual` is what the catalogue says of its code. */
export function adviceOnDenied(denied: DeniedCall, usual: string): string {
  if (denied.turn !== 'ramAdministrator' || usual.includes(denied.action)) return usual;
  if (denied.statement !== undefined) {
    return `Allow ${denied.action} for the RAM identity of the worker: the statement in "denied" does.`;
  }
  const policy = denied.detail?.['PolicyType'];
  return isExplicit(denied.detail)
    ? `Remove what denies ${denied.action} explicitly${policy === undefined ? '' : ` (${policy})`}: no Allow overrides a Deny.`
    : `Have ${denied.action} allowed by the policy that limits the identity (${policy ?? 'not named'}): a statement of its own does not help.`;
}

function ramAction({ action, code }: DeniedAnswer, told: string | undefined): string {
  if (code === 'CheckServiceLinkRoleError') return CREATE_ROLE;
  return told !== undefined && /^[a-z][a-z0-9-]*:\w+$/i.test(told) ? told : `privatelink:${action}`;
}

function resourcesOf(action: string, touched: TouchedResources, account: string): readonly string[] {
  const [product, operation = ''] = action.split(':');
  // An action that we do not call, or one on resources that are no endpoints.
  if (product !== 'privatelink' || !/VpcEndpoint(?:s|Zones|Attribute)?$/.test(operation)) return ['*'];
  const arn = (service: string, name: string) => `acs:${service}:${touched.RegionId}:${account}:${name}`;
  // Not the id of one endpoint: the next run of the same request has another.
  const endpoints = arn('privatelink', 'vpcendpoint/*');
  if (operation !== 'CreateVpcEndpoint') return [endpoints];
  return [
    endpoints,
    ...idsOrAny(touched.SecurityGroupId ?? []).map((id) => arn('ecs', `securitygroup/${id}`)),
    ...idsOrAny((touched.Zone ?? []).flatMap(({ VSwitchId }) => VSwitchId ?? [])).map((id) =>
      arn('vpc', `vswitch/${id}`),
    ),
    arn('vpc', `vpc/${touched.VpcId ?? '*'}`),
  ];
}

function idsOrAny(ids: readonly string[]): readonly string[] {
  return ids.length === 0 ? ['*'] : [...new Set(ids)];
}

function statementFor(action: string, Resource: readonly string[], { ServiceId }: TouchedResources): RamStatement {
  const condition = conditionFor(action, ServiceId);
  return { Effect: 'Allow', Action: [action], Resource, ...(condition === undefined ? {} : { Condition: condition }) };
}

function conditionFor(action: string, serviceId: string | undefined): RamStatement['Condition'] {
  if (action === CREATE_ROLE) return { StringEquals: { 'ram:ServiceName': ['privatelink.aliyuncs.com'] } };
  // A service that is known by its name only has an id that we do not know.
  if (action !== 'privatelink:CreateVpcEndpoint' || serviceId === undefined) return undefined;
  return { StringEquals: { [SERVICE_ID_KEY]: [serviceId] } };
}

/** An explicit Deny, or a policy that limits the identity from outside, is stronger than any Allow of the identity. */
function anAllowHelps(detail: Readonly<Record<string, string>> | undefined): boolean {
  return !isExplicit(detail) && !/ControlPolicy|SessionPolicy/.test(detail?.['PolicyType'] ?? '');
}

function isExplicit(detail: Readonly<Record<string, string>> | undefined): boolean {
  return detail?.['NoPermissionType'] === 'ExplicitDeny';
}

function accountIdOf(detail: Readonly<Record<string, string>> | undefined): string {
  const told = detail?.['AuthPrincipalOwnerId'] ?? '';
  return /^\d{1,20}$/.test(told) ? told : '*';
}

function keptDetail(detail: DeniedAnswer['detail']): Readonly<Record<string, string>> | undefined {
  const kept = KEPT_DETAILS.flatMap((name): [string, string][] => {
    const value = detail?.[name];
    return value === undefined ? [] : [[name, value]];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
