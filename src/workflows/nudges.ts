import { log } from '@temporalio/workflow';
import type { ChangedNotice } from '../contract/watch.js';

/** Endpoints that are remembered before the run knows its own: strangers must not push out the one that counts. */
const REMEMBERED = 1_000;

/** What a run hears of one endpoint. */
export interface NudgesOf {
  readonly EndpointId: string;
  /** How often it was told of a change so far. */
  readonly times: number;
  /** What it was told last. */
  readonly last: ChangedNotice | undefined;
}

/**
 * Hints that an endpoint has changed. Anybody can send them, as many as he likes, before the run has an endpoint and after:
 * they are counted, and what they say is never believed.
 */
export class Nudges {
  readonly #heard = new Map<string, { times: number; last: ChangedNotice }>();
  #own: string | undefined;
  #hasWarned = false;

  hear(notice: unknown): void {
    if (!isNotice(notice)) {
      if (!this.#hasWarned) log.warn('A signal that tells of no change of an endpoint is passed over');
      this.#hasWarned = true;
      return;
    }
    const before = this.#heard.get(notice.EndpointId);
    const isOwn = notice.EndpointId === this.#own;
    if (before === undefined && !isOwn && this.#heard.size >= REMEMBERED) return;
    this.#heard.set(notice.EndpointId, { times: (before?.times ?? 0) + 1, last: noticeOf(notice) });
  }

  /** What is heard of the run's own endpoint, now and later. */
  of(EndpointId: string): NudgesOf {
    this.#own = EndpointId;
    const heard = () => this.#heard.get(EndpointId);
    return {
      EndpointId,
      get times() {
        return heard()?.times ?? 0;
      },
      get last() {
        return heard()?.last;
      },
    };
  }
}

function isNotice(notice: unknown): notice is ChangedNotice {
  if (typeof notice !== 'object' || notice === null) return false;
  const { EndpointId, EndpointStatus, ConnectionStatus } = notice as Partial<Record<keyof ChangedNotice, unknown>>;
  const isText = (status: unknown) => status === undefined || typeof status === 'string';
  return (
    typeof EndpointId === 'string' && EndpointId.length <= 64 && isText(EndpointStatus) && isText(ConnectionStatus)
  );
}

/** Nothing else of it: it may be large. */
function noticeOf({ EndpointId, EndpointStatus, ConnectionStatus }: ChangedNotice): ChangedNotice {
  return {
    EndpointId,
    ...(EndpointStatus === undefined ? {} : { EndpointStatus }),
    ...(ConnectionStatus === undefined ? {} : { ConnectionStatus }),
  };
}
