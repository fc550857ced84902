import { ACTION_TABLE, type ActionName, type ActionRow } from './action-table.js';

/** One parameter of an action. */
export interface ParameterShape {
  readonly name: string;
  readonly required: boolean;
  readonly type: 'text' | 'integer' | 'boolean' | 'list';
  readonly minimum?: bigint;
  readonly maximum?: bigint;
  readonly maxItems?: number;
  /** Fields of a list's items, where they are objects. */
  readonly fields?: readonly string[];
}

/** Form of an answer, or of a part of it. */
export type AnswerShape =
  | 'text'
  | 'integer'
  | 'boolean'
  | { readonly items: AnswerShape }
  | { readonly fields: Readonly<Record<string, AnswerShape>> };

/** One action as the metadata describes it. */
export interface ActionDefinition {
  readonly name: string;
  readonly writes: boolean;
  readonly parameters: ReadonlyMap<string, ParameterShape>;
  readonly answer: AnswerShape;
  /** HTTP status by code. */
  readonly errors: ReadonlyMap<string, number>;
}

const PARAMETER = /([\w]+)(!?)(?::(int|boolean)(?:\((\d+)\.\.(\d+)\))?|\[(\d*)\](?:\{([^}]*)\})?)?(?:\s+|$)/gy;

/** Read a row of the table. @throws SyntaxError - It is not in the table's notation. */
export function parseAction(name: string, { writes, parameters, answer, errors }: ActionRow): ActionDefinition {
  const shapes = parseParameters(parameters);
  const [fields, rest] = parseFields(answer);
  if (rest !== '') throw new SyntaxError(`The answer of ${name} cannot be read from "${rest}" on`);
  return {
    name,
    writes,
    parameters: new Map(shapes.map((shape) => [shape.name, shape])),
    answer: { fields },
    errors: new Map(
      errors.split(' ').flatMap((error) => {
        const [code = '', status = '400'] = error.split('@');
        return code === '' ? [] : [[code, Number(status)] as const];
      }),
    ),
  };
}

/** Every action by its name. */
export const ACTIONS: ReadonlyMap<string, ActionDefinition> = new Map(
  (Object.keys(ACTION_TABLE) as ActionName[]).map((name) => [name, parseAction(name, ACTION_TABLE[name])]),
);

function parseParameters(text: string): readonly ParameterShape[] {
  const shapes = [...text.matchAll(PARAMETER)].map(
    ([, name = '', mark, type, minimum, maximum, maxItems, fields]): ParameterShape => ({
      name,
      required: mark === '!',
      type: maxItems !== undefined ? 'list' : type === 'int' ? 'integer' : type === 'boolean' ? 'boolean' : 'text',
      ...(minimum === undefined ? {} : { minimum: BigInt(minimum) }),
      ...(maximum === undefined ? {} : { maximum: BigInt(maximum) }),
      ...(maxItems === undefined || maxItems === '' ? {} : { maxItems: Number(maxItems) }),
      ...(fields === undefined ? {} : { fields: fields.split(' ') }),
    }),
  );
  const read = text.replace(PARAMETER, '');
  if (read !== '') throw new SyntaxError(`Parameters cannot be read from "${read}" on`);
  return shapes;
}

/** Read fields up to the end or a closing bracket. @returns The fields and what comes after them. */
function parseFields(text: string): [fields: Record<string, AnswerShape>, rest: string] {
  const fields: Record<string, AnswerShape> = {};
  let rest = text.trimStart();
  for (let found = /^\w+/.exec(rest); found !== null; found = /^\w+/.exec(rest)) {
    const [shape, after] = parseShape(rest.slice(found[0].length));
    fields[found[0]] = shape;
    rest = after.trimStart();
  }
  return [fields, rest];
}

function parseShape(text: string): [shape: AnswerShape, rest: string] {
  const scalar = /^:(int|boolean)/.exec(text);
  if (scalar !== null) return [scalar[1] === 'int' ? 'integer' : 'boolean', text.slice(scalar[0].length)];
  if (text.startsWith('[]')) return [{ items: 'text' }, text.slice(2)];
  if (text.startsWith('[{')) {
    const [fields, rest] = parseFields(text.slice(2));
    return [{ items: { fields } }, rest.slice(2)];
  }
  if (text.startsWith('{')) {
    const [fields, rest] = parseFields(text.slice(1));
    return [{ fields }, rest.slice(1)];
  }
  return ['text', text];
}
