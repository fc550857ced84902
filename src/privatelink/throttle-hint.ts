import type { JsonObject } from './plain-json.js';

/** Headers of an answer, names in lower case as Node.js gives them. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Headers of a throttled answer, such as `Limit:1,Remain:0,TimeLeft:2000,Reset:1234` (read by the official SDKs). */
const RATE_LIMIT_HEADERS = ['x-ratelimit-user-api', 'x-ratelimit-user'] as const;

/** The same for newer official SDKs, a plain number. Its unit is inferred: they sleep for as many milliseconds. */
const RETRY_AFTER_HEADER = 'x-acs-retry-after';

/** A longer hint than a day is none. */
const MAX_HINT_MS = 86_400_000;

/**
 * Read how long a throttled answer asks to wait.
 *
 * Two limits may speak at once, that of the action and that of the account: the longer wait satisfies both.
 *
 * @returns Milliseconds, or `undefined` where nothing usable is said.
 */
export function throttleHintMs(headers: AnswerHeaders, body: JsonObject): number | undefined {
  const said: unknown[] = [body['TimeLeft'], headers[RETRY_AFTER_HEADER]];
  for (const name of RATE_LIMIT_HEADERS) {
    const value = headers[name];
    const text = typeof value === 'string' ? value : (value?.join(',') ?? '');
    said.push(/(?:^|,)\s*TimeLeft\s*:\s*(\d+)/i.exec(text)?.[1]);
  }
  const hints = said.map(milliseconds).filter((hint) => hint !== undefined);
  return hints.length === 0 ? undefined : Math.max(...hints);
}

function milliseconds(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^\d{1,12}$/.test(text)) return undefined;
  const ms = Number(text);
  return ms <= MAX_HINT_MS ? ms : undefined;
}
