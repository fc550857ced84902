import { catalogueEntry } from '../model/error-catalogue.js';
import type { PrivateLinkError } from './port.js';
import { malformedAnswer, noAnswer, notJson } from './read-answer.js';

/**
 * Read what pop-core threw for a call without a usable answer.
 *
 * Nothing of the thrown value is kept but a name or a code: its message and its other fields may hold the signed request.
 *
 * - A time-out is unknown, whatever pop-core calls it: its "ConnectTimeout" is also reported for calls that were sent.
 * - ECONNREFUSED, ENOTFOUND and EAI_AGAIN come before a connection: certainly not sent.
 * - A body that is no JSON is thrown as a plain object `{name, message, at, text}`, without status.
 */
export function readTransportFailure(action: string, thrown: unknown, secrets: readonly string[]): PrivateLinkError {
  const name = textOf(thrown, 'name');
  const code = textOf(thrown, 'code');
  if (name === 'RequestTimeoutError') return timedOut(action);
  if (name === 'SyntaxError') return notJson(action, textOf(thrown, 'text') ?? '', secrets);
  if (code !== undefined && catalogueEntry(code)?.source === 'transport') return noAnswer(action, code);
  // pop-core reads a field of the body before it looks whether there is one.
  if (thrown instanceof TypeError && code === undefined) return malformedAnswer(action, 'The body is no JSON object');
  return noAnswer(
    action,
    'TransportError',
    code !== undefined && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : undefined,
  );
}

/** Build the error for a call that was not answered in time. */
export function timedOut(action: string): PrivateLinkError {
  return noAnswer(action, 'RequestTimeoutError');
}

function textOf(thrown: unknown, field: string): string | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  const value: unknown = Reflect.get(thrown, field);
  return typeof value === 'string' ? value : undefined;
}
