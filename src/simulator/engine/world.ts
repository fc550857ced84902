/** A VPC. */
export interface WorldVpc {
  readonly VpcId: string;
  /** Only in this region; in every region when left out. */
  readonly RegionId?: string;
  /** Endpoints that it takes; the quota of the settings when left out. */
  readonly endpointQuota?: number;
  /** Endpoints that are not Connected which it takes; the quota of the settings when left out. */
  readonly idleEndpointQuota?: number;
  /** Code with which CreateVpcEndpoint refuses it, for codes whose conditions no page states, such as VpcTunnelNotFound. */
  readonly refusal?: string;
}

/** A vSwitch. */
export interface WorldVSwitch {
  readonly VSwitchId: string;
  readonly RegionId?: string;
  /** Of any VPC, or in any zone, when left out. */
  readonly VpcId?: string;
  readonly ZoneId?: string;
  /** Default `Available`. */
  readonly Status?: string;
  /** Addresses beside those of its endpoints; any number when left out. */
  readonly AvailableIpAddressCount?: number;
  /** Default true. */
  readonly supportsIpv6?: boolean;
}

/** A security group. */
export interface WorldSecurityGroup {
  readonly SecurityGroupId: string;
  readonly RegionId?: string;
  /** `normal` (default) and `enterprise` are supported, but not both on one endpoint; any other is not supported. */
  readonly SecurityGroupType?: string;
}

/** A load balancer that can be the resource of a service. */
export interface WorldLoadBalancer {
  readonly ResourceId: string;
  readonly RegionId?: string;
  /** `slb`, `alb`, `nlb` or `gwlb`; any of them when left out. */
  readonly ResourceType?: string;
  readonly ZoneId?: string;
  readonly VpcId?: string;
  readonly VSwitchId?: string;
  readonly Ip?: string;
  /** Default true. */
  readonly supportsPrivateLink?: boolean;
  /** Default true. */
  readonly supportsIpv6?: boolean;
  /** Code with which a service refuses it, for codes whose conditions no page states. */
  readonly refusal?: string;
}

/** An account beyond its keys. */
export interface WorldAccount {
  readonly accountId: string;
  /** Whether it has activated PrivateLink. Default true. */
  readonly productOpen?: boolean;
  /** Whether it can pay for an activation. Default true. */
  readonly balanceEnough?: boolean;
  /** Whether its service-linked role is in order. Default true. */
  readonly serviceLinkedRole?: boolean;
  /** Whether its services may pay (`Payer` EndpointService). Default true. */
  readonly mayPayAsService?: boolean;
}

/** An endpoint service. What is left out is usual: it serves every zone and supports everything. */
export interface SimulatedService {
  readonly ServiceId: string;
  readonly RegionId?: string;
  /** `com.aliyuncs.privatelink.<region>.<ServiceId>` when left out. */
  readonly ServiceName?: string;
  /** Account of its owner; whoever calls when left out. */
  readonly accountId?: string;
  /** Accounts that may use it beside its owner, `*` for every one; all when left out. */
  readonly users?: readonly string[];
  /** Every zone of the region when left out. */
  readonly Zones?: readonly string[];
  readonly AutoAcceptEnabled?: boolean;
  readonly AddressIpVersion?: string;
  readonly ServiceSupportIPv6?: boolean;
  readonly VpcEndpointPolicySupported?: boolean;
  readonly ServiceResourceType?: string;
  /** EndpointType that it serves; any when left out. */
  readonly ServiceType?: string;
  /** Default `Active`. */
  readonly ServiceStatus?: string;
  /** Default `Normal`. */
  readonly ServiceBusinessStatus?: string;
  readonly Payer?: string;
  /** Private domain of the service; an endpoint of it may be the only one with that name in its VPC. */
  readonly PrivateDnsName?: string;
  /** Endpoints that it takes; any number when left out. */
  readonly endpointQuota?: number;
  /** `false`: the caller's account may not use it, so it is not listed. */
  readonly listed?: boolean;
  /** Code with which CreateVpcEndpoint refuses it, for codes whose conditions no page states. */
  readonly refusal?: string;
}

