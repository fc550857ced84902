import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERROR_CLASSES } from '../../../src/model/error-class.js';
import { classifyCode } from '../../../src/model/error-catalogue.js';
import { ACTIONS, anySequence, MAX_STEPS, parseSequence, PLAIN_SEQUENCE } from '../../properties/sequence.js';

const sample = fc.sample(anySequence, { seed: 1, numRuns: 2_000, unbiased: true });
const steps = sample.flatMap((sequence) => sequence.steps);

describe('the sequences of the properties', () => {
  it('have up to twelve steps, none and twelve included', () => {
    const lengths = new Set(sample.map((sequence) => sequence.steps.length));
    expect([...lengths].sort((a, b) => a - b)).toEqual(Array.from({ length: MAX_STEPS + 1 }, (_, index) => index));
  });

  it('meet every action, and on a create call a code of every class', () => {
    expect(new Set(steps.map(({ on }) => on))).toEqual(new Set(ACTIONS));
    const classes = steps.flatMap(({ on, does }) =>
      on === 'CreateVpcEndpoint' && does.kind === 'code' ? [classifyCode(does.code, 400)] : [],
    );
    expect(new Set(classes)).toEqual(new Set(Object.keys(ERROR_CLASSES)));
  });

  it('have every kind of deed', () => {
    const kinds = new Set(steps.map(({ does }) => does.kind));
    const codes = ['code', 'throttle', 'errorAfter', 'loseResponse', 'resetBefore', 'duplicate', 'flap'];
    const own = ['pass', 'late', 'twice', 'dieBefore', 'dieAfter', 'vanish', 'deleteByOthers', 'force'];
    expect(kinds).toEqual(new Set([...codes, ...own, 'cancel', 'terminate', 'secondStart']));
  });

  it('have no copy of a call where its token may be forgotten by then', () => {
    const forgetful = sample.filter((sequence) => sequence.tokenRetentionMs < 86_400_000);
    expect(forgetful.length).toBeGreaterThan(100);
    const kinds = forgetful.flatMap((sequence) => sequence.steps.map(({ does }) => does.kind));
    expect(kinds.filter((kind) => ['late', 'twice', 'duplicate'].includes(kind))).toEqual([]);
  });

  it('forget tokens only where tags are left to find an endpoint by', () => {
    const untagged = sample.filter((sequence) => !sequence.ownerTags);
    expect(new Set(untagged.map((sequence) => sequence.tokenRetentionMs))).toEqual(new Set([86_400_000]));
  });

  it('are JSON that is read back as it was', () => {
    for (const sequence of sample.slice(0, 200)) expect(parseSequence(JSON.stringify(sequence))).toEqual(sequence);
  });

  it('take what is left out from the plain one', () => {
    expect(parseSequence('{"reruns":1}')).toEqual({ ...PLAIN_SEQUENCE, reruns: 1 });
  });

  it.each([
    { text: '{', problem: 'not JSON' },
    { text: '{"reruns":1,"stpes":[]}', problem: 'no stpes' },
    { text: '{"steps":{}}', problem: 'not a list' },
    { text: '{"steps":[{"on":"DeleteVpcEndpoint","does":{"kind":"pass"}}]}', problem: 'not DeleteVpcEndpoint' },
    { text: '{"steps":[{"on":"CreateVpcEndpoint","does":{}}]}', problem: 'does.kind' },
  ])('refuse what is no sequence: $text', ({ text, problem }) => {
    expect(() => parseSequence(text)).toThrow(problem);
  });
});
