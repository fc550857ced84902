/*
 * Write src/simulator/engine/action-table.ts anew from the official metadata of the API.
 *
 *   npm run refresh-action-table -- api-docs.json
 *
 * The file is that of https://api.aliyun.com/meta/v1/products/Privatelink/versions/2020-04-15/api-docs.json (or one that
 * was saved earlier). What newer official clients send and the file does not have yet stands in NEWER.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly required?: boolean;
  readonly minimum?: string;
  readonly maximum?: string;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Api {
  readonly parameters: readonly { readonly name: string; readonly style?: string; readonly schema: Schema }[];
  readonly responses: Readonly<Record<string, { readonly schema?: Schema }>>;
  readonly errorCodes?: Readonly<Record<string, readonly { readonly errorCode: string }[]>>;
}

/** Parameters and answer fields that official clients know and the English metadata lacks (SDK of 2026-01-21 and later). */
const NEWER: Readonly<Record<string, { readonly parameters?: string; readonly answer?: string }>> = {
  CreateVpcEndpoint: {
    parameters: 'ServiceRegionId CrossRegionBandwidth:int',
    answer: 'CrossRegionBandwidth:int ServiceRegionId',
  },
  UpdateVpcEndpointAttribute: { parameters: 'CrossRegionBandwidth:int' },
  GetVpcEndpointAttribute: { answer: 'CrossRegionBandwidth:int ServiceRegionId' },
  ListVpcEndpoints: { parameters: 'ServiceRegionId' },
  ListVpcEndpointServicesByEndUser: { parameters: 'ServiceRegionId' },
  CreateVpcEndpointService: { parameters: 'SupportedRegionList[]' },
  DescribeZones: { parameters: 'CrossRegion:boolean CrossRegionSide' },
};

/** `int` or `boolean` after the name, bounds in brackets; a text has no type written. */
function scalar({ type, minimum, maximum }: Schema): string {
  if (type === 'boolean') return ':boolean';
  if (type !== 'integer') return '';
  return minimum === undefined ? ':int' : `:int(${minimum}..${maximum ?? ''})`;
}

function parameter(name: string, { required, type, items, maxItems, ...rest }: Schema): string {
  const mark = required === true ? '!' : '';
  if (type !== 'array') return `${name}${mark}${scalar({ ...rest, ...(type === undefined ? {} : { type }) })}`;
  const fields = items?.properties === undefined ? '' : `{${Object.keys(items.properties).join(' ')}}`;
  return `${name}${mark}[${maxItems ?? ''}]${fields}`;
}

function answer(schema: Schema): string {
  return Object.entries(schema.properties ?? {})
    .map(([name, field]) => `${name}${answerShape(field)}`)
    .join(' ');
}

function answerShape(field: Schema): string {
  if (field.type === 'object') return `{${answer(field)}}`;
  if (field.type !== 'array') return scalar({ type: field.type ?? 'string' });
  return field.items?.type === 'object' ? `[{${answer(field.items)}}]` : '[]';
}

function row(name: string, { parameters, responses, errorCodes = {} }: Api) {
  const seen = new Set<string>();
  const own = parameters.filter((given) => !seen.has(given.name) && seen.add(given.name));
  const newer = NEWER[name];
  return {
    writes: !/^(Get|List|Describe|Check)/.test(name),
    parameters: [...own.map((given) => parameter(given.name, given.schema)), newer?.parameters ?? ''].join(' ').trim(),
    answer: [answer(responses['200']?.schema ?? {}), newer?.answer ?? ''].join(' ').trim(),
    errors: Object.entries(errorCodes)
      .flatMap(([status, codes]) =>
        codes.map(({ errorCode }) => (status === '400' ? errorCode : `${errorCode}@${status}`)),
      )
      // A code with a gap to fill is a family, not a code.
      .filter((code) => !code.includes('%s'))
      .sort()
      .join(' '),
  };
}

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('Usage: npm run refresh-action-table -- api-docs.json');
const { apis } = JSON.parse(readFileSync(file, 'utf8')) as { readonly apis: Readonly<Record<string, Api>> };
const rows = Object.entries(apis)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, api]) => [name, row(name, api)] as const);
const source = `/*
 * The actions of PrivateLink (2020-04-15): made by scripts/refresh-action-table.ts from the official metadata, not by hand.
 *
 * parameters: \`!\` required, \`:int(0..10)\` and \`:boolean\` types other than text, \`[10]{...}\` a list of at most 10 with fields.
 * answer: the same without bounds, \`{...}\` an object. errors: codes, with \`@404\` where the status is not 400.
 */

/** One row of the table, in its short notation; \`parseAction\` reads it. */
export interface ActionRow {
  readonly writes: boolean;
  readonly parameters: string;
  readonly answer: string;
  readonly errors: string;
}

export const ACTION_TABLE = ${JSON.stringify(Object.fromEntries(rows))} as const satisfies Readonly<Record<string, ActionRow>>;

/** Name of an action of PrivateLink. */
export type ActionName = keyof typeof ACTION_TABLE;
`;
const target = 'src/simulator/engine/action-table.ts';
const options = await resolveConfig(target);
writeFileSync(target, await format(source, { ...options, parser: 'typescript' }));
console.log(`${rows.length} actions written to ${target}`);
