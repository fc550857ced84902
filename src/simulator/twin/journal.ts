import type { Tag } from '../../model/endpoint.js';
import type { Effect } from '../engine/endpoint-store.js';
import type { WireParameters } from '../engine/parameters.js';
import { isCredential } from './redact.js';

/** How a request came in. */
export interface WireFacts {
  readonly method?: string;
  /** Names in lower case, as Node gives them. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** One request that reached the twin. */
export interface JournalRequest {
  /** Arrival, ISO text by the engine's clock. */
  readonly at: string;
  /** Empty where the request named none. */
  readonly action: string;
  /** As sent, without anything that authenticates; very long values are cut. */
  readonly parameters: WireParameters;
  /** Missing where the caller did not prove who it is. */
  readonly accountId?: string;
  /** Kind of the fault that struck it, and its id. */
  readonly fault?: string;
  readonly faultId?: string;
  /** Delivered a second time, or late, and not by its client. */
  readonly copy?: true;
  /** How it came in, without anything that authenticates. Missing for calls in process. */
  readonly wire?: WireFacts;
  /** Of what the engine or the gateway answered, whether or not it reached the client. Missing until then. */
  readonly requestId?: string;
  readonly status?: number;
  /** Missing for a success. */
  readonly code?: string;
}

/** What becomes known of a request when it is answered. */
export type JournalOutcome = Pick<JournalRequest, 'requestId' | 'status' | 'code'>;

/** How much a journal keeps; what is older is dropped, while counts go on. */
export interface JournalLimits {
  /** How many requests. Default 100,000. */
  readonly keptRequests?: number;
  /** How many characters of requests, roughly: large ones push out more. Default 128 Mi. */
  readonly keptCharacters?: number;
  /** How many effects. Default 1,000,000. */
  readonly keptEffects?: number;
}

/** The longest value that is kept whole, and of what is longer, the beginning that is kept. */
const LONGEST_VALUE = 8_192;

/** So many names of actions are counted, each up to this long; clients can name whatever they like. */
const COUNTED_ACTIONS = 1_000;
const LONGEST_ACTION = 128;

/** Under this name every further action is counted. */
export const OTHER_ACTIONS = '(other)';

/** What a request, and each value in it, takes besides its characters. */
const OVERHEAD = 32;

/** Headers that tell something of a client, and that say nothing which the parameters do not say. */
const KEPT_HEADERS: readonly string[] = [
  'host',
  'user-agent',
  'content-type',
  'accept',
  'x-acs-version',
  'x-sdk-client',
];

/** What was asked of the twin and what came of it, the most recent so much of it. */
export class Journal {
  readonly #keptRequests: number;
  readonly #keptCharacters: number;
  readonly #keptEffects: number;
  #requests: JournalRequest[] = [];
  #sizes: number[] = [];
  #characters = 0;
  #effects: Effect[] = [];
  #counts = new Map<string, number>();

  constructor(limits: JournalLimits = {}) {
    this.#keptRequests = limits.keptRequests ?? 100_000;
    this.#keptCharacters = limits.keptCharacters ?? 128 * 1024 * 1024;
    this.#keptEffects = limits.keptEffects ?? 1_000_000;
  }

  /** Requests in the order of their arrival. */
  get requests(): readonly JournalRequest[] {
    return this.#requests;
  }

  /** Effects in the order in which they were noticed; `at` says when they happened. */
  get effects(): readonly Effect[] {
    return this.#effects;
  }

  /** How many requests named each action, since the start or the last {@link clear}. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  /** Note an arrival. @returns What to call with its outcome. */
  received(request: Omit<JournalRequest, keyof JournalOutcome>): (outcome: JournalOutcome) => void {
    const action = request.action.slice(0, LONGEST_ACTION);
    const kept: JournalRequest = {
      ...request,
      action,
      parameters: withoutCredentials(request.parameters),
      ...(request.wire === undefined ? {} : { wire: keptFacts(request.wire) }),
    };
    this.#count(action);
    this.#keep(kept);
    return (outcome) => {
      Object.assign(kept, outcome);
    };
  }

  /** Note an effect. */
  happened(effect: Effect): void {
    this.#effects.push(effect);
    if (isTooLong(this.#effects.length, this.#keptEffects)) {
      this.#effects.splice(0, this.#effects.length - this.#keptEffects);
    }
  }

  /** Forget everything, counts included. */
  clear(): void {
    this.#requests = [];
    this.#sizes = [];
    this.#characters = 0;
    this.#effects = [];
    this.#counts = new Map();
  }

  /** How many requests named an action. */
  countOf(action: string): number {
    return this.#counts.get(action) ?? 0;
  }

  /** Ids of the endpoints ever made, or of those made with this tag, whatever has become of them. */
  endpointsMade(tag?: Tag): string[] {
    return this.#effects
      .filter(({ kind, Tags }) => kind === 'created' && (tag === undefined || Tags.some((found) => isSame(found, tag))))
      .map(({ EndpointId }) => EndpointId);
  }

  #count(action: string): void {
    const isNew = !this.#counts.has(action) && this.#counts.size >= COUNTED_ACTIONS;
    const name = isNew ? OTHER_ACTIONS : action;
    this.#counts.set(name, this.countOf(name) + 1);
  }

  #keep(request: JournalRequest): void {
    const size = sizeOf(request);
    this.#requests.push(request);
    this.#sizes.push(size);
    this.#characters += size;
    const isFull =
      isTooLong(this.#requests.length, this.#keptRequests) || isTooLong(this.#characters, this.#keptCharacters);
    if (isFull) this.#drop();
  }

  /** Drop the oldest until the limits hold again. */
  #drop(): void {
    let dropped = Math.max(0, this.#requests.length - this.#keptRequests);
    this.#characters -= this.#sizes.slice(0, dropped).reduce((sum, size) => sum + size, 0);
    while (this.#characters > this.#keptCharacters && dropped < this.#requests.length) {
      this.#characters -= this.#sizes[dropped] ?? 0;
      dropped += 1;
    }
    this.#requests.splice(0, dropped);
    this.#sizes.splice(0, dropped);
  }
}

/** Things are dropped in slabs, because each removal from the front moves all that stay. */
function isTooLong(length: number, kept: number): boolean {
  return length > kept * 1.1 + 10;
}

function withoutCredentials(parameters: WireParameters): WireParameters {
  return Object.fromEntries(
    Object.entries(parameters)
      .filter(([name]) => !isCredential(name))
      .map(([name, value]) => [cut(name), cut(value)]),
  );
}

function keptFacts({ method, headers = {} }: WireFacts): WireFacts {
  const kept = KEPT_HEADERS.flatMap((name) => {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    return value === undefined ? [] : [[name, cut(String(value))] as const];
  });
  return {
    ...(method === undefined ? {} : { method: cut(method) }),
    ...(kept.length === 0 ? {} : { headers: Object.fromEntries(kept) }),
  };
}

function cut(text: string): string {
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}... (${text.length} characters)`;
}

function sizeOf({ parameters, wire }: JournalRequest): number {
  const texts = [...Object.entries(parameters), ...Object.entries(wire?.headers ?? {})];
  return texts.reduce((sum, [name, value]) => sum + name.length + String(value).length + OVERHEAD, OVERHEAD);
}

function isSame(a: Tag, b: Tag): boolean {
  return a.Key === b.Key && a.Value === b.Value;
}
