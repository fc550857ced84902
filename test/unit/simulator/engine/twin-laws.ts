import fc from 'fast-check';
import { ACTIONS, type ActionDefinition, type ParameterShape } from '../../../../src/simulator/engine/action-shapes.js';
import {
  PrivateLinkEngine,
  type Effect,
  type EngineAnswer,
  type WireParameters,
} from '../../../../src/simulator/index.js';
import { deviations } from '../../../support/answer-shape.js';

/** One thing that happens to the twin: a call, or time passes. */
export type Step =
  | { readonly kind: 'call'; readonly action: string; readonly accountId: string; readonly draws: Draws }
  | { readonly kind: 'pass'; readonly ms: number };

/** What the parameters of a call are chosen by. */
interface Draws {
  readonly RegionId: number;
  /** 0: none. */
  readonly token: number;
  readonly dryRun: boolean;
  /** Which of the ids that exist is meant; some mean none. */
  readonly pick: number;
  readonly values: readonly number[];
}

const ACCOUNTS = ['1000000000000001', '1000000000000002'];
const [OWNER = ''] = ACCOUNTS;
const REGIONS = ['cn-hangzhou', 'ap-southeast-1'];
const ZONES = ['a', 'b', 'c'];

/** A token is remembered for so long: steps pass that time now and then. */
const RETENTION_MS = 60_000;

/** Values by parameter; the first one is chosen most often. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  VpcId: ['vpc-1', 'vpc-2', 'vpc-full'],
  VSwitchId: ['vsw-1', 'vsw-2', 'vsw-full', 'vsw-pending'],
  SecurityGroupId: ['sg-1', 'sg-2', 'sg-3', 'sg-enterprise'],
  EndpointType: ['', 'Interface', 'GatewayLoadBalancer', 'Reverse'],
  AddressIpVersion: ['', 'IPv4', 'DualStack'],
  // Some that the twin would choose itself.
  ip: ['', '10.8.0.1', '10.0.0.2', '10.0.0.3'],
  ResourceType: ['slb', 'nlb'],
  TaggedType: ['vpcendpoint', 'vpcendpointservice'],
  ResourceGroupId: ['rg-1', 'rg-2'],
  UserId: [...ACCOUNTS, '5'],
  UserARN: ['', 'acs:ram:*:1000000000000001:*', 'acs:ram:*:*'],
  Bandwidth: ['', '3072', '99', '10240'],
  MaxResults: ['', '1', '2'],
  TagKey: ['a', 'b'],
  EndpointName: ['', 'orders', 'x'],
  EndpointDescription: ['', 'text'],
  Ipv6Address: ['', '2408::1'],
  ServiceRegionId: [''],
  ServiceName: [''],
  NextToken: ['', 'x'],
  ResourceAllocateMode: ['Auto', 'Manual', ''],
  ResourceReplaceMode: ['', 'Graceful', 'Force'],
};

const ANY = ['', '', '', '', '', 'ab'];

const draws = fc.record({
  RegionId: fc.constantFrom(0, 0, 0, 1),
  token: fc.constantFrom(0, 0, 1, 2),
  dryRun: fc.constantFrom(false, false, false, false, true),
  pick: fc.constantFrom(0, 0, 0, 1, 2, 3),
  values: fc.array(fc.constantFrom(0, 0, 0, 0, 0, 1, 2, 4, 5, 6, 7), { minLength: 12, maxLength: 12 }),
});

/** What callers do one after the other with the same things; calls in between are drawn at random. */
const FLOWS: readonly (readonly string[])[] = [
  ['CreateVpcEndpoint'],
  ['CreateVpcEndpointService', 'AddUserToVpcEndpointService', 'ListVpcEndpointServiceUsers'],
  ['RemoveZoneFromVpcEndpoint', 'DeleteVpcEndpoint'],
  ['AttachSecurityGroupToVpcEndpoint', 'DetachSecurityGroupFromVpcEndpoint'],
  ['AttachResourceToVpcEndpointService', 'ListVpcEndpointServiceResources', 'DetachResourceFromVpcEndpointService'],
  ['AttachResourceToVpcEndpointService', 'UpdateVpcEndpointServiceResourceAttribute'],
  ['TagResources', 'ListTagResources', 'UntagResources'],
  ['AddUserToVpcEndpointService', 'RemoveUserFromVpcEndpointService'],
  ['DisableVpcEndpointConnection', 'UpdateVpcEndpointZoneConnectionResourceAttribute', 'EnableVpcEndpointConnection'],
  ['DisableVpcEndpointZoneConnection', 'EnableVpcEndpointZoneConnection', 'UpdateVpcEndpointConnectionAttribute'],
  ['DetachResourceFromVpcEndpointService', 'DeleteVpcEndpointService'],
];

