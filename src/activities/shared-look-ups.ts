import { OWNER_TAG } from '../model/owner-tags.js';
import type { ListVpcEndpointsPage, PrivateLinkApi } from '../privatelink/port.js';
import { CallQueue, PROCESS_CLOCK, type CallClock } from './call-queue.js';
import { LIST_PAGE } from './find-endpoint.js';

/** Shortest time between the beginnings of two scans. */
const INTERVAL_MS = 1_000;

/** For how long no scan is tried after one that had more than one page. */
const NOT_TRIED_MS = 60_000;

/** Whose endpoints a look-up is about. */
export interface LookUpScope {
  readonly RegionId: string;
  readonly installation: string;
}

/** What becomes of a look-up that asks to be shared. */
export type SharedScan =
  /** All endpoints of the installation, in one answer to a call that began after the look-up was asked for. */
  | { readonly kind: 'complete'; readonly page: ListVpcEndpointsPage }
  /** The scan failed, which is no answer to a look-up: it goes out by itself. */
  | { readonly kind: 'failed'; readonly error: unknown }
  /** Nothing was shared: it goes out by itself, now. */
  | { readonly kind: 'alone' };

const ALONE: SharedScan = { kind: 'alone' };

/**
 * The look-ups by tag of one process, which share their calls while they come in a burst.
 *
 * A look-up is answered only by a scan that began after it was asked for, because it has to see whatever was sent before;
 * nothing is kept of a scan. The first look-up of a quiet time goes out at once, by itself. Those that come within a second
 * of the last scan wait until it is over, and then one call for the whole installation serves all of them. Where one page does
 * not show all, or the call fails, each goes out by itself: nobody has said that the pages of a list hold still while endpoints come
 * and go, and a look-up must miss none.
 */
export class SharedLookUps {
  readonly #clock: CallClock;
  readonly #queues = new WeakMap<PrivateLinkApi, Map<string, LookUpQueue>>();

  constructor(clock: CallClock = PROCESS_CLOCK) {
    this.#clock = clock;
  }

  /**
   * Wait for the scan that serves a look-up, or for leave to go out alone. At most a few seconds pass before one or the
   * other begins.
   *
   * @param api - Of one account; look-ups of different ones are never shared.
   * @throws CancelledFailure - The signal came. The others that wait are not touched.
   */
  async join(api: PrivateLinkApi, scope: LookUpScope, signal: AbortSignal): Promise<SharedScan> {
    const queues = this.#queues.get(api) ?? new Map<string, LookUpQueue>();
    this.#queues.set(api, queues);
    const key = JSON.stringify([scope.RegionId, scope.installation]);
    const queue = queues.get(key) ?? new LookUpQueue(api, scope, this.#clock);
    queues.set(key, queue);
    return queue.join(signal);
  }
}

/** The look-ups in one region of an account, for one installation. */
class LookUpQueue {
  readonly #api: PrivateLinkApi;
  readonly #scope: LookUpScope;
  readonly #clock: CallClock;
  readonly #calls: CallQueue<undefined, SharedScan>;
  #aloneUntilMs = Number.NEGATIVE_INFINITY;

  constructor(api: PrivateLinkApi, scope: LookUpScope, clock: CallClock) {
    this.#api = api;
    this.#scope = scope;
    this.#clock = clock;
    this.#calls = new CallQueue(() => this.#scan(), { clock, intervalMs: INTERVAL_MS });
  }

  async join(signal: AbortSignal): Promise<SharedScan> {
    if (this.#clock.now() < this.#aloneUntilMs) return ALONE;
    return (await this.#calls.join(undefined, signal)) ?? ALONE;
  }

  /** All endpoints of the installation, where one page shows them. Never rejects. */
  async #scan(): Promise<SharedScan> {
    const { RegionId, installation } = this.#scope;
    const Tag = [{ Key: OWNER_TAG, Value: installation }];
    try {
      const page = await this.#api.listVpcEndpoints({ RegionId, Tag, MaxResults: LIST_PAGE });
      const isMore = page.NextToken !== undefined && page.NextToken !== '';
      // An endpoint may also be counted that no page shows.
      const showsAll = !isMore && (page.TotalCount ?? 0) <= page.Endpoints.length;
      if (showsAll) return { kind: 'complete', page };
      this.#aloneUntilMs = this.#clock.now() + NOT_TRIED_MS;
      return ALONE;
    } catch (error) {
      return { kind: 'failed', error };
    }
  }
}
