import { REQUEST_FIELDS } from '../model/request.js';

/** A request as it may be shown to people outside: ids and switches, and the names of everything else. */
export interface ShownRequest {
  /** Parameters with their values. */
  readonly shown: Readonly<Record<string, unknown>>;
  /** Names of parameters whose values are left out: free texts, policies, and whatever is not known. */
  readonly withheld: readonly string[];
}

/** Values that are free text, or a document of the caller's. */
const FREE_TEXT: ReadonlySet<string> = new Set(['EndpointDescription', 'PolicyDocument', 'Tag']);

/** Longer than any id: what is longer was put into the wrong field. */
const LONGEST_VALUE = 200;

const LONGEST_NAME = 64;

/**
 * Choose what to show of the input of a run.
 *
 * @param checked - Whether the input kept the contract. Of one that did not only names are shown: a field that was mixed up
 *   may hold a secret.
 */
export function shownRequest(input: unknown, checked: boolean): ShownRequest {
  const { request, extraParameters } = record(input);
  const shown: Record<string, unknown> = {};
  const withheld: string[] = [];
  for (const [name, value] of Object.entries(record(request))) {
    if (checked && REQUEST_FIELDS.includes(name) && !FREE_TEXT.has(name) && isShort(value)) shown[name] = value;
    else withheld.push(name.slice(0, LONGEST_NAME));
  }
  withheld.push(
    ...Object.keys(record(extraParameters)).map((name) => `extraParameters.${name.slice(0, LONGEST_NAME)}`),
  );
  return { shown, withheld };
}

/** The same of the input of a removal. */
export function shownRemoval(input: unknown, checked: boolean): ShownRequest {
  const given = Object.entries(record(input)).filter(([name]) => name !== 'account' && name !== 'notify');
  if (!checked) return { shown: {}, withheld: given.map(([name]) => name.slice(0, LONGEST_NAME)) };
  return { shown: Object.fromEntries(given.filter(([, value]) => typeof value === 'string')), withheld: [] };
}

function isShort(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= LONGEST_VALUE;
  return typeof value !== 'object' || value === null || Object.values(value).every(isShort);
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
