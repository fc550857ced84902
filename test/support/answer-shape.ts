import type { AnswerShape } from '../../src/simulator/engine/action-shapes.js';

/** Everything in a value that is not as its shape says, in words; fields may be missing. */
export function deviations(value: unknown, shape: AnswerShape, path = 'answer'): string[] {
  const wrong = (wanted: string) => [`${path} is not ${wanted}: ${JSON.stringify(value)}`];
  if (shape === 'text') return typeof value === 'string' ? [] : wrong('a text');
  if (shape === 'integer') return Number.isInteger(value) ? [] : wrong('an integer');
  if (shape === 'boolean') return typeof value === 'boolean' ? [] : wrong('a boolean');
  if ('items' in shape) {
    if (!Array.isArray(value)) return wrong('a list');
    return value.flatMap((item: unknown, index) => deviations(item, shape.items, `${path}[${index}]`));
  }
  if (typeof value !== 'object' || value === null) return wrong('an object');
  return Object.entries(value).flatMap(([name, field]) => {
    const expected = shape.fields[name];
    return expected === undefined ? [`${path} has no ${name}`] : deviations(field, expected, `${path}.${name}`);
  });
}