const accountId = fc.constantFrom(OWNER, OWNER, OWNER, ...ACCOUNTS);

const calls: fc.Arbitrary<Step[]> = fc
  .record({ action: fc.constantFrom(...ACTIONS.keys()), accountId, draws })
  .map((call) => [{ kind: 'call', ...call }]);

const passing: fc.Arbitrary<Step[]> = fc.constantFrom(500, 2_500, 70_000).map((ms) => [{ kind: 'pass', ms }]);

const flows: fc.Arbitrary<Step[]> = fc
  .record({ actions: fc.constantFrom(...FLOWS), accountId, draws })
  .map(({ actions, ...call }) =>
    actions.flatMap((action): Step[] => [
      { kind: 'call', action, ...call },
      { kind: 'pass', ms: 2_500 },
    ]),
  );

/** Two endpoints that break no rule, so that what comes after has something to work on. */
const BEGINNING: readonly Step[] = [1, 2].flatMap((token): Step[] => [
  {
    kind: 'call',
    action: 'CreateVpcEndpoint',
    accountId: OWNER,
    draws: { RegionId: 0, token, dryRun: false, pick: 0, values: Array.from({ length: 12 }, () => 0) },
  },
  { kind: 'pass', ms: 2_500 },
]);

/** Sequences of steps. */
export const steps: fc.Arbitrary<Step[]> = fc
  .array(
    fc.oneof({ weight: 4, arbitrary: calls }, { weight: 2, arbitrary: flows }, { weight: 1, arbitrary: passing }),
    { minLength: 5, maxLength: 50, size: 'max' },
  )
  .map((parts) => [...BEGINNING, ...parts.flat()]);

const LEGAL = {
  EndpointStatus: ['Creating', 'Active', 'Pending', 'Deleting'],
  ConnectionStatus: [
    'Pending',
    'Connecting',
    'Connected',
    'Disconnecting',
    'Disconnected',
    'Deleting',
    'ServiceDeleted',
  ],
  ZoneStatus: [
    'Creating',
    'Wait',
    'Connecting',
    'Connected',
    'Disconnecting',
    'Disconnected',
    'Migrating',
    'Migrated',
    'Deleting',
  ],
};

/** Codes that any action may answer, whatever its own table says. */
const COMMON_CODE =
  /^(DryRunOperation|Idempotence\w+|ConcurrentCallNotSupported|NeedOpenProduct|RegionNotFound|Throttling\.User|Missing\w+|InvalidParameter\.\w+(\.\w+)*)$/;

/** How often each action was answered with what, over all sequences. */
export type Seen = Map<string, number>;

/** Play steps on a new twin. @returns Every law that was broken, in words. */
export function brokenLaws(sequence: readonly Step[], seen: Seen): string[] {
  const world = new Play(seen);
  for (const step of sequence) {
    world.play(step);
    if (world.broken.length > 0) break;
  }
  return world.broken;
}

class Play {
  readonly #seen: Seen;
  readonly broken: string[] = [];
  readonly #effects: Effect[] = [];
  readonly #ids = new Set<string>();
  #nowMs = Date.UTC(2026, 0, 1);
  #before = new Map<string, { readonly EndpointStatus: string; readonly ConnectionStatus: string }>();
  #random = 1;
  readonly #engine = new PrivateLinkEngine(
    { now: () => this.#nowMs, random: () => this.#draw() },
    { timeToActive: { afterMs: [0, 3_000] }, switches: { tokenRetentionMs: RETENTION_MS } },
    (effect) => this.#effects.push(effect),
  );

  constructor(seen: Seen) {
    this.#seen = seen;
  }

