import { catalogueEntry, classifyCode } from '../model/error-catalogue.js';
import { isJsonObject, parseJson, type Json, type JsonObject } from './plain-json.js';
import { PrivateLinkError, type RefusedAnswer } from './port.js';
import { redact } from './redaction.js';
import { throttleHintMs, type AnswerHeaders } from './throttle-hint.js';

/** An answer whose body is parsed. */
export interface ParsedAnswer {
  readonly action: string;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: AnswerHeaders;
  readonly json: Json;
  /** Credentials of the call, so that no echo of them gets into an error. */
  readonly secrets?: readonly string[];
}

/** An answer as it came over the wire, or from a twin in this process. */
export interface RawAnswer extends Omit<ParsedAnswer, 'json'> {
  readonly body: string;
}

/** Values of `Code` that mean success (those that pop-core takes for it). */
const SUCCESS_CODES: ReadonlySet<string> = new Set(['200', 'OK', 'Success', 'success']);

/** What a code may look like; anything else is not the service speaking. */
const CODE = /^[A-Za-z0-9][\w.:-]{0,127}$/;

/** Their messages repeat the request, AccessKeyId and SecurityToken included. */
const ECHOING_CODES: ReadonlySet<string> = new Set(['SignatureDoesNotMatch', 'IncompleteSignature']);

const MAX_DETAILS = 12;
const MAX_DETAIL_LENGTH = 200;
const MAX_REQUEST_ID = 100;
const MAX_QUOTED_BODY = 4_000;

/** Part of AccessDeniedDetail that is too long to keep and of no use when it is cut. */
const OMITTED_DETAIL = 'EncodedDiagnosticMessage';

/**
 * Read an answer.
 *
 * @returns The body of a success: status 2xx, a JSON object, no code or a code of success. Whether it has the fields of
 *   its action is for the readers of `read-endpoint.ts` to say.
 * @throws PrivateLinkError - The service's code; or `MalformedResponse` (unknown: it may have been executed) for a body
 *   that is no JSON object, and for any other status without a code.
 */
export function readAnswer(answer: RawAnswer): JsonObject {
  let json: Json;
  try {
    json = parseJson(answer.body);
  } catch {
    throw notJson(answer.action, answer.body, answer.secrets, answer.status);
  }
  return readParsedAnswer({ ...answer, json });
}

/** As {@link readAnswer}, for a body that is parsed already. */
export function readParsedAnswer(answer: ParsedAnswer): JsonObject {
  const { action, status, json } = answer;
  if (!isJsonObject(json)) {
    throw malformedAnswer(action, `The body is no JSON object (HTTP ${status})`, { httpStatus: status });
  }
  const requestId = requestIdOf(json);
  const known = { httpStatus: status, ...(requestId === undefined ? {} : { requestId }) };
  const said = json['Code'] ?? json['code'];
  const code = typeof said === 'number' ? String(said) : said;

  if (code === undefined || code === '' || (typeof code === 'string' && SUCCESS_CODES.has(code))) {
    if (status >= 200 && status < 300) return json;
    throw malformedAnswer(action, `HTTP ${status} without a code`, known);
  }
  if (typeof code !== 'string' || !CODE.test(code)) {
    throw malformedAnswer(action, `HTTP ${status} with a code that is none`, known);
  }

  const retryAfterMs = classifyCode(code, status) === 'throttled' ? throttleHintMs(answer.headers, json) : undefined;
  const accessDeniedDetail = accessDeniedDetailOf(json, answer.secrets);
  throw new PrivateLinkError({
    action,
    code,
    message: messageOf(code, json, answer.secrets),
    ...known,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(accessDeniedDetail === undefined ? {} : { accessDeniedDetail }),
  });
}

/** Build the error for an answer that is not what the service documents. Unknown: it may have been executed. */
export function malformedAnswer(
  action: string,
  message: string,
  known: Pick<RefusedAnswer, 'httpStatus' | 'requestId'> = {},
): PrivateLinkError {
  return new PrivateLinkError({ action, code: 'MalformedResponse', message, ...known });
}

/** Build the error for a body that is no JSON, such as a page of a proxy. Its beginning is quoted, tags taken out. */
export function notJson(
  action: string,
  body: string,
  secrets: readonly string[] = [],
  httpStatus?: number,
): PrivateLinkError {
  // Cut first: a body of any size may come from anywhere, and only its beginning is wanted.
  const words = body
    .slice(0, MAX_QUOTED_BODY)
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const seen = words === '' ? 'The body is empty' : `The body is no JSON: "${redact(words, secrets, 120)}"`;
  return malformedAnswer(
    action,
    httpStatus === undefined ? seen : `${seen} (HTTP ${httpStatus})`,
    httpStatus === undefined ? {} : { httpStatus },
  );
}

/**
 * Build the error for a call that ended without an answer.
 *
 * @param code - A code of the catalogue whose source is `transport`, such as `ECONNRESET`; it decides what is known.
 * @param detail - A name of the cause, for codes that cover several.
 */
export function noAnswer(action: string, code: string, detail?: string): PrivateLinkError {
  const meaning = catalogueEntry(code)?.meaning ?? 'The call ended without an answer.';
  return new PrivateLinkError({ action, code, message: detail === undefined ? meaning : `${meaning} (${detail})` });
}

/** RequestId of a body, in either spelling of its name. */
export function requestIdOf(body: JsonObject): string | undefined {
  const id = body['RequestId'] ?? body['requestId'];
  return typeof id === 'string' && id !== '' ? redact(id, [], MAX_REQUEST_ID) : undefined;
}

function messageOf(code: string, body: JsonObject, secrets?: readonly string[]): string {
  if (ECHOING_CODES.has(code)) {
    return `${catalogueEntry(code)?.meaning ?? code} (The message of the service repeats the signed request and is left out.)`;
  }
  const message = body['Message'] ?? body['message'];
  return typeof message === 'string' && message !== '' ? redact(message, secrets) : '(no message)';
}

function accessDeniedDetailOf(body: JsonObject, secrets?: readonly string[]): Record<string, string> | undefined {
  const detail = body['AccessDeniedDetail'] ?? body['accessDeniedDetail'];
  if (!isJsonObject(detail)) return undefined;
  const kept = Object.entries(detail).flatMap(([name, value]): [string, string][] => {
    if (name === OMITTED_DETAIL || !/^\w{1,64}$/.test(name) || value === null || typeof value === 'object') return [];
    return [[name, redact(String(value), secrets, MAX_DETAIL_LENGTH)]];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept.slice(0, MAX_DETAILS));
}
