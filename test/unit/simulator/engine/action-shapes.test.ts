import { describe, expect, it } from 'vitest';
import { ACTIONS, parseAction } from '../../../../src/simulator/engine/action-shapes.js';
import { READS, WRITES } from '../../../../src/simulator/engine/actions/index.js';
import { refusalMessage, refusalStatus } from '../../../../src/simulator/engine/refusals.js';

describe('the table of actions', () => {
  it('has the 39 actions of the metadata, each of them done once', () => {
    expect(ACTIONS.size).toBe(39);
    expect([...READS.keys(), ...WRITES.keys()].sort()).toEqual([...ACTIONS.keys()].sort());
    for (const { name, writes } of ACTIONS.values()) expect((writes ? WRITES : READS).has(name)).toBe(true);
  });

  it('has a message and the status of the metadata for every code of an action', () => {
    const codes = [...ACTIONS.values()].flatMap(({ errors }) => [...errors]);
    // Their message is their name, in the metadata too.
    const selfNamed = ['IllegalTagKeyParam'];
    for (const [code, status] of codes) {
      expect(refusalStatus(code)).toBe(status);
      if (!selfNamed.includes(code)) expect(refusalMessage(code)).not.toBe(code);
    }
  });

  it('reads its notation', () => {
    const row = {
      writes: true,
      parameters: 'A! B:int(0..7) C:boolean D[10]{x y} E![] F',
      answer: 'P Q:int R:boolean S[] T{U[{V W:int}]}',
      errors: 'X Y@404',
    };
    const { parameters, answer, errors } = parseAction('Some', row);
    expect([...parameters.values()]).toEqual([
      { name: 'A', required: true, type: 'text' },
      { name: 'B', required: false, type: 'integer', minimum: 0n, maximum: 7n },
      { name: 'C', required: false, type: 'boolean' },
      { name: 'D', required: false, type: 'list', maxItems: 10, fields: ['x', 'y'] },
      { name: 'E', required: true, type: 'list' },
      { name: 'F', required: false, type: 'text' },
    ]);
    expect(answer).toEqual({
      fields: {
        P: 'text',
        Q: 'integer',
        R: 'boolean',
        S: { items: 'text' },
        T: { fields: { U: { items: { fields: { V: 'text', W: 'integer' } } } } },
      },
    });
    expect([...errors]).toEqual([
      ['X', 400],
      ['Y', 404],
    ]);
  });

  it.each([
    { parameters: 'A? B', answer: '' },
    { parameters: '', answer: 'P[}' },
  ])('refuses what is not in its notation: %j', (row) => {
    expect(() => parseAction('Some', { writes: false, errors: '', ...row })).toThrow(SyntaxError);
  });
});