  play(step: Step): void {
    if (step.kind === 'pass') this.#nowMs += step.ms;
    else this.#call(step);
    this.#checkEndpoints();
    this.#checkTokens();
  }

  #call({ action, accountId, draws: drawn }: Extract<Step, { kind: 'call' }>): void {
    const definition = ACTIONS.get(action);
    if (definition === undefined) throw new Error(`There is no action ${action}`);
    const parameters = this.#parameters(definition, drawn, accountId);
    this.#engine.inspect();
    const effectsBefore = this.#effects.length;
    const answer = this.#engine.call({ action, parameters, accountId });
    const key = `${action} ${answer.body.Code ?? 'ok'}`;
    this.#seen.set(key, (this.#seen.get(key) ?? 0) + 1);
    this.#checkAnswer(definition, answer);
    const isDry = parameters['DryRun'] === 'true';
    if (isDry && answer.status === 200 && definition.writes) this.broken.push(`a dry run of ${action} answered 200`);
    if (answer.status !== 200 && this.#effects.length > effectsBefore) {
      const kinds = this.#effects.slice(effectsBefore).map(({ kind }) => kind);
      // What was due by the clock is noticed by whoever looks.
      const caused = kinds.filter((kind) => !['serviceDeleted'].includes(kind));
      if (caused.length > 0)
        this.broken.push(`${action} was refused as ${String(answer.body.Code)} and did ${caused.join()}`);
    }
  }

  #checkAnswer({ name, answer: shape, errors }: ActionDefinition, { status, body }: EngineAnswer): void {
    this.#unique(body.RequestId, `RequestId of ${name}`);
    if (status === 200) {
      this.broken.push(...deviations(body, shape).map((wrong) => `${name}: ${wrong}`));
      for (const field of ['EndpointId', 'ServiceId']) {
        const id = body[field];
        if (
          name === (field === 'EndpointId' ? 'CreateVpcEndpoint' : 'CreateVpcEndpointService') &&
          typeof id === 'string'
        ) {
          if (!this.#effects.some((effect) => effect[field as 'EndpointId'] === id))
            this.broken.push(`${id} was never made`);
        }
      }
      return;
    }
    const code = String(body.Code);
    if (!errors.has(code) && !COMMON_CODE.test(code))
      this.broken.push(`${name} answered ${code}, which is none of its codes`);
    if (errors.has(code) && errors.get(code) !== status) this.broken.push(`${name} answered ${code} with ${status}`);
    if (typeof body['Message'] !== 'string' || body['Message'] === '')
      this.broken.push(`${name}: ${code} says nothing`);
  }

  #checkEndpoints(): void {
    const now = this.#engine.inspect();
    const addresses = new Set<string>();
    for (const endpoint of now) {
      const { EndpointId, EndpointStatus, ConnectionStatus, Zones } = endpoint;
      const before = this.#before.get(EndpointId);
      const say = (what: string) => this.broken.push(`${EndpointId}: ${what}`);
      if (!LEGAL.EndpointStatus.includes(EndpointStatus)) say(`EndpointStatus ${EndpointStatus}`);
      if (!LEGAL.ConnectionStatus.includes(ConnectionStatus)) say(`ConnectionStatus ${ConnectionStatus}`);
      if (EndpointStatus === 'Creating' && ['Connecting', 'Connected'].includes(ConnectionStatus))
        say('connected while Creating');
      if (before === undefined && EndpointId !== '') this.#unique(EndpointId, 'EndpointId');
      if (before !== undefined && before.EndpointStatus !== 'Creating' && EndpointStatus === 'Creating')
        say('Creating again');
      if (before?.EndpointStatus === 'Deleting' && EndpointStatus !== 'Deleting') say('came back from Deleting');
      if (before?.ConnectionStatus === 'ServiceDeleted' && !['ServiceDeleted', 'Deleting'].includes(ConnectionStatus)) {
        say(`${ConnectionStatus} after ServiceDeleted`);
      }
      if (Zones.length > 10 || new Set(Zones.map(({ ZoneId }) => ZoneId)).size < Zones.length)
        say('zones twice, or too many');
      for (const { ZoneId, ZoneStatus, VSwitchId, EniIp } of Zones) {
        if (!LEGAL.ZoneStatus.includes(ZoneStatus)) say(`ZoneStatus ${ZoneStatus}`);
        const address = `${endpoint.accountId} ${endpoint.RegionId} ${VSwitchId} ${EniIp}`;
        if (addresses.has(address)) say(`${address} (${ZoneId}) is in use twice`);
        addresses.add(address);
      }
    }
    this.#before = new Map(now.map((endpoint) => [endpoint.EndpointId, endpoint]));
  }

  /** A token makes one endpoint, or one service, while it is retained. */
  #checkTokens(): void {
    const lastAt = new Map<string, number>();
    for (const { kind, at, accountId, RegionId, ClientToken } of this.#effects) {
      if ((kind !== 'created' && kind !== 'serviceCreated') || ClientToken === undefined) continue;
      const key = `${kind} ${accountId} ${RegionId} ${ClientToken}`;
      const atMs = Date.parse(at);
      if (atMs - (lastAt.get(key) ?? -Infinity) < RETENTION_MS) this.broken.push(`${key} twice within its retention`);
      lastAt.set(key, atMs);
    }
  }

  #parameters({ name, parameters }: ActionDefinition, drawn: Draws, accountId: string): WireParameters {
    const region = REGIONS[drawn.RegionId] ?? '';
    const all = this.#engine.inspect();
    // Mostly of those that the caller has in the region: the others only lead to refusals.
    const own = all.filter((endpoint) => endpoint.accountId === accountId && endpoint.RegionId === region);
    const endpoints = drawn.pick < 3 ? own : all;
    const services = this.#effects.filter(({ kind }) => kind === 'serviceCreated').map(({ ServiceId }) => ServiceId);
    const endpoint = endpoints[drawn.pick % (endpoints.length + 1)];
    const EndpointId = endpoint?.EndpointId ?? 'ep-none';
    const anyService =
      [...services, 'epsrv-1', 'epsrv-manual', 'epsrv-shared'][drawn.pick % (services.length + 3)] ?? '';
    const isConnection = name !== 'CreateVpcEndpoint' && parameters.has('EndpointId') && parameters.has('ServiceId');
    const ServiceId = isConnection && drawn.pick < 3 ? (endpoint?.ServiceId ?? anyService) : anyService;
    const value = (parameter: string): string => {
      // By name, so that the calls of a flow mean the same things.
      const number = drawn.values[hashOf(parameter) % drawn.values.length] ?? 0;
      if (parameter === 'EndpointId' || parameter === 'ResourceId') {
        return name.includes('Service') && parameter === 'ResourceId' ? `lb-${number % 3}` : EndpointId;
      }
      if (parameter === 'ServiceId') return ServiceId;
      if (parameter === 'ZoneId') return `${region}${/\d$/.test(region) ? '' : '-'}${ZONES[number % 3] ?? 'a'}`;
      const isTagged = parameter === 'ResourceType' && /tag|ResourceGroup/i.test(name);
      const values = VALUES[isTagged ? 'TaggedType' : parameter] ?? ANY;
      return values[number < 4 ? 0 : number % values.length] ?? '';
    };
    return Object.fromEntries([
      ...[...parameters.values()].flatMap((shape) => wireOf(shape, value)),
      ['RegionId', region],
      ['ClientToken', drawn.token === 0 ? '' : `token-${drawn.token}`],
      ['DryRun', drawn.dryRun ? 'true' : ''],
    ]);
  }

  #unique(id: string, what: string): void {
    if (this.#ids.has(id)) this.broken.push(`${what} twice: ${id}`);
    this.#ids.add(id);
  }

  #draw(): number {
    this.#random = (this.#random * 48_271) % 2_147_483_647;
    return this.#random / 2_147_483_647;
  }
}

function wireOf(
  { name, type, fields, required }: ParameterShape,
  value: (parameter: string) => string,
): [string, string][] {
  if (type === 'boolean') return [[name, value(name) === '1' || required ? 'true' : '']];
  if (type === 'integer' && VALUES[name] === undefined) return [];
  if (type !== 'list') return [[name, value(name)]];
  if (fields === undefined) return [[`${name}.1`, value(name)]];
  return fields.map((field): [string, string] => [`${name}.1.${field}`, field === 'Key' ? 'a' : value(field)]);
}

function hashOf(name: string): number {
  return Array.from(name).reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
}
