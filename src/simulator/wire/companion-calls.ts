import { createHash, randomUUID } from 'node:crypto';
import { zonesOfRegion } from '../engine/endpoint-service.js';
import type { EngineAnswer } from '../engine/engine.js';
import { mandatoryText, optionalText, type WireParameters } from '../engine/parameters.js';
import { Refusal } from '../engine/refusals.js';
import type { WorldView } from '../engine/world-view.js';
import type { SimulatorAccount } from '../twin/accounts.js';
import type { CredentialStore } from './credentials.js';
import { cloudHost } from './wire-answer.js';

/** A vSwitch as the companion calls show it. */
export interface CompanionVSwitch {
  readonly ZoneId: string;
  readonly VpcId?: string;
  readonly Status?: string;
  readonly AvailableIpAddressCount?: number;
}

/** What the companion calls need to know of the world around PrivateLink. */
export interface CompanionWorld {
  /** A vSwitch of an account's region; `undefined`: there is none with this id. */
  findVSwitch(accountId: string, regionId: string, vSwitchId: string): CompanionVSwitch | undefined;
}

/**
 * The world of a twin, as companion calls see it. A vSwitch that could be in any zone is in zone `b`.
 *
 * @param view - The world as it is now.
 */
export function companionWorldOf(view: () => Pick<WorldView, 'vSwitch'>): CompanionWorld {
  return {
    findVSwitch: (_accountId, regionId, vSwitchId) => {
      const found = view().vSwitch(vSwitchId, regionId);
      return found === undefined ? undefined : { ...found, ZoneId: found.ZoneId ?? zonesOfRegion(regionId)[1] ?? '' };
    },
  };
}

/** A call of another product than PrivateLink, whose caller is known. */
export interface CompanionCall {
  readonly parameters: WireParameters;
  readonly caller: SimulatorAccount;
  /** Host and port that the client meant to reach. */
  readonly host: string;
}

/** What companion calls are answered from. */
export interface CompanionSources {
  readonly world: CompanionWorld;
  readonly credentials: CredentialStore;
}

type Body = Readonly<Record<string, unknown>>;
type Answering = (call: CompanionCall, sources: CompanionSources) => Body;

/** An action of another product. */
export interface CompanionAction {
  readonly product: string;
  readonly answer: Answering;
}

/**
 * Calls that infrastructure tools make on their way to PrivateLink, by API version and action: to find the address of the
 * API, the zone of a vSwitch, whether an account has instances of a product, and to become another identity.
 */
const ACTIONS: ReadonlyMap<string, CompanionAction> = new Map([
  ['2016-04-28 DescribeVSwitchAttributes', { product: 'vpc', answer: describeVSwitchAttributes }],
  ['2015-06-12 DescribeEndpoints', { product: 'location', answer: describeEndpoints }],
  ['2017-12-14 QueryAvailableInstances', { product: 'business', answer: queryAvailableInstances }],
  ['2015-04-01 AssumeRole', { product: 'sts', answer: assumeRole }],
  ['2015-04-01 GetCallerIdentity', { product: 'sts', answer: getCallerIdentity }],
]);

/** The companion action that a request names. */
export function findCompanion(apiVersion: string, action: string): CompanionAction | undefined {
  return ACTIONS.get(`${apiVersion} ${action}`);
}

/** Answer a companion call. Never throws for what is in the call: what is wrong with it is the answer. */
export function answerCompanion(
  { product, answer }: CompanionAction,
  call: CompanionCall,
  sources: CompanionSources,
): EngineAnswer {
  const RequestId = randomUUID().toUpperCase();
  try {
    return { status: 200, body: { ...answer(call, sources), RequestId } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code: Code, message: Message, status } = error;
    return { status, body: { RequestId, HostId: `${product}.aliyuncs.com`, Code, Message } };
  }
}

function describeVSwitchAttributes({ parameters, caller }: CompanionCall, { world }: CompanionSources): Body {
  const VSwitchId = mandatoryText(parameters, 'VSwitchId');
  const RegionId = mandatoryText(parameters, 'RegionId');
  const found = world.findVSwitch(caller.accountId, RegionId, VSwitchId);
  if (found === undefined) {
    // Inferred: clients look for this code, whose page was not found.
    throw new Refusal('InvalidVswitchID.NotFound', 'Specified vswitch is not found.', 404);
  }
  const { ZoneId, VpcId = '', Status = 'Available', AvailableIpAddressCount = 250 } = found;
  return { VSwitchId, ZoneId, VpcId, Status, AvailableIpAddressCount, IsDefault: false };
}