/** What is there beside PrivateLink itself. */
export interface World {
  /** Whether an id that nothing here names is taken to exist, with everything as it should be. */
  readonly open: boolean;
  /** Regions that DescribeRegions lists; where the world is not open there are no others. Default: all. */
  readonly regions: readonly string[];
  readonly accounts: readonly WorldAccount[];
  readonly vpcs: readonly WorldVpc[];
  readonly vSwitches: readonly WorldVSwitch[];
  readonly securityGroups: readonly WorldSecurityGroup[];
  readonly loadBalancers: readonly WorldLoadBalancer[];
  readonly services: readonly SimulatedService[];
  /** Ids (of services names, too) that do not exist, however open the world is. */
  readonly missing: readonly string[];
}

/** What a field must be, and how a message calls that. */
const FIELD_TYPES = {
  string: 'a string',
  boolean: 'a boolean',
  number: 'a number',
  texts: 'a list of texts',
  account: 'a text of 1 to 16 digits (in YAML with quotes)',
  users: 'a list of texts of 1 to 16 digits (in YAML with quotes), or of "*" for every account',
} as const;
type FieldType = keyof typeof FIELD_TYPES;
type Fields<Item> = { readonly [Name in keyof Required<Item>]: FieldType };

const ACCOUNT: Fields<WorldAccount> = {
  accountId: 'account',
  productOpen: 'boolean',
  balanceEnough: 'boolean',
  serviceLinkedRole: 'boolean',
  mayPayAsService: 'boolean',
};
const VPC: Fields<WorldVpc> = {
  VpcId: 'string',
  RegionId: 'string',
  endpointQuota: 'number',
  idleEndpointQuota: 'number',
  refusal: 'string',
};
const V_SWITCH: Fields<WorldVSwitch> = {
  VSwitchId: 'string',
  RegionId: 'string',
  VpcId: 'string',
  ZoneId: 'string',
  Status: 'string',
  AvailableIpAddressCount: 'number',
  supportsIpv6: 'boolean',
};
const SECURITY_GROUP: Fields<WorldSecurityGroup> = {
  SecurityGroupId: 'string',
  RegionId: 'string',
  SecurityGroupType: 'string',
};
const LOAD_BALANCER: Fields<WorldLoadBalancer> = {
  ResourceId: 'string',
  RegionId: 'string',
  ResourceType: 'string',
  ZoneId: 'string',
  VpcId: 'string',
  VSwitchId: 'string',
  Ip: 'string',
  supportsPrivateLink: 'boolean',
  supportsIpv6: 'boolean',
  refusal: 'string',
};
const SERVICE: Fields<SimulatedService> = {
  ServiceId: 'string',
  RegionId: 'string',
  ServiceName: 'string',
  accountId: 'account',
  users: 'users',
  Zones: 'texts',
  AutoAcceptEnabled: 'boolean',
  AddressIpVersion: 'string',
  ServiceSupportIPv6: 'boolean',
  VpcEndpointPolicySupported: 'boolean',
  ServiceResourceType: 'string',
  ServiceType: 'string',
  ServiceStatus: 'string',
  ServiceBusinessStatus: 'string',
  Payer: 'string',
  PrivateDnsName: 'string',
  endpointQuota: 'number',
  listed: 'boolean',
  refusal: 'string',
};

const LISTS = {
  accounts: parseItems('accountId', ACCOUNT),
  vpcs: parseItems('VpcId', VPC),
  vSwitches: parseItems('VSwitchId', V_SWITCH),
  securityGroups: parseItems('SecurityGroupId', SECURITY_GROUP),
  loadBalancers: parseItems('ResourceId', LOAD_BALANCER),
  services: parseItems('ServiceId', SERVICE),
  regions: parseTexts,
  missing: parseTexts,
};

