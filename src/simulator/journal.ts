import type { Tag } from '../model/endpoint.js';
import type { Effect } from './endpoint-store.js';
import type { WireParameters } from './parameters.js';

/** One request that reached the twin. */
export interface JournalRequest {
  /** Arrival, ISO text by the engine's clock. */
  readonly at: string;
  /** Empty where the request named none. */
  readonly action: string;
  /** As sent, without anything that authenticates. */
  readonly parameters: WireParameters;
  /** Missing where the caller did not prove who it is. */
  readonly accountId?: string;
  /** Kind of the fault that struck it. */
  readonly fault?: string;
  /** Delivered a second time, or late, and not by its client. */
  readonly copy?: true;
  /** Of what the engine or the gateway answered, whether or not it reached the client. Missing until then. */
  readonly requestId?: string;
  readonly status?: number;
  /** Missing for a success. */
  readonly code?: string;
}

/** What becomes known of a request when it is answered. */
export type JournalOutcome = Pick<JournalRequest, 'requestId' | 'status' | 'code'>;

/** Parameters that are never stored. */
const CREDENTIALS: ReadonlySet<string> = new Set(['accesskeyid', 'signature', 'securitytoken', 'signaturenonce']);

/**
 * What was asked of the twin and what came of it.
 *
 * Effects are kept for good; of the requests the last so many are kept, while the counts go on.
 */
export class Journal {
  readonly #keptRequests: number;
  readonly #requests: JournalRequest[] = [];
  readonly #effects: Effect[] = [];
  readonly #counts = new Map<string, number>();

  constructor(keptRequests = 100_000) {
    this.#keptRequests = keptRequests;
  }

  /** Requests in the order of their arrival. */
  get requests(): readonly JournalRequest[] {
    return this.#requests;
  }

  /** Effects in the order in which they were noticed; `at` says when they happened. */
  get effects(): readonly Effect[] {
    return this.#effects;
  }

  /** How many requests named each action. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  /** Note an arrival. @returns What to call with its outcome. */
  received(request: Omit<JournalRequest, keyof JournalOutcome>): (outcome: JournalOutcome) => void {
    const kept = { ...request, parameters: withoutCredentials(request.parameters) };
    this.#requests.push(kept);
    // Dropped in slabs, because each removal from the front moves all that stay.
    if (this.#requests.length > this.#keptRequests * 1.1 + 10) {
      this.#requests.splice(0, this.#requests.length - this.#keptRequests);
    }
    this.#counts.set(request.action, this.countOf(request.action) + 1);
    return (outcome) => {
      Object.assign(kept, outcome);
    };
  }

  /** Note an effect. */
  happened(effect: Effect): void {
    this.#effects.push(effect);
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
}

function withoutCredentials(parameters: WireParameters): WireParameters {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !CREDENTIALS.has(name.toLowerCase())));
}

function isSame(a: Tag, b: Tag): boolean {
  return a.Key === b.Key && a.Value === b.Value;
}
