import type { Tag } from '../../model/endpoint.js';
import { PROTOCOL_PARAMETERS } from '../../model/request.js';
import { invalidParameter, missingParameter } from './refusals.js';

/** Parameters of a call as they are on the wire: flat names (`Zone.1.ZoneId`) and texts. */
export type WireParameters = Readonly<Record<string, string>>;

/** Names that belong to the protocol or to the tools around it; they never are part of what is asked for. */
const NOT_BUSINESS: ReadonlySet<string> = new Set([
  ...PROTOCOL_PARAMETERS,
  'AcceptLanguage',
  'SecureTransport',
  'SourceIp',
]);

/** A parameter, or `undefined` where it is missing or empty: clients write absence both ways. */
export function optionalText(parameters: WireParameters, name: string): string | undefined {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  return value === '' ? undefined : value;
}

/** A parameter that the action needs. */
export function mandatoryText(parameters: WireParameters, name: string): string {
  const value = optionalText(parameters, name);
  if (value === undefined) throw missingParameter(name);
  return value;
}

/** A boolean in any case: official clients write `true` and `True`. */
export function optionalBoolean(parameters: WireParameters, name: string): boolean | undefined {
  const value = optionalText(parameters, name)?.toLowerCase();
  if (value === undefined) return undefined;
  if (value !== 'true' && value !== 'false') throw invalidParameter(name);
  return value === 'true';
}

/** A whole number within bounds. */
export function optionalInteger(
  parameters: WireParameters,
  name: string,
  minimum: number,
  maximum = Number.MAX_SAFE_INTEGER,
): number | undefined {
  const value = optionalText(parameters, name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!/^-?\d+$/.test(value) || number < minimum || number > maximum) throw invalidParameter(name);
  return number;
}

/** Read `Name.1`, `Name.2`... in the order of their numbers; gaps are closed. */
export function numberedTexts(parameters: WireParameters, name: string): string[] {
  return [...numbered(parameters, name)].flatMap(([, fields]) => {
    const value = fields.get('');
    return value === undefined || value === '' ? [] : [value];
  });
}

/** Read `Name.1.Field`, `Name.2.Field`... in the order of their numbers; gaps are closed. */
export function numberedObjects(parameters: WireParameters, name: string): ReadonlyMap<string, string>[] {
  return [...numbered(parameters, name)].map(([, fields]) => fields);
}

/**
 * Read tags in both shapes that clients send: `Tag.1.Key` and one JSON text (`Tag=[{"Key":"a","Value":"b"}]`).
 *
 * A missing value is the empty one.
 */
export function tagsOf(parameters: WireParameters): Tag[] {
  const json = optionalText(parameters, 'Tag');
  const numberedTags = numberedObjects(parameters, 'Tag').map((fields) => ({
    Key: fields.get('Key') ?? '',
    Value: fields.get('Value') ?? '',
  }));
  return json === undefined ? numberedTags : [...jsonTags(json), ...numberedTags];
}

/** Read texts in both shapes that clients send: `ResourceId.1` and one JSON text (`ResourceId=["ep-1"]`). */
export function textsOf(parameters: WireParameters, name: string): string[] {
  const json = optionalText(parameters, name);
  const numbered = numberedTexts(parameters, name);
  if (json === undefined) return numbered;
  const parsed = parseJson(json, name);
  if (!Array.isArray(parsed) || !parsed.every((item): item is string => typeof item === 'string')) {
    throw invalidParameter(name);
  }
  return [...parsed, ...numbered];
}

/** Everything that is asked for, in one text: the same call gives the same text, however it was signed and ordered. */
export function fingerprintOf(parameters: WireParameters): string {
  const business = Object.entries(parameters)
    .filter(([name, value]) => value !== '' && name !== 'ClientToken' && !NOT_BUSINESS.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(business);
}

/** Fields by number, `''` standing for the item itself. */
function numbered(parameters: WireParameters, name: string): [number, ReadonlyMap<string, string>][] {
  const items = new Map<number, Map<string, string>>();
  for (const [parameter, value] of Object.entries(parameters)) {
    if (!parameter.startsWith(`${name}.`)) continue;
    const [, index, field = ''] = /^([1-9]\d{0,5})(?:\.(\w+))?$/.exec(parameter.slice(name.length + 1)) ?? [];
    if (index === undefined) continue;
    const fields = items.get(Number(index)) ?? new Map<string, string>();
    items.set(Number(index), fields.set(field, value));
  }
  return [...items].sort(([a], [b]) => a - b);
}

function jsonTags(json: string): Tag[] {
  const parsed = parseJson(json, 'Tag');
  if (!Array.isArray(parsed)) throw invalidParameter('Tag');
  return parsed.map((item: unknown) => {
    if (typeof item !== 'object' || item === null) throw invalidParameter('Tag');
    const { Key = '', Value = '' } = item as Record<string, unknown>;
    if (typeof Key !== 'string' || typeof Value !== 'string') throw invalidParameter('Tag');
    return { Key, Value };
  });
}

/** Read a parameter that is JSON. @throws Refusal */
export function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidParameter(name);
  }
}
