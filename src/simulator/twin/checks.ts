/** What a value from outside must be: the words that a message uses, and the test. */
export interface Check {
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
}

/** Checks by the name of the field; a field that is not named here is refused. */
export type FieldChecks = Readonly<Record<string, Check>>;

/** Node turns longer timers into one millisecond. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const TEXT: Check = {
  expected: 'a text that is not empty',
  holds: (value) => typeof value === 'string' && value !== '',
};

export const TEXTS: Check = {
  expected: 'an object of texts',
  holds: (value) => isObject(value) && Object.values(value).every((item) => typeof item === 'string'),
};

export const OBJECT: Check = { expected: 'an object', holds: isObject };

export const COUNT: Check = { expected: 'a whole number from 1 up', holds: (value) => isWhole(value, 1) };

export const TIMER: Check = {
  expected: `a number from 0 to ${LONGEST_TIMER_MS}`,
  holds: (value) => isNumber(value, 0, LONGEST_TIMER_MS),
};

/** A number within bounds. */
export function numberBetween(minimum: number, maximum: number): Check {
  return { expected: `a number from ${minimum} to ${maximum}`, holds: (value) => isNumber(value, minimum, maximum) };
}

/** A whole number within bounds. */
export function wholeBetween(minimum: number, maximum: number): Check {
  return {
    expected: `a whole number from ${minimum} to ${maximum}`,
    holds: (value) => isWhole(value, minimum) && (value as number) <= maximum,
  };
}

/** One of some values. */
export function oneOf(...values: readonly unknown[]): Check {
  return { expected: `one of ${values.map(String).join(', ')}`, holds: (value) => values.includes(value) };
}

/** This, or nothing. */
export function optional({ expected, holds }: Check): Check {
  return { expected, holds: (value) => value === undefined || holds(value) };
}

/** This or that. */
export function either(a: Check, b: Check): Check {
  return { expected: `${a.expected}, or ${b.expected}`, holds: (value) => a.holds(value) || b.holds(value) };
}

/**
 * Say what is wrong with an object, as `path: problem`; `undefined` where nothing is.
 *
 * Never quotes a value: it may be a secret.
 */
export function problemOf(path: string, value: unknown, fields: FieldChecks): string | undefined {
  if (!isObject(value)) return `${path}: expected an object`;
  const unknown = Object.keys(value).find((field) => !Object.hasOwn(fields, field));
  if (unknown !== undefined) return `${path}: has no field ${unknown}; it has ${Object.keys(fields).join(', ')}`;
  const wrong = Object.entries(fields).find(([field, { holds }]) => !holds(value[field]));
  if (wrong === undefined) return undefined;
  const [field, { expected }] = wrong;
  return `${path}.${field}: ${value[field] === undefined ? 'is missing; ' : ''}expected ${expected}`;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown, minimum: number, maximum: number): boolean {
  return typeof value === 'number' && value >= minimum && value <= maximum;
}

function isWhole(value: unknown, minimum: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= minimum;
}
