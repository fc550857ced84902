import { code, table } from './markdown.js';

/** The part of a JSON Schema (draft 2020-12) that our inputs use. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
}

/** A table of every field of an input, nested ones by their path: what a schema says of it, and no more. */
export function fieldTable(schema: JsonSchema): string {
  return table(['field', 'type', 'required', 'limits', 'meaning'], rowsOf(schema, ''));
}

function rowsOf({ properties = {}, required = [] }: JsonSchema, path: string): string[][] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const own = `${path}${name}`;
    const shapes = field.anyOf ?? [field];
    const meaning = field.description ?? shapes.find(({ description }) => description !== undefined)?.description ?? '';
    return [
      [code(own), typeOf(field), required.includes(name) ? 'yes' : '', limitsOf(field), meaning],
      ...shapes.flatMap((shape) => rowsOf(shape, `${own}.`)),
      ...(field.items === undefined ? [] : rowsOf(field.items, `${own}[].`)),
    ];
  });
}

function typeOf({ type, anyOf, items, const: only }: JsonSchema): string {
  if (only !== undefined) return code(JSON.stringify(only));
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeOf))].join(' or ');
  if (items !== undefined) return `list of ${typeOf(items)}`;
  return type ?? 'any';
}

/** Bounds that JSON cannot exceed anyway say nothing. */
function limitsOf(field: JsonSchema): string {
  const { enum: values, pattern, maxItems, default: otherwise } = field;
  return [
    ...(values === undefined ? [] : [values.map((value) => code(JSON.stringify(value))).join(', ')]),
    ...range(field.minLength, field.maxLength, ' characters'),
    ...range(field.minimum, field.maximum, ''),
    ...(maxItems === undefined ? [] : [`at most ${maxItems}`]),
    ...(pattern === undefined ? [] : [code(pattern)]),
    ...(otherwise === undefined ? [] : [`default ${code(JSON.stringify(otherwise))}`]),
  ].join('; ');
}

function range(least: number | undefined, most: number | undefined, unit: string): string[] {
  const top = most === undefined || most >= Number.MAX_SAFE_INTEGER ? undefined : most;
  if (least !== undefined && top !== undefined) return [`${least} to ${top}${unit}`];
  if (top !== undefined) return [`at most ${top}${unit}`];
  if (least === undefined) return [];
  return [least === 1 && unit !== '' ? 'not empty' : `at least ${least}${unit}`];
}
