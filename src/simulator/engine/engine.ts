import { classifyCode } from '../../model/error-catalogue.js';
import { ACTIONS, type ActionDefinition } from './action-shapes.js';
import { READS, WRITES } from './actions/index.js';
import type { Effect } from './endpoint-store.js';
import type { EndpointInspection, ForcedStatuses } from './endpoint.js';
import { EngineState, type EngineCall, type EngineSources, type Fields, type Preparation } from './engine-state.js';
import { canonicalNames, checkParameters } from './parameter-checks.js';
import { fingerprintOf, optionalBoolean, optionalText, type WireParameters } from './parameters.js';
import { RateLimits } from './rate-limits.js';
import { invalidParameter, Refusal } from './refusals.js';
import type { EngineSettings, SettingsChange } from './settings.js';
import { TokenLedger } from './token-ledger.js';

/** JSON body of an answer; a refusal has `Code` and `Message`. */
export type AnswerBody = Readonly<Record<string, unknown>> & { readonly RequestId: string; readonly Code?: string };

export interface EngineAnswer {
  readonly status: number;
  readonly body: AnswerBody;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is kept under a ClientToken. */
type Outcome = Fields | Refusal;

const MAX_TOKEN = 64;
/** Longer names of regions are counted as one. */
const LONGEST_REGION = 64;
const REGION = /^[a-z0-9]+(-[a-z0-9]+)+$/;

/** Actions that an account may call before it has activated the product. */
const BEFORE_OPENING: readonly string[] = [
  'OpenPrivateLinkService',
  'CheckProductOpen',
  'DescribeRegions',
  'DescribeZones',
];

/**
 * PrivateLink as a state machine: calls in, answers out, nothing else.
 *
 * It knows nothing of HTTP, signatures or faults, waits for nothing and starts nothing: what changes by itself is worked
 * out from the clock when somebody looks.
 */
export class PrivateLinkEngine {
  readonly #state: EngineState;
  readonly #tokens: TokenLedger<Outcome>;
  readonly #limits: RateLimits;

  /**
   * @param settings - Unset fields take `DEFAULT_SETTINGS`.
   * @param onEffect - Told of everything that happens to an endpoint or a service, in the order in which it is noticed.
   */
  constructor(
    sources: EngineSources,
    settings: SettingsChange = {},
    onEffect: (effect: Effect) => void = () => undefined,
  ) {
    this.#state = new EngineState(sources, settings, onEffect);
    this.#tokens = new TokenLedger(() => sources.now());
    this.#limits = new RateLimits(() => sources.now());
  }

  get settings(): EngineSettings {
    return this.#state.settings;
  }

  /** Change settings for what is made from now on; endpoints that exist keep theirs. */
  configure(change: SettingsChange): void {
    this.#state.configure(change);
  }

