/** A value as JSON has it: nothing with a class, nothing without a prototype. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** An object as JSON has it. */
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Whether a JSON value is an object and not a list or `null`. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Turn what json-bigint parsed into plain JSON.
 *
 * pop-core parses with it, so objects have no prototype and every number of more than 15 characters is a BigNumber. A
 * number that a JavaScript number holds exactly stays one; a longer integer becomes its digits as a string.
 */
export function toPlainJson(value: unknown): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') {
    return value;
  }
  if (Array.isArray(value)) return value.map((item: unknown) => toPlainJson(item));
  if (isBigNumber(value)) return exactNumber(value.toFixed());
  if (typeof value === 'object') {
    const plain: Record<string, Json> = {};
    // A loop, because a page of 1,000 endpoints has some 30,000 fields. An own property of any name, "__proto__" included.
    for (const name of Object.keys(value)) {
      const item = toPlainJson((value as Record<string, unknown>)[name]);
      if (name === '__proto__')
        Object.defineProperty(plain, name, { value: item, enumerable: true, writable: true, configurable: true });
      else plain[name] = item;
    }
    return plain;
  }
  return null;
}

/** Strings first, so that digits inside them are left alone. */
const STRINGS_AND_NUMBERS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Parse JSON text with the same outcome as {@link toPlainJson} has for what pop-core parsed.
 *
 * @throws SyntaxError - The text is not JSON. The error may quote the text: do not pass it on.
 */
export function parseJson(text: string): Json {
  const exact = text.replace(STRINGS_AND_NUMBERS, (token) => {
    if (token.startsWith('"')) return token;
    const number = exactNumber(token);
    return typeof number === 'string' ? `"${number}"` : token;
  });
  return JSON.parse(exact) as Json;
}

function exactNumber(digits: string): number | string {
  const number = Number(digits);
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? digits : number;
}

function isBigNumber(value: unknown): value is { toFixed(): string } {
  return typeof value === 'object' && value !== null && 'toFixed' in value && typeof value.toFixed === 'function';
}
