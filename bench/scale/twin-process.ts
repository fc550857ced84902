import type { Effect, EndpointInspection, JournalRequest } from '../../src/simulator/index.js';
import { forkProgram } from '../forked-program.js';
import type { ScaleTwinArgument, ScaleTwinReady } from '../programs/scale-twin.js';

/** A twin in a process of its own, as its control port shows it. */
export interface TwinProcess {
  readonly url: string;
  readonly pid: number;
  /** Switch the limits of the service on, or off while something is set up. */
  limit(isLimited: boolean): Promise<void>;
  /** Let an endpoint become Active now. */
  activate(EndpointId: string): Promise<void>;
  /** Creations so far, without those of long ago. */
  created(): Promise<readonly Effect[]>;
  /** When each endpoint truly became Active, in milliseconds since 1970. */
  activeTimes(): Promise<ReadonlyMap<string, number>>;
  /** Requests that named each action. */
  counts(): Promise<Readonly<Record<string, number>>>;
  requests(query: Readonly<Record<string, string>>): Promise<readonly JournalRequest[]>;
  stop(): Promise<void>;
}

/** What the service allows; JSON has no Infinity. */
const LIMITS = { writesPerMinute: 200, readsPerMinute: 1_000 };
const NO_LIMITS = { writesPerMinute: 'Infinity', readsPerMinute: 'Infinity' };

/** Start a twin. It has the limits of the service unless they are switched off. */
export async function startTwin(argument: ScaleTwinArgument): Promise<TwinProcess> {
  const program = await forkProgram<ScaleTwinReady>('scale-twin', argument);
  const { url, controlUrl } = program.ready;
  const ask = async <Answer>(path: string, body?: unknown): Promise<Answer> => {
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${controlUrl}${path}`, body === undefined ? {} : post);
    if (!response.ok) throw new Error(`The twin answered ${path} with ${response.status}: ${await response.text()}`);
    return (await response.json()) as Answer;
  };
  return {
    url,
    pid: program.pid,
    limit: async (isLimited) => {
      await ask('/settings', { limits: isLimited ? LIMITS : NO_LIMITS });
    },
    activate: async (EndpointId) => {
      await ask(`/endpoints/${EndpointId}`, { EndpointStatus: 'Active' });
    },
    created: async () => (await ask<{ effects: Effect[] }>('/journal/effects?kind=created')).effects,
    activeTimes: async () => {
      const { endpoints } = await ask<{ endpoints: EndpointInspection[] }>('/endpoints');
      return new Map(
        endpoints.flatMap(({ EndpointId, activeAt }) =>
          activeAt === undefined ? [] : [[EndpointId, Date.parse(activeAt)] as const],
        ),
      );
    },
    counts: async () => (await ask<{ counts: Record<string, number> }>('/journal/counts')).counts,
    requests: async (query) =>
      (await ask<{ requests: JournalRequest[] }>(`/journal/requests?${new URLSearchParams(query).toString()}`))
        .requests,
    stop: () => program.stop(),
  };
}