  /** Execute a call. Never throws for what is in the call: what is wrong with it is the answer. */
  call(given: EngineCall): EngineAnswer {
    return this.#answer(given.parameters, () => {
      const definition = ACTIONS.get(given.action);
      if (definition === undefined) throw new Refusal('InvalidAction.NotFound');
      const anyCase = this.#state.settings.switches.parameterCase === 'insensitive';
      const call = anyCase ? { ...given, parameters: canonicalNames(given.parameters, definition) } : given;
      this.#checkRate(call, definition);
      this.#checkCall(call, definition);
      const read = READS.get(call.action);
      return read === undefined ? this.#write(call) : read(this.#state, call);
    });
  }

  /**
   * Answer a call with a refusal instead of executing it. A final one is kept under the call's ClientToken just as one of
   * the engine's own, unless the token means something already.
   */
  refuse(call: EngineCall, refusal: Refusal): EngineAnswer {
    const token = WRITES.has(call.action) ? this.#tokenKey(call) : undefined;
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
    const token = WRITES.has(call.action) ? this.#tokenKey(call) : undefined;
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
    return this.#state.endpoints.all().map((endpoint) => endpoint.inspect());
  }

  /** Pin statuses of an endpoint, whatever they are called. @returns `false` where there is no such endpoint. */
  setEndpoint(EndpointId: string, statuses: ForcedStatuses): boolean {
    const endpoint = this.#state.endpoints.find(EndpointId);
    if (endpoint !== undefined) this.#state.endpoints.force(endpoint, statuses);
    return endpoint !== undefined;
  }

  /** Let an endpoint vanish at once. @returns `false` where there is no such endpoint. */
  removeEndpoint(EndpointId: string): boolean {
    const endpoint = this.#state.endpoints.find(EndpointId);
    if (endpoint !== undefined) this.#state.endpoints.remove(endpoint);
    return endpoint !== undefined;
  }

  #answer(parameters: WireParameters, run: () => Fields): EngineAnswer {
    const RequestId = this.#state.ids.newRequestId();
    try {
      return { status: 200, body: { ...run(), RequestId } };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, headers } = error;
      return {
        status,
        body: refusalBody(error, RequestId, optionalText(parameters, 'RegionId')),
        ...(headers === undefined ? {} : { headers }),
      };
    }
  }

  #checkCall({ action, parameters, accountId }: EngineCall, definition: ActionDefinition): void {
    const { switches } = this.#state.settings;
    checkParameters(parameters, definition, switches);
    const RegionId = definition.parameters.has('RegionId') ? optionalText(parameters, 'RegionId') : undefined;
    const { isOpen, regions } = this.#state.world;
    if (RegionId !== undefined && !(isOpen ? REGION.test(RegionId) : regions.includes(RegionId))) {
      throw new Refusal('RegionNotFound');
    }
    if (!this.#state.isOpenFor(accountId) && !BEFORE_OPENING.includes(action)) throw new Refusal('NeedOpenProduct');
  }

  /** Refuse what is more than an account may call of an action in a region. */
  #checkRate({ action, parameters, accountId }: EngineCall, { writes }: ActionDefinition): void {
    const { limits, switches } = this.#state.settings;
    const [limit, windowMs] =
      action === 'OpenPrivateLinkService'
        ? [limits.opensPerSecond, 1_000]
        : [writes ? limits.writesPerMinute : limits.readsPerMinute, 60_000];
    const key = JSON.stringify([
      accountId,
      (optionalText(parameters, 'RegionId') ?? '').slice(0, LONGEST_REGION),
      action,
    ]);
    const throttled = this.#limits.take(key, limit, windowMs, switches.rateWindow);
    if (throttled === undefined) return;
    const hint = `Limit:${limit},Remain:0,TimeLeft:${throttled.timeLeftMs},Reset:${windowMs}`;
    // The newer SDKs read the second header, and only it.
    throw new Refusal('Throttling.User', undefined, switches.throttleStatus, {
      'x-ratelimit-user-api': hint,
      'x-acs-retry-after': String(throttled.timeLeftMs),
    });
  }

  /** Apply the rules of ClientToken and DryRun around an action that changes something. */
  #write(call: EngineCall): Fields {
    const prepare = () => {
      const action = WRITES.get(call.action);
      if (action === undefined) throw new Refusal('InvalidAction.NotFound');
      return action(this.#state, call);
    };
    const { switches } = this.#state.settings;
    const dryRun = optionalBoolean(call.parameters, 'DryRun') ?? false;
    if (!isToken(optionalText(call.parameters, 'ClientToken'))) throw invalidParameter('ClientToken');

    const token = this.#tokenKey(call);
    if (token === undefined || (dryRun && !switches.dryRunConsumesToken)) return execute(prepare(), dryRun);

    const fingerprint = fingerprintOf(call.parameters);
    const reading = this.#tokens.read(token, fingerprint);
    if (reading.kind === 'processing') throw new Refusal('IdempotenceProcessing');
    if (reading.kind === 'mismatch') throw new Refusal('IdempotenceSignatureMismatch');
    if (reading.kind === 'remembered') {
      if (reading.answer instanceof Refusal) throw reading.answer;
      return reading.answer;
    }
    try {
      const body = execute(prepare(), dryRun);
      this.#tokens.remember(token, fingerprint, body, switches.tokenRetentionMs);
      return body;
    } catch (error) {
      if (error instanceof Refusal) this.#rememberRefusal(token, fingerprint, error);
      throw error;
    }
  }

  /** Keep a refusal that stays what it is; answers that ask to try again later are never kept. */
  #rememberRefusal(token: string, fingerprint: string, refusal: Refusal): void {
    const { rememberRefusals, tokenRetentionMs } = this.#state.settings.switches;
    const errorClass = classifyCode(refusal.code, refusal.status);
    const passing = ['throttled', 'unknown', 'inFlight', 'conflict', 'tokenReuse'].includes(errorClass);
    const wanted = rememberRefusals || errorClass === 'dryRunPassed';
    if (wanted && !passing && refusal.status < 500)
      this.#tokens.remember(token, fingerprint, refusal, tokenRetentionMs);
  }

  #tokenKey({ accountId, action, parameters }: EngineCall): string | undefined {
    const token = ACTIONS.get(action)?.parameters.has('ClientToken')
      ? optionalText(parameters, 'ClientToken')
      : undefined;
    if (token === undefined || !isToken(token)) return undefined;
    return this.#tokenScope({ accountId, parameters }) + JSON.stringify([action, token]);
  }

  /** What the keys of all tokens begin with that one account uses, in one region where tokens count by region. */
  #tokenScope({ accountId, parameters }: Pick<EngineCall, 'accountId' | 'parameters'>): string {
    const region = this.#state.settings.switches.tokenPerRegion ? (optionalText(parameters, 'RegionId') ?? '') : '';
    return JSON.stringify([accountId, region]);
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

function execute(apply: Preparation, dryRun: boolean): Fields {
  if (dryRun) throw new Refusal('DryRunOperation');
  return apply();
}

function isToken(token: string | undefined): boolean {
  return token === undefined || (token.length <= MAX_TOKEN && /^[\x20-\x7e]+$/.test(token));
}