/** Regions of PrivateLink in the official metadata. */
export const REGIONS: readonly string[] = (
  'ap-northeast-1 ap-northeast-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-5 ap-southeast-6 ap-southeast-7 ' +
  'cn-beijing cn-chengdu cn-fuzhou cn-guangzhou cn-hangzhou cn-heyuan cn-hongkong cn-huhehaote cn-nanjing cn-qingdao ' +
  'cn-shanghai cn-shenzhen cn-wuhan-lr cn-wulanchabu cn-zhangjiakou cn-zhengzhou-jva us-southeast-1 eu-central-1 eu-west-1 ' +
  'na-south-1 us-east-1 us-west-1 me-east-1 ap-south-1 me-central-1 cn-beijing-finance-1 cn-shanghai-finance-1 ' +
  'cn-shenzhen-finance-1'
).split(' ');

/** A world in which nothing is named but the regions. */
const EMPTY: Omit<World, 'open'> = {
  regions: REGIONS,
  accounts: [],
  vpcs: [],
  vSwitches: [],
  securityGroups: [],
  loadBalancers: [],
  services: [],
  missing: [],
};

/**
 * Read a world that came as JSON or YAML. It is not open unless it says so.
 *
 * @throws TypeError - Something in it is unknown, missing or of a wrong type; the message names it.
 */
export function parseWorld(value: unknown, name = 'world'): World {
  if (!isObject(value)) throw new TypeError(`${name} is not a JSON object`);
  const { open = false, ...lists } = value;
  if (typeof open !== 'boolean') throw new TypeError(`${name}.open is not a boolean`);
  const parsed = Object.entries(lists).map(([list, given]) => {
    if (!Object.hasOwn(LISTS, list)) throw new TypeError(`${name} has no ${list}`);
    return [list, LISTS[list as keyof typeof LISTS](given, `${name}.${list}`)];
  });
  return { ...EMPTY, ...Object.fromEntries(parsed), open } as World;
}

/**
 * Read services that came as JSON.
 *
 * @throws TypeError - Something in it is unknown or of a wrong type; the message names it.
 */
export function parseServices(value: unknown, name = 'services'): readonly SimulatedService[] {
  return LISTS.services(value, name);
}

function parseItems<Item extends object>(id: keyof Item & string, fields: Fields<Item>) {
  return (value: unknown, name: string): readonly Item[] => {
    if (!Array.isArray(value)) throw new TypeError(`${name} is not a list`);
    return value.map((item: unknown, index) => parseItem(item, `${name}[${index}]`, id, fields));
  };
}

function parseItem<Item extends object>(
  value: unknown,
  name: string,
  id: keyof Item & string,
  fields: Fields<Item>,
): Item {
  if (!isObject(value)) throw new TypeError(`${name} is not a JSON object`);
  for (const [field, given] of Object.entries(value)) {
    if (!Object.hasOwn(fields, field)) throw new TypeError(`${name} has no ${field}`);
    const type = fields[field as keyof Item];
    if (!isOf(type, given)) throw new TypeError(`${name}.${field} is not ${FIELD_TYPES[type]}`);
  }
  if (!Object.hasOwn(value, id)) throw new TypeError(`${name}.${id} is missing`);
  return value as Item;
}

function parseTexts(value: unknown, name: string): readonly string[] {
  if (!isOf('texts', value)) throw new TypeError(`${name} is not a list of texts`);
  return value as readonly string[];
}

function isOf(type: FieldType, value: unknown): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string' && value !== '';
    case 'boolean':
      return typeof value === 'boolean';
    case 'number':
      return typeof value === 'number' && value >= 0;
    case 'texts':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
    case 'account':
      return isAccountId(value);
    case 'users':
      return Array.isArray(value) && value.every((item) => item === '*' || isAccountId(item));
  }
}

/** Whether it can be the id of an account. Some answers write it as a number, and that may not change its digits. */
export function isAccountId(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,16}$/.test(value) && String(Number(value)) === value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
