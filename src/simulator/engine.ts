import type { Tag } from '../model/endpoint.js';
import { classifyCode } from '../model/error-catalogue.js';
import { attributeAnswer, createdAnswer, listedAnswer, zoneAnswers } from './answers.js';
import { acceptCreate, type AcceptedCreate } from './create-rules.js';
import { SimulatedEndpoint, type EndpointInspection, type ForcedStatuses } from './endpoint.js';
import { EndpointStore, type Effect } from './endpoint-store.js';
import { createIdSource, type IdSource } from './ids.js';
import { pageOf } from './paging.js';
import {
  fingerprintOf,
  mandatoryText,
  optionalBoolean,
  optionalText,
  tagsOf,
  type WireParameters,
} from './parameters.js';
import { invalidParameter, Refusal } from './refusals.js';
import { listedServices } from './services.js';
import { changeSettings, DEFAULT_SETTINGS, type EngineSettings, type SettingsChange } from './settings.js';
import { TokenLedger } from './token-ledger.js';
import { checkZoneRemoval } from './zone-removals.js';

/** Where an engine takes time and chance from. */
export interface EngineSources {
  /** Milliseconds since 1970. */
  now(): number;
  /** From 0 up to, but not including, 1. */
  random(): number;
  /** Makes the ids of endpoints (`ep`) and network interfaces (`eni`); must not repeat itself. */
  newId?(prefix: string): string;
}

/** A call as it is when transport, signature and faults are done with. */
export interface EngineCall {
  readonly action: string;
  readonly parameters: WireParameters;
  readonly accountId: string;
}

/** JSON body of an answer; a refusal has `Code` and `Message`. */
export type AnswerBody = Readonly<Record<string, unknown>> & { readonly RequestId: string; readonly Code?: string };

export interface EngineAnswer {
  readonly status: number;
  readonly body: AnswerBody;
}

/** What is kept under a ClientToken. */
type Outcome = Readonly<Record<string, unknown>> | Refusal;

/** Check a call and give back what would execute it. */
type Preparation = () => Readonly<Record<string, unknown>>;

const MAX_TOKEN = 64;
const REGION = /^[a-z0-9]+(-[a-z0-9]+)+$/;

/** What the gateway asks of a call before the service sees it. ServiceId is not here: ServiceName does instead. */
const MANDATORY: ReadonlyMap<string, readonly string[]> = new Map([
  ['CreateVpcEndpoint', ['RegionId', 'VpcId']],
  ['DeleteVpcEndpoint', ['RegionId', 'EndpointId']],
  ['GetVpcEndpointAttribute', ['RegionId', 'EndpointId']],
  ['ListVpcEndpointZones', ['RegionId', 'EndpointId']],
  ['ListVpcEndpoints', ['RegionId']],
  ['ListVpcEndpointServicesByEndUser', ['RegionId']],
  ['RemoveZoneFromVpcEndpoint', ['RegionId', 'EndpointId', 'ZoneId']],
]);

/** Filters of ListVpcEndpoints that compare one field. Read one by one: building whole items for a scan is slow. */
const LIST_FILTERS: readonly (readonly [name: string, read: (endpoint: SimulatedEndpoint) => string | undefined])[] = [
  ['EndpointId', (endpoint) => endpoint.EndpointId],
  ['EndpointName', ({ birth }) => birth.request.EndpointName],
  ['EndpointType', ({ birth }) => birth.request.EndpointType],
  ['EndpointStatus', (endpoint) => endpoint.EndpointStatus],
  ['ConnectionStatus', (endpoint) => endpoint.ConnectionStatus],
  ['VpcId', ({ birth }) => birth.request.VpcId],
  ['ServiceName', ({ birth }) => birth.request.ServiceName],
  ['ServiceRegionId', ({ birth }) => birth.request.ServiceRegionId],
  ['ResourceGroupId', ({ birth }) => birth.request.ResourceGroupId],
  ['AddressIpVersion', ({ birth }) => birth.request.AddressIpVersion],
];

/**
 * PrivateLink as a state machine: calls in, answers out, nothing else.
 *
 * It knows nothing of HTTP, signatures or faults, waits for nothing and starts nothing: what changes by itself is worked
 * out from the clock when somebody looks. Calls of one account and region never see those of another.
 */
