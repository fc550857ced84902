import type { Json } from '../../src/privatelink/plain-json.js';
import type { Answer, Lab } from './lab.js';

/** One question to the service, and how it is answered by calling it. */
export interface Measurement {
  readonly question: string;
  /** The calls that are made, in words: told before anything is sent. */
  readonly how: string;
  /** @throws NotMeasured - The answer cannot be had here and now. */
  readonly measure: (lab: Lab) => Promise<Json>;
}

/** A question and its answer, or why there is none. */
export type Fact = Pick<Measurement, 'question' | 'how'> &
  ({ readonly answer: Json } | { readonly notMeasured: string });

/** A question that could not be answered, and why. */
export class NotMeasured extends Error {
  override readonly name = 'NotMeasured';
}

/** Make one measurement. */
export async function measured(lab: Lab, { question, how, measure }: Measurement): Promise<Fact> {
  try {
    stopIfAsked(lab);
    return { question, how, answer: await measure(lab) };
  } catch (error) {
    if (!(error instanceof NotMeasured)) throw error;
    return { question, how, notMeasured: error.message };
  }
}

/** @throws NotMeasured - Somebody asked to stop. */
export function stopIfAsked({ stopped }: Pick<Lab, 'stopped'>): void {
  if (stopped.aborted) throw new NotMeasured('interrupted');
}

/** What an answer was, in one word: its code, or that it succeeded. */
export function outcomeOf({ status, code }: Answer): string {
  return code ?? `success (HTTP ${status ?? 0})`;
}

/** The parts of an answer that show how the service answers. */
export function shown({ action, status, body, code }: Answer): Json {
  return { action, status: status ?? null, body, ...(code === undefined ? {} : { code }) };
}
