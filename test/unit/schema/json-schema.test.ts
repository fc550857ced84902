import { describe, expect, it } from 'vitest';
import { INPUT_FIELDS } from '../../../src/contract/input.js';
import { parameterDefinition, REQUEST_FIELDS, type ParameterName } from '../../../src/model/request.js';
import { checkInput, inputJsonSchema } from '../../../src/schema/check-input.js';
import { ACCEPTED, REFUSED_SHAPES, REQUEST } from './fixture.js';

interface Schema {
  readonly [keyword: string]: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** What says something to people and nothing to a validator. */
const ANNOTATIONS = ['$schema', 'description', 'default'];

/** The keywords of JSON Schema that ours uses, each as a question: does this value keep it? A new keyword fails the test. */
const KEYWORDS: Record<string, (value: unknown, wanted: never, schema: Schema) => boolean> = {
  type: (value, wanted: string | string[]) => [wanted].flat().some((type) => isOfType(value, type)),
  const: (value, wanted: unknown) => value === wanted,
  enum: (value, wanted: unknown[]) => wanted.includes(value),
  anyOf: (value, wanted: Schema[]) => wanted.some((schema) => fits(value, schema)),
  minLength: (value, wanted: number) => typeof value !== 'string' || codePoints(value) >= wanted,
  maxLength: (value, wanted: number) => typeof value !== 'string' || codePoints(value) <= wanted,
  pattern: (value, wanted: string) => typeof value !== 'string' || new RegExp(wanted, 'u').test(value),
  minimum: (value, wanted: number) => typeof value !== 'number' || value >= wanted,
  maximum: (value, wanted: number) => typeof value !== 'number' || value <= wanted,
  maxItems: (value, wanted: number) => !Array.isArray(value) || value.length <= wanted,
  items: (value, wanted: Schema) => !Array.isArray(value) || value.every((item) => fits(item, wanted)),
  required: (value, wanted: string[]) => !isObject(value) || wanted.every((name) => Object.hasOwn(value, name)),
  properties: (value, wanted: Record<string, Schema>) =>
    !isObject(value) ||
    Object.entries(wanted).every(([name, schema]) => !Object.hasOwn(value, name) || fits(value[name], schema)),
  propertyNames: (value, wanted: Schema) => !isObject(value) || Object.keys(value).every((name) => fits(name, wanted)),
  additionalProperties: (value, wanted: boolean | Schema, { properties = {} }) =>
    !isObject(value) ||
    Object.entries(value)
      .filter(([name]) => !Object.hasOwn(properties, name))
      .every(([, inner]) => (typeof wanted === 'boolean' ? wanted : fits(inner, wanted))),
};

function fits(value: unknown, schema: Schema): boolean {
  return Object.entries(schema)
    .filter(([keyword]) => !ANNOTATIONS.includes(keyword))
    .every(([keyword, wanted]) => {
      const keeps = KEYWORDS[keyword];
      if (keeps === undefined) throw new Error(`The test does not know the keyword "${keyword}" yet`);
      return keeps(value, wanted as never, schema);
    });
}

/** JSON Schema counts code points. */
function codePoints(text: string): number {
  return Array.from(text).length;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

const PARAMETERS = [
  ...REQUEST_FIELDS,
  'Zone.ZoneId',
  'Zone.VSwitchId',
  'Zone.ip',
  'Zone.Ipv6Address',
  'Tag.Key',
  'Tag.Value',
] as ParameterName[];

const schema = inputJsonSchema() as Schema;
const requestSchema = schema.properties?.request ?? {};

/** Every object schema inside a schema, itself included. */
function objects(root: unknown): Schema[] {
  if (typeof root !== 'object' || root === null) return [];
  return [...((root as Schema).type === 'object' ? [root as Schema] : []), ...Object.values(root).flatMap(objects)];
}

describe('the JSON Schema of the input', () => {
  it('is plain JSON of the draft that it names', () => {
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
  });

  it('knows the fields of the contract and the parameters of the request, and no others', () => {
    expect(Object.keys(schema.properties ?? {})).toEqual([...INPUT_FIELDS]);
    expect(Object.keys(requestSchema.properties ?? {})).toEqual([...REQUEST_FIELDS]);
  });

  it('requires what the contract requires, on every level', () => {
    expect(schema.required).toEqual(['request']);
    expect(requestSchema.required).toEqual(['RegionId', 'VpcId']);
    expect(requestSchema.properties?.Zone?.items?.required).toEqual(['ZoneId', 'VSwitchId']);
    expect(requestSchema.properties?.Tag?.items?.required).toEqual(['Key']);
    expect(schema.properties?.notify?.items?.required).toEqual(['workflowId']);
    for (const optional of ['timeouts', 'retry', 'extraParameters']) {
      expect(schema.properties?.[optional]?.required, optional).toBeUndefined();
    }
  });

  it('refuses unknown names everywhere but in extraParameters', () => {
    const open = objects(schema).filter(({ additionalProperties }) => additionalProperties !== false);
    expect(open).toEqual([schema.properties?.extraParameters]);
    expect(objects(schema).length).toBeGreaterThanOrEqual(9);
  });

  it.each(PARAMETERS)('describes the parameter %s in the words of the model', (name) => {
    const [list = '', field] = name.split('.');
    const described = requestSchema.properties?.[list];
    const text = (field === undefined ? described : described?.items?.properties?.[field])?.description;
    expect(text).toContain(parameterDefinition(name).meaning);
  });

  it.each(ACCEPTED)('accepts what checkInput accepts: $reason', ({ input }) => {
    expect(checkInput(input).ok).toBe(true);
    expect(fits(JSON.parse(JSON.stringify(input)), schema)).toBe(true);
  });

  it.each(REFUSED_SHAPES)('refuses at $path what checkInput refuses: $reason', ({ input }) => {
    expect(checkInput(input).ok).toBe(false);
    expect(fits(input, schema)).toBe(false);
  });

  it('accepts no more names of parameters than the check, and no fewer', () => {
    for (const [name, ok] of [
      ['New', true],
      ['New.1.Name', true],
      ['1New', false],
      ['a b', false],
      ['', false],
    ] as const) {
      const input = { request: REQUEST, extraParameters: { [name]: 'x' } };
      expect([name, fits(input, schema), checkInput(input).ok]).toEqual([name, ok, ok]);
    }
  });
});