export class PrivateLinkEngine {
  readonly #sources: EngineSources;
  readonly #ids: IdSource;
  readonly #store: EndpointStore;
  readonly #tokens: TokenLedger<Outcome>;
  readonly #reads: ReadonlyMap<string, (call: EngineCall) => Readonly<Record<string, unknown>>>;
  readonly #writes: ReadonlyMap<string, (call: EngineCall) => Preparation>;
  #settings: EngineSettings;
  #made = 0;
  #addresses = 0;

  /**
   * @param settings - Unset fields take {@link DEFAULT_SETTINGS}.
   * @param onEffect - Told of everything that happens to an endpoint, in the order in which it is noticed.
   */
  constructor(
    sources: EngineSources,
    settings: SettingsChange = {},
    onEffect: (effect: Effect) => void = () => undefined,
  ) {
    this.#sources = sources;
    this.#ids = createIdSource(() => sources.random(), sources.newId?.bind(sources));
    this.#store = new EndpointStore(() => sources.now(), onEffect);
    this.#tokens = new TokenLedger(() => sources.now());
    this.#settings = changeSettings(DEFAULT_SETTINGS, settings);
    this.#reads = new Map([
      ['GetVpcEndpointAttribute', (call: EngineCall) => this.#describe(call)],
      ['ListVpcEndpoints', (call: EngineCall) => this.#list(call)],
      ['ListVpcEndpointServicesByEndUser', (call: EngineCall) => this.#listServices(call)],
      ['ListVpcEndpointZones', (call: EngineCall) => this.#listZones(call)],
    ]);
    this.#writes = new Map([
      ['CreateVpcEndpoint', (call: EngineCall) => this.#prepareCreate(call)],
      ['DeleteVpcEndpoint', (call: EngineCall) => this.#prepareDelete(call)],
      ['RemoveZoneFromVpcEndpoint', (call: EngineCall) => this.#prepareRemoveZone(call)],
    ]);
  }

  get settings(): EngineSettings {
    return this.#settings;
  }

  /** Change settings for what is made from now on; endpoints that exist keep theirs. */
  configure(change: SettingsChange): void {
    this.#settings = changeSettings(this.#settings, change);
  }

  /** Execute a call. Never throws for what is in the call: what is wrong with it is the answer. */
  call(call: EngineCall): EngineAnswer {
    return this.#answer(call.parameters, () => {
      const read = this.#reads.get(call.action);
      const write = this.#writes.get(call.action);
      if (read === undefined && write === undefined) throw new Refusal('InvalidAction.NotFound');
      for (const name of MANDATORY.get(call.action) ?? []) mandatoryText(call.parameters, name);
      if (!REGION.test(mandatoryText(call.parameters, 'RegionId'))) throw new Refusal('RegionNotFound');
      if (read !== undefined) return read(call);
      return write === undefined ? {} : this.#write(call, write);
    });
  }

  /**
   * Answer a call with a refusal instead of executing it. A final one is kept under the call's ClientToken just as one of
   * the engine's own, unless the token means something already.
   */
  refuse(call: EngineCall, refusal: Refusal): EngineAnswer {
    const token = this.#writes.has(call.action) ? this.#tokenKey(call) : undefined;
    const fingerprint = fingerprintOf(call.parameters);
    if (token !== undefined && this.#tokens.read(token, fingerprint).kind === 'fresh') {
      this.#rememberRefusal(token, fingerprint, refusal);
    }
    return this.refuseAtGateway(call.parameters, refusal);
  }

  /** Answer with a refusal that the gateway gives before the service sees anything: no token means anything to it. */
  refuseAtGateway(parameters: WireParameters, refusal: Refusal): EngineAnswer {
    return this.#answer(parameters, () => {
      throw refusal;
    });
  }

  /**
   * Let the ClientToken of a call count as in progress, until a time of the engine's clock or until the returned function
   * is called. A call without a token, or with one that means something already, is left alone.
   */
  holdToken(call: EngineCall, untilMs = Infinity): () => void {
    const token = this.#writes.has(call.action) ? this.#tokenKey(call) : undefined;
    return token === undefined ? () => undefined : this.#tokens.hold(token, fingerprintOf(call.parameters), untilMs);
  }

  /**
   * Forget every answer under a ClientToken, as when the time for which it is remembered were over: all of them, or those
   * that calls of one account and region are answered by.
   */
  forgetTokens(of?: Pick<EngineCall, 'accountId' | 'parameters'>): void {
    this.#tokens.forget(of === undefined ? '' : this.#tokenScope(of));
  }

  /** Every endpoint that exists, of all accounts and regions, in the order of creation. */
  inspect(): EndpointInspection[] {
    return this.#store.all().map((endpoint) => endpoint.inspect());
  }

  /** Pin statuses of an endpoint, whatever they are called. @returns `false` where there is no such endpoint. */
  setEndpoint(EndpointId: string, statuses: ForcedStatuses): boolean {
    const endpoint = this.#store.find(EndpointId);
    if (endpoint !== undefined) this.#store.force(endpoint, statuses);
    return endpoint !== undefined;
  }

  /** Let an endpoint vanish at once. @returns `false` where there is no such endpoint. */
  removeEndpoint(EndpointId: string): boolean {
    const endpoint = this.#store.find(EndpointId);
    if (endpoint !== undefined) this.#store.remove(endpoint);
    return endpoint !== undefined;
  }

  #answer(parameters: WireParameters, run: () => Readonly<Record<string, unknown>>): EngineAnswer {
    const RequestId = this.#ids.newRequestId();
    try {
      return { status: 200, body: { ...run(), RequestId } };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { status: error.status, body: refusalBody(error, RequestId, optionalText(parameters, 'RegionId')) };
    }
  }

  /** Apply the rules of ClientToken and DryRun around an action that changes something. */
  #write(call: EngineCall, prepare: (call: EngineCall) => Preparation): Readonly<Record<string, unknown>> {
    const { switches } = this.#settings;
    const dryRun = optionalBoolean(call.parameters, 'DryRun') ?? false;
    if (!isToken(optionalText(call.parameters, 'ClientToken'))) throw invalidParameter('ClientToken');

    const token = this.#tokenKey(call);
    if (token === undefined || (dryRun && !switches.dryRunConsumesToken)) return execute(prepare(call), dryRun);

    const fingerprint = fingerprintOf(call.parameters);
    const reading = this.#tokens.read(token, fingerprint);
    if (reading.kind === 'processing') throw new Refusal('IdempotenceProcessing');
    if (reading.kind === 'mismatch') throw new Refusal('IdempotenceSignatureMismatch');
    if (reading.kind === 'remembered') {
      if (reading.answer instanceof Refusal) throw reading.answer;
      return reading.answer;
    }
    try {
      const body = execute(prepare(call), dryRun);
      this.#tokens.remember(token, fingerprint, body, switches.tokenRetentionMs);
      return body;
    } catch (error) {
      if (error instanceof Refusal) this.#rememberRefusal(token, fingerprint, error);
      throw error;
    }
  }

  /** Keep a refusal that stays what it is; answers that ask to try again later are never kept. */
  #rememberRefusal(token: string, fingerprint: string, refusal: Refusal): void {
    const { rememberRefusals, tokenRetentionMs } = this.#settings.switches;
    const errorClass = classifyCode(refusal.code, refusal.status);
    const passing = ['throttled', 'unknown', 'inFlight', 'conflict', 'tokenReuse'].includes(errorClass);
    const wanted = rememberRefusals || errorClass === 'dryRunPassed';
    if (wanted && !passing && refusal.status < 500)
      this.#tokens.remember(token, fingerprint, refusal, tokenRetentionMs);
  }

  #tokenKey({ accountId, action, parameters }: EngineCall): string | undefined {
    const token = optionalText(parameters, 'ClientToken');
    if (token === undefined || !isToken(token)) return undefined;
    return this.#tokenScope({ accountId, parameters }) + JSON.stringify([action, token]);
  }

  /** What the keys of all tokens begin with that one account uses, in one region where tokens count by region. */
  #tokenScope({ accountId, parameters }: Pick<EngineCall, 'accountId' | 'parameters'>): string {
    const region = this.#settings.switches.tokenPerRegion ? (optionalText(parameters, 'RegionId') ?? '') : '';
    return JSON.stringify([accountId, region]);
  }

  #prepareCreate({ accountId, parameters }: EngineCall): Preparation {
    const settings = this.#settings;
    const request = acceptCreate(parameters, settings);
    const taken = this.#addressesTaken(accountId, request);
    for (const { VSwitchId, ip } of request.zones) {
      if (ip === undefined) continue;
      if (taken.has(`${VSwitchId} ${ip}`)) throw new Refusal('EniIpUnavailable');
      taken.add(`${VSwitchId} ${ip}`);
    }
    if (settings.switches.oneEndpointPerServiceAndVpc && this.#isServed(accountId, request)) {
      throw new Refusal('EndpointDuplicated');
    }
    return () => {
      const endpoint = new SimulatedEndpoint({
        EndpointId: this.#ids.newId('ep'),
        accountId,
        sequence: this.#made++,
        createdAtMs: this.#sources.now(),
        ClientToken: optionalText(parameters, 'ClientToken'),
        request,
        zones: request.zones.map(({ VSwitchId, ip }) => ({
          EniId: this.#ids.newId('eni'),
          EniIp: ip ?? this.#freeAddress(VSwitchId, taken),
        })),
        timeToActive: settings.timeToActive,
        draw: this.#sources.random(),
        autoAccept: settings.autoAccept,
        connectionWhileCreating: settings.switches.connectionWhileCreating,
      });
      this.#store.add(endpoint);
      const body = { ...createdAnswer(endpoint) };
      return settings.switches.createAnswersActive ? { ...body, EndpointStatus: 'Active' } : body;
    };
  }

  #prepareDelete(call: EngineCall): Preparation {
    const { switches, deleteMs, deleteReads: reads } = this.#settings;
    const endpoint = this.#owned(call);
    const refused =
      (endpoint.EndpointStatus === 'Deleting' && switches.deleteWhileDeleting === 'refused') ||
      (endpoint.EndpointStatus === 'Creating' && switches.deleteWhileCreating === 'refused');
    if (refused) throw new Refusal('EndpointOperationDenied');
    const zonesLeaveWithIt = endpoint.birth.request.EndpointType === 'GatewayLoadBalancer';
    if (switches.deleteNeedsZonesRemoved && !zonesLeaveWithIt && endpoint.zones.length > 0) {
      throw new Refusal('EndpointDependenceViolation');
    }
    return () => {
      const ClientToken = optionalText(call.parameters, 'ClientToken');
      if (endpoint.goneAtMs === undefined) {
        this.#store.startDeleting(endpoint, { goneAtMs: this.#sources.now() + deleteMs, reads }, ClientToken);
      }
      return {};
    };
  }

  #prepareRemoveZone(call: EngineCall): Preparation {
    const { switches, zoneRemovalMs, zoneRemovalReads } = this.#settings;
    const endpoint = this.#owned(call);
    const ZoneId = mandatoryText(call.parameters, 'ZoneId');
    checkZoneRemoval(endpoint, ZoneId, switches.removeZoneWhileCreating === 'refused');
    return () => {
      endpoint.startRemovingZone(ZoneId, this.#sources.now() + zoneRemovalMs, zoneRemovalReads);
      return {};
    };
  }

  #describe(call: EngineCall): Readonly<Record<string, unknown>> {
    const endpoint = this.#owned(call, this.#settings.switches.getVisibleAfterMs);
    const answer = attributeAnswer(endpoint);
    this.#store.countRead(endpoint);
    return { ...answer };
  }

  #list({ accountId, parameters }: EngineCall): Readonly<Record<string, unknown>> {
    const RegionId = mandatoryText(parameters, 'RegionId');
    const wanted = LIST_FILTERS.flatMap(([name, read]) => {
      const value = optionalText(parameters, name);
      return value === undefined ? [] : [{ read, value }];
    });
    const tags = tagsOf(parameters);
    const { listVisibleAfterMs, listVisibleAfterCalls } = this.#settings.switches;
    const visibleBefore = this.#sources.now() - listVisibleAfterMs;
    const found = this.#store
      .all({ accountId, RegionId })
      .filter(
        (endpoint) =>
          endpoint.birth.createdAtMs <= visibleBefore &&
          hasTags(endpoint.birth.request.tags, tags) &&
          wanted.every(({ read, value }) => read(endpoint) === value) &&
          endpoint.countListing() > listVisibleAfterCalls,
      );
    const { items, wire } = pageOf(found, (endpoint) => endpoint.birth.sequence, parameters);
    return { Endpoints: items.map(listedAnswer), ...wire };
  }

  #listServices({ parameters }: EngineCall): Readonly<Record<string, unknown>> {
    const services = listedServices(parameters, this.#settings);
    const { items, wire } = pageOf(services, (service) => services.indexOf(service), parameters);
    // This action counts in a text.
    return { Services: items, ...wire, TotalCount: String(wire.TotalCount) };
  }

  #listZones(call: EngineCall): Readonly<Record<string, unknown>> {
    const endpoint = this.#owned(call, this.#settings.switches.getVisibleAfterMs);
    const zones = zoneAnswers(endpoint);
    endpoint.countZoneRead();
    const { items, wire } = pageOf(zones, (zone) => zones.indexOf(zone), call.parameters);
    return { Zones: items, ...wire };
  }

  /** The endpoint that a call names, if it belongs to the call's account and region. */
  #owned({ accountId, parameters }: EngineCall, visibleAfterMs = 0): SimulatedEndpoint {
    const RegionId = mandatoryText(parameters, 'RegionId');
    const endpoint = this.#store.find(mandatoryText(parameters, 'EndpointId'));
    if (
      endpoint === undefined ||
      endpoint.birth.accountId !== accountId ||
      endpoint.birth.request.RegionId !== RegionId ||
      endpoint.birth.createdAtMs + visibleAfterMs > this.#sources.now()
    ) {
      throw new Refusal('EndpointNotFound');
    }
    return endpoint;
  }

  #isServed(accountId: string, request: AcceptedCreate): boolean {
    return this.#store
      .all({ accountId, RegionId: request.RegionId })
      .some(({ birth }) => birth.request.VpcId === request.VpcId && birth.request.ServiceId === request.ServiceId);
  }

  /** Addresses in use, as `<vSwitch> <address>`; looked up only for a request that asks for some. */
  #addressesTaken(accountId: string, request: AcceptedCreate): Set<string> {
    if (request.zones.every((zone) => zone.ip === undefined)) return new Set();
    return new Set(
      this.#store
        .all({ accountId, RegionId: request.RegionId })
        .flatMap(({ zones }) => zones.map(({ VSwitchId, EniIp }) => `${VSwitchId} ${EniIp}`)),
    );
  }

  #freeAddress(VSwitchId: string, taken: ReadonlySet<string>): string {
    for (;;) {
      const number = this.#addresses++;
      const address = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
      if (!taken.has(`${VSwitchId} ${address}`)) return address;
    }
  }
}

/** Body of a refusal, as the gateway shapes it for every product. */
export function refusalBody(refusal: Refusal, RequestId: string, RegionId?: string): AnswerBody {
  const query = new URLSearchParams({ q: refusal.code, product: 'Privatelink', requestId: RequestId });
  return {
    RequestId,
    HostId: RegionId === undefined ? 'privatelink.aliyuncs.com' : `privatelink.${RegionId}.aliyuncs.com`,
    Code: refusal.code,
    Message: refusal.message,
    Recommend: `https://api.aliyun.com/troubleshoot?${query.toString()}`,
  };
}

function execute(apply: Preparation, dryRun: boolean): Readonly<Record<string, unknown>> {
  if (dryRun) throw new Refusal('DryRunOperation');
  return apply();
}

function isToken(token: string | undefined): boolean {
  return token === undefined || (token.length <= MAX_TOKEN && /^[\x20-\x7e]+$/.test(token));
}

/** Whether tags hold all the wanted ones. A wanted tag without a value asks for the key alone. */
function hasTags(tags: readonly Tag[], wanted: readonly Tag[]): boolean {
  return wanted.every(({ Key, Value }) => tags.some((tag) => tag.Key === Key && (Value === '' || tag.Value === Value)));
}