/** Every product is where the client asks, unless it reached us by a name of the cloud: then where that cloud has it. */
function describeEndpoints({ parameters, host }: CompanionCall): Body {
  const Id = mandatoryText(parameters, 'Id');
  const ServiceCode = mandatoryText(parameters, 'ServiceCode');
  const isCloud = cloudHost(host) !== undefined;
  const entry = {
    Type: optionalText(parameters, 'Type') ?? 'openAPI',
    Id,
    Endpoint: isCloud ? `${ServiceCode}.${Id}.aliyuncs.com` : host,
    Namespace: '',
    Protocols: { Protocols: ['HTTP', 'HTTPS'] },
    // The service's own spelling, which clients read.
    SerivceCode: ServiceCode,
  };
  return { Success: true, Endpoints: { Endpoint: [entry] } };
}

/** No account has instances of anything: tools ask only in order to tell kinds of accounts apart. */
function queryAvailableInstances({ parameters }: CompanionCall): Body {
  const PageNum = Number(optionalText(parameters, 'PageNum') ?? 1);
  const PageSize = Number(optionalText(parameters, 'PageSize') ?? 20);
  return {
    Success: true,
    Code: 'Success',
    Message: 'Successful!',
    Data: { PageNum, PageSize, TotalCount: 0, InstanceList: [] },
  };
}

const ROLE_ARN = /^acs:ram::(\d+):role\/([\w.@-]{1,64})$/i;
const SESSION_NAME = /^[\w.@-]{2,64}$/;
const DURATION_SECONDS = { minimum: 900, maximum: 43_200, default: 3_600 };

/** Become a role, of whatever account. Every role exists, trusts everybody and allows sessions of up to twelve hours. */
function assumeRole({ parameters }: CompanionCall, { credentials }: CompanionSources): Body {
  const [, accountId, role] = ROLE_ARN.exec(mandatoryText(parameters, 'RoleArn')) ?? [];
  if (accountId === undefined || role === undefined) throw wronglyFormed('RoleArn');
  const session = mandatoryText(parameters, 'RoleSessionName');
  if (!SESSION_NAME.test(session)) throw wronglyFormed('RoleSessionName');
  const seconds = durationOf(parameters);

  const issued = credentials.issue(accountId, `acs:ram::${accountId}:assumed-role/${role}/${session}`, seconds * 1_000);
  return {
    AssumedRoleUser: {
      Arn: `acs:ram::${accountId}:role/${role}/${session}`,
      AssumedRoleId: `${idOf(accountId, role)}:${session}`,
    },
    Credentials: {
      AccessKeyId: issued.accessKeyId,
      AccessKeySecret: issued.accessKeySecret,
      SecurityToken: issued.securityToken,
      Expiration: issued.expiresAt,
    },
  };
}

function wronglyFormed(name: string): Refusal {
  return new Refusal(`InvalidParameter.${name}`, `The parameter ${name} is wrongly formed.`);
}

function durationOf(parameters: WireParameters): number {
  const text = optionalText(parameters, 'DurationSeconds') ?? String(DURATION_SECONDS.default);
  const seconds = Number(text);
  if (!/^\d+$/.test(text) || seconds < DURATION_SECONDS.minimum || seconds > DURATION_SECONDS.maximum) {
    throw new Refusal('InvalidParameter.DurationSeconds', 'The Min/Max value of DurationSeconds is 15min/1hr.');
  }
  return seconds;
}

function getCallerIdentity({ caller: { accountId, arn, securityToken } }: CompanionCall): Body {
  const Arn =
    arn ?? `acs:ram::${accountId}:${securityToken === undefined ? 'root' : 'assumed-role/simulated/simulated'}`;
  const [, role, session] = /:assumed-role\/([^/]+)\/(.+)$/.exec(Arn) ?? [];
  if (role !== undefined && session !== undefined) {
    const RoleId = idOf(accountId, role);
    return { IdentityType: 'AssumedRoleUser', AccountId: accountId, Arn, PrincipalId: `${RoleId}:${session}`, RoleId };
  }
  const [, user] = /:user\/(.+)$/.exec(Arn) ?? [];
  const UserId = user === undefined ? accountId : idOf(accountId, user);
  const IdentityType = user === undefined ? 'Account' : 'RAMUser';
  return { IdentityType, AccountId: accountId, Arn, PrincipalId: UserId, UserId };
}

/** An id of digits that is always the same for a role or user of an account. */
function idOf(accountId: string, name: string): string {
  const number = createHash('sha256').update(`${accountId}/${name}`).digest().readUIntBE(0, 6);
  return `3${String(number).padStart(15, '0')}`;
}
